"""Stabilizer sampling on request: analyse a circuit once, then deliver shots as they are asked for.

A user who sends samples to a decoder waits twice: until the circuit is prepared, which is
`build_seconds`, the time before the first request is asked for, and for each batch of shots,
`latency_p50` and `latency_p99`. The board ranks by the time of both together. A sample is all
recorded bits, so that the noiseless reference belongs to what is prepared.

The circuits are memories of codes, all of whose results may be 0 where there is no noise. So the
records are right if their detectors and observables have the law of flips (held against exact
probabilities, as on the board stabilizer_sampling), and what the first round measures has its own:
fair coins for one half of the checks. Later rounds' coins are seen through the detectors alone.
The law of distance 100, a million detectors, takes some minutes and 2 GB to compute, once.
"""

from collections.abc import Iterator
from itertools import chain
from typing import Any, ClassVar

import numpy as np

from bench_quantum._circuit import OPERATIONS, Circuit, parse
from bench_quantum._circuit_text import relabelled
from bench_quantum.stabilizer_requests._detectors import parities_of
from bench_quantum.stabilizer_sampling import _families
from bench_quantum.stabilizer_sampling._checks import check
from bench_quantum.stabilizer_sampling._error_model import parities
from bench_quantum.stabilizer_sampling._frames import drawn
from bench_quantum.stabilizer_sampling._truth import truth_of
from harness.api import Case, Events, Instance, InvalidAnswer, InvalidCase, Meter, Problem, Symmetry

_MOST_BYTES = 1 << 29  # of all samples
_MOST_STEPS = 30_000_000  # targets of a whole run, which the walk backwards has to go through


class Requests(Events):
    """The requests of a case, each a number of shots.

    Attributes:
        circuit: the circuit as text.
        bits: how many a shot records.
    """

    def __init__(self, data: Any, meter: Meter) -> None:
        super().__init__([data["shots"]] * data["requests"], meter)
        self.circuit: str = data["circuit"]
        self.bits: int = data["bits"]


class StabilizerRequests(Problem):
    """Sample the measurements of a circuit in batches.

    A solver gets `Requests`. Each answer is uint8[shots, ceil(bits / 8)]: bit j of a shot is bit
    j % 8 of byte j // 8, and the bits behind the last one are 0.
    """

    title = "Stabilizer sampling on request"
    kind = "online"
    cost_name = "requests not answered"
    compare = "difference"
    rank_by = "time"
    size = "steps"
    families: ClassVar = {
        # rounds=0 means as many as the distance; shots are those of a request.
        "surface_code": {
            "distance": 5,
            "rounds": 0,
            "p": 0.001,
            "basis": "z",
            "rotated": True,
            "shots": 256,
            "requests": 20,
        },
        "repetition_code": {"distance": 5, "rounds": 0, "p": 0.001, "shots": 256, "requests": 20},
    }
    suites: ClassVar = {
        "smoke": ["surface_code[distance=2,shots=50,requests=3]", "repetition_code[requests=2]"],
        "standard": [
            "surface_code[distance=5,requests=150]",  # a detector that is wrong by 0.01 is found
            "surface_code[distance=5,shots=1,requests=200]",
            "surface_code[distance=11]",
            "surface_code[distance=11,p=0.01,shots=1024]",
            "surface_code[distance=7,basis=x,rotated=false]",
            "repetition_code[distance=25,shots=1024]",
        ],
        "large": [
            "surface_code[distance=21]",
            "surface_code[distance=31]",
            "surface_code[distance=50,requests=8]",
            "surface_code[distance=100,requests=4]",
        ],
        "growth": [f"surface_code[distance={d}]" for d in (3, 5, 7, 9, 11, 15, 21)],
        "edge": [
            "surface_code[distance=2,rounds=1,p=0.0,shots=1,requests=1]",
            "surface_code[distance=3,p=1.0,shots=65,requests=2]",
            "surface_code[distance=3,basis=x,rotated=false,shots=7]",
            "repetition_code[distance=2,rounds=1,p=0.5,shots=513,requests=1]",
        ],
    }
    starter = """\
# data.circuit: text; data.bits: of a shot; each request is a number of shots
# answer: uint8[shots, ceil(bits / 8)], the lowest bit of a byte first
from bench_quantum._circuit import parse
from bench_quantum.stabilizer_sampling._frames import samples
circuit = parse(data.circuit)
for shots in data:
    *_, found = samples(circuit, shots, False, rng)
    yield found
"""

    def make(self, case: Case, rng: np.random.Generator) -> Instance:
        for name in ("shots", "requests"):
            if case.parameters[name] < 1:
                raise InvalidCase(
                    f"{name} is {case.parameters[name]}, expected at least 1: ask for more"
                )
        text = _families.text_of(case, rng)
        circuit = parse(text)
        size = case.shots * case.requests * (circuit.n_measurements / 8)
        if size > _MOST_BYTES:
            raise InvalidCase(
                f"{case.requests} requests of {case.shots} shots of {circuit.n_measurements} bits "
                f"make more than {_MOST_BYTES >> 20} MiB: ask for fewer"
            )
        steps = float((circuit.times() * (1 + np.diff(circuit.first_target))).sum())
        if steps > _MOST_STEPS:
            raise InvalidCase(
                f"a run has {steps:.3g} steps, expected at most {_MOST_STEPS:.3g}, or its law "
                "can't be computed: choose a smaller distance, or fewer rounds"
            )
        alone = [[record] for record in range(_first_round(circuit))]
        sums = [*parities(circuit, True), *alone]
        return Instance(
            {
                "circuit": text,
                "shots": case.shots,
                "requests": case.requests,
                "bits": circuit.n_measurements,
            },
            {
                "records": np.fromiter(chain.from_iterable(sums), np.int64),
                "starts": np.cumsum([0, *map(len, sums)]),
                "law": truth_of(circuit, True, rng, alone),
            },
            {
                "steps": 1 + steps,
                "qubits": circuit.compacted().n_qubits,
                "measurements": circuit.n_measurements,
                "shots": case.shots * case.requests,
            },
            optimum=0.0,
        )

    def open(self, data: Any, meter: Meter) -> Requests:
        return Requests(data, meter)

    def score(self, instance: Instance, answer: object) -> tuple[float, dict[str, float]]:
        data, truth = instance.data, instance.truth
        shape = (data["shots"], (data["bits"] + 7) // 8)
        given = list(answer) if isinstance(answer, list | tuple) else [answer]
        batches = [_batch(number, one, shape) for number, one in enumerate(given)]
        if len(batches) > data["requests"]:
            raise InvalidAnswer(f"there are {len(batches)} answers to {data['requests']} requests")
        if not batches:
            return float(data["requests"]), {}
        samples = np.concatenate(batches)
        if data["bits"] % 8 and (samples[:, -1] >> data["bits"] % 8).any():
            raise InvalidAnswer(
                f"bits behind the {data['bits']} of a shot are set, expected them to be 0"
            )
        told = parities_of(samples, data["bits"], truth["records"], truth["starts"])
        names = ("parity", "parities (detectors, observables, results of the first round)")
        circuit = parse(data["circuit"])
        flips = circuit.n_detectors + circuit.n_observables
        statistic = check(
            truth["law"], told, names, lambda shots, rng: drawn(circuit, shots, True, rng), flips
        )
        return float(data["requests"] - len(batches)), {"test_statistic": statistic}

    def exact(self, instance: Instance) -> float | None:
        return 0.0

    def symmetries(self, instance: Instance, rng: np.random.Generator) -> Iterator[Symmetry]:
        data = instance.data
        circuit = parse(data["circuit"])
        text = relabelled(circuit, rng.permutation(circuit.n_qubits))
        changed = {**{key: data[key] for key in data}, "circuit": text}
        yield Symmetry("qubits permuted", Instance(changed, instance.truth, instance.sizes, 0.0))


def _first_round(circuit: Circuit) -> int:
    """How many records the first instruction that measures makes."""
    for at in range(len(circuit)):
        if OPERATIONS[circuit.opcodes[at]].records:
            return len(circuit.targets_of(at))
    return 0


def _batch(number: int, batch: object, shape: tuple[int, int]) -> np.ndarray:
    """An answer, checked.

    Raises:
        InvalidAnswer: where it is none.
    """
    if not isinstance(batch, np.ndarray) or batch.dtype != np.uint8:
        told = f"a {batch.dtype} array" if isinstance(batch, np.ndarray) else type(batch).__name__
        raise InvalidAnswer(
            f"the answer to request {number} is {told}, expected an array of uint8 {shape}"
        )
    if batch.shape != shape:
        raise InvalidAnswer(
            f"the answer to request {number} has the shape {batch.shape}, expected {shape}"
        )
    return batch
