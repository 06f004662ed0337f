"""LIMIT: each query names a thing, and the two documents that list it are wanted.

The task is trivial for whoever reads words: "Who likes Trees?" against "Ann Lee likes Boats, Trees
and ...". What makes it hard for vectors is which pairs are asked for: nearly all pairs of 46
documents, so that no arrangement of few dimensions puts every pair next to its query. From the
paper On the Theoretical Limitations of Embedding-Based Retrieval (Weller et al. 2025), with texts
of our own of the same structure.
"""

from typing import ClassVar

import numpy as np

from bench_retrieval._rankings import ranking_of
from bench_retrieval.limit_retrieval import _texts
from harness.api import Case, Instance, InvalidAnswer, InvalidCase, Problem

_PATTERNS = ("dense", "random", "cycle", "disjoint")
_LEVELS = (2, 10, 20)


class LimitRetrieval(Problem):
    """Find the two documents that each query asks for.

    `data` holds `documents` and `queries`, lists of texts, and `k`. An answer is an integer array
    of shape (queries, k), in each row different documents, best first.
    """

    title = "LIMIT retrieval"
    kind = "batch"
    cost_name = "1 - recall at k"
    compare = "difference"
    size = "n"
    families: ClassVar = {
        "limit": {"n": 46, "k": 2, "queries": 1000, "pattern": "dense"},
    }
    suites: ClassVar = {
        "smoke": ["limit[n=20,queries=100]", "limit[n=200,k=10,queries=50,pattern=random]"],
        "standard": [
            "limit",
            "limit[k=10]",
            "limit[n=2000,k=10]",
            "limit[n=2000,k=100]",
            "limit[n=2000,k=10,pattern=random]",
            "limit[n=2000,k=10,pattern=cycle]",
            "limit[n=2000,k=10,pattern=disjoint]",
        ],
        "large": [
            "limit[n=50000,k=2]",
            "limit[n=50000,k=100]",
            "limit[n=50000,k=100,pattern=random]",
        ],
        "growth": [f"limit[n={n},k=10]" for n in (100, 200, 400, 800, 1600, 3200)],
        "edge": [
            "limit[n=2,queries=1]",
            "limit[n=3,k=3,queries=3]",
            "limit[n=5,queries=4,pattern=cycle]",
            "limit[n=8,k=5,queries=4,pattern=disjoint]",
            "limit[n=6,k=3,queries=7,pattern=random]",
        ],
    }
    starter = """\
# data.documents, data.queries: lists of texts; data.k: how many documents to name for each query
# answer: an integer array of shape (queries, k), in each row different documents, best first
words = [set(text.rstrip(".").replace(",", "").split()) for text in data.documents]
answer = []
for query in data.queries:
    asked = set(query.rstrip("?").split())
    common = np.array([len(asked & own) for own in words])
    answer.append(np.argsort(-common, kind="stable")[: data.k])
yield np.array(answer)
"""

    def make(self, case: Case, rng: np.random.Generator) -> Instance:
        n, asked = case.n, case.queries
        if case.pattern not in _PATTERNS:
            raise InvalidCase(
                f"there is no pattern {case.pattern!r}; choose one of {', '.join(_PATTERNS)}"
            )
        if not 1 <= asked <= 1000:
            raise InvalidCase(
                f"queries is {asked}, expected 1 to 1000, the attributes that are asked for: "
                "choose another number of queries"
            )
        least = {"dense": _texts.core_size(asked), "disjoint": 2 * asked}.get(case.pattern, 2)
        if n < least:
            raise InvalidCase(
                f"n is {n}, expected at least {least} for {asked} queries of the pattern "
                f"{case.pattern}: choose a larger n or fewer queries"
            )
        if not 2 <= case.k <= n:
            raise InvalidCase(
                f"k is {case.k}, expected 2 to {n}, the number of documents: choose another k"
            )
        place = rng.permutation(n)  # or whoever breaks ties by number would find the first ones
        wanted = place[_texts.pairs(case.pattern, n, asked, rng)]
        documents, queries = _texts.documents(wanted, n, rng)
        return Instance(
            data={"documents": documents, "queries": queries, "k": int(case.k)},
            truth={"wanted": wanted},
            sizes={"n": n, "queries": asked, "k": case.k},
            optimum=0.0,
        )

    def score(self, instance: Instance, answer: object) -> tuple[float, dict[str, float]]:
        wanted, k = instance.truth["wanted"], instance.data["k"]
        shape = f"an integer array of shape ({len(wanted)}, {k})"
        if not isinstance(answer, np.ndarray):
            raise InvalidAnswer(f"the answer is of type {type(answer).__name__}, expected {shape}")
        if answer.shape != (len(wanted), k):
            raise InvalidAnswer(f"the answer has shape {answer.shape}, expected {shape}")
        n = len(instance.data["documents"])
        rows = [ranking_of(row, n, k, f"query {query}") for query, row in enumerate(answer)]
        there = (np.array(rows)[:, None] == wanted[:, :, None]).any(axis=1)
        found = there.sum(axis=1)
        scores = {
            f"recall_at_{level}": float(there[:, :level].sum()) / wanted.size
            for level in _LEVELS
            if level <= k
        }
        scores["both_found"] = float((found == 2).mean())
        return 1 - float(found.sum()) / wanted.size, scores

    def items(self, instance: Instance, answer: object) -> list[bool]:
        """Whether both documents of a query are among its k."""
        found = (np.asarray(answer)[:, None] == instance.truth["wanted"][:, :, None]).any(axis=2)
        return found.all(axis=1).tolist()

    def exact(self, instance: Instance) -> float | None:
        """The cost of naming the documents in which the attribute stands between commas."""
        data = instance.data
        if len(data["documents"]) > 5000:
            return None
        lists = [_listed(text) for text in data["documents"]]
        answer = []
        for query in data["queries"]:
            thing = query.removeprefix("Who likes ").removesuffix("?")
            misses = [thing not in own for own in lists]
            answer.append(np.argsort(misses, kind="stable")[: data["k"]])
        return self.score(instance, np.array(answer))[0]


def _listed(text: str) -> set[str]:
    """What stands between the commas."""
    return set(text.partition(" likes ")[2].rstrip(".").replace(" and ", ", ").split(", "))
