"""What solvers' files declare, asked in a process of its own; whatever they do, it is told."""

import json
import os
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from harness.answers import encode
from harness.catalogue import SolverEntry
from harness.declare import Declarer, NotMade
from harness.loading import PluginError, Source
from harness.sandbox import landlock

HEAD = '''"""A solver that declares things."""

import math, os, struct, sys, time
from dataclasses import dataclass, field

import numpy as np

from harness.api import Solver

{before}

@dataclass(frozen=True)
class Declaring(Solver):
    """Declares things."""

    problem = "toy_batch"

{fields}

    def solve(self, data, rng):
        yield 1
'''


@pytest.fixture(scope="module")
def declarer():
    with Declarer(setup=20.0) as declarer:
        yield declarer


@pytest.fixture
def entry(tmp_path):
    """A function: the fields of a solver (and what comes before it) -> its entry."""

    def write(fields="", before=""):
        file = tmp_path / "declaring.py"
        lines = "\n".join("    " + line for line in fields.splitlines())
        file.write_text(HEAD.format(before=before, fields=lines))
        return SolverEntry("toy_batch", "declaring", Source(str(file)), "")

    return write


# ---------------------------------------------------------------- parameters


def test_a_solver_without_parameters_declares_none(declarer, entry):
    assert declarer.parameters(entry()) == {}


def test_defaults_are_told_as_they_are(declarer, entry):
    fields = (
        "count: int = 3\nshare: float = 0.5\nname: str = 'ü λ'\non: bool = True\nlimit: None = None"
    )
    expected = {"count": 3, "share": 0.5, "name": "ü λ", "on": True, "limit": None}
    found = declarer.parameters(entry(fields))
    assert found == expected
    assert list(found) == list(expected)
    assert type(found["on"]) is bool
    assert type(found["count"]) is int


def test_tuples_lists_and_factories(declarer, entry):
    fields = (
        "sizes: tuple = (1, (2.5, 'x'), ())\n"
        "steps: list = field(default_factory=lambda: [1, [2]])\n"
        "table: dict = field(default_factory=dict)"
    )
    found = declarer.parameters(entry(fields))
    assert found == {"sizes": (1, (2.5, "x"), ()), "steps": [1, [2]], "table": {}}


def test_given_values_take_the_place_of_defaults(declarer, entry):
    written = entry("count: int = 3\nsizes: tuple = (1, 2)\nderived: int = 0")
    assert declarer.parameters(written, {"count": 5, "sizes": [7]}) == {
        "count": 5,
        "sizes": [7],
        "derived": 0,
    }
    assert declarer.parameters(written) == {"count": 3, "sizes": (1, 2), "derived": 0}


def test_what_a_solver_makes_of_its_parameters_is_told(declarer, entry):
    written = entry(
        "count: int = 3\n"
        "def __post_init__(self):\n"
        "    object.__setattr__(self, 'count', self.count * 2)"
    )
    assert declarer.parameters(written, {"count": 4}) == {"count": 8}


CHECKED = (
    "count: int = 3\n"
    "def __post_init__(self):\n"
    "    if self.count > 9: raise ValueError(f'count is {self.count}, expected at most 9')"
)


def test_parameters_that_a_solver_refuses_are_told_with_its_reason(declarer, entry):
    written = entry(CHECKED)
    assert declarer.parameters(written, {"count": 9}) == {"count": 9}
    with pytest.raises(NotMade, match="it can't be made: ValueError: count is 10, expected at mo"):
        declarer.parameters(written, {"count": 10})
    with pytest.raises(NotMade, match="unexpected keyword argument 'cuont'"):
        declarer.parameters(written, {"cuont": 1})
    assert declarer.parameters(written) == {"count": 3}


@pytest.mark.parametrize(
    "fields",
    [
        "count: float = math.nan",
        "count: float = math.inf",
        "count: object = object",
        "count: set = field(default_factory=set)",
        "count: tuple = (1, (2, math.inf))",
        "count: object = field(default_factory=lambda: np.zeros(3))",
        "count: bytes = b'x'",
        "count: complex = 1j",
        "count: dict = field(default_factory=lambda: {1: 2})",
    ],
)
def test_what_can_not_be_written_down_is_refused(declarer, entry, fields):
    with pytest.raises(NotMade, match="can't be written down"):
        declarer.parameters(entry(fields))


def test_an_exit_in_the_making_is_told(declarer, entry):
    written = entry("def __post_init__(self):\n    sys.exit('no licence')")
    with pytest.raises(NotMade, match="it can't be made: SystemExit: no licence"):
        declarer.parameters(written)


# ---------------------------------------------------------------- files that can't be used

BROKEN = {
    "1 / 0": "fails when it is imported: ZeroDivisionError",
    "import no_such_library": "imports what is not installed",
    "sys.exit('no licence')": "SystemExit: no licence",
    "os._exit(3)": r"can't be loaded: crashed: the process ended \(exit code 3\)",
    "os._exit(0)": r"can't be loaded: crashed: the process ended \(exit code 0\)",
    "os.abort()": "can't be loaded: crashed: the process was ended by SIGABRT",
    "x = (": "syntax error",
    "raise KeyboardInterrupt": "can't be loaded: raised",
    "raise type('Odd', (BaseException,), {})('x')": "can't be loaded: raised: (?s:.*)Odd: x",
    "raise MemoryError('none left')": "can't be loaded: memory: out of memory: none left",
    "Solver = type('Solver', (), {})": "defines no solver",
    "os.kill(os.getpid(), 9)": "ended by SIGKILL",
}


@pytest.mark.parametrize(("before", "said"), BROKEN.items())
def test_a_file_that_can_not_be_used_is_told(declarer, entry, before, said):
    with pytest.raises(PluginError, match=said) as caught:
        declarer.parameters(entry(before=before))
    assert not isinstance(caught.value, NotMade)
    assert "declaring.py" in str(caught.value)
    assert declarer.parameters(entry("count: int = 3")) == {"count": 3}


def test_a_file_that_is_not_there_is_told(declarer, entry):
    written = entry()
    Path(written.source.file).unlink()
    with pytest.raises(PluginError, match="there is no such file"):
        declarer.parameters(written)


def test_what_the_catalogue_found_wrong_is_told_without_asking():
    wrong = SolverEntry("toy_batch", "wrong", Source("nowhere.py"), "", error="it is wrong")
    with Declarer() as declarer:
        with pytest.raises(PluginError, match=r"^it is wrong$"):
            declarer.parameters(wrong)
        assert declarer._worker is None


@pytest.mark.parametrize(
    ("fields", "before"),
    [("", "time.sleep(600)"), ("def __post_init__(self):\n    while True: pass", "")],
    ids=["on import", "in the making"],
)
def test_a_file_that_hangs_is_told_in_time(entry, fields, before):
    start = time.monotonic()
    with Declarer(setup=0.5) as declarer:
        with pytest.raises(PluginError, match=r"can't be loaded: .*0\.5 s"):
            declarer.parameters(entry(fields, before))
        assert declarer.parameters(entry("count: int = 3")) == {"count": 3}
    assert time.monotonic() - start < 10


def test_what_a_file_prints_is_not_seen(declarer, entry, capfd):
    before = "print('printed', flush=True)\nos.write(2, b'written')"
    assert declarer.parameters(entry("count: int = 3", before)) == {"count": 3}
    assert capfd.readouterr() == ("", "")


# ---------------------------------------------------------------- files that lie


def lying(payload):
    """A file that sends this instead of what it declares."""
    return f"import harness.child\nharness.child.encode = lambda value: {payload!r}"


NO_ANSWERS = {
    "nothing": b"",
    "text": b"hello",
    "bytes": b"\xff" * 100,
    "zeros": bytes(100),
    "a number": encode(5),
    "a list": encode([1, 2]),
    "no parameters": encode({}),
    "parameters in a list": encode({"parameters": [1]}),
    "parameters in words": encode({"parameters": "x"}),
    "an error of arrays": encode({"error": (1, 2)}),
    "a refusal of nothing": encode({"refusal": {}}),
}


@pytest.mark.parametrize("payload", NO_ANSWERS.values(), ids=NO_ANSWERS)
def test_a_lie_that_is_no_answer_is_the_files_fault(declarer, entry, payload):
    with pytest.raises(PluginError):
        declarer.parameters(entry(before=lying(payload)))
    assert declarer.parameters(entry("count: int = 3")) == {"count": 3}


TWISTED = {
    "an error that is an array": {"error": np.zeros(3)},
    "a refusal that is an array": {"refusal": np.zeros(3)},
    "a parameter of numbers": {"parameters": {"count": np.zeros(3)}},
    "no finite number": {"parameters": {"count": float("nan")}},
    "half a character": {"parameters": {"count": "\ud800"}},
}


@pytest.mark.parametrize(
    "content",
    [pytest.param(content, id=name) for name, content in TWISTED.items()],
)
def test_a_lie_that_is_an_answer_of_a_kind_is_the_files_fault(declarer, entry, content):
    written = entry(before=lying(encode(content)))
    try:
        found = declarer.parameters(written)
    except PluginError:
        return
    json.dumps(found, allow_nan=False).encode()  # it can be written down


@pytest.mark.parametrize("depth", [17, 300, 50_000])
def test_a_lie_that_is_nested_deep_is_the_files_fault(declarer, entry, depth):
    nested = b'{"l":[' * depth + b"]}" * depth
    head = b'{"d":[["parameters",' + nested + b"]]}"
    with pytest.raises(PluginError):
        declarer.parameters(entry(before=lying(len(head).to_bytes(4, "little") + head)))


def test_a_file_can_say_of_itself_what_it_wants_but_not_of_others(declarer, entry):
    before = "import dataclasses\ndataclasses.asdict = lambda solver: {'count': 99}"
    assert declarer.parameters(entry("count: int = 3", before)) == {"count": 99}
    assert declarer.parameters(entry("count: int = 3")) == {"count": 3}


# ---------------------------------------------------------------- where they are asked


def test_each_file_is_asked_in_a_process_of_its_own(declarer, entry):
    written = entry("pid: int = os.getpid()\nparent: int = os.getppid()")
    one, two = (declarer.parameters(written) for _ in range(2))
    assert len({one["pid"], two["pid"], one["parent"], os.getpid()}) == 4
    assert one["parent"] == two["parent"]
    assert "bench_plugin_declaring" not in sys.modules


@pytest.mark.skipif(not landlock(), reason="the kernel has no Landlock")
def test_a_file_can_not_read_the_cache_or_write_a_thing(declarer, entry, cache, tmp_path):
    (cache / "truth").write_text("42")
    before = (
        "def told(work):\n"
        "    try: return work()\n"
        "    except OSError as error: return type(error).__name__\n"
    )
    fields = (
        f"truth: str = told(lambda: open({str(cache / 'truth')!r}).read())\n"
        f"beside: str = told(lambda: open({str(tmp_path / 'beside')!r}).read())\n"
        f"made: str = told(lambda: open({str(tmp_path / 'made')!r}, 'w').name)\n"
        "own: int = told(lambda: open('own', 'w').write('x'))"
    )
    (tmp_path / "beside").write_text("beside")
    found = declarer.parameters(entry(fields, before))
    (cache / "truth").unlink()
    refused = "PermissionError"
    assert found == {"truth": refused, "beside": "beside", "made": refused, "own": 1}
    assert not (tmp_path / "made").exists()


def test_a_declarer_that_is_asked_nothing_starts_nothing(entry):
    with Declarer() as declarer:
        assert declarer._worker is None
        declarer.parameters(entry())
        server = declarer._worker._server.pid
        assert Path(f"/proc/{server}").exists()
    assert declarer._worker is None
    assert not Path(f"/proc/{server}").exists()
