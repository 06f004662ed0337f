"""Reading a circuit by the kernel `circuit_text`: fast, and without a word where it can't."""

from typing import Any

import numpy as np

from bench_quantum._circuit_operations import ANY, CODE, NAMES, OPERATIONS, Operation
from harness.api import kernel

# As the kernel's header numbers them.
_TARGETS = ("qubit", "result", "pauli", "product", "bit", "record", "none")
_VALUES = ("probability", "disjoint", "number", "index")
_ROLES = {"CX": 1, "CY": 1, "CZ": 2, "REPEAT": 3, "DETECTOR": 4, "OBSERVABLE_INCLUDE": 5}
_TOTALS = 7
_LONGEST_NAME = 24


def read_quickly(text: str) -> dict[str, Any] | None:
    """The attributes of a `Circuit`; None where the text is none, or the kernel can't tell."""
    data = (text + "\n").encode("utf-8", "surrogatepass")
    lines, room = data.count(b"\n"), len(data) // 2 + 1
    opcodes, partners, numbers = (np.empty(lines, np.int32) for _ in range(3))
    first_target, first_argument = np.empty(lines + 1, np.int64), np.empty(lines + 1, np.int64)
    counts, open_loops = np.empty(lines, np.int64), np.empty(3 * lines, np.int64)
    targets, arguments = np.empty(room, np.int32), np.empty(room, np.float64)
    totals = np.empty(_TOTALS, np.int64)
    count = kernel("circuit_text").ct_read(
        np.frombuffer(data, np.uint8),
        len(data),
        lines,
        _NAMES,
        _CODES,
        len(_CODES),
        _KINDS,
        CODE["END"],
        opcodes,
        first_target,
        targets,
        first_argument,
        arguments,
        partners,
        counts,
        numbers,
        open_loops,
        totals,
    )
    if count < 0:
        return None
    n_targets, n_arguments, qubits, measurements, detectors, observables, depth = totals.tolist()
    return {
        "opcodes": opcodes[:count],
        "first_target": first_target[: count + 1],
        "targets": targets[:n_targets],
        "first_argument": first_argument[: count + 1],
        "arguments": arguments[:n_arguments],
        "partners": partners[:count],
        "counts": counts[:count],
        "lines": numbers[:count],
        "n_qubits": qubits,
        "n_measurements": measurements,
        "n_detectors": detectors,
        "n_observables": observables,
        "depth": depth,
    }


def _kind(operation: Operation) -> list[int]:
    allowed = operation.arguments
    return [
        _TARGETS.index(operation.targets),
        operation.paired,
        operation.records,
        -1 if allowed == (ANY,) else sum(1 << number for number in allowed),
        _VALUES.index(operation.argument),
        _ROLES.get(operation.name, 0),
    ]


_KINDS = np.array([_kind(operation) for operation in OPERATIONS], np.int32)
_SORTED = sorted((name.encode().ljust(_LONGEST_NAME, b"\0"), code) for name, code in NAMES.items())
_NAMES = np.frombuffer(b"".join(name for name, _ in _SORTED), np.uint8)
_CODES = np.array([code for _, code in _SORTED], np.int32)
