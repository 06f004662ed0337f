"""The exact probability that an output bit is flipped, by walking backwards through the circuit.

Behind each operation it is known, for every qubit, which outputs an X or a Z error there would
flip; in front of the operation it follows from the gate. A channel flips an output with some
probability q, all channels are independent, and so an odd number of them flips it with probability
(1 - prod(1 - 2 q)) / 2. A measurement that is random is a channel as well: the observable that it
measured acts with probability 1/2.

Outputs are parities of records. That of two outputs is one more output, so that joint laws are
found in the same way: all parities of a few bits give their whole law.

Nothing here simulates a shot; it takes some microseconds for each target of a whole run, loops
unrolled.

Source: Gidney, "Stim: a fast stabilizer circuit simulator"; the walk is that of its error analysis.
"""

from collections import defaultdict
from math import log1p

import numpy as np

from bench_quantum._circuit import (
    CODE,
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

Outputs = frozenset[int]
_NONE: Outputs = frozenset()
_MANY = 200  # outputs of one channel, from which on they are not joined pair by pair
_BITS = {"X": (1, 0), "Y": (1, 1), "Z": (0, 1)}
_PAULIS = ((0, 0), (1, 0), (1, 1), (0, 1))  # I X Y Z


def parities(circuit: Circuit, detectors: bool) -> list[list[int]]:
    """The records of which each output bit is the parity, in their order."""
    if not detectors:
        return [[record] for record in range(circuit.n_measurements)]
    found: list[list[int]] = []
    observables: list[list[int]] = [[] for _ in range(circuit.n_observables)]
    for at, records in _forward(circuit):
        code = circuit.opcodes[at]
        if code == CODE["DETECTOR"]:
            found.append([records - (k & NUMBER) for k in circuit.targets_of(at).tolist()])
        elif code == CODE["OBSERVABLE_INCLUDE"]:
            told = observables[int(circuit.arguments_of(at)[0])]
            told += [records - (k & NUMBER) for k in circuit.targets_of(at).tolist()]
    return found + observables


class ErrorModel:
    """How often each of some parities of records is flipped.

    Attributes:
        rates: the probability of each, float64.
        together: for each of the first `watched`, what some channel can flip along with it.
        tangled: those of which so much is flipped along that it is not told.
    """

    def __init__(self, circuit: Circuit, outputs: list[list[int]], watched: int = 0) -> None:
        self.circuit = circuit
        self.logs = np.zeros(len(outputs))  # of prod |1 - 2q|
        self.odd = np.zeros(len(outputs), bool)  # whether that product is negative
        self.together: list[set[int]] = [set() for _ in range(watched)]
        self.tangled: set[int] = set()
        self.x: dict[int, Outputs] = defaultdict(lambda: _NONE)
        self.z: dict[int, Outputs] = defaultdict(lambda: _NONE)
        self.chain: list[tuple[float, Outputs]] = []  # ELSE_CORRELATED_ERROR behind their E
        self.of_record: dict[int, Outputs] = defaultdict(lambda: _NONE)
        for output, records in enumerate(outputs):
            for record in records:
                self.of_record[record] ^= {output}
        for at, made in reversed(_forward(circuit)):
            self.before(at, made)
        self.end_chain()  # none has fired at the beginning
        for z in list(self.z.values()):  # Z is a symmetry of |0>
            self.flip(0.5, z)
        products = np.exp(self.logs) * np.where(self.odd, -1, 1)
        self.rates = (1 - products) / 2

    def flip(self, q: float, outputs: Outputs) -> None:
        """A channel that flips each of these with probability q, in whatever combinations."""
        if not outputs or q <= 0:
            return
        for output in outputs:
            if q == 0.5:
                self.logs[output] = -np.inf
            elif q > 0.5:
                self.odd[output] ^= True
                self.logs[output] += log1p(-2 * (1 - q))
            else:
                self.logs[output] += log1p(-2 * q)
        self.join(outputs)

    def join(self, outputs: Outputs) -> None:
        """One channel flips these, in whatever combinations."""
        if len(outputs) > _MANY:
            self.tangled |= outputs
        elif len(outputs) > 1:
            for output in outputs:
                if output < len(self.together):
                    self.together[output] |= outputs

    def error(self, qubit: int, pauli: tuple[int, int]) -> Outputs:
        found = self.x[qubit] if pauli[0] else _NONE
        return found ^ self.z[qubit] if pauli[1] else found

    def before(self, at: int, records: int) -> None:
        """Go from behind instruction `at` to in front of it; `records` were there by then."""
        operation = OPERATIONS[self.circuit.opcodes[at]]
        targets = self.circuit.targets_of(at).tolist()
        arguments = self.circuit.arguments_of(at).tolist()
        walk = getattr(self, operation.group)
        walk(operation.name, targets, arguments, records)

    def annotation(self, *_: object) -> None:
        """It does nothing to a qubit."""

    def gate1(self, name: str, targets: list[int], *_: object) -> None:
        map_ = _TRANSPOSED[name]
        for q in reversed(targets):
            self.x[q], self.z[q] = _through(map_, (self.x[q], self.z[q]))

    def gate2(self, name: str, targets: list[int], _: object, records: int) -> None:
        map_ = _TRANSPOSED[name]
        for place in range(len(targets) - 2, -1, -2):
            a, b = targets[place], targets[place + 1]
            if a & RECORD:
                self.of_record[records - (a & NUMBER)] ^= self.error(b, _BITS[name[1]])
            elif not a & SWEEP:
                behind = (self.x[a], self.z[a], self.x[b], self.z[b])
                self.x[a], self.z[a], self.x[b], self.z[b] = _through(map_, behind)

    def noise1(self, name: str, targets: list[int], arguments: list[float], _: int) -> None:
        if name == "I_ERROR":
            return
        if name in ("X_ERROR", "Y_ERROR", "Z_ERROR"):
            for q in targets:
                self.flip(arguments[0], self.error(q, _BITS[name[0]]))
            return
        shares = [arguments[0] / 3] * 3 if name == "DEPOLARIZE1" else arguments
        for q in targets:
            self.channel(shares, [self.error(q, pauli) for pauli in _PAULIS[1:]])

    def noise2(self, name: str, targets: list[int], arguments: list[float], _: int) -> None:
        uniform = name == "DEPOLARIZE2"
        shares = [arguments[0] / 15] * 15 if uniform else arguments
        for a, b in zip(targets[::2], targets[1::2], strict=True):
            if uniform:
                # Each output that it can flip at all is flipped by 8 of the 15.
                reached = self.x[a] | self.z[a] | self.x[b] | self.z[b]
                self.flip(8 * shares[0], reached)
                continue
            first = [self.error(a, pauli) for pauli in _PAULIS]
            second = [self.error(b, pauli) for pauli in _PAULIS]
            self.channel(shares, [p ^ q for p in first for q in second][1:])

    def channel(self, shares: list[float], effects: list[Outputs]) -> None:
        """Disjoint possibilities with their probabilities and what each flips."""
        total: dict[int, float] = defaultdict(float)
        for share, outputs in zip(shares, effects, strict=True):
            for output in outputs:
                total[output] += share
        for output, q in total.items():
            self.flip(q, frozenset([output]))
        self.join(frozenset(total))

    def correlated(self, name: str, targets: list[int], arguments: list[float], _: int) -> None:
        outputs = _NONE
        for target in targets:
            outputs ^= self.error(target & NUMBER, (bool(target & X_BIT), bool(target & Z_BIT)))
        self.chain.append((arguments[0], outputs))
        if name == "CORRELATED_ERROR":
            self.end_chain()

    def end_chain(self) -> None:
        left, shares, effects = 1.0, list[float](), list[Outputs]()
        for p, outputs in reversed(self.chain):
            shares.append(left * p)
            effects.append(outputs)
            left *= 1 - p
        self.channel(shares, effects)
        self.chain.clear()

    def herald(self, _: str, targets: list[int], arguments: list[float], records: int) -> None:
        for place, q in enumerate(targets):
            told = self.of_record[records + place]
            share = arguments[0] / 4
            self.channel([share] * 4, [told ^ self.error(q, pauli) for pauli in _PAULIS])

    def measure(self, name: str, targets: list[int], arguments: list[float], records: int) -> None:
        axis = _BITS[name[-1] if name[-1] in "XY" else "Z"]
        for place in range(len(targets) - 1, -1, -1):
            q, told = targets[place] & NUMBER, self.of_record[records + place]
            if arguments:
                self.flip(arguments[0], told)
            self.collapse([(q, axis)], told, name.startswith("MR"))

    def reset(self, name: str, targets: list[int], *_: object) -> None:
        axis = _BITS[name[-1] if name[-1] in "XY" else "Z"]
        for q in reversed(targets):
            self.collapse([(q, axis)], _NONE, reset=True)

    def measure_pair(
        self, name: str, targets: list[int], arguments: list[float], records: int
    ) -> None:
        axis = _BITS[name[1]]
        for place in range(len(targets) - 2, -1, -2):
            told = self.of_record[records + place // 2]
            if arguments:
                self.flip(arguments[0], told)
            self.collapse([(q & NUMBER, axis) for q in targets[place : place + 2]], told)

    def measure_product(
        self, _: str, targets: list[int], arguments: list[float], records: int
    ) -> None:
        begins = [place for place, target in enumerate(targets) if not target & JOINED]
        ends = [*begins[1:], len(targets)]
        for number in range(len(begins) - 1, -1, -1):
            told = self.of_record[records + number]
            if arguments:
                self.flip(arguments[0], told)
            factors = targets[begins[number] : ends[number]]
            self.collapse([(t & NUMBER, (t & X_BIT != 0, t & Z_BIT != 0)) for t in factors], told)

    def pad(self, _: str, targets: list[int], arguments: list[float], records: int) -> None:
        for place in range(len(targets)):
            if arguments:
                self.flip(arguments[0], self.of_record[records + place])

    def collapse(
        self, factors: list[tuple[int, tuple[int, int]]], told: Outputs, reset: bool = False
    ) -> None:
        """A measured product: a multiple of it is random behind, what anticommutes is recorded."""
        multiple = _NONE
        for q, pauli in factors:
            multiple ^= self.error(q, pauli)
        self.flip(0.5, multiple)
        for q, (x, z) in factors:
            if reset:
                self.x[q] = self.z[q] = _NONE
            if z:
                self.x[q] ^= told
            if x:
                self.z[q] ^= told


def _forward(circuit: Circuit) -> list[tuple[int, int]]:
    """Each executed instruction with the number of records before it."""
    made = []
    for i, code in enumerate(circuit.opcodes.tolist()):
        operation, targets = OPERATIONS[code], circuit.targets_of(i)
        if operation.targets == "product":
            made.append(int(np.count_nonzero((targets & JOINED) == 0)))
        else:
            made.append(operation.records * len(targets) // (2 if operation.paired else 1))
    found, records = [], 0
    for at in circuit.steps():
        found.append((at, records))
        records += made[at]
    return found


def _through(map_: list[list[int]], behind: tuple[Outputs, ...]) -> list[Outputs]:
    """Input j reaches the outputs of all bits behind the gate that it flips."""
    found = []
    for reached in map_:
        outputs = behind[reached[0]]
        for bit in reached[1:]:
            outputs ^= behind[bit]
        found.append(outputs)
    return found


# Gate -> for each bit in front of it, those that it flips behind it.
_TRANSPOSED = {
    name: [np.flatnonzero(column).tolist() for column in flow(name).T]
    for name in (*ONE_QUBIT, *TWO_QUBITS)
}
