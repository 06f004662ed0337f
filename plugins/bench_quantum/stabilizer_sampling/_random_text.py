"""Random tiny circuits that use all operations of the format, to hold laws against each other."""

import numpy as np

from bench_quantum._circuit_operations import OPERATIONS, Operation

_SKIPPED = {
    "REPEAT",
    "END",
    "DETECTOR",
    "OBSERVABLE_INCLUDE",
    "QUBIT_COORDS",
    "SHIFT_COORDS",
    "TICK",
}


def tiny_circuit(rng: np.random.Generator, n: int, length: int, records: int) -> str:
    """A circuit of `length` random operations on n qubits with at most so many records.

    Every fourth operation or so is noise, a few are in a loop, some act on what was recorded.
    Two detectors and an observable are parities of records.
    """
    return "\n".join(_Writer(rng, n, records).lines(length)) + "\n"


class _Writer:
    def __init__(self, rng: np.random.Generator, n: int, records: int) -> None:
        self.rng, self.n, self.room, self.made = rng, n, records, 0

    def lines(self, length: int) -> list[str]:
        known = [one for one in OPERATIONS if one.name not in _SKIPPED]
        groups = {group: [one for one in known if one.group == group] for group in _WEIGHTS}
        shares = np.array(list(_WEIGHTS.values())) / sum(_WEIGHTS.values())
        lines: list[str] = []
        while len(lines) < length:
            group = list(_WEIGHTS)[self.rng.choice(len(_WEIGHTS), p=shares)]
            operation = groups[group][self.rng.integers(len(groups[group]))]
            if operation.records and self.made >= self.room:
                continue
            if (operation.paired or group == "measure_product") and self.n < 2:
                continue
            line = self.line(operation)
            lines += [line] if operation.records or self.rng.random() < 0.9 else _loop(line)
            if self.made and self.rng.random() < 0.15:
                lines.append(self.feedback())
        if self.made < self.room:
            lines.append("M 0")
            self.made += 1
        return [*lines, self.parity("DETECTOR"), self.parity("DETECTOR"), self.observable()]

    def line(self, operation: Operation) -> str:
        wanted = operation.arguments[-1]
        if wanted < 0:
            wanted = 1
        if operation.arguments == (0, 1):
            wanted = int(self.rng.integers(2))
        text = ""
        if wanted:
            shares = self.rng.dirichlet(np.ones(wanted + 1))[:wanted]
            shares *= self.rng.choice([0.2, 0.6, 1.0])
            text = f"({', '.join(f'{share:.6f}' for share in shares)})"
        return f"{operation.name}{text} {self.targets(operation)}"

    def targets(self, operation: Operation) -> str:
        self.made += operation.records
        if operation.targets == "none":
            return ""
        if operation.targets == "bit":
            return str(self.rng.integers(2))
        many = 2 if operation.paired or operation.targets in ("product", "pauli") else 1
        order = self.rng.permutation(self.n)[: min(many, self.n)]
        inverted = operation.targets in ("result", "product")
        sign = ["!" if inverted and self.rng.random() < 0.3 else "" for _ in order]
        if operation.targets in ("product", "pauli"):
            told = [
                f"{s}{'XYZ'[self.rng.integers(3)]}{q}" for s, q in zip(sign, order, strict=True)
            ]
            return ("*" if operation.targets == "product" else " ").join(told)
        return " ".join(f"{s}{q}" for s, q in zip(sign, order, strict=True))

    def feedback(self) -> str:
        gate = ("CX", "CY", "CZ")[self.rng.integers(3)]
        return f"{gate} rec[-{self.rng.integers(1, self.made + 1)}] {self.rng.integers(self.n)}"

    def parity(self, name: str) -> str:
        if not self.made:
            return name
        chosen = self.rng.integers(1, self.made + 1, self.rng.integers(1, 4))
        return f"{name} {' '.join(f'rec[-{k}]' for k in chosen)}"

    def observable(self) -> str:
        return self.parity("OBSERVABLE_INCLUDE(0)")


# How often operations of each group are drawn.
_WEIGHTS = {
    "gate1": 5,
    "gate2": 4,
    "noise1": 1.5,
    "noise2": 1,
    "correlated": 1,
    "herald": 0.3,
    "measure": 2,
    "reset": 0.7,
    "measure_pair": 0.7,
    "measure_product": 0.7,
    "pad": 0.2,
}


def _loop(line: str) -> list[str]:
    return ["REPEAT 3 {", f"    {line}", "}"]
