"""Pauli products side by side, a bit of a word for each, and what gates make of them."""

from functools import cache
from itertools import product

import numpy as np

from bench_quantum._gates import PAULIS, unitary
from bench_quantum.stabilizer_simulation._bit_rows import WORD, bits_of, unpacked
from bench_quantum.stabilizer_simulation._steps import Controlled, Gate


class Candidates:
    """Pauli products in columns: bit s of words in x[q] and z[q] belongs to candidate s."""

    def __init__(self, n: int, capacity: int) -> None:
        words = -(-max(capacity, 1) // WORD)
        self.x, self.z = np.zeros((2, n, words), np.uint64)
        self.sign = np.zeros(words, np.uint64)
        self.free = list(range(words * WORD))[::-1]

    def take(self, count: int) -> list[int]:
        """Candidates that are not in use; there is room."""
        left = len(self.free) - count
        taken = self.free[left:]
        del self.free[left:]
        return taken

    @staticmethod
    def flip(words: np.ndarray, members: np.ndarray) -> None:
        """Flip the bits of these candidates."""
        np.bitwise_xor.at(words, members // WORD, bits_of(members))

    def anticommuting(self, step: Controlled) -> np.ndarray:
        """Those that anticommute with the Pauli, packed."""
        found = np.zeros_like(self.sign)
        if step.axis in "XY":
            found ^= self.z[step.qubit]
        if step.axis in "ZY":
            found ^= self.x[step.qubit]
        return found

    def grow(self) -> None:
        words = self.x.shape[1]
        self.x, self.z = (np.pad(part, ((0, 0), (0, words))) for part in (self.x, self.z))
        self.sign = np.pad(self.sign, (0, words))
        self.free = list(range(words * WORD, 2 * words * WORD))[::-1] + self.free

    def trivial(self) -> np.ndarray:
        """Which are the identity, bool[capacity]."""
        return ~unpacked(np.bitwise_or.reduce(self.x | self.z, axis=0))

    def back(self, gate: Gate, signs: bool) -> None:
        """Take all back through a gate: P becomes g^-1 P g."""
        flow, flips = _action(gate.name)
        old = [part[qubits] for qubits in gate.qubits for part in (self.x, self.z)]
        if signs:
            for which in flips:
                both = old[which[0]]
                for other in which[1:]:
                    both = both & old[other]
                self.sign ^= np.bitwise_xor.reduce(both, axis=0)
        parts = [(part, qubits) for qubits in gate.qubits for part in (self.x, self.z)]
        for (part, qubits), sources in zip(parts, flow, strict=True):
            new = old[sources[0]]
            for source in sources[1:]:
                new = new ^ old[source]
            part[qubits] = new


@cache
def _action(name: str) -> tuple[list[list[int]], list[list[int]]]:
    """What g^-1 P g does to the bits (x, z, of one qubit after the other), and to the sign.

    The first list has, for each bit, the bits whose sum it is; the second the sets of bits whose
    products add up to the change of the sign. Both are read off the matrix.
    """
    matrix = unitary(name)
    k = len(matrix).bit_length() - 1
    letters = {(0, 0): "_", (1, 0): "X", (0, 1): "Z", (1, 1): "Y"}
    every = list(product((0, 1), repeat=2 * k))

    def pauli(bits: tuple[int, ...]) -> np.ndarray:
        found = np.eye(1, dtype=complex)
        for pair in zip(bits[::2], bits[1::2], strict=True):
            found = np.kron(found, PAULIS[letters[pair]])
        return found

    paulis = np.array([pauli(bits) for bits in every])
    images, minus = {}, {}
    for bits, own in zip(every, paulis, strict=True):
        overlaps = np.einsum("pij,ji->p", paulis, matrix.conj().T @ own @ matrix).real
        place = int(np.argmax(np.abs(overlaps)))
        images[bits], minus[bits] = every[place], overlaps[place] < 0
    units = [tuple(int(i == j) for j in range(2 * k)) for i in range(2 * k)]
    flow = [[j for j, unit in enumerate(units) if images[unit][i]] for i in range(2 * k)]
    flips = []
    for bits in every:  # Moebius: the sign as a sum of products of bits
        below = [
            minus[other] for other in every if all(a <= b for a, b in zip(other, bits, strict=True))
        ]
        if sum(below) % 2:
            flips.append([i for i, bit in enumerate(bits) if bit])
    return flow, flips
