"""Pauli frames in numpy: each gate is one or two XORs of packed rows.

The rules are those of `pauli_frames`, of which this is the plain form: frames of many shots in
words of 64 bits, gates from their linear maps, errors by the gaps between them, `rng.geometric`.
Time O(shots / 64) and some microseconds for each target. Blocks bound the memory, 2 bits for each
qubit and one for each record and shot, which become bytes at the end: blocks of circuits that
record much are smaller.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bench_quantum._circuit import (
    JOINED,
    NUMBER,
    OPERATIONS,
    SWEEP,
    X_BIT,
    Z_BIT,
    Circuit,
    parse,
)
from bench_quantum._gates import flow
from bench_quantum.stabilizer_sampling._outputs import packed
from bench_quantum.stabilizer_sampling._reference import by_chp
from harness.api import Solver

_MOST_RECORDS = 1 << 28  # of all shots of a block
_AXES = {"X": (0,), "Z": (1,), "Y": (0, 1)}  # bits x and z of a Pauli


@dataclass(frozen=True)
class NumpyFrames(Solver):
    """Frames, one numpy call for each target."""

    problem = "stabilizer_sampling"
    papers = ("stim",)
    role = "baseline"
    growth: ClassVar = {"time": {"shots": 1, "steps": 1}}

    block: int = 8192  # shots at a time; few make calls the cost, many leave the cache

    def __post_init__(self):
        if self.block < 64 or self.block % 64:
            raise ValueError(f"block is {self.block}, expected a multiple of 64: choose 8192")

    def solve(self, data, rng):
        circuit = parse(data.circuit).compacted()
        detectors = data.what == "detectors"
        # Flips are all that detectors are made of.
        known = np.zeros(circuit.n_measurements, np.uint8) if detectors else by_chp(circuit)
        zeros = np.zeros(circuit.n_measurements, np.uint8)
        parts = []
        fits = _MOST_RECORDS // max(1, circuit.n_measurements) // 64 * 64
        block = max(64, min(self.block, fits))
        for begin in range(0, data.shots, block):
            shots = min(block, data.shots - begin)
            frames = Frames(circuit, (shots + 63) // 64, rng)
            flips = frames.run()[:, :shots].T
            parts.append(packed(circuit, flips ^ known, detectors, zeros))
        yield np.concatenate(parts)


class Frames:
    """The frames of some shots."""

    def __init__(self, circuit: Circuit, words: int, rng: np.random.Generator) -> None:
        self.circuit, self.words, self.rng = circuit, words, rng
        self.rows = np.zeros((circuit.n_qubits, 2, words), np.uint64)  # x and z of each qubit
        self.records: list[np.ndarray] = []
        self.fired = np.zeros(words, np.uint64)
        for q in range(circuit.n_qubits):
            self.rows[q, 1] = self.coins()

    def run(self) -> np.ndarray:
        """uint8[measurements, shots], what each record is flipped by."""
        for at in self.circuit.steps():
            operation = OPERATIONS[self.circuit.opcodes[at]]
            walk = getattr(self, operation.group)
            walk(
                operation.name,
                self.circuit.targets_of(at).tolist(),
                self.circuit.arguments_of(at).tolist(),
            )
        rows = np.array(self.records, np.uint64).reshape(-1, self.words)
        return np.unpackbits(rows.view(np.uint8), axis=1, bitorder="little")

    def coins(self) -> np.ndarray:
        return self.rng.integers(0, 2**64, self.words, np.uint64)

    def mask(self, p: float) -> np.ndarray:
        """A row whose bits are 1 with probability p."""
        return self.masks(p, 1)[0]

    def masks(self, p: float, count: int) -> np.ndarray:
        """uint64[count, words] of such bits, from the gaps between them."""
        bits = np.zeros(count * 64 * self.words, bool)
        if p > 0:
            expected = len(bits) * p
            at = -1
            while at < len(bits):
                gaps = self.rng.geometric(p, int(expected + 4 * np.sqrt(expected) + 4))
                hits = at + np.cumsum(gaps)
                bits[hits[(hits >= 0) & (hits < len(bits))]] = True
                at = int(hits[-1]) if hits[-1] >= 0 else len(bits)
        return np.packbits(bits, bitorder="little").view(np.uint64).reshape(count, self.words)

    def strike(self, row: np.ndarray, letter: str, q: int) -> None:
        for bit in _AXES[letter] if letter else ():
            self.rows[q, bit] ^= row

    def annotation(self, *_: object) -> None:
        """It does nothing."""

    def gate1(self, name: str, targets: list[int], _: object) -> None:
        for q in targets:
            self.through(name, [q])

    def gate2(self, name: str, targets: list[int], _: object) -> None:
        for a, b in zip(targets[::2], targets[1::2], strict=True):
            if a <= NUMBER:
                self.through(name, [a, b])
            elif not a & SWEEP:
                self.strike(self.records[-(a & NUMBER)], name[1], b)

    def through(self, name: str, qubits: list[int]) -> None:
        before = self.rows[qubits].reshape(2 * len(qubits), -1)
        for i, inputs in enumerate(flow(name)):
            self.rows[qubits[i // 2], i % 2] = np.bitwise_xor.reduce(before[inputs], axis=0)

    def channel(self, shares: list[float], targets: list[int], width: int) -> None:
        """Disjoint Paulis, in the order of their names, on targets or pairs of them."""
        total = sum(shares)
        if total <= 0:
            return
        masks = self.masks(min(total, 1.0), len(targets) // width)
        bits = np.unpackbits(masks.view(np.uint8), bitorder="little")
        hits = np.flatnonzero(bits)
        sums = np.cumsum(shares) / total
        kinds = 1 + np.searchsorted(sums[:-1], self.rng.random(len(hits)), side="right")
        slots, shots = np.divmod(hits, 64 * self.words)
        bit = np.left_shift(np.uint64(1), (shots % 64).astype(np.uint64))
        for side in range(width):
            digits = kinds // 4 if width == 2 and side == 0 else kinds % 4
            qubits = np.array(targets)[slots * width + side]
            for axis, letters in ((0, (1, 2)), (1, (2, 3))):
                chosen = np.isin(digits, letters)
                place = (qubits[chosen], axis, shots[chosen] // 64)
                np.bitwise_xor.at(self.rows, place, bit[chosen])

    def noise1(self, name: str, targets: list[int], arguments: list[float]) -> None:
        if name == "I_ERROR":
            return
        p = arguments[0]
        if name == "DEPOLARIZE1":
            shares = [p / 3] * 3
        elif name.endswith("_ERROR"):
            shares = [p * (letter == name[0]) for letter in "XYZ"]
        else:
            shares = arguments
        self.channel(shares, targets, 1)

    def noise2(self, name: str, targets: list[int], arguments: list[float]) -> None:
        shares = [arguments[0] / 15] * 15 if name == "DEPOLARIZE2" else arguments
        self.channel(shares, targets, 2)

    def correlated(self, name: str, targets: list[int], arguments: list[float]) -> None:
        hit = self.mask(arguments[0])
        if name.startswith("ELSE"):
            hit &= ~self.fired
            self.fired |= hit
        else:
            self.fired = hit
        for target in targets:
            self.strike(hit, _letter(target), target & NUMBER)

    def herald(self, _: str, targets: list[int], arguments: list[float]) -> None:
        for q, erased in zip(targets, self.masks(arguments[0], len(targets)), strict=True):
            self.records.append(erased)
            for bit in (0, 1):
                self.rows[q, bit] ^= erased & self.coins()

    def observe(self, factors: list[tuple[int, str]]) -> np.ndarray:
        """What anticommutes with the product is its flip; the product itself becomes random."""
        flips = np.zeros(self.words, np.uint64)
        coins = self.coins()
        for q, letter in factors:
            for bit in _AXES[letter] if letter else ():
                flips ^= self.rows[q, 1 - bit]
        for q, letter in factors:
            self.strike(coins, letter, q)
        return flips

    def record(self, flips: list[np.ndarray], arguments: list[float]) -> None:
        noise = (
            self.masks(arguments[0], len(flips)) if arguments else np.zeros(len(flips), np.uint64)
        )
        self.records += [row ^ other for row, other in zip(flips, noise, strict=True)]

    def measure(self, name: str, targets: list[int], arguments: list[float]) -> None:
        axis = name[-1] if name[-1] in "XY" else "Z"
        flips = []
        for target in targets:
            q = target & NUMBER
            flips.append(self.observe([(q, axis)]))
            if name.startswith("MR"):
                self.reset(name, [q], [])
        self.record(flips, arguments)

    def reset(self, name: str, targets: list[int], _: object) -> None:
        axis = name[-1] if name[-1] in "XY" else "Z"
        for q in targets:
            self.rows[q] = 0
            self.strike(self.coins(), axis, q)

    def measure_pair(self, name: str, targets: list[int], arguments: list[float]) -> None:
        pairs = zip(targets[::2], targets[1::2], strict=True)
        flips = [self.observe([(a & NUMBER, name[1]), (b & NUMBER, name[1])]) for a, b in pairs]
        self.record(flips, arguments)

    def measure_product(self, _: str, targets: list[int], arguments: list[float]) -> None:
        begins = [place for place, target in enumerate(targets) if not target & JOINED]
        flips = []
        for begin, end in zip(begins, [*begins[1:], len(targets)], strict=True):
            flips.append(self.observe([(t & NUMBER, _letter(t)) for t in targets[begin:end]]))
        self.record(flips, arguments)

    def pad(self, _: str, targets: list[int], arguments: list[float]) -> None:
        self.record([np.zeros(self.words, np.uint64) for _ in targets], arguments)


def _letter(target: int) -> str:
    return ("", "X", "Z", "Y")[(target & X_BIT != 0) + 2 * (target & Z_BIT != 0)]
