"""The loop that drives a solver, on a clock that the tests turn by hand."""

import itertools

import numpy as np
import pytest

import harness.run
from harness.api import BudgetSpent, Events, InvalidAnswer, Meter, Problem, Solver, Undecided
from harness.cases import suite_cases
from harness.instances import build
from harness.run import Budget, drive

KINDS = ("batch", "estimation", "exact", "online", "oracle", "prediction", "sampling")


class Clock:
    """Time that passes only where a test says so."""

    def __init__(self):
        self.now = 1000.0
        self.busy = 0.0  # processor time

    def work(self, seconds):
        self.now += seconds
        self.busy += seconds

    def wait(self, seconds):
        self.now += seconds


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(harness.run, "perf_counter", lambda: clock.now)
    monkeypatch.setattr(harness.run, "process_time", lambda: clock.busy)
    return clock


class Last(Problem):
    counts = "last"


class Best(Problem):
    counts = "best"


class Does(Solver):
    """A solver whose solve() is the function given."""

    def __init__(self, function):
        self.solve = function


def run(function, problem=None, seen=None, meter=None, seed=0, **budget):
    """Drive a function; the ending, and the points that were kept."""
    points = []
    meter = meter or Meter(budget.get("calls"))

    def keep(point):
        points.append(point)
        return True

    ending = drive(Does(function), problem or Last(), seen, meter, seed, Budget(**budget), keep)
    return ending, points


def failing_run(function, error, problem=None, seen=None, meter=None, match=None, **budget):
    """The points that were kept before the error."""
    points = []

    def keep(point):
        points.append(point)
        return True

    with pytest.raises(error, match=match):
        drive(
            Does(function),
            problem or Last(),
            seen,
            meter or Meter(budget.get("calls")),
            0,
            Budget(**budget),
            keep,
        )
    return points


def steps(clock, *seconds):
    """A solver that works so long for each answer; the answers are 1, 2, 3, ..."""

    def solve(data, rng):
        for number, duration in enumerate(seconds, 1):
            clock.work(duration)
            yield number

    return solve


# ---------------------------------------------------------------- the seven kinds


def final_answer(problem, instance, solver, seed=0):
    """What a solver ends with within 100 calls: the last answer, or all decisions."""
    meter, points = Meter(100), []
    seen = problem.open(instance.data, meter)
    budget = Budget(calls=100)
    drive(solver, problem, seen, meter, seed, budget, lambda point: points.append(point) or True)
    assert meter.calls <= 100
    return decisions(points) if problem.kind == "online" else points[-1].answer


@pytest.fixture(params=KINDS)
def toy(request, toys):
    """A problem of each kind, one instance of it, and its solvers."""
    entry = toys.problem(f"toy_{request.param}")
    problem = entry.load()
    assert problem.kind == request.param
    case = suite_cases(entry.name, problem, "smoke")[0]
    instance = build(problem, entry.name, case, "test_run").load()
    return problem, instance, [solver.load()() for solver in toys.solvers_of(entry.name)]


def test_every_kind_of_problem_runs_to_an_answer_that_its_problem_scores(toy):
    problem, instance, solvers = toy
    for solver in solvers:
        cost, _ = problem.score(instance, final_answer(problem, instance, solver))
        assert np.isfinite(cost)


def test_the_same_seed_gives_the_same_answer(toy):
    problem, instance, solvers = toy
    for solver in solvers:
        one, two = (final_answer(problem, instance, solver, seed=3) for _ in range(2))
        assert np.array_equal(one, two)


def test_the_generator_is_seeded_by_the_run_alone():
    def solve(data, rng):
        yield rng.random()

    (_, one), (_, two), (_, other) = (run(solve, seed=seed) for seed in (5, 5, 6))
    assert one[0].answer == two[0].answer != other[0].answer
    assert one[0].answer == np.random.default_rng(5).random()


# ---------------------------------------------------------------- budgets


def test_a_run_without_budget_ends_when_the_solver_does(clock):
    ending, points = run(steps(clock, 1, 1, 1))
    assert (ending.why, ending.answers, ending.seconds) == ("finished", 3, 3.0)
    assert points[-1].answer == 3


def test_the_budget_of_seconds_ends_the_run_at_the_first_answer_past_it(clock):
    ending, points = run(steps(clock, 1, 1, 1, 1, 1), seconds=2.5)
    assert (ending.why, ending.answers, ending.seconds) == ("seconds", 3, 3.0)
    assert points[-1].seconds == 3.0


def test_the_budget_of_answers_ends_the_run_after_so_many(clock):
    ending, points = run(steps(clock, 1, 1, 1), answers=2)
    assert (ending.why, ending.answers) == ("answers", 2)
    assert points[-1].answer == 2


def test_the_solver_is_not_asked_for_more_than_the_budget_of_answers():
    asked = []

    def solve(data, rng):
        for number in range(10):
            asked.append(number)
            yield number

    run(solve, answers=3)
    assert asked == [0, 1, 2]


def test_the_budget_of_calls_ends_the_run_in_good_order():
    meter = Meter(5)

    def solve(data, rng):
        for number in range(100):
            meter.count()
            yield number

    ending, points = run(solve, meter=meter, calls=5)
    assert (ending.why, ending.calls, ending.answers) == ("calls", 5, 5)
    assert points[-1].answer == 4


def test_calls_beyond_the_budget_are_not_counted():
    meter = Meter(5)
    meter.count(4)
    with pytest.raises(BudgetSpent, match="5 calls"):
        meter.count(2)
    assert meter.calls == 4


def test_calls_spent_before_the_first_answer_are_no_fault_of_the_answer():
    meter = Meter(2)

    def solve(data, rng):
        for _ in range(3):
            meter.count()
        yield 1

    ending, points = run(solve, meter=meter, calls=2)
    assert (ending.why, ending.answers, points) == ("calls", 0, [])


def test_a_solver_may_catch_the_end_of_its_calls_and_give_a_last_answer():
    meter = Meter(2)

    def solve(data, rng):
        try:
            while True:
                meter.count()
        except BudgetSpent:
            yield "made of two calls"

    ending, points = run(solve, meter=meter, calls=2)
    assert ending.why == "finished"
    assert points[-1].answer == "made of two calls"


def test_the_run_ends_when_a_kept_answer_reaches_the_target(clock):
    kept = []

    def keep(point):
        kept.append(point.answer)
        return point.answer < 3

    ending = drive(
        Does(steps(clock, *[1.0] * 9)), Last(), None, Meter(), 0, Budget(target=3.0), keep
    )
    assert kept == [1, 2, 3]
    assert (ending.why, ending.answers) == ("target", 3)


def test_a_held_back_answer_that_reaches_the_target_ends_the_run(clock):
    kept = []

    def keep(point):
        kept.append(point.answer)
        return point.answer != 2

    # The second answer comes too soon after the first to be kept at once, then stands for long.
    ending = drive(
        Does(steps(clock, 0.1, 0.001, 5.0, 5.0)), Last(), None, Meter(), 0, Budget(), keep
    )
    assert kept == [1, 2]
    assert ending.why == "target"


# ---------------------------------------------------------------- what is kept


def test_frequent_answers_are_kept_at_log_spaced_times(clock):
    clock.now = 0.0  # a microsecond is lost in the digits of a large number
    _, points = run(steps(clock, *[1e-6] * 20_000))
    times = [point.seconds for point in points]
    assert 60 < sum(1e-5 < seconds < 1e-2 for seconds in times) <= 72  # 24 a decade
    for one, other in itertools.pairwise(times[:-1]):
        assert one * 1.1 <= other <= one * 1.1 + 2e-6 or other - one >= 0.02


def test_no_more_than_20_ms_of_answers_can_be_lost_to_a_kill(clock):
    _, points = run(steps(clock, *[0.001] * 5000))
    times = [point.seconds for point in points]
    assert max(np.diff(times)) <= 0.0211


def test_rare_answers_are_all_kept(clock):
    _, points = run(steps(clock, *[0.5] * 40))
    assert [point.answer for point in points] == list(range(1, 41))


@pytest.mark.parametrize("count", [1, 2, 10, 999, 1000, 1001])
def test_the_last_answer_is_always_kept(clock, count):
    _, points = run(steps(clock, *[0.0001] * count))
    assert points[-1].answer == count
    assert points[-1].answers == count


def test_all_answers_are_kept_where_the_best_counts(clock):
    _, points = run(steps(clock, *[0.0001] * 500), problem=Best())
    assert [point.answer for point in points] == list(range(1, 501))


def test_no_answer_is_kept_twice(clock):
    for problem in (Last(), Best()):
        _, points = run(steps(clock, *[0.0003] * 300), problem=problem)
        numbers = [point.answers for point in points]
        assert numbers == sorted(set(numbers))


def test_points_say_when_their_answer_was_there_and_after_how_many_calls(clock):
    meter = Meter()

    def solve(data, rng):
        clock.work(1.0)
        meter.count(10)
        yield "first"
        clock.work(0.001)
        meter.count(10)
        yield "second"
        clock.work(50.0)  # in vain
        meter.count(1000)

    ending, points = run(solve, meter=meter)
    assert [(p.answer, p.seconds, p.calls, p.answers) for p in points] == [
        ("first", 1.0, 10, 1),
        ("second", pytest.approx(1.001), 20, 2),
    ]
    assert ending.seconds == pytest.approx(51.001)
    assert ending.calls == 1020


def test_an_answer_that_stood_for_long_is_in_the_trace(clock):
    _, points = run(steps(clock, 1.0, 0.01, 100.0))
    assert [point.answer for point in points] == [1, 2, 3]
    assert points[1].seconds == pytest.approx(1.01)


def test_what_is_kept_does_not_change_with_the_solvers_own_buffer(clock):
    def solve(data, rng):
        buffer = np.zeros(1)
        for number in range(3):
            clock.work(1.0)
            buffer[0] = number
            yield buffer

    _, points = run(solve)
    assert [point.answer[0] for point in points] == [0.0, 1.0, 2.0]


# ---------------------------------------------------------------- the clock


def test_seconds_are_the_solvers_own(clock):
    points = []

    def keep(point):
        clock.work(1000.0)  # scoring, sending
        points.append(point)
        return True

    ending = drive(Does(steps(clock, 1, 2, 3)), Last(), None, Meter(), 0, Budget(), keep)
    assert ending.seconds == 6.0
    assert ending.cpu == 6.0
    assert [point.seconds for point in points] == [1.0, 3.0, 6.0]


def test_seconds_of_keeping_do_not_spend_the_budget(clock):
    def keep(point):
        clock.work(1000.0)
        return True

    ending = drive(Does(steps(clock, 1, 1, 1)), Last(), None, Meter(), 0, Budget(10.0), keep)
    assert (ending.why, ending.answers) == ("finished", 3)


def test_work_before_the_first_yield_of_a_plain_function_is_on_the_clock(clock):
    def solve(data, rng):
        clock.work(5.0)
        return iter([1])

    ending, _ = run(solve)
    assert ending.seconds == 5.0


def test_work_after_the_last_answer_is_on_the_clock(clock):
    def solve(data, rng):
        yield 1
        clock.work(7.0)

    ending, _ = run(solve)
    assert ending.seconds == 7.0


def test_copying_the_answer_is_on_the_clock(clock, monkeypatch):
    def slow_own(answer):
        clock.work(2.0)
        return answer

    monkeypatch.setattr(harness.run, "own", slow_own)
    ending, _ = run(steps(clock, 1.0))
    assert ending.seconds == 3.0


def test_cpu_seconds_leave_waiting_out(clock):
    def solve(data, rng):
        clock.work(1.0)
        clock.wait(9.0)
        yield 1

    ending, _ = run(solve)
    assert (ending.seconds, ending.cpu) == (10.0, 1.0)


def test_on_the_real_clock_sleeping_in_keep_is_not_the_solvers_time():
    import time

    def solve(data, rng):
        yield 1
        yield 2

    def keep(point):
        time.sleep(0.2)
        return True

    ending = drive(Does(solve), Best(), None, Meter(), 0, Budget(), keep)
    assert ending.seconds < 0.2


# ---------------------------------------------------------------- solvers that go wrong


@pytest.mark.parametrize("value", [[1, 2], None, 5, "text", np.zeros(3), {1: 2}])
def test_returning_instead_of_yielding_is_refused(value):
    points = failing_run(
        lambda data, rng: value, InvalidAnswer, match=r"solve\(\) returned .*: yield each answer"
    )
    assert points == []


def test_yielding_nothing_is_refused():
    def solve(data, rng):
        yield from ()

    failing_run(solve, InvalidAnswer, match="without yielding an answer")


def test_deciding_nothing_is_refused():
    meter = Meter()

    def solve(events, rng):
        yield from ()

    seen = Events([1, 2], meter)
    failing_run(solve, InvalidAnswer, seen=seen, meter=meter, match="without yielding an answer")


def test_answers_before_an_exception_are_kept(clock):
    def solve(data, rng):
        yield from steps(clock, 1.0, 0.0001, 0.0001)(data, rng)
        clock.work(20.0)
        raise ZeroDivisionError("late")

    points = failing_run(solve, ZeroDivisionError, match="late")
    assert points[-1].answer == 3
    assert points[-1].seconds == pytest.approx(1.0002)


def test_answers_before_an_invalid_one_are_kept(clock):
    def solve(data, rng):
        clock.work(1.0)
        yield 1
        clock.work(0.0001)
        yield 2
        yield object()

    points = failing_run(solve, InvalidAnswer, match="the answer holds")
    assert [point.answer for point in points] == [1, 2]


def test_an_exception_before_the_first_answer_is_passed_on():
    def solve(data, rng):
        raise KeyError("early")
        yield

    assert failing_run(solve, KeyError, match="early") == []


class Lazy:
    """Does its work when it is read."""

    def __array__(self, dtype=None, copy=None):
        raise AssertionError("the work was done")


@pytest.mark.parametrize("answer", [Lazy(), (i for i in range(3)), lambda: 1, [Lazy()]])
def test_work_left_to_whoever_reads_the_answer_is_refused(answer):
    def solve(data, rng):
        yield answer

    failing_run(solve, InvalidAnswer, match="expected plain data")


# ---------------------------------------------------------------- online


def online(function, events, problem=None, **budget):
    meter = Meter(budget.get("calls"))
    return run(function, problem, Events(events, meter), meter, **budget)


def echo(events, rng):
    yield from events


def decisions(points):
    return [decision for point in points for decision in point.answer]


def test_every_event_gets_one_decision_and_one_latency():
    ending, points = online(echo, "abcd")
    assert decisions(points) == list("abcd")
    assert len(ending.latencies) == ending.answers == ending.calls == 4


def test_no_decision_is_lost_or_repeated_however_few_points_are_kept(clock):
    def solve(events, rng):
        for event in events:
            clock.work(0.0001)
            yield event

    _, points = online(solve, range(2000))
    assert len(points) < 200
    assert decisions(points) == list(range(2000))


def test_all_decisions_are_given_once_where_the_best_counts(clock):
    def solve(events, rng):
        for event in events:
            clock.work(0.0001)
            yield event

    _, points = online(solve, range(50), Best())
    assert decisions(points) == list(range(50))


def test_asking_for_the_next_event_before_deciding_is_refused():
    meter = Meter()

    def solve(events, rng):
        yield next(events)
        next(events)
        next(events)
        yield 1

    points = failing_run(solve, Undecided, seen=Events("abc", meter), meter=meter)
    assert decisions(points) == ["a"]


def test_a_decision_without_an_open_event_is_refused():
    meter = Meter()

    def solve(events, rng):
        yield next(events)
        yield "too much"

    points = failing_run(
        solve, InvalidAnswer, seen=Events("abc", meter), meter=meter, match="no event was open"
    )
    assert decisions(points) == ["a"]


def test_latency_is_the_time_from_revealing_to_deciding(clock):
    def solve(events, rng):
        clock.work(5.0)  # building an index
        for event in events:
            clock.work(event)
            yield event
            clock.work(0.5)  # tidying up, before the next event

    ending, _ = online(solve, [1.0, 2.0, 3.0])
    assert ending.latencies == [1.0, 2.0, 3.0]
    assert ending.build == 5.0
    assert ending.seconds == 5.0 + 6.0 + 1.5


def test_events_beyond_the_budget_of_calls_are_not_revealed():
    ending, points = online(echo, "abcdef", calls=3)
    assert decisions(points) == ["a", "b", "c"]
    assert ending.why == "calls"


def test_stopping_early_leaves_the_rest_undecided():
    def solve(events, rng):
        yield next(events)

    ending, points = online(solve, "abc")
    assert decisions(points) == ["a"]
    assert ending.why == "finished"
