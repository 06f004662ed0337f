"""Oracles and events before an examiner, and questions put to it."""

import numpy as np

from harness.answers import encode
from harness.api import BudgetSpent, Events, InvalidAnswer, Problem, Undecided
from harness.remote import Examiner, stand_in

GRID = np.arange(24.0).reshape(4, 6)


class Odd(Exception):
    """No builtin type."""


class OutOfDomain(ValueError):
    """Nearly one."""


FAULTS = {
    "value": ValueError("too large"),
    "key": KeyError("x"),
    "index": IndexError("list index out of range"),
    "zero": ZeroDivisionError("by zero"),
    "stop": StopIteration("no more"),
    "spent": BudgetSpent("all of it"),
    "undecided": Undecided("decide"),
    "invalid": InvalidAnswer("not one"),
    "domain": OutOfDomain("x is below 0"),
    "unicode": UnicodeDecodeError("utf-8", b"\xff", 0, 1, "odd byte"),
    "odd": Odd("strange"),
    "bare": Exception("plain"),
}


class Oracle:
    scale = 2.5

    def __init__(self, meter):
        self._meter, self._centre, self.shape = meter, 0.125, (3, 4)
        self.meter, self.weights = meter, np.arange(6.0).reshape(2, 3).T

    def same(self, value):
        self._meter.count()
        return value

    def told(self, *arguments, **keywords):
        return [list(arguments), keywords]

    def product(self, x):
        return x @ x

    def layout(self, x):
        return list(x.strides)

    def kind(self, x):
        return type(x).__name__

    def fail(self, name):
        raise FAULTS[name]

    def unfit(self):
        return {1, 2}

    def _hidden(self):
        return self._centre

    def __call__(self, x, power=2):
        self._meter.count()
        return (x - self._centre) ** power

    def __len__(self):
        return 7

    def __getitem__(self, key):
        return {"key": key}


class Given(Problem):
    """A problem whose open() gives what a test says."""

    def __init__(self, make):
        self._make = make

    def open(self, data, meter):
        return self._make(meter)


def examined(make, calls=None):
    return Examiner(Given(make), None, calls)


def events_of(items, calls=None, kind=Events):
    examiner = examined(lambda meter: kind(items, meter), calls)
    return stand_in("events", examiner.answer), examiner


def ask(examiner, what, name, arguments=(), keywords=None):
    """A question, past the stand-in."""
    return examiner.answer(encode([what, name, list(arguments), keywords or {}]))
