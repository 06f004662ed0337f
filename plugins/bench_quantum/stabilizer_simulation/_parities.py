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

import numpy as np

from bench_quantum._circuit import Circuit
from bench_quantum.stabilizer_simulation._bit_rows import (
    WORD,
    bit,
    bits_of,
    dependencies,
    packed,
    unpacked,
)
from bench_quantum.stabilizer_simulation._pauli_columns import Candidates
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


class _Search:
    """The first walk: which sums of records are settled.

    `made_of` has the records of each candidate; `owed` those (numbered by `controls`) that control
    a Pauli which anticommutes with it, so that it gets what they measured on top.
    """

    def __init__(self, n: int, count: int, path: list[Step]) -> None:
        self.path = path
        self.own = Candidates(n, min(count, 2 * n + _FEW))
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
        self.own = Candidates(n, min(len(sums), 2 * n + _FEW))
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
