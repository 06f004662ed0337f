"""State vectors: the 2^n amplitudes of many shots side by side.

Gates are products with their matrices, errors strike the shots that are drawn, and a measurement of
P has the result 1 with probability (1 - <P>) / 2 and leaves (1 +- P) psi. Nothing in it knows of
stabilizers. Time and memory O(2^n) for each operation and shot.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bench_quantum._circuit import (
    INVERTED,
    JOINED,
    NUMBER,
    OPERATIONS,
    SWEEP,
    X_BIT,
    Z_BIT,
    Circuit,
    parse,
)
from bench_quantum._gates import PAULIS, unitary
from bench_quantum.stabilizer_sampling._outputs import packed
from harness.api import Solver, Unsupported

_AMPLITUDES = 1 << 20  # of all shots of a block
_OTHER = {"X": "Z", "Y": "X", "Z": "X"}  # turns the -1 eigenstate into the other one


@dataclass(frozen=True)
class StateVector(Solver):
    """All amplitudes of all shots."""

    problem = "stabilizer_sampling"
    role = "baseline"
    growth: ClassVar = {"time": {"shots": 1}}

    most: int = 12  # qubits; 2^n amplitudes of 16 bytes for each shot

    def solve(self, data, rng):
        circuit = parse(data.circuit).compacted()
        if circuit.n_qubits > self.most:
            raise Unsupported(
                f"the circuit has {circuit.n_qubits} qubits, expected at most {self.most}: raise "
                "`most`, or use another solver"
            )
        block = max(1, _AMPLITUDES >> circuit.n_qubits)
        records = [
            Trajectories(circuit, min(block, data.shots - begin), rng).run()
            for begin in range(0, data.shots, block)
        ]
        known = Trajectories(circuit.noiseless(), 1, rng).run()[0]
        yield packed(circuit, np.concatenate(records), data.what == "detectors", known)


class Trajectories:
    """Some shots of a circuit, run together."""

    def __init__(self, circuit: Circuit, shots: int, rng: np.random.Generator) -> None:
        self.circuit, self.shots, self.rng = circuit, shots, rng
        self.state = np.zeros((shots,) + (2,) * circuit.n_qubits, complex)
        self.state.reshape(shots, -1)[:, 0] = 1
        self.records: list[np.ndarray] = []
        self.fired = np.zeros(shots, bool)

    def run(self) -> np.ndarray:
        """uint8[shots, measurements]."""
        for at in self.circuit.steps():
            operation = OPERATIONS[self.circuit.opcodes[at]]
            walk = getattr(self, operation.group)
            walk(
                operation.name,
                self.circuit.targets_of(at).tolist(),
                self.circuit.arguments_of(at).tolist(),
            )
        return np.array(self.records, np.uint8).reshape(-1, self.shots).T

    def applied(self, matrix: np.ndarray, qubits: list[int]) -> np.ndarray:
        k, axes = len(qubits), [1 + q for q in qubits]
        tensor = matrix.reshape((2,) * (2 * k))
        return np.moveaxis(
            np.tensordot(tensor, self.state, (range(k, 2 * k), axes)), range(k), axes
        )

    def strike(self, shots: np.ndarray, pauli: str, q: int) -> None:
        """A Pauli error on a qubit of the chosen shots."""
        if pauli != "I" and shots.any():
            self.state[shots] = np.moveaxis(
                np.tensordot(PAULIS[pauli], self.state[shots], (1, 1 + q)), 0, 1 + q
            )

    def annotation(self, *_: object) -> None:
        """It does nothing."""

    def gate1(self, name: str, targets: list[int], _: object) -> None:
        for q in targets:
            self.state = self.applied(unitary(name), [q])

    def gate2(self, name: str, targets: list[int], _: object) -> None:
        for a, b in zip(targets[::2], targets[1::2], strict=True):
            if a <= NUMBER:
                self.state = self.applied(unitary(name), [a, b])
            elif not a & SWEEP:
                self.strike(self.records[-(a & NUMBER)] != 0, name[1], b)

    def kinds(self, shares: list[float]) -> np.ndarray:
        """For each shot which of some disjoint events happens, from 0; their number: none."""
        return np.searchsorted(np.cumsum(shares), self.rng.random(self.shots), side="right")

    def noise1(self, name: str, targets: list[int], arguments: list[float]) -> None:
        if name == "I_ERROR":
            return
        letters = name[0] if name.endswith("_ERROR") else "XYZ"
        shares = [arguments[0] / 3] * 3 if name == "DEPOLARIZE1" else arguments
        for q in targets:
            kinds = self.kinds(shares)
            for number, letter in enumerate(letters):
                self.strike(kinds == number, letter, q)

    def noise2(self, name: str, targets: list[int], arguments: list[float]) -> None:
        shares = [arguments[0] / 15] * 15 if name == "DEPOLARIZE2" else arguments
        for a, b in zip(targets[::2], targets[1::2], strict=True):
            kinds = self.kinds(shares) + 1
            for number in range(1, 16):
                self.strike(kinds == number, "IXYZ"[number // 4], a)
                self.strike(kinds == number, "IXYZ"[number % 4], b)

    def correlated(self, name: str, targets: list[int], arguments: list[float]) -> None:
        hit = self.rng.random(self.shots) < arguments[0]
        if name.startswith("ELSE"):
            hit &= ~self.fired
            self.fired |= hit
        else:
            self.fired = hit
        for target in targets:
            self.strike(hit, _letter(target), target & NUMBER)

    def herald(self, _: str, targets: list[int], arguments: list[float]) -> None:
        for q in targets:
            kinds = self.kinds([arguments[0] / 4] * 4)
            self.records.append(kinds < 4)
            for number, letter in enumerate("IXYZ"):
                self.strike(kinds == number, letter, q)

    def observe(self, factors: dict[int, str]) -> np.ndarray:
        """Measure a Pauli product; the results."""
        before = self.state
        for q, letter in factors.items():
            self.state = self.applied(PAULIS[letter], [q])
        turned, axes = self.state, tuple(range(1, self.state.ndim))
        mean = (before.conj() * turned).sum(axis=axes).real
        results = self.rng.random(self.shots) < (1 - np.clip(np.rint(mean), -1, 1)) / 2
        signs = (1 - 2.0 * results).reshape((-1,) + (1,) * len(axes))
        self.state = before + signs * turned
        norms = np.sqrt((np.abs(self.state) ** 2).sum(axis=axes, keepdims=True))
        self.state /= norms
        return results

    def record(self, results: np.ndarray, inverted: bool, arguments: list[float]) -> None:
        flips = self.rng.random(self.shots) < (arguments[0] if arguments else 0.0)
        self.records.append(results ^ flips ^ inverted)

    def measure(self, name: str, targets: list[int], arguments: list[float]) -> None:
        axis = name[-1] if name[-1] in "XY" else "Z"
        for target in targets:
            q = target & NUMBER
            results = self.observe({q: axis})
            self.record(results, bool(target & INVERTED), arguments)
            if name.startswith("MR"):
                self.strike(results, _OTHER[axis], q)

    def reset(self, name: str, targets: list[int], _: object) -> None:
        axis = name[-1] if name[-1] in "XY" else "Z"
        for q in targets:
            self.strike(self.observe({q: axis}), _OTHER[axis], q)

    def measure_pair(self, name: str, targets: list[int], arguments: list[float]) -> None:
        for a, b in zip(targets[::2], targets[1::2], strict=True):
            results = self.observe({a & NUMBER: name[1], b & NUMBER: name[1]})
            self.record(results, bool((a ^ b) & INVERTED), arguments)

    def measure_product(self, _: str, targets: list[int], arguments: list[float]) -> None:
        for factors in _products(targets):
            results = self.observe({t & NUMBER: _letter(t) for t in factors if _letter(t) != "_"})
            self.record(results, bool(factors[0] & INVERTED), arguments)

    def pad(self, _: str, targets: list[int], arguments: list[float]) -> None:
        for bit in targets:
            self.record(np.full(self.shots, bool(bit)), False, arguments)


def _products(targets: list[int]) -> Iterator[list[int]]:
    begins = [place for place, target in enumerate(targets) if not target & JOINED]
    for begin, end in zip(begins, [*begins[1:], len(targets)], strict=True):
        yield targets[begin:end]


def _letter(target: int) -> str:
    return "_XZY"[(target & X_BIT != 0) + 2 * (target & Z_BIT != 0)]
