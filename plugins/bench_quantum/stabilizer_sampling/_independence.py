"""Whether shots are independent of each other.

Of some outputs no two are flipped by one channel, so that they are independent: two shots agree in
one of them with probability q = p^2 + (1 - p)^2.

- Shots at some distance are compared: in n pairs that share no shot, the agreements in all those
  outputs are independent trials, for which Chernoff's bound holds with the mean of q. The distances
  are a few fixed ones, those at which whole shots are equal, and those at which the outputs'
  autocorrelation is largest; the level allows for all there are.
- Two shots are equal and x in those outputs with probability P(x)^2 at most, where P is a product.
  If an equal pair weighs 1 / P(x)^t, all together weigh N^2 / 2 times the sum of P(x)^(2 - t) at
  most in the mean, and by Markov's inequality 1 / ALPHA times as much with probability ALPHA at
  most. t = 0 counts pairs; a larger t counts those of rare shots, which copies have as often.
"""

import numpy as np

from bench_quantum.stabilizer_sampling._bounds import ALPHA, divergence
from harness.api import InvalidAnswer

_TILTS = (0.0, 0.5, 1.0, 1.25, 1.5)  # how much more rare shots count
_AT_ONCE = 1 << 26  # bits that are unpacked at a time
_CORRELATED = 1 << 22  # bits whose autocorrelation is computed: a second or less


def independence(samples: np.ndarray, chosen: np.ndarray, rates: np.ndarray) -> float:
    """Test packed samples, uint8[shots, ceil(bits / 8)], two or more.

    Args:
        samples: all shots.
        chosen: outputs of which no two are flipped by one channel, at least one.
        rates: the probabilities of all outputs, of the chosen ones neither 0 nor 1.

    Returns:
        the largest test statistic as a share of what is allowed.

    Raises:
        InvalidAnswer: where shots are copies, or alike.
    """
    shots, rates = len(samples), rates[chosen]
    agree = rates**2 + (1 - rates) ** 2
    rows = np.ascontiguousarray(samples).view(f"V{samples.shape[1]}").reshape(-1)
    _, owner, counts = np.unique(rows, return_inverse=True, return_counts=True)
    _expect_few_equal(samples, owner, counts, chosen, rates)
    order = np.argsort(owner, kind="stable")
    gaps = np.diff(order)[np.diff(owner[order]) == 0]  # between a shot and its next equal
    often = np.argsort(np.bincount(gaps, minlength=1))[::-1][:3].tolist()
    few = max(1, _AT_ONCE // shots)
    columns = np.stack([samples[:, i // 8] >> (i % 8) & 1 for i in chosen[:few].tolist()])
    mean = agree[:few].mean()
    often += _alike(columns, rates) if shots > 2 else []
    distances = {d for d in (1, 64, 512, 1024, shots // 2, *often) if 0 < d < shots}
    worst = 0.0
    for distance in sorted(distances):
        same = columns[:, :-distance] == columns[:, distance:]
        parts = np.arange(shots - distance) // distance % 2
        for part in (0, 1):  # within either no shot is in two pairs
            trials = same[:, parts == part]
            if not trials.size:
                continue
            level = np.log(2 * 2 * shots / ALPHA)
            gap = divergence(np.array([trials.mean()]), np.array([mean]))[0]
            excess = trials.size * float(gap) / level
            if excess > 1:
                raise InvalidAnswer(
                    f"bits of shots that are {distance} apart agree in {trials.mean():.4%} of "
                    f"cases, expected about {mean:.4%}: shots must be independent"
                )
            worst = max(worst, excess)
    return worst


def _expect_few_equal(
    samples: np.ndarray,
    owner: np.ndarray,
    counts: np.ndarray,
    chosen: np.ndarray,
    rates: np.ndarray,
) -> None:
    """Refuse more equal shots, or rarer ones, than independent shots have.

    Args:
        samples: all shots. owner: the class of equal ones that each belongs to. counts: how many
            belong to each class. chosen: independent outputs; rates: of these.
    """
    _, first = np.unique(owner, return_index=True)
    several = np.flatnonzero(counts > 1)
    if not len(several):
        return
    pairs = counts[several] * (counts[several] - 1.0) / 2
    surprise = np.empty(len(several))  # -log P(x)
    rows = max(1, _AT_ONCE // (8 * samples.shape[1]))
    for begin in range(0, len(several), rows):
        own = samples[first[several[begin : begin + rows]]]
        bits = np.unpackbits(own, axis=1, bitorder="little")[:, chosen]
        surprise[begin : begin + rows] = -np.log(np.where(bits, rates, 1 - rates)).sum(axis=1)
    for tilt in _TILTS:
        weights = np.log(pairs) + tilt * surprise
        sums = rates ** (2 - tilt) + (1 - rates) ** (2 - tilt)
        expected = 2 * np.log(len(samples)) - np.log(2) + np.log(sums).sum()
        if np.logaddexp.reduce(weights) > expected - np.log(ALPHA / len(_TILTS)):
            class_ = several[np.argmax(weights)]
            a, b = np.flatnonzero(owner == class_)[:2].tolist()
            raise InvalidAnswer(
                f"{pairs.sum():.0f} pairs of shots are equal, such as {a} and {b}, which "
                "independent ones are once in 10^9 answers at most: draw each shot anew"
            )


def _alike(columns: np.ndarray, rates: np.ndarray) -> list[int]:
    """The distances at which outputs, uint8[outputs, shots], are most alike, or unlike."""
    shots = columns.shape[1]
    length = 1 << (2 * shots - 1).bit_length()
    powers = np.zeros(length // 2 + 1)
    for output, rate in zip(columns[: max(1, _CORRELATED // length)], rates, strict=False):
        powers += np.abs(np.fft.rfft(output - rate, length)) ** 2
    sums = np.abs(np.fft.irfft(powers, length)[1:shots])
    found: list[int] = (1 + np.argsort(sums)[::-1][:3]).tolist()
    return found
