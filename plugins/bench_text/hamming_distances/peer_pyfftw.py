"""A Fourier transform for each letter by FFTW, through pyFFTW.

The same blocks and sums as with scipy's transforms, so that only the transforms are compared. Plans
are estimated, not measured, which would take longer than the transforms; they are made on the
clock, one for each shape, as pyFFTW's own cache of plans runs a thread beside the solver. One
thread.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_text.hamming_distances._letters import numbered
from bench_text.hamming_distances._transforms import matches
from harness.api import Solver


@dataclass(frozen=True)
class PeerPyFFTW(Solver):
    """Correlations of all letters by FFTW."""

    problem = "hamming_distances"
    role = "peer"
    requires = ("pyfftw",)
    growth: ClassVar = {"time": {"n": 1, "m": 0, "alphabet": 1}}

    def solve(self, data, rng):
        import pyfftw.builders

        text, pattern, s = numbered(data.text, data.pattern)
        found = matches(text, pattern, range(s), s, transforms=_Plans(pyfftw.builders))
        yield len(pattern) - found


class _Plans:
    """Real transforms of the last axis, each with the plan of its shape.

    A result is overwritten by the next one of its shape.
    """

    def __init__(self, builders):
        self._builders, self._known = builders, {}

    def rfft(self, values, size=None, axis=-1):
        return self._planned("rfft", values, size, axis)

    def irfft(self, values, size, axis=-1):
        return self._planned("irfft", values, size, axis)

    def _planned(self, name, values, size, axis):
        key = name, values.shape, size
        if key not in self._known:
            build = getattr(self._builders, name)
            estimated = {"planner_effort": "FFTW_ESTIMATE", "threads": 1}
            self._known[key] = build(values, size, axis=axis, **estimated)
        return self._known[key](values)
