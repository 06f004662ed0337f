"""Facts on the machine and the software, gathered once per run."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
import os
import platform
import resource
import subprocess
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import harness
from harness import cgroup
from harness.paths import cache_folder
from harness.sandbox import landlock
from harness.vitals import Vitals

_LIBRARIES = (
    "bench-harness",
    "cffi",
    "numpy",
    "scipy",
    "scikit-learn",
    "pandas",
    "pyperf",
    "pluggy",
    "psutil",
)


_NOISY = 0.1  # spread of a fixed piece of work that a quiet machine stays well below
_MEMORY_LEFT, _DISK_LEFT = 1 << 30, 2 << 30  # bytes


@dataclass(frozen=True)
class Disturbance:
    """What would disturb timings: its state here, what that means, and how to mend it."""

    name: str
    state: str
    meaning: str
    mend: str


@dataclass(frozen=True)
class Capability:
    """Something that the harness can do on this machine or not: why, and how to mend it."""

    name: str
    there: bool
    detail: str
    mend: str = ""


@functools.cache
def facts(libraries: tuple[str, ...] = ()) -> dict[str, Any]:
    """The environment: processor, memory, system, Python, compiler, versions of libraries.

    Holds no host, user or path names: it is published with the results.

    Args:
        libraries: distributions whose versions matter beside those of the harness.
    """
    return {
        "processor": _processor(),
        "architecture": platform.machine(),
        "cores": os.cpu_count() or 1,
        "memory_bytes": _memory(),
        "system": f"{platform.system()} {platform.release()}",
        "distribution": _distribution(),
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "compiler": _compiler(),
        "governor": read("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"),
        "harness": harness.__version__,
        "commit": _commit(),
        "libraries": versions([*_LIBRARIES, *libraries]),
    }


def identity(environment: dict[str, Any]) -> str:
    """A short digest by which records name their environment."""
    text = json.dumps(environment, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def machine_identity(environment: dict[str, Any]) -> str:
    """A short digest of what stays when software changes: results are told apart by it."""
    hardware = ("processor", "architecture", "cores", "memory_bytes")
    return identity({name: environment[name] for name in hardware})


def versions(distributions: tuple[str, ...] | list[str]) -> dict[str, str]:
    """Installed versions; what is not installed is left out."""
    found = {}
    for name in distributions:
        with contextlib.suppress(metadata.PackageNotFoundError):
            found[name] = metadata.version(name)
    return found


def missing(distributions: tuple[str, ...]) -> list[str]:
    """Those of the distributions that are not installed."""
    return [name for name in distributions if not versions([name])]


def read(path: str) -> str | None:
    """The content of a small system file; None where there is none."""
    try:
        return Path(path).read_text().strip()
    except OSError:
        return None


def processors(count: int, skip: int = 0) -> tuple[int, ...]:
    """The processors to keep a run on: `count` of those allowed, after the first `skip` * `count`.

    They are taken from the end: processor 0, which handles most interrupts, is left to the parent
    while there are enough. Where there are not, all that are allowed.
    """
    allowed = sorted(os.sched_getaffinity(0))
    chosen = allowed[::-1][skip * count : (skip + 1) * count]
    return tuple(sorted(chosen)) if len(chosen) == count else tuple(allowed)


def _processor() -> str:
    for line in (read("/proc/cpuinfo") or "").splitlines():
        if line.lower().startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _memory() -> int | None:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError):
        return None


def _distribution() -> str:
    with contextlib.suppress(OSError):
        return platform.freedesktop_os_release().get("PRETTY_NAME", "")
    return ""


def _compiler() -> str:
    """The compiler at hand, which need not be the one that built the kernels."""
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        said = subprocess.run(
            [os.environ.get("CC", "cc"), "--version"], capture_output=True, text=True, timeout=5
        )
        return said.stdout.splitlines()[0].strip() if said.stdout else ""
    return ""


def _commit() -> str:
    """The commit of a checkout, with a + where files differ from it; empty for a wheel."""
    root = Path(harness.__file__).resolve().parent.parent
    if not (root / ".git").exists():
        return ""
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        said = subprocess.run(
            ["git", "-C", str(root), "describe", "--always", "--abbrev=12", "--dirty=+"],
            capture_output=True,
            text=True,
            timeout=10,
        )
        return said.stdout.strip()
    return ""


def disturbances() -> list[Disturbance]:
    """What would disturb timings here."""
    checks = (_load, _governor, _turbo, _hyper_threads, _virtual, _threads, _memory_left, _disk)
    return [found for check in (*checks, _swap) if (found := check()) is not None]


def noisy(spread: float) -> Disturbance | None:
    """The disturbance that a measured spread is; None where it is small.

    Args:
        spread: of a fixed piece of work: 95 % of its times lie within 1 +- spread of the median.
    """
    if spread <= _NOISY:
        return None
    return Disturbance(
        "noise",
        f"{100 * spread:.0f} %",
        "a fixed piece of work takes now more time, now less, though nothing here explains it",
        "stop other programs; on a virtual machine or a laptop, try another time or machine",
    )


def _load() -> Disturbance | None:
    load, cores = os.getloadavg()[0], os.cpu_count() or 1
    if load <= 0.5 * cores:
        return None
    return Disturbance(
        "load",
        f"{load:.1f} on {cores} cores",
        "other programs compete with what is measured",
        "stop them, or wait until `uptime` shows less than half a core each",
    )


def _governor() -> Disturbance | None:
    governor = read("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor")
    if governor in (None, "performance"):
        return None
    return Disturbance(
        "frequency governor",
        str(governor),
        "the clock frequency follows the load, so the first values are slower",
        "run `sudo cpupower frequency-set -g performance`",
    )


def _turbo() -> Disturbance | None:
    off = read("/sys/devices/system/cpu/intel_pstate/no_turbo")
    if off != "0" and read("/sys/devices/system/cpu/cpufreq/boost") != "1":
        return None
    return Disturbance(
        "turbo",
        "on",
        "the clock frequency depends on temperature and on the other cores",
        "switch it off in the firmware, or run `sudo python -m pyperf system tune`",
    )


def _hyper_threads() -> Disturbance | None:
    if read("/sys/devices/system/cpu/smt/active") != "1":
        return None
    return Disturbance(
        "hyper-threads",
        "active",
        "two threads share one core's units",
        "leave the sibling idle: run with `--jobs` at most half the processors shown",
    )


def _virtual() -> Disturbance | None:
    if "hypervisor" not in (read("/proc/cpuinfo") or "")[:8192]:
        return None
    return Disturbance(
        "virtual machine",
        "yes",
        "neighbours on the host can take time away unseen",
        "compare ratios from one run rather than times from different days",
    )


def _threads() -> Disturbance | None:
    if os.environ.get("OMP_NUM_THREADS"):
        return None
    return Disturbance(
        "thread limits",
        "not set",
        "what you time by hand may use every core; `bench run` sets its own limits (--threads)",
        "for timings of your own, run `export OMP_NUM_THREADS=1`",
    )


def _memory_left() -> Disturbance | None:
    import psutil

    left = psutil.virtual_memory().available
    if left >= _MEMORY_LEFT:
        return None
    return Disturbance(
        "memory",
        f"{left / 2**30:.1f} GiB left",
        "a large instance may be swapped out, or its run be killed",
        "close programs, or cap runs with `--memory`",
    )


def _disk() -> Disturbance | None:
    import psutil

    folder = cache_folder()
    while not folder.exists():
        folder = folder.parent
    left = psutil.disk_usage(str(folder)).free
    if left >= _DISK_LEFT:
        return None
    return Disturbance(
        "disk",
        f"{left / 2**30:.1f} GiB left",
        f"instances are kept in {cache_folder()}, which may fill up in the middle of a run",
        "delete what you don't need, or set $BENCH_CACHE to another disk",
    )


def _swap() -> Disturbance | None:
    import psutil

    used = psutil.swap_memory().percent
    if used <= 10:
        return None
    return Disturbance(
        "swap",
        f"{used:.0f} % in use",
        "memory may be fetched from disk in the middle of a run",
        "close programs, or run `sudo swapoff -a` while there is enough memory",
    )


def capabilities() -> list[Capability]:
    """What the harness can do on this machine, or why not."""
    return [_fence(), _instructions(), _memory_cap()]


def _fence() -> Capability:
    version = landlock()
    if version >= 6:
        return Capability(
            "fence", True, "runs read no truth, write their own folder, signal nobody"
        )
    if version:
        old = "Landlock is old: a run could signal other processes of yours"
        return Capability("fence", True, old, "use Linux 6.12 or later")
    return Capability(
        "fence",
        False,
        "the kernel has no Landlock: a run can read and write what you can, truths included",
        "use Linux 5.13 or later, with `landlock` among the lsm= of its command line",
    )


def _instructions() -> Capability:
    vitals = Vitals(os.getpid())
    counted = vitals.read().instructions
    vitals.close()
    if counted is not None:
        return Capability("instructions", True, "counted by the processor, told with each run")
    paranoid = read("/proc/sys/kernel/perf_event_paranoid")
    if paranoid is not None and int(paranoid) > 2:
        why = f"kernel.perf_event_paranoid is {paranoid}"
        return Capability(
            "instructions", False, why, "run `sudo sysctl kernel.perf_event_paranoid=2`"
        )
    return Capability("instructions", False, "neither processor nor hypervisor counts them")


def _memory_cap() -> Capability:
    try:
        resource.getrlimit(resource.RLIMIT_AS)
    except (AttributeError, OSError, ValueError):
        return Capability("memory cap", False, "this system has no limit of address space")
    try:
        cgroup.RUNS.enter()
    except cgroup.NoGroups as error:
        return Capability(
            "memory cap",
            True,
            f"RLIMIT_AS and a look at what is resident; no control group: {error.why}",
            error.mend,
        )
    cgroup.RUNS.leave()
    return Capability("memory cap", True, "a control group (cgroup v2) holds each run as a whole")
