"""What the records of a circuit must satisfy: the parities that are settled, and all of them.

A sum of recorded bits is settled where the product of what they measured, taken back through the
circuit, commutes with every measurement and reset on its way and ends as +1 or -1 on |0...0>. So we
walk back from the end with one candidate for each record: a Pauli product, and the records that it
is made of. Gates turn it; a record adds Z of its qubit to a new candidate (and to those that the
record controls a Pauli of); at each measurement or reset the candidates that anticommute with it
are added to one of them, which is given up: that record is random. What is left at the beginning
spans all that is settled, by linear algebra over GF(2) on bits alone. A second walk finds the
signs.

Nothing is simulated here, no tableau is kept and no result is drawn. A candidate is a bit of a
word in two rows (x, z) for each qubit. O(n c / 64) for a layer of gates and for a random record,
with c candidates at a time; what is left of them at the beginning is brought into echelon form,
O(c^3 / 64), cut by 8 with tables of sums as in the method of the four Russians.
"""

from dataclasses import dataclass
from functools import cache
from itertools import product

import numpy as np

from bench_quantum._circuit import Circuit
from bench_quantum._gates import PAULIS, unitary
from bench_quantum.stabilizer_simulation._bit_rows import (
    WORD,
    bit,
    bits_of,
    dependencies,
    packed,
    unpacked,
)
from bench_quantum.stabilizer_simulation._steps import (
    Constant,
    Controlled,
    Gate,
    Measured,
    Reset,
    Step,
    steps,
)

_FEW = 1024  # candidates to begin with


@dataclass(frozen=True, eq=False)
class Parities:
    """Sums of records that are settled: those of `records[starts[i]:starts[i+1]]` is `values[i]`.

    No two have the same latest record, so that it is settled by earlier ones; all records that are
    not the latest of any are random.
    """

    records: np.ndarray
    starts: np.ndarray
    values: np.ndarray

    def latest(self) -> np.ndarray:
        return self.records[self.starts[1:] - 1]

    def found(self, bits: np.ndarray) -> np.ndarray:
        """The sums for a record, uint8."""
        if not len(self.values):
            return np.zeros(0, np.uint8)
        return np.bitwise_xor.reduceat(bits[self.records], self.starts[:-1])


def settled(circuit: Circuit) -> Parities:
    """All parities that the circuit settles, in the order of their latest records."""
    path = list(steps(circuit))
    n, count = circuit.n_qubits, circuit.n_measurements
    sums = sorted(_Search(n, count, path).sums(), key=lambda own: own[-1])
    starts = np.cumsum([0, *map(len, sums)])
    records = np.concatenate([np.zeros(0, np.int64), *sums]).astype(np.int64)
    return Parities(records, starts, _Carry(n, count, path, sums).signs())


class _Candidates:
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


class _Search:
    """The first walk: which sums of records are settled.

    `made_of` has the records of each candidate; `owed` those (numbered by `controls`) that control
    a Pauli which anticommutes with it, so that it gets what they measured on top.
    """

    def __init__(self, n: int, count: int, path: list[Step]) -> None:
        self.path = path
        self.own = _Candidates(n, min(count, 2 * n + _FEW))
        capacity = len(self.own.free)
        found = sorted({step.record for step in path if isinstance(step, Controlled)})
        self.controls = {record: number for number, record in enumerate(found)}
        self.made_of = np.zeros((capacity, -(-count // WORD)), np.uint64)
        self.owed = np.zeros((capacity, -(-len(found) // WORD)), np.uint64)
        self.latest = np.full(capacity, -1)
        self.done: list[np.ndarray] = []

    def sums(self) -> list[np.ndarray]:
        own = self.own
        for step in reversed(self.path):
            match step:
                case Gate():
                    own.back(step, signs=False)
                case Measured():
                    self.constrain(step.qubits)
                    for record, qubit in zip(step.records.tolist(), step.qubits, strict=True):
                        own.flip(own.z[qubit], self.debtors(record))
                    candidates = np.array(self.new(step.records.tolist()))
                    own.z[step.qubits, candidates // WORD] ^= bits_of(candidates)
                case Reset():
                    self.constrain(step.qubits)
                    own.z[step.qubits] = 0
                case Controlled():
                    number = self.controls[step.record]
                    members = np.flatnonzero(unpacked(own.anticommuting(step)))
                    self.owed[members, number // WORD] ^= bit(number)
                case Constant():
                    self.debtors(step.record)
                    self.new([step.record])
        own.z[:] = 0  # |0...0>
        self.retire()
        self.last()
        return self.done

    def constrain(self, qubits: np.ndarray) -> None:
        """Leave only what commutes with Z of these qubits."""
        own = self.own
        for qubit in qubits[own.x[qubits].any(axis=1)].tolist():
            wrong = own.x[qubit].copy()
            if not wrong.any():  # mended by then
                continue
            members = np.flatnonzero(unpacked(wrong))
            given_up = int(members[np.argmin(self.latest[members])])
            for part in (own.x, own.z):
                rows = np.flatnonzero(part[:, given_up // WORD] & bit(given_up))
                part[rows] ^= wrong
            others = members[members != given_up]
            self.made_of[others] ^= self.made_of[given_up]
            self.owed[others] ^= self.owed[given_up]
            self.drop(given_up)

    def debtors(self, record: int) -> np.ndarray:
        """The candidates that get what this record measured; they are quit of it."""
        if record not in self.controls:
            return np.zeros(0, np.int64)
        number = self.controls[record]
        members = np.flatnonzero(self.owed[:, number // WORD] & bit(number))
        self.owed[members, number // WORD] ^= bit(number)
        return members

    def new(self, records: list[int]) -> list[int]:
        if len(self.own.free) < len(records):
            self.retire()
        while len(self.own.free) < len(records):
            self.own.grow()
            more = len(self.latest)
            self.made_of, self.owed = (
                np.pad(part, ((0, more), (0, 0))) for part in (self.made_of, self.owed)
            )
            self.latest = np.pad(self.latest, (0, more), constant_values=-1)
        candidates = self.own.take(len(records))
        for candidate, record in zip(candidates, records, strict=True):
            self.made_of[candidate, record // WORD] = bit(record)
            self.latest[candidate] = record
        return candidates

    def retire(self) -> None:
        """Note those that nothing is left of: they are settled, whatever is before them."""
        trivial = self.own.trivial() & (self.latest >= 0) & ~self.owed.any(axis=1)
        for candidate in np.flatnonzero(trivial).tolist():
            self.done.append(np.flatnonzero(unpacked(self.made_of[candidate])))
            self.drop(candidate)

    def drop(self, candidate: int) -> None:
        self.made_of[candidate] = 0
        self.owed[candidate] = 0
        self.latest[candidate] = -1
        self.own.free.append(candidate)

    def last(self) -> None:
        """Sums of what is left whose x cancel, so that they settle |0...0>."""
        used = np.flatnonzero(self.latest >= 0)
        used = used[np.argsort(self.latest[used])]
        rows = self.own.x[self.own.x.any(axis=1)]
        matrix = packed(
            np.array([unpacked(row)[used] for row in rows]).reshape(len(rows), len(used))
        )
        for terms in dependencies(matrix, len(used)):
            made_of = np.bitwise_xor.reduce(self.made_of[used[terms]], axis=0)
            self.done.append(np.flatnonzero(unpacked(made_of)))


class _Carry:
    """The second walk: the value of each sum, which is carried from its latest record on."""

    def __init__(self, n: int, count: int, path: list[Step], sums: list[np.ndarray]) -> None:
        self.path, self.sums = path, sums
        self.own = _Candidates(n, min(len(sums), 2 * n + _FEW))
        self.values = np.zeros(len(sums), np.uint8)
        self.members: list[list[int]] = [[] for _ in range(count)]
        for number, records in enumerate(sums):
            for record in records.tolist():
                self.members[record].append(number)
        self.place: dict[int, int] = {}  # of a sum, among the candidates
        self.owed: dict[int, np.ndarray] = {}  # by record: packed as the candidates are

    def signs(self) -> np.ndarray:
        own = self.own
        for step in reversed(self.path):
            match step:
                case Gate():
                    own.back(step, signs=True)
                case Measured():
                    self.expect_commuting(step.qubits)
                    parts = (step.records.tolist(), step.qubits.tolist(), step.inverted.tolist())
                    for record, qubit, inverted in zip(*parts, strict=True):
                        got = self.holders(record)
                        own.flip(own.z[qubit], got)
                        own.flip(own.sign, got[: len(got) * inverted])
                case Reset():
                    self.expect_commuting(step.qubits)
                    own.z[step.qubits] = 0
                case Controlled():
                    mask = self.owed.get(step.record, np.zeros(0, np.uint64))
                    self.owed[step.record] = _longer(mask, own.sign) ^ own.anticommuting(step)
                case Constant():
                    got = self.holders(step.record)
                    own.flip(own.sign, got[: len(got) * step.bit])
        self.expect_commuting(np.arange(len(own.x)))
        own.z[:] = 0
        self.retire(0)
        return self.values

    def expect_commuting(self, qubits: np.ndarray) -> None:
        if self.own.x[qubits].any():
            raise AssertionError("a sum of records was found to be settled, and is not")

    def holders(self, record: int) -> np.ndarray:
        """The candidates that get what this record measured."""
        numbers = self.members[record]
        fresh = [number for number in numbers if number not in self.place]
        if len(self.own.free) < len(fresh):
            self.retire(record + 1)
        while len(self.own.free) < len(fresh):
            self.own.grow()
        self.place.update(zip(fresh, self.own.take(len(fresh)), strict=True))
        mask = np.zeros_like(self.own.sign)
        self.own.flip(mask, np.array([self.place[number] for number in numbers], np.int64))
        if record in self.owed:
            mask ^= _longer(self.owed.pop(record), mask)
        return np.flatnonzero(unpacked(mask))

    def retire(self, now: int) -> None:
        """Read the signs of sums that get no more records, and of which nothing is left."""
        ready, minus = self.own.trivial(), unpacked(self.own.sign)
        for mask in self.owed.values():
            ready &= ~unpacked(_longer(mask, self.own.sign))
        for number, candidate in list(self.place.items()):
            if ready[candidate] and self.sums[number][0] >= now:
                self.values[number] = minus[candidate]
                self.own.sign[candidate // WORD] &= ~bit(candidate)
                self.own.free.append(candidate)
                del self.place[number]


def _longer(mask: np.ndarray, like: np.ndarray) -> np.ndarray:
    return np.pad(mask, (0, len(like) - len(mask)))
