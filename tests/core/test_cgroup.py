"""Control groups of version 2: where they can be made, what is undone, what they hold."""

import errno
import os
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from harness import cgroup, machine
from harness.api import Instance
from harness.instances import store
from harness.isolate import Limits, Worker

ME = os.getpid()
SESSION = "/user.slice/user-1000.slice/user@1000.service/app.slice/run-r1f.scope"
DOCKER = "/system.slice/docker-4be2.scope"


def system(tmp_path, own, mounts, controllers=""):
    """The root of a system whose /proc says so; `controllers` is /proc/cgroups."""
    proc = tmp_path / "proc"
    (proc / "self").mkdir(parents=True)
    (proc / "self/cgroup").write_text(own)
    (proc / "self/mountinfo").write_text(mounts)
    (proc / "cgroups").write_text(controllers)
    return tmp_path


# ---------------------------------------------------------------- where the own group is

UNIFIED = (
    "23 28 0:21 / /proc rw,nosuid,nodev,noexec,relatime shared:12 - proc proc rw\n"
    "29 22 0:25 / /sys/fs/cgroup rw,nosuid,nodev,noexec,relatime shared:9 - cgroup2 cgroup2 rw,"
    "nsdelegate,memory_recursiveprot\n"
)
HYBRID = (
    "31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755\n"
    "35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory\n"
    "41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw\n"
)
IN_DOCKER = (
    "1284 1279 0:26 {root} /sys/fs/cgroup ro,nosuid,nodev,noexec,relatime - cgroup2 cgroup rw\n"
)
SYSTEMS = {
    "systemd session": (f"0::{SESSION}\n", UNIFIED, f"sys/fs/cgroup{SESSION}"),
    "docker, own namespace": ("0::/\n", IN_DOCKER.format(root="/"), "sys/fs/cgroup"),
    "docker, host's namespace, all mounted": (
        f"0::{DOCKER}\n",
        IN_DOCKER.format(root="/"),
        f"sys/fs/cgroup{DOCKER}",
    ),
    "docker, host's namespace, own part mounted": (
        f"0::{DOCKER}/job\n",
        IN_DOCKER.format(root=DOCKER),
        "sys/fs/cgroup/job",
    ),
    "mounted before the namespace was": (
        "0::/../neighbour\n",
        IN_DOCKER.format(root="/.."),
        "sys/fs/cgroup/neighbour",
    ),
    "hybrid": ("4:memory:/process_api/f93\n1:cpu:/\n0::/\n", HYBRID, "sys/fs/cgroup/unified"),
    "root": ("0::/\n", UNIFIED, "sys/fs/cgroup"),
    "a space in the name": (
        "0::/my jobs\n",
        "41 31 0:38 / /mnt/control\\040groups rw - cgroup2 none rw\n",
        "mnt/control groups/my jobs",
    ),
    "mounted over": (
        "0::/\n",
        UNIFIED + "50 29 0:25 / /run/cgroup2 rw - cgroup2 cgroup2 rw\n",
        "run/cgroup2",
    ),
}


@pytest.mark.parametrize(("own", "mounts", "folder"), SYSTEMS.values(), ids=SYSTEMS)
def test_the_own_group_is_found(tmp_path, own, mounts, folder):
    assert cgroup.own_group(system(tmp_path, own, mounts)) == tmp_path / folder


OUT_OF_SIGHT = {
    "only version 1": (
        "4:memory:/a\n",
        "35 31 0:32 / /m rw - cgroup cgroup rw,memory\n",
        "mounted",
    ),
    "not mounted": ("0::/\n", "35 31 0:32 / /m rw - tmpfs tmpfs rw\n", "are mounted here"),
    "no Linux": ("", "", "are mounted here"),
    "of another container": (f"0::{DOCKER}\n", IN_DOCKER.format(root="/docker-77"), "outside"),
    "a name that starts alike": ("0::/job2\n", IN_DOCKER.format(root="/job"), "outside"),
    "above the namespace": ("0::/../a\n", IN_DOCKER.format(root="/"), "outside"),
}


@pytest.mark.parametrize(("own", "mounts", "says"), OUT_OF_SIGHT.values(), ids=OUT_OF_SIGHT)
def test_a_group_that_is_out_of_sight_is_not_guessed(tmp_path, own, mounts, says):
    with pytest.raises(cgroup.NoGroups) as error:
        cgroup.own_group(system(tmp_path, own, mounts))
    assert says in error.value.why
    assert error.value.mend


# ---------------------------------------------------------------- refusals, and undoing


class Kernel:
    """What the kernel does with the files of a group's tree, as far as the harness relies on it.

    Attributes:
        refuses: name of a file or folder -> the error number that writing or making it gives.
        log: what was written, in order.
    """

    def __init__(self, own, monkeypatch):
        self.own, self.refuses, self.log = own, {}, []
        own.mkdir(parents=True)
        self.populate(own, "cpu memory pids", [ME])
        monkeypatch.setattr(cgroup, "_write", self.write)
        for name in ("mkdir", "rmdir"):
            real = getattr(os, name)
            monkeypatch.setattr(os, name, getattr(self, name))
            setattr(self, f"real_{name}", real)

    def populate(self, folder, controllers, processes=()):
        (folder / "cgroup.controllers").write_text(controllers)
        (folder / "cgroup.subtree_control").write_text("")
        (folder / "cgroup.procs").write_text("".join(f"{pid}\n" for pid in processes))

    def mkdir(self, path, *rest):
        path = Path(path)
        if path.parent == self.own:
            self.refuse(path)
        self.real_mkdir(path, *rest)
        if path.parent == self.own:
            self.populate(path, (self.own / "cgroup.subtree_control").read_text())
            for name in ("memory.max", "memory.oom.group", "memory.current", "pids.max"):
                (path / name).write_text("0")

    def rmdir(self, path, *rest):
        path = Path(path)
        if path.parent == self.own and path.exists():
            if (path / "cgroup.procs").exists() and (path / "cgroup.procs").read_text():
                raise OSError(errno.EBUSY, "busy")
            for file in path.iterdir():
                file.unlink()
        self.real_rmdir(path, *rest)

    def refuse(self, path):
        if path.name in self.refuses:
            raise OSError(self.refuses[path.name], os.strerror(self.refuses[path.name]))

    def write(self, path, value):
        self.log.append((path.name, value))
        self.refuse(path)
        if not path.exists():
            raise FileNotFoundError(path)
        if path.name == "cgroup.procs":
            controlled = (path.parent / "cgroup.subtree_control").read_text()
            if controlled:
                raise OSError(errno.EBUSY, "busy")
            for other in self.own.glob("**/cgroup.procs"):
                left = [pid for pid in other.read_text().split() if pid != value]
                other.write_text("".join(f"{pid}\n" for pid in left))
            path.write_text(path.read_text() + f"{value}\n")
        elif path.name == "cgroup.subtree_control":
            if (path.parent / "cgroup.procs").read_text():
                raise OSError(errno.EBUSY, "busy")
            held = set(path.read_text().split())
            for change in value.split():
                (held.add if change[0] == "+" else held.discard)(change[1:])
            path.write_text(" ".join(sorted(held)))
        else:
            path.write_text(value)

    def untouched(self):
        """Whether all is as it was at first."""
        return (
            (self.own / "cgroup.procs").read_text() == f"{ME}\n"
            and (self.own / "cgroup.subtree_control").read_text() == ""
            and not [path for path in self.own.iterdir() if path.is_dir()]
        )


@pytest.fixture
def kernel(tmp_path, monkeypatch):
    """A kernel with one group, which this process is alone in."""
    root = system(tmp_path, f"0::{SESSION}\n", UNIFIED)
    return Kernel(root / f"sys/fs/cgroup{SESSION}", monkeypatch)


@pytest.fixture
def runs(tmp_path, kernel):
    return cgroup.Runs(tmp_path)


def test_this_process_makes_room_for_groups_and_comes_back(kernel, runs):
    runs.enter()
    assert (kernel.own / "cgroup.procs").read_text() == ""
    assert (kernel.own / "bench-main/cgroup.procs").read_text() == f"{ME}\n"
    assert (kernel.own / "cgroup.subtree_control").read_text() == "memory pids"
    runs.leave()
    assert kernel.untouched()


def test_what_this_process_started_moves_along(kernel, runs):
    with subprocess.Popen(["sleep", "60"]) as child:
        (kernel.own / "cgroup.procs").write_text(f"{ME}\n{child.pid}\n")
        runs.enter()
        moved = (kernel.own / "bench-main/cgroup.procs").read_text().split()
        assert set(moved) == {str(ME), str(child.pid)}
        runs.leave()
        child.kill()


def test_the_first_makes_room_and_the_last_gives_it_back(kernel, runs):
    runs.enter()
    written = len(kernel.log)
    runs.enter()
    runs.leave()
    assert len(kernel.log) == written
    runs.leave()
    assert kernel.untouched()


def test_a_group_is_told_its_limits(kernel, runs):
    runs.enter()
    one, two = runs.group(1 << 30, 5000, 10), runs.group(1 << 30, 0, 10)
    assert one.folder != two.folder
    assert (one.folder / "memory.max").read_text() == str((1 << 30) + 5000)
    assert (one.folder / "memory.oom.group").read_text() == "1"
    assert (one.folder / "pids.max").read_text() == "40"
    (one.folder / "memory.current").write_text("70000\n")
    one.start()
    assert (one.folder / "memory.max").read_text() == str((1 << 30) + 75000)
    one.close()
    assert not one.folder.exists()
    one.close()  # once more does no harm
    runs.leave()
    assert kernel.untouched()


def test_a_group_that_the_kernel_refuses_is_none(kernel, runs):
    runs.enter()
    kernel.refuses["memory.max"] = errno.EINVAL
    assert runs.group(1 << 30, 0, 10) is None
    kernel.refuses = {}
    runs.leave()
    assert kernel.untouched()


def test_only_memory_is_handed_on_where_there_is_no_more(kernel, runs):
    (kernel.own / "cgroup.controllers").write_text("memory")
    runs.enter()
    assert (kernel.own / "cgroup.subtree_control").read_text() == "memory"


def test_what_a_killed_harness_left_behind_is_no_hindrance(kernel, runs):
    os.mkdir(kernel.own / "bench-main")
    runs.enter()
    runs.leave()
    assert kernel.untouched()


@pytest.mark.parametrize("foreign", [1, 0], ids=["known", "of another namespace"])
def test_nobody_else_is_moved(kernel, runs, foreign):
    (kernel.own / "cgroup.procs").write_text(f"{foreign}\n{ME}\n")
    with pytest.raises(cgroup.NoGroups, match="not to be moved"):
        runs.enter()
    assert kernel.log == []
    assert not (kernel.own / "bench-main").exists()


def test_who_comes_meanwhile_is_not_moved_either(kernel, runs):
    """A foreign process enters while this one moves out: the kernel says busy, all is undone."""
    real = kernel.write

    def write(path, value):
        if path.name == "cgroup.subtree_control" and value.startswith("+"):
            (kernel.own / "cgroup.procs").write_text("1\n")
        real(path, value)

    cgroup._write = write  # put back by the fixture
    with pytest.raises(cgroup.NoGroups, match="not to be moved"):
        runs.enter()
    assert set((kernel.own / "cgroup.procs").read_text().split()) == {"1", str(ME)}
    assert not (kernel.own / "bench-main").exists()
    assert ("cgroup.procs", "1") not in kernel.log


def test_a_group_that_does_not_hold_this_process_is_not_the_own(kernel, runs):
    (kernel.own / "cgroup.procs").write_text("")
    with pytest.raises(cgroup.NoGroups, match="should be its group"):
        runs.enter()


def test_a_group_of_threads_is_refused(kernel, runs):
    (kernel.own / "cgroup.procs").unlink()
    os.mkdir(kernel.own / "cgroup.procs")  # reading it fails there, if in another way
    with pytest.raises(cgroup.NoGroups, match="no group can be made"):
        runs.enter()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_group_of_somebody_else_is_refused(kernel, runs):
    kernel.own.chmod(0o555)
    with pytest.raises(cgroup.NoGroups, match="may not write"):
        runs.enter()


def test_a_group_that_may_not_be_written_is_refused(kernel, runs, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path).name != "cgroup.procs")
    with pytest.raises(cgroup.NoGroups, match="may not write"):
        runs.enter()
    assert kernel.log == []


@pytest.mark.parametrize(
    ("refused", "number"),
    [
        ("bench-main", errno.EACCES),
        ("cgroup.procs", errno.EACCES),
        ("cgroup.subtree_control", errno.EOPNOTSUPP),
        ("cgroup.subtree_control", errno.EBUSY),
    ],
)
def test_what_was_done_is_undone_where_the_kernel_refuses(kernel, runs, refused, number):
    kernel.refuses[refused] = number
    with pytest.raises(cgroup.NoGroups) as error:
        runs.enter()
    assert os.strerror(number) in error.value.why
    assert (kernel.own / "cgroup.procs").read_text() == f"{ME}\n"
    kernel.refuses = {}
    runs.enter()
    runs.leave()
    assert kernel.untouched()


ABSENT = {
    "version 1": ("4:memory:/a\n0::/\n", "memory 4 25 1\n", "bound to control groups of version 1"),
    "mounted with others": ("4:cpu,memory:/a\n0::/\n", "", "bound to control groups of version 1"),
    "switched off": ("0::/\n", "cpu 0 9 1\nmemory 0 9 0\n", "switched off"),
    "not given": ("0::/\n", "cpu 0 9 1\nmemory 0 9 1\n", "given no memory controller"),
}


@pytest.mark.parametrize(("own", "controllers", "says"), ABSENT.values(), ids=ABSENT)
def test_it_is_said_why_there_is_no_memory_controller(
    tmp_path, monkeypatch, own, controllers, says
):
    root = system(tmp_path, own, UNIFIED, controllers)
    kernel = Kernel(root / "sys/fs/cgroup", monkeypatch)
    (kernel.own / "cgroup.controllers").write_text("cpu hugetlb pids\n")
    with pytest.raises(cgroup.NoGroups, match=says):
        cgroup.Runs(root).enter()
    assert kernel.untouched()


def test_the_doctor_says_what_holds_memory_and_leaves_no_trace(kernel, runs, monkeypatch):
    monkeypatch.setattr(cgroup, "RUNS", runs)
    found = machine.capabilities()[-1]
    assert (found.name, found.there, found.mend) == ("memory cap", True, "")
    assert "control group (cgroup v2)" in found.detail
    assert kernel.untouched()


def test_the_doctor_says_why_there_are_no_groups_and_what_to_do(kernel, runs, monkeypatch):
    monkeypatch.setattr(cgroup, "RUNS", runs)
    (kernel.own / "cgroup.controllers").write_text("pids")
    found = machine.capabilities()[-1]
    assert found.there
    assert "RLIMIT_AS" in found.detail
    assert "given no memory controller" in found.detail
    assert "-p Delegate=yes bench run" in found.mend


# ---------------------------------------------------------------- what is told of a run


@pytest.fixture
def group(kernel, runs):
    runs.enter()
    return runs.group(3 << 30, 0, 10)


@pytest.mark.parametrize(
    ("events", "says"),
    [
        ("low 0\nhigh 0\nmax 7\noom 1\noom_kill 2\noom_group_kill 1\n", "than the 3 GiB that were"),
        ("low 0\nhigh 0\nmax 0\noom 0\noom_kill 1\n", "no memory left outside its limit"),
        ("low 0\nhigh 0\nmax 7\noom 1\noom_kill 0\n", ""),
        ("nonsense", ""),
    ],
)
def test_it_is_told_whose_limit_was_met(group, events, says):
    (group.folder / "memory.events").write_text(events)
    assert says in group.out_of_memory
    assert bool(group.out_of_memory) == bool(says)


def test_the_peak_is_what_came_after_the_start(group):
    assert group.peak is None  # before Linux 5.19
    (group.folder / "memory.peak").write_text("90000\n")
    (group.folder / "memory.current").write_text("70000\n")
    group.start()
    assert group.peak == 20000


def test_a_crowd_is_told(group):
    assert group.crowded == ""
    (group.folder / "pids.events").write_text("max 0\n")
    assert group.crowded == ""
    (group.folder / "pids.events").write_text("max 12\n")
    assert "more than 40 threads" in group.crowded
    (group.folder / "cgroup.procs").write_text("".join(f"{pid}\n" for pid in range(70, 81)))
    assert "more than 10 processes" in group.crowded


def test_an_old_kernel_kills_one_by_one(group):
    with subprocess.Popen(["sleep", "60"]) as child:
        procs = group.folder / "cgroup.procs"
        procs.write_text(f"0\n{child.pid}\n")  # 0 would be this test's own process group
        threading.Thread(target=lambda: (child.wait(), procs.write_text("")), daemon=True).start()
        group.kill()
        assert child.wait(10) == -9


# ---------------------------------------------------------------- the real thing


@pytest.fixture(scope="module")
def real():
    """A worker whose runs have groups, where this machine lets this process make them."""
    try:
        cgroup.RUNS.enter()
    except cgroup.NoGroups as error:
        pytest.skip(f"no control groups here: {error.why}")
    with Worker() as worker:
        yield worker
    cgroup.RUNS.leave()


@pytest.fixture
def run(real, write_solver, job_of):
    def run(body, limits=None):
        return real.run(job_of(write_solver(body)), limits or Limits(timeout=30.0))

    return run


SMALL = Limits(timeout=30.0, memory=200 << 20)
EAT = "blocks = [b'x' * (8 << 20) for _ in range({})]\n"
EATERS = {
    "one process": "yield 7\n" + EAT.format(60),
    "a child": "yield 7\nif not os.fork():\n    " + EAT.format(60) + "os.wait()",
    "many children": (
        "yield 7\n"
        "for _ in range(6):\n"
        "    if not os.fork():\n"
        f"        {EAT.format(8)}"
        "        time.sleep(60)\n"
        "time.sleep(60)"
    ),
    "a session of its own": (
        "yield 7\n"
        "code = 'blocks = [bytes([1]) * (8 << 20) for _ in range(60)]'\n"
        "subprocess.run([sys.executable, '-c', code], start_new_session=True)\n"
        "time.sleep(60)"
    ),
}


@pytest.mark.parametrize("body", EATERS.values(), ids=EATERS)
def test_memory_is_held_of_one_process_or_of_many(run, body):
    outcome = run(body, SMALL)
    assert outcome.status == "memory", outcome.message
    assert outcome.message.startswith("killed")
    assert len(outcome.points) == 1
    assert outcome.wall < 20
    assert run("yield 1").status == "ok"


def test_what_is_reserved_but_not_used_is_no_memory(run):
    outcome = run("x = np.zeros(1 << 28)\nx[0] = 1\nyield float(x[0])", SMALL)  # 2 GiB
    assert (outcome.status, outcome.message) == ("ok", "")


def test_memory_within_the_limit_is_granted_twice_over(run):
    body = "for _ in range(5):\n    x = np.ones(10 << 20)\n    del x\nyield 1"  # 80 MiB each
    for _ in range(2):
        assert run(body, SMALL).status == "ok"


def test_the_data_do_not_count(real, write_solver, job_of, tmp_path):
    stored = store(Instance({"values": np.zeros(10_000_000)}), tmp_path)  # 80 MB
    job = job_of(write_solver("yield float(data['values'].sum())"))
    outcome = real.run({**job, "data": str(stored.data)}, Limits(memory=40 << 20))
    assert (outcome.status, outcome.message) == ("ok", "")


def test_a_fork_bomb_is_put_out(run):
    outcome = run("yield 7\nwhile True:\n    try: os.fork()\n    except OSError: pass")
    assert outcome.status == "crashed"
    assert "more than 64 processes" in outcome.message
    assert run("yield 1").status == "ok"


def test_threads_without_end_are_put_out(run):
    outcome = run(
        "yield 7\n"
        "while True:\n"
        "    try: threading.Thread(target=time.sleep, args=(99,)).start()\n"
        "    except RuntimeError: pass"
    )
    assert outcome.status == "crashed"
    assert "more than 256 threads" in outcome.message


def test_no_group_is_left_behind(run):
    run("subprocess.Popen(['sleep', '600'], start_new_session=True)\nyield 1")
    own = cgroup.own_group(Path("/")).parent
    assert [path.name for path in own.glob("bench-*")] == ["bench-main"]


def test_a_run_sees_itself_in_a_group_of_its_own(run):
    assert run("yield 'bench-run-' in open('/proc/self/cgroup').read()").points[-1].answer == (
        run("yield True").points[-1].answer
    )


def test_all_is_put_back_at_the_end(real):
    """In a process of its own, in a group of its own, as systemd makes them."""
    own = cgroup.own_group(Path("/")).parent / "bench-run-test"
    os.mkdir(own)
    code = (
        "import os, sys, time\n"
        "from pathlib import Path\n"
        "from harness import cgroup\n"
        "own = Path(sys.argv[1])\n"
        "cgroup.join(own)\n"
        "before = sorted(path.name for path in own.iterdir())\n"
        "for _ in range(3):\n"
        "    cgroup.RUNS.enter()\n"
        "    assert cgroup.own_group(Path('/')) == own / 'bench-main'\n"
        "    cgroup.RUNS.group(1 << 30, 0, 99).close()\n"
        "    cgroup.RUNS.leave()\n"
        "    assert cgroup.own_group(Path('/')) == own\n"
        "print(sorted(path.name for path in own.iterdir()) == before)\n"
    )
    said = subprocess.run(
        [sys.executable, "-c", code, str(own)], capture_output=True, text=True, timeout=60
    )
    os.rmdir(own)
    assert (said.stdout, said.stderr) == ("True\n", "")
