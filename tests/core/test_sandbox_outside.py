"""The fence: what a process can still change, signal and look into."""

import ctypes
import fcntl
import os
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

import pytest

from harness import sandbox
from harness.sandbox import landlock

from .behind_a_fence import DENIED, in_child, read, system, told

pytestmark = pytest.mark.skipif(
    landlock() < 6, reason="the kernel's Landlock is absent, or too old to keep signals inside"
)
root_only = pytest.mark.skipif(os.geteuid() != 0, reason="only root has capabilities to drop")


# ---------------------------------------------------------------- writing


def node(path):
    os.mkfifo(path)


def local_socket(path):
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(os.path.relpath(path))


def exchange(file, folder):
    paths = os.fsencode(file), os.fsencode(folder / "made")
    Path(paths[1].decode()).write_text("x")
    system("renameat2", -100, paths[0], -100, paths[1], 2)


CHANGES = {
    "overwrite": lambda file, folder: file.write_text("x"),
    "append": lambda file, folder: file.open("a"),
    "update": lambda file, folder: file.open("r+"),
    "truncate": lambda file, folder: os.truncate(file, 0),
    "open to truncate": lambda file, folder: os.open(file, os.O_RDONLY | os.O_TRUNC),
    "remove": lambda file, folder: file.unlink(),
    "remove a folder": lambda file, folder: (folder / "empty").rmdir(),
    "create": lambda file, folder: (folder / "made").write_text("x"),
    "create without a name": lambda file, folder: os.close(
        os.open(folder, os.O_TMPFILE | os.O_WRONLY)
    ),
    "make a folder": lambda file, folder: (folder / "made").mkdir(),
    "rename": lambda file, folder: file.rename(folder / "made"),
    "replace": lambda file, folder: (folder / "other").replace(file),
    "exchange": exchange,
    "link": lambda file, folder: os.link(file, folder / "made"),
    "symlink": lambda file, folder: os.symlink(file, folder / "made"),
    "fifo": lambda file, folder: node(folder / "made"),
    "socket": lambda file, folder: local_socket(folder / "made"),
    "through a link": lambda file, folder: link_and_write(file),
    "through /proc": lambda file, folder: reopen(file),
    "by a child": lambda file, folder: subprocess.run(
        ["sh", "-c", 'echo x > "$0"', str(file)], stderr=subprocess.DEVNULL, check=True
    ),
}


def link_and_write(file):
    os.symlink(file, "a link")
    Path("a link").write_text("x")


def reopen(file):
    with open(file) as opened:
        Path(f"/proc/self/fd/{opened.fileno()}").write_text("x")


def state(folder):
    return {
        str(path.relative_to(folder)): (path.lstat().st_mode, path.lstat().st_size, path.is_dir())
        for path in sorted(folder.rglob("*"))
    }


@pytest.mark.parametrize("change", CHANGES)
def test_outside_nothing_is_changed_and_inside_everything(place, change):
    def attempt(folder):
        with suppress(subprocess.CalledProcessError):
            CHANGES[change](folder / "file", folder)
            return "done"
        return "EACCES"

    for name in ("near", "own"):
        (place / name / "empty").mkdir()
        (place / name / "other").write_text("other")
    before = state(place / "near")
    assert place.fenced(lambda: attempt(place / "near")) in DENIED
    assert state(place / "near") == before
    (place / "own/a link").unlink(missing_ok=True)
    before = state(place / "own")
    assert place.fenced(lambda: attempt(place / "own")) == "done"
    if change not in ("append", "update", "create without a name"):
        assert state(place / "own") != before


@pytest.mark.parametrize("change", ["rename", "replace", "link"])
def test_nothing_is_moved_over_the_border(place, change):
    (place / "own/sub").mkdir()
    (place / "own/sub/other").write_text("inside")
    (place / "near/sub").mkdir()
    calls = {"rename": os.rename, "replace": os.replace, "link": os.link}
    inward, outward = "near/file", "own/sub/other"
    assert place.fenced(lambda: calls[change](place / inward, place / "own/sub/in")) in DENIED
    assert place.fenced(lambda: calls[change](place / outward, place / "near/sub/out")) in DENIED
    assert read(place / inward) == "near"
    assert read(place / outward) == "inside"
    assert place.fenced(lambda: calls[change](place / outward, place / "own/moved")) is None
    assert read(place / "own/moved") == "inside"


def test_a_folder_moves_and_is_removed_within_the_own_folder(place):
    def work():
        os.makedirs("one/two")
        os.mkdir("three")
        Path("one/two/file").write_text("x")
        os.rename("one/two", "three/four")
        shutil.rmtree("one")
        return read("three/four/file") + str(os.path.exists("one"))

    assert place.fenced(work) == "xFalse"


def test_places_that_everyone_can_write_are_shut(place):
    folders = ["/tmp", "/var/tmp", "/dev/shm", "/dev", str(Path.home()), os.getcwd(), sys.prefix]
    folders = [folder for folder in folders if os.path.isdir(folder)]

    def work():
        return [told(lambda at=at: Path(at, "of a test of the fence").touch()) for at in folders]

    assert set(place.fenced(work)) <= DENIED
    own_file = Path(__file__)
    assert place.fenced(lambda: own_file.open("a").write("")) in DENIED
    for name in ("comm", "oom_score_adj", "clear_refs", "timerslack_ns"):
        assert place.fenced(lambda name=name: Path("/proc/self", name).write_text("5")) in DENIED
    assert place.fenced(lambda: Path("/proc/sys/kernel/core_pattern").write_text("x")) in DENIED


def test_the_null_devices_are_written(place):
    def work():
        with open("/dev/null", "w") as null:
            null.write("x")
        subprocess.run("echo x > /dev/null", shell=True, check=True)
        return [len(Path(name).open("rb").read(4)) for name in ("/dev/null", "/dev/urandom")]

    assert place.fenced(work) == [0, 4]


def test_a_file_without_a_name_is_written(place):
    def work():
        with tempfile.TemporaryFile(dir=".") as file:
            return file.write(b"x")

    assert place.fenced(work) == 1


@pytest.mark.parametrize("at", ["near", "own"])
def test_owners_times_and_modes_stay_as_they_are(place, at):
    file = place / at / "file"

    def work():
        return [
            told(os.utime, file, (1, 1)),
            told(os.chown, file, os.geteuid(), os.getegid()),
            told(os.lchown, file, os.geteuid(), os.getegid()),
            told(os.chmod, file, 0),
            told(os.chmod, os.open(file, os.O_RDONLY), 0),
        ]

    before = file.stat()
    assert place.fenced(work) == ["EACCES", "EACCES", "EACCES", None, None]
    assert file.stat() == before
    # What sets modes in passing works.
    assert place.fenced(lambda: shutil.copy(file, "copy")) == "copy"
    assert place.fenced(lambda: Path("touched").touch()) is None
    assert (place / "own/touched").exists()


def test_flags_of_files_stay_as_they_are(place):
    file = place / "near/file"

    def flag(request):
        descriptor = os.open(file, os.O_RDONLY)
        flags = bytearray(fcntl.ioctl(descriptor, 0x80086601, bytes(8)))
        return told(fcntl.ioctl, descriptor, request, bytes(flags))

    if place.free(lambda: type(flag(0x40086602)).__name__ == "str"):
        pytest.skip("the file system keeps no flags")
    for request in (0x40086602, 0x40046602, 0x401C5820):
        assert place.fenced(lambda request=request: flag(request)) == "EACCES"


# ---------------------------------------------------------------- other processes


@pytest.fixture
def outsider():
    """A process of ours outside the fence."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        yield process.pid
        process.kill()


def meddling(pid):
    """Names and acts of who would look into another process or have a say over it."""

    def peek():
        there = ctypes.create_string_buffer(8)
        local = (ctypes.c_void_p * 2)(ctypes.addressof(there), 8)
        maps = read(f"/proc/{pid}/maps")  # refused already
        remote = (ctypes.c_void_p * 2)(int(maps.partition("-")[0], 16), 8)
        system("process_vm_readv", pid, local, 1, remote, 1, 0)

    return {
        "kill": lambda: os.kill(pid, signal.SIGTERM),
        "kill to look": lambda: os.kill(pid, 0),
        "kill by descriptor": lambda: signal.pidfd_send_signal(os.pidfd_open(pid), 0),
        "kill a thread": lambda: system("syscall", 234, pid, pid, 0),
        "trace": lambda: system("ptrace", 16, pid, 0, 0),
        "memory": lambda: os.open(f"/proc/{pid}/mem", os.O_RDONLY),
        "environment": lambda: read(f"/proc/{pid}/environ"),
        "its files": lambda: os.readlink(f"/proc/{pid}/fd/0"),
        "its root": lambda: os.listdir(f"/proc/{pid}/root/"),
        "its memory by call": peek,
        "its descriptors": lambda: system("syscall", 438, os.pidfd_open(pid), 0, 0),
        "limits": lambda: resource.prlimit(pid, resource.RLIMIT_CORE, (0, 0)),
        "processors": lambda: os.sched_setaffinity(pid, {0}),
        "priority": lambda: os.setpriority(os.PRIO_PROCESS, pid, 1),
        "priority of a user": lambda: os.setpriority(os.PRIO_USER, 0, 1),
        "scheduling": lambda: os.sched_setscheduler(pid, os.SCHED_BATCH, os.sched_param(0)),
        "disk priority": lambda: system("syscall", 251, 1, pid, 3 << 13),
    }


NOT_TRIED = {"kill", "trace", "priority of a user"}  # without a fence


@pytest.mark.skipif(sandbox.platform.machine() != "x86_64", reason="calls by their numbers")
@pytest.mark.parametrize("act", meddling(0))
def test_no_process_outside_is_meddled_with(place, outsider, act):
    def work():
        meddling(outsider)[act]()
        return "done"

    assert place.fenced(work) in DENIED
    if act not in NOT_TRIED:
        assert place.free(work) == "done"


def test_what_it_starts_itself_is_its_own_to_signal(place):
    def work():
        child = subprocess.Popen(["sleep", "600"], start_new_session=True)
        os.sched_setaffinity(0, os.sched_getaffinity(0))
        os.nice(1)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        child.terminate()
        os.kill(os.getpid(), 0)
        return child.wait()

    assert place.fenced(work) == -signal.SIGTERM


@root_only
def test_only_the_say_over_files_is_left_of_roots_rights(place):
    def rights():
        said = subprocess.run(["cat", "/proc/self/status"], capture_output=True, text=True).stdout
        texts = [read("/proc/self/status"), said]
        found = [dict(line.split(":") for line in text.splitlines()) for text in texts]
        names = ("CapPrm", "CapEff", "CapInh", "CapAmb", "NoNewPrivs")
        return [[int(status[name], 16) for name in names] for status in found]

    assert place.free(rights)[0][1] > 0b1111
    assert place.fenced(rights) == [[0b1111, 0b1111, 0, 0, 1]] * 2
    assert place.fenced(lambda: os.mknod("disk", 0o60600, os.makedev(7, 0))) in DENIED
    mount = [b"none", b"/mnt", b"tmpfs", 0, 0]
    assert place.fenced(lambda: system("mount", *mount)) in DENIED
    assert place.fenced(lambda: system("chroot", b".")) in DENIED


def test_a_user_of_no_rights_is_fenced_alike(place):
    if os.geteuid() != 0:
        pytest.skip("every other test is of such a user")

    def work():
        os.setgid(65534)
        os.setuid(65534)
        place.fence.enter([place / "own"])
        parent = os.getppid()
        return [
            told(read, "/etc/hostname") != "EACCES",
            told(os.kill, parent, 0),
            told(lambda: Path("/dev/shm/of-a-test").touch()),
            told(os.sched_setaffinity, parent, {0}),
            told(os.setpriority, os.PRIO_PROCESS, parent, 1),
            told(os.setpriority, os.PRIO_USER, 0, 1),
            int(read("/proc/self/status").partition("CapEff:")[2].split()[0], 16),
        ]

    place.fence.prepare()
    assert in_child(work) == [True, "EPERM", *["EACCES"] * 4, 0]
