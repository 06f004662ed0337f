"""What a worker claims of its time, against what was seen of it."""

import os

import pytest

from harness.timing_marks import SECONDS, Loop, Marks, stamp, told


@pytest.mark.parametrize(
    ("seen", "verdict"),
    [
        ({"wall": 1.0, "cpu": 1.0, "claimed": 1.0}, "true"),
        ({"wall": 1.05, "cpu": 1.0, "claimed": 1.0}, "true"),
        ({"wall": 0.003, "cpu": 0.003, "claimed": 1e-6}, "true"),  # what a mark may cost
        ({"wall": 2.0, "cpu": 1.0, "waited": 1.0, "claimed": 1.0}, "true"),
        ({"wall": 2.0, "cpu": 1.0, "held_up": 1.0, "claimed": 1.0}, "true"),
        ({"wall": 1.0, "cpu": 0.0, "claimed": 1.0}, "true"),  # it slept
        ({"wall": 1.3, "cpu": 1.0, "claimed": 1.0}, "doubtful"),
        ({"wall": 1.0, "cpu": 1.0, "claimed": 12e-6}, "its clock says 12 µs, the harness's 1 s"),
        ({"wall": 1.0, "cpu": 1.0, "claimed": 0.8}, "its clock says 800 ms, the harness's 1 s"),
        ({"wall": 1.0, "cpu": 0.0, "claimed": 0.1}, "its clock says 100 ms, the harness's 1 s"),
        ({"wall": 1.0, "cpu": 1.0, "claimed": 2.0}, "its clock says 2 s, the harness's 1 s"),
    ],
)
def test_a_claim_is_true_doubtful_or_a_lie(seen, verdict):
    loop = Loop(**seen, stretches=1)
    found = loop.lie(1) or ("doubtful" if loop.doubt() else "true")
    assert found == verdict


def test_who_may_use_several_processors_uses_more_of_them_than_time():
    loop = Loop(wall=1.0, cpu=2.0, claimed=1.0, stretches=1)
    assert loop.lie(1)
    assert not loop.lie(2)


def hear(marks, *messages):
    return [marks.hear(os.getpid(), message) for message in messages]


def test_marks_become_loops_the_first_solve_apart():
    marks = Marks(1)
    end, total = b"e" + SECONDS.pack(1e-6), b"l" + SECONDS.pack(2e-6)
    said = hear(marks, b"s", end, b"s", end, total, b"t", b"s", end)
    assert said == [b"g"] * 8
    (loop,) = marks.loops
    assert (loop.stretches, loop.claimed) == (2, 2e-6)
    assert marks.first < 0.1
    assert marks.twin < 0.1
    assert marks.confirms([2e-6])
    assert not marks.confirms([2e-6, 2e-6])
    assert not marks.confirms([1e-6])


@pytest.mark.parametrize(
    "messages",
    [
        [b"e" + SECONDS.pack(1.0)],
        [b"s", b"s"],
        [b"s", b"e"],
        [b"s", b"e" + SECONDS.pack(float("nan"))],
        [b"s", b"e" + SECONDS.pack(-1.0)],
        [b"s", b"e" + SECONDS.pack(0.0), b"l" + SECONDS.pack(1.0)],
        [b"x"],
        [b""],
    ],
)
def test_marks_that_can_not_be_end_the_worker(messages):
    marks = Marks(1)
    assert hear(marks, *messages)[-1] == b""
    assert "tampered" in marks.lie


def test_a_worker_that_is_gone_can_still_be_stamped():
    assert stamp(2**22 + 1).cpu == 0.0


@pytest.mark.parametrize(
    ("seconds", "text"), [(1.0234, "1.02 s"), (0.012, "12 ms"), (12e-6, "12 µs"), (0.0, "0 ns")]
)
def test_times_are_told_with_three_digits(seconds, text):
    assert told(seconds) == text
