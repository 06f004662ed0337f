"""A parsed circuit as the flat list of operations that the solvers of this board run.

An operation is a row of four int32, as `cext/tableau_ops.h` says: gates of one qubit by the images
of X and Z, CX, CZ and SWAP, measurements of Pauli products, Paulis that a record controls. All
other gates of two qubits are a few of these. Loops are unrolled, and look-backs become numbers of
records.
"""

from dataclasses import dataclass

import numpy as np

from bench_quantum._circuit import (
    CODE,
    INVERTED,
    JOINED,
    NUMBER,
    OPERATIONS,
    SWEEP,
    X_BIT,
    Circuit,
    CircuitError,
)
from bench_quantum._circuit_operations import Operation
from bench_quantum._gates import ONE_QUBIT, images

CLIFFORD, CX, CZ, SWAP, FACTOR, MEASURE, PRODUCT, PAD, PAULI_IF = range(9)
X, Z, Y = 1, 2, 3
RECORDED, INVERT, RESET = 1, 2, 4
_LETTER = {"X": X, "Y": Y, "Z": Z}
_MINUS, _IMAGE_BITS = 4, 3

# Gates of two qubits: steps on the first (0), the second (1), or both.
_NATIVE = {"CX": CX, "CZ": CZ, "SWAP": SWAP}
_TURN = {"X": "H", "Y": "H_YZ"}  # makes Z of it, and is its own inverse


def _controlled(first: str, second: str) -> list[tuple[str, int]]:
    turns = [(_TURN[axis], side) for side, axis in enumerate((first, second)) if axis in _TURN]
    return [*turns, ("CZ", -1), *turns]


def _root(axis: str, power: str) -> list[tuple[str, int]]:
    turns = [(_TURN[axis], 0), (_TURN[axis], 1)] if axis in _TURN else []
    return [*turns, (power, 0), (power, 1), ("CZ", -1), *turns]


_RECIPES = {
    **{name: [(name, -1)] for name in _NATIVE},
    **{f"{a}C{b}": _controlled(a, b) for a in "XY" for b in "XYZ"},
    "CY": _controlled("Z", "Y"),
    "CXSWAP": [("CX", -1), ("SWAP", -1)],
    "SWAPCX": [("SWAP", -1), ("CX", -1)],
    "CZSWAP": [("CZ", -1), ("SWAP", -1)],
    **{f"SQRT_{a}{a}": _root(a, "S") for a in "XYZ"},
    **{f"SQRT_{a}{a}_DAG": _root(a, "S_DAG") for a in "XYZ"},
    "ISWAP": [*_root("Z", "S"), ("SWAP", -1)],
    "ISWAP_DAG": [*_root("Z", "S_DAG"), ("SWAP", -1)],
}


@dataclass(frozen=True, eq=False)
class Program:
    """Operations, int32[count, 4], and how many qubits, recorded bits and coins they have.

    A coin belongs to each measurement or reset, in their order, and is its result where that is
    random (before it is inverted).
    """

    ops: np.ndarray
    n_qubits: int
    n_records: int
    n_coins: int
    n_gates: int


def compile_circuit(circuit: Circuit) -> Program:
    """Flatten a circuit.

    Raises:
        CircuitError: where it has noise, which a single sample would hide.
    """
    _refuse_noise(circuit)
    once, first_op = _written(circuit)
    ops = _unrolled(circuit, once, first_op)
    codes, flags = ops[:, 0], ops[:, 3]
    measured = (codes == MEASURE) | (codes == PRODUCT)
    recorded = (measured & (flags & RECORDED != 0)) | (codes == PAD)
    controlled = np.flatnonzero(codes == PAULI_IF)
    if len(controlled):  # look-backs become numbers of records
        ops[controlled, 3] = np.cumsum(recorded)[controlled] - ops[controlled, 3]
    return Program(
        ops=ops,
        n_qubits=circuit.n_qubits,
        n_records=int(np.count_nonzero(recorded)),
        n_coins=int(np.count_nonzero(measured)),
        n_gates=int(np.count_nonzero(codes <= SWAP)),
    )


def _refuse_noise(circuit: Circuit) -> None:
    counts = np.diff(circuit.first_argument)
    owners = np.repeat(np.arange(len(circuit)), counts)[circuit.arguments > 0]
    for at in owners[_IS_NOISY[circuit.opcodes[owners]]][:1].tolist():
        raise CircuitError(
            int(circuit.lines[at]),
            f"{OPERATIONS[circuit.opcodes[at]].name} is noise, expected a circuit without any: "
            "leave it out, or sample it on the board stabilizer_sampling",
        )


_NOISY = ("noise1", "noise2", "correlated", "herald", "measure", "measure_pair", "measure_product")
_IS_NOISY = np.array([op.group in (*_NOISY, "pad") and op.name != "I_ERROR" for op in OPERATIONS])


def _written(circuit: Circuit) -> tuple[np.ndarray, np.ndarray]:
    """The operations as written, loops once, and the place of the first one of each instruction.

    A target makes a few operations, of a pair the first one does; how many depends on the opcode.
    All targets with the same one are written at once.
    """
    targets, counts = circuit.targets, np.diff(circuit.first_target)
    opcodes = np.repeat(circuit.opcodes, counts)
    within = np.arange(len(targets)) - np.repeat(circuit.first_target[:-1], counts)
    lengths = np.where(_PAIRED[opcodes] & (within % 2 == 1), 0, _LENGTHS[opcodes])
    classical = np.flatnonzero((targets > NUMBER) & _IS_GATE2[opcodes])
    lengths[classical] = (targets[classical] & SWEEP) == 0  # sweep bits are 0: they do nothing
    begins = (opcodes == _MPP) & (targets & JOINED == 0)
    ends = np.flatnonzero(np.append(begins[1:], True) | (np.append(opcodes[1:], -1) != _MPP))
    ends = ends[opcodes[ends] == _MPP] if len(targets) else ends[:0]
    lengths[ends] += 1  # the product, behind its factors
    starts = np.concatenate([[0], np.cumsum(lengths)])
    ops = np.zeros((int(starts[-1]), 4), np.int32)
    by_code = np.argsort(opcodes, kind="stable")
    by_code = by_code[lengths[by_code] > 0]
    cuts = np.flatnonzero(np.diff(opcodes[by_code])) + 1
    for own in np.split(by_code, cuts):
        if len(own):
            _write(ops, starts[own], OPERATIONS[opcodes[own[0]]], targets, own)
    if len(ends):
        signs = targets[np.flatnonzero(begins)]
        flags = RECORDED | np.where(signs & INVERTED, INVERT, 0)
        _put(ops, starts[ends + 1] - 1, PRODUCT, 0, 0, flags)
    return ops, starts[circuit.first_target]


def _write(
    ops: np.ndarray, at: np.ndarray, operation: Operation, targets: np.ndarray, own: np.ndarray
) -> None:
    """Write the operations of some targets `own`, all of one kind, from the places `at` on."""
    group, name, first = operation.group, operation.name, targets[own]
    qubits = first & NUMBER
    if group == "gate1":
        _put(ops, at, CLIFFORD, qubits, *_GATE_CODES[name])
    elif group == "gate2":
        is_gate = first <= NUMBER
        control = ~is_gate
        _put(ops, at[control], PAULI_IF, targets[own[control] + 1], _AXIS[name], qubits[control])
        own, at = own[is_gate], at[is_gate]
        for step, (gate, side) in enumerate(_RECIPES[name]):
            if side < 0:
                _put(ops, at + step, _NATIVE[gate], targets[own], targets[own + 1], 0)
            else:
                _put(ops, at + step, CLIFFORD, targets[own + side], *_GATE_CODES[gate])
    elif group in ("measure", "reset"):
        flags = (RECORDED if operation.records else 0) | np.where(first & INVERTED, INVERT, 0)
        flags |= RESET if group == "reset" or name.startswith("MR") else 0
        _put(ops, at, MEASURE, qubits, _AXIS[name], flags)
    elif group == "measure_pair":
        second = targets[own + 1]
        flags = RECORDED | np.where((first ^ second) & INVERTED, INVERT, 0)
        _put(ops, at, FACTOR, qubits, _AXIS[name], 0)
        _put(ops, at + 1, FACTOR, second & NUMBER, _AXIS[name], 0)
        _put(ops, at + 2, PRODUCT, 0, 0, flags)
    elif group == "measure_product":
        _put(ops, at, FACTOR, qubits, first // X_BIT & 3, 0)
    else:
        _put(ops, at, PAD, qubits, 0, 0)


def _put(ops: np.ndarray, at: np.ndarray, code: int, a: object, b: object, c: object) -> None:
    ops[at, 0], ops[at, 1], ops[at, 2], ops[at, 3] = code, a, b, c


def _unrolled(circuit: Circuit, ops: np.ndarray, first_op: np.ndarray) -> np.ndarray:
    blocks = np.flatnonzero((circuit.opcodes == CODE["REPEAT"]) | (circuit.opcodes == CODE["END"]))
    if not len(blocks):
        return ops
    open_parts: list[list[np.ndarray]] = [[]]
    begin = 0
    for at in blocks.tolist():
        open_parts[-1].append(ops[begin : first_op[at]])
        begin = first_op[at]
        if circuit.opcodes[at] == CODE["REPEAT"]:
            open_parts.append([])
        else:
            body = np.concatenate(open_parts.pop())
            rounds = int(circuit.counts[circuit.partners[at]])
            open_parts[-1].append(np.tile(body, (rounds, 1)))
    return np.concatenate([*open_parts[0], ops[begin:]])


def _gate_code(name: str) -> tuple[int, int]:
    """The images of X and Z under a gate of one qubit, as a number, and those of its inverse."""
    forward = {"X": "+X", "Z": "+Z"} | dict(zip("XZ", images(name), strict=True))
    (sx, px), (sz, pz) = tuple(forward["X"]), tuple(forward["Z"])
    turn = "XYZXY"  # Y = i X Z goes to i P Q, which is minus the third one where P Q is in turn
    third = ({"X", "Y", "Z"} - {px, pz}).pop()
    forward["Y"] = ("-" if (sx == sz) == (px + pz in turn) else "+") + third
    backward = {image[1]: image[0] + letter for letter, image in forward.items()}
    return _number(forward), _number(backward)


def _number(images_of: dict[str, str]) -> int:
    codes = [
        _LETTER[letter] | (_MINUS if sign == "-" else 0)
        for sign, letter in (tuple(images_of[axis]) for axis in "XZ")
    ]
    return codes[0] | codes[1] << _IMAGE_BITS


_GATE_CODES = {name: _gate_code(name) for name in ONE_QUBIT}
_MPP = CODE["MPP"]
_PAIRED = np.array([operation.paired for operation in OPERATIONS])
_IS_GATE2 = np.array([operation.group == "gate2" for operation in OPERATIONS])
_AXIS = {op.name: _LETTER.get(op.name[-1], Z) for op in OPERATIONS}
_PER_GROUP = {
    "gate1": 1,
    "measure": 1,
    "reset": 1,
    "measure_pair": 3,
    "measure_product": 1,
    "pad": 1,
}
_LENGTHS = np.array(
    [
        len(_RECIPES[op.name]) if op.group == "gate2" else _PER_GROUP.get(op.group, 0)
        for op in OPERATIONS
    ]
)
