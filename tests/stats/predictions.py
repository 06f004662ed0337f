"""Boards of the toy prediction problem, all the way from `bench run`, and of items made up."""

from pathlib import Path

import numpy as np
import pytest

from harness import store, tables
from harness.catalogue import Catalogue
from harness.cli.main import main
from harness.items import pack
from harness.report.subjects import problem_facts
from harness.statistics.board import Board

from .boards import board, run

TOYS = Path(__file__).parents[1] / "toys"

# A worse rival: it looks at one coordinate only, and the wrong way round at some.
RIVAL = '''"""One coordinate."""

from dataclasses import dataclass

from harness.api import Solver


@dataclass(frozen=True)
class OneCoordinate(Solver):
    """The sign of one coordinate, moved."""

    problem = "toy_prediction"

    def solve(self, data, rng):
        yield (data.test[:, 0] > 2.2).astype("int64")
'''


def bench_run(folder, cases):
    """Run both solvers on cases of the toy, and give the results folder and its board."""
    rival = folder / "one_coordinate.py"
    rival.write_text(RIVAL)
    results = folder / "results"
    told = ["run", "toy_prediction", "--plugin", str(TOYS), "--plugin", str(rival), "-n", "1"]
    with pytest.raises(SystemExit) as left:
        main([*told, "-c", cases, "--no-timings", "--results", str(results)])
    assert not left.value.code
    return results, board_of(results)


def board_of(results):
    """The board of the toy from a results folder."""
    loaded = store.load(results)
    assert not loaded.complaints
    frame = tables.current(tables.records(loaded))
    facts = problem_facts("toy_prediction", Catalogue([TOYS]), loaded)
    return Board.of(frame, "toy_prediction", facts)


def answered(table, cases=("x",), **facts):
    """A board of table[solver] = bool[cases, items], one seed; costs are shares of wrong items."""
    return board(
        [
            run(label, case, 0, float(1 - right.mean()), items=pack(right), **facts)
            for label, rows in table.items()
            for case, right in zip(cases, np.atleast_2d(np.array(rows, bool)), strict=True)
        ],
        "difference",
    )
