"""Neural training: reach a low held-out loss within a number of samples, by gradients over batches.

Small networks (a chain, a deep and badly scaled chain, a convolutional net, an autoencoder, an
associative memory, a factorised matrix, a character transformer) are trained from a given start.
The solver chooses batches and sees their mean gradients; one sample is one call, and `passes` times
the training set are allowed. The cost is the loss on data held out: cross-entropy in nats, or mean
squared error. The last answer counts.

The start is part of the case, so that all solvers and seeds share it; `draw=1` gives another one,
with another split of the data.
"""

import math
from collections.abc import Iterator
from typing import Any, ClassVar

import numpy as np

from bench_optimization._checks import finite
from bench_optimization.neural_training import _symmetry, _targets, _workloads
from bench_optimization.neural_training._oracle import Oracle
from harness.api import Case, Instance, InvalidAnswer, InvalidCase, Meter, Problem, Symmetry


class NeuralTraining(Problem):
    """Train a small network in float32.

    An answer is a list of float32 arrays in the shapes and order of `oracle.start`. Secondary
    scores: `held_out_accuracy` of classifiers; `training_loss`, of dense nets on the digits over
    all samples, else over some of them; and where a target is known, `reached`: 1 where the cost
    is as low (`_targets.py` says how targets are found).
    """

    title = "Neural training"
    kind = "oracle"
    timed = False
    cost_name = "held-out loss"
    counts = "last"
    compare = "difference"
    size = "parameters"
    families: ClassVar = {
        "mlp": {
            "width": 64,
            "depth": 2,
            "activation": "relu",
            "init": "he",
            "inputs": "unit",
            "samples": 1438,
            "passes": 20,
        },
        "conv": {
            "channels": 8,
            "depth": 2,
            "init": "he",
            "inputs": "unit",
            "samples": 1438,
            "passes": 10,
        },
        "autoencoder": {
            "width": 64,
            "depth": 3,
            "code": 8,
            "activation": "tanh",
            "init": "lecun",
            "inputs": "unit",
            "samples": 1438,
            "passes": 50,
        },
        "memory": {
            "keys": 500,
            "values": 100,
            "dimension": 64,
            "width": 64,
            "noise": 0.5,
            "init": "lecun",
            "samples": 20_000,
            "passes": 5,
        },
        "factorisation": {
            "rows": 300,
            "columns": 200,
            "rank": 4,
            "factors": 8,
            "zipf": 0.5,
            "noise": 0.1,
            "samples": 20_000,
            "passes": 5,
        },
        "transformer": {
            "width": 32,
            "depth": 2,
            "heads": 4,
            "context": 32,
            "init": "lecun",
            "samples": 2000,
            "passes": 8,
        },
    }
    suites: ClassVar = {
        "smoke": [
            "mlp[passes=5]",
            "factorisation[rows=40,columns=30,samples=2000]",
            "transformer[width=16,depth=1,context=16,samples=400]",
        ],
        "standard": [
            "mlp",
            "mlp[depth=20,init=small,passes=36]",
            "mlp[activation=tanh,inputs=raw]",
            "conv",
            "autoencoder",
            "memory",
            "factorisation",
            "transformer",
        ],
        "large": [
            "mlp[width=256,depth=4,passes=40]",
            "conv[channels=16,depth=4,passes=20]",
            "autoencoder[width=256,depth=4,passes=200]",
            "factorisation[rows=5000,columns=2000,samples=200000]",
            "transformer[width=64,depth=4,context=64,samples=5000,passes=4]",
        ],
        "batches": [f"mlp[passes={passes}]" for passes in (10, 20, 67, 210)],
        "tuning": [
            "mlp[width=48,draw=1]",
            "mlp[width=48,depth=16,init=small,passes=36,draw=1]",
            "conv[channels=6,draw=1]",
            "autoencoder[width=48,code=6,draw=1]",
            "memory[keys=400,draw=1]",
            "factorisation[rows=250,factors=6,draw=1]",
            "transformer[width=24,context=24,draw=1]",
        ],
        "edge": [
            # a draw whose start is no worse than what a large step leads to
            "factorisation[rows=1,columns=1,rank=1,factors=1,samples=1,passes=10,draw=10]",
            "mlp[depth=0,samples=200,passes=2]",
            "mlp[width=1,depth=1,samples=200,passes=2]",
            "conv[channels=1,depth=1,samples=100,passes=2]",
            "autoencoder[width=3,depth=1,code=1,samples=100,passes=5]",
            "memory[keys=5,values=3,dimension=4,width=2,samples=50,passes=2]",
            "transformer[width=2,depth=1,heads=1,context=2,samples=60,passes=2]",
        ],
    }
    starter: ClassVar = """\
# data.start: list of float32 arrays, the first parameters; data.n samples, data.calls in all
# data.stochastic_gradient(parameters, indices): the mean gradient over samples, a like list
# answer: a list of float32 arrays of the same shapes
parameters = data.start
while True:
    gradient = data.stochastic_gradient(parameters, rng.integers(data.n, size=32))
    for array, slope in zip(parameters, gradient, strict=True):
        array -= 0.05 * slope
    yield parameters
"""

    def make(self, case: Case, rng: np.random.Generator) -> Instance:
        if not case.passes > 0:
            raise InvalidCase(f"passes = {case.passes}; expected a number above 0")
        # Not `rng`, which differs between cases that differ in their budget alone.
        made = getattr(_workloads, case.family)(case, np.random.default_rng(case.draw))
        truth: dict[str, Any] = {"inputs": made.held_inputs, "wanted": made.held_wanted}
        truth |= {"audited": int(made.audited), "target": _targets.target(case)}
        return Instance(
            data={
                "net": made.net,
                "inputs": made.inputs,
                "wanted": made.wanted,
                "start": made.start,
                "calls": math.ceil(case.passes * case.samples),
            },
            truth=truth,
            sizes={
                "parameters": sum(array.size for array in made.start),
                "n": int(case.samples),
                "calls": math.ceil(case.passes * case.samples),
            },
        )

    def open(self, data: Any, meter: Meter) -> Any:
        return Oracle(data, meter)

    def score(self, instance: Instance, answer: object) -> tuple[float, dict[str, float]]:
        data, truth = instance.data, instance.truth
        parameters = _parameters(answer, data["start"])
        net = _workloads.network(data["net"])
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            # In double precision a cost hardly depends on the order of a machine's sums.
            parameters = [array.astype(np.float64) for array in parameters]
            losses, right = net.losses(parameters, truth["inputs"], truth["wanted"])
            audited = slice(int(truth["audited"]))
            seen, _ = net.losses(parameters, data["inputs"][audited], data["wanted"][audited])
        cost = float(losses.mean(dtype=np.float64))
        if not math.isfinite(cost):
            raise InvalidAnswer("the held-out loss is not finite: the run diverged")
        scores = {"training_loss": float(seen.mean(dtype=np.float64))}
        if right is not None:
            scores["held_out_accuracy"] = float(right.mean())
        if truth["target"] is not None:
            scores["reached"] = float(cost <= truth["target"])
        return cost, scores

    def symmetries(self, instance: Instance, rng: np.random.Generator) -> Iterator[Symmetry]:
        yield _symmetry.renaming(instance, rng)


def _parameters(answer: object, start: list[np.ndarray]) -> list[np.ndarray]:
    """The arrays of an answer.

    Raises:
        InvalidAnswer: where they are not as many, of other shapes, no float32, or not finite.
    """
    if not isinstance(answer, list | tuple) or len(answer) != len(start):
        raise InvalidAnswer(f"expected a list of {len(start)} float32 arrays, as oracle.start")
    for number, (array, like) in enumerate(zip(answer, start, strict=True)):
        if not isinstance(array, np.ndarray) or array.dtype != np.float32:
            raise InvalidAnswer(f"part {number} of the answer is no float32 array")
        if array.shape != like.shape:
            raise InvalidAnswer(
                f"part {number} of the answer has the shape {array.shape}, expected {like.shape}"
            )
        finite(array, f"part {number} of the answer")
    return list(answer)
