"""Sampling a noisy Clifford circuit: many shots of its measurements, or of its detectors.

A circuit is text in the common subset of Stim's format. A sample of `measurements` is all recorded
bits; one of `detectors` is, for each detector and then for each observable, whether the parity of
its records differs from that of the noiseless circuit.

All right answers are equally good, and the contest is time. What is right is a law, so that an
answer is held against exact probabilities: of every output bit, of parities of hundreds of pairs
and larger sets of them and, where there are few bits, of every whole sample, all to one in 10^9
(`_checks.py`). They come from a walk backwards through the circuit and from the tableau of Aaronson
and Gottesman, or, for tiny circuits, from density matrices; frames, which the paper's solver is
made of, take no part. Shots that have noise in common with another one at some distance are
refused, and so are copies of others, in whatever order and with a few bits changed: shots that
frames draw anew tell how often right ones are alike. The standard suite has shots enough to find a
detector that is 1 too often by 0.01. Rare events of which parities tell nothing are not tested;
more shots test more.
"""

from collections.abc import Iterator
from typing import ClassVar

import numpy as np

from bench_quantum._circuit import CircuitError, parse
from bench_quantum._circuit_text import relabelled
from bench_quantum.stabilizer_sampling import _families
from bench_quantum.stabilizer_sampling._checks import check
from bench_quantum.stabilizer_sampling._frames import drawn
from bench_quantum.stabilizer_sampling._truth import truth_of
from harness.api import Case, Instance, InvalidAnswer, InvalidCase, Problem, Symmetry

_MOST_BYTES = 1 << 31  # of an answer
_MOST_WORK = 1e11  # bytes that the tableau of the reference passes over: minutes
_MOST_STEPS = 30_000_000  # targets of a whole run, which the walk backwards has to go through


class StabilizerSampling(Problem):
    """Sample a circuit.

    `data` holds `circuit` (text), `shots`, `what` ("measurements" or "detectors") and `bits`, the
    number of output bits. An answer is uint8[shots, ceil(bits / 8)]: bit j of a sample is bit j % 8
    of byte j // 8, and the bits behind the last one are 0.
    """

    title = "Stabilizer sampling"
    kind = "sampling"
    cost_name = "0 where the law is right"
    compare = "difference"
    rank_by = "time"
    size = "steps"
    families: ClassVar = {
        # rounds=0 means as many as the distance.
        "surface_code": {
            "distance": 5,
            "rounds": 0,
            "p": 0.001,
            "basis": "z",
            "rotated": True,
            "shots": 1000,
            "what": "detectors",
        },
        "repetition_code": {
            "distance": 5,
            "rounds": 0,
            "p": 0.001,
            "shots": 1000,
            "what": "detectors",
        },
        "random": {
            "n": 20,
            "layers": 20,
            "p": 0.001,
            "share": 0.1,
            "shots": 1000,
            "what": "measurements",
        },
        "tiny": {"n": 3, "length": 20, "records": 6, "shots": 1000, "what": "measurements"},
        "known": {"name": "teleport", "shots": 1000, "what": "measurements"},
        "file": {"path": "", "shots": 1000, "what": "detectors"},
    }
    suites: ClassVar = {
        "smoke": [
            "surface_code[distance=2,p=0.01,shots=200]",
            "known[shots=200]",
            "tiny[shots=200]",
        ],
        "standard": [
            # Shots enough to tell a detector, or a fair coin, that is wrong by 0.01.
            "surface_code[distance=3,shots=20000]",
            "surface_code[distance=5,shots=30000]",
            "surface_code[distance=11,shots=30000]",
            "surface_code[distance=7,p=0.01,basis=x,rotated=false,shots=150000]",
            "surface_code[distance=7,shots=250000,what=measurements]",
            "repetition_code[distance=25,shots=40000]",
            # And few, where reading and preparing the circuit counts.
            "surface_code[distance=5]",
            "random[n=10,layers=10,p=0.01]",
            "random[n=100,layers=20]",
            "tiny[shots=10000]",
        ],
        "large": [
            "surface_code[distance=15,shots=10000]",
            "surface_code[distance=21,shots=10000]",
            "surface_code[distance=31,shots=10000]",
            "surface_code[distance=100,shots=1000]",
            "surface_code[distance=21,p=0.0001,shots=10000]",
            "surface_code[distance=21,p=0.01,shots=10000]",
            "surface_code[distance=21,shots=10000,what=measurements]",
            "repetition_code[distance=100,rounds=1000,shots=10000]",
            "random[n=1000,layers=20]",
        ],
        "growth": [f"surface_code[distance={d},shots=1000]" for d in (3, 5, 7, 9, 11, 15, 21)],
        "edge": [
            "known[name=nothing,shots=3]",
            "known[name=nothing,shots=1,what=detectors]",
            "known[name=classical,shots=1]",
            "known[name=bell,shots=65]",
            "known[name=coins,shots=513]",
            "known[name=pairs]",
            "known[name=chain]",
            "known[name=depolarised]",
            "known[name=gauge,what=detectors]",
            "known[name=gauge]",
            "surface_code[distance=2,rounds=1,p=0.0,shots=7]",
            "surface_code[distance=2,p=1.0,shots=100]",
            "repetition_code[distance=2,rounds=1,p=0.5,shots=100]",
            "random[n=1,layers=3,p=0.1,share=1.0]",
            "tiny[n=1,length=3,records=1]",
            "tiny[n=4,length=40,records=8]",
        ],
    }
    starter = """\
# data.circuit: text; data.shots, data.bits; data.what: "measurements" or "detectors"
# answer: uint8[shots, ceil(bits / 8)], the lowest bit of a byte first
from bench_quantum._circuit import parse
from bench_quantum.stabilizer_sampling._frames import samples
*_, found = samples(parse(data.circuit), data.shots, data.what == "detectors", rng)
yield found
"""

    def make(self, case: Case, rng: np.random.Generator) -> Instance:
        text = _families.text_of(case, rng)
        try:
            circuit = parse(text)
        except CircuitError as error:
            raise InvalidCase(f"the circuit can't be read: {error}") from None
        if case.shots < 1:
            raise InvalidCase(f"shots is {case.shots}, expected at least 1: ask for more")
        if case.what not in ("measurements", "detectors"):
            raise InvalidCase(f"there is no {case.what!r}; choose measurements or detectors")
        detectors = case.what == "detectors"
        bits = circuit.n_detectors + circuit.n_observables if detectors else circuit.n_measurements
        if bits * case.shots > 8 * _MOST_BYTES:
            raise InvalidCase(
                f"{case.shots} shots of {bits} bits make more than {_MOST_BYTES >> 30} GiB: "
                "ask for fewer shots"
            )
        steps = float((circuit.times() * (1 + np.diff(circuit.first_target))).sum())
        if steps > _MOST_STEPS:
            raise InvalidCase(
                f"a run has {steps:.3g} steps, expected at most {_MOST_STEPS:.3g}, or its law "
                "can't be computed: choose a smaller circuit"
            )
        qubits = circuit.compacted().n_qubits
        if not detectors and bits * (qubits / 8) ** 2 > _MOST_WORK:
            raise InvalidCase(
                f"the reference of {bits} measurements of {qubits} qubits takes too long to "
                "compute: choose a smaller circuit, or sample its detectors"
            )
        return Instance(
            {"circuit": text, "shots": case.shots, "what": case.what, "bits": bits},
            truth_of(circuit, detectors, rng),
            {
                "bits": bits,
                "shots": case.shots,
                "qubits": qubits,
                "measurements": circuit.n_measurements,
                "steps": 1 + steps,
            },
            optimum=0.0,
        )

    def score(self, instance: Instance, answer: object) -> tuple[float, dict[str, float]]:
        data = instance.data
        shape = (data["shots"], (data["bits"] + 7) // 8)
        if not isinstance(answer, np.ndarray) or answer.dtype != np.uint8:
            told = f"{answer.dtype} array" if isinstance(answer, np.ndarray) else type(answer)
            raise InvalidAnswer(f"the answer is of type {told}, expected an array of uint8 {shape}")
        if answer.shape != shape:
            raise InvalidAnswer(
                f"the answer has the shape {answer.shape}, expected {shape}: "
                f"{data['shots']} samples of {data['bits']} bits, packed"
            )
        detectors = data["what"] == "detectors"
        names = ("output", "outputs") if detectors else ("measurement", "measurements")
        circuit = parse(data["circuit"])
        found = check(
            instance.truth, answer, names, lambda shots, rng: drawn(circuit, shots, detectors, rng)
        )
        return 0.0, {"test_statistic": found}

    def exact(self, instance: Instance) -> float | None:
        return 0.0

    def symmetries(self, instance: Instance, rng: np.random.Generator) -> Iterator[Symmetry]:
        data = instance.data
        circuit = parse(data["circuit"])
        for name, places in (
            ("qubits permuted", rng.permutation(circuit.n_qubits)),
            ("qubits far apart", 1000 * np.arange(circuit.n_qubits) + 17),
        ):
            text = relabelled(circuit, places)
            changed = {**{key: data[key] for key in data}, "circuit": text}
            yield Symmetry(name, Instance(changed, instance.truth, instance.sizes, 0.0))
