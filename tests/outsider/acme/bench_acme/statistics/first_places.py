"""First places: on how many cases a solver ranks first; those that tie all do.

Who else takes part decides: a copy of the best solver ties with it everywhere.
"""

import numpy as np

from bench_acme.statistics._firsts import firsts
from harness.api import Axis, Column, Finding, NotApplicable, Plot, Statistic, intervals


class FirstPlaces(Statistic):
    """How often a solver ranks first."""

    title = "First places of acme"
    group = "ranking"
    source = "Acme, Counting first places (2020)"
    papers = ("fast-eager-k-medoids-clustering",)
    leading = True

    def compute(self, board):
        ranks = board.case_ranks
        if len(ranks) < 2:
            raise NotApplicable("There is one solver only.")
        rows = []
        for label, first, tried in zip(board.labels, firsts(ranks), ~np.isnan(ranks), strict=True):
            share = intervals.share(int(first.sum()), int(tried.sum()))
            rows.append({"label": label, "x": share.value, "low": share.low, "high": share.high})
        rows.sort(key=lambda row: -row["x"])
        columns = (
            Column("label", "Solver", "solver"),
            Column("x", "First", "share", "low", "high", better="high"),
        )
        plot = Plot(
            "intervals",
            "shares",
            "First places",
            Axis("share of cases", "share", low=0.0, high=1.0),
            Axis("", "text"),
            {name: [row[name] for row in rows] for name in rows[0]},
        )
        return Finding(f"{rows[0]['label']} is first most often.", columns, rows, (plot,))
