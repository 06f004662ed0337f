"""A claim, records for it, and what is judged of them."""

import math
from types import SimpleNamespace

from harness.claim import Claim, Speedup
from harness.claims import Stated, judged
from harness.statistics.leaderboard import Rules
from harness.store import Results
from harness.tables import of_machine, records

from .boards import run

BARE = Claim(
    name="twice",
    paper="a-paper",
    statement="a is twice as fast as b.",
    figure="2 times",
    quantity=Speedup("a", "b", "c", "trace"),
    reproduced=(1.8, math.inf),
    holds=(1.0, math.inf),
    seeds=8,
)
NOTHING = SimpleNamespace(solvers={}, claims=[], problems={})


def judge(rows, claim=BARE, machine="box", catalogue=NOTHING, headers=None, compare="ratio"):
    runs = {"r": {"machine": "box"}, "s": {"machine": "box"}, "z": {"machine": "other"}}
    frame = of_machine(records(Results(runs, list(rows))), machine)
    return judged(catalogue, frame, {"tour": Rules(compare)}, [Stated("tour", claim)], headers)[0]


def timed(label, seconds, **facts):
    budget = {"timeout": 60.0}
    return [
        run(label, "c", i, 1.0, seconds=s, budget=budget, key=f"{label}{i}" * 8, **facts)
        for i, s in enumerate(seconds)
    ]


def noisy(middle, spread=0.02):
    return [middle * (1 + spread * ((i * 5) % 8 - 3.5) / 4) for i in range(8)]
