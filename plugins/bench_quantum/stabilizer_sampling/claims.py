"""What the paper on Stim claims of sampling, as quantities that records determine.

Its headline, 15 seconds of analysis and then a thousand shots a second of a surface code of
distance 100, is measured on the board stabilizer_requests, and so is that a shot costs what the
circuit has operations, however many qubits it is on. Here is what both rest on: that a shot is a
small part of a fresh tableau.
"""

from math import inf

from harness.api import Claim, Speedup

_STIM = "stim"

CLAIMS = [
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
