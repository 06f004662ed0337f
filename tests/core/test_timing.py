"""Timings: taken in fresh processes by pyperf's protocol, of right work only, and told plainly."""

import subprocess
import sys
import tempfile
from pathlib import Path

import pyperf
import pytest

from harness import timing, timing_round
from harness.canary import FIRST, Canary, Reading
from harness.catalogue import Catalogue
from harness.machine import processors
from harness.plan import instance, job, make_plan
from harness.record import FLAGS
from harness.run import Budget
from harness.timing import Effort, Timer
from harness.timing_round import Doubted

TOYS = Path(__file__).parents[1] / "toys"
ONCE = Effort(1, 1, precision=None)


def plan_of(catalogue, problem, solvers, **options):
    return make_plan(catalogue, problem, solvers, [], "smoke", 1, Budget(), **options)


def bird(*drifts):
    """A canary whose reading after each worker, in turn, is so many times the usual."""
    readings = [Reading(1.0, 1.0)] * (FIRST + 500)
    for number, drift in enumerate(drifts):
        readings[FIRST + number] = Reading(1.0, drift)
    return Canary(read=lambda: readings.pop(0))


@pytest.fixture(scope="module", autouse=True)
def undisturbed():
    """Whatever else the machine does: no round counts as disturbed unless a test wants it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("harness.timing.WAITED", float("inf"))
        yield


def take(plan, effort, expected):
    timer = Timer(effort, canary=bird())
    case = plan.cases[0]
    told = []
    records = list(
        timer.case(plan, case, instance(plan, case), expected, lambda *what: told.append(what))
    )
    return timer, {record.label: record for record in records}, told


@pytest.fixture(scope="module")
def timed(toys):
    """Two rivals, one of which takes microseconds, timed once for the tests of this file."""
    plan = plan_of(toys, "toy_exact", [])
    return take(
        plan, Effort(rounds=2, values=2, precision=None), {"loop": 1e-5, "vectorised": 1e-5}
    )


def test_each_rival_has_its_values_and_their_median(timed):
    _, records, _ = timed
    assert set(records) == {"loop", "vectorised"}
    for record in records.values():
        assert (record.kind, record.status, record.seed) == ("timing", "ok", None)
        assert len(record.values) == 4
        assert min(record.values) <= record.seconds <= max(record.values)
        assert record.cost == 0.0


def test_a_fast_solve_is_repeated_until_a_value_is_long_enough(timed):
    timer, _, _ = timed
    for benchmark in pyperf.BenchmarkSuite.loads(timer.suite()).get_benchmarks():
        timed_runs = [run for run in benchmark.get_runs() if run.values]
        assert len(timed_runs) == 2
        assert all(run.get_loops() > 100 for run in timed_runs)


def test_rivals_take_turns(timed):
    _, _, told = timed
    labels = [label for label, _, _ in told]
    assert [set(labels[:2]), set(labels[2:])] == [{"loop", "vectorised"}] * 2


def test_pyperf_reads_the_suite(timed, tmp_path):
    path = tmp_path / "timings.json"
    path.write_text(timed[0].suite())
    for command in (["stats", path], ["compare_to", path, path], ["check", path]):
        done = subprocess.run(
            [sys.executable, "-m", "pyperf", *map(str, command)], capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
    assert (
        "toy_exact/loop bits"
        in subprocess.run(
            [sys.executable, "-m", "pyperf", "stats", str(path)],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    )


def test_the_suite_tells_nothing_private(timed):
    text = timed[0].suite()
    for name in ("hostname", "python_executable", "command", "boot_time", "python_config_args"):
        assert f'"{name}"' not in text
    assert sys.prefix not in text


def test_nothing_timed_is_no_suite():
    assert Timer(Effort()).suite() == ""


def test_who_was_not_traced_is_not_timed(toys):
    _, records, told = take(plan_of(toys, "toy_exact", []), ONCE, {})
    assert records == {}
    assert told == []


@pytest.mark.parametrize(
    ("seconds", "effort"),
    [
        (0.001, Effort(5, 3, 10.0)),
        (0.5, Effort(5, 3, 10.0)),
        (0.51, Effort(5, 1, 10.0)),
        (2.5, Effort(4, 1, 10.0)),
        (6.0, Effort(3, 1, 10.0)),
        (7.0, None),
    ],
)
def test_a_longer_solve_gets_less_effort(seconds, effort):
    assert Effort(5, 3, 10.0).for_solve(seconds) == effort


def test_a_solve_that_is_too_long_is_skipped_and_says_so(toys):
    plan = plan_of(toys, "toy_exact", ["loop"])
    _, records, _ = take(plan, Effort(5, 3, 1.0), {"loop": 2.0})
    assert records["loop"].status == "skipped"
    assert "--timing-budget" in records["loop"].message


def write(tmp_path, body, problem="toy_exact"):
    path = tmp_path / "mine.py"
    lines = "\n".join("        " + line for line in body.splitlines())
    path.write_text(
        '"""Mine."""\n\nimport os, sys, time\nfrom dataclasses import dataclass\n\n'
        "from harness.api import Solver\n\nKEPT = {}\n\n\n"
        "@dataclass(frozen=True)\nclass Mine(Solver):\n"
        f'    """Mine."""\n\n    problem = "{problem}"\n\n'
        f"    def solve(self, data, rng):\n{lines}\n"
    )
    return path


@pytest.mark.parametrize(
    ("body", "status", "sentence"),
    [
        ("yield -1", "invalid", "while timed: -1 ones"),
        ("os._exit(3)\nyield 0", "crashed", "exit code 3"),
        ("os.kill(os.getpid(), 11)\nyield 0", "crashed", "exit code -11"),
        ("raise RuntimeError('boom')\nyield 0", "crashed", "boom"),
    ],
)
def test_what_fails_while_timed_is_said_and_the_rival_goes_on(tmp_path, body, status, sentence):
    catalogue = Catalogue([TOYS, write(tmp_path, body)])
    plan = plan_of(catalogue, "toy_exact", ["mine", "vectorised"])
    _, records, _ = take(plan, ONCE, {"mine": 0.1, "vectorised": 0.1})
    assert records["mine"].status == status
    assert sentence in records["mine"].message
    assert records["vectorised"].status == "ok"


@pytest.fixture
def unfenced(monkeypatch):
    """Let the workers write anywhere, for solvers that tell a test what they saw."""

    def job_with_room(*arguments):
        return {**job(*arguments), "writable": [tempfile.gettempdir()]}

    monkeypatch.setattr(timing_round, "job", job_with_room)


@pytest.mark.usefixtures("unfenced")
def test_every_solve_has_a_generator_of_its_own(tmp_path):
    seen = tmp_path / "seen"
    body = f"with open({str(seen)!r}, 'a') as f: f.write(f'{{rng.random()}}\\n')\n"
    body += "yield int(data.bits.sum())"
    catalogue = Catalogue([TOYS, write(tmp_path, body)])
    plan = plan_of(catalogue, "toy_exact", ["mine"])
    take(plan, Effort(2, 2, precision=None), {"mine": 0.1})
    drawn = seen.read_text().split()
    assert len(set(drawn)) == len(drawn) == 6  # two processes, a warm-up and two values each


def test_wrong_work_has_no_times_and_no_place_in_the_suite(tmp_path):
    catalogue = Catalogue([TOYS, write(tmp_path, "yield -1")])
    plan = plan_of(catalogue, "toy_exact", ["mine", "vectorised"])
    expected = {"mine": 1e-5, "vectorised": 1e-5}  # so fast that loops are calibrated first
    timer, records, _ = take(plan, ONCE, expected)
    assert (records["mine"].seconds, records["mine"].values) == (None, [])
    assert (records["vectorised"].status, records["vectorised"].message) == ("ok", "")
    (benchmark,) = pyperf.BenchmarkSuite.loads(timer.suite()).get_benchmarks()
    assert benchmark.get_name() == "toy_exact/vectorised bits"


@pytest.mark.parametrize(("lies", "status"), [(1, "ok"), (2, "invalid")])
def test_clocks_that_disagree_once_may_have_been_disturbed(toys, monkeypatch, lies, status):
    left = [Doubted("invalid", "its clock says 1 µs, the harness's 6 ms")] * lies
    taken = timing.take

    def take_or_doubt(*arguments):
        if left:
            raise left.pop()
        return taken(*arguments)

    monkeypatch.setattr(timing, "take", take_or_doubt)
    _, records, _ = take(plan_of(toys, "toy_exact", ["loop"]), ONCE, {"loop": 0.02})
    assert records["loop"].status == status


# ---------------------------------------------------------------- how many rounds, and which count


def sung(toys, canary, effort, solvers=("loop",), seconds=0.02):
    timer = Timer(effort, canary=canary)
    plan = plan_of(toys, "toy_exact", list(solvers))
    case = plan.cases[0]
    expected = dict.fromkeys(solvers, seconds)
    records = list(timer.case(plan, case, instance(plan, case), expected))
    return {record.label: record for record in records}, timer


def names(record):
    """Of its flags, but for what a busy machine may add."""
    found = [flag.partition(":")[0] for flag in record.flags]
    assert set(found) <= set(FLAGS)
    return [name for name in found if name != "clock"]


def test_every_flag_has_a_name_that_readers_are_told_of(toys):
    record = sung(toys, bird(9.0), Effort(2, 1, 0.1))[0]["loop"]
    assert names(record) == ["disturbed", "unstable"]


def test_a_round_that_waited_for_a_processor_is_disturbed(toys, monkeypatch):
    monkeypatch.setattr("harness.timing.WAITED", -1.0)
    record = sung(toys, bird(), Effort(1, 1, 60.0, None))[0]["loop"]
    (flag,) = [flag for flag in record.flags if flag.startswith("disturbed")]
    assert flag.endswith("of a process's time went by without a processor")
    assert record.waited >= 0


def test_a_quiet_round_counts_and_a_disturbed_one_is_taken_again(toys):
    effort = Effort(3, 1, 60.0, None)
    record = sung(toys, bird(1.0, 1.5), effort)[0]["loop"]
    # The second and the third worker have the loud song after or before them.
    assert (len(record.values), record.drift, names(record)) == (3, 1.0, [])


def test_what_is_disturbed_throughout_counts_and_says_so(toys):
    record = sung(toys, bird(*[3.0] * 4), Effort(2, 1, 60.0, None))[0]["loop"]
    assert (record.status, len(record.values), record.drift) == ("ok", 2, 3.0)
    flag = record.flags[0]
    assert "2 of 2 processes" in flag
    assert "3.00 times its usual time" in flag


def test_a_disturbed_round_counts_where_there_is_no_time_for_another(toys):
    record = sung(toys, bird(1.0, 3.0), Effort(2, 1, 0.1, None))[0]["loop"]
    assert (len(record.values), record.drift) == (2, 3.0)
    assert "1 of 2 processes" in record.flags[0]


def test_a_precise_timing_stops_and_says_how_precise(toys):
    record = sung(toys, bird(), Effort(3, 1, 60.0, 1e6))[0]["loop"]
    assert (record.why, len(record.values)) == ("precise", 3)
    assert 0 < record.precision < 1e6
    assert names(record) == []


def test_an_unprecise_timing_goes_on_until_its_time_is_spent(toys):
    record = sung(toys, bird(), Effort(2, 1, 1.5, 1e-9))[0]["loop"]
    assert record.why == "seconds"
    assert len(record.values) >= 2
    assert record.precision > 1e-9
    flag = record.flags[0]
    assert f"after {len(record.values)} processes; 1e-07 % was asked for" in flag


def test_no_more_than_the_most_rounds_are_taken(toys, monkeypatch):
    monkeypatch.setattr("harness.timing.MOST_ROUNDS", 3)
    record = sung(toys, bird(), Effort(2, 1, 60.0, 1e-9))[0]["loop"]
    assert (record.why, len(record.values)) == ("rounds", 3)
    assert names(record) == ["unstable"]


def test_one_process_has_no_interval_and_says_so(toys):
    record = sung(toys, bird(), Effort(1, 1, 0.1))[0]["loop"]
    assert (record.why, record.precision) == ("seconds", None)
    assert record.flags[:1] == ["unstable: there is no interval after 1 process; 5 % was asked for"]


def test_discarded_rounds_are_not_in_the_suite(toys):
    _, timer = sung(toys, bird(1.0, 1.5), Effort(3, 1, 60.0, None))
    (benchmark,) = pyperf.BenchmarkSuite.loads(timer.suite()).get_benchmarks()
    assert benchmark.get_nvalue() == 3


# ---------------------------------------------------------------- whose clock, and what is kept

BURN = "end = time.process_time() + 0.1\nwhile time.process_time() < end: pass\n"


SLOW_CLOCK = """
def clock():
    KEPT[0] = KEPT.get(0, now()) + 1e-6
    return KEPT[0]
now = time.perf_counter
sys.modules['__main__'].perf_counter = clock
"""
OWN_MARKS = f"""
frame = sys._getframe()
while not hasattr(frame.f_locals.get('self'), '_tell'):
    frame = frame.f_back
tell = frame.f_locals['self']._tell
tell(b'e', 1e-6)
{BURN}tell(b's')
"""


@pytest.mark.parametrize(
    ("cheat", "says"),
    [
        (SLOW_CLOCK + BURN, "its clock says "),
        (SLOW_CLOCK + "time.sleep(0.3)\n", "its clock says "),
        (OWN_MARKS, "its clock says "),
        (OWN_MARKS.replace("1e-6", "-1.0"), "tampered with"),
        (OWN_MARKS.replace("b'e', 1e-6", "b's'"), "tampered with"),
    ],
    ids=["clock", "clock and sleep", "marks", "no time", "out of turn"],
)
def test_who_tampers_with_the_clock_is_found_out(tmp_path, cheat, says):
    catalogue = Catalogue([TOYS, write(tmp_path, cheat + "yield int(data.bits.sum())")])
    plan = plan_of(catalogue, "toy_exact", ["mine"])
    timer, records, _ = take(plan, ONCE, {"mine": 0.1})
    assert records["mine"].status == "invalid"
    assert says in records["mine"].message
    assert (records["mine"].values, timer.suite()) == ([], "")


def test_patching_the_time_module_changes_nothing(tmp_path):
    body = BURN + "time.perf_counter = lambda: 0.0\nyield int(data.bits.sum())"
    catalogue = Catalogue([TOYS, write(tmp_path, body)])
    _, records, _ = take(plan_of(catalogue, "toy_exact", ["mine"]), ONCE, {"mine": 0.1})
    assert records["mine"].status == "ok"
    assert records["mine"].seconds >= 0.1


# Whoever remembers has his first solve in the warm-up; on an instance that he has not seen, with
# the code compiled by then, he works again.
SOLVE = "yield int(data.values.argmin())"
MEMO = f"""
key = data.values.tobytes()
if key not in KEPT:
    {"; ".join(BURN.splitlines()[:1])}
    while time.process_time() < end: pass
    KEPT[key] = int(data.values.argmin())
yield KEPT[key]
"""
COMPILES = f"if not KEPT:\n    time.sleep(0.1)\n    KEPT[0] = 0\n{SOLVE}"


@pytest.mark.parametrize(
    ("body", "status", "flags"),
    [(SOLVE, "ok", []), (MEMO, "invalid", []), (COMPILES, "ok", ["warm"])],
    ids=["honest", "remembers answers", "compiles"],
)
def test_what_is_kept_between_solves_is_found(tmp_path, body, status, flags):
    catalogue = Catalogue([TOYS, write(tmp_path, body, "toy_batch")])
    plan = plan_of(catalogue, "toy_batch", ["mine"])
    _, records, _ = take(plan, Effort(2, 2, precision=None), {"mine": 0.0001})
    record = records["mine"]
    assert record.status == status, record.message
    assert names(record) == flags
    if status == "invalid":
        assert record.message.startswith("a relabelled instance took ")
        assert record.message.endswith("it keeps answers between solves")


def test_an_answer_to_the_twin_is_judged_too(tmp_path):
    body = "first = KEPT.setdefault(0, data.values[0])\nyield 0 if data.values[0] == first else -1"
    catalogue = Catalogue([TOYS, write(tmp_path, body, "toy_batch")])
    _, records, _ = take(plan_of(catalogue, "toy_batch", ["mine"]), ONCE, {"mine": 0.1})
    assert records["mine"].status == "invalid"
    assert "while timed, with numbers permuted: index -1" in records["mine"].message


@pytest.mark.usefixtures("unfenced")
def test_workers_are_kept_on_their_processors(tmp_path):
    seen = tmp_path / "seen"
    body = f"with open({str(seen)!r}, 'a') as f: f.write(f'{{os.sched_getaffinity(0)}}\\n')\n"
    catalogue = Catalogue([TOYS, write(tmp_path, body + "yield int(data.bits.sum())")])
    take(plan_of(catalogue, "toy_exact", ["mine"]), ONCE, {"mine": 0.1})
    assert set(seen.read_text().splitlines()) == {str(set(processors(1)))}
