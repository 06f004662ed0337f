"""What a run may touch: its own folder to write, everything but the cache's truths to read.

Linux's Landlock (5.13 and later, without privileges) fences the process that enters and all that
it starts, for good. Reading is denied below hidden folders, writing everywhere but in the run's
own folder and on the null devices; from kernel 6.12 on no process outside can be signalled, and
none can be traced or have its memory read. A seccomp filter takes away the network and what would
outlive the process unseen: System V and POSIX message queues, shared memory, keyrings and extended
attributes.

Landlock grants and never denies, so hiding a folder means granting all that lies beside the way
to it. What appears there later is granted anew: `Fence` looks at the folders on the way.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import functools
import os
import platform
import stat
import struct
from collections.abc import Iterator, Sequence
from pathlib import Path

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_PATH_BENEATH = 1
_READ_FILE = 1 << 2
_WRITE_FILE, _TRUNCATE = 1 << 1, 1 << 14
# Removing, making and moving entries of folders: rights 4 to 13.
_ENTRIES = sum(1 << right for right in range(4, 13))
_MOVE = 1 << 13  # between folders: every layer of the fence must grant it
_WRITES = _WRITE_FILE | _TRUNCATE | _ENTRIES | _MOVE
_RIGHTS_OF = {1: _MOVE - 1, 2: _TRUNCATE - 1}  # of the first versions; later ones have all
_SCOPES = 3  # abstract sockets and signals stay inside
_NO_NEW_PRIVILEGES, _SET_SECCOMP = 38, 22
_FILE_CAPABILITIES = 0b1111  # chown, dac_override, dac_read_search, fowner
_DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty")


@functools.cache
def landlock() -> int:
    """The version of Landlock that the kernel offers; 0 where it has none or it is switched off."""
    try:
        version = int(_libc().syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), 1))
    except OSError:
        return 0
    return max(0, version)


class Fence:
    """The fence of the runs of one server, made ready before they are forked.

    Args:
        hidden: folders that a run must not read.
        shown: folders below these that it may read nevertheless.
    """

    def __init__(self, hidden: Sequence[Path], shown: Sequence[Path] = ()) -> None:
        self._hidden = [Path(os.path.realpath(path)) for path in hidden]
        self._shown = [Path(os.path.realpath(path)) for path in shown]
        self._ruleset = -1
        self._seen: list[tuple[str, int]] = []

    def prepare(self) -> None:
        """Bring the rules up to date with what lies in the file system; cheap where they are.

        Raises:
            OSError: where the kernel refuses them.
        """
        if not landlock() or not self._hidden:
            return
        now = self._changes()
        if self._ruleset >= 0 and now == self._seen:
            return
        self.close()
        self._ruleset, self._seen = _ruleset(_READ_FILE | _MOVE), now
        _grant(self._ruleset, Path("/"), _MOVE)
        for path in _beside(self._hidden):
            if path != Path("/dev"):
                _grant(self._ruleset, path, _READ_FILE)
        for path in [*self._shown, *map(Path, _DEVICES), *_harmless_devices()]:
            _grant(self._ruleset, path, _READ_FILE)

    def enter(self, writable: Sequence[Path]) -> None:
        """Fence this process in for good; what it may write is its own folders only.

        Raises:
            OSError: where the kernel refuses, which it does not on a system that has Landlock.
        """
        _libc().prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
        _drop_capabilities()
        if landlock():
            if self._ruleset >= 0:
                _call(_RESTRICT_SELF, self._ruleset, 0)
                self.close()
            ruleset = _ruleset(_WRITES)
            for path in writable:
                _grant(ruleset, path, _WRITES)
            for device in _DEVICES:
                _grant(ruleset, Path(device), _WRITE_FILE)
            _call(_RESTRICT_SELF, ruleset, 0)
            os.close(ruleset)
        _filter_calls()

    def close(self) -> None:
        """Give up the rules; they are made again when they are needed."""
        if self._ruleset >= 0:
            os.close(self._ruleset)
        self._ruleset = -1

    def _changes(self) -> list[tuple[str, int]]:
        """The folders on the way to what is hidden, and when something last changed in them."""
        found = []
        for folder in sorted({parent for path in self._hidden for parent in path.parents}):
            with contextlib.suppress(OSError):
                found.append((str(folder), folder.stat().st_mtime_ns))
        return found


def _beside(hidden: Sequence[Path]) -> Iterator[Path]:
    """All that lies beside the ways to the hidden folders, and is none of them."""
    on_the_way = {parent for path in hidden for parent in path.parents} | set(hidden)
    for folder in sorted(on_the_way - set(hidden)):
        if any(path in folder.parents for path in hidden):
            continue  # below something hidden
        with contextlib.suppress(OSError), os.scandir(folder) as entries:
            for entry in entries:
                # A link may lead to what is hidden; what it names is granted where it lies.
                if not entry.is_symlink() and Path(entry.path) not in on_the_way:
                    yield Path(entry.path)


def _harmless_devices() -> Iterator[Path]:
    """Character devices, such as those of graphics cards: neither disks nor memory."""
    with contextlib.suppress(OSError), os.scandir("/dev") as entries:
        for entry in entries:
            if entry.is_symlink() or entry.name in ("mem", "kmem", "port"):
                continue
            if not stat.S_ISBLK(entry.stat().st_mode):
                yield Path(entry.path)


def _ruleset(handled: int) -> int:
    version = landlock()
    handled &= _RIGHTS_OF.get(version, -1)
    attributes = struct.pack("<QQQ", handled, 0, _SCOPES if version >= 6 else 0)
    size = 24 if version >= 6 else 8
    return _call(_CREATE_RULESET, attributes, ctypes.c_size_t(size), 0)


def _grant(ruleset: int, path: Path, rights: int) -> None:
    """Grant rights below a path; what has gone away meanwhile needs none."""
    rights &= _RIGHTS_OF.get(landlock(), -1)
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError:
        return
    try:
        if not stat.S_ISDIR(os.fstat(descriptor).st_mode):
            rights &= _WRITE_FILE | _TRUNCATE | _READ_FILE
        rule = struct.pack("<Qi", rights, descriptor)
        _call(_ADD_RULE, ruleset, _PATH_BENEATH, rule, 0)
    except OSError as error:
        if error.errno != errno.EBADFD:  # neither a file nor a folder of a file system
            raise
    finally:
        os.close(descriptor)


# Calls taken away, by their numbers on x86-64 and on ARM64 (AArch64).
_TAKEN = {
    "x86_64": {
        "shmget": 29,
        "semget": 64,
        "msgget": 68,
        "mq_open": 240,
        "add_key": 248,
        "request_key": 249,
        "keyctl": 250,
        "setxattr": 188,
        "lsetxattr": 189,
        "fsetxattr": 190,
        "setxattrat": 463,
        "io_uring_setup": 425,  # it makes sockets by itself
    },
    "aarch64": {
        "shmget": 194,
        "semget": 190,
        "msgget": 186,
        "mq_open": 180,
        "add_key": 217,
        "request_key": 218,
        "keyctl": 219,
        "setxattr": 5,
        "lsetxattr": 6,
        "fsetxattr": 7,
        "setxattrat": 463,
        "io_uring_setup": 425,
    },
}
_SOCKET = {"x86_64": 41, "aarch64": 198}
_ARCHITECTURE = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | errno.EACCES
_FOREIGN_ABI = 0x40000000  # x32, which has the same numbers under another bit


def _filter_calls() -> None:
    """Refuse the calls of `_TAKEN`, and every socket but local ones."""
    machine = platform.machine()
    if machine not in _TAKEN:
        return
    program = [
        (_LOAD, 0, 0, 4),
        (_EQUAL, 1, 0, _ARCHITECTURE[machine]),
        (_RETURN, 0, 0, _REFUSE),
        (_LOAD, 0, 0, 0),
        (_AT_LEAST, 0, 1, _FOREIGN_ABI),
        (_RETURN, 0, 0, _REFUSE),
    ]
    for number in _TAKEN[machine].values():
        program += [(_EQUAL, 0, 1, number), (_RETURN, 0, 0, _REFUSE)]
    program += [
        (_EQUAL, 0, 3, _SOCKET[machine]),
        (_LOAD, 0, 0, 16),  # its first argument, the family
        (_EQUAL, 1, 0, 1),  # AF_UNIX
        (_RETURN, 0, 0, _REFUSE),
        (_RETURN, 0, 0, _ALLOW),
    ]
    code = b"".join(struct.pack("<HBBI", *instruction) for instruction in program)
    buffer = ctypes.create_string_buffer(code, len(code))
    header = struct.pack("<HxxxxxxQ", len(program), ctypes.addressof(buffer))
    _libc().prctl(_SET_SECCOMP, 2, header, 0, 0)  # a kernel without it goes without


def _drop_capabilities() -> None:
    """Of what root may do, leave the say over files, which Landlock narrows."""
    header = struct.pack("<Ii", 0x20080522, 0)
    wanted = _FILE_CAPABILITIES if os.geteuid() == 0 else 0
    _libc().capset(header, struct.pack("<6I", wanted, wanted, 0, 0, 0, 0))


def _call(number: int, *arguments: object) -> int:
    result = int(_libc().syscall(number, *arguments))
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return result


@functools.cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)
