"""Boards on which a statistic must keep its head, and what is demanded of a finding on them."""

import math
import numbers

from harness.findings import FORMS, PLOTS, Finding, NotApplicable
from harness.items import pack

from .boards import board, run, timing


def _rows(labels, cases, seeds, cost=1.5, status="ok", **facts):
    return [
        run(label, case, seed, cost, status, **facts)
        for label in labels
        for case in cases
        for seed in range(seeds)
    ]


def _timed(labels, cases, values=(1.0, 1.1, 1.2)):
    return [timing(label, case, values) for label in labels for case in cases]


_RESAMPLES = [f"d[split={split},half={half}]" for split in range(5) for half in range(2)]
_RIGHT = pack([True, False, True])

ODD = {
    "one solver": _rows("a", "xy", 2) + _timed("a", "xy"),
    "one case": _rows("ab", "x", 2) + _timed("ab", "x"),
    "one seed": _rows("ab", "xy", 1) + _timed("ab", "xy"),
    "one of all": _rows("a", "x", 1),
    "all failed": _rows("ab", "xy", 2, None, "timeout", items=""),
    "all failed and timed": _rows("ab", "xy", 2, None, "timeout") + _timed("ab", "xy", ()),
    "one failed everywhere": _rows("a", "xy", 2)
    + _rows("b", "xy", 2, None, "crashed")
    + _timed("a", "xy"),
    "all skipped": _rows("ab", "xy", 2, None, "skipped", items="", seconds=None),
    "one skipped": _rows("ab", "xy", 2, items=_RIGHT)
    + _rows("c", "xy", 2, None, "skipped", items="", seconds=None)
    + _timed("ab", "xy")
    + [timing("c", case, [], "skipped") for case in "xy"],
    "baseline failed": _rows("a", "xy", 2, None, "crashed")
    + _rows("b", "xy", 2, role="paper")
    + _timed("b", "xy"),
    "no baseline": _rows("ab", "xy", 2, role="paper") + _timed("ab", "xy"),
    "nothing timed": _rows("ab", "xy", 3),
    "one timed": _rows("ab", "xy", 3) + _timed("a", "xy"),
    "no case shared": _rows("a", "x", 2) + _rows("b", "y", 2) + _timed("a", "x") + _timed("b", "y"),
    "solver missing on a case": _rows("ab", "x", 2) + _rows("a", "y", 2) + _timed("ab", "x"),
    "zero costs": _rows("ab", "xy", 2, 0.0) + _timed("ab", "xy"),
    "no trace": _rows("ab", "xy", 2, trace=[]) + _timed("ab", "xy"),
    "no memory told": _rows("ab", "xy", 2, memory=None) + _timed("ab", "xy"),
    "settings": _rows(["a", "a[k=2]", "b", "b[k=2]"], "xy", 2),
    "settings failed": _rows(["a", "a[k=2]"], "xy", 2, None, "timeout") + _rows("b", "xy", 2),
    "settings share no case": _rows(["a"], "x", 2) + _rows(["a[k=2]"], "y", 2),
    "items alike": _rows("ab", "xy", 2, items=_RIGHT),
    "items of one": _rows("a", "xy", 2, items=_RIGHT) + _rows("b", "xy", 2),
    "items of other lengths": _rows("a", "x", 1, items=_RIGHT)
    + _rows("b", "x", 1, items=pack([True] * 5)),
    "items and failures": _rows("ab", "x", 1, items=_RIGHT) + _rows("c", "x", 1, None, "crashed"),
    "resamples alike": _rows("abc", _RESAMPLES, 1, items=_RIGHT),
    "resamples without items": _rows("ab", _RESAMPLES, 2),
    "resamples, one failed": _rows("ab", _RESAMPLES, 1) + _rows("c", _RESAMPLES, 1, None, "raised"),
    "two resamples": _rows("ab", ["d", "d[half=1]"], 1, items=_RIGHT),
    "bootstrap resamples": _rows("ab", ["d[boot=0]", "d", "d[boot=2]"], 1, items=_RIGHT),
    "bootstrap, all items only": _rows("ab", ["d[boot=0]", "e[boot=0]"], 1, items=_RIGHT),
}
RULES = {
    "ratio": {},
    "difference": {"compare": "difference"},
    "time": {"rank_by": "time"},
    "best": {"counts": "best"},
}


def found_on(statistic, name, rules):
    """The finding on an odd board, held against what every reader of it relies on; or None."""
    try:
        finding = statistic.compute(board(ODD[name], **RULES[rules]))
    except NotApplicable as error:
        reason = str(error)
        finding = None
    if finding is None:
        assert reason.endswith(".")
    else:
        check(finding)
    return finding


def check(finding):
    """A finding that pages and files can show."""
    assert isinstance(finding, Finding)
    assert finding.summary.endswith(".")
    assert "nan" not in finding.summary
    for column in finding.columns:
        assert column.form in FORMS
        for row in finding.rows:
            for name in (column.name, column.low, column.high):
                assert not name or _plain(row[name]), (name, row[name])
            _in_order(row, column)
    for plot in finding.plots:
        assert plot.kind in PLOTS
        assert len({len(values) for values in plot.columns.values()}) == 1
        for values in plot.columns.values():
            for value in values:
                assert isinstance(value, str) or math.isfinite(value)


def _plain(value):
    return value is None or isinstance(value, str | numbers.Real)


def _in_order(row, column):
    if column.low and not any(map(math.isnan, (row[n] for n in (column.low, column.high)))):
        assert row[column.low] <= row[column.high]
