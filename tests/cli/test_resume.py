"""`bench run --resume` and `--explain`: exactly what is missing is run, and it is said why."""

import json
import random
import shutil
import signal
import subprocess
import time
from collections import Counter
from pathlib import Path

import pytest

from harness import keys, store, tables

from .conftest import TOYS
from .toypack import NAMES, Pack, solver

QUICK = ("--no-timings", "--plugin", TOYS)


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A pack that was run once."""
    pack = Pack(tmp_path_factory.mktemp("finished")).write()
    said = pack.bench("run", "least", "-n", 2, "--no-timings")
    assert said.returncode == 0, said.stderr
    return pack


@pytest.fixture
def pack(finished, tmp_path):
    """A copy of the pack and of its results."""
    shutil.copytree(finished.root, tmp_path / "copy")
    return Pack(tmp_path / "copy")


def reasons(said):
    """(label, why) of what was run -> how many."""
    return Counter((row["label"], row["why"]) for row in said["explained"] if not row["kept"])


def rerun(said):
    """Which solvers were run again, all their rows; every other row was kept."""
    labels = {row["label"] for row in said["explained"] if not row["kept"]}
    for row in said["explained"]:
        assert row["kept"] == (row["label"] not in labels), row
    assert said["ran"] == 4 * len(labels)
    assert said["kept"] == 12 - said["ran"]
    return labels


# --- what is rerun, and why --------------------------------------------------------------------


def test_nothing_is_missing(pack):
    before = sorted(pack.results.iterdir())
    said = pack.bench("run", "least", "-n", 2, "--no-timings", "--resume")
    assert said.returncode == 0, said.stderr
    assert "Nothing is missing: 12 runs are there already." in said.stdout
    assert "Runs: 12 ok; kept 12, ran 0." in said.stdout
    assert all(name in said.stdout for name in NAMES), "the leaderboard of what is there"
    assert sorted(pack.results.iterdir()) == before
    said = pack.explained()
    assert (said["kept"], said["ran"], said["run"], said["runs"]) == (12, 0, None, {"ok": 12})
    assert sorted(pack.results.iterdir()) == before


def test_only_what_is_missing_is_run_and_nothing_is_there_twice(pack):
    said = pack.explained("-n", 3)
    assert (said["kept"], said["ran"]) == (12, 6)
    assert reasons(said) == {(name, "never run here"): 2 for name in NAMES}
    assert {row["seed"] for row in said["explained"] if not row["kept"]} == {2}
    records = store.load(pack.results).records
    assert len({record["key"] for record in records}) == len(records) == 18
    assert len(store.load(Path(said["folder"])).records) == 6


EDITS = {
    "plain.py": ({"plain"}, "its source changed: plain.py"),
    "_helper.py": ({"helped"}, "its source changed: _helper.py"),
    "problem.py": (set(NAMES), "the problem's source changed: problem.py"),
}


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_reruns_what_it_concerns(pack, name):
    labels, why = EDITS[name]
    pack.edit(name)
    said = pack.explained()
    assert rerun(said) == labels
    assert reasons(said) == {(label, why): 4 for label in labels}
    assert pack.explained()["ran"] == 0, "then it is there"


def test_an_edit_of_two_files_names_both(pack):
    pack.edit("helped.py")
    pack.edit("_helper.py")
    assert reasons(pack.explained()) == {("helped", "its source changed: _helper.py, helped.py"): 4}


def test_another_limit_reruns_everything(pack):
    said = pack.explained("--timeout", 30)
    assert rerun(said) == set(NAMES)
    assert reasons(said) == {(name, "limits changed: timeout 60 -> 30"): 4 for name in NAMES}
    said = pack.bench("run", "least", "-n", 2, "--no-timings", "--resume")
    assert "Nothing is missing: 12 runs" in said.stdout, "what was run first is still there"
    assert (
        "12 of the runs that are there already were not what tables and pages show" in said.stderr
    )


def shown(pack):
    """What tables show: the run of each record that counts."""
    return set(tables.current(tables.records(store.load(pack.results)))["run"])


def test_what_is_kept_counts_again_where_newer_records_hid_it(pack):
    """Edit, run, take the edit back, resume: the first records are what the command meant."""
    (first,) = (path.name for path in pack.results.iterdir())
    text = (pack.folder / "least" / "plain.py").read_text()
    pack.edit("plain.py")
    edited = pack.explained()["run"]
    assert shown(pack) == {first, edited}
    (pack.folder / "least" / "plain.py").write_text(text)
    said = pack.explained()
    assert (said["kept"], said["ran"]) == (12, 0)
    header = json.loads((pack.results / said["run"] / "run.json").read_text())
    assert {run: len(keys) for run, keys in header["kept"].items()} == {first: 4}
    assert (header["records"], header["ended"]) == (0, "finished")
    assert shown(pack) == {first}
    again = pack.bench("run", "least", "-n", 2, "--no-timings", "--resume")
    assert "were not what tables" not in again.stderr, "they are by now"
    assert len(list(pack.results.iterdir())) == 3
    pack.edit("plain.py")
    assert pack.explained()["ran"] == 0
    assert shown(pack) == {first, edited}, "and back"


def test_an_upgraded_library_reruns_the_solvers_that_import_it(pack):
    pack.upgrade("2.0")
    said = pack.explained()
    assert rerun(said) == {"library"}
    assert reasons(said) == {("library", "library acme-lib 1.0 -> 2.0"): 4}


def test_another_instance_is_told(pack):
    pack.edit("problem.py", "    symmetries = None\n")  # the same instance of another source
    said = pack.explained()
    assert set(reasons(said)) == {
        (name, "the problem's source changed: problem.py") for name in NAMES
    }
    text = (pack.folder / "least" / "problem.py").read_text()
    (pack.folder / "least" / "problem.py").write_text(text.replace("+ 1}", "+ 2}"))
    said = pack.explained()
    assert set(reasons(said)) == {
        (name, "the problem's source changed: problem.py; the case's instance changed")
        for name in NAMES
    }


def test_a_default_that_is_another_is_told(pack):
    path = pack.folder / "least" / "plain.py"
    path.write_text(path.read_text().replace("tries: int = 5", "tries: int = 6"))
    said = pack.explained()
    why = "its source changed: plain.py; parameters changed: tries 5 -> 6"
    assert reasons(said) == {("plain", why): 4}


def test_what_was_run_on_another_machine_is_run_here(pack):
    (header,) = pack.results.glob("*/run.json")
    header.write_text(json.dumps({**json.loads(header.read_text()), "machine": "elsewhere"}))
    said = pack.explained()
    assert reasons(said) == {(name, "only run on another machine"): 4 for name in NAMES}


def test_records_without_parts_of_their_sources_are_told_stale_all_the_same(pack):
    (header,) = pack.results.glob("*/run.json")
    facts = json.loads(header.read_text())
    for nonsense in ({}, [], dict.fromkeys(facts["sources"], 3), {"files": []}):
        header.write_text(json.dumps({**facts, "sources": nonsense}))
        pack.edit("plain.py")
        said = pack.explained("-s", "plain", "--results", pack.root / "results")
        assert set(reasons(said)) == {("plain", "its source changed")}
        shutil.rmtree(said["folder"])


def test_a_kernel_that_was_built_again_is_told(bench, solver_file, monkeypatch):
    path = solver_file('yield 0\nkernel("k_medoids")', head="from harness.api import kernel")
    arguments = ("run", "toy_batch", "-s", "mine,scan", "-n", 1, *QUICK, "--plugin", path)
    bench(*arguments)
    keys.sources_of.cache_clear()
    monkeypatch.setattr(keys, "_kernel_digest", lambda name: "another build of " + name)
    said = bench(*arguments, "--explain", "--format", "json").json
    keys.sources_of.cache_clear()
    assert reasons(said) == {("mine", "kernel k_medoids changed"): 2}


@pytest.mark.parametrize(
    ("patch", "why"),
    [
        ("platform.python_version", "Python {0} -> 9.9.9"),
        ("harness.__version__", "harness {1} -> 9.9.9"),
    ],
)
def test_another_python_or_harness_reruns_everything(bench, monkeypatch, patch, why):
    import platform

    import harness

    expected = why.format(platform.python_version(), harness.__version__)
    bench("run", "toy_batch", "-s", "scan", "-n", 1, *QUICK)
    keys.sources_of.cache_clear()
    owner, _, name = patch.partition(".")
    new = "9.9.9" if name == "__version__" else lambda: "9.9.9"
    monkeypatch.setattr({"platform": platform, "harness": harness}[owner], name, new)
    said = bench("run", "toy_batch", "-s", "scan", "-n", 1, *QUICK, "--explain", "--format", "json")
    keys.sources_of.cache_clear()
    assert reasons(said.json) == {("scan", expected): 2}


# --- as people see it --------------------------------------------------------------------------


def test_the_explanation_is_a_line_for_each_run_before_anything_runs(bench):
    bench("run", "toy_batch", "-n", 1, "-s", "guess", *QUICK)
    said = bench("run", "toy_batch", "-n", 2, "-s", "guess", "--explain", *QUICK)
    (run, _) = sorted(Path("results").iterdir())
    lines = said.out.splitlines()
    assert lines[:4] == [
        f"kept  guess on uniform, seed 0:         in {run.name}",
        "run   guess on uniform, seed 1:         never run here",
        f"kept  guess on uniform[n=1000], seed 0: in {run.name}",
        "run   guess on uniform[n=1000], seed 1: never run here",
    ]
    assert "Runs: 4 ok; kept 2, ran 2." in said.out


def test_several_problems_are_told_apart(bench):
    said = bench("run", "toy_batch", "toy_exact", "-n", 1, "--explain", *QUICK)
    assert "run   toy_exact/loop on " in said.out
    assert "run   toy_batch/scan on uniform, seed 0:" in said.out


def test_a_resume_into_an_empty_folder_runs_everything(bench):
    said = bench("run", "toy_batch", "-n", 1, "--resume", *QUICK)
    assert said.code == 0
    assert "4 ok; kept 0, ran 4" in said.out


def test_without_resume_everything_is_run_again(bench):
    bench("run", "toy_batch", "-n", 1, *QUICK)
    said = bench("run", "toy_batch", "-n", 1, "--format", "json", *QUICK)
    assert (said.json["kept"], said.json["ran"]) == (0, 4)


def test_failures_are_kept_and_count_as_findings(bench, solver_file):
    path = solver_file("raise RuntimeError('on purpose')\nyield 0")
    arguments = ("run", "toy_batch", "-s", "mine,scan", "-n", 1, *QUICK, "--plugin", path)
    assert bench(*arguments).code == 1
    said = bench(*arguments, "--resume")
    assert said.code == 1
    assert "Nothing is missing: 4 runs" in said.out
    assert "2 ok, 2 raised; kept 4, ran 0" in said.out


def test_a_case_that_can_not_be_made_is_kept_while_its_reason_is_the_same(bench):
    arguments = ("run", "toy_batch", "-s", "scan", "-c", "uniform[n=0],uniform[n=-1]", "-n", 2)
    assert bench(*arguments, *QUICK).code == 1
    said = bench(*arguments, *QUICK, "--resume", "--format", "json")
    assert said.code == 1
    assert (said.json["kept"], said.json["ran"]) == (4, 0)


def test_a_solver_that_was_skipped_is_run_once_its_package_is_there(pack):
    text = solver("plain").replace(
        'problem = "least"', 'problem = "least"\n    requires = ("acme-more",)'
    )
    (pack.folder / "least" / "plain.py").write_text(text)
    said = pack.explained("-s", "plain")
    assert said["runs"] == {"skipped": 4}
    assert set(reasons(said)) == {
        ("plain", "it can't be run now: acme-more is not installed: pip install acme-more")
    }
    assert pack.explained("-s", "plain")["kept"] == 4
    info = pack.root / "site" / "acme_more-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-more\nVersion: 1.0\n")
    said = pack.explained("-s", "plain")
    assert said["runs"] == {"ok": 4}
    assert set(reasons(said)) == {
        ("plain", "it was skipped: acme-more is not installed: pip install acme-more")
    }


# --- timings -----------------------------------------------------------------------------------

TIMED = ("run", "toy_exact", "-n", 1, "--values", 1, "--plugin", TOYS, "--format", "json")


def test_timings_that_are_there_are_not_taken_again(bench):
    first = bench(*TIMED, "--rounds", 2).json
    total = len(store.load(Path("results")).records)
    said = bench(*TIMED, "--rounds", 2, "--explain").json
    assert (said["kept"], said["ran"], said["run"]) == (total, 0, None)
    file = Path(first["folder"]) / "records.jsonl"
    lines = file.read_text().splitlines(keepends=True)
    lost = next(json.loads(line) for line in lines if '"kind": "timing"' in line)
    file.write_text("".join(line for line in lines if lost["key"] not in line))
    said = bench(*TIMED, "--rounds", 2, "--explain").json
    assert (said["kept"], said["ran"]) == (total - 1, 1)
    (again,) = store.load(Path(said["folder"])).records
    assert again["status"] == "ok"
    assert (again["key"], again["label"]) == (lost["key"], lost["label"])


def test_another_effort_concerns_timings_only(bench):
    bench(*TIMED, "--rounds", 2)
    said = bench(*TIMED, "--rounds", 3, "--explain").json
    for row in said["explained"]:
        if row["kind"] == "trace":
            assert row["kept"]
        else:
            assert row["why"] == "limits changed: effort.rounds 2 -> 3"
    assert said["ran"] == sum(row["kind"] == "timing" for row in said["explained"]) > 0


def test_a_timing_that_was_too_dear_is_kept(bench):
    arguments = (*TIMED, "--rounds", 2, "--timing-budget", 1e-9)
    bench(*arguments)
    timings = [row for row in store.load(Path("results")).records if row["kind"] == "timing"]
    assert timings
    assert {row["status"] for row in timings} == {"skipped"}
    assert bench(*arguments, "--resume").json["ran"] == 0


# --- two at once, and kills --------------------------------------------------------------------


def test_two_runs_into_one_folder_at_once(finished, tmp_path):
    shutil.copytree(finished.folder, tmp_path / "acme_pack")
    shutil.copytree(finished.root / "site", tmp_path / "site")
    pack = Pack(tmp_path)
    running = [
        subprocess.Popen(
            pack.command("run", "least", "-n", 3, "--no-timings", "-q"),
            cwd=tmp_path,
            env=pack.environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        for _ in range(2)
    ]
    for each in running:
        _, said = each.communicate(timeout=60)
        assert each.returncode == 0, said
    loaded = store.load(pack.results)
    assert loaded.complaints == []
    assert Counter(record["run"] for record in loaded.records) == dict.fromkeys(loaded.runs, 18)
    assert len(loaded.runs) == 2


def what(loaded):
    """What a store tells but for times."""
    names = ("key", "problem", "label", "case", "seed", "status", "cost")
    return Counter(tuple(record[name] for name in names) for record in loaded.records)


def processes_with(text):
    """The processes whose environment or command line holds a text."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            content = (folder / "cmdline").read_bytes() + (folder / "environ").read_bytes()
            state = (folder / "stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            continue
        if text.encode() in content and state != "Z":
            found.append(int(folder.name))
    return found


@pytest.fixture
def slow_pack(tmp_path):
    """A pack whose runs last long enough for a kill to hit them."""
    pack = Pack(tmp_path / "killed").write()
    slow = solver("plain", "import time\n", "time.sleep(0.02)")
    (pack.folder / "least" / "plain.py").write_text(slow)
    (tmp_path / "scratch").mkdir()
    return pack


KILLED = ("run", "least", "-s", "plain", "-n", 40, "--no-timings", "-q", "--resume")


@pytest.mark.xdist_group("heavy")
def test_fifty_kills_lose_nothing_but_runs_in_flight(slow_pack, tmp_path):
    seed = 20261121
    print(f"seed of the kills: {seed}")
    moments = random.Random(seed)
    marked = {"TMPDIR": str(tmp_path / "scratch")}  # by which what is left over can be told
    other = Pack(tmp_path / "undisturbed")
    shutil.copytree(slow_pack.root, other.root)
    assert other.bench(*KILLED, **marked).returncode == 0
    begin = time.monotonic()
    assert "Nothing is missing: 80 runs" in other.bench(*KILLED, **marked).stdout
    usual = time.monotonic() - begin
    kills = 0
    for _ in range(50):
        kills += killed_after(moments.uniform(0.4, 1.4) * usual, slow_pack, marked)
    assert kills > 15, "the plan was too small for the kills to hit"
    broken = store.load_if_any(slow_pack.results)
    assert all("torn" in complaint for complaint in broken.complaints), broken.complaints
    assert len(broken.runs) > 5
    said = slow_pack.bench(*KILLED, **marked)
    assert said.returncode == 0, said.stderr
    found = what(store.load(slow_pack.results))
    assert set(found.values()) == {1}, "a key is there twice"
    assert found == what(store.load(other.results))
    deadline = time.monotonic() + 10
    while (left := processes_with(str(tmp_path))) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not left


def killed_after(seconds, pack, marked):
    """Whether a resumed run was killed after so long, as it had not ended by itself."""
    running = subprocess.Popen(
        pack.command(*KILLED),
        cwd=pack.root,
        env=pack.environment(**marked),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        running.wait(seconds)
    except subprocess.TimeoutExpired:
        running.send_signal(signal.SIGKILL)
    running.wait()
    said = running.stderr.read()
    running.stderr.close()
    assert running.returncode in (0, -signal.SIGKILL), said
    return running.returncode != 0
