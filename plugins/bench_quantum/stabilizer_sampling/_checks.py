"""Whether samples have the law that they should: what is known beforehand, and the tests.

`truth_of` computes, for each output bit, for parities of pairs of them, and for tiny circuits for
each possible sample, the exact probability p. Of N shots k then have it, and by Chernoff
P(N KL(k/N || p) >= t) <= 2 exp(-t), whatever N and p are. A sampler is refused where any of the m
tests exceeds log(2 m / ALPHA): a right one is refused with probability at most ALPHA, and where
p is 0 or 1 one wrong bit is enough. There are five kinds of tests, so that in all a right one is
refused with probability 5e-9 at most. A rate that is wrong by g is found by about
2 p (1 - p) log(2 m / ALPHA) / g^2 shots.

Shots must be independent of each other too (`_independence.py`).
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from bench_quantum._circuit import Circuit
from bench_quantum.stabilizer_sampling._bounds import excess
from bench_quantum.stabilizer_sampling._error_model import ErrorModel, parities
from bench_quantum.stabilizer_sampling._exact_law import law
from bench_quantum.stabilizer_sampling._independence import independence
from bench_quantum.stabilizer_sampling._reference import by_chp
from harness.api import InvalidAnswer

_PAIRS = 600  # parities of two outputs that are tested
_WATCHED = 20_000  # outputs among which independent ones are looked for
_TINY_QUBITS, _TINY_RECORDS = 5, 8  # the law of all samples is computed up to here
_FEW_BITS = 10  # or by all parities of so many output bits
_AT_ONCE = 1 << 26  # bits that are unpacked at a time


def truth_of(
    circuit: Circuit,
    detectors: bool,
    rng: np.random.Generator,
    more: Sequence[list[int]] = (),
) -> dict[str, Any]:
    """What samples are held against, as plain data.

    Args:
        circuit: that is sampled.
        detectors: whether detectors and observables are told, as flips, or measurements.
        rng: chooses the pairs that are tested.
        more: further outputs behind them, each a parity of records.
    """
    outputs = [*parities(circuit, detectors), *more]
    bits = len(outputs)
    pairs = _pairs(outputs, rng)
    both = [outputs[a] + outputs[b] for a, b in pairs.tolist()]
    model = ErrorModel(circuit, outputs + both, watched=min(bits, _WATCHED))
    rates = model.rates
    if not detectors:
        reference = by_chp(circuit).astype(bool)
        expected = [reference[records].sum() % 2 for records in outputs + both]
        rates = np.where(np.array(expected, bool), 1 - rates, rates)
    return {
        "bits": bits,
        "rates": rates[:bits],
        "pairs": pairs,
        "pair_rates": rates[bits:],
        "independent": _independent(model, rates[:bits]),
        "law": _law(circuit, outputs, detectors),
    }


def _pairs(outputs: list[list[int]], rng: np.random.Generator) -> np.ndarray:
    """Pairs of outputs, half of them such as share a record or are neighbours."""
    bits = len(outputs)
    if bits < 2:
        return np.zeros((0, 2), np.int64)
    if bits * (bits - 1) // 2 <= _PAIRS:
        return np.array([(a, b) for a in range(bits) for b in range(a)], np.int64)
    first_with: dict[int, int] = {}
    found = [(b - 1, b) for b in range(1, bits)]
    for output, records in enumerate(outputs):
        for record in records:
            if record in first_with:
                found.append((first_with[record], output))
            first_with[record] = output
    near = np.array(found)[rng.permutation(len(found))[: _PAIRS // 2]]
    far = rng.integers(bits, size=(_PAIRS // 2, 2))
    pairs: np.ndarray = np.concatenate([near, far])
    return pairs[pairs[:, 0] != pairs[:, 1]]


def _independent(model: ErrorModel, rates: np.ndarray) -> np.ndarray:
    """Outputs of which no two are flipped by one channel, the most random ones first."""
    blocked: set[int] = set()
    found = []
    watched = rates[: len(model.together)]
    for output in np.argsort(np.abs(watched - 0.5), kind="stable").tolist():
        if output in blocked or not 0 < rates[output] < 1:
            continue
        if output in model.tangled:  # one of them, as all the others may go along with it
            if blocked & model.tangled:
                continue
            blocked |= model.tangled
        found.append(output)
        blocked |= model.together[output]
    return np.array(found, np.int64)


def _law(circuit: Circuit, outputs: list[list[int]], detectors: bool) -> np.ndarray:
    """The probability of each sample, as a number whose bit i is output i; empty if unknown."""
    bits = len(outputs)
    small = circuit.n_measurements <= _TINY_RECORDS and len(circuit) <= 1000
    if small and bits <= _FEW_BITS and circuit.compacted().n_qubits <= _TINY_QUBITS:
        flips = by_chp(circuit) if detectors else np.zeros(circuit.n_measurements, np.uint8)
        found = np.zeros(1 << bits)
        for record, p in law(circuit).items():
            seen = np.array(record, np.uint8) ^ flips
            number = sum(int(seen[part].sum() % 2) << i for i, part in enumerate(outputs))
            found[number] += p
        return found
    return by_parities(circuit, outputs, detectors) if bits <= _FEW_BITS else np.zeros(0)


def by_parities(circuit: Circuit, outputs: list[list[int]], detectors: bool) -> np.ndarray:
    """The same from the expectations of all parities, by the Walsh-Hadamard transform."""
    bits = len(outputs)
    subsets = [
        [record for i in range(bits) if number >> i & 1 for record in outputs[i]]
        for number in range(1 << bits)
    ]
    means = 1 - 2 * ErrorModel(circuit, subsets).rates
    if not detectors:
        reference = by_chp(circuit)
        means *= [1 - 2 * (int(reference[part].sum()) % 2) for part in subsets]
    found = means.reshape((2,) * bits)
    for axis in range(bits):
        first, second = np.split(found, 2, axis)
        found = np.concatenate([first + second, first - second], axis)
    return np.maximum(found.reshape(-1) / (1 << bits), 0.0)


def check(truth: dict[str, Any], samples: np.ndarray, names: tuple[str, str]) -> float:
    """Test packed samples, uint8[shots, ceil(bits / 8)]; `names` are of one and several outputs.

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
    if len(truth["law"]):
        tests.append(_whole_law(truth["law"], samples, bits))
    if len(truth["independent"]) and shots > 1:
        tests.append(independence(samples, truth["independent"], truth["rates"]))
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
    shots, pairs = len(samples), truth["pairs"]
    columns = np.ascontiguousarray(samples.T)
    used = {int(i): columns[i // 8] >> (i % 8) & 1 for i in np.unique(pairs)}
    counts = np.array([int((used[a] ^ used[b]).sum(dtype=np.int64)) for a, b in pairs.tolist()])
    found = excess(counts, shots, truth["pair_rates"])
    worst = int(np.argmax(found))
    if found[worst] > 1:
        a, b = pairs[worst]
        raise InvalidAnswer(
            f"{names[1]} {a} and {b} differ in {counts[worst]} of {shots} shots, "
            f"expected about {shots * truth['pair_rates'][worst]:.6g}"
        )
    return float(found[worst])


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
