"""Keys change with what decides a result, and with nothing else."""

import json
import os
import subprocess
import sys
import textwrap
from dataclasses import replace
from pathlib import Path

import pytest

from harness import keys
from harness.loading import Source
from harness.plan import blank, make_plan
from harness.run import Budget

PACK = {
    "__init__.py": '"""A pack."""\n',
    "board/__init__.py": '"""A problem."""\n',
    "board/problem.py": '"""A problem."""\nfrom harness.api import Problem\n',
    "board/mine.py": """
        from acme_pack.board._near import helper
        from acme_pack.board import _relative_target
        import numpy
        from ._relative import other
        from harness.api import kernel

        def solve():
            import scipy.optimize
            return kernel("k_medoids")
    """,
    "board/_near.py": "from acme_pack.board._far import far\nhelper = far\n",
    "board/_far.py": "far = 1\n",
    "board/_relative.py": "other = 1\n",
    "board/_relative_target.py": "x = 1\n",
    "board/_unrelated.py": "y = 1\n",
    "board/rival.py": "z = 1\n",
}

SCRIPT = """
import sys
sys.path.insert(0, {root!r})
from harness import keys
from harness.loading import Source
{before}
print(keys.source_key(Source({file!r}, "acme_pack.board.mine", {root!r})))
"""


@pytest.fixture
def pack(tmp_path):
    for name, text in PACK.items():
        path = tmp_path / "acme_pack" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text).lstrip())
    return tmp_path


def key(root, before=""):
    """The key as a fresh process computes it: modules found once stay found in this one."""
    file = root / "acme_pack" / "board" / "mine.py"
    script = SCRIPT.format(root=str(root), file=str(file), before=textwrap.dedent(before))
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )
    return done.stdout.strip()


def test_the_key_is_the_same_for_the_same_sources(pack):
    assert key(pack) == key(pack)
    assert len(key(pack)) == 32


@pytest.mark.parametrize(
    "name", ["mine.py", "_near.py", "_far.py", "_relative.py", "_relative_target.py"]
)
def test_the_key_changes_with_the_file_and_what_it_imports(pack, name):
    before = key(pack)
    path = pack / "acme_pack" / "board" / name
    path.write_text(path.read_text() + "# edited\n")
    assert key(pack) != before


@pytest.mark.parametrize("name", ["_unrelated.py", "rival.py", "problem.py"])
def test_the_key_does_not_change_with_a_neighbour_that_is_not_imported(pack, name):
    before = key(pack)
    path = pack / "acme_pack" / "board" / name
    path.write_text(path.read_text() + "# edited\n")
    assert key(pack) == before


@pytest.mark.parametrize(
    ("library", "changes"), [("numpy", True), ("scipy", True), ("rich", False)]
)
def test_the_key_changes_with_the_version_of_a_library_that_is_imported(pack, library, changes):
    upgraded = f"""
        version = keys.metadata.version
        keys.metadata.version = lambda name: "99" if name == {library!r} else version(name)
    """
    assert (key(pack, upgraded) != key(pack)) == changes


def test_the_key_changes_with_the_kernel(pack):
    rebuilt = 'keys._kernel_digest = lambda name: "another build of " + name'
    assert key(pack, rebuilt) != key(pack)


@pytest.mark.parametrize(
    "other",
    ['keys.platform.python_version = lambda: "3.99.0"', 'keys.harness.__version__ = "99"'],
    ids=["python", "harness"],
)
def test_the_key_changes_with_python_and_the_harness(pack, other):
    assert key(pack, other) != key(pack)


def test_the_modules_of_a_file_are_those_that_it_and_its_helpers_import_anywhere(pack):
    (pack / "acme_pack" / "board" / "_far.py").write_text("def far():\n    import csv, scipy.fft\n")
    file = pack / "acme_pack" / "board" / "mine.py"
    found = keys.modules_of(Source(str(file), "acme_pack.board.mine", str(pack)))
    assert {"numpy", "scipy.optimize", "csv", "scipy.fft"} <= set(found)
    (pack / "acme_pack" / "board" / "_unrelated.py").write_text("import email\n")
    assert "email" not in keys.modules_of(Source(str(file), "acme_pack.board.mine", str(pack)))


def test_the_parts_of_a_key_are_told(pack):
    import platform

    import numpy

    import harness

    file = pack / "acme_pack" / "board" / "mine.py"
    (pack / "acme_pack" / "board" / "_deep").mkdir()
    (pack / "acme_pack" / "board" / "_deep" / "_helper.py").write_text("other = 1\n")
    file.write_text(file.read_text() + "from ._deep._helper import other\n")
    sources = keys.sources_of(Source(str(file), "acme_pack.board.mine", str(pack)))
    assert list(sources.files) == [
        "__init__.py",
        "_deep/_helper.py",
        "_far.py",
        "_near.py",
        "_relative.py",
        "_relative_target.py",
        "mine.py",
    ]
    assert list(sources.kernels) == ["k_medoids"]
    assert sources.libraries["numpy"] == numpy.__version__
    assert set(sources.libraries) >= {"numpy", "scipy"}
    assert (sources.python, sources.harness) == (platform.python_version(), harness.__version__)
    told = json.loads(json.dumps(sources.as_json()))
    assert keys.Sources(**told).key == sources.key, "the key is the digest of what is told"
    assert str(pack) not in json.dumps(told)


def test_the_key_is_the_same_whether_the_pack_is_on_the_import_path_or_not(pack):
    absent = f"sys.path.remove({str(pack)!r})"
    assert key(pack, absent) == key(pack)


def test_the_key_follows_what_the_init_of_a_package_imports(pack):
    board = pack / "acme_pack" / "board"
    (board / "_deep").mkdir()
    (board / "_deep" / "__init__.py").write_text("from ._part import part\n")
    (board / "_deep" / "_part.py").write_text("part = 1\n")
    (board / "mine.py").write_text("from . import _deep\n")
    before = key(pack)
    (board / "_deep" / "_part.py").write_text("part = 2\n")
    assert key(pack) != before


def test_a_kernel_asked_for_by_its_full_name_counts(pack):
    mine = pack / "acme_pack" / "board" / "mine.py"
    mine.write_text('import harness.api\nk = harness.api.kernel("k_medoids")\n')
    rebuilt = 'keys._kernel_digest = lambda name: "another build of " + name'
    assert key(pack, rebuilt) != key(pack)


def test_record_keys_hang_on_every_part():
    from harness.keys import record_key

    parts = {"solver": "a", "parameters": {"x": 1}, "seed": 0, "budget": {}}
    keys = {record_key(parts)}
    for name, other in (
        ("solver", "b"),
        ("parameters", {"x": 2}),
        ("seed", 1),
        ("budget", {"seconds": 1.0}),
    ):
        keys.add(record_key({**parts, name: other}))
    assert len(keys) == 5
    assert record_key(dict(reversed(parts.items()))) == record_key(parts)


@pytest.mark.parametrize(
    ("change", "trace", "timing"),
    [
        ({}, False, False),
        ({"threads": 2}, True, True),
        ({"timeout": 30.0}, True, True),
        ({"memory": 10**9}, True, True),
        ({"budget": Budget(answers=3)}, True, True),
        ({"effort": {"rounds": 3}}, False, True),
        ({"name": "other"}, True, True),
        ({"seeds": (0, 1, 2, 3)}, False, False),
    ],
    ids=lambda value: str(value)[:25],
)
def test_what_of_a_plan_is_part_of_a_record_s_key(toys, change, trace, timing):
    plan = make_plan(toys, "toy_batch", [], [], "smoke", 1, Budget())
    other = replace(plan, **change)
    case, who = plan.cases[0], plan.contestants[0]

    def record(plan, kind, case=case, who=who, seed=0):
        return blank(plan, who, case, None, seed, kind)

    assert (record(other, "trace").key != record(plan, "trace").key) == trace
    assert (record(other, "timing").key != record(plan, "timing").key) == timing
    assert record(plan, "trace").sources == {"problem": plan.key, "solver": who.key}
    keys = {
        record(plan, kind, case, who, seed).key
        for kind in ("trace", "timing")
        for case in plan.cases
        for who in plan.contestants
        for seed in (0, 1)
    }
    assert len(keys) == 16, "of cases that can't be made too"


def test_every_installed_solver_has_a_key_of_its_own():
    from harness.catalogue import Catalogue
    from harness.keys import source_key

    sources = [entry.source for entry in Catalogue().solvers.values()]
    assert len({source_key(source) for source in sources}) == len(sources)
    assert all(Path(source.file).exists() for source in sources)


def test_the_kernels_of_a_solver_are_those_that_its_helpers_ask_for():
    from harness.catalogue import Catalogue
    from harness.keys import kernels_of

    solvers = Catalogue().solvers
    assert kernels_of(solvers["k_medoids/fasterpam"].source) == ("k_medoids",)
    assert kernels_of(solvers["k_medoids/random_medoids"].source) == ("k_medoids",)
