"""The fence: the calls that are taken away, kernels of old, and what entering leaves behind."""

import errno
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from harness import sandbox
from harness.sandbox import Fence, landlock

from .behind_a_fence import in_child, read, system, told

pytestmark = pytest.mark.skipif(
    landlock() < 6, reason="the kernel's Landlock is absent, or too old to keep signals inside"
)


# ---------------------------------------------------------------- what the kernel is asked for

FAMILIES = {"AF_INET": 2, "AF_INET6": 10, "AF_NETLINK": 16, "AF_PACKET": 17, "AF_VSOCK": 40}


def try_socket(family, kind=socket.SOCK_STREAM):
    return told(lambda: socket.socket(family, kind).close())


def in_thread(work):
    found = []
    thread = threading.Thread(target=lambda: found.append(work()))
    thread.start()
    thread.join()
    return found[0]


def in_subprocess(family):
    script = f"import socket\ntry: socket.socket({family})\nexcept OSError as e: print(e.errno)"
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True).stdout
    return errno.errorcode[int(said)] if said else None


@pytest.mark.parametrize("family", FAMILIES.values(), ids=FAMILIES)
def test_there_is_no_network(place, family):
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW):
        assert place.fenced(lambda kind=kind: try_socket(family, kind)) == "EACCES"
    if family in (2, 16):
        assert place.fenced(lambda: in_thread(lambda: try_socket(family))) == "EACCES"
        assert place.fenced(lambda: in_subprocess(family)) == "EACCES"


def test_local_sockets_work_inside(place):
    def work():
        with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as client:
            one, other = socket.socketpair()
            one.send(b"x")
            assert other.recv(1) == b"x"
            server.bind("path")
            server.listen()
            client.connect("path")
            return in_thread(lambda: try_socket(socket.AF_UNIX))

    assert place.fenced(work) is None


@pytest.mark.parametrize("kind", [socket.SOCK_STREAM, socket.SOCK_DGRAM])
def test_abstract_sockets_outside_are_not_reached(place, kind):
    name = f"\0a test of the fence {os.getpid()}"

    def work():
        with socket.socket(socket.AF_UNIX, kind) as client:
            client.connect(name)
            return "done"

    with socket.socket(socket.AF_UNIX, kind) as server:
        server.bind(name)
        if kind == socket.SOCK_STREAM:
            server.listen()
        assert place.fenced(work) == "EPERM"
        assert place.free(work) == "done"


FILE = b"file"
CALLS = {
    "shmget": lambda: system("shmget", 0x5EED, 4096, 0o1600),
    "shmctl": lambda: system("shmctl", 0, 13, bytes(1000)),
    "shmat": lambda: system("shmat", 0, None, 0),
    "semget": lambda: system("semget", 0x5EED, 1, 0o1600),
    "semctl": lambda: system("semctl", 0, 0, 0),
    "semop": lambda: system("semop", 0, bytes(6), 1),
    "msgget": lambda: system("msgget", 0x5EED, 0o1600),
    "msgctl": lambda: system("msgctl", 0, 0, 0),
    "msgsnd": lambda: system("msgsnd", 0, bytes(64), 8, 0o4000),
    "msgrcv": lambda: system("msgrcv", 0, bytes(64), 8, 0, 0o4000),
    "mq_open": lambda: system("mq_open", b"/of-a-test", os.O_CREAT | os.O_RDWR, 0o600, None),
    "mq_unlink": lambda: system("mq_unlink", b"/of-a-test"),
    "keyctl": lambda: system("syscall", 250, 0, -3, 0),
    "add_key": lambda: system("syscall", 248, b"user", b"of-a-test", b"x", 1, -4),
    "request_key": lambda: system("syscall", 249, b"user", b"of-a-test", None, 0),
    "setxattr": lambda: os.setxattr(FILE, "user.test", b"x"),
    "lsetxattr": lambda: os.setxattr(FILE, "user.test", b"x", follow_symlinks=False),
    "fsetxattr": lambda: os.setxattr(os.open(FILE, os.O_RDWR), "user.test", b"x"),
    "removexattr": lambda: os.removexattr(FILE, "user.test"),
    "io_uring_setup": lambda: system("syscall", 425, 1, bytearray(120) and bytes(120)),
    "x32": lambda: system("syscall", 0x40000000 + 39),
}


@pytest.mark.skipif(sandbox.platform.machine() != "x86_64", reason="calls by their numbers")
@pytest.mark.parametrize("call", CALLS)
def test_what_would_outlive_the_process_is_refused(place, call):
    assert place.fenced(lambda: CALLS[call]()) == "EACCES"


@pytest.mark.parametrize("machine", sandbox._MACHINES)
def test_every_call_is_refused_by_its_number_on_every_machine(machine):
    """The filter is run here, by hand: what it says of each call."""
    column = sandbox._MACHINES.index(machine)
    program = sandbox._program(machine)

    def verdict(number, arguments=(), architecture=sandbox._ARCHITECTURES[machine]):
        at, held = 0, 0
        seen = {0: number, 4: architecture}
        seen |= {sandbox._argument(place): value for place, value in enumerate(arguments)}
        while True:
            code, yes, no, value = program[at]
            if code == sandbox._RETURN:
                return value
            if code == sandbox._LOAD:
                held = seen.get(value, 0)
            else:
                met = held == value if code == sandbox._EQUAL else held >= value
                at += yes if met else no
            at += 1

    refused = {numbers[column] for numbers in sandbox._REFUSED.values()} - {None}
    idle = {numbers[column] for numbers in sandbox._IDLE.values()} - {None}
    for number in range(600):
        expected = sandbox._REFUSE if number in refused else sandbox._ALLOW
        expected = sandbox._DO_NOTHING if number in idle else expected
        if number != sandbox._SOCKET[column]:
            assert verdict(number) == expected
    for numbers in sandbox._ON_ITSELF.values():
        assert verdict(numbers[column], (7,)) == sandbox._REFUSE
    assert verdict(sandbox._ON_ITSELF["setpriority"][column], (0, 7)) == sandbox._REFUSE
    assert verdict(sandbox._SOCKET[column], (1,)) == sandbox._ALLOW
    assert {verdict(sandbox._SOCKET[column], (family,)) for family in (0, 2, 10, 40)} == {
        sandbox._REFUSE
    }
    assert verdict(0, architecture=0x40000003) == sandbox._REFUSE  # 32 bits


# ---------------------------------------------------------------- kernels of old, and descriptors


@pytest.mark.parametrize("version", range(1, 8))
def test_older_kernels_get_rules_that_they_know(place, monkeypatch, version):
    monkeypatch.setattr(sandbox, "landlock", lambda: min(version, landlock()))
    rulesets, real = [], sandbox._call

    def call(number, *arguments):
        if number == sandbox._CREATE_RULESET:
            rulesets.append(int.from_bytes(arguments[0][:8], "little"))
        return real(number, *arguments)

    monkeypatch.setattr(sandbox, "_call", call)

    def work():
        Path("made").write_text("x")
        os.mkdir("sub")
        os.rename("made", "renamed")
        tries = [
            told(read, place / "way/vault/file"),
            told((place / "near/file").write_text, "x"),
            told((place / "near/made").touch),
            told(try_socket, socket.AF_INET),
            told(os.rename, "renamed", "sub/moved"),
        ]
        return [read(place / "way/vault/shown/file"), *tries, rulesets]

    known = {1: 13, 2: 14}.get(version, 15)  # rights that the version has
    *said, handled = place.fenced(work)
    assert said == [
        "way/vault/shown",
        *["EACCES"] * 4,
        "EXDEV" if version == 1 else None,
    ]
    assert len(handled) == 2
    assert all(rights < 1 << known for rights in handled)
    assert handled[1] >> (known - 1) == 1  # and all of those it has


def test_without_landlock_nothing_breaks(place, monkeypatch):
    monkeypatch.setattr(sandbox, "landlock", lambda: 0)

    def work():
        (place / "near/made").write_text("x")
        return [read(place / "way/vault/file"), try_socket(socket.AF_INET)]

    assert place.fenced(work) == ["way/vault", "EACCES"]


def test_where_the_kernel_has_no_landlock_its_version_is_0(monkeypatch):
    class Refuses:
        def syscall(self, *arguments):
            return -1

    monkeypatch.setattr(sandbox, "_libc", Refuses)
    assert landlock.__wrapped__() == 0


@pytest.mark.parametrize("hidden", [0, 1])
def test_no_descriptor_stays_open_inside(place, hidden):
    fence = Fence([place / "way/vault"][:hidden])
    before = set(os.listdir("/proc/self/fd"))

    def work():
        open_before = len(os.listdir("/proc/self/fd"))
        fence.prepare()
        fence.enter([place / "own", place / "gone"])
        return len(os.listdir("/proc/self/fd")) - open_before

    assert in_child(work) == 0
    fence.prepare()
    assert len(os.listdir("/proc/self/fd")) == len(before) + hidden
    fence.close()
    fence.close()
    assert set(os.listdir("/proc/self/fd")) == before


def test_a_single_file_can_be_given_to_write(place):
    def work():
        place.fence.enter([place / "near/file"])
        (place / "near/file").write_text("x")
        return told((place / "near/other").write_text, "x")

    place.fence.prepare()
    assert in_child(work) == "EACCES"
    assert read(place / "near/file") == "x"


def test_a_fence_in_a_fence_only_narrows(place):
    def work():
        second = Fence([place / "way/beside"])
        second.prepare()
        second.enter([place / "near"])
        names = ("way/vault/file", "way/beside/file", "near/file")
        return [told(read, place / name) for name in names] + [
            told((place / name).write_text, "x") for name in ("near/file", "own/file")
        ]

    assert place.fenced(work) == ["EACCES", "EACCES", "near", "EACCES", "EACCES"]
