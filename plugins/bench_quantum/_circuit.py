"""Circuits as text, in the common subset of Stim's format, and as arrays.

`parse(text)` gives a `Circuit`: instruction i has the code `opcodes[i]` (see `CODE` for its number
by name and `OPERATIONS` for what it is), the targets `targets[first_target[i]:first_target[i+1]]`,
the arguments `arguments[first_argument[i]:first_argument[i+1]]`, and stood on line `lines[i]`.
Aliases are resolved. A loop stays one: REPEAT has its number of rounds in `counts[i]` and the place
of its END in `partners[i]`; END has the place of its REPEAT there. `steps()` unrolls.

A target is an int32: a number below 2^24 and flags above it.

- A qubit: its number; INVERTED where its result is (M, MX, ..., MXX, ...).
- A factor of a Pauli product (MPP, CORRELATED_ERROR): the qubit with X_BIT, Z_BIT, or both for Y.
  In MPP all factors of a product but the first have JOINED; each qubit stands there only once, as
  repeated ones are multiplied out, and the sign is INVERTED on the first. A product in which all
  cancels is one factor without either bit.
- A record: k of rec[-k], with RECORD. In DETECTOR and OBSERVABLE_INCLUDE, and as the first of a
  pair of CX, CY or CZ (`CZ q rec[-k]` is turned round).
- sweep[i]: i with SWEEP, the first of such a pair too; no sweep data are ever given, so it is 0.
- MPAD: the bits 0 and 1 themselves.

A parsed circuit is sound: numbers of arguments and targets, probabilities, look-backs (also those
of a loop's first round) and Hermitian products are checked, so that what runs it need not. What is
not in the subset is an error that names the line. A kernel parses, some nanoseconds for each byte;
a text that it refuses is read once more, slowly, to say what is wrong with it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from bench_quantum._circuit_operations import (
    CODE,
    INVERTED,
    JOINED,
    NUMBER,
    OPERATIONS,
    RECORD,
    SWEEP,
    X_BIT,
    Z_BIT,
    CircuitError,
)
from bench_quantum._circuit_parser import read
from bench_quantum._circuit_reader import read_quickly

__all__ = [
    "CODE",
    "INVERTED",
    "JOINED",
    "NUMBER",
    "OPERATIONS",
    "RECORD",
    "SWEEP",
    "X_BIT",
    "Z_BIT",
    "Circuit",
    "CircuitError",
    "parse",
]


@dataclass(frozen=True, eq=False)
class Circuit:
    """A parsed circuit; the module's docstring says what is in the arrays.

    Attributes:
        opcodes: int32[n], the code of each instruction.
        first_target: int64[n + 1], where its targets begin; targets: int32.
        first_argument: int64[n + 1], where its arguments begin; arguments: float64.
        partners: int32[n], of REPEAT and END; -1 for others.
        counts: int64[n], the rounds of a REPEAT; 1 for others.
        lines: int32[n], from 1.
        n_qubits: 1 + the largest qubit that is mentioned.
        n_measurements, n_detectors: bits of a whole run, loops unrolled.
        n_observables: 1 + the largest index.
        depth: how deep loops are nested.
    """

    opcodes: np.ndarray
    first_target: np.ndarray
    targets: np.ndarray
    first_argument: np.ndarray
    arguments: np.ndarray
    partners: np.ndarray
    counts: np.ndarray
    lines: np.ndarray
    n_qubits: int
    n_measurements: int
    n_detectors: int
    n_observables: int
    depth: int

    def __len__(self) -> int:
        return len(self.opcodes)

    def targets_of(self, i: int) -> np.ndarray:
        return self.targets[self.first_target[i] : self.first_target[i + 1]]

    def arguments_of(self, i: int) -> np.ndarray:
        return self.arguments[self.first_argument[i] : self.first_argument[i + 1]]

    def steps(self) -> Iterator[int]:
        """The places of the instructions in the order of execution, without REPEAT and END."""
        repeat, end = CODE["REPEAT"], CODE["END"]
        codes, partners = self.opcodes.tolist(), self.partners.tolist()
        left: list[int] = []
        at = 0
        while at < len(codes):
            if codes[at] == repeat:
                left.append(int(self.counts[at]))
            elif codes[at] == end:
                left[-1] -= 1
                if left[-1]:
                    at = partners[at]
                else:
                    left.pop()
            else:
                yield at
            at += 1

    def times(self) -> np.ndarray:
        """float64[n]: how often each instruction is executed."""
        repeat, end = CODE["REPEAT"], CODE["END"]
        factors, found = [1.0], np.ones(len(self))
        for at, code in enumerate(self.opcodes.tolist()):
            if code == end:
                factors.pop()
            found[at] = factors[-1]
            if code == repeat:
                factors.append(factors[-1] * float(self.counts[at]))
        return found

    def noiseless(self) -> "Circuit":
        """The same circuit without noise: as many records, each where it was."""
        groups = np.array([operation.group for operation in OPERATIONS])[self.opcodes]
        dropped = np.isin(groups, ("noise1", "noise2", "correlated"))
        heralds = groups == "herald"
        opcodes = np.where(dropped, CODE["TICK"], np.where(heralds, CODE["MPAD"], self.opcodes))
        lengths = np.where(dropped, 0, np.diff(self.first_target))
        kept = np.repeat(~dropped, np.diff(self.first_target))
        targets = np.where(np.repeat(heralds, np.diff(self.first_target)), 0, self.targets)
        annotated = groups == "annotation"
        return replace(
            self,
            opcodes=opcodes.astype(np.int32),
            first_target=np.append(0, np.cumsum(lengths)),
            targets=targets[kept],
            first_argument=np.append(0, np.cumsum(annotated * np.diff(self.first_argument))),
            arguments=self.arguments[np.repeat(annotated, np.diff(self.first_argument))],
        )

    def compacted(self) -> "Circuit":
        """The same circuit on as many qubits as it names, in their order."""
        other = [CODE[name] for name in ("MPAD", "DETECTOR", "OBSERVABLE_INCLUDE")]
        kinds = np.repeat(self.opcodes, np.diff(self.first_target))
        qubits = ~np.isin(kinds, other) & ((self.targets & (RECORD | SWEEP)) == 0)
        named, new = np.unique(self.targets[qubits] & NUMBER, return_inverse=True)
        targets = self.targets.copy()
        targets[qubits] = (targets[qubits] & ~NUMBER) | new.astype(np.int32)
        return replace(self, targets=targets, n_qubits=len(named))


def parse(text: str) -> Circuit:
    """Read a circuit.

    Raises:
        CircuitError: where the text is no circuit, or outside of the subset.
    """
    return Circuit(**(read_quickly(text) or read(text)))
