"""What a run says of itself against what the parent saw: what is flagged, what is invalid."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from harness.doubts import clock, doubt
from harness.outcome import Outcome
from harness.record import Record
from harness.run import Ending


def record():
    return Record(
        *("trace", "p", "s", "s", "paper", {}, "c", "digest", {}, 0, "ok"),
        cost=1.0,
        scores={"rank": 2.0},
        seconds=0.5,
        trace=[[0.1, 0, 1.0]],
    )


def doubted(outcome, threads=1):
    told = record()
    doubt(told, outcome, threads)
    return told


def flags(outcome, threads=1):
    told = doubted(outcome, threads)
    assert (told.status, told.cost) == ("ok", 1.0)
    return told.flags


def seen(said=None, lag=0.0, answers=1, wall=None, **more):
    """An outcome whose clock says so many seconds and is so much behind."""
    if said is None:
        return Outcome(wall=wall or 1.0, **more)
    wall = said + lag if wall is None else wall
    return Outcome(ending=Ending(seconds=said, answers=answers), wall=wall, lag=lag, **more)


# ---------------------------------------------------------------- threads and processors


@pytest.mark.parametrize(
    ("threads", "allowed", "flag"),
    [
        (None, 1, []),
        (1, 1, []),
        (2, 2, []),
        (2, 1, ["threads: 2 threads seen, 1 allowed"]),
        (5, 4, ["threads: 5 threads seen, 4 allowed"]),
    ],
)
def test_more_threads_than_allowed_are_flagged(threads, allowed, flag):
    assert flags(seen(threads=threads), allowed) == flag


def test_processes_left_behind_are_flagged_once():
    told = "threads: it left {} behind, killed when it ended"
    assert flags(seen(left=1)) == [told.format("1 process")]
    assert flags(seen(left=3)) == [told.format("3 processes")]
    assert flags(seen(left=3, threads=4)) == ["threads: 4 threads seen, 1 allowed"]


@pytest.mark.parametrize(
    ("cpu", "children", "wall", "allowed", "busy"),
    [
        (1.0, 0.0, 1.0, 1, None),
        (1.25, None, 1.0, 1, None),
        (1.26, None, 1.0, 1, "1.3"),
        (0.9, 0.9, 1.0, 1, "1.8"),
        (None, 1.9, 1.0, 1, "1.9"),
        (1.9, 0.3, 1.0, 2, None),
        (2.3, 0.0, 1.0, 2, "2.3"),
        (0.3, 0.0, 0.1, 1, None),  # too short to tell
        (None, None, 1.0, 1, None),
    ],
)
def test_processor_time_beyond_what_is_allowed_is_flagged(cpu, children, wall, allowed, busy):
    told = flags(seen(wall=wall, cpu=cpu, cpu_of_children=children), allowed)
    expected = [f"threads: it kept {busy} processors busy, {allowed} allowed"]
    assert told == (expected if busy else [])


@pytest.mark.parametrize(
    ("waited", "wall", "flagged"),
    [
        (None, 1.0, False),
        (0.019, 0.01, False),
        (0.021, 0.1, True),
        (0.1, 1.0, False),
        (0.11, 1.0, True),
        (0.9, 10.0, False),
    ],
)
def test_waiting_for_a_processor_is_flagged_where_it_matters(waited, wall, flagged):
    told = flags(seen(wall=wall, waited=waited))
    assert told == ([f"disturbed: it waited {waited} of {wall:.2g} s for a processor"] * flagged)


# ---------------------------------------------------------------- the clock


@pytest.mark.parametrize(
    ("spent", "usual", "flagged"),
    [
        (None, 0.0, False),
        (0.09, 0.0, False),
        (0.11, 0.0, True),
        (5.0, 1.0, False),
        (5.2, 1.0, True),
    ],
)
def test_work_before_the_clock_starts_is_flagged(spent, usual, flagged):
    told = record()
    doubt(told, seen(1.0, opening=spent), 1, usual)
    assert [flag.split(" s of work before its clock")[0] for flag in told.flags] == (
        [f"clock: {spent}"] if flagged else []
    )
    assert (told.status, told.cost) == ("ok", 1.0)


def test_clocks_that_agree_are_not_flagged():
    assert flags(seen(1.0)) == []
    assert flags(seen(1.0, lag=0.12)) == []
    assert flags(seen(0.0, lag=0.03)) == []
    assert flags(seen(1.0, wall=0.9)) == []


def test_a_clock_a_little_behind_is_flagged_and_the_row_counts():
    assert flags(seen(0.5, lag=0.2)) == [
        "clock: its own clock says 0.5 s, the harness's 0.7 s",
    ]


def test_a_clock_a_little_ahead_is_flagged_and_the_row_counts():
    assert flags(seen(1.2, lag=-0.2)) == ["clock: its own clock says 1.2 s, the harness's 1 s"]


def is_invalid(told, seconds):
    words = "a clock that lies: its own clock says"
    assert told.status == "invalid"
    assert told.message.startswith(words)
    assert (told.cost, told.scores, told.trace, told.flags) == (None, {}, [], [])
    assert told.seconds == seconds


def test_a_clock_far_behind_makes_the_run_invalid():
    is_invalid(doubted(seen(0.01, lag=0.9)), 0.91)
    is_invalid(doubted(seen(0.0, lag=0.5)), 0.5)
    is_invalid(doubted(seen(2.0, lag=8.0)), 10.0)


def test_a_clock_far_ahead_makes_the_run_invalid():
    is_invalid(doubted(seen(10.0, lag=-9.0)), 1.0)


def test_the_limits_are_where_they_are_said_to_be():
    assert flags(seen(0.3, lag=0.089, wall=0.6)) == []
    assert len(flags(seen(0.3, lag=0.092, wall=0.6))) == 1  # 0.03 + 0.1 x 0.6 are explained
    assert len(flags(seen(0.3, lag=0.389, wall=0.6))) == 1  # and half of 0.6
    is_invalid(doubted(seen(0.3, lag=0.391, wall=0.6)), 0.6)
    assert len(flags(seen(0.01, lag=0.309, wall=0.3))) == 1
    is_invalid(doubted(seen(0.01, lag=0.311, wall=0.3)), 0.3)  # at least 0.25


@pytest.mark.parametrize(
    "more",
    [
        {"answers": 25_000},
        {"received": 5_000},
        {"sent": 25_000_000},
        {"waited": 0.5},
        {"late": 0.5},
        {"answers": 5_000, "received": 1_000, "sent": 5_000_000, "waited": 0.1, "late": 0.1},
    ],
    ids=str,
)
def test_a_lag_that_is_explained_is_not_flagged(more):
    told = doubted(seen(1.0, lag=0.6, **more))
    assert [flag for flag in told.flags if not flag.startswith("disturbed")] == []
    assert told.status == "ok"
    (flag,) = flags(seen(1.0, lag=0.75, **{**more, "waited": more.get("waited", 0.0)}))[-1:]
    assert flag.startswith("clock:")


def test_an_answer_that_came_later_than_it_says_is_told_as_such():
    outcome, told = seen(1.0), record()
    clock(told, outcome, 0.9)
    assert told.message == "a clock that lies: an answer that its own clock puts 0.9 s earlier"
    told = record()
    clock(told, outcome, 0.2)
    assert told.flags == ["clock: an answer that its own clock puts 0.2 s earlier"]


def test_a_run_that_did_not_live_to_say_its_time_has_no_clock_to_doubt():
    assert flags(Outcome(wall=5.0, lag=9.0)) == []


seconds = st.floats(0, 100, allow_nan=False)
share = st.floats(0, 1)


@given(seconds, st.integers(1, 10**6), st.integers(0, 10**5), st.integers(0, 10**9), st.data())
def test_honest_runs_are_neither_invalid_nor_flagged_for_their_clock(
    said, answers, received, sent, data
):
    # An honest run spends at least a microsecond on an answer, and at most what is allowed for.
    said = max(said, 1e-6 * answers)
    waited, late = data.draw(seconds), data.draw(seconds)
    parts = (2e-5 * answers, 1e-4 * received, sent / 5e7, waited, late, 0.03)
    lag = 0.999 * sum(data.draw(share) * part for part in parts)
    outcome = seen(said, lag, answers, received=received, sent=sent, waited=waited, late=late)
    told = doubted(outcome)
    assert told.status == "ok"
    assert not any(flag.startswith("clock") for flag in told.flags)


@given(st.floats(0, 0.1), st.floats(0.5, 10), st.integers(0, 2**62))
def test_a_lie_is_invalid_whatever_number_of_answers_it_claims(said, lie, answers):
    assume(said <= 0.001 or answers * 20e-6 < 0.05)  # claimed seconds explain claimed answers
    assert doubted(seen(said, lie, answers, wall=max(0.6, said + lie))).status == "invalid"


@given(st.integers(0, 2**62), st.floats(0.32, 1000))
def test_no_time_at_all_explains_no_answers(answers, lie):
    is_invalid(doubted(seen(0.0, lie, answers)), lie)


@given(seconds, st.floats(-100, 100), st.integers(0, 2**62), seconds, share)
def test_whatever_is_doubted_is_flagged_or_invalid_but_not_both(said, lag, answers, wall, waited):
    told = doubted(seen(said, lag, answers, wall=wall, waited=waited))
    clocks = [flag for flag in told.flags if flag.startswith("clock")]
    assert len(clocks) <= (told.status == "ok")
    assert (told.status == "ok") == (told.cost is not None)
