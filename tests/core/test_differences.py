"""What a repeated run is told to differ in, in words."""

from dataclasses import replace

import pytest

from harness.answers import encode
from harness.outcome import Outcome
from harness.remote import Examiner
from harness.repeat import _difference
from harness.run import Ending, Point


def points(*values, calls=None):
    calls = calls or [1] * len(values)
    pairs = enumerate(zip(values, calls, strict=True), 1)
    return [Point(0.1 * number, count, number, encode(value)) for number, (value, count) in pairs]


def outcome(*values, calls=None, **ending):
    kept = points(*values, calls=calls)
    ending = {"answers": len(values), "calls": 1, **ending}
    return Outcome(ending=Ending(**ending), points=kept)


ONE = outcome(1, 2, 3)


@pytest.mark.parametrize(
    ("other", "words"),
    [
        (ONE, ""),
        (outcome(1, 2, 4), "answer 3 was another one"),
        (outcome(1, 2, 3.0), "answer 3 was another one"),
        (outcome(1, 2, 3, calls=[1, 2, 1]), "answer 2 came after 2 calls, not after 1"),
        (outcome(1, 2), "answer 3 was not given"),
        (outcome(1, 2, 3, 4), "it ended after 4 answers, not after 3"),
        (outcome(1, 2, 3, calls=[1, 1, 1], why="calls"), "its end was 'calls', not 'finished'"),
        (replace(ONE, ending=Ending(answers=3, calls=9)), "it made 9 calls, not 1"),
        (Outcome("raised", "a\nKeyError: 5"), "it ended otherwise: raised: KeyError: 5"),
        (Outcome("crashed"), "it ended otherwise: crashed: "),
        (Outcome("timeout", points=ONE.points), None),
    ],
)
def test_differences_are_told_in_words(other, words):
    assert _difference(ONE, other, ONE.points, online=False) == words


def test_that_time_was_up_is_no_difference():
    for why in ("seconds", "target"):
        first, other = outcome(1, 2, why=why), outcome(1, 2, why="answers")
        assert _difference(first, other, first.points, online=False) == ""
        assert "after 3 answers" in _difference(first, outcome(1, 2, 3), first.points, online=False)


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ([1, 0, 1, 0], ""),
        ([1, 0, 1], ""),  # the last decision had no question to go with
        ([1, 0], "it decided 2, not 4"),
        ([], "it decided 0, not 4"),
        ([1, 1], "decision 2 of 4 was another one"),
        ([1, 0, 1, 0, 1], "it decided 5, not 4"),
    ],
)
def test_decisions_that_reached_the_examiner_are_compared(toys, told, words):
    examiner = Examiner(toys.problem("toy_online").load(), {"bits": [0]}, 9)
    examiner.decisions, examiner.meter.calls = told, 1
    first = outcome([1, 0], [1, 0])
    assert _difference(first, first, first.points, True, examiner) == words


@pytest.mark.parametrize("answer", [b"", encode(5), encode(None)])
def test_decisions_that_cannot_be_read_are_told(answer):
    other = replace(ONE, points=[Point(0.1, 1, 1, answer)])
    first = outcome([1, 0], [1])
    assert _difference(first, other, first.points, True) == "its decisions can't be read"
