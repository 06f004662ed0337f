"""`bench tune` and the ruleset of tuned settings: trials, the choice, boards that keep apart."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from harness import store

WALKER = '''
"""Walk: steps against the slope."""

from dataclasses import dataclass
from typing import ClassVar

from harness.api import Solver


@dataclass(frozen=True)
class Walk(Solver):
    """Steps against the slope."""

    problem = "valley"
    space: ClassVar = {"step": ("log", 0.01, 2.0)}

    step: float = 0.001

    def solve(self, oracle, rng):
        x = 0.0
        for _ in range(5):
            x -= self.step * oracle.slope(x)
            yield x
'''
FIXED = '''
"""Stay: it never moves."""

from dataclasses import dataclass

from harness.api import Solver


@dataclass(frozen=True)
class Stay(Solver):
    """It never moves."""

    problem = "valley"

    def solve(self, oracle, rng):
        yield 0.0
'''
VALLEY = '''
"""Valley: find the lowest point of a parabola."""

from harness.api import Instance, InvalidAnswer, Problem


class Oracle:
    def __init__(self, centre, meter):
        self._centre, self._meter = centre, meter

    def slope(self, x):
        self._meter.count()
        return x - self._centre


class Valley(Problem):
    """The cost of a point is its squared distance from the centre."""

    title = "Valley"
    kind = "oracle"
    compare = "difference"
    families = {"valley": {"centre": 1.0}}
    suites = {
        "smoke": ["valley"],
        "standard": ["valley", "valley[centre=2.0]"],
        "tuning": ["valley[centre=3.0]"],
        "edge": ["valley[centre=0.0]"],
    }

    def make(self, case, rng):
        return Instance({"centre": case.centre}, sizes={"n": 1}, optimum=0.0)

    def open(self, data, meter):
        return Oracle(data["centre"], meter)

    def score(self, instance, answer):
        if type(answer) is not float:
            raise InvalidAnswer("expected a float")
        return (answer - instance.data["centre"]) ** 2, {}
'''


@pytest.fixture
def board(tmp_path):
    folder = tmp_path / "valley"
    folder.mkdir()
    (folder / "problem.py").write_text(VALLEY)
    (folder / "walk.py").write_text(WALKER)
    (folder / "stay.py").write_text(FIXED)
    return ("--plugin", folder)


def labels(purpose):
    loaded = store.load(Path("results"))
    runs = {run for run, header in loaded.runs.items() if header.get("purpose", "") == purpose}
    return [(row["label"], row["case"]) for row in loaded.records if row["run"] in runs]


def test_tuning_tries_settings_and_names_the_best(bench, board):
    said = bench("tune", "valley", "--trials", 6, "-q", *board)
    assert said.code == 0
    assert "walk" in said.out
    assert "step=" in said.out
    assert "bench run valley --suite standard --ruleset tuned" in said.out
    tried = labels("tuning")
    assert len(set(tried)) == 6
    assert ("walk", "valley[centre=3.0]") in tried  # the defaults are one of them
    assert {case for _, case in tried} == {"valley[centre=3.0]"}
    (walk,) = bench("tune", "valley", "--list", "--format", "json", *board).json
    # The contraction per step is |1 - step|, so that the step nearest to 1 is the best.
    steps = {trial["label"]: trial["parameters"]["step"] for trial in walk["trials"]}
    assert walk["chosen"] == min(steps, key=lambda label: abs(1 - steps[label]))
    assert walk["calls"] == 6 * 5


def test_a_trial_that_fails_is_counted_and_no_news_but_one_that_raises_is(bench, board):
    folder = Path(board[1])
    for name, bad in (("falls", "'over'"), ("breaks", "1 / 0")):
        text = WALKER.replace("class Walk", f"class {name.title()}")
        assert "yield x" in text
        text = text.replace("yield x", f"yield x if self.step < 0.5 else {bad}")
        (folder / f"{name}.py").write_text(text)
    said = bench("tune", "valley", "-s", "falls", "--trials", 6, "-q", *board)
    assert (said.code, said.err) == (0, "")
    (falls,) = bench("tune", "valley", "--list", "--format", "json", *board).json
    assert sum(trial["failed"] > 0 for trial in falls["trials"]) > 0
    said = bench("tune", "valley", "-s", "breaks", "--trials", 6, "-q", *board)
    assert "ZeroDivisionError" in said.err


def test_trials_are_not_done_twice_and_more_go_on(bench, board):
    bench("tune", "valley", "--trials", 4, "-q", *board)
    bench("tune", "valley", "--trials", 4, "-q", *board)
    assert len(labels("tuning")) == 4
    bench("tune", "valley", "--trials", 7, "-q", *board)
    assert len(labels("tuning")) == len(set(labels("tuning"))) == 7
    bench("tune", "valley", "--trials", 7, "--again", "-q", *board)
    assert len(labels("tuning")) == 14


def test_boards_of_defaults_and_of_tuned_settings_keep_apart(bench, board):
    bench("tune", "valley", "--trials", 6, "-q", *board)
    bench("run", "valley", "--suite", "standard", "-n", 1, "--no-timings", "-q", *board)
    before = bench("table", "--format", "json", *board).json
    said = bench(
        "run", "valley", "--suite", "standard", "-n", 1, "--no-timings", "-q",
        "--ruleset", "tuned", *board,
    )  # fmt: skip
    assert said.code == 0
    assert "walk" in said.out
    assert "step=" not in said.out  # a tuned solver goes by its name
    (label,) = {label for label, _ in labels("tuned")}
    assert label.startswith("walk[step=")
    after = bench("table", "--format", "json", *board).json
    assert [row["label"] for row in after] == [row["label"] for row in before]
    (walk,) = (row for row in after if row["label"] == "walk")
    tuned = bench("table", "--ruleset", "tuned", "--format", "json", *board).json
    assert {row["label"] for row in tuned} == {"walk", "stay"}
    (better,) = (row for row in tuned if row["label"] == "walk")
    assert better["score"] < walk["score"]
    assert better["rank"] == 1


def test_a_tuned_run_goes_on_with_resume(bench, board):
    bench("tune", "valley", "--trials", 3, "-q", *board)
    again = ("run", "valley", "--ruleset", "tuned", "-n", 1, "--no-timings", "-q", *board)
    bench(*again)
    assert len(labels("tuned")) == 1
    assert "Nothing is missing" in bench(*again, "--resume").out
    assert len(labels("tuned")) == 1


def test_the_choice_follows_the_records(bench, board):
    bench("tune", "valley", "--trials", 4, "-q", *board)
    (first,) = bench("tune", "valley", "--list", "--format", "json", *board).json
    bench("tune", "valley", "--trials", 30, "-q", *board)
    (second,) = bench("tune", "valley", "--list", "--format", "json", *board).json
    assert second["chosen"] != first["chosen"]


def test_trials_of_a_space_that_was_narrowed_do_not_count(bench, board, tmp_path):
    bench("tune", "valley", "--trials", 8, "-q", *board)
    narrowed = WALKER.replace('("log", 0.01, 2.0)', '("log", 0.01, 0.02)')
    (tmp_path / "valley" / "walk.py").write_text(narrowed)
    (walk,) = bench("tune", "valley", "--list", "--format", "json", *board).json
    assert [trial["label"] for trial in walk["trials"]] == ["walk"]


def test_pages_show_both_boards_and_the_spread(bench, board):
    bench("tune", "valley", "--trials", 6, "-q", *board)
    bench("run", "valley", "--suite", "standard", "-n", 1, "--no-timings", "-q", *board)
    bench("report", *board)
    page, tuned = (Path("site/problems", name) for name in ("valley.html", "valley-tuned.html"))
    assert "Settings were tried, but not yet run" in tuned.read_text()
    bench(
        "run", "valley", "--suite", "standard", "-n", 1, "--no-timings", "-q",
        "--ruleset", "tuned", *board,
    )  # fmt: skip
    bench("report", *board)
    for one, other in ((page, "valley-tuned.html"), (tuned, "valley.html")):
        text = one.read_text()
        assert f'href="../problems/{other}"' in text
        assert "Tuned settings" in text
        assert "All trials took" in text
    assert "With nothing to tune, these stand here with their defaults: stay." in tuned.read_text()
    assert (Path("site/data/valley-tuned/leaderboard.csv")).is_file()


def test_without_trials_there_is_one_page(bench, board):
    bench("run", "valley", "-n", 1, "--no-timings", "-q", *board)
    bench("report", *board)
    assert not Path("site/problems/valley-tuned.html").exists()
    assert "rulesets" not in Path("site/problems/valley.html").read_text()


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (("tune", "vally"), "valley"),
        (("tune", "valley", "-s", "wlak"), "walk"),
        (("tune", "valley", "-s", "stay"), "declares no space"),
        (("tune", "valley", "--trials", 1), "trials"),
        (("run", "valley", "--ruleset", "tuned"), "bench tune valley"),
        (("run", "valley", "--ruleset", "tuned", "-s", "stay"), "nothing to tune"),
        (("run", "valley", "--ruleset", "tuned", "-s", "walk[step=1.0]"), "name the solver alone"),
        (("run", "valley", "--ruleset", "tuned", "-s", "wlak"), "walk"),
    ],
)
def test_misuse_is_answered_with_what_to_do(bench, board, arguments, hint):
    said = bench(*arguments, *board)
    assert said.code == 2
    assert hint in said.err


def test_a_tuned_board_refuses_the_cases_that_were_tuned_on(bench, board):
    bench("tune", "valley", "--trials", 3, "-q", *board)
    said = bench("run", "valley", "--suite", "tuning", "--ruleset", "tuned", *board)
    assert said.code == 2
    assert "chosen on valley[centre=3.0]" in said.err


def test_cases_of_the_board_that_are_tuned_on_are_left_out_there(bench, board):
    said = bench("tune", "valley", "-c", "valley", "--trials", 3, "-q", *board)
    assert "left out there: valley" in said.err
    bench("run", "valley", "-c", "valley[centre=2.0]", "-n", 1, "--no-timings", "-q",
          "--ruleset", "tuned", *board)  # fmt: skip
    rows = bench("table", "--what", "cases", "--ruleset", "tuned", "--format", "json", *board).json
    assert {row["case"] for row in rows} == {"valley[centre=2.0]"}


def test_an_interrupted_tuning_goes_on(bench, board, tmp_path):
    slow = WALKER.replace("x = 0.0", "import time; time.sleep(0.2); x = 0.0")
    (tmp_path / "valley" / "walk.py").write_text(slow)
    command = [sys.executable, "-m", "harness.cli.main", "tune", "valley", "--trials", "12", "-q"]
    with subprocess.Popen([*command, *map(str, board)], env=os.environ) as process:
        deadline = time.monotonic() + 60
        while len(list(Path().glob("results/*/records.jsonl"))) == 0 or not any(
            path.stat().st_size for path in Path().glob("results/*/records.jsonl")
        ):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 130
    done = len(labels("tuning"))
    assert 0 < done < 12
    bench("tune", "valley", "--trials", 12, "-q", *board)
    assert len(labels("tuning")) == len(set(labels("tuning"))) == 12


def test_a_space_that_is_none_is_told(bench, board, tmp_path):
    wrong = WALKER.replace('("log", 0.01, 2.0)', '("log", 0.0, 2.0)')
    (tmp_path / "valley" / "walk.py").write_text(wrong)
    said = bench("tune", "valley", *board)
    assert said.code == 2
    assert "the range of step" in said.err
    assert "numbers above 0" in said.err
