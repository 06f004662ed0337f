"""The exact law of the records of a tiny noisy circuit, by density matrices.

For each record that is possible so far there is an unnormalised density matrix, whose trace is the
record's probability. Gates, channels and measurements act on it by their Kraus operators. Time and
memory O(4^n) for each of up to 2^records matrices: an oracle that knows nothing of frames.
"""

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
)
from bench_quantum._gates import PAULIS, unitary

Record = tuple[int, ...]
_LETTERS = "IXYZ"
_EIGENSTATES = {  # U with U|0> the +1 and U|1> the -1 eigenstate
    "Z": np.eye(2, dtype=complex),
    "X": np.array([[1, 1], [1, -1]]) / np.sqrt(2),
    "Y": np.array([[1, 1], [1j, -1j]]) / np.sqrt(2),
}


def law(circuit: Circuit) -> dict[Record, float]:
    """The probability of each possible record."""
    return {record: float(np.trace(rho).real) for record, rho in _Branches(circuit).run().items()}


class _Branches:
    def __init__(self, circuit: Circuit) -> None:
        self.circuit, self.n = circuit.compacted(), circuit.compacted().n_qubits
        rho = np.zeros((1 << self.n, 1 << self.n), complex)
        rho[0, 0] = 1
        # The flag tells whether a correlated error has fired.
        self.states: dict[tuple[Record, bool], np.ndarray] = {((), False): rho}

    def run(self) -> dict[Record, np.ndarray]:
        for at in self.circuit.steps():
            operation = OPERATIONS[self.circuit.opcodes[at]]
            walk = getattr(self, operation.group)
            walk(
                operation.name,
                self.circuit.targets_of(at).tolist(),
                self.circuit.arguments_of(at).tolist(),
            )
        found: dict[Record, np.ndarray] = {}
        for (record, _), rho in self.states.items():
            found[record] = found.get(record, 0) + rho
        return found

    def on(self, matrix: np.ndarray, qubits: list[int]) -> np.ndarray:
        """A matrix on some qubits as one on all; the first qubit is the high bit."""
        k, n = len(qubits), self.n
        rest = [q for q in range(n) if q not in qubits]
        order = np.argsort([*qubits, *rest])
        whole = np.kron(matrix, np.eye(1 << (n - k))).reshape((2,) * (2 * n))
        return whole.transpose([*order, *(n + order)]).reshape(1 << n, 1 << n)

    def paulis(self, letters: dict[int, str]) -> np.ndarray:
        matrix = np.eye(1 << self.n, dtype=complex)
        for q, letter in letters.items():
            if letter != "I":
                matrix = matrix @ self.on(PAULIS[letter], [q])
        return matrix

    def split(self, ways: list[tuple[np.ndarray, int | None]]) -> None:
        """Replace each state by K rho K^+ for every way, with the bit that it records."""
        found: dict[tuple[Record, bool], np.ndarray] = {}
        for (record, fired), rho in self.states.items():
            for kraus, bit in ways:
                key = (record if bit is None else (*record, bit), fired)
                after = kraus @ rho @ kraus.conj().T
                if np.trace(after).real > 1e-14:
                    found[key] = found.get(key, 0) + after
        self.states = found

    def annotation(self, *_: object) -> None:
        """It does nothing."""

    def gate1(self, name: str, targets: list[int], _: object) -> None:
        for q in targets:
            self.split([(self.on(unitary(name), [q]), None)])

    def gate2(self, name: str, targets: list[int], _: object) -> None:
        for a, b in zip(targets[::2], targets[1::2], strict=True):
            if a <= NUMBER:
                self.split([(self.on(unitary(name), [a, b]), None)])
            elif not a & SWEEP:
                pauli = self.on(PAULIS[name[1]], [b])
                for key, rho in self.states.items():
                    if key[0][-(a & NUMBER)]:
                        self.states[key] = pauli @ rho @ pauli

    def channel(self, shares: list[float], errors: list[dict[int, str]], bit: int | None) -> None:
        """Disjoint errors; `bit` is what is recorded where one happens, 0 where none does."""
        ways = [(np.sqrt(p) * self.paulis(e), bit) for p, e in zip(shares, errors, strict=True)]
        none = np.sqrt(max(0.0, 1 - sum(shares))) * np.eye(1 << self.n)
        self.split([*ways, (none, None if bit is None else 0)])

    def noise1(self, name: str, targets: list[int], arguments: list[float]) -> None:
        if name == "I_ERROR":
            return
        letters = name[0] if name.endswith("_ERROR") else "XYZ"
        shares = [arguments[0] / 3] * 3 if name == "DEPOLARIZE1" else arguments
        for q in targets:
            self.channel(shares, [{q: letter} for letter in letters], None)

    def noise2(self, name: str, targets: list[int], arguments: list[float]) -> None:
        shares = [arguments[0] / 15] * 15 if name == "DEPOLARIZE2" else arguments
        for a, b in zip(targets[::2], targets[1::2], strict=True):
            errors = [{a: p, b: q} for p in _LETTERS for q in _LETTERS][1:]
            self.channel(shares, errors, None)

    def correlated(self, name: str, targets: list[int], arguments: list[float]) -> None:
        pauli = np.eye(1 << self.n, dtype=complex)
        for t in targets:
            pauli = pauli @ self.on(PAULIS[_letter(t)], [t & NUMBER])
        found: dict[tuple[Record, bool], np.ndarray] = {}
        for (record, fired), rho in self.states.items():
            may = not (name.startswith("ELSE") and fired)
            p = arguments[0] if may else 0.0
            parts = [(True, p * pauli @ rho @ pauli.conj().T), (not may, (1 - p) * rho)]
            for flag, part in parts:
                found[record, flag] = found.get((record, flag), 0) + part
        self.states = found

    def herald(self, _: str, targets: list[int], arguments: list[float]) -> None:
        for q in targets:
            self.channel([arguments[0] / 4] * 4, [{q: letter} for letter in _LETTERS], 1)

    def observe(self, pauli: np.ndarray, inverted: bool, p: float) -> None:
        ways: list[tuple[np.ndarray, int | None]] = []
        for result in (0, 1):
            half = (np.eye(len(pauli)) + (1 - 2 * result) * pauli) / 2
            bit = result ^ int(inverted)
            ways += [(np.sqrt(1 - p) * half, bit), (np.sqrt(p) * half, 1 - bit)]
        self.split(ways)

    def measure(self, name: str, targets: list[int], arguments: list[float]) -> None:
        axis = name[-1] if name[-1] in "XY" else "Z"
        p = arguments[0] if arguments else 0.0
        for t in targets:
            q = t & NUMBER
            if name.startswith("MR"):
                self.measured_reset(axis, q, bool(t & INVERTED), p)
            else:
                self.observe(self.on(PAULIS[axis], [q]), bool(t & INVERTED), p)

    def measured_reset(self, axis: str, q: int, inverted: bool, p: float) -> None:
        basis = _EIGENSTATES[axis]
        ways: list[tuple[np.ndarray, int | None]] = []
        for result in (0, 1):
            kraus = self.on(np.outer(basis[:, 0], basis[:, result].conj()), [q])
            bit = result ^ int(inverted)
            ways += [(np.sqrt(1 - p) * kraus, bit), (np.sqrt(p) * kraus, 1 - bit)]
        self.split(ways)

    def reset(self, name: str, targets: list[int], _: object) -> None:
        basis = _EIGENSTATES[name[-1] if name[-1] in "XY" else "Z"]
        for q in targets:
            kraus = [np.outer(basis[:, 0], basis[:, result].conj()) for result in (0, 1)]
            self.split([(self.on(matrix, [q]), None) for matrix in kraus])

    def measure_pair(self, name: str, targets: list[int], arguments: list[float]) -> None:
        for a, b in zip(targets[::2], targets[1::2], strict=True):
            pauli = self.paulis({a & NUMBER: name[1], b & NUMBER: name[1]})
            self.observe(pauli, bool((a ^ b) & INVERTED), arguments[0] if arguments else 0.0)

    def measure_product(self, _: str, targets: list[int], arguments: list[float]) -> None:
        begins = [place for place, t in enumerate(targets) if not t & JOINED]
        for begin, end in zip(begins, [*begins[1:], len(targets)], strict=True):
            factors = targets[begin:end]
            pauli = self.paulis({t & NUMBER: _letter(t) for t in factors})
            p = arguments[0] if arguments else 0.0
            self.observe(pauli, bool(factors[0] & INVERTED), p)

    def pad(self, _: str, targets: list[int], arguments: list[float]) -> None:
        p = arguments[0] if arguments else 0.0
        one = np.eye(1 << self.n)
        for bit in targets:
            self.split([(np.sqrt(1 - p) * one, bit), (np.sqrt(p) * one, 1 - bit)])


def _letter(target: int) -> str:
    return "IXZY"[(target & X_BIT != 0) + 2 * (target & Z_BIT != 0)]
