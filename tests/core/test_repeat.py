"""Runs repeated: the honest are verified, and nothing that is not them is called a cheat."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import harness.repeat
from harness.catalogue import Catalogue
from harness.measure import trace
from harness.plan import instance, make_plan
from harness.run import Budget

TOYS = Path(__file__).parents[1] / "toys"
HONEST = [
    *(("toy_batch", "guess"), ("toy_batch", "scan"), ("toy_estimation", "sample_mean")),
    *(("toy_exact", "loop"), ("toy_exact", "vectorised"), ("toy_oracle", "parabola")),
    *(("toy_online", "opposite"), ("toy_prediction", "nearest_mean"), ("toy_sampling", "inverse")),
]
FOR_EVER = "while True:\n    x = float(rng.normal())\n    data.value(x)\n    yield x"
SPENT = "try:\n    while True: yield data.value(0.5)\nexcept BudgetSpent: {}"
STEPS = "for step in range({}):\n    {}\n    yield int(rng.integers(100))"
ODD_PROBLEM = '''
from harness.api import Data, Events, Instance, Problem


class Odd(Problem):
    """Sums; the cost is the answer."""

    kind = "{kind}"
    counts = "last"
    families = {{"one": {{"n": 40}}}}
    suites = {{"smoke": ["one"]}}

    def make(self, case, rng):
        return Instance({{"n": case.n}}, sizes={{"n": 1}})

    def open(self, data, meter):
        return Seen(data, meter)

    def score(self, instance, answer):
        return float(sum(answer) if type(answer) is list else answer), {{}}


class Seen{base}:
'''
ORACLE = """
    n, weights = 3, (1.0, 2.0)

    def __init__(self, data, meter):
        self._meter = meter
        self.meter = meter

    def dot(self, x):
        self._meter.count()
        return x @ x

    def square(self, x, power=2):
        self._meter.count()
        return (x - 0.1) ** power

    def many(self, number):
        self._meter.count(number)
        return [0.5] * number

    def refuse(self):
        raise KeyError("x")

    def sets(self):
        return {1}
"""
EVENTS = """
    horizon = 40

    def __init__(self, data, meter):
        super().__init__((Data({"x": number / 7}) for number in range(data["n"])), meter)
"""


@pytest.fixture
def repeated(worker, write_solver, tmp_path):
    """A function: the body of a solve(), or a toy -> the record of its run and repetition."""

    def repeated(body, problem="toy_batch", timeout=20.0, odd="", seed=0, **budget):
        plugins, name = [TOYS], body
        if odd:
            (tmp_path / "odd").mkdir(exist_ok=True)
            head = ODD_PROBLEM.format(kind=problem, base="(Events)" if problem == "online" else "")
            (tmp_path / "odd" / "problem.py").write_text(f'"""Odd."""\n{head}{odd}')
            plugins, problem = [tmp_path / "odd"], "odd"
        if not body.isidentifier():
            plugins, name = [*plugins, write_solver(body, problem)], "written"
        catalogue = Catalogue(plugins, tmp_path / "index.json")
        plan = make_plan(catalogue, problem, [name], [], "smoke", 1, Budget(**budget), timeout)
        case, who = plan.cases[0], plan.contestants[0]
        return trace(worker, plan, who, case, instance(plan, case), seed, again=True)

    return repeated


def flags(record, *but):
    """Its flags, without those that a busy machine explains."""
    return [flag for flag in record.flags if not flag.startswith(("disturbed:", *but))]


def verified(record):
    """What is not as it must be of an honest run."""
    told = (record.status, record.message, record.verified, flags(record, "clock:"))
    assert told == ("ok", "", True, [])
    return record


def unsaid(record):
    """Of a run that could not be compared nothing is said."""
    told = (record.status, record.message, record.verified, flags(record, "clock:"))
    assert told == ("ok", "", None, [])


def caught(record, words):
    """An oracle's cheat: nothing of it counts."""
    assert record.status == "invalid"
    assert words in record.message
    assert record.verified is False
    assert (record.cost, record.scores, record.trace) == (None, {}, [])


# ---------------------------------------------------------------- honest runs


@pytest.mark.parametrize(("problem", "solver"), HONEST)
def test_honest_toys_are_verified(repeated, problem, solver):
    verified(repeated(solver, problem))


@pytest.mark.parametrize(
    ("budget", "why"),
    [
        ({"seconds": 0.1}, "seconds"),
        ({"answers": 300}, "answers"),
        ({"calls": 300}, "calls"),
        ({"target": 1e-4}, "target"),
        ({"calls": 300, "seconds": 0.02}, None),
    ],
    ids=str,
)
def test_solvers_that_go_on_for_ever_are_verified_however_they_are_ended(repeated, budget, why):
    record = verified(repeated("random_points", "toy_oracle", **budget))
    assert why is None or record.why == why


@pytest.mark.parametrize("budget", [{"seconds": 0.1}, {"answers": 3000}, {}], ids=str)
def test_thousands_of_answers_are_verified_where_the_last_counts(repeated, budget):
    body = STEPS.format("10**9" if budget else "5000", "pass")
    assert verified(repeated(body, **budget)).answers > 500


def test_thousands_of_answers_are_verified_where_the_best_counts(repeated):
    assert verified(repeated(FOR_EVER, "toy_oracle", answers=3000)).answers == 3000


def test_the_answer_that_counts_is_compared_though_thousands_follow(repeated):
    body = "yield time.time() % 1 / 1e3\nfor n in range(2000): yield 50.0 + n"
    record = repeated(body, "toy_oracle")
    assert (record.status, record.verified) == ("ok", False)
    assert flags(record) == ["differs: repeated with the same seed, answer 1 was another one"]


def test_an_answer_that_waits_for_the_next_is_not_late(repeated):
    record = verified(repeated("yield 0.0\nyield 0.5\ntime.sleep(0.6)\nyield 0.1", "toy_oracle"))
    assert flags(record) == []


@pytest.mark.parametrize("budget", [{}, {"calls": 17}, {"answers": 9}, {"seconds": 0.05}], ids=str)
def test_decisions_are_verified_however_they_are_ended(repeated, budget):
    body = "for bit in data:\n    time.sleep(0.005)\n    yield int(rng.integers(2))"
    verified(repeated(body, "toy_online", **budget))


def test_more_decisions_than_are_asked_for_are_verified(repeated, monkeypatch):
    monkeypatch.setattr(harness.repeat, "_MOST_POINTS", 2)
    body = "for bit in data:\n    time.sleep(0.004)\n    yield int(rng.integers(2))"
    assert len(verified(repeated(body, "toy_online")).trace) > 2


@pytest.mark.parametrize(
    "body",
    [
        "x = rng.normal(size=(101, 3))\nyield float(data.dot(x[:, 1]))\nyield data.dot(x[::2, 0])",
        "yield data.square(np.float32(0.3))\nyield data.square(np.float32(0.3), power=3)",
        "yield float(data.square(rng.normal(size=(7, 5)).T).sum())",
        "yield data.n + sum(data.weights) + data.square(0.25)",
        "try:\n    data.refuse()\nexcept LookupError as error:\n    yield float(len(str(error)))",
        "yield float(hasattr(data, 'nothing')) + float(bool(data))",
        "yield data.square(x=np.int64(3))",
    ],
)
def test_what_solvers_do_with_an_oracle_is_verified(repeated, body):
    verified(repeated(body, "oracle", odd=ORACLE))


def test_what_solvers_do_with_events_is_verified(repeated):
    body = "for event in data:\n    yield event.x * data.horizon + event['x']"
    verified(repeated(body, "online", odd=EVENTS))


# ---------------------------------------------------------------- more calls than are repeated


@pytest.fixture
def few_calls(monkeypatch):
    monkeypatch.setattr(harness.repeat, "_MOST_CALLS", 50)


@pytest.mark.parametrize("budget", [{"answers": 80}, {"calls": 80}, {"seconds": 0.05}], ids=str)
def test_of_too_many_calls_the_first_are_compared(repeated, few_calls, budget):
    assert verified(repeated(FOR_EVER, "toy_oracle", **budget)).calls > 50


@pytest.mark.parametrize("end", ["", "yield 0.25\n", "raise SystemExit\n"])
def test_whatever_follows_the_calls_that_are_too_many_is_no_cheat(repeated, few_calls, end):
    body = f"""
        try:
            for _ in range(9):
                yield float(sum(data.many(7)))
        except BudgetSpent:
            {end or "pass"}
        """
    verified(repeated(body, "oracle", odd=ORACLE))


def test_of_too_many_events_the_first_are_compared(repeated, monkeypatch):
    monkeypatch.setattr(harness.repeat, "_MOST_CALLS", 5)
    verified(repeated("opposite", "toy_online"))


def test_a_cheat_among_the_first_calls_is_found_though_there_are_too_many(repeated, few_calls):
    caught(
        repeated(FOR_EVER.replace("yield x", "yield data._centre"), "toy_oracle", answers=80), ""
    )


def test_where_no_answer_comes_early_enough_nothing_is_said(repeated, few_calls):
    unsaid(repeated("for _ in range(80): data.value(0.0)\nyield 0.0", "toy_oracle"))


# ---------------------------------------------------------------- runs that differ


@pytest.mark.parametrize(
    ("body", "words"),
    [
        # One answer in a hundred is the same by chance; that all that are kept are, is not seen.
        ("for _ in range(9): yield time.time_ns() // 7 % 100", "answer \\d was another one"),
        ("yield 0\nfor _ in range(os.getpid() % 90): yield 1", "answer|it ended after"),
    ],
)
def test_what_cannot_be_had_again_is_flagged_and_counts(repeated, body, words):
    record = repeated(body)
    assert (record.status, record.verified) == ("ok", False)
    assert record.cost is not None
    (flag,) = flags(record)
    assert re.match(f"differs: repeated with the same seed, ({words})", flag)


def test_calls_that_differ_are_told(repeated):
    record = repeated("data.many(os.getpid() % 97 + 1)\nyield 0.5", "oracle", odd=ORACLE)
    assert flags(record)[0].startswith("differs: repeated with the same seed, answer 1 came after")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("yield data._centre", "it ended otherwise: raised: AttributeError"),
        ("yield 0.0\nyield getattr(data, '_centre', 3.0)", "answer 2 was another one"),
        ("data.value(0.0)\ndata._meter.calls = 0\nyield 0.0", "it ended otherwise: raised"),
        ("for _ in range(5): data.value(0.0)\nyield 0.0\nvars(data).pop('_meter').calls = 2", ""),
        # All calls spent honestly, and then:
        (SPENT.format("yield data._centre"), "it ended otherwise: raised"),
        (SPENT.format("vars(data)['_meter'].calls = 3"), "it ended otherwise: raised: KeyError"),
        (SPENT.format("'_meter' in vars(data) and setattr(data._meter, 'calls', 3)"), "it made 20"),
    ],
)
def test_a_cheat_with_an_oracle_is_invalid(repeated, body, words):
    caught(repeated(body, "toy_oracle", calls=20), f"with the oracle out of its reach, {words}")


def test_a_public_part_that_is_not_plain_is_out_of_reach_too(repeated):
    body = "for _ in range(5): data.square(1.0)\ndata.meter.calls = 1\nyield 0.5"
    caught(repeated(body, "oracle", odd=ORACLE), "'meter' is not plain data")


def test_an_oracle_that_does_not_fit_through_the_pipe_says_nothing_of_its_solvers(repeated):
    unsaid(repeated("yield float(len(data.sets()))", "oracle", odd=ORACLE))


def test_an_oracle_that_cannot_be_made_here_says_nothing_of_its_solvers(repeated):
    odd = ORACLE.replace("self.meter = meter", f"assert __import__('os').getpid() != {os.getpid()}")
    unsaid(repeated("yield 0.5", "oracle", odd=odd))


def test_a_repetition_out_of_time_says_nothing(repeated, monkeypatch):
    monkeypatch.setattr(harness.repeat, "_PATIENCE", 0.02)
    unsaid(repeated("time.sleep(0.3)\nyield 0", timeout=5.0))


def test_events_that_are_shown_without_a_decision_are_told(repeated):
    """Past the stand-in, by the channel."""
    body = """
        if hasattr(data, "_ask"):
            from harness.remote import _put
            next(data)
            for _ in range(50):
                _put(data._ask, "call", "decided")
                _put(data._ask, "next", "")
        for number, bit in enumerate(data):
            yield 1 - bit
        """
    caught(repeated(body, "toy_online"), "with the events out of its reach")


# ---------------------------------------------------------------- a busy machine


@pytest.fixture
def load():
    """Two processes that keep two processors busy."""
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(2)]
    yield
    for process in busy:
        process.kill()
        process.wait()


def test_a_busy_machine_makes_no_cheats(repeated, load):
    for seed, (problem, solver) in enumerate(3 * HONEST):
        verified(repeated(solver, problem, seed=seed))
