"""Isolated runs: whatever a solver does, the harness survives and says what happened."""

import json
import os
import resource
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from harness import isolate
from harness.answers import decode, encode
from harness.api import Instance, Meter
from harness.instances import store
from harness.isolate import IsolationError, Limits, Outcome, Worker, call, clean_environment
from harness.outcome import Trace
from harness.record import STATUSES
from harness.run import Point
from harness.sandbox import landlock

pytestmark = pytest.mark.filterwarnings("error::ResourceWarning")

fenced = pytest.mark.skipif(
    landlock() < 6, reason="the kernel's Landlock is absent, or too old to keep signals inside"
)
OVERSHOOT = 1.5  # seconds; a guard against hanging, not a measurement


@pytest.fixture
def run(worker, write_solver, job_of):
    """Run the body of a solve() in isolation."""

    def run(
        body,
        limits=None,
        before="",
        reached=None,
        thin=True,
        problem="toy_batch",
        examiner=None,
        **budget,
    ):
        file = write_solver(body, problem, before=before)
        limits = limits or Limits(timeout=20.0)
        return worker.run(job_of(file, problem, **budget), limits, reached, thin, examiner)

    return run


UNSUPPORTED = "from harness.api import Unsupported\n"


def answers(outcome):
    return [decode(point.answer) for point in outcome.points]


def alive(pid):
    """Whether a process exists and is no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def until_dead(pid, seconds=10.0):
    end = time.monotonic() + seconds
    while alive(pid) and time.monotonic() < end:
        time.sleep(0.01)
    return not alive(pid)


# ---------------------------------------------------------------- ok


def test_a_good_run_is_ok_and_complete(run):
    outcome = run("yield 1\nyield 2")
    assert (outcome.status, outcome.message) == ("ok", "")
    assert answers(outcome)[-1] == 2
    assert outcome.ending.why == "finished"
    assert outcome.ending.answers == 2
    assert outcome.threads == 1
    assert outcome.ending.seconds > 0
    assert outcome.wall > 0
    assert outcome.cpu >= outcome.ending.cpu


def test_memory_is_what_the_run_added(run):
    idle = run("yield 1").memory
    busy = run("block = np.ones(10_000_000)\nyield float(block[0])").memory
    assert idle < 20e6
    assert 75e6 < busy < 120e6


def test_memory_freed_before_the_end_still_counts(run):
    assert run("block = np.ones(10_000_000)\ndel block\nyield 1").memory > 75e6


def test_memory_of_loading_does_not_count(run):
    assert run("yield 1", before="x = b'x' * 100_000_000\ndel x\n").memory < 20e6


def test_threads_that_are_left_running_are_counted(run):
    outcome = run("threading.Thread(target=time.sleep, args=(60,), daemon=True).start()\nyield 1")
    assert (outcome.status, outcome.threads) == ("ok", 2)


def test_waiting_is_seconds_but_not_processor_time(run):
    outcome = run("time.sleep(0.3)\nyield 1")
    assert outcome.ending.seconds >= 0.3
    assert outcome.ending.cpu < 0.2


def test_the_budget_ends_the_run_from_within(run):
    outcome = run("while True:\n    yield 1", seconds=0.2)
    assert (outcome.status, outcome.ending.why) == ("ok", "seconds")


def test_the_seed_reaches_the_solver(worker, write_solver, job_of):
    file = write_solver("yield float(rng.random())")
    outcomes = [worker.run(job_of(file, seed=seed), Limits(timeout=20.0)) for seed in (1, 1, 2)]
    one, two, other = (answers(outcome)[0] for outcome in outcomes)
    assert one == two != other


# ---------------------------------------------------------------- timeout

HANGING = {
    "loop": "while True: pass",
    "sleep": "time.sleep(600)",
    "deaf": (
        "for number in range(1, 65):\n"
        "    try: signal.signal(number, signal.SIG_IGN)\n"
        "    except (OSError, ValueError): pass\n"
        "signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))\n"
        "while True: time.sleep(600)"
    ),
    "sum in C": "sum(range(10**12))",
    "huge power": "x = 3 ** (10**9)",
    "regular expression": "re.match(r'(a+)+$', 'a' * 64 + 'b')",
    "waiting for a thread": (
        "thread = threading.Thread(target=time.sleep, args=(600,))\nthread.start()\nthread.join()"
    ),
    "stopped": "os.kill(os.getpid(), signal.SIGSTOP)",
    "in another process group": "os.setpgid(0, os.getppid())\ntime.sleep(600)",
    "waiting for a child": "subprocess.run(['sleep', '600'])",
    "catches everything": (
        "while True:\n    try:\n        while True: time.sleep(1)\n    except BaseException: pass"
    ),
}


@pytest.mark.parametrize("body", HANGING.values(), ids=HANGING)
def test_a_hanging_solver_is_killed_and_keeps_its_answers(run, body):
    start = time.monotonic()
    outcome = run("yield 7\n" + body, Limits(timeout=0.4))
    assert time.monotonic() - start < 0.4 + OVERSHOOT
    assert outcome.status == "timeout"
    assert outcome.message == "killed after 0.4 s, the limit of a run"
    assert answers(outcome) == [7]
    assert outcome.ending is None
    assert outcome.wall >= 0.4
    assert run("yield 1").status == "ok"


def test_a_solver_that_hangs_after_its_last_answer_is_killed(run):
    outcome = run(
        "try:\n    yield 7\nfinally:\n    time.sleep(600)", Limits(timeout=0.4), answers=1
    )
    assert outcome.status == "timeout"
    assert answers(outcome) == [7]


def test_a_solver_that_floods_its_output_is_killed_in_time(run):
    start = time.monotonic()
    outcome = run(
        "yield 7\nblock = b'x' * 65536\nwhile True: os.write(1, block)",
        Limits(timeout=0.4, output=1000),
    )
    assert time.monotonic() - start < 0.4 + OVERSHOOT
    assert outcome.status == "timeout"
    assert outcome.output == "x" * 1000


def test_a_file_that_hangs_when_imported_is_killed(run):
    outcome = run("yield 1", Limits(setup=0.4), before="import time; time.sleep(600)\n")
    assert outcome.status == "timeout"
    assert outcome.message == "not ready after 0.4 s of imports and loading"


def test_imports_are_not_on_the_clock_of_the_limit(run):
    outcome = run("yield 1", Limits(timeout=0.2), before="import time; time.sleep(0.5)\n")
    assert outcome.status == "ok"
    assert outcome.ending.seconds < 0.2


def test_answers_of_the_last_instant_before_a_kill_are_there(run):
    outcome = run(
        "for number in range(10**9):\n    yield number\n    time.sleep(0.01)",
        Limits(timeout=0.5),
        thin=False,
    )
    assert outcome.status == "timeout"
    assert outcome.points[-1].seconds > 0.3
    assert answers(outcome)[-1] == outcome.points[-1].answers - 1


def test_a_first_answer_is_not_held_back_where_the_best_counts(run):
    outcome = run("yield 0.5\ntime.sleep(600)", Limits(timeout=0.3), problem="toy_oracle")
    assert outcome.status == "timeout"
    assert answers(outcome) == [0.5]


# ---------------------------------------------------------------- memory, crashed, raised, invalid


@pytest.mark.parametrize(
    "body",
    ["bytearray(1 << 30)", "np.zeros(1 << 27)", "x = [0]\nwhile True: x += x", "'a' * (1 << 30)"],
)
def test_memory_beyond_the_limit_is_refused(run, worker, monkeypatch, body):
    monkeypatch.setattr(worker, "_grouped", False)  # a control group counts what is touched only
    outcome = run("yield 7\n" + body, Limits(timeout=20.0, memory=200 << 20))
    assert outcome.status == "memory"
    assert outcome.message.startswith("out of memory")
    assert answers(outcome) == [7]
    assert outcome.memory < 300 << 20


def test_memory_within_the_limit_is_granted(run):
    outcome = run("x = np.ones(10 << 17)\nyield float(x[0])", Limits(memory=200 << 20))
    assert outcome.status == "ok"


def test_the_data_do_not_count_as_memory_of_the_run(worker, write_solver, job_of, tmp_path):
    stored = store(Instance({"values": np.zeros(10_000_000)}), tmp_path)  # 80 MB
    file = write_solver("yield float(data['values'].sum())")
    job = {**job_of(file), "data": str(stored.data)}
    outcome = worker.run(job, Limits(memory=40 << 20))
    assert outcome.status == "ok"
    assert outcome.memory < 40 << 20


def test_memory_beyond_the_limit_on_import_is_told_as_such(run):
    outcome = run("yield 1", Limits(memory=200 << 20), before="x = bytearray(1 << 30)\n")
    assert outcome.status == "memory"


CRASHES = {
    "SIGSEGV": ("os.kill(os.getpid(), 11)", "the process was ended by SIGSEGV"),
    "null pointer": ("ctypes.string_at(0)", "the process was ended by SIGSEGV"),
    "SIGKILL": ("os.kill(os.getpid(), 9)", "the process was ended by SIGKILL"),
    "abort": ("os.abort()", "the process was ended by SIGABRT"),
    "real-time signal": ("os.kill(os.getpid(), 40)", "the process was ended by signal 40"),
    "exit 3": ("os._exit(3)", "the process ended (exit code 3) before the run did"),
    "exit 0": ("os._exit(0)", "the process ended (exit code 0) before the run did"),
    "exec": ("os.execv('/bin/false', ['false'])", "the process ended (exit code 1)"),
}


@pytest.mark.parametrize(("body", "message"), CRASHES.values(), ids=CRASHES)
def test_a_crash_is_told_with_its_signal_or_code_and_keeps_the_answers(run, body, message):
    outcome = run("yield 7\n" + body)
    assert outcome.status == "crashed"
    assert outcome.message.startswith(message)
    assert answers(outcome) == [7]
    assert run("yield 1").status == "ok"


def test_a_crash_quotes_what_was_printed_last(run):
    outcome = run("print('a')\nprint('the matrix is singular', flush=True)\nos._exit(1)\nyield")
    assert outcome.message.endswith("it printed: a / the matrix is singular")


def test_a_crash_on_import_is_told(run):
    outcome = run("yield 1", before="import os; os._exit(5)\n")
    assert outcome.status == "crashed"
    assert "exit code 5" in outcome.message


def test_an_exception_shows_the_solvers_own_frames_only(run):
    outcome = run("yield 7\nhelper = lambda: 1 / 0\nhelper()")
    assert outcome.status == "raised"
    assert outcome.message.splitlines()[0].startswith("File ")
    assert outcome.message.splitlines()[-1] == "ZeroDivisionError: division by zero"
    assert outcome.message.count("written.py") == 2
    assert "harness" not in outcome.message.replace("bench", "")
    assert answers(outcome) == [7]


def test_an_exception_from_within_the_harness_shows_who_called_it(run):
    outcome = run("data.nothing_of_the_kind\nyield 1")
    assert outcome.status == "raised"
    assert "written.py" in outcome.message
    assert "the data has no 'nothing_of_the_kind'; it has values" in outcome.message


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ("sys.exit(3)", "SystemExit: 3"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
        ("raise type('Odd', (BaseException,), {})('x')", "Odd: x"),
        ("def f(): f()\nf()", "RecursionError"),
        ("data.values[0] = 1", "read-only"),
        ("raise ValueError('x' * 10**7)", "xxx"),
        ("raise type('E', (Exception,), {'__str__': lambda self: 1 / 0})()", "E"),
        ("raise ExceptionGroup('many', [ValueError(i) for i in range(99)])", "ValueError"),
    ],
)
def test_whatever_is_raised_is_told_in_few_words(run, body, name):
    outcome = run(body + "\nyield 1")
    assert outcome.status == "raised"
    assert name in outcome.message
    assert len(outcome.message) <= 2000


def test_a_case_beyond_the_solver_is_told_in_its_own_words(run):
    outcome = run("raise Unsupported('30 qubits, at most 12')\nyield 1", before=UNSUPPORTED)
    assert (outcome.status, outcome.message) == ("unsupported", "30 qubits, at most 12")


def test_an_unsupported_case_without_words_gets_a_sentence(run):
    outcome = run("yield 1\nraise Unsupported", before=UNSUPPORTED)
    assert (outcome.status, outcome.message) == ("unsupported", "it does not say why")
    assert answers(outcome) == [1]


def test_an_exception_when_the_file_is_imported_is_told(run):
    outcome = run("yield 1", before="1 / 0\n")
    assert outcome.status == "raised"
    assert "ZeroDivisionError" in outcome.message
    assert "written.py" in outcome.message


def test_an_exit_when_the_file_is_imported_is_told(run):
    outcome = run("yield 1", before="import sys; sys.exit('no licence')\n")
    assert outcome.status == "raised"
    assert "no licence" in outcome.message


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("yield object()", "the answer holds a builtins.object"),
        ("return [1]", "without yielding an answer"),
        ("return\nyield", "without yielding an answer"),
        ("yield lambda: 1", "the answer holds a builtins.function"),
    ],
)
def test_what_is_no_answer_is_invalid(run, body, message):
    if "return [1]" in body:
        body += "\nyield"
    outcome = run(body)
    assert outcome.status == "invalid"
    assert message in outcome.message


def test_asking_for_the_future_is_invalid(run):
    outcome = run("next(data)\nnext(data)\nyield 1", problem="toy_online")
    assert outcome.status == "invalid"
    assert "yield a decision" in outcome.message


# ---------------------------------------------------------------- what a run can see and leave


SLEEPERS = {
    "child": "child = subprocess.Popen(['sleep', '600'])\n",
    "session of its own": "child = subprocess.Popen(['sleep', '600'], start_new_session=True)\n",
    "orphan": (
        'inner = \'import subprocess; p = subprocess.Popen(["sleep", "600"], '
        "stdout=subprocess.DEVNULL, start_new_session=True); print(p.pid)'\n"
        "out = subprocess.run([sys.executable, '-c', inner], stdout=subprocess.PIPE).stdout\n"
        "child = type('P', (), {'pid': int(out)})\n"
    ),
    "fork": (
        "pid = os.fork()\n"
        "if not pid:\n"
        "    os.setsid()\n"
        "    while True: time.sleep(600)\n"
        "child = type('P', (), {'pid': pid})\n"
    ),
}


@pytest.mark.parametrize("end", ["", "time.sleep(600)", "os._exit(1)"], ids=["ok", "hung", "dead"])
@pytest.mark.parametrize("start", SLEEPERS.values(), ids=SLEEPERS)
def test_processes_that_a_run_leaves_behind_are_killed(run, start, end):
    outcome = run(start + "yield child.pid\n" + end, Limits(timeout=1.0))
    (pid,) = answers(outcome)
    assert pid > 1
    assert until_dead(pid)
    assert run("yield 1").status == "ok"


def test_many_processes_are_killed(run):
    outcome = run("yield [subprocess.Popen(['sleep', '600']).pid for _ in range(50)]")
    assert not any(alive(pid) for pid in answers(outcome)[0])


def test_standard_output_and_error_are_captured(run):
    outcome = run(
        "print('printed')\nprint('complained', file=sys.stderr)\nos.write(1, b'written\\n')\n"
        "os.system('echo from a child')\nyield 1"
    )
    assert outcome.status == "ok"
    for word in ("printed", "complained", "written", "from a child"):
        assert word in outcome.output


def test_output_is_cut(run):
    outcome = run("print('y' * 10**6, flush=True)\nyield 1", Limits(output=100))
    assert outcome.output == "y" * 100


def test_output_that_is_no_text_is_taken(run):
    assert "\ufffd" in run("os.write(1, b'\\xff\\xfe')\nyield 1").output


def test_nothing_is_printed_by_the_parent(run, capfd):
    run("print('printed', flush=True)\nyield 1")
    run("os.abort()\nyield 1")
    assert capfd.readouterr() == ("", "")


def test_a_thread_that_goes_on_printing_does_not_hold_up_the_end(run):
    start = time.monotonic()
    outcome = run(
        "def flood():\n"
        "    while True: print('x' * 100_000)\n"
        "threading.Thread(target=flood, daemon=True).start()\n"
        "time.sleep(0.05)\n"
        "yield 7"
    )
    assert outcome.status == "ok"
    assert answers(outcome) == [7]
    assert time.monotonic() - start < 10


def test_the_folder_of_a_run_is_its_own_and_goes_with_it(run):
    body = (
        "open('here', 'w').write('x' * 1000)\n"
        "os.makedirs('deep/er')\n"
        "tempfile.mkstemp()\n"
        "yield [os.getcwd(), tempfile.gettempdir(), os.path.expanduser('~')]\n"
    )
    one, two = (answers(run(body))[0] for _ in range(2))
    assert len(set(one)) == 1
    assert one != two
    assert not Path(one[0]).exists()
    (killed,) = answers(run(body + "time.sleep(600)", Limits(timeout=0.3)))
    assert not Path(killed[0]).exists()


def test_standard_input_is_empty(run):
    assert answers(run("yield sys.stdin.read()")) == [""]


def test_nothing_of_the_parents_environment_is_seen(monkeypatch, write_solver, job_of):
    monkeypatch.setenv("SECRET_TOKEN", "hunter2")
    file = write_solver(
        "yield dict(os.environ)\nyield open('/proc/self/environ').read().split('\\0')"
    )
    with Worker() as fresh:
        seen, at_start = answers(fresh.run(job_of(file), Limits()))
    assert "hunter2" not in str(seen) + str(at_start)
    ours = {"PYTHONHASHSEED", "JOBLIB_MULTIPROCESSING", "HOME", "TMPDIR"}
    allowed = {*isolate._INHERITED, *isolate.THREAD_VARIABLES, *ours}
    assert set(seen) <= allowed | {"LC_CTYPE"}  # Python's own, where there is no locale
    # What the process was started with, and so before any import.
    assert "OMP_NUM_THREADS=1" in at_start
    assert "OPENBLAS_NUM_THREADS=1" in at_start


def test_the_number_of_threads_allowed_is_set_before_the_start(write_solver, job_of):
    file = write_solver("yield open('/proc/self/environ').read().split('\\0')")
    with Worker(threads=3) as fresh:
        (at_start,) = answers(fresh.run(job_of(file), Limits()))
    for name in isolate.THREAD_VARIABLES:
        assert f"{name}=3" in at_start


def test_an_outer_thread_setting_is_overruled(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "64")
    assert clean_environment()["OMP_NUM_THREADS"] == "1"


def test_a_run_holds_one_socket_and_the_data_and_no_other_file(run):
    body = (
        "kinds = {}\n"
        "for name in os.listdir('/proc/self/fd'):\n"
        "    try: kinds[name] = os.readlink('/proc/self/fd/' + name).partition(':')[0]\n"
        "    except OSError: pass\n"
        "yield kinds\n"
    )
    (kinds,) = answers(run(body))
    assert kinds.pop("0") == "/dev/null"
    assert kinds.pop("1") == kinds.pop("2") == "pipe"
    assert sorted(Path(kind).name for kind in kinds.values()) == ["arrays.bin", "socket"]


def test_core_files_are_not_written(run):
    assert answers(run("import resource\nyield resource.getrlimit(resource.RLIMIT_CORE)")) == [
        (0, 0)
    ]


def test_one_run_does_not_see_what_another_did(run):
    assert run("import json as j\nj.mark = 1\nnp.mark = 1\nyield 1").status == "ok"
    assert answers(run("import json as j\nyield hasattr(j, 'mark') or hasattr(np, 'mark')")) == [
        False
    ]


def test_text_hashes_are_the_same_in_every_run(write_solver, job_of):
    file = write_solver("yield hash('text')")
    found = set()
    for _ in range(2):
        with Worker() as fresh:
            found.add(answers(fresh.run(job_of(file), Limits()))[0])
    assert len(found) == 1


# ---------------------------------------------------------------- the channel

CHANNEL = """
channel = None
for name in os.listdir('/proc/self/fd'):
    try:
        if os.readlink('/proc/self/fd/' + name).startswith('socket'): channel = int(name)
    except OSError: pass

def frame(kind, payload):
    if not isinstance(payload, bytes): payload = json.dumps(payload).encode()
    data = struct.pack('<cQ', kind, len(payload)) + payload
    while data: data = data[os.write(channel, data):]

def point(head, answer):
    head = json.dumps(head).encode()
    frame(b'P', struct.pack('<I', len(head)) + head + answer)

yield 7
"""
ENDING = {
    "why": "finished",
    "seconds": 1.0,
    "cpu": 1.0,
    "calls": 0,
    "answers": 1,
    "latencies": [],
    "build": 0.0,
    "threads": 1,
}


def test_closing_the_channel_to_hide_is_ended_and_told(run):
    start = time.monotonic()
    outcome = run(CHANNEL + "os.close(channel)\ntime.sleep(600)")
    assert time.monotonic() - start < 10
    assert outcome.status == "crashed"
    assert "closed its channel" in outcome.message
    assert answers(outcome) == [7]
    assert run("yield 1").status == "ok"


def test_ending_the_process_after_closing_the_channel_is_told(run):
    outcome = run(CHANNEL + "os.close(channel)\ntime.sleep(0.1)\nos._exit(4)")
    assert outcome.status == "crashed"
    assert "exit code 4" in outcome.message


class Generous:
    """An examiner whose every reply is larger than the channel holds."""

    def __init__(self, reply):
        self.reply, self.meter = reply, Meter()

    def answer(self, question):
        return b"R", self.reply


READING = """
frame(b'Q', b'a question')
time.sleep(1.5)
size, = struct.unpack('<cQ', os.read(channel, 9))[1:]
while size: size -= len(os.read(channel, min(size, 1 << 20)))
"""


def test_a_large_reply_is_sent_whole_to_a_child_that_takes_its_time(run):
    outcome = run(CHANNEL + READING + "yield 8", examiner=Generous(bytes(20_000_000)))
    assert outcome.status == "ok", outcome.message
    assert answers(outcome) == [7, 8]


def test_a_child_that_does_not_take_a_reply_is_killed_at_its_limit(run):
    body = CHANNEL + "frame(b'Q', b'a question')\ntime.sleep(600)"
    start = time.monotonic()
    outcome = run(body, Limits(timeout=2.0), examiner=Generous(bytes(20_000_000)))
    assert outcome.status == "timeout"
    assert 2.0 <= time.monotonic() - start < 8.0
    assert run("yield 1").status == "ok"


GARBLED = {
    "noise": "os.write(channel, b'\\xff' * 1000); time.sleep(600)",
    "text": "os.write(channel, b'hello'); os.close(channel); time.sleep(600)",
    "half a frame": "os.write(channel, struct.pack('<cQ', b'P', 100)); os._exit(0)",
    "unknown letter": "frame(b'Q', {}); time.sleep(600)",
    "second start": "frame(b'S', {'resident': 0}); time.sleep(600)",
    "ending is a number": "frame(b'E', 5); time.sleep(600)",
    "ending is a list": "frame(b'E', []); time.sleep(600)",
    "ending is empty": "frame(b'E', {}); time.sleep(600)",
    "ending is no JSON": "frame(b'E', b'{'); time.sleep(600)",
    "ending is nested": "frame(b'E', b'[' * 100_000); time.sleep(600)",
    "failure is a number": "frame(b'X', 5); time.sleep(600)",
    "failure without words": "frame(b'X', {'status': 'raised'}); time.sleep(600)",
    "failure called ok": "frame(b'X', {'status': 'ok', 'message': ''}); time.sleep(600)",
    "failure of no kind": "frame(b'X', {'status': [1], 'message': ''}); time.sleep(600)",
    "failure says a number": "frame(b'X', {'status': 'raised', 'message': 5}); time.sleep(600)",
    "empty point": "frame(b'P', b''); time.sleep(600)",
    "point of too little": "point([1.0], b''); time.sleep(600)",
    "point in words": "point(['a', 'b', 'c'], b''); time.sleep(600)",
    "point at infinity": "point([float('inf'), 0, 1], b''); time.sleep(600)",
    "point at no time": "point([float('nan'), 0, 1], b''); time.sleep(600)",
    "point before the start": "point([-1.0, 0, 1], b''); time.sleep(600)",
    "point nested": ("frame(b'P', struct.pack('<I', 100_000) + b'[' * 100_000); time.sleep(600)"),
}


@pytest.mark.parametrize("body", GARBLED.values(), ids=GARBLED)
def test_garbage_in_the_channel_ends_the_run_and_nothing_else(run, body):
    start = time.monotonic()
    outcome = run(CHANNEL + body, Limits(timeout=5.0))
    assert time.monotonic() - start < 5.0
    assert outcome.status in ("invalid", "crashed")
    assert answers(outcome)[0] == 7
    assert_storable(outcome)
    assert run("yield 1").status == "ok"


@pytest.mark.parametrize(
    "name", ["seconds", "cpu", "calls", "answers", "latencies", "build", "threads"]
)
@pytest.mark.parametrize("value", ["NaN", "Infinity", '"x"', "[[1]]", "{}", "true", "1" * 400])
def test_an_ending_with_wrong_values_is_no_ending(run, name, value):
    text = json.dumps({**ENDING, name: "@"}).replace('"@"', value)
    outcome = run(CHANNEL + f"frame(b'E', {text.encode()!r})\ntime.sleep(600)", Limits(timeout=5.0))
    assert outcome.status in STATUSES
    assert_storable(outcome)


def assert_storable(outcome: Outcome):
    """All that becomes a record is of its type, and finite."""
    seconds = [point.seconds for point in outcome.points] + [outcome.wall, outcome.cpu]
    if outcome.ending is not None:
        ending = outcome.ending
        seconds += [ending.seconds, ending.cpu, ending.build, *ending.latencies]
        assert all(type(number) is int for number in (ending.calls, ending.answers))
        assert type(ending.why) is str
        json.dumps([ending.calls, ending.answers])
    assert all(type(number) is float and 0 <= number < 1e18 for number in seconds)
    assert outcome.threads is None or type(outcome.threads) is int
    assert type(outcome.message) is str
    assert len(outcome.message) < 5000


def test_a_message_of_any_length_is_cut(run):
    outcome = run(CHANNEL + "frame(b'X', {'status': 'raised', 'message': 'm' * 10**6})")
    assert outcome.status == "raised"
    assert len(outcome.message) < 5000


def test_an_answer_that_claims_more_than_the_harness_takes_is_refused(run):
    outcome = run(CHANNEL + "os.write(channel, struct.pack('<cQ', b'P', 1 << 40)); time.sleep(600)")
    assert outcome.status == "invalid"
    assert outcome.message == "sent more than the harness takes from a run"
    assert answers(outcome) == [7]


def test_a_flood_of_answers_is_refused(run, monkeypatch):
    monkeypatch.setattr("harness.watch._MAX_TOTAL", 10 << 20)
    outcome = run("while True:\n    yield np.zeros(1 << 17)", Limits(timeout=20.0))
    assert outcome.status == "invalid"
    assert outcome.message == "sent more than the harness takes from a run"
    assert run("yield 1").status == "ok"


def test_an_answer_in_pieces_is_put_together(run):
    outcome = run("yield np.arange(3_000_000)")
    (answer,) = answers(outcome)
    assert answer[-1] == 2_999_999
    assert len(answer) == 3_000_000


# ---------------------------------------------------------------- thinning


def thinned(seconds, thin=True):
    trace = Trace(thin)
    for number, moment in enumerate(seconds, 1):
        trace.add(Point(moment, 0, number, encode(number)))
    return [point.seconds for point in trace.points]


def test_points_close_in_time_are_dropped_but_not_the_last():
    kept = thinned([0.02 * number for number in range(1, 5001)])
    assert kept[-1] == pytest.approx(100.0)
    assert len(kept) < 2 * 24 * 4


def test_a_point_that_stood_for_long_is_not_dropped():
    assert thinned([1.0, 1.05, 100.0, 101.0]) == [1.0, 1.05, 100.0, 101.0]


def test_without_thinning_every_point_is_there():
    assert thinned([1.0, 1.001, 1.002], thin=False) == [1.0, 1.001, 1.002]


# ---------------------------------------------------------------- a target


def test_with_a_target_the_parent_ends_the_run(run):
    seen = []

    def reached(point):
        seen.append(point.answer)
        return point.answer == 3

    outcome = run(
        "for number in range(1, 100):\n    time.sleep(0.03)\n    yield number",
        reached=reached,
        target=0.0,
    )
    assert seen == [1, 2, 3]
    assert (outcome.status, outcome.ending.why) == ("ok", "target")


def test_time_spent_by_the_parent_on_scoring_is_not_the_solvers(run):
    def reached(point):
        time.sleep(0.4)
        return False

    outcome = run(
        "yield 1\ntime.sleep(0.01)\nyield 2", Limits(timeout=0.5), reached=reached, target=0.0
    )
    assert outcome.status == "ok"
    assert outcome.ending.seconds < 0.3
    assert outcome.wall < 0.5


def test_a_solver_that_dies_while_it_is_scored_has_crashed(run):
    def reached(point):
        time.sleep(0.3)
        return False

    outcome = run(
        "threading.Timer(0.1, os._exit, [3]).start()\nyield 7\nyield 8",
        reached=reached,
        target=0.0,
    )
    assert outcome.status == "crashed"
    assert "exit code 3" in outcome.message
    assert answers(outcome)[0] == 7


def test_an_interrupt_in_the_parent_kills_the_run_and_leaves_the_worker_usable(run):
    def reached(point):
        raise KeyboardInterrupt

    pids = []

    def first(point):
        pids.append(point.answer)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run("yield os.getpid()\ntime.sleep(600)", reached=first, target=0.0)
    assert until_dead(pids[0])
    assert run("yield 1").status == "ok"


# ---------------------------------------------------------------- the server


@pytest.fixture
def own_worker():
    with Worker() as worker:
        yield worker


def test_a_server_killed_between_runs_is_told_and_started_again(own_worker, write_solver, job_of):
    job = job_of(write_solver("yield 1"))
    assert own_worker.run(job, Limits()).status == "ok"
    os.kill(own_worker._server.pid, signal.SIGKILL)
    own_worker._server.wait()
    with pytest.raises(IsolationError, match="the server of the runs broke down"):
        own_worker.run(job, Limits())
    assert own_worker.run(job, Limits()).status == "ok"


def test_a_server_killed_under_its_run_is_told_and_the_run_dies(own_worker, write_solver, job_of):
    pids = []

    def kill_server(point):
        pids.append(point.answer)
        os.kill(own_worker._server.pid, signal.SIGKILL)
        return False

    hanging = write_solver("yield os.getpid()\ntime.sleep(600)")
    with pytest.raises(IsolationError):
        own_worker.run(job_of(hanging, target=-1.0), Limits(timeout=600.0), kill_server)
    assert until_dead(pids[0])
    assert own_worker.run(job_of(write_solver("yield 1")), Limits()).status == "ok"


@fenced
def test_a_run_can_not_kill_its_server_or_the_harness(run):
    for pid in ("os.getppid()", str(os.getpid())):
        outcome = run(f"os.kill({pid}, 9)\nyield 1")
        assert outcome.status == "raised"
        assert "PermissionError" in outcome.message
    assert run("yield 1").status == "ok"


def test_a_job_that_is_too_long_for_the_socket_is_told(own_worker, write_solver, job_of):
    file = write_solver("yield 1")
    with pytest.raises(IsolationError):
        own_worker.run(job_of(file, parameters={"a": "x" * (8 << 20)}), Limits())
    assert own_worker.run(job_of(file), Limits()).status == "ok"


def test_an_aborted_run_ends_with_all_that_it_started(own_worker, write_solver, job_of):
    note = write_solver("yield 1").parent / "pids"
    file = write_solver(
        "child = subprocess.Popen(['sleep', '600'], start_new_session=True)\n"
        f"open({str(note)!r}, 'w').write(f'{{os.getpid()}} {{child.pid}}\\n')\n"
        "time.sleep(600)\nyield 1",
        name="long",
    )
    with ThreadPoolExecutor(1) as pool:
        job = {**job_of(file), "writable": [str(note.parent)]}
        future = pool.submit(own_worker.run, job, Limits(timeout=60.0))
        while not future.done() and not (note.exists() and note.read_text().endswith("\n")):
            time.sleep(0.02)
        own_worker.abort()
        with pytest.raises(IsolationError):
            future.result()
    assert all(until_dead(int(pid)) for pid in note.read_text().split())


def test_the_server_and_its_folder_go_with_the_worker(write_solver, job_of):
    with Worker() as fresh:
        fresh.run(job_of(write_solver("yield 1")), Limits())
        pid, scratch = fresh._server.pid, Path(fresh._scratch)
        assert alive(pid)
        assert scratch.is_dir()
    assert not alive(pid)
    assert not scratch.exists()


def test_runs_leave_no_open_files_in_the_parent(run):
    def count():
        return len(os.listdir("/proc/self/fd"))

    run("yield 1")
    before = count()
    for body in ("yield 1", "os._exit(1)\nyield", "1 / 0\nyield", "yield object()"):
        run(body)
    assert count() == before


def test_the_server_has_one_thread_and_no_children_between_runs(worker, run):
    run("subprocess.Popen(['sleep', '600'], start_new_session=True)\nyield 1")
    pid = worker._server.pid
    assert len(os.listdir(f"/proc/{pid}/task")) == 1
    assert Path(f"/proc/{pid}/task/{pid}/children").read_text() == ""


def test_when_the_parent_is_killed_everything_ends(tmp_path, write_solver, job_of):
    note = tmp_path / "pids"
    file = write_solver(
        "child = subprocess.Popen(['sleep', '600'], start_new_session=True)\n"
        "os.setpgid(0, os.getppid())\n"  # out of the group that is killed first
        f"open({str(note)!r}, 'w').write(f'{{os.getppid()}} {{os.getpid()}} {{child.pid}}\\n')\n"
        "time.sleep(600)\n"
        "yield 1\n"
    )
    script = (
        "import json, sys\n"
        "from harness.isolate import Limits, Worker\n"
        "with Worker() as worker: worker.run(json.loads(sys.argv[1]), Limits(timeout=600))\n"
    )
    job = {**job_of(file), "writable": [str(tmp_path)]}
    parent = subprocess.Popen(
        [sys.executable, "-c", script, json.dumps(job)], stderr=subprocess.PIPE
    )
    end = time.monotonic() + 60
    while not (note.exists() and note.read_text().endswith("\n")) and time.monotonic() < end:
        time.sleep(0.02)
    pids = [int(pid) for pid in note.read_text().split()]
    parent.kill()
    parent.communicate()
    assert all(until_dead(pid) for pid in pids)


def test_two_workers_run_at_the_same_time(write_solver, job_of):
    job = job_of(write_solver("yield os.getpid()"))

    def many(number):
        with Worker() as fresh:
            return [answers(fresh.run(job, Limits()))[0] for _ in range(5)]

    with ThreadPoolExecutor(2) as pool:
        pids = [pid for found in pool.map(many, range(2)) for pid in found]
    assert len(set(pids)) == 10


# ---------------------------------------------------------------- commands


def test_a_command_gives_its_code_and_the_last_of_its_output():
    code, said = call(
        [sys.executable, "-c", "print('x' * 10000); print('end'); raise SystemExit(3)"],
        20.0,
        clean_environment(),
    )
    assert code == 3
    assert said.endswith("xxx\nend\n")
    assert len(said) == 4000


def test_a_command_past_its_limit_is_killed_with_its_children(tmp_path):
    note = tmp_path / "pid"
    start = time.monotonic()
    code, _ = call(["sh", "-c", f"sleep 600 & echo $! > {note}; wait"], 0.3, clean_environment())
    assert code is None
    assert time.monotonic() - start < 0.3 + OVERSHOOT
    assert until_dead(int(note.read_text()))


def test_a_command_sees_a_clean_environment(monkeypatch):
    monkeypatch.setenv("SECRET_TOKEN", "hunter2")
    _, said = call(["env"], 20.0, clean_environment(2, {"EXTRA": "1"}))
    assert "hunter2" not in said
    assert "OMP_NUM_THREADS=2" in said
    assert "EXTRA=1" in said


SPEAKER = """
import socket, sys
channel = socket.socket(fileno=int(sys.argv[1]))
heard = []
for word in sys.argv[2:]:
    channel.send(word.encode())
    heard.append(channel.recv(100))
print(heard)
"""


def converse(hear, *words, timeout=20.0, script=SPEAKER):
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with ours, theirs:
        command = [sys.executable, "-c", script, str(theirs.fileno()), *words]
        return call(command, timeout, clean_environment(), [theirs.fileno()], ours, hear)


def test_a_command_is_heard_and_answered_while_it_runs():
    heard = []

    def hear(pid, message):
        os.kill(pid, 0)  # it is there, and waits
        heard.append(message)
        return message.upper()

    code, said = converse(hear, "one", "two")
    assert (code, said, heard) == (0, "[b'ONE', b'TWO']\n", [b"one", b"two"])


def test_an_empty_answer_ends_a_command():
    code, said = converse(lambda pid, message: b"" if message == b"two" else b"ok", "one", "two")
    assert (code, said) == (-signal.SIGKILL, "")


def test_a_command_that_talks_for_ever_is_killed_at_its_limit():
    script = SPEAKER.replace("for word in sys.argv[2:]:", "while word := 'x':")
    start = time.monotonic()
    code, _ = converse(lambda pid, message: b"ok", timeout=0.4, script=script)
    assert code is None
    assert time.monotonic() - start < 0.4 + OVERSHOOT


def test_a_command_that_hangs_up_or_says_nothing_is_killed_at_its_limit():
    for before in ("channel.close()", "pass"):
        script = SPEAKER.replace("heard = []", f"{before}; import time; time.sleep(600)")
        assert converse(lambda pid, message: b"ok", timeout=0.4, script=script)[0] is None


def test_who_does_not_wait_for_answers_is_no_hindrance():
    script = SPEAKER.replace("    heard.append(channel.recv(100))\n", "")
    code, said = converse(lambda pid, message: b"ok", *["word"] * 500, script=script)
    assert (code, said) == (0, "[]\n")


def test_a_process_with_more_than_a_thousand_descriptors_still_watches_its_runs(run):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < 1400:
        pytest.skip(f"no more than {hard} descriptors are allowed here")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 1400), hard))
    held = [os.open(os.devnull, os.O_RDONLY) for _ in range(1100)]
    try:
        outcome = run("print('said')\nyield 7")
        assert (outcome.status, answers(outcome), outcome.output) == ("ok", [7], "said\n")
    finally:
        for descriptor in held:
            os.close(descriptor)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
