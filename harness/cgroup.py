"""Control groups, version 2: what a run and all that it starts hold together is capped.

The kernel charges memory to the group whose process touched it first, be it of one process or of
many, shared, or of files in memory, and ends the whole group where no more is to be had. Unlike a
limit of address space, it does not count what is only reserved; unlike a look at what is resident,
it does not come late.

Only a group that holds no processes can hand controllers on to groups below it, and no process
that this one did not start is ever moved. So groups for runs can be made where this process and
those that it started are alone in a group that they may write, such as a systemd scope of their
own: they move into `bench-main` below it, each run into a `bench-run-...`, and back at the end.
"""

from __future__ import annotations

import contextlib
import errno
import itertools
import os
import re
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from harness.vitals import descendants

_MAIN, _RUN = "bench-main", "bench-run-"
_GIB = 1 << 30
_TASKS = 4  # for each process that a run may have: threads are counted along
_PASSES = 20  # over processes that start others meanwhile
_TO_EMPTY = 5.0  # seconds that killed processes may take to go


class NoGroups(Exception):
    """No group can be made for runs.

    Attributes:
        why: the sentence for the reader. mend: what to do about it.
    """

    def __init__(self, why: str, mend: str) -> None:
        super().__init__(f"{why}; {mend}")
        self.why, self.mend = why, mend


class Runs:
    """The groups of the runs of this process, which all its workers share.

    Args:
        system: root of the file system.
    """

    def __init__(self, system: Path = Path("/")) -> None:
        self._system = system
        self._lock = threading.Lock()
        self._users = 0
        self._own: Path | None = None
        self._numbers = itertools.count(1)

    def enter(self) -> None:
        """Make ready to make groups; whoever comes after the first shares what that one did.

        Raises:
            NoGroups: where there can't be any. All is as it was before.
        """
        with self._lock:
            if not self._users:
                self._own = _prepare(self._system)
            self._users += 1

    def leave(self) -> None:
        """Be done; where nobody else is at it, all is put back as it was, as far as it can be."""
        with self._lock:
            self._users -= 1
            if not self._users and self._own is not None:
                _put_back(self._own)
                self._own = None

    def group(self, allowed: int, extra: int, processes: int) -> Group | None:
        """A new group for one run; None where the kernel refuses it.

        Args:
            allowed: bytes of memory that it may hold.
            extra: bytes beside them that are charged to it, though they don't count.
            processes: most at the same time.
        """
        assert self._own is not None, "between enter() and leave()"
        folder = self._own / f"{_RUN}{next(self._numbers)}"
        try:
            return Group(folder, allowed, extra, processes)
        except OSError:
            with contextlib.suppress(OSError):
                os.rmdir(folder)
            return None


RUNS = Runs()


class Group:
    """The group of one run; see `Runs.group` for its arguments.

    Raises:
        OSError: where the kernel refuses it.
    """

    def __init__(self, folder: Path, allowed: int, extra: int, processes: int) -> None:
        self.folder = folder
        self._allowed, self._limit, self._most = allowed, allowed + extra, processes
        self._at_start = 0
        os.mkdir(folder)
        _write(folder / "memory.max", str(self._limit))
        tasks = _TASKS * processes
        for name, value in (("memory.swap.max", 0), ("memory.oom.group", 1), ("pids.max", tasks)):
            with contextlib.suppress(FileNotFoundError):  # not every kernel has them
                _write(folder / name, str(value))

    def start(self) -> None:
        """The run starts: what it holds by now, its imports, does not count as memory of it."""
        self._at_start = _number(self.folder / "memory.current") or 0
        with contextlib.suppress(OSError):
            _write(self.folder / "memory.max", str(self._limit + self._at_start))

    @property
    def out_of_memory(self) -> str:
        """The sentence on a run that the kernel ended for want of memory; empty where it didn't."""
        events: dict[str, int] = {}
        with contextlib.suppress(OSError, ValueError):
            for line in (self.folder / "memory.events").read_text().splitlines():
                name, count = line.split()
                events[name] = int(count)
        if not events.get("oom_kill"):
            return ""
        if not events.get("oom"):  # the limit that was met is not that of this group
            return "killed by the kernel: there was no memory left outside its limit"
        return (
            "killed by the kernel: it, and what it started, needed more than the "
            f"{self._allowed / _GIB:.3g} GiB that were allowed"
        )

    @property
    def crowded(self) -> str:
        """The sentence on a run of too many processes; empty where it has few. Quick to find out.

        The kernel refuses a run to start far more than are allowed, so that it can be looked at.
        """
        with contextlib.suppress(OSError):
            if len(_processes(self.folder)) > self._most:
                return f"killed: more than {self._most} processes at the same time"
            if re.search(r"^max [1-9]", _text(self.folder / "pids.events"), re.MULTILINE):
                return f"killed: more than {_TASKS * self._most} threads at the same time"
        return ""

    @property
    def peak(self) -> int | None:
        """The most bytes that were charged to it, beyond those at the start; from Linux 5.19 on."""
        peak = _number(self.folder / "memory.peak")
        return None if peak is None else max(0, peak - self._at_start)

    def kill(self) -> None:
        """Kill all its processes, at once where the kernel can (Linux 5.14)."""
        with contextlib.suppress(OSError):
            _write(self.folder / "cgroup.kill", "1")
            return
        with contextlib.suppress(OSError):  # it may be gone
            for _ in _until_late():
                pids = [pid for pid in _processes(self.folder) if pid > 0]
                for pid in pids:
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
                if not pids:
                    return

    def close(self) -> None:
        """Kill what is left in it, and remove it; what can't be now is tried again at the end."""
        self.kill()
        _remove(self.folder)


def join(folder: Path, pid: int = 0) -> None:
    """Put a process into a group; 0 is the caller.

    Raises:
        OSError: where the kernel refuses.
    """
    _write(folder / "cgroup.procs", str(pid))


def own_group(system: Path) -> Path:
    """The folder of this process's own group.

    Args:
        system: root of the file system.

    Raises:
        NoGroups: where there is none, or it is out of sight.
    """
    said = _text(system / "proc/self/cgroup")
    own = re.search(r"^0::(/.*)$", said, re.MULTILINE)
    mounts = list(_mounts(_text(system / "proc/self/mountinfo")))
    if own is None or not mounts:
        raise NoGroups("no control groups of version 2 (cgroup2) are mounted here", _unified())
    path = own[1]
    for root, point in mounts:
        below = root.rstrip("/") + "/"
        if path == root or path.startswith(below):
            rest = path[len(below) :]
            if ".." not in rest.split("/"):
                return system / point.lstrip("/") / rest
    raise NoGroups(
        f"the group of this process, {path}, lies outside what is mounted of cgroup2",
        "mount cgroup2 anew inside the container, or run outside it",
    )


def _mounts(mountinfo: str) -> Iterator[tuple[str, str]]:
    """Root and mount point of each mount of version 2; what is mounted last comes first."""
    for line in reversed(mountinfo.splitlines()):
        fields, _, rest = line.partition(" - ")
        if rest.split(" ")[0] == "cgroup2":
            root, point = (
                re.sub(r"\\([0-7]{3})", lambda code: chr(int(code[1], 8)), field)
                for field in fields.split()[3:5]
            )
            yield root, point


def _prepare(system: Path) -> Path:
    """Move into a group below the own one, which then hands its controllers on; returns that."""
    own = own_group(system)
    try:
        wanted = _controllers(system, own)
        _check_writable(own)
        _check_alone(own)
        if os.getpid() not in _processes(own):
            raise NoGroups(f"this process is not in {own}, which should be its group", _scope())
        _remove(own / _MAIN)  # of one that was killed
        os.mkdir(own / _MAIN)
    except OSError as error:
        why = f"no group can be made in that of this process ({error})"
        raise NoGroups(why, _scope()) from None
    try:
        _hand_on(own, wanted)
    except NoGroups:
        _put_back(own)
        raise
    except OSError as error:
        _put_back(own)
        why = f"the kernel does not divide the group of this process ({error})"
        raise NoGroups(why, _scope()) from None
    return own


def _controllers(system: Path, own: Path) -> str:
    """What is to be handed on to groups below the own one, as the kernel wants to be told it."""
    there = (own / "cgroup.controllers").read_text().split()
    if "memory" in there:
        return " ".join(f"+{name}" for name in ("memory", "pids") if name in there)
    if re.search(r"^[1-9]\d*:(.*,)?memory(,.*)?:", _text(system / "proc/self/cgroup"), re.M):
        raise NoGroups("the memory controller is bound to control groups of version 1", _unified())
    if re.search(r"^memory\s.*\s0$", _text(system / "proc/cgroups"), re.M):
        raise NoGroups(
            "the memory controller is switched off",
            "boot with `cgroup_enable=memory` on the command line of the kernel",
        )
    raise NoGroups("the control group of this process is given no memory controller", _scope())


def _check_writable(own: Path) -> None:
    for path in (own, own / "cgroup.procs", own / "cgroup.subtree_control"):
        if not os.access(path, os.W_OK):
            raise NoGroups(f"this user may not write the control group {own}", _scope())


def _check_alone(own: Path) -> None:
    """Nobody may be there but this process, and those that it started."""
    for _ in range(3):  # a process may end between the two looks
        foreign = _processes(own) - _family()
        if not foreign:
            return
    pid = max(foreign)
    name = _text(Path(f"/proc/{pid}/comm")).strip() or "out of sight"
    raise NoGroups(
        f"process {pid} ({name}), which this one did not start, is in its control group too and "
        "is not to be moved",
        _scope(),
    )


def _hand_on(own: Path, wanted: str) -> None:
    """Empty the own group into the main one, and hand its controllers on.

    Raises:
        OSError: where the kernel refuses.
        NoGroups: where a process of somebody else has come.
    """
    for left in reversed(range(_PASSES)):
        _check_alone(own)
        _move(_processes(own) & _family(), own / _MAIN)
        try:
            _write(own / "cgroup.subtree_control", wanted)
            return
        except OSError as error:
            if error.errno != errno.EBUSY or not left:
                raise  # or a process was started while others were moved


def _family() -> set[int]:
    """This process, and those that it started."""
    return {os.getpid(), *descendants(os.getpid())}


def _move(pids: set[int], target: Path) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            join(target, pid)


def _put_back(own: Path) -> None:
    """Undo what was done to the own group; what the kernel refuses stays as it is."""
    for folder in own.glob(f"{_RUN}*"):
        _remove(folder)
    for name in ("memory", "pids"):
        with contextlib.suppress(OSError):
            _write(own / "cgroup.subtree_control", f"-{name}")
    for _ in range(_PASSES):
        with contextlib.suppress(OSError):
            if not (pids := _processes(own / _MAIN)):
                break
            _move(pids, own)
    _remove(own / _MAIN)


def _remove(folder: Path) -> None:
    """Remove a group, once the last of its killed processes is gone."""
    for _ in _until_late():
        try:
            os.rmdir(folder)
            return
        except OSError as error:
            if error.errno != errno.EBUSY:
                return


def _until_late() -> Iterator[None]:
    pause, end = 0.0005, time.monotonic() + _TO_EMPTY
    while time.monotonic() < end:
        yield
        time.sleep(pause)
        pause = min(0.05, 2 * pause)


def _processes(folder: Path) -> set[int]:
    """Ids of the processes in a group; 0 is one that this process can't see."""
    return set(map(int, (folder / "cgroup.procs").read_text().split()))


def _write(path: Path, value: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CLOEXEC)  # the kernel makes the files, not this
    try:
        os.write(descriptor, value.encode())
    finally:
        os.close(descriptor)


def _text(path: Path) -> str:
    with contextlib.suppress(OSError):
        return path.read_text()
    return ""


def _number(path: Path) -> int | None:
    with contextlib.suppress(OSError, ValueError):
        return int(path.read_text())
    return None


def _scope() -> str:
    user = "" if os.geteuid() == 0 else "--user "
    return f"run `systemd-run {user}--scope -p Delegate=yes bench run ...`"


def _unified() -> str:
    return (
        "boot with `systemd.unified_cgroup_hierarchy=1` on the command line of the kernel, "
        f"then {_scope()}"
    )
