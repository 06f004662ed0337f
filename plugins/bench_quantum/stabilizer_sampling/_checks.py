"""Whether samples have the law that they should.

Of each output bit, of parities of pairs and of larger sets of them, and with few bits of each
possible sample, the exact probability p is known (`_truth.py`). Of N shots k then have it, and by
Chernoff P(N KL(k/N || p) >= t) <= 2 exp(-t), whatever N and p are. A sampler is refused where any
of the m tests of a kind exceeds log(2 m / ALPHA): a right one is refused with probability at most
ALPHA, and where p is 0 or 1 one wrong bit is enough. Shots must be independent of each other too
(`_independence.py`), and none a copy of another (`_repeats.py`).

There are seven kinds of tests, so that in all a right sampler is refused with probability 7e-9 at
most. A rate that is wrong by g is found by about 2 p (1 - p) log(2 m / ALPHA) / g^2 shots.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from bench_quantum.stabilizer_sampling._bounds import excess
from bench_quantum.stabilizer_sampling._independence import independence
from bench_quantum.stabilizer_sampling._repeats import Draw, repeats
from harness.api import InvalidAnswer

_AT_ONCE = 1 << 26  # bits that are unpacked at a time


def check(
    truth: dict[str, Any],
    samples: np.ndarray,
    names: tuple[str, str],
    draw: Draw,
    drawn: int | None = None,
) -> float:
    """Test packed samples, uint8[shots, ceil(bits / 8)].

    Args:
        truth: what `truth_of` says.
        samples: all shots.
        names: of one output, and of several.
        draw: samples as many shots, packed likewise, of the first `drawn` outputs; by default all.

    Returns:
        the largest test statistic as a share of what is allowed.

    Raises:
        InvalidAnswer: where one is refused.
    """
    shots, bits = len(samples), int(truth["bits"])
    _padding(samples, bits)
    tests = [_rates(truth, samples, names)]
    if len(truth["pairs"]):
        tests.append(_pair_rates(truth, samples, names))
    if len(truth["set_rates"]):
        tests.append(_set_rates(truth, samples, names))
    if len(truth["law"]):
        tests.append(_whole_law(truth["law"], samples, bits))
    if len(truth["independent"]) and shots > 1:
        tests.append(independence(samples, truth["independent"], truth["rates"]))
    tests.append(repeats(samples, bits if drawn is None else drawn, draw))
    return max(tests)


def _padding(samples: np.ndarray, bits: int) -> None:
    if bits % 8 and samples.size and (samples[:, -1] >> bits % 8).any():
        raise InvalidAnswer(f"bits behind the {bits} of a sample are set, expected them to be 0")


def _rates(truth: dict[str, Any], samples: np.ndarray, names: tuple[str, str]) -> float:
    shots, bits = len(samples), int(truth["bits"])
    counts = np.zeros(8 * samples.shape[1], np.int64)
    rows = max(1, _AT_ONCE // max(1, 8 * samples.shape[1]))
    for begin in range(0, shots, rows):
        part = np.unpackbits(samples[begin : begin + rows], axis=1, bitorder="little")
        counts += part.sum(axis=0, dtype=np.int64)
    found = excess(counts[:bits], shots, truth["rates"])
    if not bits:
        return 0.0
    worst = int(np.argmax(found))
    if found[worst] > 1:
        raise InvalidAnswer(
            f"{names[0]} {worst} is 1 in {counts[worst]} of {shots} shots, "
            f"expected about {shots * truth['rates'][worst]:.6g}"
        )
    return float(found[worst])


def _pair_rates(truth: dict[str, Any], samples: np.ndarray, names: tuple[str, str]) -> float:
    def told(pair: list[int]) -> str:
        return f"{names[1]} {pair[0]} and {pair[1]} differ"

    return _parity_rates(samples, truth["pairs"].tolist(), truth["pair_rates"], told)


def _set_rates(truth: dict[str, Any], samples: np.ndarray, names: tuple[str, str]) -> float:
    def told(some: list[int]) -> str:
        return f"an odd number of the {names[1]} {', '.join(map(str, some))} is 1"

    sets = [some.tolist() for some in np.split(truth["sets"], truth["set_starts"][1:-1])]
    return _parity_rates(samples, sets, truth["set_rates"], told)


def _parity_rates(
    samples: np.ndarray,
    sets: list[list[int]],
    rates: np.ndarray,
    told: Callable[[list[int]], str],
) -> float:
    """Test how often an odd number of each set of outputs is 1; `told` words that."""
    shots = len(samples)
    used = _used(samples, np.array([i for some in sets for i in some]))
    counts = np.array([_ones(np.bitwise_xor.reduce([used[i] for i in some])) for some in sets])
    found = excess(counts, shots, rates)
    worst = int(np.argmax(found))
    if found[worst] > 1:
        raise InvalidAnswer(
            f"{told(sets[worst])} in {counts[worst]} of {shots} shots, "
            f"expected about {shots * rates[worst]:.6g}"
        )
    return float(found[worst])


def _used(samples: np.ndarray, outputs: np.ndarray) -> dict[int, np.ndarray]:
    """The outputs that are named, a byte for each shot."""
    columns = np.ascontiguousarray(samples.T)
    return {int(i): columns[i // 8] >> (i % 8) & 1 for i in np.unique(outputs)}


def _ones(bits: np.ndarray) -> int:
    return int(bits.sum(dtype=np.int64))


def _whole_law(law_: np.ndarray, samples: np.ndarray, bits: int) -> float:
    shots = len(samples)
    numbers = np.zeros(shots, np.int64)
    for byte in range(samples.shape[1]):
        numbers |= samples[:, byte].astype(np.int64) << 8 * byte
    counts = np.bincount(numbers, minlength=1 << bits)
    found = excess(counts, shots, np.where(law_ < 1e-12, 0.0, np.minimum(law_, 1.0)))
    worst = int(np.argmax(found))
    if found[worst] > 1:
        sample = f"{worst:0{max(bits, 1)}b}"[::-1]
        raise InvalidAnswer(
            f"the sample {sample} came {counts[worst]} times in {shots} shots, "
            f"expected about {shots * law_[worst]:.6g}"
        )
    return float(found[worst])
