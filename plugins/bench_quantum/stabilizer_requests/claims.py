"""The headline of the paper on Stim, measured as it is told: seconds of analysis, then a pace.

`build_seconds` and `latency_p50` are stamped by the harness. Both are of this machine, one thread,
and no ratio: what the paper's machine was is not told here. A request is 256 shots, so that a
thousand shots a second are 0.256 seconds for each. The ranges were stated before measuring: the
paper's own figure, and a quarter of its pace.

That a gate takes the same time on any number of qubits is judged by requests, too: a whole run also
reads the text, which grows more slowly.
"""

from math import inf

from harness.api import Claim, Level, ScoreGrowth

_CASE = "surface_code[distance=100,requests=4]"
_SETTING = (
    "rotated memory in basis z, 100 rounds, all noise 0.001: 19,999 qubits, 1,009,900 measurements "
    "and about 8 million gates a shot; one thread"
)

_SIZES = tuple(f"surface_code[distance={d},shots=1024]" for d in (9, 11, 13, 15, 18, 21, 25, 31))

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
    Claim(
        name="sampling-is-linear-in-the-circuit",
        paper="stim",
        statement="Each gate takes a time that does not depend on the number of qubits.",
        figure="exponent 1 in the operations of a shot",
        quantity=ScoreGrowth("pauli_frames", "latency_p50", _SIZES, "steps"),
        reproduced=(0.7, 1.15),
        holds=(-inf, 1.4),
        setting="requests of 1,024 shots of rotated surface codes, distance 9 to 31, noise 0.001",
        timeout=120.0,
        seeds=3,
    ),
]
