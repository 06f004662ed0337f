"""What a circuit may hold: operations with their arguments, and the flags of targets.

The common subset of Stim's circuit format. An operation's code is its place in `OPERATIONS`; what
the flags mean is told in `_circuit.py`.
"""

from dataclasses import dataclass

from bench_quantum._gates import ONE_QUBIT, TWO_QUBITS

ANY = -1  # number of arguments

NUMBER = (1 << 24) - 1  # mask of a target's number
INVERTED = 1 << 24
X_BIT = 1 << 25
Z_BIT = 1 << 26
RECORD = 1 << 27
SWEEP = 1 << 28
JOINED = 1 << 29


@dataclass(frozen=True)
class Operation:
    """One operation of the format.

    Attributes:
        name: its canonical name.
        group: what it is; one of gate1, gate2, noise1, noise2, correlated, measure, reset,
            measure_pair, measure_product, pad, herald, annotation, block.
        arguments: the numbers of arguments that are allowed; (ANY,) for as many as one likes.
        argument: what they are: probability, disjoint (probabilities whose sum is at most 1),
            number, or index.
        targets: what they may be: qubit, result (a qubit whose result may be inverted), pauli,
            product, bit, record, or none.
        paired: whether they come in pairs.
        records: the bits it adds to the record, for each target, pair, or product.
    """

    name: str
    group: str
    arguments: tuple[int, ...] = (0,)
    argument: str = "probability"
    targets: str = "qubit"
    paired: bool = False
    records: int = 0


def _operations() -> list[Operation]:
    some = (0, 1)
    return [
        *(Operation(name, "gate1") for name in ONE_QUBIT),
        *(Operation(name, "gate2", paired=True) for name in TWO_QUBITS),
        *(
            Operation(name, "noise1", (1,))
            for name in ("X_ERROR", "Y_ERROR", "Z_ERROR", "DEPOLARIZE1")
        ),
        Operation("I_ERROR", "noise1", (ANY,), "disjoint"),
        Operation("PAULI_CHANNEL_1", "noise1", (3,), "disjoint"),
        Operation("DEPOLARIZE2", "noise2", (1,), paired=True),
        Operation("PAULI_CHANNEL_2", "noise2", (15,), "disjoint", paired=True),
        Operation("CORRELATED_ERROR", "correlated", (1,), targets="pauli"),
        Operation("ELSE_CORRELATED_ERROR", "correlated", (1,), targets="pauli"),
        Operation("HERALDED_ERASE", "herald", (1,), records=1),
        *(
            Operation(name, "measure", some, targets="result", records=1)
            for name in ("M", "MX", "MY", "MR", "MRX", "MRY")
        ),
        *(Operation(name, "reset") for name in ("R", "RX", "RY")),
        *(
            Operation(name, "measure_pair", some, targets="result", paired=True, records=1)
            for name in ("MXX", "MYY", "MZZ")
        ),
        Operation("MPP", "measure_product", some, targets="product", records=1),
        Operation("MPAD", "pad", some, targets="bit", records=1),
        Operation("DETECTOR", "annotation", (ANY,), "number", targets="record"),
        Operation("OBSERVABLE_INCLUDE", "annotation", (1,), "index", targets="record"),
        Operation("TICK", "annotation", targets="none"),
        Operation("QUBIT_COORDS", "annotation", (ANY,), "number"),
        Operation("SHIFT_COORDS", "annotation", (ANY,), "number", targets="none"),
        Operation("REPEAT", "block", targets="none"),
        Operation("END", "block", targets="none"),
    ]


OPERATIONS: tuple[Operation, ...] = tuple(_operations())
CODE: dict[str, int] = {operation.name: code for code, operation in enumerate(OPERATIONS)}

ALIASES = {
    "CNOT": "CX",
    "ZCX": "CX",
    "ZCY": "CY",
    "ZCZ": "CZ",
    "MZ": "M",
    "RZ": "R",
    "MRZ": "MR",
    "H_XZ": "H",
    "SQRT_Z": "S",
    "SQRT_Z_DAG": "S_DAG",
    "SWAPCZ": "CZSWAP",
    "E": "CORRELATED_ERROR",
}

# What the text may say: every name, upper case -> its code.
NAMES: dict[str, int] = {
    **{name: code for name, code in CODE.items() if name != "END"},
    **{alias: CODE[name] for alias, name in ALIASES.items()},
}


class CircuitError(ValueError):
    """A text is no circuit, or outside of the subset; `line` is the number of the line."""

    def __init__(self, line: int, what: str) -> None:
        super().__init__(f"line {line}: {what}")
        self.line = line
