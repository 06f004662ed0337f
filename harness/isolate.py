"""Isolated runs with hard limits; nothing else starts processes.

A `Worker` owns one lean server (`harness.server`) that forks a child for each run. The parent
keeps the clock of last resort: past the limit the child's whole process group is killed, however
it hangs, and what it had yielded until then is kept.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from harness.run import Budget, Point
from harness.watch import Limits, Outcome, Watch, hear

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
_INHERITED = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "PYTHONPATH", "VIRTUAL_ENV", "TZ")


class IsolationError(Exception):
    """The server of the runs could not be started or broke down."""


def clean_environment(threads: int = 1, extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of measured processes: little is inherited, thread limits are set."""
    environment = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    environment.update({name: str(threads) for name in THREAD_VARIABLES})
    environment["PYTHONHASHSEED"] = "0"
    environment.update(extra or {})
    return environment


class Worker:
    """One lean server, and so one run at a time. Use it as a context manager.

    `environment` sets variables beyond those that every measured process has.
    """

    def __init__(self, threads: int = 1, environment: Mapping[str, str] | None = None) -> None:
        self._threads = threads
        self._environment = dict(environment or {})
        self._server: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._scratch = ""

    def __enter__(self) -> Worker:
        self._scratch = tempfile.mkdtemp(prefix="bench-runs-")
        self._start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._stop()
        shutil.rmtree(self._scratch, ignore_errors=True)

    def _start(self) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._server = subprocess.Popen(
                [sys.executable, "-m", "harness.server", str(theirs.fileno())],
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
    ) -> Outcome:
        """Run one job in a fresh child and wait for its end.

        Args:
            job: solver, problem, parameters, data folder, seed and budget, as plain JSON.
            limits: the hard limits.
            reached: with a target cost: called with each point; True ends the run.
            thin: drop points that are closer in time than the trace needs.

        Raises:
            IsolationError: where the server itself is lost (it is started again for the next run).
        """
        folder = tempfile.mkdtemp(dir=self._scratch)
        payload = json.dumps({**job, "folder": folder, "memory": limits.memory}).encode()
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
            return Watch(self._control, pid, ours, output, limits, reached, thin).outcome()
        except (OSError, ValueError, LookupError) as error:
            self._stop()
            self._start()
            raise IsolationError(f"the server of the runs broke down ({error})") from error
        finally:
            ours.close()
            os.close(output)
            shutil.rmtree(folder, ignore_errors=True)


def call(
    command: Sequence[str],
    timeout: float | None,
    environment: Mapping[str, str],
    pass_fds: Sequence[int] = (),
) -> tuple[int | None, str]:
    """Run a command in a process group of its own; kill the group past the limit.

    Returns:
        its exit code (None where it was killed), and the last of what it printed.
    """
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=dict(environment),
            pass_fds=list(pass_fds),
            start_new_session=True,
        )
        code: int | None
        try:
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


def budget_json(budget: Budget, timeout: float | None) -> dict[str, Any]:
    """The budget as a child gets it: it also stops by itself, at an answer, past the timeout."""
    limits = [limit for limit in (budget.seconds, timeout) if limit is not None]
    return {
        "seconds": min(limits, default=None),
        "answers": budget.answers,
        "calls": budget.calls,
        "target": budget.target,
    }
