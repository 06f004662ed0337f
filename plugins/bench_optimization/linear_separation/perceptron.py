"""The perceptron: go through the samples in turn and add each that is wrong.

theta <- theta + z where z . theta <= 0. There are at most R^2 / margin^2 updates, whatever n is,
and an update costs only the samples looked at since the last: it may make many in a pass. It ends
after a round without an update. Rosenblatt 1958; Novikoff's bound 1962.
"""

from dataclasses import dataclass

from harness.api import Solver


@dataclass(frozen=True)
class Perceptron(Solver):
    """One wrong sample at a time, in the order of the data."""

    problem = "linear_separation"
    role = "baseline"

    def solve(self, oracle, rng):
        theta, at = oracle.start, 0
        yield theta
        while True:
            wrong, z = oracle.first_wrong(theta, at)
            if wrong < 0:
                return
            theta += z
            yield theta
            at = (wrong + 1) % oracle.n
