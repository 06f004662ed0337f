"""What is read of another process from outside, against loads that are known."""

import os
import struct
import subprocess
import sys
import time
from pathlib import Path

import pytest

from harness import vitals
from harness.vitals import Reading, Vitals

MIB = 1 << 20
# Does each line that it is given, and says so.
SERVANT = """
import mmap, os, subprocess, sys, tempfile, threading, time
for line in sys.stdin:
    exec(line.strip().replace(';;', chr(10)), globals())
    print('done', flush=True)
"""


class Servant:
    """A process that does what it is told, and waits."""

    def __init__(self, folder):
        command = [sys.executable, "-I", "-S", "-c", SERVANT]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=folder, text=True
        )
        self.pid = self._process.pid
        self.do("pass")

    def do(self, line):
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        assert self._process.stdout.readline() == "done\n"

    def end(self):
        self._process.kill()
        self._process.communicate()


@pytest.fixture
def servant(tmp_path):
    servant = Servant(tmp_path)
    yield servant
    servant.end()


@pytest.fixture
def dead():
    """The id of a process that is no more."""
    with subprocess.Popen(["true"]) as process:
        process.wait()
    return process.pid


def until(condition, seconds=10.0):
    """Whether it comes true: what happens in another process takes a moment to be seen."""
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.005)
    return condition()


SPIN = "end = time.process_time() + {}\nwhile time.process_time() < end: pass".replace("\n", ";;")


# ---------------------------------------------------------------- time


def test_processor_seconds_are_those_that_were_used(servant):
    before = vitals.cpu_seconds(servant.pid)
    servant.do(SPIN.format(0.1))
    used = vitals.cpu_seconds(servant.pid) - before
    assert 0.1 <= used < 0.2
    servant.do("time.sleep(0.1)")
    assert vitals.cpu_seconds(servant.pid) - before - used < 0.05


def test_processor_seconds_of_threads_count_and_those_of_children_do_not(servant):
    thread = SPIN.format(0.1).replace(";;", ";;  ")
    before = vitals.cpu_seconds(servant.pid)
    servant.do(f"def spin():;;  {thread};;t = threading.Thread(target=spin);;t.start();;t.join()")
    used = vitals.cpu_seconds(servant.pid) - before
    assert used >= 0.1
    servant.do(f"if not os.fork():;;  {thread};;  os._exit(0);;os.wait()")
    assert vitals.cpu_seconds(servant.pid) - before - used < 0.08


def test_a_process_that_is_kept_from_its_processor_waits(servant):
    only = {min(os.sched_getaffinity(0))}
    other = subprocess.Popen([sys.executable, "-I", "-S", "-c", "while True: pass"])
    try:
        for pid in (other.pid, servant.pid):
            os.sched_setaffinity(pid, only)
        before = vitals.waited(servant.pid)
        if before is None:
            pytest.skip("the kernel does not tell what a process waits")
        servant.do(SPIN.format(0.15))
        assert vitals.waited(servant.pid) - before > 0.03
    finally:
        other.kill()
        other.wait()


def test_sleeping_is_no_waiting_for_a_processor(servant):
    before = vitals.waited(servant.pid)
    if before is None:
        pytest.skip("the kernel does not tell what a process waits")
    servant.do(SPIN.format(0.05))
    servant.do("time.sleep(0.3)")
    worked, waited, _ = map(int, Path(f"/proc/{servant.pid}/schedstat").read_text().split())
    assert vitals.waited(servant.pid) == pytest.approx(waited * 1e-9, abs=0.01)
    assert 0 <= vitals.waited(servant.pid) - before < 0.25
    assert worked > 50_000_000


# ---------------------------------------------------------------- instructions


@pytest.fixture
def counted(servant):
    """A function: what a servant is told -> the instructions that it took."""
    watched = Vitals(servant.pid)
    servant.do("pass")
    if watched.read().instructions is None:
        pytest.skip("there is no counter of instructions")

    def count(line):
        before = watched.read().instructions
        servant.do(line)
        return watched.read().instructions - before

    count("for _ in range(1000): pass")
    yield count
    watched.close()


WORK = "for _ in range({}): pass"


def test_twice_the_work_is_twice_the_instructions(counted):
    once, twice, again = (counted(WORK.format(n)) for n in (200_000, 400_000, 200_000))
    assert once > 1e6
    assert 1.8 < twice / once < 2.2
    assert again == pytest.approx(once, rel=0.1)


def test_sleeping_takes_hardly_an_instruction(counted):
    assert counted("time.sleep(0.05)") < counted(WORK.format(200_000)) / 5


def test_the_instructions_of_threads_and_children_started_meanwhile_count(counted):
    define = "def work():;;  " + WORK.format(400_000) + ";;"
    alone = counted(define + "work()")
    thread = counted(define + "t = threading.Thread(target=work);;t.start();;t.join()")
    child = counted(define + "if not os.fork():;;  work();;  os._exit(0);;os.wait()")
    assert thread > 0.6 * alone
    assert child > 0.6 * alone


def test_where_there_is_no_counter_nothing_is_said(monkeypatch, servant):
    monkeypatch.setattr(vitals.platform, "machine", lambda: "abacus")
    watched = Vitals(servant.pid)
    assert watched.read().instructions is None
    assert watched.read().cpu > 0
    watched.close()
    watched.close()


@pytest.mark.parametrize("content", [b"", b"123", bytes(8)])
def test_a_counter_that_says_nothing_or_stands_still_is_none(monkeypatch, tmp_path, content):
    (tmp_path / "counter").write_bytes(content)
    monkeypatch.setattr(
        vitals, "_count_instructions", lambda pid: os.open(tmp_path / "counter", os.O_RDONLY)
    )
    watched = Vitals(os.getpid())
    assert watched.read().instructions is None
    watched.close()
    (tmp_path / "counter").write_bytes(struct.pack("<Q", 7))
    watched = Vitals(os.getpid())
    assert watched.read().instructions == 7
    watched.close()
    assert watched.read().instructions is None


def test_watching_leaves_no_descriptor(servant):
    before = os.listdir("/proc/self/fd")
    for _ in range(3):
        Vitals(servant.pid).close()
    assert os.listdir("/proc/self/fd") == before


# ---------------------------------------------------------------- memory


def test_resident_memory_grows_and_shrinks_with_what_is_held(servant):
    before = vitals.resident(servant.pid)
    servant.do(f"block = bytearray(b'x') * {64 * MIB}")
    assert 60 * MIB < vitals.resident(servant.pid) - before < 80 * MIB
    servant.do("del block")
    assert vitals.resident(servant.pid) - before < 20 * MIB


def test_the_peak_is_of_the_time_since_it_was_reset(servant):
    watched = Vitals(servant.pid)
    servant.do(f"block = bytearray(b'x') * {64 * MIB};;del block")
    assert watched.peak()[0] - vitals.resident(servant.pid) > 50 * MIB
    resident = watched.reset_peak()
    assert resident == pytest.approx(vitals.resident(servant.pid), abs=4 * MIB)
    assert watched.peak()[0] - resident < 8 * MIB
    servant.do(f"block = bytearray(b'x') * {32 * MIB};;del block")
    assert 28 * MIB < watched.peak()[0] - resident < 48 * MIB
    watched.close()


def test_a_share_of_memory_is_what_a_process_has_with_others(servant):
    servant.do(f"block = bytearray(b'x') * {64 * MIB}")
    alone = vitals.proportional(servant.pid)
    assert alone > 60 * MIB
    servant.do("pids = [os.fork() for _ in range(1)];;if not pids[0]: time.sleep(600)")
    (child,) = vitals.children(servant.pid)
    assert vitals.proportional(servant.pid) + vitals.proportional(child) < alone + 20 * MIB
    assert vitals.resident(servant.pid) + vitals.resident(child) > 2 * 60 * MIB
    servant.do("os.kill(pids[0], 9);;os.wait()")


def test_threads_are_counted(servant):
    assert vitals.threads(servant.pid) == 1
    servant.do(
        "for _ in range(3):;;  threading.Thread(target=time.sleep, args=(60,), daemon=True).start()"
    )
    assert vitals.threads(servant.pid) == 4
    watched = Vitals(servant.pid)
    assert watched.peak()[1] == 4
    watched.close()


def test_available_memory_is_what_the_machine_could_give(monkeypatch):
    lines = Path("/proc/meminfo").read_text().split("\n")
    total = int(lines[0].split()[1]) * 1024
    assert 0 < vitals.available_memory() <= total
    for text, expected in [
        ("MemTotal: 9 kB\nMemAvailable:   5 kB\n", 5120),
        ("MemTotal: 9 kB\n", None),
        ("MemAvailable: many\n", None),
    ]:
        monkeypatch.setattr(Path, "read_text", lambda path, text=text: text)
        assert vitals.available_memory() == expected


# ---------------------------------------------------------------- families


def test_children_and_theirs_are_descendants(servant):
    assert list(vitals.descendants(servant.pid)) == []
    servant.do(
        "if not os.fork():;;"
        "  if not os.fork(): time.sleep(600);;"
        "  if not os.fork(): time.sleep(600);;"
        "  time.sleep(600)"
    )
    assert until(lambda: len(list(vitals.descendants(servant.pid))) == 3)
    (child,) = vitals.children(servant.pid)
    found = list(vitals.descendants(servant.pid))
    assert len(set(found)) == 3
    assert set(vitals.children(child)) == set(found) - {child}
    for pid in reversed(found):
        os.kill(pid, 9)


def test_the_children_of_every_thread_are_found(servant):
    servant.do(
        "def start():;;  p = subprocess.Popen(['sleep', '600']);;  time.sleep(600);;"
        "threading.Thread(target=start, daemon=True).start()"
    )
    assert until(lambda: len(list(vitals.children(servant.pid))) == 1)
    for pid in vitals.children(servant.pid):
        os.kill(pid, 9)


def test_of_a_dead_process_nothing_is_said(dead, tmp_path):
    watched = Vitals(dead)
    assert watched.read() == Reading(None, None, None)
    assert watched.peak() == (None, None)
    assert watched.reset_peak() is None
    watched.close()
    assert vitals.cpu_seconds(dead) is None
    assert vitals.waited(dead) is None
    assert vitals.resident(dead) is None
    assert vitals.proportional(dead) is None
    assert vitals.threads(dead) == 0
    assert list(vitals.children(dead)) == list(vitals.descendants(dead)) == []
    assert vitals.size_of_nameless([dead]) == 0


def test_of_a_process_that_dies_while_it_is_watched_the_count_is_kept(servant):
    watched = Vitals(servant.pid)
    servant.do(WORK.format(100_000))
    before = watched.read()
    servant.end()
    after = watched.read()
    assert (after.cpu, after.waited) == (None, None)
    if before.instructions is not None:
        assert after.instructions >= before.instructions
    watched.close()


# ---------------------------------------------------------------- disk


def test_files_take_what_is_written_and_a_page_at_least(tmp_path):
    assert vitals.size_of(str(tmp_path), MIB) == 0
    (tmp_path / "deep/er").mkdir(parents=True)
    (tmp_path / "deep/er/file").write_bytes(b"x" * 100_000)
    folders = vitals.size_of(str(tmp_path), MIB) - 100_000
    assert 0 <= folders < 16384
    for number in range(50):
        (tmp_path / f"empty {number}").touch()
    assert vitals.size_of(str(tmp_path), MIB) == 100_000 + folders + 50 * 4096
    (tmp_path / "link").symlink_to("/usr")  # not followed
    assert vitals.size_of(str(tmp_path), 100 * MIB) < MIB


def test_holes_take_nothing(tmp_path):
    with (tmp_path / "sparse").open("wb") as file:
        file.truncate(1 << 40)
    assert vitals.size_of(str(tmp_path), MIB) <= 8192


def test_a_file_of_several_names_counts_once(tmp_path):
    (tmp_path / "file").write_bytes(b"x" * 100_000)
    before = vitals.size_of(str(tmp_path), 10 * MIB)
    for number in range(20):
        os.link(tmp_path / "file", tmp_path / f"name {number}")
    assert vitals.size_of(str(tmp_path), 10 * MIB) == before


def test_counting_stops_past_the_most_that_matters(tmp_path, monkeypatch):
    for folder in range(10):
        (tmp_path / str(folder)).mkdir()
        for number in range(10):
            (tmp_path / str(folder) / str(number)).touch()
    scans = []
    real = os.scandir
    monkeypatch.setattr(os, "scandir", lambda path: scans.append(path) or real(path))
    most = 15 * 4096
    assert most < vitals.size_of(str(tmp_path), most) <= most + 4096
    assert len(scans) == 2


def test_what_lies_too_deep_to_be_seen_is_too_much(tmp_path):
    descriptor = os.open(tmp_path, os.O_RDONLY)
    for _ in range(25):
        os.mkdir("d" * 200, dir_fd=descriptor)
        below = os.open("d" * 200, os.O_RDONLY, dir_fd=descriptor)
        os.close(descriptor)
        descriptor = below
    os.close(descriptor)
    assert vitals.size_of(str(tmp_path), 100 * MIB) == 100 * MIB + 1


def test_what_is_not_there_takes_nothing(tmp_path):
    assert vitals.size_of(str(tmp_path / "gone"), MIB) == 0
    (tmp_path / "file").touch()
    assert vitals.size_of(str(tmp_path / "file"), MIB) == 0


@pytest.mark.parametrize(
    "open_it",
    [
        "file = tempfile.TemporaryFile(dir='.')",
        "file = open('gone', 'wb');;os.unlink('gone')",
        "file = os.fdopen(os.memfd_create('of a test'), 'wb')",
    ],
    ids=["unnamed", "removed", "in memory"],
)
def test_open_files_without_a_name_are_found(servant, tmp_path, open_it):
    servant.do(f"kept = open('kept', 'wb', 0);;kept.write(bytes({MIB}))")
    assert vitals.size_of_nameless([servant.pid]) == 0
    os.unlink(tmp_path / "kept")
    assert vitals.size_of_nameless([servant.pid]) == MIB
    servant.do(
        f"kept.close();;{open_it};;file.write(bytes({2 * MIB}));;file.flush();;again = os.dup(3)"
    )
    servant.do("if not os.fork(): time.sleep(600)")
    family = [servant.pid, *vitals.children(servant.pid)]
    assert vitals.size_of(str(tmp_path), MIB) == 0
    assert 2 * MIB <= vitals.size_of_nameless(family) < 3 * MIB  # once for both
    os.kill(family[1], 9)
