"""The optimisers' kernels against the same formulas in numpy, to the bit.

numpy rounds each operation once, as C does without contraction, so there is nothing to tolerate.
"""

import numpy as np
import pytest
from instruction_sets import assert_same_bits

from harness.kernels import KernelError, kernel

SIZES = (0, 1, 2, 3, 5, 8, 15, 16, 17, 33, 127, 1000)
TYPES = {"f32": np.float32, "f64": np.float64}
STEPS = 5


def sgd(t, x, g, rate, shrink):
    return t(shrink) * x - t(rate) * g


def momentum(t, x, g, m, keep, take, rate_m, rate_g, shrink):
    m[...] = t(keep) * m + t(take) * g
    return t(shrink) * x - (t(rate_m) * m + t(rate_g) * g)


def scaled(t, x, g, v, keep, take, rate, eps, shrink):
    v[...] = t(keep) * v + t(take) * (g * g)
    return t(shrink) * x - t(rate) * g / (np.sqrt(v) + t(eps))


def adam(t, x, g, m, v, mk, mt, vk, vt, rate_m, rate_g, root, eps, shrink):
    m[...] = t(mk) * m + t(mt) * g
    v[...] = t(vk) * v + t(vt) * (g * g)
    return t(shrink) * x - (t(rate_m) * m + t(rate_g) * g) / (t(root) * np.sqrt(v) + t(eps))


def amsgrad(t, x, g, m, v, largest, mk, mt, vk, vt, scale, rate, root, eps, shrink):
    m[...] = t(mk) * m + t(mt) * g
    v[...] = t(vk) * v + t(vt) * (g * g)
    largest[...] = np.maximum(largest, t(scale) * v)
    return t(shrink) * x - t(rate) * m / (t(root) * np.sqrt(largest) + t(eps))


def lion(t, x, g, m, ck, ct, mk, mt, rate, shrink):
    moved = t(shrink) * x - t(rate) * np.sign(t(ck) * m + t(ct) * g)
    m[...] = t(mk) * m + t(mt) * g
    return moved


def ademamix(t, x, g, m, n, v, mk, mt, nk, nt, vk, vt, rate_m, rate_n, root, eps, shrink):
    m[...] = t(mk) * m + t(mt) * g
    n[...] = t(nk) * n + t(nt) * g
    v[...] = t(vk) * v + t(vt) * (g * g)
    return t(shrink) * x - (t(rate_m) * m + t(rate_n) * n) / (t(root) * np.sqrt(v) + t(eps))


def adabelief(t, x, g, m, s, mk, mt, sk, st, belief, added, rate, root, eps, adaptive, shrink):
    m[...] = t(mk) * m + t(mt) * g
    d = g - m if belief else m
    s[...] = t(sk) * s + t(st) * (d * d) + t(added)
    below = t(root) * np.sqrt(s) + t(eps) if adaptive else t(1)
    return t(shrink) * x - t(rate) * m / below


def free_sgd(t, x, g, z, weight, rate_x, rate, decay):
    d = g + t(decay) * x
    moved = x + t(weight) * (z - x) - t(rate_x) * d
    z[...] = z - t(rate) * d
    return moved


def free_adamw(t, x, g, z, v, keep, take, root, eps, weight, rate_x, rate, decay):
    v[...] = t(keep) * v + t(take) * (g * g)
    d = g / (t(root) * np.sqrt(v) + t(eps)) + t(decay) * x
    moved = x + t(weight) * (z - x) - t(rate_x) * d
    z[...] = z - t(rate) * d
    return moved


# Name of the kernel, its twin, the number of buffers, and scalars that differ from each other.
RULES = {
    "sgd": (sgd, 0, (0.1, 0.97)),
    "momentum": (momentum, 1, (0.9, 0.7, 0.03, 0.11, 0.97)),
    "scaled": (scaled, 1, (0.8, 0.3, 0.1, 1e-3, 0.97)),
    "adam": (adam, 2, (0.9, 0.1, 0.8, 0.3, 0.1, 0.01, 1.7, 1e-3, 0.97)),
    "amsgrad": (amsgrad, 3, (0.9, 0.1, 0.5, 0.3, 1.3, 0.1, 1.7, 1e-3, 0.97)),
    "lion": (lion, 1, (0.9, 0.1, 0.8, 0.3, 0.1, 0.97)),
    "ademamix": (
        ademamix,
        3,
        (0.9, 0.1, 0.99, 0.02, 0.8, 0.3, 0.1, 0.2, 1.7, 1e-3, 0.97),
    ),
    "adabelief": (adabelief, 2, (0.9, 0.1, 0.8, 0.3, 1, 1e-5, 0.1, 1.7, 1e-3, 1, 0.97)),
    "free_sgd": (free_sgd, 1, (0.3, 0.2, 0.1, 0.01)),
    "free_adamw": (free_adamw, 2, (0.8, 0.3, 1.7, 1e-3, 0.3, 0.2, 0.1, 0.01)),
    "adabelief of the momentum": (
        adabelief,
        2,
        (0.9, 0.1, 0.8, 0.3, 0, 1e-5, 0.1, 1.7, 1e-3, 1, 0.97),
    ),
    "adabelief not divided": (
        adabelief,
        2,
        (0.9, 0.1, 0.8, 0.3, 1, 1e-5, 0.1, 1.7, 1e-3, 0, 0.97),
    ),
}


@pytest.fixture(params=RULES)
def rule(request):
    return (request.param.split()[0], *RULES[request.param])


@pytest.fixture(params=TYPES)
def suffix(request):
    return request.param


def call(stem, suffix, *arguments):
    return getattr(kernel("optimisers"), f"opt_{stem}_{suffix}")(*arguments)


def arrays(rng, real, n, buffers):
    """Parameters and buffers at an offset from the start of their memory, so unaligned."""
    whole = [rng.normal(size=n + 1).astype(real) for _ in range(1 + buffers)]
    return whole[0][1:], [np.abs(buffer[1:]) for buffer in whole[1:]]


@pytest.mark.parametrize("n", SIZES)
def test_a_rule_is_its_formula(rule, suffix, n):
    stem, twin, buffers, scalars = rule
    real, rng = TYPES[suffix], np.random.default_rng(n)
    x, state = arrays(rng, real, n, buffers)
    expected, expected_state = x.copy(), [buffer.copy() for buffer in state]
    for _ in range(STEPS):
        g = rng.normal(size=n + 1).astype(real)[1:]
        g[::7] = 0
        before = g.copy()
        call(stem, suffix, n, x, g, *state, *scalars)
        expected = twin(real, expected, g, *expected_state, *scalars)
        np.testing.assert_array_equal(g, before)
        np.testing.assert_array_equal(x, expected)
        for buffer, wanted in zip(state, expected_state, strict=True):
            np.testing.assert_array_equal(buffer, wanted)


def test_a_rule_writes_nothing_beyond_the_end(rule, suffix):
    stem, _, buffers, scalars = rule
    whole = [np.full(50, 7, TYPES[suffix]) for _ in range(2 + buffers)]
    call(stem, suffix, 33, *whole, *scalars)
    for array in whole:
        np.testing.assert_array_equal(array[33:], 7)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_stays_where_it_is(rule, suffix, bad):
    stem, twin, buffers, scalars = rule
    real, rng = TYPES[suffix], np.random.default_rng(5)
    x, state = arrays(rng, real, 40, buffers)
    expected, expected_state = x.copy(), [buffer.copy() for buffer in state]
    for step in range(3):
        g = rng.normal(size=40).astype(real)
        if step == 1:
            g[17] = bad
        call(stem, suffix, 40, x, g, *state, *scalars)
        with np.errstate(invalid="ignore"):
            expected = twin(real, expected, g, *expected_state, *scalars)
    np.testing.assert_array_equal(x, expected)
    others = np.arange(40) != 17
    assert np.isfinite(x[others]).all()
    if np.isnan(bad):
        assert np.isnan(x[17])
        assert all(np.isnan(buffer[17]) for buffer in state)


def test_the_sign_of_zero_is_zero(suffix):
    real = TYPES[suffix]
    x, g, m = np.array([1, 1, 1], real), np.array([0, -0.0, 1], real), np.zeros(3, real)
    call("lion", suffix, 3, x, g, m, 0.9, 0.1, 0.99, 0.01, 0.5, 1.0)
    assert x.tolist() == [1, 1, 0.5]


@pytest.mark.parametrize("n", SIZES)
def test_an_average_is_kept_in_double(suffix, n):
    rng = np.random.default_rng(n)
    mean, x = rng.normal(size=n), rng.normal(size=n).astype(TYPES[suffix])
    expected = mean + 0.001 * (x.astype(np.float64) - mean)
    call("average", suffix, n, mean, x, 0.001)
    np.testing.assert_array_equal(mean, expected)


def test_another_dtype_is_refused():
    x = np.zeros(3, np.float32)
    with pytest.raises(KernelError, match="float64"):
        kernel("optimisers").opt_sgd_f64(3, x, np.zeros(3), 0.1, 1.0)


def naive_play(g, kind, rate, decay, beta1, beta2, correct, start):
    """The points of a play, by the text of the header."""
    x, m, points, squares, largest = start, 0.0, [], [], 0.0
    v = 0.0
    for t, slope in enumerate(g, 1):
        points.append(x)
        m = beta1 * m + (1 - beta1) * slope
        v = beta2 * v + (1 - beta2) * slope**2
        squares.append(slope**2)
        largest = max(largest, v)
        scale = [1.0, v, largest, sum(squares) / t][kind]
        step = rate / np.sqrt(t) if decay else rate
        if correct:
            step /= 1 - beta1**t
            if kind in (1, 2):
                scale /= 1 - beta2**t
        if scale > 0:
            x = float(np.clip(x - step * m / np.sqrt(scale), -1, 1))
    return np.array([*points, x])


@pytest.mark.parametrize("kind", range(4))
@pytest.mark.parametrize("decay", [0, 1])
@pytest.mark.parametrize("correct", [0, 1])
def test_a_play_is_its_formula_in_pieces_too(kind, decay, correct):
    rng = np.random.default_rng(kind)
    g = rng.normal(size=300)
    g[:2] = 0  # nothing to divide by
    points, state = np.empty(300), np.array([0.25, 0, 0, 0, 1, 1])
    for first, stop in ((0, 1), (1, 120), (120, 120), (120, 300)):
        kernel("optimisers").opt_play(
            stop - first,
            first + 1,
            g[first:stop],
            points[first:stop],
            kind,
            0.5,
            decay,
            0.9,
            0.99,
            correct,
            state,
        )
    expected = naive_play(g, kind, 0.5, decay, 0.9, 0.99, correct, 0.25)
    np.testing.assert_allclose([*points, state[0]], expected, rtol=0, atol=1e-12)
    assert kind or decay or (expected.min(), expected.max()) == (-1, 1)  # both ends are met


def test_every_instruction_set_gives_the_same_bits(tmp_path):
    assert_same_bits("optimisers", tmp_path)
