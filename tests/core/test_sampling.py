"""When to stop taking timings: on the width of an interval, and never on who is ahead."""

import math

import numpy as np
import pytest

from harness.sampling import FEW, Sample, interval, judge, width


def processes(count, centre=1.0, spread=0.03, seed=0):
    return list(centre * np.exp(spread * np.random.default_rng(seed).standard_normal(count)))


def sample(times, least=2, most=50, spent=1.0, one_more=0.1, seconds=10.0):
    return Sample(times, least, most, spent, one_more, seconds)


@pytest.mark.parametrize("count", [3, 5, 10, 20])
@pytest.mark.parametrize("against", [True, False])
def test_the_interval_holds_the_truth_about_as_often_as_it_says(count, against):
    held = 0
    for seed in range(300):
        times = processes(count, 2.0, seed=2 * seed)
        best = processes(count, 1.0, seed=2 * seed + 1) if against else None
        low, high = interval(times, best)
        held += low <= (2.0 if against else 2.0 / float(np.median(times))) <= high
    assert held >= 0.91 * 300


@pytest.mark.parametrize("count", [3, 8])
def test_more_processes_and_less_noise_make_it_narrower(count):
    noisy = width(processes(count, spread=0.1), processes(count, spread=0.1, seed=1))
    assert width(processes(count), processes(count, seed=1)) < noisy
    assert width(processes(4 * count), processes(4 * count, seed=1)) < noisy


def test_one_process_says_nothing_of_the_spread():
    assert interval([1.0]) == (0.0, math.inf)
    assert width([1.0]) == width([1.0, 1.1], [2.0]) == math.inf


@pytest.mark.parametrize("count", [2, FEW, 9])
def test_the_width_does_not_depend_on_the_unit_nor_on_the_ratio(count):
    times, best = processes(count), processes(count, seed=1)
    scaled = [1e-6 * value for value in times], [7e-6 * value for value in best]
    assert width(*scaled) == pytest.approx(width(times, best), rel=1e-9)
    assert width(scaled[0]) == pytest.approx(width(times), rel=1e-9)


def test_processes_that_agree_make_an_interval_of_no_width():
    assert width([2.0, 2.0, 2.0], [1.0, 1.0, 1.0]) == 0.0
    assert width([2.0] * 9) == 0.0


def test_the_same_processes_give_the_same_interval():
    assert interval(processes(9), processes(9, seed=1)) == interval(
        processes(9), processes(9, seed=1)
    )


def test_a_time_of_zero_is_no_error():
    assert width([0.0, 1e-3, 1e-3, 1e-3, 1e-3]) > 0.99


def whys(samples, precision=0.05):
    return [verdict.why for verdict in judge(samples, precision)]


SURE, UNSURE = processes(10, spread=0.001), processes(10, 2.0, spread=0.3)


def test_the_least_number_of_processes_is_taken_whatever_they_cost():
    assert whys([sample(SURE[:4], least=5, spent=99.0)]) == [""]
    assert whys([sample([], least=1)]) == [""]


def test_who_is_precise_stops():
    assert whys([sample(SURE), sample([2 * t for t in SURE])]) == ["precise", "precise"]
    assert whys([sample(UNSURE)]) == [""]


@pytest.mark.parametrize(
    ("limits", "why"),
    [
        ({"spent": 9.95}, "seconds"),
        ({"spent": 9.5}, ""),
        ({"spent": 9.5, "one_more": 0.6}, "seconds"),
        ({"most": 10}, "rounds"),
        ({"most": 11}, ""),
    ],
)
def test_who_is_not_precise_stops_where_its_time_or_its_rounds_are_spent(limits, why):
    assert whys([sample(UNSURE, **limits)]) == [why]
    (verdict,) = judge([sample(UNSURE, **limits)], 0.05)
    assert verdict.width == pytest.approx(width(UNSURE))


def test_the_fastest_goes_on_while_a_rival_needs_it():
    assert whys([sample(UNSURE), sample(SURE)]) == ["", ""]
    assert whys([sample(UNSURE, spent=10.0), sample(SURE)]) == ["seconds", "precise"]


def test_the_fastest_does_not_block_its_rivals_where_its_own_time_is_spent():
    assert whys([sample(UNSURE), sample(SURE, spent=10.0)]) == ["", "precise"]
    assert whys([sample(UNSURE), sample(SURE, most=10)]) == ["", "precise"]


def test_a_rival_is_held_to_its_ratio_so_that_an_unsure_fastest_keeps_it_going():
    fastest = [t / 4 for t in UNSURE]
    assert whys([sample(SURE), sample(fastest)]) == ["", ""]


def test_precision_decides_and_not_significance():
    """Ten times slower without a doubt, and yet not known to 5 %."""
    slow = processes(6, 10.0, spread=0.1)
    low, _ = interval(slow, SURE)
    assert low > 5
    assert whys([sample(slow), sample(SURE)])[0] == ""
    equal = processes(10, spread=0.001, seed=5)
    assert whys([sample(equal), sample(SURE)]) == ["precise", "precise"]


def test_no_precision_asked_for_is_the_least_number_of_processes():
    assert whys([sample(UNSURE, least=10), sample(SURE, least=11)], None) == ["rounds", ""]
