"""Cases of vector search: (corpus, queries), float32, of the size and kind that a case asks for."""

from pathlib import Path

import numpy as np

from bench_retrieval import _vectors
from harness.api import Case, InvalidCase

Made = tuple[np.ndarray, np.ndarray]


def mixture(case: Case, rng: np.random.Generator) -> Made:
    """Gaussian clusters of different sizes."""
    _at_least(case, n=1, d=1, clusters=1, spread=0, queries=1)
    total = case.n + case.queries
    return _held_out(_vectors.mixture(total, case.d, case.clusters, case.spread, rng), case)


def sphere(case: Case, rng: np.random.Generator) -> Made:
    """Uniform on the unit sphere."""
    _at_least(case, n=1, d=1, queries=1)
    return _held_out(_vectors.sphere(case.n + case.queries, case.d, rng), case)


def low_dimension(case: Case, rng: np.random.Generator) -> Made:
    """Points near a subspace of few dimensions."""
    _at_least(case, n=1, d=1, intrinsic=1, noise=0, queries=1)
    if case.intrinsic > case.d:
        raise InvalidCase(
            f"intrinsic is {case.intrinsic}, more than d = {case.d}: choose at most d"
        )
    total = case.n + case.queries
    return _held_out(_vectors.low_dimension(total, case.d, case.intrinsic, case.noise, rng), case)


def heavy_tails(case: Case, rng: np.random.Generator) -> Made:
    """Vectors of very different lengths."""
    _at_least(case, n=1, d=1, queries=1)
    if not case.tail > 0:
        raise InvalidCase(f"tail is {case.tail}, expected a number above 0: 3 is heavy, 1 extreme")
    return _held_out(_vectors.heavy_tails(case.n + case.queries, case.d, case.tail, rng), case)


def topics(case: Case, rng: np.random.Generator) -> Made:
    """Like embeddings of texts; each query is a vector of the corpus, moved by `nudge`."""
    _at_least(case, n=1, d=1, topics=1, nudge=0, queries=1)
    corpus = _vectors.topics(case.n, case.d, case.topics, rng)
    asked = corpus[rng.integers(case.n, size=case.queries)]
    return corpus, _vectors.unit(_vectors.nudged(asked, case.nudge, rng))


def grid(case: Case, rng: np.random.Generator) -> Made:
    """Few different points, each many times: ties and duplicates."""
    _at_least(case, n=1, d=1, side=1, queries=1)
    return _held_out(_vectors.grid(case.n + case.queries, case.d, case.side, rng), case)


def digits(case: Case, rng: np.random.Generator) -> Made:
    """Handwritten digits of 8 x 8 pixels, 1797 of them."""
    return _shipped("digits", case, rng)


def breast_cancer(case: Case, rng: np.random.Generator) -> Made:
    """Measures of cell nuclei, 569 x 30."""
    return _shipped("breast_cancer", case, rng)


def words(case: Case, rng: np.random.Generator) -> Made:
    """Words of English by the company they keep; the vectors of some of them are queries."""
    _at_least(case, n=1, d=1, fewest=1, queries=1)
    try:
        made = _vectors.words(case.n + case.queries, case.d, case.fewest, rng)
    except ValueError as error:
        raise InvalidCase(f"n is {case.n} and queries is {case.queries}: {error}") from None
    return _held_out(made, case)


def file(case: Case, rng: np.random.Generator) -> Made:
    """The user's own vectors, a .npy file; queries are held out at random."""
    if not case.path:
        raise InvalidCase("the family 'file' needs vectors: write file[path=my.npy,k=10]")
    path = Path(case.path).expanduser()
    try:
        found = np.load(path, mmap_mode="r", allow_pickle=False)
    except FileNotFoundError:
        raise InvalidCase(
            f"there is no file {case.path} (looked for {path.absolute()}); give the path of a "
            ".npy file"
        ) from None
    except (OSError, ValueError, EOFError) as error:
        raise InvalidCase(
            f"{case.path} cannot be read as an array of numbers ({error}); expected a .npy file "
            "as numpy.save writes it"
        ) from None
    if not isinstance(found, np.ndarray) or found.ndim != 2 or found.dtype.kind not in "fiu":
        raise InvalidCase(
            f"{case.path} holds no matrix of real numbers; expected one with a row for each vector"
        )
    _at_least(case, queries=1)
    if case.queries >= len(found):
        raise InvalidCase(
            f"{case.path} has {len(found)} rows, and queries is {case.queries}: hold out fewer"
        )
    order = rng.permutation(len(found))
    with np.errstate(over="ignore"):  # what is too large for float32 is told by check()
        vectors = np.asarray(found, np.float32)[order]
    return vectors[case.queries :], vectors[: case.queries]


def _shipped(name: str, case: Case, rng: np.random.Generator) -> Made:
    points = _vectors.shipped(name, rng)
    _at_least(case, n=1, queries=1)
    if case.n + case.queries > len(points):
        raise InvalidCase(
            f"{name} has {len(points)} vectors, got n={case.n} and queries={case.queries}: "
            "choose fewer in all"
        )
    return _held_out(points[: case.n + case.queries], case)


def _held_out(points: np.ndarray, case: Case) -> Made:
    return points[: case.n], points[case.n :]


def _at_least(case: Case, **least: float) -> None:
    for name, smallest in least.items():
        value = case.parameters[name]
        if not value >= smallest:
            raise InvalidCase(
                f"{name} is {value}, expected at least {smallest}: choose a larger {name}"
            )
