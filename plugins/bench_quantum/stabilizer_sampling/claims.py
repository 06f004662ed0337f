"""What the paper on Stim claims of sampling, as quantities that records determine.

Its headline, 15 seconds of analysis and then a thousand shots a second of a surface code of
distance 100, is measured on the board stabilizer_requests. Here is what it rests on: that a shot
costs what the circuit has operations, however many qubits it is on, and a small part of a fresh
tableau.
"""

from math import inf

from harness.api import Claim, Growth, Speedup

_STIM = "stim"
_SIZES = tuple(f"surface_code[distance={d},shots=4000]" for d in (9, 11, 15, 21, 25))

CLAIMS = [
    Claim(
        name="sampling-is-linear-in-the-circuit",
        paper=_STIM,
        statement="Each gate takes a time that does not depend on the number of qubits.",
        figure="exponent 1 in the operations of a run",
        quantity=Growth("pauli_frames", _SIZES, "steps", "trace"),
        reproduced=(0.7, 1.15),
        holds=(-inf, 1.4),
        setting="detectors of rotated surface codes, distance 9 to 25, 4000 shots, noise 0.001; "
        "the text is read in each run, which is part of the time and grows more slowly",
        timeout=120.0,
    ),
    Claim(
        name="frames-against-fresh-tableaus",
        paper=_STIM,
        statement="Once there is a reference, a shot by Pauli frames takes a small part of a shot "
        "that is simulated anew.",
        figure="1/300 (own measurement with the paper's package, 1/730 to 1/1250)",
        quantity=Speedup(
            "pauli_frames",
            "chp[tableau=inverse,most=1000000000]",
            (
                "surface_code[shots=10000,what=measurements]",  # distance 5
                *(
                    f"surface_code[distance={d},shots=10000,what=measurements]"
                    for d in (3, 4, 6, 7, 8, 9)
                ),
            ),
            clock="trace",
        ),
        reproduced=(300.0, inf),
        holds=(30.0, inf),
        setting="measurements of rotated surface codes, noise 0.001; both start from the text; a "
        "fresh tableau is run in C, and what numpy needs to draw its errors is a quarter of its "
        "time at most",
        seeds=3,
        timeout=300.0,
    ),
]
