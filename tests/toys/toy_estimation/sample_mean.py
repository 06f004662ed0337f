"""The mean of the samples."""

from dataclasses import dataclass

from harness.api import Solver


@dataclass(frozen=True)
class SampleMean(Solver):
    """The mean of the samples."""

    problem = "toy_estimation"

    def solve(self, data, rng):
        yield float(data.samples.mean())
