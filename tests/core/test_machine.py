"""What is said of the machine: processors for runs, disturbances and what can be observed."""

import os
from types import SimpleNamespace

import psutil
import pytest

from harness import machine


@pytest.mark.parametrize(
    ("allowed", "count", "skip", "chosen"),
    [
        ({0, 1, 2, 3}, 1, 0, (3,)),
        ({0, 1, 2, 3}, 1, 2, (1,)),
        ({0, 1, 2, 3}, 2, 1, (0, 1)),
        ({0, 2, 9}, 2, 0, (2, 9)),
        ({5}, 1, 0, (5,)),
        ({0, 1}, 3, 0, (0, 1)),
        ({0, 1, 2, 3}, 2, 2, (0, 1, 2, 3)),
        ({0, 1, 2}, 2, 1, (0, 1, 2)),
    ],
)
def test_processors_are_taken_from_the_end_or_all(monkeypatch, allowed, count, skip, chosen):
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: allowed)
    assert machine.processors(count, skip) == chosen


QUIET = {
    "/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor": "performance",
    "/sys/devices/system/cpu/intel_pstate/no_turbo": "1",
    "/sys/devices/system/cpu/cpufreq/boost": "0",
    "/sys/devices/system/cpu/smt/active": "0",
    "/proc/cpuinfo": "flags : fpu vme",
}


@pytest.fixture
def quiet(monkeypatch):
    """A machine without fault; returns its system files, to be changed."""
    files = dict(QUIET)
    monkeypatch.setattr(machine, "read", files.get)
    monkeypatch.setattr(os, "getloadavg", lambda: (0.1, 9.0, 9.0))
    monkeypatch.setattr(os, "cpu_count", lambda: 4)
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=8 << 30))
    monkeypatch.setattr(psutil, "disk_usage", lambda path: SimpleNamespace(free=80 << 30))
    monkeypatch.setattr(psutil, "swap_memory", lambda: SimpleNamespace(percent=0.0))
    return files


def test_nothing_is_said_of_a_quiet_machine(quiet):
    assert machine.disturbances() == []


def test_nothing_is_said_of_what_a_system_does_not_tell(quiet):
    quiet.clear()
    assert machine.disturbances() == []


@pytest.mark.parametrize(
    ("file", "content", "name", "state"),
    [
        ("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "powersave", None, "powersave"),
        ("/sys/devices/system/cpu/intel_pstate/no_turbo", "0", "turbo", "on"),
        ("/sys/devices/system/cpu/cpufreq/boost", "1", "turbo", "on"),
        ("/sys/devices/system/cpu/smt/active", "1", "hyper-threads", "active"),
        ("/proc/cpuinfo", "flags : fpu hypervisor", "virtual machine", "yes"),
    ],
)
def test_what_the_system_tells_is_said(quiet, file, content, name, state):
    quiet[file] = content
    (found,) = machine.disturbances()
    assert (found.name, found.state) == (name or "frequency governor", state)
    assert found.meaning
    assert found.mend


@pytest.mark.parametrize(
    ("where", "function", "value", "name", "state"),
    [
        (os, "getloadavg", (2.5, 0.0, 0.0), "load", "2.5 on 4 cores"),
        (psutil, "virtual_memory", SimpleNamespace(available=1 << 29), "memory", "0.5 GiB left"),
        (psutil, "disk_usage", SimpleNamespace(free=1 << 30), "disk", "1.0 GiB left"),
        (psutil, "swap_memory", SimpleNamespace(percent=42.0), "swap", "42 % in use"),
    ],
)
def test_what_is_measured_is_said(monkeypatch, quiet, where, function, value, name, state):
    monkeypatch.setattr(where, function, lambda *arguments: value)
    (found,) = machine.disturbances()
    assert (found.name, found.state) == (name, state)


def test_missing_thread_limits_are_said(monkeypatch, quiet):
    monkeypatch.delenv("OMP_NUM_THREADS")
    (found,) = machine.disturbances()
    assert found.name == "thread limits"
    assert "bench run" in found.meaning


def test_a_cache_folder_that_is_not_there_yet_is_no_fault(monkeypatch, quiet, tmp_path):
    monkeypatch.setenv("BENCH_CACHE", str(tmp_path / "a" / "b"))
    assert machine.disturbances() == []


def test_noise_is_said_where_it_is_large():
    assert machine.noisy(0.03) is None
    assert machine.noisy(0.25).state == "25 %"


@pytest.mark.parametrize(
    ("counted", "paranoid", "there", "says"),
    [
        (12345, "4", True, "counted"),
        (None, "4", False, "perf_event_paranoid is 4"),
        (None, "2", False, "neither processor nor hypervisor"),
        (None, None, False, "neither processor nor hypervisor"),
    ],
)
def test_the_counter_of_instructions_is_there_or_it_is_said_why(
    monkeypatch, quiet, counted, paranoid, there, says
):
    quiet["/proc/sys/kernel/perf_event_paranoid"] = paranoid
    fake = SimpleNamespace(read=lambda: SimpleNamespace(instructions=counted), close=lambda: None)
    monkeypatch.setattr(machine, "Vitals", lambda pid: fake)
    found = machine.capabilities()[1]
    assert (found.name, found.there) == ("instructions", there)
    assert says in found.detail
    assert bool(found.mend) == (says == "perf_event_paranoid is 4")
