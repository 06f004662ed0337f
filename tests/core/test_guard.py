"""The limits of a run, held from outside, and what is told of it."""

import time

import pytest

from harness import vitals
from harness.answers import decode
from harness.guard import Guard, Limits
from harness.sandbox import landlock
from harness.vitals import Reading, Vitals

pytestmark = pytest.mark.filterwarnings("error::ResourceWarning")
MIB, GIB = 1 << 20, 1 << 30
RUN, SERVER = 10, 9


class World:
    """What the kernel says, as far as it is made up: by process, and of the folder."""

    def __init__(self, monkeypatch):
        self.resident = {RUN: 100 * MIB}
        self.shares, self.threads = {}, {}
        self.folder = self.nameless = 0
        self.reading = Reading(1.0, 0.5, 1000)
        self.peak = (None, None)
        self.free = 10 * GIB
        for name, value in {
            "resident": lambda pid: self.resident.get(pid),
            "proportional": lambda pid: self.shares.get(pid),
            "threads": lambda pid: self.threads.get(pid, 1),
            "descendants": lambda pid: [one for one in self.resident if one != SERVER],
            "size_of": lambda folder, most: self.folder,
            "size_of_nameless": lambda pids: self.nameless,
            "available_memory": lambda: self.free,
            "cpu_seconds": lambda pid: self.reading.cpu,
            "waited": lambda pid: 3.0,
        }.items():
            monkeypatch.setattr(vitals, name, value)
        monkeypatch.setattr(Vitals, "__init__", lambda vitals, pid: None)
        monkeypatch.setattr(Vitals, "read", lambda vitals: self.reading)
        monkeypatch.setattr(Vitals, "reset_peak", lambda vitals: self.resident[RUN])
        monkeypatch.setattr(Vitals, "peak", lambda vitals: self.peak)

    def guard(self, **limits):
        guard = Guard(RUN, SERVER, "folder", Limits(**limits))
        guard.start()
        return guard


@pytest.fixture
def world(monkeypatch):
    return World(monkeypatch)


# ---------------------------------------------------------------- made up: memory


def test_memory_counts_from_the_start(world):
    guard = world.guard(memory=50 * MIB)
    world.resident[RUN] = 150 * MIB
    assert guard.look() == ("", "")
    assert guard.memory == 50 * MIB
    world.resident[RUN] += 1
    status, message = guard.look()
    assert status == "memory"
    assert message == "killed: it held 0.0488 GiB where 0.0488 GiB were allowed"


def test_before_the_start_memory_counts_from_the_fork(world):
    guard = Guard(RUN, SERVER, "folder", Limits(memory=50 * MIB))
    assert guard.look() == ("", "")
    world.resident[RUN] += 51 * MIB
    assert guard.look()[0] == "memory"
    guard.start()  # what imports hold is no matter of the run
    assert guard.memory is None
    assert guard.look() == ("", "")
    assert guard.memory == 0


def test_the_memory_of_all_processes_is_added_up(world):
    guard = world.guard(memory=50 * MIB)
    world.resident.update({11: 30 * MIB, 12: 21 * MIB})
    assert guard.look()[0] == "memory"
    assert guard.memory == 51 * MIB


def test_what_processes_share_counts_once(world):
    guard = world.guard(memory=50 * MIB)
    world.resident.update({11: 100 * MIB, 12: 100 * MIB})
    world.shares = {RUN: 40 * MIB, 11: 40 * MIB, 12: 40 * MIB}
    assert guard.look() == ("", "")
    assert guard.memory == 20 * MIB
    world.shares[12] = 100 * MIB
    assert guard.look()[0] == "memory"


def test_without_a_limit_a_tenth_of_what_is_free_is_left(world):
    guard = world.guard()
    world.free = 0  # what is free at the start counts
    world.resident[RUN] += 9 * GIB
    assert guard.look() == ("", "")
    world.resident[RUN] += 1 * MIB
    assert guard.look()[0] == "memory"
    assert guard.look()[1].endswith("were allowed, most of what the machine had free")


def test_where_the_machine_does_not_tell_what_is_free_there_is_no_limit(world):
    world.free = None
    guard = world.guard()
    world.resident[RUN] = 1 << 60
    assert guard.look() == ("", "")


def test_memory_is_the_most_that_was_ever_seen(world):
    guard = world.guard()
    world.resident[RUN] += 40 * MIB
    guard.look()
    world.resident[RUN] -= 40 * MIB
    guard.look()
    assert guard.memory == 40 * MIB
    world.peak = 130 * MIB, 1
    guard.end()
    assert guard.memory == 40 * MIB  # a peak that the run itself could have reset
    world.peak = 170 * MIB, 1
    guard.end()
    assert guard.memory == 70 * MIB
    guard.dead(2.0, 300 * MIB, early=False)
    assert guard.memory == 70 * MIB
    guard.dead(2.0, 300 * MIB, early=True)
    assert guard.memory == 200 * MIB


# ---------------------------------------------------------------- made up: disk, processes, time


def test_disk_counts_the_folder_and_what_has_no_name(world):
    guard = world.guard(disk=10 * MIB)
    world.folder, world.nameless = 6 * MIB, 4 * MIB
    assert guard.look() == ("", "")
    world.nameless += 1
    assert guard.look() == ("crashed", "killed: its folder held more than 0.00977 GiB")
    world.folder, world.nameless = 10 * MIB + 1, 0
    assert guard.look()[0] == "crashed"


def test_processes_are_counted_with_the_run_itself(world):
    guard = world.guard(processes=3)
    world.resident.update({11: 0, 12: 0})
    assert guard.look() == ("", "")
    world.resident[13] = 0
    assert guard.look() == ("crashed", "killed: more than 3 processes at the same time")


def test_threads_are_the_most_of_all_processes_at_once(world):
    guard = world.guard()
    world.resident[11] = 0
    world.threads = {RUN: 3, 11: 4}
    guard.look()
    assert guard.threads == 7
    world.threads = {}
    world.peak = None, 2
    guard.look()
    guard.end()
    assert guard.threads == 7


def test_time_and_instructions_are_those_since_the_start(world):
    world.reading = Reading(0.25, 0.1, 100)
    guard = Guard(RUN, SERVER, "folder", Limits())
    guard.data_given()
    world.reading = Reading(1.0, 0.5, 1000)
    guard.start()
    world.reading = Reading(3.0, 0.75, 5000)
    guard.end()
    assert (guard.cpu, guard.waited, guard.instructions) == (2.0, 0.25, 4000)
    assert (guard.opening, guard.late) == (0.75, 0.0)
    guard.dead(4.5, 0, early=False)
    assert (guard.cpu, guard.cpu_of_children) == (2.0, 1.5)


def test_of_a_run_that_died_the_kernel_tells_the_processor_time(world):
    guard = world.guard()
    world.reading = Reading(None, None, None)
    guard.end()
    assert (guard.cpu, guard.waited, guard.instructions) == (None, None, None)
    guard.dead(1.5, 0, early=True)
    assert (guard.cpu, guard.cpu_of_children) == (0.5, None)


def test_nothing_is_less_than_nothing(world):
    guard = world.guard()
    world.reading = Reading(0.5, 0.25, 10)
    guard.end()
    assert (guard.cpu, guard.waited, guard.instructions) == (0.0, 0.0, 0)
    guard.dead(0.0, 0, early=False)
    assert guard.cpu_of_children == 0.0


def test_of_what_never_started_nothing_is_told(world):
    guard = Guard(RUN, SERVER, "folder", Limits())
    guard.end()
    guard.dead(1.0, 5 * MIB, early=True)
    assert guard.memory is guard.cpu is guard.waited is guard.instructions is None
    assert guard.opening is None


# ---------------------------------------------------------------- real runs


@pytest.fixture
def run(worker, write_solver, job_of):
    def run(body, limits=None, before="", **budget):
        file = write_solver(body, before=before)
        return worker.run(job_of(file, **budget), limits or Limits(timeout=20.0))

    return run


def answers(outcome):
    return [decode(point.answer) for point in outcome.points]


HOLD = "subprocess.Popen([sys.executable, '-c', 'import time; x = b\"x\" * {}; time.sleep(60)'])\n"


def test_memory_of_children_beyond_the_limit_ends_the_run(run):
    # Each of them alone would be within the limit of address space.
    outcome = run(
        "yield 7\n" + HOLD.format(120 * MIB) * 3 + "time.sleep(60)",
        Limits(timeout=20.0, memory=250 * MIB),
    )
    assert outcome.status == "memory"
    assert "where 0.244 GiB were allowed" in outcome.message
    assert outcome.memory > 250 * MIB
    assert answers(outcome) == [7]
    assert outcome.ending is None


def test_forks_that_share_what_they_hold_are_within_the_limit(run):
    outcome = run(
        "block = np.ones(15 * (1 << 20))\n"  # 120 MiB
        "for _ in range(4):\n"
        "    if not os.fork():\n"
        "        time.sleep(60)\n"
        "time.sleep(0.7)\n"
        "yield 7",
        Limits(timeout=20.0, memory=300 * MIB),
    )
    assert (outcome.status, outcome.message) == ("ok", "")
    assert outcome.left == 4
    assert 110 * MIB < outcome.memory < 300 * MIB


def test_too_many_processes_end_the_run(run):
    outcome = run(
        "yield 7\nfor _ in range(12): subprocess.Popen(['sleep', '60'])\ntime.sleep(60)",
        Limits(timeout=20.0, processes=8),
    )
    assert outcome.status == "crashed"
    assert outcome.message == "killed: more than 8 processes at the same time"
    assert answers(outcome) == [7]
    assert run("subprocess.Popen(['sleep', '60'])\ntime.sleep(0.2)\nyield 1").status == "ok"


FILLING = {
    "large files": (
        "for number in range(100):\n    open(f'{number}', 'wb').write(bytes(1 << 20))\n"
    ),
    "many small files": (
        "for folder in range(40):\n"
        "    os.mkdir(f'{folder}')\n"
        "    for number in range(250): open(f'{folder}/{number}', 'w').write('x')\n"
    ),
    "files without a name": (
        "files = [tempfile.TemporaryFile() for _ in range(40)]\n"
        "for file in files: file.write(bytes(1 << 20)), file.flush()\n"
    ),
    "files in memory": (
        "files = [os.memfd_create('x') for _ in range(40)]\n"
        "for file in files: os.write(file, bytes(1 << 20))\n"
    ),
}


@pytest.mark.parametrize("body", FILLING.values(), ids=FILLING)
def test_a_run_that_fills_the_disk_is_ended(run, body):
    outcome = run("yield 7\n" + body + "time.sleep(60)", Limits(timeout=20.0, disk=20 * MIB))
    assert outcome.status == "crashed"
    assert outcome.message.startswith("killed: its folder held more than 0.0195 GiB")
    assert answers(outcome) == [7]


def test_a_file_larger_than_the_limit_is_refused(run):
    outcome = run(
        "yield 7\nopen('large', 'wb').write(bytes(30 << 20))", Limits(timeout=20.0, disk=20 * MIB)
    )
    assert outcome.status in ("raised", "crashed")
    assert "File too large" in outcome.message or "SIGXFSZ" in outcome.message


def test_holes_are_no_use_of_the_disk(run):
    outcome = run(
        "for number in range(10): open(f'{number}', 'wb').truncate(19 << 20)\n"
        "time.sleep(0.4)\nyield 7",
        Limits(timeout=20.0, disk=20 * MIB),
    )
    assert outcome.status == "ok"


def test_threads_are_counted_over_all_processes(run):
    outcome = run(
        "for _ in range(2): threading.Thread(target=time.sleep, args=(60,), daemon=True).start()\n"
        "subprocess.Popen(['sleep', '60'])\n"
        "time.sleep(0.4)\n"
        "yield 1"
    )
    assert (outcome.status, outcome.threads) == ("ok", 4)


@pytest.mark.skipif(not landlock(), reason="the kernel has no Landlock")
def test_a_run_can_not_reset_the_peak_of_its_memory(run):
    outcome = run(
        "block = np.ones(10 * (1 << 20))\n"
        "del block\n"
        "try: open('/proc/self/clear_refs', 'w').write('5')\n"
        "except PermissionError: yield 'refused'\n"
        "else: yield 'reset'\n"
    )
    assert answers(outcome) == ["refused"]
    assert outcome.memory > 75 * MIB


def test_what_is_told_of_a_run_fits_together(run):
    outcome = run("end = time.process_time() + 0.2\nwhile time.process_time() < end: pass\nyield 1")
    ending = outcome.ending
    assert outcome.status == "ok"
    assert ending.seconds <= outcome.wall * 1.05 + 0.01
    assert 0.2 <= ending.cpu <= outcome.cpu + 0.01
    assert outcome.cpu <= outcome.wall * 1.2 + 0.01
    assert 0 <= outcome.opening < 5
    assert outcome.cpu_of_children < 0.1
    assert outcome.threads == 1
    if outcome.waited is not None:
        assert 0 <= outcome.waited <= outcome.wall + 0.01
    if outcome.instructions is not None:
        assert outcome.instructions > 1e6


def test_the_time_of_children_is_told_apart(run):
    spin = "import time\\nend = time.process_time() + 0.2\\nwhile time.process_time() < end: pass"
    outcome = run(f"subprocess.run([sys.executable, '-c', '{spin}'])\nyield 1")
    assert outcome.status == "ok"
    assert outcome.cpu_of_children >= 0.2
    assert outcome.cpu < 0.15


def test_a_run_that_is_killed_has_the_processor_time_that_it_used(run):
    outcome = run("yield 7\nwhile True: pass", Limits(timeout=0.4))
    assert outcome.status == "timeout"
    assert 0.1 < outcome.cpu <= outcome.wall * 1.2 + 0.05
    if outcome.instructions is not None:
        assert outcome.instructions > 1e6


SAYS_ITS_END = """
for name in os.listdir('/proc/self/fd'):
    try:
        if os.readlink('/proc/self/fd/' + name).startswith('socket'): channel = int(name)
    except OSError: pass
said = {'why': 'finished', 'seconds': 0.0, 'cpu': 0.0, 'calls': 0, 'answers': 1, 'latencies': []}
said = json.dumps({**said, 'build': 0.0}).encode()
os.write(channel, struct.pack('<cQ', b'E', len(said)) + said)
"""


def test_a_run_that_says_its_end_and_goes_on_is_not_waited_for(run):
    start = time.monotonic()
    outcome = run("yield 7\n" + SAYS_ITS_END + "while True: pass", Limits(timeout=20.0))
    assert 0.9 < time.monotonic() - start < 5
    assert (outcome.status, outcome.ending.why) == ("ok", "finished")
    assert outcome.wall < 0.9
    # What it went on to use shows, apart from what it used before.
    assert outcome.cpu < 0.5
    assert outcome.cpu_of_children > 0.3


@pytest.mark.parametrize(
    ("body", "budget", "why"),
    [
        ("yield 1", {}, "finished"),
        ("while True: yield 1", {"answers": 3}, "answers"),
        ("while True: yield 1", {"seconds": 0.05}, "seconds"),
    ],
)
def test_the_ending_says_why(run, body, budget, why):
    ending = run(body, **budget).ending
    assert (ending.why, ending.calls) == (why, 0)
    assert ending.answers == {"finished": 1, "answers": 3}.get(why, ending.answers)
