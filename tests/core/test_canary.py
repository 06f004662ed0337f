"""The canary: its work is done in full, and what it makes of its times."""

import os

import numpy as np
import pytest

from harness.canary import DISTURBED, FIRST, REPETITIONS, Canary, Reading, Work, spread


class Script:
    """Readings as a test wants them; the last one is repeated."""

    def __init__(self, *times):
        self.times = list(times)
        self.processors = []

    def __call__(self):
        self.processors.append(os.sched_getaffinity(0))
        time = self.times.pop(0) if len(self.times) > 1 else self.times[0]
        return time if isinstance(time, Reading) else Reading(time, time)


def canary(*times):
    return Canary(read=Script(*times))


def test_it_sings_a_few_times_first_to_know_what_is_usual():
    bird = canary(1.0, 3.0, 1.0, 2.0, 2.0, 8.0)
    assert bird.sing() == Reading(2.0, 2.0)
    assert len(bird.history) == FIRST == 5
    assert bird.sing() == Reading(8.0, 8.0)
    assert len(bird.history) == FIRST + 1
    assert bird.usual == Reading(2.0, 2.0)


def test_what_is_usual_is_known_even_to_who_asks_first():
    assert canary(3.0).usual == Reading(3.0, 3.0)


def test_each_part_has_a_usual_time_of_its_own():
    bird = canary(Reading(1.0, 10.0))
    calm = bird.sing()
    assert bird.drift(calm, calm) == 1.0
    assert bird.drift(Reading(1.5, 10.0), calm) == 1.5
    assert bird.drift(calm, Reading(1.0, 40.0)) == 4.0


@pytest.mark.parametrize("order", [1, -1])
def test_a_disturbance_at_either_end_is_one(order):
    bird = canary(1.0)
    ends = [bird.sing(), Reading(2.0, 1.0)][::order]
    assert bird.drift(*ends) == 2.0 > DISTURBED


def test_a_few_disturbed_readings_do_not_become_usual():
    bird = canary(1.0, 9.0, 1.0, 9.0, 1.0, 1.0)
    bird.sing()
    assert bird.usual == Reading(1.0, 1.0)


def test_it_sings_on_the_processors_of_the_runs_and_goes_back():
    before = os.sched_getaffinity(0)
    script = Script(1.0)
    Canary([max(before)], script).sing()
    assert script.processors == [{max(before)}] * FIRST
    assert os.sched_getaffinity(0) == before


def test_it_sings_where_it_is_when_it_may_not_move(monkeypatch):
    def refuse(pid, cpus):
        raise PermissionError("a container says no")

    monkeypatch.setattr(os, "sched_setaffinity", refuse)
    assert Canary([0], Script(1.0)).sing() == Reading(1.0, 1.0)


def test_it_goes_back_where_its_work_fails():
    before = os.sched_getaffinity(0)
    with pytest.raises(ZeroDivisionError):
        Canary([max(before)], lambda: 1 / 0).sing()
    assert os.sched_getaffinity(0) == before


def test_the_spread_is_what_95_of_100_readings_stay_within():
    bird = canary(*[1.0] * FIRST, *[1.0] * 30, *[0.9] * 8, 1.2, 9.0, 1.0)
    bird.sing()
    assert spread(bird, readings=40, pause=0) == pytest.approx(0.1)


def test_the_real_work_is_done_in_full():
    work = Work(steps=1000, size=8192)
    reading = work.read()
    assert min(reading.seconds_compute, reading.seconds_memory) > 0
    x = 1
    for _ in range(1000):
        x = (x * 6364136223846793005 + 1442695040888963407) % 2**64
    passes = np.arange(REPETITIONS) * 1024
    assert work.checksums == [(x, total) for total in passes]


def test_the_real_canary_sings():
    bird = Canary()
    bird.sing()
    assert bird.drift(bird.sing(), bird.sing()) > 0
