"""Reading a circuit line by line, with a sentence for whatever is wrong.

`_circuit.py` says what comes of it. The kernel `circuit_text` reads the same language, 15 times as
fast where the circuit is small and 500 times where it is large; this is what the kernel is held
against, and what is asked where that refuses a text.
"""

import re
from math import fsum, isfinite
from operator import eq
from typing import Any

import numpy as np

from bench_quantum._circuit_operations import (
    ANY,
    CODE,
    INVERTED,
    JOINED,
    NAMES,
    NUMBER,
    OPERATIONS,
    RECORD,
    SWEEP,
    X_BIT,
    Z_BIT,
    CircuitError,
    Operation,
)

_MOST = 1 << 62  # rounds, bits: totals must fit in 64 bits
_SLACK = 1e-9  # rounding of a sum of disjoint probabilities


def read(text: str) -> dict[str, Any]:
    """The attributes of a `Circuit`.

    Raises:
        CircuitError: where the text is no circuit, or outside of the subset.
    """
    return _Parser().read(text)


_LINE = re.compile(
    r"[ \t\r]*([A-Za-z_][A-Za-z0-9_]*)"  # the name
    r"(?:\[[^\]]*\])?"  # a tag, which says nothing here
    r"(?:\(([^()#]*)\))?"  # arguments
    r"([^#]*)"  # targets
)
_END = re.compile(r"[ \t\r]*\}[ \t\r]*(?:#.*)?")
_EMPTY = re.compile(r"[ \t\r]*(?:#.*)?")
_REPEAT = re.compile(r"[ \t]+([0-9]+)[ \t]*\{[ \t\r]*")
_NUMBERS = re.compile(r"[0-9.eE+\-, \t]*")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029]")
_TARGET = re.compile(r"(!)?(?:([XYZxyz])?([0-9]+)|rec\[-([0-9]+)\]|sweep\[([0-9]+)\])")
_PAULI = {None: 0, "X": X_BIT, "Y": X_BIT | Z_BIT, "Z": Z_BIT}

# Which flags a target of each kind may have.
_ALLOWED = {
    "qubit": {0},
    "result": {0, INVERTED},
    "pauli": {X_BIT, Z_BIT, X_BIT | Z_BIT},
    "bit": {0},
    "record": {RECORD},
    "none": set(),
}
_WANTED = {
    "qubit": "qubits such as 5",
    "result": "qubits such as 5 or !5",
    "pauli": "Pauli targets such as X1 or Z3",
    "bit": "the bits 0 or 1",
    "record": "records such as rec[-1]",
    "none": "no targets",
    "product": "Pauli products such as X1*Z3 or !Y2",
}
_CONTROLLED = {CODE["CX"], CODE["CY"], CODE["CZ"]}
_CLASSICAL = RECORD | SWEEP


class _Tokens(dict[str, int]):
    """Code of a target by its text; what was seen once is found at the speed of a dict."""

    def __missing__(self, token: str) -> int:
        found = _TARGET.fullmatch(token)
        if not found:
            hint = " (they are separated by blanks only)" if "," in token or ";" in token else ""
            raise ValueError(f"there is no target {token!r}{hint}")
        sign, pauli, qubit, record, sweep = found.groups()
        digits = qubit or record or sweep
        number = int(digits) if len(digits) < 20 else _MOST
        if number > NUMBER:
            raise ValueError(f"the index of {token!r} is too large, expected at most {NUMBER}")
        if record and number == 0:
            raise ValueError("there is no rec[-0]: rec[-1] is the latest record")
        code = number | _PAULI[pauli and pauli.upper()]
        code |= RECORD if record else SWEEP if sweep else 0
        code |= INVERTED if sign else 0
        self[token] = code
        return code


class _Parser:
    """What is known of a circuit while it is being read."""

    def __init__(self) -> None:
        self.tokens = _Tokens()
        self.opcodes: list[int] = []
        self.ends: list[int] = [0]
        self.targets: list[int] = []
        self.argument_ends: list[int] = [0]
        self.arguments: list[float] = []
        self.partners: list[int] = []
        self.counts: list[int] = []
        self.lines: list[int] = []
        self.measured = self.detectors = self.observables = 0
        self.qubits = self.depth = 0
        self.open: list[tuple[int, int, int]] = []  # place, bits and detectors before it

    def read(self, text: str) -> dict[str, Any]:
        if strange := _CONTROL.search(text):
            place = text.count("\n", 0, strange.start()) + 1
            raise CircuitError(place, f"there is a control character {strange[0]!r}: remove it")
        for number, line in enumerate(text.split("\n"), 1):
            try:
                self.line(line, number)
            except ValueError as error:
                raise CircuitError(number, str(error)) from None
        if self.open:
            begun = self.lines[self.open[-1][0]]
            raise CircuitError(begun, "this REPEAT is never closed: put } on a line of its own")
        return {
            "opcodes": np.array(self.opcodes, np.int32),
            "first_target": np.array(self.ends, np.int64),
            "targets": np.array(self.targets, np.int32),
            "first_argument": np.array(self.argument_ends, np.int64),
            "arguments": np.array(self.arguments, np.float64),
            "partners": np.array(self.partners, np.int32),
            "counts": np.array(self.counts, np.int64),
            "lines": np.array(self.lines, np.int32),
            "n_qubits": self.qubits,
            "n_measurements": self.measured,
            "n_detectors": self.detectors,
            "n_observables": self.observables,
            "depth": self.depth,
        }

    def line(self, line: str, number: int) -> None:
        found = _LINE.match(line)
        if not found:
            if _END.fullmatch(line):
                self.close(number)
            elif not _EMPTY.fullmatch(line):
                raise ValueError(f"expected an operation, a comment or }}, got {line.strip()!r}")
            return
        name, given, rest = found.groups()
        code = NAMES.get(name.upper())
        if code is None:
            raise ValueError(f"there is no operation {name!r} in this subset of the format")
        if rest and rest[0] not in " \t\r":
            _complain_of_bracket(name, rest)
        if code == CODE["REPEAT"]:
            self.repeat(given, rest, number)
            return
        operation = OPERATIONS[code]
        arguments = _arguments(operation, given)
        if not rest.isascii():  # or split() takes all that Unicode calls a space
            raise ValueError(f"there are no such targets: {rest.strip()!r}")
        tokens = rest.split()
        if operation.targets == "product":
            codes = [code for token in tokens for code in self.product(token)]
            records = len(tokens)
        else:
            codes = list(map(self.tokens.__getitem__, tokens))
            records = len(codes) // 2 if operation.paired else len(codes)
            self.check(operation, code, codes, tokens)
        self.measured += operation.records * records
        self.count(code, codes, arguments)
        self.add(code, number)
        self.targets += codes
        self.ends[-1] = len(self.targets)
        self.arguments += arguments
        self.argument_ends[-1] = len(self.arguments)

    def add(self, code: int, line: int, partner: int = -1, count: int = 1) -> None:
        self.opcodes.append(code)
        self.ends.append(len(self.targets))
        self.argument_ends.append(len(self.arguments))
        self.partners.append(partner)
        self.counts.append(count)
        self.lines.append(line)

    def repeat(self, given: str | None, rest: str, number: int) -> None:
        found = _REPEAT.fullmatch(rest)
        if given is not None or not found:
            raise ValueError("expected REPEAT, a number of rounds and { on the same line")
        rounds = int(found[1]) if len(found[1]) < 20 else _MOST
        if not 1 <= rounds < _MOST:
            raise ValueError(f"REPEAT {found[1]}: expected at least one round and less than 2^62")
        self.open.append((len(self.opcodes), self.measured, self.detectors))
        self.depth = max(self.depth, len(self.open))
        self.add(CODE["REPEAT"], number, count=rounds)

    def close(self, number: int) -> None:
        if not self.open:
            raise ValueError("there is no REPEAT that this } could close")
        begin, measured, detectors = self.open.pop()
        rounds = self.counts[begin]
        self.measured = measured + (self.measured - measured) * rounds
        self.detectors = detectors + (self.detectors - detectors) * rounds
        if max(self.measured, self.detectors) >= _MOST:
            raise ValueError("the loops record 2^62 bits or more: repeat fewer times")
        self.partners[begin] = len(self.opcodes)
        self.add(CODE["END"], number, partner=begin)

    def product(self, token: str) -> list[int]:
        """The factors of a Pauli product, each qubit once and the sign on the first."""
        factors: dict[int, int] = {}
        power = 0  # of i, in the product of all
        for part in token.split("*"):
            code = self.tokens[part]
            pauli = code & (X_BIT | Z_BIT)
            if not pauli or code & _CLASSICAL:
                raise ValueError(f"MPP takes {_WANTED['product']}, got {token!r}")
            qubit = code & NUMBER
            before = factors.get(qubit, 0)
            power += _power(before, pauli) + (2 if code & INVERTED else 0)
            factors[qubit] = before ^ pauli
        if power % 2:
            raise ValueError(f"the product {token} is anti-Hermitian, so that it has no result")
        self.qubits = max(self.qubits, 1 + max(factors))
        left = [qubit | pauli for qubit, pauli in factors.items() if pauli] or [next(iter(factors))]
        return [left[0] | (INVERTED if power % 4 else 0), *(code | JOINED for code in left[1:])]

    def check(self, operation: Operation, code: int, codes: list[int], tokens: list[str]) -> None:
        """Targets of the right kind and number, and back to what has been recorded already."""
        if operation.paired:
            _pairs(operation, codes, code in _CONTROLLED)
        if not codes:
            return
        allowed = _ALLOWED[operation.targets]
        if code in _CONTROLLED:
            allowed = allowed | {RECORD, SWEEP}
        most = max(codes)
        if most > NUMBER or 0 not in allowed:
            flags = {target & ~NUMBER for target in codes} - allowed
            if flags:
                wrong = next(t for t, c in zip(tokens, codes, strict=True) if c & ~NUMBER in flags)
                raise ValueError(
                    f"{operation.name} takes {_WANTED[operation.targets]}, got {wrong!r}"
                )
            back = max((c & NUMBER for c in codes if c & RECORD), default=0)
            if back > self.measured:
                raise ValueError(
                    f"rec[-{back}] looks back before the first measurement; "
                    f"there are {self.measured} records by then"
                )
        elif operation.targets == "bit" and most > 1:
            raise ValueError(f"MPAD takes {_WANTED['bit']}, got {most}")

    def count(self, code: int, codes: list[int], arguments: list[float]) -> None:
        if code == CODE["DETECTOR"]:
            self.detectors += 1
        elif code == CODE["OBSERVABLE_INCLUDE"]:
            self.observables = max(self.observables, 1 + int(arguments[0]))
        elif codes and code != CODE["MPAD"]:
            most = max(codes)
            if most > NUMBER:
                most = max((c & NUMBER for c in codes if not c & _CLASSICAL), default=-1)
            self.qubits = max(self.qubits, 1 + most)


def _pairs(operation: Operation, codes: list[int], controlled: bool) -> None:
    """Check the pairs of targets, and put a record first where it stands second in CZ."""
    if len(codes) % 2:
        raise ValueError(f"{operation.name} takes pairs of targets, got {len(codes)}")
    firsts, seconds = codes[::2], codes[1::2]
    if max(codes, default=0) <= NUMBER and True not in map(eq, firsts, seconds):
        return
    for place, (first, second) in enumerate(zip(firsts, seconds, strict=True)):
        if (first ^ second) & ~INVERTED == 0 and not first & _CLASSICAL:
            raise ValueError(f"{operation.name} takes two different qubits, got {first & NUMBER}")
        if controlled and second & _CLASSICAL:
            if operation.name != "CZ" or first & _CLASSICAL:
                raise ValueError(
                    f"{operation.name} acts on qubits; a record or sweep bit may only control it"
                )
            codes[2 * place], codes[2 * place + 1] = second, first


def _arguments(operation: Operation, given: str | None) -> list[float]:
    """The numbers in parentheses, checked."""
    if given is None or (operation.arguments == (ANY,) and not given.strip()):
        found: list[float] = []
    else:
        found = _numbers(given)
    if len(found) not in operation.arguments and operation.arguments != (ANY,):
        wanted = " or ".join(str(number) for number in operation.arguments)
        raise ValueError(f"{operation.name} takes {wanted} arguments, got {len(found)}")
    if not found:
        return found
    kind = operation.argument
    if kind == "index":
        if not (0 <= found[0] <= NUMBER and found[0].is_integer()):
            raise ValueError(f"expected an index from 0 to {NUMBER}, got {given}")
    elif kind != "number":
        if not 0 <= min(found) <= max(found) <= 1:
            raise ValueError(f"a probability lies from 0 to 1, got ({given})")
        if kind == "disjoint" and fsum(found) > 1 + _SLACK:
            raise ValueError(f"the probabilities ({given}) add up to more than 1")
    return found


def _numbers(given: str) -> list[float]:
    try:
        found = [float(part) for part in given.split(",")] if _NUMBERS.fullmatch(given) else []
    except ValueError:
        found = []
    if not found or not all(map(isfinite, found)):
        raise ValueError(f"expected finite numbers separated by commas, got ({given})")
    return found


def _power(first: int, second: int) -> int:
    """The power of i in the product of two Pauli matrices of one qubit, beside the third."""
    if not first or not second or first == second:
        return 0
    turns = {X_BIT: X_BIT | Z_BIT, X_BIT | Z_BIT: Z_BIT, Z_BIT: X_BIT}  # X, Y, Z, X
    return 1 if turns[first] == second else 3


def _complain_of_bracket(name: str, rest: str) -> None:
    if rest[0] == "[":
        raise ValueError(f"the tag of {name} is never closed: put ] behind it")
    if rest[0] == "(":
        raise ValueError(f"the arguments of {name} are never closed: put ) behind them")
    raise ValueError(f"expected a blank before the targets of {name}, got {rest.strip()!r}")
