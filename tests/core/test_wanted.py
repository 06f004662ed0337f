"""The loop where a repetition names the answers to keep."""

import pytest

import harness.run
from harness.api import Events, Meter, Problem, Solver
from harness.run import Budget, drive


class Best(Problem):
    counts = "best"


class Does(Solver):
    def __init__(self, function):
        self.solve = function


def run(function, wanted, problem=None, seen=None, meter=None, done=(), **budget):
    """Drive a function; the ending, the points kept, and after how many answers each was kept."""
    points, asked = [], []

    def solve(data, rng):
        for answer in function(data):
            asked.append(answer)
            yield answer

    def keep(point):
        points.append((point, len(asked)))
        return point.answer not in done

    meter = meter or Meter(budget.get("calls"))
    problem = problem or Problem()
    ending = drive(Does(solve), problem, seen, meter, 0, Budget(**budget), keep, wanted)
    return ending, [point for point, _ in points], [count for _, count in points]


def numbers(last):
    return lambda data: iter(range(1, last + 1))


@pytest.fixture(params=["last", "best"])
def problem(request):
    return Best() if request.param == "best" else Problem()


@pytest.mark.parametrize("wanted", [{1}, {2, 3}, {1, 500, 999, 1000}, set(range(1, 1001)), {1000}])
def test_those_and_no_others_are_kept_and_at_once(problem, wanted):
    _, points, asked = run(numbers(1000), wanted, problem)
    kept = sorted(wanted | {1000})  # the last is never lost
    assert [point.answer for point in points] == [point.answers for point in points] == kept
    assert asked == kept


def test_the_last_answer_is_kept_though_nobody_asked_for_it(problem):
    for wanted in (set(), {7, 8, 9}):
        ending, points, _ = run(numbers(5), wanted, problem)
        assert (ending.answers, [point.answer for point in points]) == (5, [5])


@pytest.mark.parametrize("budget", [{"answers": 4}, {"seconds": 4.0}], ids=str)
def test_the_last_within_a_budget_is_kept(problem, monkeypatch, budget):
    clock = [0.0]
    monkeypatch.setattr(harness.run, "perf_counter", lambda: clock[0])

    def steps(data):
        for number in range(1, 10):
            clock[0] += 1.0
            yield number

    ending, points, _ = run(steps, {2}, problem, **budget)
    assert [(point.answer, point.seconds) for point in points] == [(2, 2.0), (4, 4.0)]
    assert ending.answers == 4


def test_what_was_not_asked_for_is_not_kept_however_long_it_stood(problem, monkeypatch):
    clock = [0.0]
    monkeypatch.setattr(harness.run, "perf_counter", lambda: clock[0])

    def slow(data):
        for number in range(1, 6):
            clock[0] += 100.0 * number
            yield number

    _, points, _ = run(slow, {4}, problem)
    assert [point.answer for point in points] == [4, 5]


def test_the_pending_answer_survives_a_fault():
    kept = []

    def solve(data, rng):
        yield from (1, 2, 3)
        raise KeyError("late")

    with pytest.raises(KeyError):
        drive(
            Does(solve),
            Problem(),
            None,
            Meter(),
            0,
            Budget(),
            lambda p: kept.append(p) or True,
            {1},
        )
    assert [point.answer for point in kept] == [1, 3]


def test_the_run_ends_where_a_wanted_answer_is_enough():
    ending, points, _ = run(numbers(9), {2, 4, 6}, done={4})
    assert (ending.why, ending.answers) == ("target", 4)
    assert [point.answer for point in points] == [2, 4]


@pytest.mark.parametrize("kind", [Problem, Best])
@pytest.mark.parametrize(
    ("wanted", "chunks"),
    [
        (set(), [[0, 1, 2, 3, 4, 5]]),
        ({6}, [[0, 1, 2, 3, 4, 5]]),
        ({1}, [[0], [1, 2, 3, 4, 5]]),
        ({2, 5}, [[0, 1], [2, 3, 4], [5]]),
        ({1, 2, 3, 4, 5, 6}, [[0], [1], [2], [3], [4], [5]]),
    ],
)
def test_decisions_are_kept_up_to_each_wanted_one(kind, wanted, chunks):
    meter = Meter()
    events = Events(range(6), meter)
    ending, points, asked = run(lambda data: iter(data), wanted, kind(), events, meter)
    assert [point.answer for point in points] == chunks
    assert [point.answers for point in points] == sorted(wanted | {6})
    assert asked == sorted(wanted | {6})
    assert (ending.answers, ending.calls, len(ending.latencies)) == (6, 6, 6)


def test_decisions_within_a_budget_of_events_are_all_kept():
    meter = Meter(4)
    _, points, _ = run(lambda data: iter(data), {2}, None, Events(range(9), meter), meter, calls=4)
    assert [point.answer for point in points] == [[0, 1], [2, 3]]
