"""The lean server: a single-threaded process that forks one child for each run.

Started as `python -m harness.server FD [PROCESSOR...]`, with the environment that the runs shall
have (thread limits are set before numpy is imported). A request on the socket is a JSON job, which
names the run's temporary folder, its control group (`group`, where it has one), and what it may not
read (`hidden`) or may write besides (`writable`), with two file descriptors: the run's channel and
its output. The server answers with the pid, later with how the child ended and what it used. When
the parent goes away, the server kills what it started and ends.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import json
import os
import resource
import select
import signal
import socket
import sys
from pathlib import Path
from typing import Any

import numpy as np  # imported here so that no run pays for it, nor for what is loaded late
import numpy.fft
import numpy.ma

import harness.child as child
from harness import cgroup
from harness.sandbox import Fence

_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER = 1, 36
_MAX_REQUEST = 1 << 20


def serve(control: socket.socket) -> None:
    """Fork a child for each request until the other side hangs up."""
    libc = ctypes.CDLL(None, use_errno=True)
    # What a run leaves behind falls to this process, so that it can be found and killed.
    libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    np.random.default_rng(0).random()  # loads what the first run would load
    gc.collect()
    gc.freeze()  # children share the pages of what exists by now
    fences: dict[str, Fence] = {}
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, _MAX_REQUEST, 2)
        if not message:
            return
        job = json.loads(message)
        _one_run(libc, control, job, descriptors, _fence(fences, job))


def _fence(fences: dict[str, Fence], job: dict[str, Any]) -> Fence:
    """The fence of a job, ready to be entered; that of the job before is kept for the next."""
    hidden, shown = job.get("hidden", []), job.get("shown", [])
    name = json.dumps([hidden, shown])
    if name not in fences:
        for fence in fences.values():
            fence.close()
        fences.clear()
        fences[name] = Fence(list(map(Path, hidden)), list(map(Path, shown)))
    fences[name].prepare()
    return fences[name]


def _one_run(
    libc: ctypes.CDLL,
    control: socket.socket,
    job: dict[str, Any],
    descriptors: list[int],
    fence: Fence,
) -> None:
    parent = os.getpid()
    pid = os.fork()
    if pid == 0:
        try:
            libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
            if os.getppid() != parent:
                os._exit(1)
            _become_run(control, job, descriptors, fence)
        finally:
            os._exit(70)
    with contextlib.suppress(OSError):
        os.setpgid(pid, pid)  # the child does so too; whoever comes first
    for descriptor in descriptors:
        os.close(descriptor)
    _answer(control, {"pid": pid})
    watch = os.pidfd_open(pid)
    try:
        waiting = select.poll()  # `select` refuses descriptors beyond 1023
        for descriptor in (watch, control.fileno()):
            waiting.register(descriptor, select.POLLIN)
        ready = {descriptor for descriptor, _ in waiting.poll()}
        if watch not in ready:  # the parent hung up, or speaks out of turn
            for kill in (os.killpg, os.kill):  # the child may have left its group
                with contextlib.suppress(OSError):
                    kill(pid, signal.SIGKILL)
    finally:
        os.close(watch)
    _, status, usage = os.wait4(pid, 0)
    left = _kill_leftovers(pid)
    _answer(
        control,
        {
            "status": status,
            "left": left,
            "cpu": usage.ru_utime + usage.ru_stime,
            "peak": usage.ru_maxrss * 1024,
        },
    )


def _become_run(
    control: socket.socket, job: dict[str, Any], descriptors: list[int], fence: Fence
) -> None:
    os.setpgid(0, 0)
    control.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    channel_fd, output_fd = descriptors
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.dup2(output_fd, 1)
    os.dup2(output_fd, 2)
    os.close(null)
    os.close(output_fd)
    os.chdir(job["folder"])
    os.environ["TMPDIR"] = os.environ["HOME"] = job["folder"]
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if job.get("disk"):
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(job["disk"]), int(job["disk"])))
    if job.get("group"):
        with contextlib.suppress(OSError):
            cgroup.join(Path(job["group"]))
            del job["memory"]  # what it reserves is not limited, where what it touches is
    fence.enter([Path(path) for path in (job["folder"], *job.get("writable", ()))])
    channel = socket.socket(fileno=channel_fd)
    child.main(job, channel)
    channel.close()
    child.quiet_exit(0)


def _kill_leftovers(group: int) -> int:
    """Kill and reap all that a run started and left behind; returns how many processes it was."""
    with contextlib.suppress(OSError):
        os.killpg(group, signal.SIGKILL)
    killed = 0
    while True:  # something that forks without end needs several passes
        try:
            children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
        except OSError:
            children = []
        for signal_number in (signal.SIGSTOP, signal.SIGKILL):  # what stands still has no children
            for pid in children:
                with contextlib.suppress(OSError):
                    os.kill(int(pid), signal_number)
        try:
            os.waitpid(-1, 0)
            killed += 1
            while os.waitpid(-1, os.WNOHANG)[0]:
                killed += 1
        except ChildProcessError:
            return killed


def _answer(control: socket.socket, content: dict[str, Any]) -> None:
    control.sendall(json.dumps(content).encode())


def _end_threads() -> None:
    """OpenBLAS starts its threads when it is loaded, and ends them where the process forks."""
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    control = socket.socket(fileno=int(sys.argv[1]))
    processors = [int(number) for number in sys.argv[2:]]
    if processors:
        with contextlib.suppress(OSError):  # they may have been taken away meanwhile
            os.sched_setaffinity(0, processors)
    _end_threads()
    # A run is fork()ed from here: no thread may be alive, whatever was imported.
    assert len(os.listdir("/proc/self/task")) == 1, "the server must be single-threaded"
    with contextlib.suppress(ConnectionError, BrokenPipeError):
        serve(control)


if __name__ == "__main__":
    main()
