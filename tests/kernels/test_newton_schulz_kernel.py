"""The Newton-Schulz kernel against its formula, at all sizes around its tiles."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from instruction_sets import assert_same_bits

from harness.kernels import KernelError, kernel

KERNEL = kernel("newton_schulz")
QUINTIC = (3.4445, -4.7750, 2.0315)
CUBIC = (1.5, -0.5, 0.0)
MIXED = (QUINTIC, CUBIC, (2.0, -1.5, 0.5))
TYPES = (np.float32, np.float64)
BOTH = pytest.mark.parametrize("dtype", TYPES)


def iterate(g, steps=(QUINTIC,) * 5, epsilon=1e-7, out=None):
    suffix = "f32" if g.dtype == np.float32 else "f64"
    workspace = np.full(getattr(KERNEL, f"ns_workspace_{suffix}")(*g.shape), np.nan, g.dtype)
    out = np.full_like(g, np.nan) if out is None else out
    coefficients = np.array(steps, float).reshape(-1)
    function = getattr(KERNEL, f"ns_iterate_{suffix}")
    function(g, *g.shape, len(steps), coefficients, epsilon, workspace, out)
    return out


def twin(g, steps=(QUINTIC,) * 5, epsilon=1e-7):
    """In double, without a thought for time, on the singular values alone."""
    u, values, vt = np.linalg.svd(g.astype(float), full_matrices=False)
    values = values / (np.sqrt((values**2).sum()) + epsilon)
    for a, b, c in steps:
        values = a * values + b * values**3 + c * values**5
    return (u * values) @ vt


def close(dtype):
    return {"rtol": 0, "atol": 2e-5 if dtype == np.float32 else 1e-13}


@settings(max_examples=150)
@given(
    rows=st.integers(1, 90),
    cols=st.integers(1, 90),
    dtype=st.sampled_from(TYPES),
    steps=st.sampled_from([(QUINTIC,) * 5, MIXED, (CUBIC,), ()]),
    seed=st.integers(0, 1000),
)
def test_it_is_a_polynomial_of_the_singular_values(rows, cols, dtype, steps, seed):
    g = np.random.default_rng(seed).normal(size=(rows, cols)).astype(dtype)
    np.testing.assert_allclose(iterate(g, steps), twin(g, steps), **close(dtype))


@BOTH
@pytest.mark.parametrize("shape", [(200, 300), (300, 200), (256, 256), (129, 513), (1, 4000)])
def test_larger_matrices(shape, dtype, rng):
    g = rng.normal(size=shape).astype(dtype)
    np.testing.assert_allclose(iterate(g), twin(g), **close(dtype))


@BOTH
def test_nothing_is_written_where_there_is_nothing(dtype):
    for shape in ((0, 0), (0, 5), (5, 0)):
        assert iterate(np.empty(shape, dtype)).shape == shape


@BOTH
def test_zeros_stay_zeros(dtype):
    for epsilon in (0.0, 1e-7):
        assert not iterate(np.zeros((40, 9), dtype), epsilon=epsilon).any()


@BOTH
def test_one_nan_or_infinity_spoils_all(dtype, rng):
    for bad in (np.nan, np.inf, -np.inf):
        for place in ((0, 0), (39, 8), (17, 3)):
            g = rng.normal(size=(40, 9)).astype(dtype)
            g[place] = bad
            assert np.isnan(iterate(g)).all()
            assert np.isnan(iterate(g.T.copy())).all()


@BOTH
def test_no_entry_is_too_small_or_too_large(dtype, rng):
    """The norm neither underflows nor overflows, and powers of two change no bit."""
    g = rng.normal(size=(20, 50)).astype(dtype)
    expected = iterate(g, epsilon=0.0)
    far = (-120, 120) if dtype == np.float32 else (-1000, -600, -480, 500, 600, 1000)
    for power in far:
        found = iterate(np.ldexp(g, power), epsilon=0.0)
        np.testing.assert_allclose(found, expected, **close(dtype))
    np.testing.assert_array_equal(iterate(np.ldexp(g, 20), epsilon=0.0), expected)


@BOTH
def test_the_result_may_replace_the_matrix(dtype, rng):
    for shape in ((40, 70), (70, 40), (33, 33)):
        g = rng.normal(size=shape).astype(dtype)
        expected = iterate(g)
        np.testing.assert_array_equal(iterate(g, out=g), expected)


@BOTH
def test_the_bits_do_not_depend_on_where_arrays_lie(dtype, rng):
    expected, suffix = None, "f32" if dtype == np.float32 else "f64"
    length = getattr(KERNEL, f"ns_workspace_{suffix}")(37, 45)
    steps = np.array(QUINTIC * 5)
    for skipped in range(9):
        g, out = (np.empty(37 * 45 + skipped, dtype)[skipped:].reshape(37, 45) for _ in range(2))
        g[...] = np.random.default_rng(1).normal(size=(37, 45))
        workspace = np.empty(length + skipped, dtype)[skipped:]
        getattr(KERNEL, f"ns_iterate_{suffix}")(g, 37, 45, 5, steps, 1e-7, workspace, out)
        expected = out.copy() if expected is None else expected
        np.testing.assert_array_equal(out, expected)


@BOTH
def test_rotations_and_transposes_commute_with_it(dtype, rng):
    g = rng.normal(size=(40, 70)).astype(dtype)
    q, r = (np.linalg.qr(rng.normal(size=(n, n)))[0] for n in (40, 70))
    turned = iterate(np.ascontiguousarray(q @ g @ r, dtype))
    np.testing.assert_allclose(turned, q @ iterate(g) @ r, **close(dtype))
    np.testing.assert_allclose(iterate(g.T.copy()), iterate(g).T, **close(dtype))


def test_rank_one_stays_rank_one(rng):
    u, v = rng.normal(size=30), rng.normal(size=50)
    u, v = u / np.linalg.norm(u), v / np.linalg.norm(v)
    found = iterate(3.7 * np.outer(u, v), epsilon=0.0)
    np.testing.assert_allclose(found, 0.6964364095 * np.outer(u, v), atol=1e-10)


def test_the_cubic_converges_to_the_polar_factor(rng):
    g = rng.normal(size=(30, 50))
    u, _, vt = np.linalg.svd(g, full_matrices=False)
    np.testing.assert_allclose(iterate(g, (CUBIC,) * 30), u @ vt, atol=1e-13)


def test_arrays_of_the_wrong_type_are_refused():
    with pytest.raises(KernelError, match="must have dtype float32, got float64"):
        KERNEL.ns_iterate_f32(
            np.zeros((2, 2)), 2, 2, 0, np.zeros(0), 0.0, np.zeros(9), np.zeros((2, 2))
        )


def test_every_instruction_set_gives_the_same_bits(tmp_path):
    assert_same_bits("newton_schulz", tmp_path)
