"""Adam's counterexamples: play points of [-1, 1] against a stream of linear losses.

In round t a point x_t is played, and then the loss g_t x is revealed, of which x_t costs g_t x_t.
The cost is the average regret: what was lost on average beyond the best fixed point, which is -1 on
all families here but for flukes of the draw. One round in a while has a large slope that asks for
-1, all others a small one that asks for +1; a method that forgets the large slope soon, and divides
its steps by it while it remembers, walks to +1 and stays there.

Such losses could be told beforehand, and a method that looked ahead would win. The slopes of many
rounds are handed out at once, as a million calls would take longer than all else: that x_t depends
on g_1, ..., g_{t-1} alone is the solver's duty, which nothing checks.
"""

import math
from collections.abc import Iterator
from typing import ClassVar

import numpy as np

from harness.api import Case, Instance, InvalidAnswer, InvalidCase, Meter, Problem, Symmetry

_PERIOD = 101  # rounds of the synthetic stream
_LARGE, _SMALL = 1010.0, -10.0


class Oracle:
    """A stream of slopes, handed out in order.

    Attributes:
        rounds: how many there are in all.
        start: the point of the first round.
        steepest: what no slope exceeds in size; the bound G of the theory.
        beta1, beta2: the decays of Adam at which the stream is aimed.
    """

    def __init__(self, data, meter: Meter) -> None:
        self._slopes, self._meter = data["slopes"], meter
        self._next = 0
        self.rounds = len(self._slopes)
        self.start: float = data["start"]
        self.steepest: float = data["steepest"]
        self.beta1: float = data["beta1"]
        self.beta2: float = data["beta2"]

    def slopes(self, count: int) -> np.ndarray:
        """The slopes of the next `count` rounds, or of those that are left; costs one call each."""
        if count < 1:
            raise ValueError(f"count = {count}; expected a number of rounds, 1 or more")
        stop = min(self._next + int(count), self.rounds)
        self._meter.count(stop - self._next)
        given = self._slopes[self._next : stop]
        self._next = stop
        return given


class AdamCounterexample(Problem):
    """Play `rounds` points with little regret.

    An answer is float64[rounds + 1] within [-1, 1]: the points of all rounds, and the one that the
    next round would see.
    """

    title = "Adam's counterexamples"
    kind = "oracle"
    timed = False
    cost_name = "average regret"
    compare = "difference"
    size = "n"
    families: ClassVar = {
        # Theorem 1 of Reddi, Kale and Kumar: C x, -x, -x, and again.
        "theorem": {"rounds": 30_000, "c": 3.0},
        # Their synthetic example: 1010 x, then a hundred times -10 x.
        "synthetic": {"rounds": 101_000},
        # The same at random: 1010 x with probability 1/100.
        "stochastic": {"rounds": 100_000},
    }
    suites: ClassVar = {
        "smoke": ["theorem", "synthetic[rounds=10100]", "stochastic[rounds=10000]"],
        "standard": [
            "theorem[rounds=999999]",
            "theorem[rounds=999999,c=5.0]",
            "synthetic[rounds=1010000]",
            "stochastic[rounds=1000000]",
            "stochastic[rounds=1000000,draw=1]",
        ],
        "large": ["synthetic[rounds=5000005]", "stochastic[rounds=5000000]"],
        "growth": [f"theorem[rounds={3 * 10**k}]" for k in (3, 4, 5, 6)],
        "tuning": [
            "theorem[rounds=300000,c=4.0]",
            "synthetic[rounds=303000]",
            "stochastic[rounds=300000,draw=7]",
        ],
        "edge": [
            "stochastic[rounds=1]",
            "theorem[rounds=3]",
            "theorem[rounds=30,c=2.5]",
            "synthetic[rounds=101]",
            "stochastic[rounds=50]",
        ],
    }
    starter = """\
# oracle.rounds: how many points to play; oracle.start: the first
# oracle.slopes(count): the slopes g of the next rounds, whose losses are g * x
# answer: an array of rounds + 1 points within [-1, 1], each by the slopes before it
points = np.full(oracle.rounds + 1, oracle.start)
for t in range(oracle.rounds):
    slope = oracle.slopes(1)[0]
    points[t + 1 :] = np.clip(points[t] - 0.001 * slope, -1, 1)
yield points
"""

    def make(self, case: Case, rng: np.random.Generator) -> Instance:
        rounds = case.rounds
        period = {"theorem": 3, "synthetic": _PERIOD, "stochastic": 1}[case.family]
        if rounds < 1 or rounds % period:
            raise InvalidCase(
                f"rounds = {rounds}; expected a positive multiple of {period}, since within a "
                "period the best fixed point is another one"
            )
        start, steepest, beta1, beta2 = 0.0, _LARGE, 0.9, 0.99
        if case.family == "theorem":
            if not 2 < case.c < 1e6:
                raise InvalidCase(f"c = {case.c}; expected more than 2, so that -1 is best")
            start, steepest, beta1, beta2 = 1.0, case.c, 0.0, 1 / (1 + case.c**2)
            slopes = np.tile([case.c, -1.0, -1.0], rounds // 3)
        elif case.family == "synthetic":
            slopes = np.full(rounds, _SMALL)
            slopes[::_PERIOD] = _LARGE
        else:
            slopes = np.where(rng.random(rounds) < 0.01, _LARGE, _SMALL)
        data = {"slopes": slopes, "start": start, "steepest": steepest}
        return Instance(data | {"beta1": beta1, "beta2": beta2}, sizes={"n": rounds})

    def open(self, data, meter: Meter) -> Oracle:
        return Oracle(data, meter)

    def score(self, instance: Instance, answer: object) -> tuple[float, dict[str, float]]:
        slopes = instance.data["slopes"]
        points = _points(answer, len(slopes) + 1)
        total = float(slopes.sum())
        regret = float(slopes @ points[:-1]) + abs(total)
        final = float(points[-1])
        distance = abs(final + math.copysign(1.0, total)) if total else 0.0
        scores = {"final_point": final, "distance_to_best": distance}
        return regret / len(slopes), scores

    def exact(self, instance: Instance) -> float:
        """What somebody would get who knew each slope before the round."""
        slopes = instance.data["slopes"]
        return float(abs(slopes.sum()) - np.abs(slopes).sum()) / len(slopes)

    def symmetries(self, instance: Instance, rng: np.random.Generator) -> Iterator[Symmetry]:
        data = {name: instance.data[name] for name in instance.data}
        mirrored = data | {"slopes": -data["slopes"], "start": -data["start"]}
        yield Symmetry(
            "left and right exchanged",
            Instance(mirrored, sizes=instance.sizes),
            back=lambda answer: -np.asarray(answer),
            strict=True,
        )
        yield Symmetry(
            "slopes times 4",
            Instance(
                data | {"slopes": 4 * data["slopes"], "steepest": 4 * data["steepest"]},
                sizes=instance.sizes,
            ),
            cost=lambda cost: 4 * cost,
            strict=True,
        )


def _points(answer: object, length: int) -> np.ndarray:
    if not isinstance(answer, np.ndarray) or answer.dtype.kind != "f" or answer.shape != (length,):
        shape = f"{answer.dtype}{list(answer.shape)}" if isinstance(answer, np.ndarray) else ""
        raise InvalidAnswer(
            f"the answer is {shape or 'a ' + type(answer).__name__}, expected {length} points as "
            f"float64[{length}]: one for each round and one for after the last"
        )
    outside = int(np.count_nonzero(~(np.abs(answer) <= 1)))
    if outside:
        raise InvalidAnswer(f"{outside} points lie outside of [-1, 1]; clip each step to it")
    return answer.astype(np.float64, copy=False)
