"""A parsed circuit back as text."""

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

_LETTER = {X_BIT: "X", X_BIT | Z_BIT: "Y", Z_BIT: "Z", 0: ""}


def write(circuit: Circuit) -> str:
    """Text that is parsed to the same arrays, but for lines and products in which all cancels."""
    return relabelled(circuit, np.arange(circuit.n_qubits))


def relabelled(circuit: Circuit, places: np.ndarray) -> str:
    """The circuit with qubit q called places[q]."""
    numbers = places.tolist()
    lines, depth = [], 0
    for at, code in enumerate(circuit.opcodes.tolist()):
        operation = OPERATIONS[code]
        if code == CODE["END"]:
            depth -= 1
            lines.append("    " * depth + "}")
            continue
        text = operation.name
        if code == CODE["REPEAT"]:
            text = f"REPEAT {circuit.counts[at]} {{"
        arguments = circuit.arguments_of(at).tolist()
        if arguments:
            text += f"({', '.join(f'{value!r}' for value in arguments)})"
        plain = code == CODE["MPAD"]
        for target in circuit.targets_of(at).tolist():
            glue = "*" if target & JOINED else " "
            text += glue + (str(target) if plain else _target(target, numbers, operation.targets))
        lines.append("    " * depth + text)
        depth += code == CODE["REPEAT"]
    return "\n".join(lines) + "\n"


def _target(target: int, numbers: list[int], kind: str) -> str:
    number = target & NUMBER
    if target & RECORD:
        return f"rec[-{number}]"
    if target & SWEEP:
        return f"sweep[{number}]"
    sign, q = "!" if target & INVERTED else "", numbers[number]
    letter = _LETTER[target & (X_BIT | Z_BIT)]
    if kind == "product" and not letter:  # all cancelled
        return f"{sign}X{q}*X{q}"
    return f"{sign}{letter}{q}"
