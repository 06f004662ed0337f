"""A circuit as a program of the kernel `pauli_frames`, whose header says what it consists of.

Signs play no part in a frame, so that S and S_DAG are one operation and X is none. Qubits that are
never named have no rows. Probability 0 is settled here, and a flip that is likelier than not
becomes a certain one and an unlikely one back.
"""

from dataclasses import dataclass, field
from math import fsum, log1p

import numpy as np

from bench_quantum._circuit import (
    CODE,
    INVERTED,
    JOINED,
    NUMBER,
    OPERATIONS,
    RECORD,
    SWEEP,
    X_BIT,
    Z_BIT,
    Circuit,
)
from bench_quantum._gates import ONE_QUBIT, TWO_QUBITS, flow

# As the kernel's header numbers them.
STEPS = """H S SQRT_X C_XYZ C_ZYX CX CZ SWAP PAIR FEEDBACK MEASURE MEASURE_RESET RESET PRODUCT PAD
FLIP_RECORDS ALL_RECORDS ERROR ALL_ERROR DEPOLARIZE_1 DEPOLARIZE_2 CHANNEL_1 CHANNEL_2 CORRELATED
ELSE_CORRELATED HERALD DETECTOR OBSERVABLE REPEAT END""".split()
_STEP = {name: number for number, name in enumerate(STEPS)}

_LONGEST = 1e17  # trials; what is rarer than that is never seen
_BOTH = X_BIT | Z_BIT
_ERROR = {"X_ERROR": X_BIT, "Y_ERROR": _BOTH, "Z_ERROR": Z_BIT}
_BASIS = {"X": X_BIT, "Y": _BOTH, "Z": Z_BIT}
_SILENT = {CODE[name] for name in ("TICK", "QUBIT_COORDS", "SHIFT_COORDS", "I_ERROR")}
_DETECTOR = CODE["DETECTOR"]


def _steps_of_gates() -> dict[str, tuple[str, int]]:
    """Step and value of each gate; gates that only change signs have none."""
    found: dict[str, tuple[str, int]] = {}
    known = {flow(name).tobytes(): name for name in ("H", "S", "SQRT_X", "C_XYZ", "C_ZYX")}
    for name in ONE_QUBIT:
        if flow(name).tobytes() in known:
            found[name] = known[flow(name).tobytes()], 0
    known = {flow(name).tobytes(): name for name in ("CX", "CZ", "SWAP")}
    for name in TWO_QUBITS:
        entries = flow(name)
        value = int(entries.reshape(-1) @ (1 << np.arange(16)))
        found[name] = (known.get(entries.tobytes(), "PAIR"), value)
    return found


_GATES = _steps_of_gates()


@dataclass
class Program:
    """The kernel's arrays, and what memory they ask for.

    Attributes:
        qubits: rows of frames, in pairs.
        bits: of a sample.
        longest: the most records that one instruction makes, or looks back.
    """

    op: np.ndarray
    first: np.ndarray
    targets: np.ndarray
    value: np.ndarray
    rounds: np.ndarray
    scale: np.ndarray
    thresholds: np.ndarray
    qubits: int
    observables: int
    depth: int
    bits: int
    longest: int


def lower(circuit: Circuit, detectors: bool) -> Program:
    """Translate a circuit; `detectors` tells whether these or the measurements are wanted."""
    return _Lowering(circuit.compacted(), detectors).program()


@dataclass
class _Lowering:
    circuit: Circuit
    detectors: bool
    op: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=lambda: [0])
    targets: list[int] = field(default_factory=list)
    value: list[int] = field(default_factory=list)
    rounds: list[int] = field(default_factory=list)
    streams: dict[float, int] = field(default_factory=dict)
    thresholds: list[int] = field(default_factory=list)
    longest: int = 0

    def program(self) -> Program:
        circuit = self.circuit
        places: list[int] = []
        ends = circuit.first_target.tolist()
        all_targets = circuit.targets.tolist()
        argument_ends = circuit.first_argument.tolist()
        all_arguments = circuit.arguments.tolist()
        numbers = (circuit.targets & NUMBER).tolist()
        for i, code in enumerate(circuit.opcodes.tolist()):
            places.append(len(self.op))
            if code in _SILENT:
                continue
            if code == _DETECTOR:  # most lines of a large circuit are
                if self.detectors:
                    self.look_back("DETECTOR", numbers[ends[i] : ends[i + 1]])
                continue
            operation = OPERATIONS[code]
            name = operation.name
            targets = all_targets[ends[i] : ends[i + 1]]
            arguments = all_arguments[argument_ends[i] : argument_ends[i + 1]]
            if name == "REPEAT":
                self.add("REPEAT", rounds=int(circuit.counts[i]))
            elif name == "END":
                self.add("END", value=places[int(circuit.partners[i])])
            elif name == "OBSERVABLE_INCLUDE":
                if self.detectors and targets:
                    self.look_back("OBSERVABLE", numbers[ends[i] : ends[i + 1]], int(arguments[0]))
            elif targets:
                getattr(self, operation.group)(name, targets, arguments)
        return self.finished()

    def finished(self) -> Program:
        circuit = self.circuit
        return Program(
            np.array(self.op, np.int32),
            np.array(self.ends, np.int64),
            np.array(self.targets, np.int32),
            np.array(self.value, np.int32),
            np.array(self.rounds, np.int64),
            np.array([_scale(p) for p in self.streams], np.float64),
            np.array(self.thresholds, np.uint32),
            circuit.n_qubits,
            circuit.n_observables if self.detectors else 0,
            circuit.depth,
            circuit.n_detectors + circuit.n_observables
            if self.detectors
            else circuit.n_measurements,
            self.longest,
        )

    def add(
        self, step: str, targets: list[int] | None = None, value: int = 0, rounds: int = 1
    ) -> None:
        if targets:
            self.targets += targets
        self.op.append(_STEP[step])
        self.ends.append(len(self.targets))
        self.value.append(value)
        self.rounds.append(rounds)

    def stream(self, p: float) -> int:
        return self.streams.setdefault(p, len(self.streams))

    def flips(self, always: str, some: str, targets: list[int], p: float) -> None:
        """Flips with probability p, where `always` is the step for p = 1."""
        if p > 0.5:
            self.add(always, targets)
            p = 1 - p
        if p > 0:
            self.add(some, targets, self.stream(p))

    def gate1(self, name: str, targets: list[int], _: list[float]) -> None:
        if name in _GATES:
            self.add(_GATES[name][0], targets)

    def gate2(self, name: str, targets: list[int], _: list[float]) -> None:
        step, value = _GATES[name]
        if max(targets) <= NUMBER:
            self.add(step, targets, value)
            return
        flags = _BASIS[name[1]]
        for a, b in zip(targets[::2], targets[1::2], strict=True):
            if a & RECORD:
                self.longest = max(self.longest, a & NUMBER)
                self.add("FEEDBACK", [a & NUMBER, b | flags])
            elif not a & SWEEP:  # sweep bits are 0
                self.add(step, [a, b], value)

    def noise1(self, name: str, targets: list[int], arguments: list[float]) -> None:
        if name in _ERROR:
            flag = _ERROR[name]
            self.flips("ALL_ERROR", "ERROR", [target | flag for target in targets], arguments[0])
        elif name == "DEPOLARIZE1":
            if arguments[0] > 0:
                self.add("DEPOLARIZE_1", targets, self.stream(arguments[0]))
        else:
            self.channel("CHANNEL_1", targets, arguments)

    def noise2(self, name: str, targets: list[int], arguments: list[float]) -> None:
        if name == "PAULI_CHANNEL_2":
            self.channel("CHANNEL_2", targets, arguments)
        elif arguments[0] > 0:
            self.add("DEPOLARIZE_2", targets, self.stream(arguments[0]))

    def channel(self, step: str, targets: list[int], arguments: list[float]) -> None:
        """One stream for a hit of any kind, then a draw among the kinds."""
        total = min(fsum(arguments), 1.0)
        if total <= 0:
            return
        shares = np.cumsum(arguments) / sum(arguments)
        # A kind whose probability is 0 at the end must not be the one that is left.
        shares[np.flatnonzero(arguments)[-1] :] = 1.0
        place = len(self.thresholds)
        self.thresholds += np.minimum(np.rint(shares * 2**32), 2**32 - 1).astype(int).tolist()
        self.add(step, [place, *targets], self.stream(total))

    def correlated(self, name: str, targets: list[int], arguments: list[float]) -> None:
        step = "CORRELATED" if name == "CORRELATED_ERROR" else "ELSE_CORRELATED"
        self.add(step, targets, self.stream(arguments[0]))

    def herald(self, _: str, targets: list[int], arguments: list[float]) -> None:
        self.longest = max(self.longest, len(targets))
        self.add("HERALD", targets, self.stream(arguments[0]))

    def measure(self, name: str, targets: list[int], arguments: list[float]) -> None:
        step = "MEASURE_RESET" if name.startswith("MR") else "MEASURE"
        self.add(step, [target & NUMBER for target in targets], _basis(name) >> 25)
        self.noisy_records(len(targets), arguments)

    def reset(self, name: str, targets: list[int], _: list[float]) -> None:
        self.add("RESET", targets, _basis(name) >> 25)

    def measure_pair(self, name: str, targets: list[int], arguments: list[float]) -> None:
        factors = [(target & NUMBER) | _BASIS[name[1]] for target in targets]
        factors[1::2] = [factor | JOINED for factor in factors[1::2]]
        self.add("PRODUCT", factors)
        self.noisy_records(len(targets) // 2, arguments)

    def measure_product(self, _: str, targets: list[int], arguments: list[float]) -> None:
        self.add("PRODUCT", [target & ~INVERTED for target in targets])
        self.noisy_records(sum(not target & JOINED for target in targets), arguments)

    def pad(self, _: str, targets: list[int], arguments: list[float]) -> None:
        self.add("PAD", targets)
        self.noisy_records(len(targets), arguments)

    def noisy_records(self, count: int, arguments: list[float]) -> None:
        self.longest = max(self.longest, count)
        if arguments:
            self.flips("ALL_RECORDS", "FLIP_RECORDS", [count], arguments[0])

    def look_back(self, step: str, back: list[int], value: int = 0) -> None:
        if back:
            self.longest = max(self.longest, *back)
        self.add(step, back, value)


def _basis(name: str) -> int:
    """Of a measurement or reset, from the end of its name."""
    return _BASIS[name[-1] if name[-1] in "XY" else "Z"]


def _scale(p: float) -> float:
    """-1 / log(1 - p), as the kernel takes it: -1 for never, 0 for always."""
    if p <= 0:
        return -1.0
    return 0.0 if p >= 1 else min(-1 / log1p(-p), _LONGEST)
