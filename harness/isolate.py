"""Isolated runs with hard limits; nothing else starts processes.

A `Worker` owns one lean server (`harness.server`) that forks a child for each run. The parent
keeps the clock of last resort: past the limit the child's whole process group is killed, however
it hangs, and what it had yielded until then is kept.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import math
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from harness import cgroup
from harness.guard import Limits
from harness.outcome import Outcome
from harness.paths import scratch_folder
from harness.remote import Examiner
from harness.run import Budget, Point
from harness.vitals import available_memory, children, resident
from harness.watch import Handles, Watch, hear

__all__ = [
    "THREAD_VARIABLES",
    "IsolationError",
    "Limits",
    "Outcome",
    "Worker",
    "budget_json",
    "call",
    "clean_environment",
]

THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "BLIS_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "NUMBA_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "RAYON_NUM_THREADS",
)
_PR_SET_CHILD_SUBREAPER = 36
_INHERITED = (
    *("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "PYTHONPATH", "VIRTUAL_ENV", "TZ"),
    # Which kernels OpenBLAS chooses: sums differ in their last bits, and an oracle may compute in
    # this process what it computes in that of a run.
    *("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"),
)


class IsolationError(Exception):
    """The server of the runs could not be started or broke down."""


def clean_environment(threads: int = 1, extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of measured processes: little is inherited, thread limits are set."""
    environment = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    environment.update({name: str(threads) for name in THREAD_VARIABLES})
    environment["PYTHONHASHSEED"] = "0"
    # Runs have no shared memory to start pools with; joblib, which many libraries import, would
    # try, and warn of it.
    environment["JOBLIB_MULTIPROCESSING"] = "0"
    environment.update(extra or {})
    return environment


class Worker:
    """One lean server, and so one run at a time. Use it as a context manager.

    `environment` sets variables beyond those that every measured process has; `processors` are
    the only ones that the runs may use, where any are named.
    """

    def __init__(
        self,
        threads: int = 1,
        environment: Mapping[str, str] | None = None,
        processors: Sequence[int] = (),
    ) -> None:
        self._threads = threads
        self._processors = tuple(processors)
        self._environment = dict(environment or {})
        self._server: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._scratch = ""
        self._grouped = False

    def __enter__(self) -> Worker:
        self._scratch = scratch_folder("runs")
        with contextlib.suppress(cgroup.NoGroups):  # `bench doctor` says why
            cgroup.RUNS.enter()
            self._grouped = True
        self._start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._stop()
        if self._grouped:
            cgroup.RUNS.leave()
        shutil.rmtree(self._scratch, ignore_errors=True)

    def _start(self) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._server = subprocess.Popen(
                [sys.executable, "-m", "harness.server", str(theirs.fileno())]
                + [str(number) for number in self._processors],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                env=clean_environment(self._threads, self._environment),
                start_new_session=True,  # Ctrl-C reaches the parent only
            )
        self._control = ours

    def abort(self) -> None:
        """Hang up, upon which the server kills the run that it has under way; from any thread."""
        control = self._control
        if control is not None:
            with contextlib.suppress(OSError):
                control.shutdown(socket.SHUT_RDWR)

    def _stop(self) -> None:
        if self._control is not None:
            self._control.close()
        if self._server is not None:
            try:
                self._server.wait(5)
            except subprocess.TimeoutExpired:
                self._server.kill()
                self._server.wait()
        self._control = self._server = None

    def run(
        self,
        job: Mapping[str, Any],
        limits: Limits,
        reached: Callable[[Point], bool] | None = None,
        thin: bool = True,
        examiner: Examiner | None = None,
    ) -> Outcome:
        """Run one job in a fresh child and wait for its end.

        Args:
            job: solver, problem, parameters, data folder, seed and budget, as plain JSON.
            limits: the hard limits.
            reached: with a target cost: called with each point; True ends the run.
            thin: drop points that are closer in time than the trace needs.
            examiner: holds the oracle or the events of a job that is `remote`.

        Raises:
            IsolationError: where the server itself is lost (it is started again for the next run).
        """
        folder = tempfile.mkdtemp(dir=self._scratch)
        data = "" if job.get("remote") else str(job.get("data", ""))
        data_bytes = _bytes_of(data)
        own = {"folder": folder, "memory": limits.memory, "disk": limits.disk}
        own["data_bytes"] = data_bytes
        group = self._group(limits, data_bytes)
        if group is not None:
            own["group"] = str(group.folder)
        told = {name: value for name, value in job.items() if name != "data"}
        payload = json.dumps({**told, **own}).encode()
        ours, theirs = socket.socketpair()
        output, output_end = os.pipe()
        try:
            with theirs:
                assert self._control is not None
                try:
                    socket.send_fds(self._control, [payload], [theirs.fileno(), output_end])
                finally:
                    os.close(output_end)
                pid = int(hear(self._control, limits.setup)["pid"])
            assert self._server is not None
            handles = Handles(
                self._server.pid, self._control, pid, ours, output, folder, data, group
            )
            return Watch(handles, limits, reached, thin, examiner).outcome()
        except (OSError, ValueError, LookupError) as error:
            self._stop()
            self._start()
            raise IsolationError(f"the server of the runs broke down ({error})") from error
        finally:
            ours.close()
            os.close(output)
            if group is not None:
                group.close()
            shutil.rmtree(folder, ignore_errors=True)

    def _group(self, limits: Limits, data_bytes: int) -> cgroup.Group | None:
        """A group for a run, where there can be one."""
        if not self._grouped or self._server is None:
            return None
        allowed = limits.memory or available_memory() or 1 << 62
        # What it shares with the server is charged to the run once it is written to.
        extra = data_bytes + (resident(self._server.pid) or 0)
        return cgroup.RUNS.group(allowed, extra, limits.processes)


def _bytes_of(data: str) -> int:
    """How large the arrays of an instance are."""
    with contextlib.suppress(OSError):
        return os.stat(os.path.join(data, "arrays.bin")).st_size
    return 0


def call(
    command: Sequence[str],
    timeout: float | None,
    environment: Mapping[str, str],
    pass_fds: Sequence[int] = (),
    channel: socket.socket | None = None,
    hear: Callable[[int, bytes], bytes] | None = None,
) -> tuple[int | None, str]:
    """Run a command in a process group of its own; kill the group past the limit.

    Args:
        command: program and arguments.
        timeout: seconds, the hard limit.
        environment: all of its variables.
        pass_fds: descriptors that it inherits.
        channel: a SOCK_SEQPACKET socket whose other end it has, closed on this side by now or not.
        hear: is given the process's id and each message at once, and returns the answer to send
            back; an empty one kills the process.

    Returns:
        its exit code (None where it was killed at the limit), and the last of what it printed.
    """
    with tempfile.TemporaryFile() as output, _orphans_killed() as known:
        process = subprocess.Popen(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=dict(environment),
            pass_fds=list(pass_fds),
            start_new_session=True,
        )
        known.add(process.pid)
        code: int | None
        try:
            if channel is not None and hear is not None:
                timeout = _converse(process, timeout, channel, hear)
            code = process.wait(timeout)
        except subprocess.TimeoutExpired:
            code = None
        finally:
            with contextlib.suppress(OSError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        output.seek(0, os.SEEK_END)
        output.seek(max(0, output.tell() - 4000))
        return code, output.read().decode(errors="replace")


@contextlib.contextmanager
def _orphans_killed() -> Iterator[set[int]]:
    """What a command leaves behind falls to this process meanwhile, and is killed at the end.

    Yields:
        the children that are to live; what is started here is added to them.
    """
    me = os.getpid()
    known = set(children(me))
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    try:
        yield known
    finally:
        while orphans := set(children(me)) - known:
            for pid in orphans:
                with contextlib.suppress(OSError):
                    os.kill(pid, signal.SIGKILL)
            for pid in orphans:
                with contextlib.suppress(OSError):
                    os.waitpid(pid, 0)
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0)


def _converse(
    process: subprocess.Popen[bytes],
    timeout: float | None,
    channel: socket.socket,
    hear: Callable[[int, bytes], bytes],
) -> float | None:
    """Hear and answer until the process has ended, was killed, or its time is up.

    Returns:
        the seconds that are left of the timeout.
    """
    end = None if timeout is None else time.monotonic() + timeout

    def left() -> float | None:
        return None if end is None else max(0.0, end - time.monotonic())

    ended = os.pidfd_open(process.pid)
    try:
        poll = select.poll()
        poll.register(ended, select.POLLIN)
        poll.register(channel, select.POLLIN)
        while True:
            rest = left()
            ready = dict(poll.poll(None if rest is None else math.ceil(1000 * rest)))
            if channel.fileno() in ready:
                message = channel.recv(4096)
                answer = hear(process.pid, message) if message else b""
                if not message:
                    poll.unregister(channel)
                elif answer:
                    with contextlib.suppress(OSError):  # it may be gone by now
                        channel.send(answer, socket.MSG_DONTWAIT)
                else:
                    process.kill()
                    return left()
            elif not ready or ended in ready:
                return left()
    finally:
        os.close(ended)


def budget_json(budget: Budget, timeout: float | None) -> dict[str, Any]:
    """The budget as a child gets it: it also stops by itself, at an answer, past the timeout."""
    limits = [limit for limit in (budget.seconds, timeout) if limit is not None]
    return {
        "seconds": min(limits, default=None),
        "answers": budget.answers,
        "calls": budget.calls,
        "target": budget.target,
    }
