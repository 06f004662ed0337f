"""Solvers written on the spot, and what it takes to run them isolated."""

import signal
import textwrap

import pytest

from harness.cases import make_case
from harness.instances import build
from harness.isolate import Worker
from harness.loading import Source

from .behind_a_fence import Place

HEAD = '''
"""A solver for a test."""

import ctypes, json, os, re, signal, socket, struct, subprocess, sys, tempfile, threading, time
from dataclasses import dataclass

import numpy as np

from harness.api import BudgetSpent, InvalidAnswer, Solver


@dataclass(frozen=True)
class Written(Solver):
    """Written by a test."""

    problem = "{problem}"

    def solve(self, data, rng):
'''


@pytest.fixture(autouse=True)
def hang_guard():
    """A test of the core takes seconds; one that takes minutes hangs, and fails."""

    def fail(number, frame):
        pytest.fail("the test hangs")

    before = signal.signal(signal.SIGALRM, fail)
    signal.alarm(90)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.fixture
def write_solver(tmp_path):
    """A function that writes a solver's file, given the body of its solve()."""

    def write(body, problem="toy_batch", name="written", before=""):
        folder = tmp_path / "solvers"
        folder.mkdir(exist_ok=True)
        file = folder / f"{name}.py"
        head = HEAD.lstrip().format(problem=problem)
        file.write_text(before + head + textwrap.indent(textwrap.dedent(body), " " * 8))
        return file

    return write


@pytest.fixture(scope="session")
def toy_instance(toys):
    """Name of a toy problem -> its source and its stored first case."""

    def stored(name):
        entry = toys.problem(name)
        problem = entry.load()
        case = make_case(name, problem, problem.suites["smoke"][0])
        return entry.source, build(problem, name, case, "tests")

    return stored


@pytest.fixture
def job_of(toy_instance):
    """A function: a solver's file (or source) -> the job that a worker takes."""

    def job(solver, problem="toy_batch", seed=0, parameters=None, **budget):
        source, stored = toy_instance(problem)
        solver = solver if isinstance(solver, Source) else Source(str(solver))
        limits = dict.fromkeys(("seconds", "answers", "calls", "target"))
        return {
            "problem": source.as_json(),
            "solver": solver.as_json(),
            "parameters": parameters or {},
            "preload": [],
            "data": str(stored.data),
            "seed": seed,
            "budget": {**limits, **budget},
        }

    return job


@pytest.fixture(scope="module")
def worker():
    """One server of isolated runs for all tests of a file."""
    with Worker() as worker:
        yield worker


@pytest.fixture
def place(tmp_path):
    """A folder to write, one to hide, and neighbours, with a fence around them."""
    place = Place(tmp_path)
    yield place
    place.fence.close()
