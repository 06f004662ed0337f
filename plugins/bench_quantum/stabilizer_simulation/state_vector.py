"""State vector: all 2^n amplitudes, gate by gate.

A gate on k qubits is a product with its 2^k x 2^k matrix, O(2^n); a measurement of a Pauli product
P looks at <P>, which is -1, 0 or 1 for these states, draws the result where it is 0, and keeps the
half (1 + (-1)^b P) / 2. Time and memory O(2^n) for each operation: for small circuits, and to hold
the others against, since nothing in it knows of stabilizers.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from bench_quantum._circuit import (
    INVERTED,
    JOINED,
    NUMBER,
    OPERATIONS,
    SWEEP,
    X_BIT,
    Circuit,
    parse,
)
from bench_quantum._gates import PAULIS, unitary
from harness.api import Solver, Unsupported

_AXES = "_XZY"  # by the bits of a factor
_AFTER_RESET = {"X": "Z", "Y": "X", "Z": "X"}  # turns the -1 eigenstate into the other one


@dataclass(frozen=True)
class StateVector(Solver):
    """All amplitudes."""

    problem = "stabilizer_simulation"
    role = "baseline"
    most: int = 14  # qubits; 2^n amplitudes of 16 bytes each

    def solve(self, data, rng):
        circuit = parse(data.circuit)
        if circuit.n_qubits > self.most:
            raise Unsupported(
                f"the circuit has {circuit.n_qubits} qubits, expected at most {self.most}: raise "
                "`most`, or use another solver"
            )
        coins = (int(coin) for coin in iter(lambda: rng.integers(2), None))
        yield simulate(circuit, coins)


def simulate(circuit: Circuit, coins: Iterator[int]) -> np.ndarray:
    """The record of one run, uint8; a coin is taken for each measurement or reset."""
    state = np.zeros((2,) * circuit.n_qubits, complex)
    state.flat[0] = 1
    record: list[int] = []
    for at in circuit.steps():
        operation, targets = OPERATIONS[circuit.opcodes[at]], circuit.targets_of(at).tolist()
        group, name = operation.group, operation.name
        if group == "gate1":
            for q in targets:
                state = _apply(state, unitary(name), [q])
        elif group == "gate2":
            for a, b in zip(targets[::2], targets[1::2], strict=True):
                state = _on_pair(state, name, a, b, record)
        elif group == "pad":
            record += targets
        else:
            for factors, inverted in _measured(group, name, targets):
                state, result = _measure(state, factors, next(coins))
                if operation.records:
                    record.append(result ^ inverted)
                if result and (group == "reset" or name.startswith("MR")):
                    state = _turned(state, factors)
    return np.array(record, np.uint8)


def _on_pair(state: np.ndarray, name: str, a: int, b: int, record: list[int]) -> np.ndarray:
    if a <= NUMBER:
        return _apply(state, unitary(name), [a, b])
    if not a & SWEEP and record[-(a & NUMBER)]:  # sweep bits are 0
        return _apply(state, PAULIS[name[-1]], [b])
    return state


def _turned(state: np.ndarray, factors: dict[int, str]) -> np.ndarray:
    """From the -1 eigenstate of the one factor to the other."""
    [(q, axis)] = factors.items()
    return _apply(state, PAULIS[_AFTER_RESET[axis]], [q])


def _measured(group: str, name: str, targets: list[int]) -> Iterator[tuple[dict[int, str], int]]:
    """The Pauli products that an instruction measures, letters by qubit, and whether inverted."""
    axis = name[-1] if name[-1] in "XY" else "Z"
    if group in ("measure", "reset"):
        for target in targets:
            yield {target & NUMBER: axis}, int(bool(target & INVERTED))
    elif group == "measure_pair":
        for a, b in zip(targets[::2], targets[1::2], strict=True):
            yield {a & NUMBER: axis, b & NUMBER: axis}, int(bool((a ^ b) & INVERTED))
    elif group == "measure_product":
        begins = [place for place, target in enumerate(targets) if not target & JOINED]
        for begin, end in pairwise([*begins, len(targets)]):
            factors = {t & NUMBER: _AXES[t // X_BIT & 3] for t in targets[begin:end]}
            yield factors, int(bool(targets[begin] & INVERTED))


def _apply(state: np.ndarray, matrix: np.ndarray, qubits: list[int]) -> np.ndarray:
    k = len(qubits)
    tensor = matrix.reshape((2,) * (2 * k))
    moved = np.tensordot(tensor, state, (range(k, 2 * k), qubits))
    return np.moveaxis(moved, range(k), qubits)


def _measure(state: np.ndarray, factors: dict[int, str], coin: int) -> tuple[np.ndarray, int]:
    turned = state
    for qubit, axis in factors.items():
        turned = _apply(turned, PAULIS[axis], [qubit])
    mean = round(float(np.vdot(state, turned).real))
    if mean:
        return state, int(mean < 0)
    return (state + (1 - 2 * coin) * turned) / np.sqrt(2), coin
