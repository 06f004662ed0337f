"""What a run may touch: its own folder to write, everything but the cache's truths to read.

Linux's Landlock (5.13 and later, without privileges) fences the process that enters and all that
it starts, for good. Reading is denied below hidden folders, writing everywhere but in the run's
own folder and on the null devices; from kernel 6.12 on no process outside can be signalled, and
none can be traced or have its memory read. A seccomp filter takes away the network, the say over
the limits and priorities of other processes, and what would outlive the process unseen: System V
and POSIX message queues, shared memory, keyrings, and the owners, times, flags and extended
attributes of files. Their modes stay as they are too, but a run is not told so.

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
_DEVICE_FOLDER = Path("/dev")


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

    Of the folders that a file lies in, the deepest that is named here decides.

    Args:
        hidden: folders that a run must not read.
        shown: folders below these that it may read nevertheless.
    """

    def __init__(self, hidden: Sequence[Path], shown: Sequence[Path] = ()) -> None:
        self._hidden = [Path(os.path.realpath(path)) for path in hidden]
        self._shown = [Path(os.path.realpath(path)) for path in shown]
        self._ruleset = -1
        self._seen: list[tuple[object, ...]] = []

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
        for root in (*self._shown, *({Path("/")} - set(self._hidden))):
            for path in _open_below(root, self._hidden):
                _grant(self._ruleset, path, _READ_FILE)
        for device in _DEVICES:
            _grant(self._ruleset, Path(device), _READ_FILE)

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

    def _changes(self) -> list[tuple[object, ...]]:
        """The folders on the way to what is hidden, and when something last changed in them."""
        found: list[tuple[object, ...]] = []
        for folder in sorted(_ways(self._hidden)):
            with contextlib.suppress(OSError):
                status = folder.stat()
                found.append((folder, status.st_dev, status.st_ino, status.st_mtime_ns))
        for folder in self._shown:
            with contextlib.suppress(OSError):
                status = folder.stat()
                found.append((folder, status.st_dev, status.st_ino))
        return found


def _ways(hidden: Sequence[Path]) -> set[Path]:
    """The folders in which something is not to be read: on the ways to the hidden, and devices."""
    return {_DEVICE_FOLDER, *(parent for path in hidden for parent in path.parents)}


def _open_below(root: Path, hidden: Sequence[Path]) -> Iterator[Path]:
    """What can be granted as a whole of a folder in which, or below which, some are hidden."""
    ways = _ways(hidden)
    pending = [root]
    while pending:
        folder = pending.pop()
        if folder not in ways:
            yield folder
            continue
        with contextlib.suppress(OSError), os.scandir(folder) as entries:
            for entry in entries:
                # A link may lead to what is hidden; what it names is granted where it lies.
                path = Path(entry.path)
                if entry.is_symlink() or path in hidden:
                    continue
                if folder != _DEVICE_FOLDER or not _is_disk(entry):
                    pending.append(path)


def _is_disk(device: os.DirEntry[str]) -> bool:
    """Whether a device, or a folder of them, could give all that is on disk or in memory."""
    if device.name in ("mem", "kmem", "port"):
        return True
    try:
        mode = device.stat(follow_symlinks=False).st_mode
        if not stat.S_ISDIR(mode):
            return stat.S_ISBLK(mode)
        with os.scandir(device.path) as entries:
            modes = [entry.stat(follow_symlinks=False).st_mode for entry in entries]
        return any(map(stat.S_ISBLK, modes))
    except OSError:
        return True


def _ruleset(handled: int) -> int:
    version = landlock()
    handled &= _RIGHTS_OF.get(version, -1)
    attributes = struct.pack("<QQQ", handled, 0, _SCOPES if version >= 6 else 0)
    size = 24 if version >= 6 else 8
    return _call(_CREATE_RULESET, attributes, ctypes.c_size_t(size), 0)


def _grant(ruleset: int, path: Path, rights: int) -> None:
    """Grant rights below a path, as far as the kernel knows them; what has gone away needs none."""
    rights &= _RIGHTS_OF.get(landlock(), -1)
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError:
        return
    try:
        if not stat.S_ISDIR(os.fstat(descriptor).st_mode):
            rights &= _WRITE_FILE | _TRUNCATE | _READ_FILE
        if rights:
            rule = struct.pack("<Qi", rights, descriptor)
            _call(_ADD_RULE, ruleset, _PATH_BENEATH, rule, 0)
    except OSError as error:
        if error.errno != errno.EBADFD:  # neither a file nor a folder of a file system
            raise
    finally:
        os.close(descriptor)


# Numbers of calls on x86-64 and on ARM64 (AArch64), where it has them.
_MACHINES = ("x86_64", "aarch64")
_ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_REFUSED = {
    "shmget": (29, 194),
    "shmat": (30, 196),
    "shmctl": (31, 195),
    "semget": (64, 190),
    "semop": (65, 193),
    "semtimedop": (220, 192),
    "semctl": (66, 191),
    "msgget": (68, 186),
    "msgsnd": (69, 189),
    "msgrcv": (70, 188),
    "msgctl": (71, 187),
    "mq_open": (240, 180),
    "mq_unlink": (241, 181),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "setxattr": (188, 5),
    "lsetxattr": (189, 6),
    "fsetxattr": (190, 7),
    "setxattrat": (463, 463),
    "removexattr": (197, 14),
    "lremovexattr": (198, 15),
    "fremovexattr": (199, 16),
    "removexattrat": (466, 466),
    "file_setattr": (469, 469),
    "chown": (92, None),
    "lchown": (94, None),
    "fchown": (93, 55),
    "fchownat": (260, 54),
    "utime": (132, None),
    "utimes": (235, None),
    "futimesat": (261, None),
    "utimensat": (280, 88),
    "ioprio_set": (251, 30),
    "io_uring_setup": (425, 425),  # it makes sockets by itself
}
# Much that is harmless sets modes in passing, and would fail: it is told that they are set.
_IDLE = {
    "chmod": (90, None),
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
    "fchmodat2": (452, 452),
}
# Calls that take a process, and which of their arguments must be 0 for it to be the caller.
_ON_ITSELF = {
    "prlimit64": (302, 261, (0,)),
    "sched_setaffinity": (203, 122, (0,)),
    "sched_setscheduler": (144, 119, (0,)),
    "sched_setparam": (142, 118, (0,)),
    "sched_setattr": (314, 274, (0,)),
    "setpriority": (141, 140, (0, 1)),
}
_SOCKET, _LOCAL = (41, 198), 1  # AF_UNIX
_IOCTL = (16, 29)
_SET_FLAGS = (0x40086602, 0x40046602, 0x401C5820)  # FS_IOC_SETFLAGS, FS_IOC_FSSETXATTR
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_ALLOW, _REFUSE, _DO_NOTHING = 0x7FFF0000, 0x00050000 | errno.EACCES, 0x00050000
_FOREIGN_ABI = 0x40000000  # x32, which has the same numbers under another bit
Instruction = tuple[int, int, int, int]


def _filter_calls() -> None:
    """Refuse what Landlock has no say over; a kernel without filters goes without."""
    if platform.machine() not in _MACHINES:
        return
    program = _program(platform.machine())
    code = b"".join(struct.pack("<HBBI", *instruction) for instruction in program)
    buffer = ctypes.create_string_buffer(code, len(code))
    header = struct.pack("<HxxxxxxQ", len(program), ctypes.addressof(buffer))
    _libc().prctl(_SET_SECCOMP, 2, header, 0, 0)


def _program(machine: str) -> list[Instruction]:
    """The filter: a kernel gives it each call's number, architecture and arguments."""
    column = _MACHINES.index(machine)
    program = [
        (_LOAD, 0, 0, 4),
        (_EQUAL, 1, 0, _ARCHITECTURES[machine]),
        (_RETURN, 0, 0, _REFUSE),
        (_LOAD, 0, 0, 0),
        (_AT_LEAST, 0, 1, _FOREIGN_ABI),
        (_RETURN, 0, 0, _REFUSE),
    ]
    for calls, verdict in ((_REFUSED, _REFUSE), (_IDLE, _DO_NOTHING)):
        for numbers in calls.values():
            program += _rule(numbers[column], [(_RETURN, 0, 0, verdict)])
    for *numbers_of_one, arguments in _ON_ITSELF.values():
        program += _rule(numbers_of_one[column], _unless_all(arguments, 0))
    program += _rule(_SOCKET[column], _unless_all((0,), _LOCAL))
    flags: list[Instruction] = [(_LOAD, 0, 0, _argument(1))]
    for request in _SET_FLAGS:
        flags += [(_EQUAL, 0, 1, request), (_RETURN, 0, 0, _REFUSE)]
    program += _rule(_IOCTL[column], [*flags, (_RETURN, 0, 0, _ALLOW)])
    return [*program, (_RETURN, 0, 0, _ALLOW)]


def _rule(number: int | None, then: list[Instruction]) -> list[Instruction]:
    """What to do on one call; it must end in a return."""
    return [] if number is None else [(_EQUAL, 0, len(then), number), *then]


def _unless_all(arguments: Sequence[int], value: int) -> list[Instruction]:
    """Refuse the call unless these of its arguments have the value."""
    found: list[Instruction] = []
    for argument in arguments:
        found += [(_LOAD, 0, 0, _argument(argument)), (_EQUAL, 1, 0, value)]
        found += [(_RETURN, 0, 0, _REFUSE)]
    return [*found, (_RETURN, 0, 0, _ALLOW)]


def _argument(number: int) -> int:
    """Where the lower half of an argument lies."""
    return 16 + 8 * number


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
