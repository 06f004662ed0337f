"""Free embeddings: n vectors of which every k are the nearest of some query vector.

How many documents can single vectors of d entries tell apart, with no model in the way? Wanted are
unit vectors of n documents and of a query for each of their C(n, k) sets of k, so that the k
documents of its set have larger inner products with the query than all others. That is the question
of the paper On the Theoretical Limitations of Embedding-Based Retrieval (Weller et al. 2025), which
trains such vectors and finds that the largest n grows about as the cube of d.

Geometry allows more: with d = 2 k any n can be had (see `trigonometric`), at the price of a margin,
the least difference of those inner products, that falls as n^(-2k). So `margin` is a second score,
and a case may ask for one. Without that, a margin must still be beyond what rounding can make of
none: documents that all lie within some 1e-16 of each other would hold every set by chance.
"""

import math
from typing import ClassVar

import numpy as np

from harness.api import Case, Instance, InvalidAnswer, InvalidCase, Problem

_PRODUCTS = 1 << 22  # at a time
_MOST_SETS = 2_000_000


def sets_of(n: int, k: int) -> np.ndarray:
    """All sets of k of n documents in the order of itertools.combinations, int64[C(n, k), k]."""
    found = np.arange(n)[:, None]
    for _ in range(k - 1):
        last = found[:, -1]
        more = n - 1 - last
        rows = np.repeat(np.arange(len(found)), more)
        first = np.cumsum(more) - more
        after = np.arange(len(rows)) - np.repeat(first, more) + last[rows] + 1
        found = np.append(found[rows], after[:, None], axis=1)
    return found


class FreeEmbedding(Problem):
    """Arrange n unit vectors so that each k of them are the nearest of some query.

    `data` holds `n`, `dim`, `k` and `margin`. An answer is a list of two arrays, documents of shape
    (n, dim) and queries of shape (C(n, k), dim), the latter in the order of itertools.combinations;
    rows need not be unit vectors, but are divided by their lengths. A set counts where its margin
    is above `margin` and above 4 (dim + 2) 2.2e-16, what rounding may make of unit vectors.
    """

    title = "Free embeddings"
    kind = "batch"
    cost_name = "share of the sets that are not nearest to their query"
    compare = "difference"
    size = "n"
    families: ClassVar = {"sets": {"n": 20, "dim": 6, "k": 2, "margin": 0.0}}
    suites: ClassVar = {
        "smoke": ["sets[n=6,dim=3]", "sets[n=9,dim=4]"],
        "standard": [
            "sets[n=12,dim=4]",
            "sets[n=14,dim=5]",
            "sets",
            "sets[n=30,dim=8]",
            "sets[n=10,dim=4,k=3]",
            "sets[n=20,margin=0.01]",
            "sets[n=46,dim=12,margin=0.001]",
        ],
        "large": ["sets[n=100,dim=16]", "sets[n=300,dim=4]", "sets[n=1000,dim=4]"],
        "growth": [f"sets[n={n},dim=4]" for n in (10, 20, 40, 80, 160)],
        "tuning": ["sets[n=11,dim=4]", "sets[n=18,dim=6]", "sets[n=27,dim=7]"],
        "edge": [
            "sets[n=1,dim=1,k=1]",
            "sets[n=2,dim=1,k=1]",
            "sets[n=3,dim=2]",
            "sets[n=5,dim=4,k=4]",
            "sets[n=5,dim=3,k=5]",
            "sets[n=7,dim=1]",
        ],
    }
    starter = """\
# data.n, data.k, data.dim: documents, documents of a set, entries of a vector
# answer: [float64[n, dim], float64[C(n, k), dim]], documents and a query for each set of k of them
from itertools import combinations
documents = rng.normal(size=(data.n, data.dim))
sets = combinations(range(data.n), data.k)
yield [documents, np.array([documents[list(own)].sum(axis=0) for own in sets])]
"""

    def make(self, case: Case, rng: np.random.Generator) -> Instance:
        for name in ("n", "dim", "k"):
            if case.parameters[name] < 1:
                raise InvalidCase(
                    f"{name} is {case.parameters[name]}, expected at least 1: "
                    f"choose a larger {name}"
                )
        if case.k > case.n:
            raise InvalidCase(f"k is {case.k}, expected at most n = {case.n}: choose a smaller k")
        if not 0 <= case.margin < 2:
            raise InvalidCase(f"margin is {case.margin}, expected 0 or above, below 2")
        if math.comb(case.n, case.k) > _MOST_SETS:
            raise InvalidCase(
                f"there are {math.comb(case.n, case.k)} sets of {case.k} of {case.n}, expected at "
                f"most {_MOST_SETS}: choose a smaller n or k"
            )
        simplex_or_curve = case.n <= case.dim + 1 or case.dim >= 2 * case.k
        possible = case.n == case.k or (simplex_or_curve and case.margin == 0)
        return Instance(
            data={"n": case.n, "dim": case.dim, "k": case.k, "margin": float(case.margin)},
            sizes={"n": case.n, "dim": case.dim, "k": case.k, "sets": math.comb(case.n, case.k)},
            optimum=0.0 if possible else None,
        )

    def score(self, instance: Instance, answer: object) -> tuple[float, dict[str, float]]:
        n, dim, k, least = (instance.data[name] for name in ("n", "dim", "k", "margin"))
        if not isinstance(answer, list | tuple) or len(answer) != 2:
            raise InvalidAnswer("the answer is no list of two arrays, documents and queries")
        documents = _unit(answer[0], (n, dim), "the documents")
        queries = _unit(answer[1], (math.comb(n, k), dim), "the queries")
        margins = margins_of(documents, queries, sets_of(n, k))
        solved = float((margins > max(least, _rounding(dim))).mean())
        scores = {"margin": float(margins.min()), "all_solved": float(solved == 1)}
        return 1 - solved, scores

    def exact(self, instance: Instance) -> float | None:
        """0 where a simplex or a curve does it; what +-1 can do on a line."""
        n, dim, k, least = (instance.data[name] for name in ("n", "dim", "k", "margin"))
        if instance.optimum is not None:
            return instance.optimum
        if dim == 1 and least == 0 and n > 2:
            # Unit vectors are +-1: a set is nearest only if it is all of one sign, and all of it.
            return 1 - (2 if 2 * k == n else 1) / math.comb(n, k)
        return None


def margins_of(documents: np.ndarray, queries: np.ndarray, sets: np.ndarray) -> np.ndarray:
    """For each query its least product with its set less the largest with another document.

    Where there is no other document it is 2, the most that it could be.
    """
    found = np.empty(len(queries))
    step = max(1, _PRODUCTS // len(documents))
    for at in range(0, len(queries), step):
        rows = sets[at : at + step]
        products = queries[at : at + step] @ documents.T
        own = np.take_along_axis(products, rows, axis=1).min(axis=1)
        np.put_along_axis(products, rows, -np.inf, axis=1)
        found[at : at + step] = own - products.max(axis=1)
    return np.minimum(found, 2.0)


def _rounding(dim: int) -> float:
    """More than products of unit vectors of so many entries can be wrong by, lengths included."""
    return 4 * (dim + 2) * float(np.finfo(np.float64).eps)


def _unit(given: object, shape: tuple[int, int], what: str) -> np.ndarray:
    wanted = f"expected real numbers of shape {shape}"
    if not isinstance(given, np.ndarray) or given.dtype.kind not in "fiu":
        kind = given.dtype if isinstance(given, np.ndarray) else type(given).__name__
        raise InvalidAnswer(f"{what} are of type {kind}, {wanted}")
    if given.shape != shape:
        raise InvalidAnswer(f"{what} have shape {given.shape}, {wanted}")
    vectors = given.astype(np.float64)
    largest = np.abs(vectors).max(axis=1, keepdims=True)
    if not np.isfinite(largest).all() or (largest == 0).any():
        raise InvalidAnswer(f"{what} hold a vector that is zero or not finite, {wanted}")
    vectors /= largest  # or the squares of huge or tiny entries would be lost
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
