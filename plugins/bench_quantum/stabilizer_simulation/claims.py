"""What the paper on Stim claims of one run of a circuit, as quantities of records.

What it claims of many samples of one circuit stands on the board stabilizer_sampling.
"""

from math import inf

from harness.api import Claim, SpeedupGrowth

CLAIMS = [
    Claim(
        name="settled-in-linear-time",
        paper="stim",
        statement="A measurement whose result is settled takes O(n) by the inverse tableau, and "
        "O(n^2) by the tableau of Aaronson and Gottesman.",
        figure="O(n) instead of O(n^2): exponent 1 in n",
        quantity=SpeedupGrowth(
            "inverse_tableau",
            "chp",
            tuple(f"settled[n={n},rounds=10]" for n in (250, 500, 1000, 2000)),
            "n",
            clock="trace",
        ),
        reproduced=(0.8, inf),
        holds=(0.2, inf),
        setting="whole runs, with gates, from text to bits: reading the text and compiling it, "
        "linear in its length and the same for both, is up to two thirds of the inverse tableau's "
        "time, so that its own growth is less than its theory's and the ratio's is more; both in "
        "C, with bits packed",
    ),
]
