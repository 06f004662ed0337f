"""Stabilizer simulation: one run of a Clifford circuit, that is, the bits that it measures.

Half of the results may be random, so there are many right answers: a record is right if every bit
that the circuit and the earlier bits settle has the value that they settle, and the others are
fair coins. What is settled are sums of bits. The problem finds all of them when the instance is
made, by walking back through the circuit (`_parities.py`): no tableau, no simulation, and nothing
in common with any solver but the parser and the table of gates. Scoring adds up bits, however long
the circuit took; so all records of all runs are checked in full.
"""

import re
from collections.abc import Iterator
from math import sqrt
from typing import ClassVar

import numpy as np

from bench_quantum._circuit import OPERATIONS, Circuit, CircuitError, parse
from bench_quantum.stabilizer_simulation import _families, _program
from bench_quantum.stabilizer_simulation._parities import Parities, settled
from harness.api import Case, Instance, InvalidAnswer, InvalidCase, Problem, Symmetry

# Of R fair coins the ones are further than 3.25 sqrt(R) from R / 2 in 1.4e-9 of all runs at most
# (Hoeffding); so nothing is said of fewer than 43.
_FAR = 3.25
_MOST_STEPS = 30_000_000  # targets of a whole run, which is unrolled
_MOST_BITS = 1 << 35  # of the candidates for what is settled, 4 GiB


class StabilizerSimulation(Problem):
    """Sample the record of a circuit once; right is right, and the contest is time.

    `data` holds `circuit`, text in the common subset of Stim's format (see `_circuit.py`), without
    noise. An answer is the record in the order of execution: an array of 0 and 1, of integers or
    booleans. Random results must be drawn: a record that takes them all to be 0 is refused.
    """

    title = "Stabilizer simulation"
    kind = "exact"
    cost_name = "cost (0: consistent)"
    compare = "difference"
    rank_by = "time"
    size = "n"
    families: ClassVar = {
        "random": {"n": 100, "layers": 20},
        "monitored": {"n": 20, "layers": 20, "share": 0.1},
        "surface": {"d": 5, "rounds": 0, "basis": "z", "rotated": True},
        "repetition": {"d": 5, "rounds": 0},
        "settled": {"n": 100, "layers": 10, "rounds": 5},
        "ghz": {"n": 100},
        "teleport": {"hops": 10},
        "known": {"number": 0},
        "file": {"path": ""},
    }
    suites: ClassVar = {
        "smoke": ["random[n=12,layers=6]", "surface[d=2,rounds=3]", "teleport[hops=3]"],
        "standard": [
            "random[n=200]",
            "random[n=1000]",
            "monitored[n=100,layers=50]",
            "surface[d=7]",
            "surface[d=11,rotated=False,basis=x]",
            "surface[d=15]",
            "repetition[d=101,rounds=50]",
            "settled[n=1000]",
            "ghz[n=2000]",
        ],
        "large": [
            "random[n=3000]",
            "random[n=10000]",
            "surface[d=31]",
            "repetition[d=1001,rounds=20]",
            "ghz[n=10000]",
            "monitored[n=1000,layers=20]",
        ],
        "growth": [f"random[n={125 << step}]" for step in range(6)],
        "edge": [
            *(f"known[number={number}]" for number in range(len(_families.KNOWN))),
            "random[n=1,layers=0]",
            "random[n=2,layers=1]",
            "monitored[n=2,layers=1]",
            "monitored[n=7,layers=30,share=0.5]",
            "monitored[n=6,layers=10,share=1]",
            "surface[d=2,rounds=1,basis=x]",
            "repetition[d=2,rounds=1]",
            "settled[n=2,layers=1,rounds=1]",
            "ghz[n=1]",
            "ghz[n=2]",
        ],
    }
    starter = """\
# data.circuit: the circuit as text
# answer: the bits that it records, an array of 0 and 1
from bench_quantum._circuit import parse
from bench_quantum.stabilizer_simulation.state_vector import simulate

yield simulate(parse(data.circuit), iter(lambda: int(rng.integers(2)), None))
"""

    def make(self, case: Case, rng: np.random.Generator) -> Instance:
        text = getattr(_families, case.family)(case, rng)
        try:
            circuit = parse(text)
            _expect_small(circuit)
            program = _program.compile_circuit(circuit)
        except CircuitError as error:
            raise InvalidCase(f"this is no circuit for this board: {error}") from None
        if not program.n_records:
            raise InvalidCase("the circuit measures nothing; end it with M and some qubits, say")
        parities = settled(circuit.compacted())
        return Instance(
            data={"circuit": text},
            truth={
                "records": parities.records,
                "starts": parities.starts,
                "values": parities.values,
                "measurements": program.n_records,
            },
            sizes={
                "n": max(1, circuit.n_qubits),
                "gates": program.n_gates,
                "measurements": program.n_records,
                "random": program.n_records - len(parities.values),
            },
        )

    def score(self, instance: Instance, answer: object) -> tuple[float, dict[str, float]]:
        truth = instance.truth
        bits = _record_of(answer, truth["measurements"])
        parities = Parities(truth["records"], truth["starts"], truth["values"])
        _expect_settled(bits, parities)
        coins = np.delete(bits, parities.latest())
        _expect_fair(coins, "random results are 1")
        _expect_fair(coins[1:] ^ coins[:-1], "of them differ from the one before")
        share = float(coins.mean()) if len(coins) else 0.5
        return 0.0, {"random_bits": len(coins), "ones_among_random_bits": share}

    def normal(self, instance: Instance, answer: object) -> np.ndarray:
        return _record_of(answer, instance.truth["measurements"])

    def exact(self, instance: Instance) -> float | None:
        return 0.0

    def symmetries(self, instance: Instance, rng: np.random.Generator) -> Iterator[Symmetry]:
        text = instance.data["circuit"]
        n = parse(text).n_qubits
        order = rng.permutation(n)
        yield Symmetry("qubits renamed", _with_text(instance, renamed(text, order)))
        lines = ["S", "Z", "CZ", "CX"] if n > 1 else ["S", "Z"]  # these leave |0...0> as it is
        even = " ".join(map(str, order[: n // 2 * 2]))
        before = "".join(f"{name} {even if 'C' in name else order[0]}\n" for name in lines)
        yield Symmetry("gates without effect in front", _with_text(instance, before + text))


def _expect_small(circuit: Circuit) -> None:
    """Refuse what can't be unrolled, or whose settled sums can't be found, before it is tried.

    Raises:
        InvalidCase: where the circuit is too large.
    """
    steps = float((circuit.times() * (1 + np.diff(circuit.first_target))).sum())
    if steps > _MOST_STEPS:
        raise InvalidCase(
            f"a run has {steps:.3g} steps, expected at most {_MOST_STEPS:.3g}: choose fewer rounds "
            "or a smaller circuit"
        )
    n, count = circuit.compacted().n_qubits, circuit.n_measurements
    if min(count, 2 * n + 1024) * (count + 4 * n) > _MOST_BITS:
        raise InvalidCase(
            f"what is settled among {count} results of {n} qubits takes more than "
            f"{_MOST_BITS >> 33} GiB to find: choose a smaller circuit"
        )


def _with_text(instance: Instance, text: str) -> Instance:
    return Instance({"circuit": text}, instance.truth, instance.sizes)


_OPERATION = re.compile(r"(\s*(\w+)(?:\[[^\]]*\])?(?:\([^)]*\))?)(.*)", re.DOTALL)
_QUBIT = re.compile(r"(?<![\w\-\[])([XYZxyz]?)(\d+)")
_NO_QUBITS = {op.name for op in OPERATIONS if op.targets in ("none", "bit", "record")}


def renamed(text: str, order: np.ndarray) -> str:
    """The circuit with qubit q called order[q]."""
    lines = []
    for line in text.split("\n"):
        code = line.partition("#")[0]
        found = _OPERATION.match(code)
        if found and found[2].upper() not in _NO_QUBITS:
            changed = _QUBIT.sub(lambda target: f"{target[1]}{order[int(target[2])]}", found[3])
            code = found[1] + changed
        lines.append(code)
    return "\n".join(lines)


def _record_of(answer: object, count: int) -> np.ndarray:
    """An answer as uint8[count].

    Raises:
        InvalidAnswer: where it is no such record.
    """
    wanted = f"expected an array of {count} bits, integers or booleans"
    if not isinstance(answer, np.ndarray | list | tuple):
        raise InvalidAnswer(f"the record is of type {type(answer).__name__}, {wanted}")
    try:
        bits = np.asarray(answer)
    except ValueError:
        raise InvalidAnswer(f"the record is a list of unequal lists, {wanted}") from None
    if bits.dtype.kind not in "iub":
        raise InvalidAnswer(f"the record has values of dtype {bits.dtype}, {wanted}")
    if bits.shape != (count,):
        raise InvalidAnswer(f"the record has the shape {bits.shape}, {wanted}")
    wrong = np.flatnonzero((bits != 0) & (bits != 1))
    if len(wrong):
        raise InvalidAnswer(f"bit {wrong[0]} of the record is {bits[wrong[0]]}, expected 0 or 1")
    return bits.astype(np.uint8)


def _expect_settled(bits: np.ndarray, parities: Parities) -> None:
    wrong = np.flatnonzero(parities.found(bits) != parities.values)
    if not len(wrong):
        return
    first = int(wrong[0])
    own = parities.records[parities.starts[first] : parities.starts[first + 1]]
    latest = int(own[-1])
    others = f"and {len(own) - 1} of the bits before it settle" if len(own) > 1 else "settles"
    raise InvalidAnswer(
        f"{len(wrong)} of {len(parities.values)} settled bits are wrong, first bit {latest} of the "
        f"record: it is {bits[latest]}, but the circuit {others} that it is {1 - bits[latest]}"
    )


def _expect_fair(coins: np.ndarray, what: str) -> None:
    count, ones = len(coins), int(coins.sum())
    if abs(ones - count / 2) > _FAR * sqrt(count):
        raise InvalidAnswer(
            f"{ones} of {count} {what}, which fair coins do once in 10^9 runs at most: draw each "
            "from rng"
        )
