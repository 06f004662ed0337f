"""One noisy shot as a circuit without noise: errors are drawn, and become gates and inversions.

A template is compiled once, in which each qubit that a channel may strike has a gate I. A shot
turns those that are struck into X, Y or Z, and inverts the results that are flipped.
"""

from dataclasses import dataclass, replace

import numpy as np

from bench_quantum._circuit import (
    CODE,
    JOINED,
    NUMBER,
    OPERATIONS,
    X_BIT,
    Z_BIT,
    Circuit,
    parse,
)
from bench_quantum.stabilizer_sampling._reference import compiled
from bench_quantum.stabilizer_simulation._program import (
    CLIFFORD,
    INVERT,
    MEASURE,
    PAD,
    PRODUCT,
    RECORDED,
    Program,
)

_NOISE = ("noise1", "noise2", "correlated", "herald")
_LETTERS = "IXYZ"


@dataclass(frozen=True, eq=False)
class _Site:
    """Where a channel may strike: instruction, first of its places, place of its herald."""

    name: str
    arguments: np.ndarray
    letters: str
    place: int
    herald: int
    chain: int


class Shots:
    """Draws shots of a circuit as programs of the tableau kernels."""

    def __init__(self, circuit: Circuit) -> None:
        circuit = circuit.compacted()
        self.template = compiled(_template(circuit))
        ops = self.template.ops
        self.codes = _codes_of_paulis()
        identity = (ops[:, 0] == CLIFFORD) & (ops[:, 2:] == self.codes["I"]).all(axis=1)
        self.places = np.flatnonzero(identity)
        measured = np.isin(ops[:, 0], (MEASURE, PRODUCT)) & (ops[:, 3] & RECORDED != 0)
        self.record_rows = np.flatnonzero(measured | (ops[:, 0] == PAD))
        self.sites: list[_Site] = []
        self.flip_rates = np.zeros(len(self.record_rows))
        self._walk(circuit)
        self.rates = np.array([_total(site) for site in self.sites])

    def _walk(self, circuit: Circuit) -> None:
        place = records = chain = 0
        for at in circuit.steps():
            operation, targets = OPERATIONS[circuit.opcodes[at]], circuit.targets_of(at)
            arguments = circuit.arguments_of(at)
            chain += operation.name == "CORRELATED_ERROR"
            if operation.group == "correlated":
                letters = "".join(_letter(target) for target in targets.tolist())
                self.sites.append(_Site(operation.name, arguments, letters, place, -1, chain))
                place += len(targets)
            elif operation.group in _NOISE:
                heralded = operation.group == "herald"
                for number in range(len(targets) // (2 if operation.paired else 1)):
                    herald = records + number if heralded else -1
                    self.sites.append(_Site(operation.name, arguments, "", place, herald, chain))
                    place += 2 if operation.paired else 1
                records += len(targets) * heralded
            elif operation.records:
                products = _records(circuit, at)
                if len(arguments):
                    self.flip_rates[records : records + products] = arguments[0]
                records += products
        if (place, records) != (len(self.places), len(self.record_rows)):
            raise AssertionError(f"the template has lost a place: {place}, {records}")

    def draw(self, rng: np.random.Generator) -> Program:
        """The program of one more shot."""
        ops = self.template.ops.copy()
        fired = -1  # the last chain of correlated errors of which one struck
        for number in np.flatnonzero(rng.random(len(self.rates)) < self.rates).tolist():
            site = self.sites[number]
            if site.name == "ELSE_CORRELATED_ERROR" and fired == site.chain:
                continue
            if site.letters:
                fired = site.chain
            for offset, letter in enumerate(site.letters or _drawn(site, rng)):
                ops[self.places[site.place + offset], 2:] = self.codes[letter]
            if site.herald >= 0:
                self._invert(ops, np.array([site.herald]))
        self._invert(ops, np.flatnonzero(rng.random(len(self.flip_rates)) < self.flip_rates))
        return replace(self.template, ops=ops)

    def _invert(self, ops: np.ndarray, records: np.ndarray) -> None:
        rows = self.record_rows[records]
        constant = ops[rows, 0] == PAD
        ops[rows[constant], 1] ^= 1
        ops[rows[~constant], 3] ^= INVERT


def _template(circuit: Circuit) -> Circuit:
    """Noise as identities, and nothing else as them; a herald is a constant 0 behind."""
    places: list[int] = []  # of each instruction among those of the template
    opcodes: list[int] = []
    parts: list[np.ndarray] = []

    def add(name_or_code: str | int, targets: np.ndarray) -> None:
        code = CODE[name_or_code] if isinstance(name_or_code, str) else name_or_code
        opcodes.append(code)
        parts.append(targets)

    none = np.zeros(0, np.int32)
    for at, code in enumerate(circuit.opcodes.tolist()):
        group, targets = OPERATIONS[code].group, circuit.targets_of(at)
        places.append(len(opcodes))
        if group in _NOISE:
            add("I", targets & NUMBER)
            if group == "herald":
                add("MPAD", np.zeros_like(targets))
        elif code == CODE["I"] or group == "annotation":
            add("TICK", none)
        else:
            add(code, targets)
    partners = np.full(len(opcodes), -1, np.int32)
    counts, lines = np.ones(len(opcodes), np.int64), np.ones(len(opcodes), np.int32)
    for at, place in enumerate(places):
        counts[place], lines[place] = circuit.counts[at], circuit.lines[at]
        if circuit.partners[at] >= 0:
            partners[place] = places[circuit.partners[at]]
    return replace(
        circuit,
        opcodes=np.array(opcodes, np.int32),
        first_target=np.append(0, np.cumsum([len(part) for part in parts], dtype=np.int64)),
        targets=np.concatenate([none, *parts]),
        first_argument=np.zeros(len(opcodes) + 1, np.int64),
        arguments=np.zeros(0),
        partners=partners,
        counts=counts,
        lines=lines,
    )


def _codes_of_paulis() -> dict[str, np.ndarray]:
    """The last two columns of a gate, for I and the Paulis."""
    ops = compiled(parse("I 0\nX 0\nY 0\nZ 0")).ops
    return {letter: ops[row, 2:].copy() for row, letter in enumerate(_LETTERS)}


def _total(site: _Site) -> float:
    if site.name == "I_ERROR":
        return 0.0
    return float(site.arguments.sum())


def _drawn(site: _Site, rng: np.random.Generator) -> str:
    """Which Paulis strike, given that some do."""
    if site.name == "DEPOLARIZE1":
        return _LETTERS[rng.integers(1, 4)]
    if site.name == "DEPOLARIZE2":
        number = int(rng.integers(1, 16))
    elif site.name == "HERALDED_ERASE":
        return _LETTERS[rng.integers(4)]
    elif site.name in ("X_ERROR", "Y_ERROR", "Z_ERROR"):
        return site.name[0]
    else:
        number = 1 + int(rng.choice(len(site.arguments), p=site.arguments / site.arguments.sum()))
    if site.name == "PAULI_CHANNEL_1":
        return _LETTERS[number]
    return _LETTERS[number // 4] + _LETTERS[number % 4]


def _records(circuit: Circuit, at: int) -> int:
    operation, targets = OPERATIONS[circuit.opcodes[at]], circuit.targets_of(at)
    if operation.targets == "product":
        return int(np.count_nonzero((targets & JOINED) == 0))
    return len(targets) // (2 if operation.paired else 1)


def _letter(target: int) -> str:
    return "IXZY"[(target & X_BIT != 0) + 2 * (target & Z_BIT != 0)]
