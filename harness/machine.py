"""Facts on the machine and the software, gathered once per run."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
import os
import platform
import subprocess
from importlib import metadata
from pathlib import Path
from typing import Any

import harness

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


def disturbances() -> list[dict[str, str]]:
    """What would disturb timings here: each with what it means and how to mend it."""
    import psutil

    found: list[dict[str, str]] = []

    def note(name: str, state: str, meaning: str, mend: str) -> None:
        found.append({"name": name, "state": state, "meaning": meaning, "mend": mend})

    load = os.getloadavg()[0]
    cores = os.cpu_count() or 1
    if load > 0.5 * cores:
        note(
            "load",
            f"{load:.1f} on {cores} cores",
            "other programs compete with what is measured",
            "stop them, or wait until `uptime` shows less than half a core each",
        )
    governor = read("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor")
    if governor not in (None, "performance"):
        note(
            "frequency governor",
            str(governor),
            "the clock frequency follows the load, so the first values are slower",
            "run `sudo cpupower frequency-set -g performance`",
        )
    turbo = read("/sys/devices/system/cpu/intel_pstate/no_turbo")
    boost = read("/sys/devices/system/cpu/cpufreq/boost")
    if turbo == "0" or boost == "1":
        note(
            "turbo",
            "on",
            "the clock frequency depends on temperature and on the other cores",
            "switch it off in the firmware, or run `sudo python -m pyperf system tune`",
        )
    if read("/sys/devices/system/cpu/smt/active") == "1":
        note(
            "hyper-threads",
            "active",
            "two threads share one core's units",
            "leave the sibling idle: run with `--jobs` at most half the processors shown",
        )
    if psutil.swap_memory().percent > 10:
        note(
            "swap",
            f"{psutil.swap_memory().percent:.0f} % in use",
            "memory may be fetched from disk in the middle of a run",
            "close programs, or run `sudo swapoff -a` while there is enough memory",
        )
    if "hypervisor" in (read("/proc/cpuinfo") or "")[:8192]:
        note(
            "virtual machine",
            "yes",
            "neighbours on the host can take time away unseen",
            "compare ratios from one run rather than times from different days",
        )
    return found
