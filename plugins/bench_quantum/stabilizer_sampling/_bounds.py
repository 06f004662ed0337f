"""How far shares of shots may lie from their probabilities: Chernoff's bound."""

import numpy as np

ALPHA = 1e-9  # the level of each kind of test
_NONE = 1e-14  # what rounding makes of 0; in 10^5 shots it happens with probability ALPHA


def excess(counts: np.ndarray, shots: int, rates: np.ndarray) -> np.ndarray:
    """N KL(k/N || p) as a share of what is allowed; infinite where k is impossible."""
    if not len(counts):
        return np.zeros(0)
    rates = np.where(rates < _NONE, 0.0, np.where(rates > 1 - _NONE, 1.0, rates))
    return shots * divergence(counts / max(shots, 1), rates) / np.log(2 * len(counts) / ALPHA)


def divergence(share: np.ndarray, rates: np.ndarray) -> np.ndarray:
    """KL(share || rate) of coins."""
    with np.errstate(divide="ignore", invalid="ignore"):
        ones = np.where(share > 0, share * np.log(share / rates), 0.0)
        zeros = np.where(share < 1, (1 - share) * np.log((1 - share) / (1 - rates)), 0.0)
    return np.asarray(ones + zeros)
