"""What samples are held against: exact probabilities of parities, and of whole samples."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from bench_quantum._circuit import Circuit
from bench_quantum.stabilizer_sampling._error_model import ErrorModel, parities
from bench_quantum.stabilizer_sampling._exact_law import law
from bench_quantum.stabilizer_sampling._reference import by_chp

_PAIRS = 600  # parities of two outputs that are tested
_SETS, _SET_SIZES = 300, (3, 4, 6, 8)  # and of more
_WATCHED = 20_000  # outputs among which independent ones are looked for
_TINY_QUBITS, _TINY_RECORDS = 5, 8  # the law of all samples is computed up to here
_FEW_BITS = 10  # or by all parities of so many output bits


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
    near = _near(outputs)
    pairs, sets = _pairs(bits, near, rng), _sets(bits, near, rng)
    several = [[record for i in some for record in outputs[i]] for some in [*pairs.tolist(), *sets]]
    model = ErrorModel(circuit, outputs + several, watched=min(bits, _WATCHED))
    rates = model.rates
    if not detectors:
        reference = by_chp(circuit).astype(bool)
        expected = [reference[records].sum() % 2 for records in outputs + several]
        rates = np.where(np.array(expected, bool), 1 - rates, rates)
    rates, pair_rates, set_rates = np.split(rates, [bits, bits + len(pairs)])
    return {
        "bits": bits,
        "rates": rates,
        "pairs": pairs,
        "pair_rates": pair_rates,
        "sets": np.array([i for some in sets for i in some], np.int64),
        "set_starts": np.cumsum([0, *map(len, sets)]),
        "set_rates": set_rates,
        "independent": _independent(model, rates),
        "law": _law(circuit, outputs, detectors),
    }


def _near(outputs: list[list[int]]) -> np.ndarray:
    """Pairs of outputs that share a record or are neighbours, int64[pairs, 2]."""
    last_with: dict[int, int] = {}
    found = [(b - 1, b) for b in range(1, len(outputs))]
    for output, records in enumerate(outputs):
        for record in records:
            if last_with.get(record, output) != output:
                found.append((last_with[record], output))
            last_with[record] = output
    return np.array(found, np.int64).reshape(-1, 2)


def _pairs(bits: int, near: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Pairs of outputs, half of them near ones; all where these are few."""
    if bits * (bits - 1) // 2 <= _PAIRS:
        return np.array([(a, b) for a in range(bits) for b in range(a)], np.int64).reshape(-1, 2)
    chosen = near[rng.permutation(len(near))[: _PAIRS // 2]]
    far = rng.integers(bits, size=(_PAIRS // 2, 2))
    pairs: np.ndarray = np.concatenate([chosen, far])
    return pairs[pairs[:, 0] != pairs[:, 1]]


def _sets(bits: int, near: np.ndarray, rng: np.random.Generator) -> list[list[int]]:
    """Sets of three outputs and more, half of them grown from one to what is near."""
    sizes = [size for size in _SET_SIZES if size <= bits]
    if not sizes:
        return []
    both = np.concatenate([near, near[:, ::-1]])
    both = both[np.argsort(both[:, 0], kind="stable")]
    first = np.searchsorted(both[:, 0], np.arange(bits + 1))
    found = []
    for number in range(_SETS):
        size = sizes[number // 2 % len(sizes)]
        if number % 2:
            chosen = set(rng.choice(bits, size, replace=False).tolist())
        else:
            chosen = {int(rng.integers(bits))}
            for _ in range(4 * size):  # a step may lead to what is there already
                if len(chosen) < size:
                    at = sorted(chosen)[rng.integers(len(chosen))]
                    chosen.add(int(both[rng.integers(first[at], first[at + 1]), 1]))
        found.append(sorted(chosen))
    return found


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
