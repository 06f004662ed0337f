"""The families of cases: each makes queries and items, a dear similarity of them, and a cheap one.

A function here has the name of its family in `problem.py` and returns `Made`. Of the queries the
first `anchors` are for training.
"""

from dataclasses import dataclass

import numpy as np

from harness.api import Case, InvalidCase


@dataclass(frozen=True)
class Made:
    """Similarities of queries and items, and vectors whose inner products are cheap ones.

    Attributes:
        scores: float64[anchors + queries, n]. cheap_queries: float64[anchors + queries, c].
        cheap_items: float64[n, c].
    """

    scores: np.ndarray
    cheap_queries: np.ndarray
    cheap_items: np.ndarray


_PAIRS = 1 << 15  # worked on at a time


def dtw(case: Case, rng: np.random.Generator) -> Made:
    """Random walks, warped in time: minus the distance by dynamic time warping; cheap: Euclidean.

    Each is one of 60 walks, its time bent and noise added.
    """
    at_least(case, length=2, window=0)
    count = case.anchors + case.queries + case.n
    walks = rng.normal(size=(60, case.length)).cumsum(axis=1)
    steps = rng.gamma(0.5, size=(count, case.length)) + 0.05
    times = steps.cumsum(axis=1)
    times = (case.length - 1) * (times - times[:, :1]) / (times[:, -1:] - times[:, :1])
    times = 0.8 * times + 0.2 * np.arange(case.length)
    before = np.minimum(times.astype(np.int64), case.length - 2)
    own = walks[rng.integers(len(walks), size=count)]
    left, right = (np.take_along_axis(own, before + one, axis=1) for one in (0, 1))
    series = left + (times - before) * (right - left) + 0.3 * rng.normal(size=left.shape)
    queries, items = np.split(series, [case.anchors + case.queries])
    # |q - x|^2 = |q|^2 - 2 (<q, x> - |x|^2 / 2), of which the first term changes no ranking.
    lengths = (items**2).sum(axis=1, keepdims=True) / 2
    cheap = np.append(queries, np.ones((len(queries), 1)), axis=1), np.append(items, -lengths, 1)
    return Made(-warped_distances(queries, items, case.window), *cheap)


def strings(case: Case, rng: np.random.Generator) -> Made:
    """Mutants of 150 strings over six letters: local alignment; cheap: TF-IDF of three letters.

    Scores are whole numbers (Smith and Waterman: match 2, mismatch -1, gap -1), so many are tied.
    """
    if not 0 <= case.mutation <= 1:
        raise InvalidCase(
            f"mutation is {case.mutation}, expected 0 to 1: choose a share of letters"
        )
    count = case.anchors + case.queries + case.n
    ancestors = [rng.integers(6, size=length) for length in rng.integers(14, 25, size=150)]
    texts = np.full((count, 24), -1, np.int8)
    for text, kind in zip(texts, rng.integers(len(ancestors), size=count), strict=True):
        letters = ancestors[kind].copy()
        changed = rng.random(len(letters)) < case.mutation
        letters[changed] = rng.integers(6, size=np.count_nonzero(changed))
        text[: len(letters)] = letters
    queries, items = np.split(texts, [case.anchors + case.queries])
    queries = np.where(queries < 0, -2, queries)  # what fills one up matches nothing
    features = _trigrams(texts)
    frequency = np.count_nonzero(features, axis=0)
    features = features * np.log((1 + count) / (1 + frequency))
    features /= np.maximum(np.linalg.norm(features, axis=1, keepdims=True), 1e-300)
    return Made(alignments(queries, items), *np.split(features, [len(queries)]))


def planted(case: Case, rng: np.random.Generator) -> Made:
    """Of a low rank, with singular values that fall as 1 / sqrt(j), and noise; cheap: a part of it.

    The cheap vectors are those of the first third of the rank, seen with noise.
    """
    at_least(case, rank=1, noise=0)
    weights = 1 / np.sqrt(np.arange(1, case.rank + 1))
    queries = rng.normal(size=(case.anchors + case.queries, case.rank)) * weights
    items = rng.normal(size=(case.n, case.rank))
    noise = rng.normal(size=(len(queries), len(items)))
    few = 1 + case.rank // 3
    cheap = [part[:, :few] + 0.3 * rng.normal(size=(len(part), few)) for part in (queries, items)]
    return Made(queries @ items.T + case.noise * noise, *cheap)


def needles(case: Case, rng: np.random.Generator) -> Made:
    """Low rank, but `needles` items, others for each query, are most similar: no query tells of
    another's.
    """
    at_least(case, needles=0)
    if case.needles > case.n:
        raise InvalidCase(
            f"needles is {case.needles}, expected at most n = {case.n}, the number of items: "
            "choose fewer needles"
        )
    made = planted(case, rng)
    scores = made.scores.copy()
    for row in scores:
        chosen = rng.choice(len(row), case.needles, replace=False)
        row[chosen] += 5 + rng.exponential(size=case.needles)
    return Made(scores, made.cheap_queries, made.cheap_items)


def warped_distances(queries: np.ndarray, items: np.ndarray, window: int) -> np.ndarray:
    """Dynamic time warping of series of one length, float64[queries, items].

    The least sum of |q_i - x_j| along a path from the first to the last pair of moments, in steps
    of 1 in i, in j or in both, with |i - j| <= window.
    """
    length = items.shape[1]
    columns = np.ascontiguousarray(items.T)

    def block(some):
        shape = (len(some), len(items))
        before = [np.zeros(shape)] + [np.full(shape, np.inf) for _ in range(length)]
        for i in range(length):
            here = [np.full(shape, np.inf) for _ in range(length + 1)]
            for j in range(max(0, i - window), min(length, i + window + 1)):
                least = np.minimum(np.minimum(before[j], before[j + 1]), here[j])
                here[j + 1] = least + np.abs(some[:, i, None] - columns[j])
            before = here
        return before[length]

    return _in_blocks(block, queries, items)


def alignments(queries: np.ndarray, items: np.ndarray) -> np.ndarray:
    """Scores of the best local alignments, float64[queries, items]: match 2, mismatch or gap -1."""
    columns = np.ascontiguousarray(items.T)

    def block(some):
        shape = (len(some), len(items))
        most = np.zeros(shape, np.int16)
        before = [np.zeros(shape, np.int16) for _ in range(len(columns) + 1)]
        for i in range(some.shape[1]):
            here = [np.zeros(shape, np.int16)]
            for j, letters in enumerate(columns):
                same = np.where(some[:, i, None] == letters, np.int16(2), np.int16(-1))
                found = np.maximum(np.maximum(before[j + 1], here[j]) - np.int16(1), 0)
                here.append(np.maximum(found, before[j] + same))
                np.maximum(most, here[-1], out=most)
            before = here
        return most

    return _in_blocks(block, queries, items)


def _in_blocks(block, queries, items):
    step = max(1, _PAIRS // len(items))
    found = np.empty((len(queries), len(items)))
    for at in range(0, len(queries), step):
        found[at : at + step] = block(queries[at : at + step])
    return found


def _trigrams(texts):
    """How often each run of three letters occurs, float64[texts, 216]."""
    runs = np.lib.stride_tricks.sliding_window_view(texts.astype(np.int64), 3, axis=1)
    codes = np.where((runs >= 0).all(axis=2), runs @ [36, 6, 1], 216)
    found = np.zeros((len(texts), 217))
    np.add.at(found, (np.arange(len(texts))[:, None], codes), 1)
    return found[:, :216]


def at_least(case: Case, **least: int) -> None:
    """Refuse parameters that are too small.

    Raises:
        InvalidCase: which one, and what was expected.
    """
    for name, lowest in least.items():
        if case.parameters[name] < lowest:
            raise InvalidCase(
                f"{name} is {case.parameters[name]}, expected at least {lowest}: "
                f"choose a larger {name}"
            )
