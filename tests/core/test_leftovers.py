"""What commands and killed processes leave behind is found and removed, and nothing else."""

import ctypes
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest

from harness.isolate import call, clean_environment
from harness.paths import scratch_folder
from harness.vitals import children

_PR_GET_CHILD_SUBREAPER = 37


def subreaper():
    """Whether orphans fall to this process."""
    flag = ctypes.c_int(-1)
    ctypes.CDLL(None).prctl(_PR_GET_CHILD_SUBREAPER, ctypes.byref(flag), 0, 0, 0)
    return flag.value


def exists(pid):
    """Whether there is a process, be it a zombie."""
    return Path(f"/proc/{pid}").exists()


def shell(script, timeout=20.0):
    return call(["sh", "-c", script], timeout, clean_environment())


# ---------------------------------------------------------------- commands

LEFT = {
    "in the background": "sleep 600 >/dev/null 2>&1 & echo $!",
    "in a session of its own": "setsid sleep 600 >/dev/null 2>&1 & echo $!",
    "orphan": "(setsid sh -c 'sleep 600 & echo $!; exec sleep 600' & sleep 0.2)",
    "deaf": "setsid sh -c 'trap \"\" HUP TERM INT; echo $$; while :; do sleep 1; done' & sleep 0.2",
}


@pytest.mark.parametrize("script", LEFT.values(), ids=LEFT)
@pytest.mark.parametrize("end", ["", "exit 3", "sleep 600"], ids=["done", "failed", "hangs"])
def test_what_a_command_leaves_behind_is_killed_and_reaped(script, end):
    before = set(children(os.getpid()))
    code, said = shell(f"{script}\n{end}", 0.5 if "sleep" in end else 20.0)
    assert code == {"": 0, "exit 3": 3}.get(end)
    pids = [int(word) for word in said.split()]
    assert pids
    assert not any(map(exists, pids))
    assert set(children(os.getpid())) == before


def test_what_starts_others_while_it_is_killed_ends_too():
    script = (
        "import os, time\n"
        "if not os.fork():\n"
        "    os.setsid()\n"
        "    while True:\n"
        "        if os.fork(): os._exit(0)\n"  # never the same process for long
        "        time.sleep(0.002)\n"
        "time.sleep(0.1)\n"
    )
    before = set(children(os.getpid()))
    code, said = call([sys.executable, "-I", "-S", "-c", script], 20.0, clean_environment())
    assert (code, said) == (0, "")
    time.sleep(0.05)
    assert set(children(os.getpid())) == before


def test_children_from_before_live_on():
    with subprocess.Popen(["sleep", "600"]) as older:
        assert shell("setsid sleep 600 >/dev/null 2>&1 &")[0] == 0
        assert older.poll() is None
        older.kill()
        assert older.wait() == -signal.SIGKILL


def test_orphans_fall_to_this_process_only_meanwhile(monkeypatch):
    assert subreaper() == 0
    seen = []
    real = subprocess.Popen.wait
    monkeypatch.setattr(
        subprocess.Popen, "wait", lambda *given: seen.append(subreaper()) or real(*given)
    )
    assert shell("true")[0] == 0
    assert set(seen) == {1}
    assert subreaper() == 0
    with pytest.raises(FileNotFoundError):
        call(["/no/such/command"], 20.0, {})
    assert subreaper() == 0


def test_an_interrupt_leaves_nothing_behind(tmp_path):
    note = tmp_path / "pid"
    before = set(children(os.getpid()))

    def interrupt():
        while not (note.exists() and note.read_text().endswith("\n")):
            time.sleep(0.005)
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    with pytest.raises(KeyboardInterrupt):
        shell(f"setsid sleep 600 & echo $! > {note}; sleep 600")
    thread.join()
    assert not exists(int(note.read_text()))
    assert set(children(os.getpid())) == before
    assert subreaper() == 0


def test_commands_leave_no_descriptors():
    before = os.listdir("/proc/self/fd")
    shell("setsid sleep 600 >/dev/null 2>&1 &")
    assert os.listdir("/proc/self/fd") == before


# ---------------------------------------------------------------- temporary folders


@pytest.fixture
def parent(tmp_path, monkeypatch):
    """The folder of temporary folders."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


@pytest.fixture
def dead():
    """The id of a process that is no more."""
    with subprocess.Popen(["true"]) as process:
        process.wait()
    return process.pid


def test_a_scratch_folder_is_new_empty_and_named_for_its_process(parent):
    one, two = (Path(scratch_folder("runs")) for _ in range(2))
    assert one != two
    for folder in (one, two):
        assert folder.parent == parent
        assert folder.name.startswith(f"bench-runs-{os.getpid()}-")
        assert list(folder.iterdir()) == []
        assert folder.stat().st_mode & 0o777 == 0o700


def test_folders_of_dead_processes_are_removed_with_all_in_them(parent, dead):
    left = parent / f"bench-runs-{dead}-abc_def"
    (left / "deep/er").mkdir(parents=True)
    (left / "deep/er/file").write_text("x")
    (left / "deep/link").symlink_to(parent)
    (parent / "file").write_text("x")
    scratch_folder("runs")
    assert not left.exists()
    assert (parent / "file").exists()


def test_what_is_no_folder_of_a_dead_process_stays(parent, dead):
    names = [
        f"bench-runs-{os.getpid()}-alive",
        f"bench-runs-{os.getppid()}-alive",
        "bench-runs-1-alive",
        f"bench-other-{dead}-kind",
        f"bench-runs-{dead}",
        f"bench-runs-x{dead}-no-number",
        f"bench-runs--{dead}",
        "bench-runs-notes-of-mine",
        f"other-runs-{dead}-abc",
        f"xbench-runs-{dead}-abc",
    ]
    for name in names:
        (parent / name).mkdir()
    made = Path(scratch_folder("runs")).name
    assert {path.name for path in parent.iterdir()} == {*names, made}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give folders away")
def test_folders_of_others_stay(parent, dead):
    folder = parent / f"bench-runs-{dead}-others"
    folder.mkdir()
    os.chown(folder, 65534, 65534)
    scratch_folder("runs")
    assert folder.exists()


def test_a_link_in_the_place_of_a_folder_leads_to_no_removal(parent, dead):
    (parent / "precious").mkdir()
    (parent / "precious/file").write_text("x")
    (parent / f"bench-runs-{dead}-link").symlink_to(parent / "precious")
    scratch_folder("runs")
    assert (parent / "precious/file").read_text() == "x"


def test_a_killed_process_has_its_folder_removed_by_the_next(parent):
    script = (
        "import os\nfrom harness.paths import scratch_folder\n"
        "print(scratch_folder('runs'), flush=True)\nos.kill(os.getpid(), 9)"
    )
    environment = {**os.environ, "TMPDIR": str(parent)}
    command = [sys.executable, "-c", script]
    said = subprocess.run(command, env=environment, capture_output=True, text=True).stdout
    left = Path(said.strip())
    assert left.is_dir()
    assert left.parent == parent
    scratch_folder("runs")
    assert not left.exists()
