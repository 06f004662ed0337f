"""The canary's kernel against Python's own numbers."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from twins import canary_compute, canary_memory

from harness.kernels import kernel

WORDS = st.integers(0, 2**64 - 1)


@given(WORDS, st.integers(0, 300))
def test_the_chain(start, steps):
    assert kernel("canary").canary_compute(start, steps) == canary_compute(start, steps)


@given(st.lists(WORDS, max_size=200))
def test_the_pass(words):
    buffer = np.array(words, np.uint64)
    total, after = canary_memory(words)
    assert kernel("canary").canary_memory(buffer, buffer.size) == total
    assert buffer.tolist() == after


def test_nothing_to_do_is_nothing_done():
    buffer = np.array([7], np.uint64)
    assert kernel("canary").canary_compute(5, 0) == 5
    assert kernel("canary").canary_compute(5, -1) == 5
    assert kernel("canary").canary_memory(buffer, 0) == 0
    assert buffer.tolist() == [7]
