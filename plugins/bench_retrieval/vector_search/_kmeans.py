"""k-means, as indices need it: on a sample, a few rounds, no cluster left empty."""

import numpy as np

_ENTRIES_AT_ONCE = 1 << 22
_SAMPLE = 64  # points a centre, beyond which centres hardly get better


def nearest_centres(points: np.ndarray, centres: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The nearest centre of each point, and |x - c|^2 - |x|^2: int64[n], float32[n].

    Args:
        points: float32[n, d].
        centres: float32[c, d].
    """
    halves = np.einsum("ij,ij->i", centres, centres) / 2
    numbers, values = np.empty(len(points), np.int64), np.empty(len(points), np.float32)
    step = max(1, _ENTRIES_AT_ONCE // len(centres))
    for start in range(0, len(points), step):
        part = slice(start, start + step)
        scores = halves - points[part] @ centres.T
        numbers[part] = scores.argmin(axis=1)
        values[part] = 2 * np.take_along_axis(scores, numbers[part, None], 1)[:, 0]
    return numbers, values


def kmeans(points: np.ndarray, clusters: int, rounds: int, rng: np.random.Generator) -> np.ndarray:
    """Centres float32[c, d] by Lloyd's rounds on a sample of 64 points a centre.

    They start at random points. A centre that no point is nearest to moves to a random one.
    """
    size = min(len(points), _SAMPLE * clusters)
    sample = points[np.sort(rng.choice(len(points), size, replace=False))]
    centres = sample[rng.choice(size, min(clusters, size), replace=False)]
    for _ in range(rounds):
        numbers, _ = nearest_centres(sample, centres)
        order = np.argsort(numbers, kind="stable")
        there, starts = np.unique(numbers[order], return_index=True)
        sums = np.add.reduceat(sample[order], starts, axis=0, dtype=np.float64)
        counts = np.diff(np.append(starts, size))
        centres = sample[rng.integers(size, size=len(centres))]
        centres[there] = sums / counts[:, None]
    return centres
