"""`bench claims`: runs what is missing, says what came of it, and takes nobody's word."""

import json
import shutil
import subprocess
import sys

import pytest

from .toypack import PROBLEM, Pack, solver

CLAIMS = '''
"""What is claimed of guessing."""

from harness.api import Claim, CostGap, SameAnswers, Speedup

CLAIMS = [
    Claim(
        name="more-tries-are-better",
        paper="a-paper",
        statement="Fifty tries find a smaller number than one.",
        figure="smaller",
        quantity=CostGap("plain[tries=50]", "plain[tries=1]", ("line", "line[n=30]", "line[n=40]")),
        reproduced=(-1.0, 0.0),
        seeds=6,
    ),
    Claim(
        name="helped-is-plain",
        paper="another-paper",
        statement="The helper changes nothing.",
        figure="the same answers",
        quantity=SameAnswers("helped", "plain", ("line", "line[n=30]")),
        reproduced=(0.5, 1.0),
        seeds=6,
    ),
    Claim(
        name="as-fast",
        paper="another-paper",
        statement="The helper costs nothing.",
        figure="as fast",
        quantity=Speedup("helped", "plain", "line"),
        reproduced=(0.01, 100.0),
        rounds=4,
        values=1,
        precision=None,
        seeds=1,
    ),
    Claim(
        name="needs-a-cluster",
        paper="a-paper",
        statement="It scales to a thousand nodes.",
        figure="a thousand",
        untestable="There is one machine here.",
    ),
]
'''


@pytest.fixture(scope="module")
def pack(tmp_path_factory):
    made = Pack(tmp_path_factory.mktemp("claims")).write()
    best = PROBLEM.replace('title = "least"', 'title = "least"\n    counts = "best"')
    (made.folder / "least" / "problem.py").write_text(best.lstrip())
    (made.folder / "least" / "claims.py").write_text(CLAIMS.lstrip())
    return made


@pytest.fixture(scope="module")
def measured(pack):
    """The pack, its claims measured once."""
    said = pack.bench("claims", "least", "--format", "json", "-q")
    assert said.returncode == 0, said.stderr
    return json.loads(said.stdout)


def test_before_anything_was_run_there_is_no_verdict(pack):
    said = pack.bench("claims", "least", "--list", "--format", "json", BENCH_NOTHING="1")
    if (pack.results).exists():
        pytest.fail("this test must come before the others")
    told = {one["key"]: one for one in json.loads(said.stdout)}
    assert told["least/needs-a-cluster"]["verdict"] == "not testable here"
    del told["least/needs-a-cluster"]
    assert len(told) == 3
    for one in told.values():
        assert one["verdict"] is one["measured"] is one["interval"] is None
        assert all(one[name] for name in ("paper", "statement", "figure"))
    assert not pack.results.exists()


def test_what_is_missing_is_run_and_judged(measured):
    verdicts = {one["key"]: one["verdict"] for one in measured}
    assert verdicts == {
        "least/more-tries-are-better": "reproduced",
        "least/helped-is-plain": "reproduced",
        "least/as-fast": "reproduced",
        "least/needs-a-cluster": "not testable here",
    }
    first = measured[0]
    low, high = first["interval"]
    assert low < first["measured"] < high < 0
    assert len(first["records"]) == 36


def test_what_is_there_is_not_run_again(pack, measured):
    runs = sorted(path.name for path in pack.results.iterdir())
    again = json.loads(pack.bench("claims", "least", "--format", "json").stdout)
    assert sorted(path.name for path in pack.results.iterdir()) == runs
    assert again == measured
    listed = json.loads(pack.bench("claims", "--list", "--format", "json").stdout)
    assert [one for one in listed if one["problem"] == "least"] == measured


def test_the_records_behind_a_verdict_can_be_replayed(pack, measured):
    said = pack.bench("replay", measured[1]["records"][0])
    assert said.returncode == 0, said.stderr
    assert "agrees" in said.stdout


def test_the_terminal_tells_figure_measurement_reason_records_and_command(pack, measured):
    said = pack.bench("claims", "another-paper").stdout
    assert "✓ reproduced  least/helped-is-plain" in said
    assert "the same answers" in said
    assert "100\N{NO-BREAK SPACE}% (95 %: " in said
    assert "bench claims least/helped-is-plain --again" in said
    assert measured[1]["records"][0] in said.replace("\n" + " " * 12, " ")
    assert "2 claims: ✓ 2 reproduced" in said
    assert "more-tries" not in said


def test_again_runs_it_again(pack, measured):
    before = len(list(pack.results.iterdir()))
    said = pack.bench("claims", "least/helped-is-plain", "--again", "-q")
    assert said.returncode == 0, said.stderr
    assert len(list(pack.results.iterdir())) == before + 1


def test_an_edited_solver_is_measured_again_and_listed_as_changed(pack, measured, tmp_path):
    other = Pack(tmp_path / "copy")
    shutil.copytree(pack.root, other.root)
    (other.folder / "least" / "helped.py").write_text(
        solver("helped", first="yield 0\n        return")
    )
    listed = json.loads(
        other.bench("claims", "least/helped-is-plain", "--list", "--format", "json").stdout
    )
    assert listed[0]["verdict"] == "reproduced"
    assert "the source of helped has changed since" in listed[0]["why"]
    said = json.loads(other.bench("claims", "least/helped-is-plain", "--format", "json").stdout)
    assert said[0]["verdict"] == "contradicted"
    assert "they differ on" in said[0]["why"]


def test_markdown_is_a_table(pack, measured):
    said = pack.bench("claims", "a-paper", "--list", "--format", "markdown").stdout
    assert "| reproduced | least/more-tries-are-better" in said
    assert "| not testable here |" in said


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("CLAIMS = 3", "states no claims"),
        ("CLAIMS = [", "syntax error"),
        ("from harness.api import Claim\nCLAIMS = [Claim('x', 'p', 's', 'f')]", "give it a quant"),
    ],
)
def test_a_claims_file_that_is_broken_costs_only_itself(tmp_path, text, words):
    made = Pack(tmp_path).write()
    (made.folder / "least" / "claims.py").write_text(text)
    said = made.bench("claims", "--list")
    assert said.returncode == 0
    assert words in said.stderr
    assert "k_medoids/fasterpam-speed-k100" in said.stdout


def test_selectors_that_records_would_write_otherwise_are_told_at_once_and_nothing_is_run(tmp_path):
    made = Pack(tmp_path).write()
    text = CLAIMS.replace('"line[n=30]", "line[n=40]"', '"line[n=20]", "line[draw=1,n=40]"')
    text = text.replace("[tries=1]", "[tries=5]").replace('"plain", ("line"', '"plane", ("line"')
    (made.folder / "least" / "claims.py").write_text(text.lstrip())
    said = made.bench("claims", "least", "-q")
    assert said.returncode == 2
    told = said.stderr.splitlines()
    assert told[:3] == [
        "bench: claim least/more-tries-are-better names 'plain[tries=5]', which records call "
        "plain; write it so",
        "claim least/more-tries-are-better names 'line[n=20]', which records call line; "
        "write it so",
        "claim least/more-tries-are-better names 'line[draw=1,n=40]', which records call "
        "line[n=40,draw=1]; write it so",
    ]
    assert len(told) == 4
    assert told[3].startswith("claim least/helped-is-plain names 'plane': there is no solver")
    assert "did you mean least/plain" in told[3]
    assert not made.results.exists()
    assert made.bench("claims", "least/as-fast", "-q").returncode == 0  # others are not in the way


def test_an_unknown_name_is_answered_with_the_nearest(bench):
    said = bench("claims", "k_medoids/fasterpam-speed-k10")
    assert said.code == 2
    assert "did you mean k_medoids/fasterpam-speed-k100" in said.err


def test_a_file_of_claims_may_come_by_itself(pack, tmp_path):
    path = tmp_path / "my_claims.py"
    path.write_text(CLAIMS.lstrip().replace("CLAIMS =", 'PROBLEM = "least"\nCLAIMS ='))
    (pack.folder / "least" / "claims.py").rename(tmp_path / "aside.py")
    try:
        said = pack.bench("claims", "least", "--list", "--plugin", path)
    finally:
        (tmp_path / "aside.py").rename(pack.folder / "least" / "claims.py")
    assert "least/helped-is-plain" in said.stdout
    wrong = tmp_path / "wrong_claims.py"
    wrong.write_text(CLAIMS.replace("CLAIMS =", 'PROBLEM = "nowhere"\nCLAIMS ='))
    assert (
        "states claims about 'nowhere'" in pack.bench("claims", "--list", "--plugin", wrong).stderr
    )


def test_listing_loads_no_solver(tmp_path):
    code = (
        "import sys\nfrom harness.cli.main import main\n"
        "try: main(['claims', '--list'])\nexcept SystemExit: pass\n"
        "assert not [m for m in sys.modules if m.startswith('bench_clustering.k_medoids.f')]\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_boards_leave_out_what_was_run_for_claims(tmp_path, bench):
    made = Pack(tmp_path).write()
    (made.folder / "least" / "claims.py").write_text(CLAIMS.lstrip())
    assert made.bench("claims", "least/helped-is-plain", "-q").returncode == 0
    table = ("table", "--what", "records", "--results", made.results)
    assert "no run is recorded yet" in bench(*table).out
    said = made.bench("run", "least", "-n", 2, "--no-timings", "--resume", "--format", "json")
    assert json.loads(said.stdout)["kept"] == 0
    rows = bench(*table, "--format", "json").json
    assert {(row["label"], row["seed"]) for row in rows} == {
        (name, seed) for name in ("helped", "plain", "library") for seed in (0, 1)
    }
    assert made.bench("report", "-o", tmp_path / "site").returncode == 0
    listed = json.loads(
        made.bench("claims", "least/helped-is-plain", "--list", "--format", "json").stdout
    )
    assert listed[0]["verdict"] == "reproduced"


def test_a_run_tells_for_which_claim_it_was_made_and_a_moved_range_is_told(tmp_path):
    made = Pack(tmp_path).write()
    file = made.folder / "least" / "claims.py"
    file.write_text(CLAIMS.lstrip())
    name = "least/helped-is-plain"
    said = json.loads(made.bench("claims", name, "-q", "--format", "json").stdout)[0]
    assert "changed" not in said["why"]
    (folder,) = made.results.iterdir()
    told = json.loads((folder / "run.json").read_text())["claim"]
    assert told["key"] == name
    file.write_text(CLAIMS.lstrip().replace("reproduced=(0.5, 1.0)", "reproduced=(0.2, 1.0)"))
    moved = json.loads(made.bench("claims", name, "-q", "--format", "json").stdout)[0]
    assert "the claim was changed after it was measured" in moved["why"]
    again = made.bench("claims", name, "-q", "--again", "--format", "json")
    assert "changed" not in json.loads(again.stdout)[0]["why"]


@pytest.mark.parametrize("how", ["whole", "list", "markdown"])
def test_what_a_stranger_claims_is_harmless_to_look_at(tmp_path, how):
    made = Pack(tmp_path).write()
    nasty = "A\\x1b[2J\\x07 \\u202egood\\r" + " very" * 3000
    text = CLAIMS.replace("The helper changes nothing.", nasty).replace("the same answers", nasty)
    (made.folder / "least" / "claims.py").write_text(text.lstrip())
    options = {"whole": (), "list": ("--list",), "markdown": ("--list", "--format", "markdown")}
    done = made.bench("claims", "least/helped-is-plain", "-q", *options[how])
    assert done.returncode == 0, done.stderr
    assert "helped-is-plain" in done.stdout
    for letter in "\x1b\x07\u202e\r":
        assert letter not in done.stdout
    assert len(done.stdout) < 8000


def test_a_quantity_of_ones_own_costs_only_its_file(tmp_path):
    made = Pack(tmp_path).write()
    text = """
from harness.api import Claim, Speedup

class Mine(Speedup):
    pass

CLAIMS = [Claim("x", "p", "s", "f", Mine("plain", "helped", "line"), (1.0, 2.0))]
"""
    (made.folder / "least" / "claims.py").write_text(text)
    said = made.bench("claims", "--list")
    assert said.returncode == 0
    assert "nothing estimates the quantity of 'x'" in said.stderr
