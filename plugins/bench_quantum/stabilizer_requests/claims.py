"""The headline of the paper on Stim, measured as it is told: seconds of analysis, then a pace.

`build_seconds` and `latency_p50` are stamped by the harness. Both are of this machine, one thread,
and no ratio: what the paper's machine was is not told here. A request is 256 shots, so that a
thousand shots a second are 0.256 seconds for each. The ranges were stated before measuring: the
paper's own figure, and a quarter of its pace.
"""

from math import inf

from harness.api import Claim, Level

_CASE = "surface_code[distance=100,requests=4]"
_SETTING = (
    "rotated memory in basis z, 100 rounds, all noise 0.001: 19,999 qubits, 1,009,900 measurements "
    "and about 8 million gates a shot; one thread"
)

CLAIMS = [
    Claim(
        name="headline-analysis",
        paper="stim",
        statement="A surface code circuit of distance 100 is analysed in 15 seconds.",
        figure="15 s for 20 thousand qubits, 8 million gates, 1 million measurements",
        quantity=Level("pauli_frames", "build_seconds", _CASE),
        reproduced=(-inf, 15.0),
        holds=(-inf, 60.0),
        setting=_SETTING,
        timeout=300.0,
        seeds=3,
    ),
    Claim(
        name="headline-pace",
        paper="stim",
        statement="After that, full shots of it are sampled at one kilohertz.",
        figure="1 kHz, so 0.256 s for 256 shots",
        quantity=Level("pauli_frames", "latency_p50", _CASE),
        reproduced=(-inf, 0.256),
        holds=(-inf, 1.024),
        setting=_SETTING,
        timeout=300.0,
        seeds=3,
    ),
]
