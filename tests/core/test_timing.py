"""Timings: taken in fresh processes by pyperf's protocol, of right work only, and told plainly."""

import subprocess
import sys
from pathlib import Path

import pyperf
import pytest

from harness.catalogue import Catalogue
from harness.plan import instance, make_plan
from harness.run import Budget
from harness.timing import Effort, Timer

TOYS = Path(__file__).parents[1] / "toys"


def plan_of(catalogue, problem, solvers, **options):
    return make_plan(catalogue, problem, solvers, [], "smoke", 1, Budget(), **options)


def take(plan, effort, expected):
    timer = Timer(effort)
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
    return take(plan, Effort(rounds=2, values=2), {"loop": 1e-5, "vectorised": 1e-5})


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
    _, records, told = take(plan_of(toys, "toy_exact", []), Effort(1, 1), {})
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


def write(tmp_path, body):
    path = tmp_path / "mine.py"
    lines = "\n".join("        " + line for line in body.splitlines())
    path.write_text(
        '"""Mine."""\n\nimport os\nfrom dataclasses import dataclass\n\n'
        "from harness.api import Solver\n\n\n@dataclass(frozen=True)\nclass Mine(Solver):\n"
        '    """Mine."""\n\n    problem = "toy_exact"\n\n'
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
    _, records, _ = take(plan, Effort(1, 1), {"mine": 0.1, "vectorised": 0.1})
    assert records["mine"].status == status
    assert sentence in records["mine"].message
    assert records["vectorised"].status == "ok"


def test_every_solve_has_a_generator_of_its_own(tmp_path):
    seen = tmp_path / "seen"
    body = f"with open({str(seen)!r}, 'a') as f: f.write(f'{{rng.random()}}\\n')\n"
    body += "yield int(data.bits.sum())"
    catalogue = Catalogue([TOYS, write(tmp_path, body)])
    plan = plan_of(catalogue, "toy_exact", ["mine"])
    take(plan, Effort(2, 2), {"mine": 0.1})
    drawn = seen.read_text().split()
    assert len(set(drawn)) == len(drawn) == 6  # two processes, a warm-up and two values each


def test_wrong_work_has_no_times_and_no_place_in_the_suite(tmp_path):
    catalogue = Catalogue([TOYS, write(tmp_path, "yield -1")])
    plan = plan_of(catalogue, "toy_exact", ["mine", "vectorised"])
    expected = {"mine": 1e-5, "vectorised": 1e-5}  # so fast that loops are calibrated first
    timer, records, _ = take(plan, Effort(1, 1), expected)
    assert (records["mine"].seconds, records["mine"].values) == (None, [])
    (benchmark,) = pyperf.BenchmarkSuite.loads(timer.suite()).get_benchmarks()
    assert benchmark.get_name() == "toy_exact/vectorised bits"
