"""k-means centroids of the tokens, of which the index of an engine such as PLAID is made."""

import numpy as np

_TOKENS = 1 << 12  # compared to the centroids at a time
_PER_CENTROID = 16  # tokens of the sample that they are found on


def clustered(
    tokens: np.ndarray, per_root: float, rounds: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Centroids, float32[C, d], and the number of each token's nearest, int32[t].

    Args:
        per_root: centroids, as a multiple of the root of the number of tokens.
        rounds: of k-means, on a sample.
    """
    count = min(len(tokens), max(1, int(per_root * len(tokens) ** 0.5)))
    sample = tokens[np.sort(rng.permutation(len(tokens))[: _PER_CENTROID * count])]
    centroids = sample[rng.permutation(len(sample))[:count]]
    for _ in range(rounds):
        _move(centroids, sample, _nearest(sample, centroids))
    return centroids, _nearest(tokens, centroids)


def _nearest(tokens, centroids):
    """The nearest centroid of each token, int32."""
    half = (centroids**2).sum(axis=1) / 2
    found = np.empty(len(tokens), np.int32)
    for at in range(0, len(tokens), _TOKENS):
        found[at : at + _TOKENS] = (tokens[at : at + _TOKENS] @ centroids.T - half).argmax(axis=1)
    return found


def _move(centroids, sample, codes):
    """Each centroid to the mean of its tokens; one without any stays."""
    order = np.argsort(codes, kind="stable")
    there, first, members = np.unique(codes[order], return_index=True, return_counts=True)
    centroids[there] = np.add.reduceat(sample[order], first, axis=0) / members[:, None]
