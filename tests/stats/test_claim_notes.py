"""What is told of the records behind a verdict: missing, of other limits, stale, apart, moved."""

import math
from dataclasses import replace
from types import SimpleNamespace

import pytest

from harness.claim import CostGap, Growth, Speedup
from harness.claim_notes import digest, header
from harness.keys import sources_of
from harness.loading import Source

from .boards import run, timing
from .judging import BARE, judge, noisy, timed


def test_seeds_that_were_not_run_are_told():
    found = judge([*timed("a", noisy(1.0))[:6], *timed("b", noisy(3.0))])
    assert "only 6 of 8 seeds of a on c were run" in found.why
    assert "seeds" not in judge([*timed("a", noisy(1.0)), *timed("b", noisy(3.0))]).why


def test_runs_on_another_instance_of_the_case_do_not_count():
    old = timed("b", noisy(9.0), instance="as-it-was")
    rows = [*old, *timed("a", noisy(1.0), run="s"), *timed("b", noisy(1.4), run="s")]
    assert judge(rows).verdict == "weaker than claimed"
    found = judge([*old, *timed("a", noisy(1.0), run="s")])
    assert found.verdict is None
    assert "b was not run on c" in found.why


@pytest.mark.parametrize(
    "more", [{"threads": 4}, {"calls": 10}, {"memory": 1 << 30}], ids=lambda one: next(iter(one))
)
def test_other_limits_of_any_kind_are_told(more):
    rows = [dict(row, budget={"timeout": 60.0, **more}) for row in timed("a", noisy(1.0))]
    found = judge([*rows, *timed("b", noisy(3.0))])
    assert "8 of the runs were made under other limits" in found.why
    own = dict.fromkeys(("timeout", "threads"), 60.0) | {"threads": 1}
    rows = [dict(row, budget=own) for row in timed("a", noisy(1.0))]
    assert "limits" not in judge([*rows, *timed("b", noisy(3.0))]).why


def test_what_lies_between_two_measurements_is_told():
    rows = [*timed("a", noisy(1.0), run="s", environment="new"), *timed("b", noisy(3.0))]
    found = judge(rows)
    assert "timed in different runs" in found.why
    assert "of 2 environments" in found.why


def test_a_timing_that_was_too_long_is_not_testable_here():
    claim = replace(BARE, quantity=Speedup("a", "b", "c"))
    rows = [*timed("a", noisy(1.0)), *timed("b", noisy(3.0)), timing("a", "c", [1.0] * 5)]
    dear = timing("b", "c", [], "skipped", message="a solve takes 3 s, more than may be spent")
    found = judge([*rows, dear], claim)
    assert found.verdict == "not testable here"
    assert "b was not timed on c: a solve takes 3 s" in found.why


def test_what_no_run_can_tell_is_not_testable_here():
    claim = replace(BARE, quantity=Growth("a", ("c", "d"), "typo", "trace"))
    rows = [run("a", case, 0, 1.0) for case in "cd"]
    found = judge(rows, claim)
    assert found.verdict == "not testable here"
    assert "size 'typo'" in found.why


@pytest.mark.parametrize("whose", ["solver", "problem"])
def test_a_source_that_changed_is_told(whose, tmp_path):
    files = {}
    for name in ("a", "b", "problem"):
        file = tmp_path / f"{name}.py"
        file.write_text(f"NAME = {name!r}\n")
        files[name] = Source(str(file))
    now = {name: sources_of(source).key for name, source in files.items()}
    known = SimpleNamespace(
        solvers={f"tour/{name}": SimpleNamespace(source=files[name]) for name in "ab"},
        problems={"tour": SimpleNamespace(source=files["problem"])},
    )

    def rows(**other):
        return [
            row
            for name, ratio in (("a", 1.0), ("b", 3.0))
            for row in timed(
                name,
                noisy(ratio),
                sources={"solver": now[name], "problem": now["problem"], **other},
            )
        ]

    assert "changed" not in judge(rows(), catalogue=known).why
    said = judge(rows(**{whose: "another"}), catalogue=known).why
    assert f"the source of {'a and b' if whose == 'solver' else 'the problem'} has changed" in said


def test_a_claim_that_was_moved_after_it_was_measured_says_so():
    rows = [*timed("a", noisy(1.0)), *timed("b", noisy(3.0))]
    moved = replace(BARE, reproduced=(4.0, math.inf))
    then = {"r": header("tour/twice", moved)}
    assert "changed after it was measured" in judge(rows, headers=then).why
    for same in (BARE, replace(BARE, statement="In other words.", seeds=9)):
        assert (
            "changed after" not in judge(rows, same, headers={"r": header("tour/twice", BARE)}).why
        )
    other = {"r": header("tour/another", moved)}
    assert "changed after" not in judge(rows, headers=other).why


def test_the_digest_of_a_claim_is_of_what_decides():
    variants = [
        BARE,
        replace(BARE, reproduced=(1.7, math.inf)),
        replace(BARE, holds=None),
        replace(BARE, quantity=Speedup("a", "b", "c")),
        replace(BARE, quantity=Speedup("a", "b", "d", "trace")),
        replace(BARE, quantity=CostGap("a", "b", "c")),
    ]
    assert len({digest(claim) for claim in variants}) == len(variants)
    assert digest(replace(BARE, quantity=Speedup("a", "b", ("c",), "trace"))) == digest(BARE)
