"""Vectors to search among: generated ones of several kinds, real ones, and those of words.

Each function returns float32[n, d], in random order, so that any rows can be held out as queries.
"""

import numpy as np

from bench_retrieval import _words

_SHIPPED = ("digits", "breast_cancer", "wine")  # with scikit-learn, without a download
_WINDOW, _FEWEST_IN_PARAGRAPH = 3, 5  # words


def mixture(n: int, d: int, clusters: int, spread: float, rng: np.random.Generator) -> np.ndarray:
    """Gaussian clusters around centres that are `1 / spread` times as far apart as a cluster is
    wide; their sizes differ, as Zipf's law has it with an exponent of one half.
    """
    centres = rng.standard_normal((clusters, d), dtype=np.float32)
    share = np.arange(1, clusters + 1) ** -0.5
    members = rng.choice(clusters, n, p=share / share.sum())
    points = rng.standard_normal((n, d), dtype=np.float32)
    points *= np.float32(spread)
    points += centres[members]
    return points


def sphere(n: int, d: int, rng: np.random.Generator) -> np.ndarray:
    """Uniform on the unit sphere: no structure, so that nothing can be saved."""
    points = rng.standard_normal((n, d), dtype=np.float32)
    return unit(points)


def low_dimension(
    n: int, d: int, intrinsic: int, noise: float, rng: np.random.Generator
) -> np.ndarray:
    """Gaussian in a random subspace of `intrinsic` dimensions, and some noise in all of them."""
    basis = np.linalg.qr(rng.standard_normal((d, d)))[0][:, :intrinsic]
    points = rng.standard_normal((n, intrinsic), dtype=np.float32) @ basis.T.astype(np.float32)
    points += np.float32(noise) * rng.standard_normal((n, d), dtype=np.float32)
    return np.ascontiguousarray(points)


def heavy_tails(n: int, d: int, tail: float, rng: np.random.Generator) -> np.ndarray:
    """Uniform directions, lengths by Pareto's law with the exponent `tail`, at least 1."""
    with np.errstate(over="ignore", invalid="ignore"):  # a tail too heavy for float32 shows as such
        lengths = ((1 - rng.random(n)) ** (-1 / tail)).astype(np.float32)
        return sphere(n, d, rng) * lengths[:, None]


def topics(n: int, d: int, topics: int, rng: np.random.Generator) -> np.ndarray:
    """Like embeddings of texts: unit vectors around topics, which share a direction.

    Variances fall as exp(-j / 20) along the axes of a random basis, and a common offset makes all
    inner products positive on the average.
    """
    centres = rng.standard_normal((topics, d))
    members = rng.integers(topics, size=n)
    scales = np.exp(-np.arange(d) / 40)
    turn = np.linalg.qr(rng.standard_normal((d, d)))[0]
    offset = rng.standard_normal(d)
    offset *= 1.5 / np.linalg.norm(offset)
    points = np.empty((n, d), np.float32)
    for start in range(0, n, 65536):
        part = members[start : start + 65536]
        made = 0.7 * centres[part] + rng.standard_normal((len(part), d))
        points[start : start + len(part)] = (made * scales) @ turn + offset
    return unit(points)


def grid(n: int, d: int, side: int, rng: np.random.Generator) -> np.ndarray:
    """Points of a grid of side**d, many of them several times: full of ties and duplicates."""
    return rng.integers(side, size=(n, d)).astype(np.float32)


def shipped(name: str, rng: np.random.Generator) -> np.ndarray:
    """Data that come with scikit-learn, each feature with variance one, in random order.

    The digits keep their pixels 0..16 as they are.
    """
    from sklearn import datasets

    if name not in _SHIPPED:
        raise ValueError(f"{name!r} is none of {', '.join(_SHIPPED)}")
    points = getattr(datasets, f"load_{name}")().data
    if name != "digits":
        points = (points - points.mean(axis=0)) / points.std(axis=0)
    return rng.permutation(points).astype(np.float32)


def words(n: int, d: int, fewest: int, rng: np.random.Generator) -> np.ndarray:
    """Of n different words of an English text, each there `fewest` times at least; see `_words.py`.

    Raises:
        ValueError: where there are no n such words, or d is too many for them.
    """
    texts = _words.paragraphs(_words.english(), _FEWEST_IN_PARAGRAPH)
    known, table = _words.ppmi(texts, _WINDOW, fewest)
    if n > len(known):
        raise ValueError(
            f"{len(known)} words occur at least {fewest} times, {n} are wanted: choose fewer"
        )
    if d >= len(known):
        raise ValueError(f"{len(known)} words have fewer than {d} dimensions: choose a smaller d")
    return _words.vectors(table, d)[rng.permutation(len(known))[:n]]


def nudged(points: np.ndarray, length: float, rng: np.random.Generator) -> np.ndarray:
    """Each point moved by `length` into a random direction."""
    return points + np.float32(length) * sphere(*points.shape, rng)


def unit(points: np.ndarray) -> np.ndarray:
    """The same directions with length one; none of the points is 0."""
    points /= np.sqrt(np.einsum("ij,ij->i", points, points, dtype=np.float64))[:, None]
    return points
