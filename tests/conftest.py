"""Shared by all tests: a cache folder of their own, fixed seeds, the toy problems."""

import os

# As `bench` does it, and before numpy is there: BLAS threads that wait for each other on processors
# which other tests keep busy take a hundred times as long.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings

from harness.catalogue import Catalogue

TOYS = Path(__file__).with_name("toys")

# The same examples every time, no files beside the code, no test that fails on a clock.
settings.register_profile("tests", derandomize=True, database=None, deadline=None)
settings.load_profile("tests")


@pytest.fixture(scope="session", autouse=True)
def cache(tmp_path_factory):
    """BENCH_CACHE in a temporary folder; each xdist worker has its own."""
    folder = tmp_path_factory.mktemp("cache")
    before = os.environ.get("BENCH_CACHE")
    os.environ["BENCH_CACHE"] = str(folder)
    yield folder
    if before is None:
        del os.environ["BENCH_CACHE"]
    else:
        os.environ["BENCH_CACHE"] = before


@pytest.fixture(autouse=True)
def seeds():
    """The global generators start alike in every test, whatever ran before."""
    random.seed(0)
    np.random.seed(0)


@pytest.fixture
def rng():
    """A generator of the test's own."""
    return np.random.default_rng(0)


@pytest.fixture(scope="session")
def toys(cache):
    """A catalogue with a tiny problem of each kind."""
    return Catalogue([TOYS])
