"""A circuit as steps that act on different qubits each, loops unrolled, for walking through it.

Measurements and resets in other bases, and those of products, are turned into measurements of Z by
gates before and after them, so that there are four kinds of steps left: gates, `Measured`, `Reset`
and `Controlled`; and `Constant`, records that are no measurements.
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
)

_TURNS = {"X": "H", "Y": "H_YZ"}  # makes Z of it, and is its own inverse
_AXES = "_XZY"  # by the bits of a factor


@dataclass(frozen=True, eq=False)
class Gate:
    """A gate on groups of qubits, int[k, groups], all different."""

    name: str
    qubits: np.ndarray


@dataclass(frozen=True, eq=False)
class Measured:
    """Z of different qubits, with the numbers of their records and whether those are inverted."""

    qubits: np.ndarray
    records: np.ndarray
    inverted: np.ndarray


@dataclass(frozen=True, eq=False)
class Reset:
    """Different qubits that become |0>."""

    qubits: np.ndarray


@dataclass(frozen=True, eq=False)
class Controlled:
    """A Pauli matrix on a qubit where a record is 1."""

    axis: str
    qubit: int
    record: int


@dataclass(frozen=True, eq=False)
class Constant:
    """A record that is the given bit."""

    bit: int
    record: int


Step = Gate | Measured | Reset | Controlled | Constant


def steps(circuit: Circuit) -> Iterator[Step]:
    """The steps of a circuit without noise in their order."""
    records = 0
    for at in circuit.steps():
        for step in _steps_of(circuit, at, records):
            yield step
            if isinstance(step, Measured):
                records += len(step.records)
            elif isinstance(step, Constant):
                records += 1


def _steps_of(circuit: Circuit, at: int, records: int) -> Iterator[Step]:
    """The steps of one instruction, before which there are so many records."""
    operation, targets = OPERATIONS[circuit.opcodes[at]], circuit.targets_of(at)
    group, name = operation.group, operation.name
    if group == "gate1":
        for part in _different(targets.reshape(-1, 1)):
            yield Gate(name, part.T)
    elif group == "gate2":
        yield from _pairs(name, targets.reshape(-1, 2), records)
    elif group in ("measure", "reset"):
        for part in _different(targets.reshape(-1, 1)):
            yield from _measured(group, name, part[:, 0], records)
            records += len(part)
    elif group in ("measure_pair", "measure_product"):
        for factors, inverted in _products(group, name, targets):
            yield from _product(factors, inverted, records)
            records += 1
    elif group == "pad":
        for place, bit in enumerate(targets.tolist()):
            yield Constant(bit, records + place)


def _products(
    group: str, name: str, targets: np.ndarray
) -> Iterator[tuple[list[tuple[int, str]], bool]]:
    """The factors of each measured product, and whether its result is inverted."""
    if group == "measure_pair":
        for a, b in targets.reshape(-1, 2).tolist():
            yield [(a & NUMBER, name[-1]), (b & NUMBER, name[-1])], bool((a ^ b) & INVERTED)
        return
    begins = [*np.flatnonzero((targets & JOINED) == 0).tolist(), len(targets)]
    for begin, end in pairwise(begins):
        own = targets[begin:end].tolist()
        yield [(t & NUMBER, _AXES[t // X_BIT & 3]) for t in own], bool(own[0] & INVERTED)


def _different(groups: np.ndarray) -> Iterator[np.ndarray]:
    """Cut the rows into stretches in which no qubit stands twice."""
    numbers = groups & NUMBER
    if len(np.unique(numbers)) == numbers.size:
        if len(groups):
            yield groups
        return
    begin, seen = 0, set[int]()
    for place, row in enumerate(numbers.tolist()):
        if not seen.isdisjoint(row):
            yield groups[begin:place]
            begin, seen = place, set()
        seen.update(row)
    yield groups[begin:]


def _pairs(name: str, pairs: np.ndarray, records: int) -> Iterator[Step]:
    if not pairs.size or pairs.max() <= NUMBER:
        for part in _different(pairs):
            yield Gate(name, part.T)
        return
    for a, b in pairs.tolist():
        if a <= NUMBER:
            yield Gate(name, np.array([[a], [b]]))
        elif not a & SWEEP:  # sweep bits are 0
            yield Controlled(name[-1], b, records - (a & NUMBER))


def _measured(group: str, name: str, targets: np.ndarray, records: int) -> Iterator[Step]:
    qubits, axis = targets & NUMBER, name[-1]
    turn = [Gate(_TURNS[axis], qubits[None, :])] if axis in _TURNS else []
    yield from turn
    if group == "measure":
        yield Measured(qubits, records + np.arange(len(qubits)), (targets & INVERTED) != 0)
    if group == "reset" or name.startswith("MR"):
        yield Reset(qubits)
    yield from turn


def _product(factors: list[tuple[int, str]], inverted: bool, record: int) -> Iterator[Step]:
    if factors[0][1] == "_":  # all cancelled
        yield Constant(int(inverted), record)
        return
    before = [Gate(_TURNS[axis], np.array([[q]])) for q, axis in factors if axis in _TURNS]
    first = factors[0][0]
    before += [Gate("CX", np.array([[q], [first]])) for q, _ in factors[1:]]
    yield from before
    yield Measured(np.array([first]), np.array([record]), np.array([inverted]))
    yield from reversed(before)
