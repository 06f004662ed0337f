"""The kernels of finite sums against numpy, finite differences and themselves."""

import signal
import subprocess

import numpy as np
import pytest
import sanitize
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array
from scipy.special import expit

from harness.kernels import KernelError, kernel

KERNEL = kernel("finite_sum")
KINDS = ("dense", "sparse")


class Rows:
    """Random data, as dense or as sparse rows; w as long as asked for."""

    def __init__(self, n, d, m, seed=0, size=1.0):
        rng = np.random.default_rng(seed)
        self.n, self.d, self.m = n, d, m
        self.x = rng.normal(size=(n, d)) * (rng.random((n, d)) < 0.6)
        self.y = np.where(rng.random(n) < 0.5, -1.0, 1.0)
        self.w, self.v = size * rng.normal(size=d), rng.normal(size=d)
        self.indices = rng.integers(n, size=m)
        self.older = rng.normal(size=m)

    def given(self, kind):
        if kind == "dense":
            return (self.x,)
        rows = csr_array(self.x)
        return rows.data, rows.indices.astype(np.int32), rows.indptr.astype(np.int64)

    def call(self, what, kind, *arguments):
        return getattr(KERNEL, f"fs_{what}_{kind}")(*self.given(kind), *arguments)

    def gradient(self, kind, indices=None, scale=1.0, l2=0.0, w=None):
        indices = self.indices if indices is None else indices
        w = self.w if w is None else w
        found = np.full(self.d, np.nan)
        arguments = (w, indices, len(indices), scale, l2, found)
        position = self.call("gradient", kind, self.y, self.n, self.d, *arguments)
        return position, found

    def slopes(self, indices, w=None):
        y = self.y[indices]
        return -y * expit(-y * (self.x[indices] @ (self.w if w is None else w)))


shapes = st.tuples(
    st.integers(1, 12), st.integers(1, 40), st.integers(0, 20), st.integers(0, 10**6)
)


@pytest.mark.parametrize("kind", KINDS)
@given(shapes)
def test_the_gradient_is_the_sum_of_slopes_times_rows(kind, shape):
    rows = Rows(*shape)
    position, found = rows.gradient(kind, scale=0.25, l2=0.5)
    expected = 0.25 * rows.slopes(rows.indices) @ rows.x[rows.indices] + 0.5 * rows.w
    assert position == -1
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("kind", KINDS)
def test_the_gradient_is_that_of_the_loss(kind):
    rows = Rows(9, 5, 9, seed=3)
    every = np.arange(9)

    def loss(w):
        return np.logaddexp(0, -rows.y * (rows.x @ w)).sum()

    _, found = rows.gradient(kind, every)
    steps = 1e-6 * np.eye(5)
    expected = [(loss(rows.w + step) - loss(rows.w - step)) / 2e-6 for step in steps]
    np.testing.assert_allclose(found, expected, atol=1e-8)


@pytest.mark.parametrize("kind", KINDS)
@given(shapes)
def test_the_change_is_between_older_and_newer_slopes(kind, shape):
    rows = Rows(*shape)
    slopes, change = rows.older.copy(), np.full(rows.d, np.nan)
    arguments = (rows.y, rows.n, rows.d, rows.w, rows.indices, rows.m, slopes, change)
    assert rows.call("change", kind, *arguments) == -1
    new = rows.slopes(rows.indices)
    np.testing.assert_allclose(slopes, new, rtol=1e-12)
    expected = (new - rows.older) @ rows.x[rows.indices]
    np.testing.assert_allclose(change, expected, rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize("kind", KINDS)
@given(shapes)
def test_curvatures_are_those_of_the_gradient(kind, shape):
    rows = Rows(*shape)
    product, third = np.full(rows.d, np.nan), np.full(1, np.nan)
    arguments = (rows.w, rows.v, rows.indices, rows.m, 0.25, 0.5, product, third)
    assert rows.call("curvature", kind, rows.n, rows.d, *arguments) == -1
    x = rows.x[rows.indices]
    s, u = expit(x @ rows.w), x @ rows.v
    h = s * (1 - s)
    np.testing.assert_allclose(product, 0.25 * (h * u) @ x + 0.5 * rows.v, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(third[0], 0.25 * (h * (1 - 2 * s) * u**3).sum(), atol=1e-9)


def test_curvatures_are_derivatives():
    rows = Rows(9, 5, 9, seed=4)
    every, step = np.arange(9), 1e-4
    product, third = np.empty(5), np.empty(1)
    rows.call("curvature", "dense", 9, 5, rows.w, rows.v, every, 9, 1.0, 0.0, product, third)
    ahead, here, behind = (
        rows.gradient("dense", every, w=rows.w + t * rows.v)[1] for t in (step, 0, -step)
    )
    np.testing.assert_allclose(product, (ahead - behind) / (2 * step), atol=1e-7)
    assert third[0] == pytest.approx(rows.v @ (ahead - 2 * here + behind) / step**2, abs=1e-5)


@pytest.mark.parametrize("kind", KINDS)
@given(shapes)
def test_all_rows_at_once_are_all_rows(kind, shape):
    rows = Rows(*shape)
    margins, found = np.full(rows.n, np.nan), np.full(rows.d, np.nan)
    rows.call("all", kind, rows.y, rows.n, rows.d, rows.w, 0.5, 0.1, margins, found)
    np.testing.assert_allclose(margins, rows.y * (rows.x @ rows.w), rtol=1e-11, atol=1e-12)
    _, expected = rows.gradient(kind, np.arange(rows.n), 0.5, 0.1)
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("kind", KINDS)
def test_equal_rows_add_up(kind):
    rows = Rows(6, 11, 0, seed=5)
    once, twice = np.array([4, 1]), np.array([4, 1, 4, 1])
    np.testing.assert_allclose(
        rows.gradient(kind, twice)[1], 2 * rows.gradient(kind, once)[1], rtol=1e-14
    )


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("wrong", [-1, 7, 2**62, -(2**62)])
def test_an_index_outside_is_told_and_nothing_is_written(kind, wrong):
    rows = Rows(7, 3, 0)
    indices = np.array([0, 6, wrong, 5])
    position, found = rows.gradient(kind, indices)
    assert position == 2
    assert np.isnan(found).all()
    slopes, change, third = np.full(4, 9.0), np.full(3, np.nan), np.full(1, np.nan)
    arguments = (rows.y, 7, 3, rows.w, indices, 4, slopes, change)
    assert rows.call("change", kind, *arguments) == 2
    assert (slopes == 9).all()
    arguments = (7, 3, rows.w, rows.v, indices, 4, 1.0, 0.0, change, third)
    assert rows.call("curvature", kind, *arguments) == 2
    assert np.isnan(change).all()
    assert np.isnan(third).all()


@pytest.mark.parametrize("kind", KINDS)
def test_huge_margins_saturate(kind):
    rows = Rows(8, 4, 0, seed=6, size=1e200)
    every = np.arange(8)
    _, found = rows.gradient(kind, every)
    assert np.isfinite(found).all()
    wrong = rows.y * (rows.x @ rows.w) < 0
    np.testing.assert_allclose(found, -rows.y[wrong] @ rows.x[wrong], atol=1e-12)


def test_what_is_not_finite_goes_on():
    rows = Rows(8, 4, 8, seed=7)
    rows.w[2] = np.nan
    assert np.isnan(rows.gradient("dense")[1]).all()


def test_other_types_are_refused():
    rows = Rows(8, 4, 8)
    with pytest.raises(KernelError, match="must have dtype int64, got int32"):
        rows.gradient("dense", rows.indices.astype(np.int32))
    with pytest.raises(KernelError, match="must have dtype float64, got float32"):
        rows.gradient("dense", w=rows.w.astype(np.float32))


@given(shapes)
def test_rows_that_are_not_above_zero(shape):
    rows = Rows(*shape)
    rows.x[0] = 0  # a margin of exactly 0
    margins, found = np.full(rows.n, np.nan), np.full(rows.d, np.nan)
    KERNEL.fs_not_above(rows.x, rows.n, rows.d, rows.w, margins, found)
    np.testing.assert_allclose(margins, rows.x @ rows.w, rtol=1e-11, atol=1e-12)
    np.testing.assert_allclose(found, rows.x[margins <= 0].sum(axis=0), rtol=1e-11, atol=1e-12)


@given(st.integers(1, 12), st.integers(1, 20), st.data())
def test_positive_runs(n, d, data):
    rows = Rows(n, d, 0, seed=data.draw(st.integers(0, 10**6)))
    if data.draw(st.booleans()):
        rows.x[:] = np.abs(rows.x) + 0.1
        rows.w = np.abs(rows.w) + 0.1
    first, most = data.draw(st.integers(0, n - 1)), data.draw(st.integers(0, 2 * n))
    margins = rows.x @ rows.w
    expected = 0
    while expected < most and margins[(first + expected) % n] > 0:
        expected += 1
    assert KERNEL.fs_positive_run(rows.x, n, d, rows.w, first, most) == expected


def test_zero_ends_a_positive_run():
    rows = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    assert KERNEL.fs_positive_run(rows, 3, 2, np.array([1.0, 0.0]), 0, 3) == 1
    assert KERNEL.fs_positive_run(rows, 3, 2, np.array([np.nan, 0.0]), 2, 3) == 0


def test_every_instruction_set_gives_the_same_bits(tmp_path):
    """The kernel compiled for one set after the other, as its clones are for all of them."""
    if not sanitize.can_build(["-mavx512f"], tmp_path):
        pytest.skip("this compiler knows no AVX, so that there are no clones")
    driver = sanitize.compile_drivers("finite_sum", tmp_path, [])[0]

    def run(option):
        folder = tmp_path / option
        folder.mkdir()
        options = ["-O3", *sanitize.NO_CLONES, f"-m{option}"]
        compiled = sanitize.compile_kernel("finite_sum", folder, options)
        program = sanitize.link([driver, compiled], folder / driver.stem, [])
        return subprocess.run([program], capture_output=True, text=True)

    baseline, *others = map(run, ("sse2", "avx2", "avx512f"))
    assert baseline.returncode == 0, baseline.stdout
    for other in others:
        if other.returncode != -signal.SIGILL:  # this processor lacks it
            assert other.stdout == baseline.stdout
