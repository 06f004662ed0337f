"""Muon, Adafactor, Ranger21: known answers, ten-line references, torch, and odd arrays."""

import math
import warnings

import numpy as np
import pytest

from bench_optimization._rules import adafactor, muon
from bench_optimization._rules.adafactor import Adafactor
from bench_optimization._rules.adamw import AdamW
from bench_optimization._rules.muon import Muon
from bench_optimization._rules.newton_schulz import CUBIC, EPSILON, QUINTIC, iteration
from bench_optimization._rules.ranger21 import Ranger21

W0 = np.array([[1, -2, 0.5], [0, 1, -1]])
G = [
    np.array([[1, 2, -1], [0.5, -1, 2]]),
    np.array([[-0.5, 0.3, 1], [2, 0, -1]]),
    np.array([[0.2, -1, 0.4], [-0.3, 0.6, 1.5]]),
]
BOTH = pytest.mark.parametrize("dtype", [np.float32, np.float64])


def tolerance(dtype):
    return 2e-5 if dtype == np.float32 else 1e-12


def run(rule, start, gradients, rate, steps=None):
    """The points after each step, of a list of arrays."""
    point = [np.array(array) for array in start]
    rule.start(point)
    found = []
    for t in range(steps or len(gradients)):
        rule.step(point, gradients[t % len(gradients)], rate)
        found.append([array.copy() for array in point])
    return found


def run_one(rule, start, gradients, rate):
    return [point[0] for point in run(rule, [start], [[g] for g in gradients], rate)]


def drawn(rng, shapes, steps, dtype=np.float64, scale=1.0):
    start = [np.asarray(rng.normal(size=shape), dtype) for shape in shapes]
    gradients = [
        [np.asarray(scale * rng.normal(size=shape), dtype) for shape in shapes]
        for _ in range(steps)
    ]
    return start, gradients


def newton_schulz(g, steps=(QUINTIC,) * 5):
    """The iteration as its formula says it."""
    x = g / (np.linalg.norm(g) + 1e-7)
    x = x.T if g.shape[0] > g.shape[1] else x
    for a, b, c in steps:
        p = x @ x.T
        x = a * x + (b * p + c * p @ p) @ x
    return x.T if g.shape[0] > g.shape[1] else x


def apply(g, steps=(QUINTIC,) * 5, epsilon=EPSILON):
    out = np.empty_like(g)
    iteration(g.shape, g.dtype, steps, epsilon)(g, out)
    return out


# Newton-Schulz


def test_known_singular_values():
    for given, expected in (
        ((3, 4), (0.7228761686, 1.1192039299)),
        ((1.0, 0.0), (0.6964364095, 0.0)),
    ):
        found = apply(np.diag(np.array(given, float)), epsilon=0.0)
        np.testing.assert_allclose(found, np.diag(expected), atol=5e-11)


def test_known_polar_factor():
    found = apply(G[0])
    expected = [
        [0.6122922368, 0.6714319435, 0.0791484259],
        [0.5432114885, 0.0198820834, 0.7899646285],
    ]
    np.testing.assert_allclose(found, expected, atol=5e-8)  # of the 1e-7 beside the norm
    np.testing.assert_allclose(apply(G[0], epsilon=0.0), expected, atol=1e-8)
    np.testing.assert_allclose(
        np.linalg.svd(found, compute_uv=False), [1.13427, 0.68186], atol=5e-6
    )
    exact = np.empty_like(G[0])
    muon.exact_polar(G[0], exact)
    true = [[0.58000, 0.80347, -0.13433], [0.44280, -0.17253, 0.87986]]
    np.testing.assert_allclose(exact, true, atol=5e-6)


@pytest.mark.parametrize(("least", "high"), [(0.002, 1.2024), (0.01, 1.1344)])
def test_range_of_the_singular_values(least, high):
    """A diagonal of norm 1 whose values are spread over the range that is stated."""
    ends = []
    for s in np.geomspace(least, 0.999, 2000):
        pair = np.diag([s, math.sqrt(1 - s**2)])
        ends += list(np.diag(apply(pair, epsilon=0.0)))
    ends = [value for value in ends if value > 0.5]
    assert min(ends) >= 0.6818 - 5e-5
    assert max(ends) <= high + 5e-5


def test_values_below_the_range_stay_small():
    assert apply(np.diag([0.0014, 1.0]), epsilon=0.0)[0, 0] < 0.68
    assert apply(np.diag([0.001, 1.0]), epsilon=0.0)[0, 0] == pytest.approx(0.4705, abs=5e-5)


def test_shapes_other_than_the_one_prepared_for_are_refused(rng):
    ready = iteration((3, 4), np.float64, [CUBIC])
    with pytest.raises(ValueError, match=r"matrices of the shapes \(4, 3\), \(4, 3\); expected"):
        ready(rng.normal(size=(4, 3)), np.empty((4, 3)))


# Muon


def muon_reference(w, gradients, rate, mu=0.95, decay=0.1, nesterov=True, original=False):
    m, (rows, cols) = np.zeros_like(w), w.shape
    for g in gradients:
        m = mu * m + g
        o = newton_schulz(g + mu * m if nesterov else m)
        scale = max(1, rows / cols) ** 0.5 if original else 0.2 * max(rows, cols) ** 0.5
        w = w - rate * (scale * o + decay * w)
    return w


def test_muon_known_answer():
    found = run_one(Muon(hidden="all"), W0, G, 0.1)
    first = [
        [0.9687895747, -2.0032590848, 0.4922582181],
        [-0.0188173979, 0.9893112645, -1.0173651775],
    ]
    third = [
        [0.9222347614, -1.9875555608, 0.4746441421],
        [-0.0506567865, 0.9705062509, -1.021004939],
    ]
    np.testing.assert_allclose(found[0], first, atol=2e-9)
    np.testing.assert_allclose(found[2], third, atol=2e-9)


@BOTH
@pytest.mark.parametrize("shape", [(7, 12), (12, 7), (40, 33), (1, 5), (5, 1), (1, 1)])
@pytest.mark.parametrize(
    "options", [{}, {"nesterov": False}, {"scale": "original"}, {"weight_decay": 0.0}]
)
def test_muon_is_its_formula(shape, options, dtype, rng):
    start, gradients = drawn(rng, [shape], 50, dtype)
    found = run(Muon(hidden="all", **options), start, gradients, 0.02)[-1][0]
    words = {"weight_decay": "decay", "scale": "original"}
    told = {words.get(name, name): value for name, value in options.items()}
    if "original" in told:
        told["original"] = True
    expected = muon_reference(
        start[0].astype(float), [g[0].astype(float) for g in gradients], 0.02, **told
    )
    np.testing.assert_allclose(found, expected, atol=50 * tolerance(dtype), rtol=0)


def test_muon_gives_all_else_to_adamw(rng):
    shapes = [(9, 4), (4,), (4, 4), (4,), (6, 4, 2, 2), (3, 4), ()]
    start, gradients = drawn(rng, shapes, 5)
    found = run(Muon(), start, gradients, 0.01)[-1]
    rest = AdamW(0.9, 0.95, 1e-8, 0.1)
    others = [0, 1, 3, 5, 6]
    adamw = run(rest, [start[i] for i in others], [[g[i] for i in others] for g in gradients], 0.01)
    for place, expected in zip(others, adamw[-1], strict=True):
        np.testing.assert_array_equal(found[place], expected)
    for place in (2, 4):
        flat = (shapes[place][0], -1)
        expected = muon_reference(
            start[place].reshape(flat), [g[place].reshape(flat) for g in gradients], 0.01
        )
        np.testing.assert_allclose(found[place].reshape(flat), expected, atol=1e-12)


@pytest.mark.parametrize(
    ("hidden", "places"),
    [
        ("middle", {2, 3}),
        ("all_but_last", {0, 2, 3}),
        ("all", {0, 2, 3, 4}),
        ((3,), {3}),
        ((), set()),
    ],
)
def test_which_arrays_are_hidden(hidden, places, rng):
    start, gradients = drawn(rng, [(5, 4), (4,), (4, 4), (4, 3), (3, 3)], 1)
    rule = Muon(hidden=hidden)
    run(rule, start, gradients, 0.1)
    buffers = sum(array.size * (1 if i in places else 2) for i, array in enumerate(start))
    assert sum(buffer.size for buffer in rule.state) == buffers


def test_muon_keeps_half_of_what_adamw_keeps(rng):
    start, gradients = drawn(rng, [(30, 20)], 1, np.float32)
    sizes = []
    for rule in (Muon(hidden="all"), AdamW()):
        run(rule, start, gradients, 0.1)
        sizes.append(sum(buffer.nbytes for buffer in rule.state))
    assert 2 * sizes[0] == sizes[1]


@pytest.mark.parametrize(
    ("hidden", "sentence"),
    [
        ((1,), r"hidden names array 1, whose shape is \(4,\); Muon takes arrays of two dim"),
        ((7,), "hidden names array 7; expected places 0 to 1"),
    ],
)
def test_muon_refuses_what_is_no_matrix(hidden, sentence):
    with pytest.raises(ValueError, match=sentence):
        Muon(hidden=hidden).start([np.zeros((3, 4)), np.zeros(4)])


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"momentum": 1.0}, "momentum = 1.0; expected a number from 0 to below 1"),
        ({"momentum": math.nan}, "momentum = nan"),
        ({"weight_decay": -1.0}, "weight_decay = -1.0; expected a finite number, 0 or above"),
        ({"scale": "rms"}, "scale is 'rms'; expected match_rms or original"),
        ({"polar": "qr"}, "polar is 'qr'; expected newton_schulz or svd"),
        ({"hidden": "none"}, "hidden is 'none'; expected middle, all_but_last, all"),
        ({"eps": -1.0}, "eps = -1.0"),
    ],
)
def test_muon_refuses_settings(options, sentence):
    with pytest.raises(ValueError, match=sentence):
        Muon(**options)


def test_the_step_does_not_depend_on_the_scale_of_the_gradients(rng):
    start, gradients = drawn(rng, [(6, 9)], 10)
    larger = [[1024 * g for g in row] for row in gradients]
    one, other = (run(Muon(hidden="all"), start, g, 0.1)[-1][0] for g in (gradients, larger))
    np.testing.assert_allclose(one, other, atol=1e-6)


def test_the_step_turns_with_the_coordinates(rng):
    start, gradients = drawn(rng, [(6, 9)], 10)
    q, r = (np.linalg.qr(rng.normal(size=(n, n)))[0] for n in (6, 9))
    rule = Muon(hidden="all")
    straight = run(rule, start, gradients, 0.1)[-1][0]
    turned = run(rule, [q @ start[0] @ r], [[q @ g[0] @ r] for g in gradients], 0.1)[-1][0]
    np.testing.assert_allclose(turned, q @ straight @ r, atol=1e-12)


def test_updates_of_gaussian_momenta_have_the_stated_rms(rng):
    for shape, stated in (((64, 64), 0.177), ((128, 32), 0.166), ((256, 1024), 0.191)):
        point = [np.zeros(shape)]
        rule = Muon(hidden="all", weight_decay=0.0)
        rule.start(point)
        rule.step(point, [rng.normal(size=shape)], 1.0)
        assert adafactor.rms(point[0]) == pytest.approx(stated, abs=0.004)


def test_decay_bounds_the_spectral_norm(rng):
    rate, decay, shape = 0.5, 0.2, (8, 8)
    bound = 1.2024 * 0.2 * math.sqrt(8) / decay
    point = [np.zeros(shape)]
    rule = Muon(hidden="all", weight_decay=decay)
    rule.start(point)
    gradient = rng.normal(size=shape)  # the same again and again, the worst case
    for _ in range(200):
        rule.step(point, [gradient], rate)
        assert np.linalg.norm(point[0], 2) <= bound
    assert np.linalg.norm(point[0], 2) > 0.5 * bound


def test_exact_polar_factor_as_the_direction(rng):
    g = rng.normal(size=(5, 8))
    point = [np.zeros((5, 8))]
    rule = Muon(hidden="all", polar="svd", weight_decay=0.0)
    rule.start(point)
    rule.step(point, [g], 1.0)
    np.testing.assert_allclose(
        np.linalg.svd(point[0], compute_uv=False), 0.2 * math.sqrt(8), rtol=1e-12
    )
    assert np.trace(-point[0] @ g.T) > 0


# Adafactor


def adafactor_reference(x, gradients, *, cap=1e-2, d=1.0, keep=lambda t: 1 - t**-0.8):
    """By the formulas, with sums; returns the point and RMS(U) of each step."""
    r, c, v, found = np.zeros(x.shape[0]), np.zeros(x.shape[-1]), np.zeros(x.shape), []
    for t, g in enumerate(gradients, 1):
        b, squares = keep(t), g**2 + 1e-30
        v = b * v + (1 - b) * squares
        if x.ndim == 2:
            r, c = b * r + (1 - b) * squares.sum(1), b * c + (1 - b) * squares.sum(0)
        u = g / np.sqrt(np.outer(r, c) / r.sum() if x.ndim == 2 else v)
        found.append(np.sqrt(np.mean(u**2)))
        a = max(1e-3, np.sqrt(np.mean(x**2))) * min(cap, t**-0.5)
        x = x - a * u / max(1, found[-1] / d)
    return x, found


def test_adafactor_known_answer_of_a_matrix():
    found = run_one(Adafactor(), W0, G, 0.01)
    first = [
        [0.986537088, -2.013462912, 0.506731456],
        [-0.0071962292, 1.0071962292, -1.0143924583],
    ]
    third = [
        [0.9889373174, -2.0036954153, 0.4927703514],
        [-0.0205392456, 1.0010231057, -1.0188040813],
    ]
    np.testing.assert_allclose(found[0], first, atol=6e-11)
    np.testing.assert_allclose(found[2], third, atol=6e-11)
    stated = [0.9955257046, 0.7975901732, 0.7401661407]
    np.testing.assert_allclose(adafactor_reference(W0, G)[1], stated, atol=6e-11)


def test_adafactor_known_answer_of_a_vector():
    start = np.array([1, -2, 0.5])
    rows = [(1, -2, 0.5), (-0.5, -1, 0), (2, 0.3, -1), (0, 1.5, -0.2), (-1, -0.1, 0.4)]
    found = run_one(Adafactor(), start, [np.array(row) for row in rows], 0.01)
    np.testing.assert_allclose(found[0], [0.9867712434, -1.9867712434, 0.4867712434], atol=6e-11)
    np.testing.assert_allclose(found[4], [0.9915368241, -1.9949665655, 0.4975208155], atol=6e-11)
    sizes = adafactor_reference(start, [np.array(row) for row in rows])[1]
    assert sizes[2] == pytest.approx(1.1784600617, abs=6e-11)


@BOTH
@pytest.mark.parametrize("shape", [(7, 12), (12, 7), (1, 5), (5, 1), (1, 1), (9,)])
def test_adafactor_is_its_formula(shape, dtype, rng):
    start, gradients = drawn(rng, [shape], 50, dtype)
    plain = [g[0].astype(float) for g in gradients]
    found = run(Adafactor(), start, gradients, 0.01)[-1][0]
    expected, _ = adafactor_reference(start[0].astype(float), plain)
    np.testing.assert_allclose(found, expected, atol=tolerance(dtype), rtol=0)


def test_adafactor_options(rng):
    (start,), gradients = drawn(rng, [(4, 6)], 20)
    plain = [g[0] for g in gradients]

    def last(**options):
        return run_one(Adafactor(**options), start, plain, 0.05)[-1]

    def by_hand(length, keep=lambda t: 1 - t**-0.8, momentum=0.0, clip=1.0, decay=0.0):
        x, r, c, m = start, np.zeros(4), np.zeros(6), np.zeros((4, 6))
        for t, g in enumerate(plain, 1):
            b = keep(t)
            r, c = b * r + (1 - b) * (g**2).sum(1), b * c + (1 - b) * (g**2).sum(0)
            u = g / np.sqrt(np.outer(r, c) / r.sum())
            u = u / max(1, np.sqrt(np.mean(u**2)) / clip)
            m = momentum * m + (1 - momentum) * u
            step = length(t) * max(1e-3, np.sqrt(np.mean(x**2)))
            x = (1 - 0.05 * decay) * x - step * m
        return x

    def capped(t):
        return min(0.05, t**-0.5)

    close = {"atol": 1e-12, "rtol": 0}
    np.testing.assert_allclose(last(beta1=0.9), by_hand(capped, momentum=0.9), **close)
    np.testing.assert_allclose(last(clip=0.5), by_hand(capped, clip=0.5), **close)
    np.testing.assert_allclose(last(clip=math.inf), by_hand(capped, clip=math.inf), **close)
    np.testing.assert_allclose(last(weight_decay=0.1), by_hand(capped, decay=0.1), **close)
    np.testing.assert_allclose(
        last(warm_up=True), by_hand(lambda t: min(0.05e-4 * t, t**-0.5)), **close
    )
    fixed = by_hand(capped, lambda t: 0.9 * (1 - 0.9 ** (t - 1)) / (1 - 0.9**t))
    np.testing.assert_allclose(last(beta2=0.9), fixed, **close)
    np.testing.assert_allclose(last(decaying=False), by_hand(lambda t: 0.05), **close)
    absolute = last(relative=False, decaying=False)
    np.testing.assert_allclose(
        run_one(Adafactor(relative=False, decaying=False), start + 7, plain, 0.05)[-1],
        absolute + 7,
        **close,
    )


def test_adafactor_bias_corrected_second_moment_is_adams(rng):
    (start,), gradients = drawn(rng, [(8,)], 10)
    rule = Adafactor(beta2=0.99)
    run(rule, [start], gradients, 0.01)
    v = np.zeros(8)
    for g in gradients:
        v = 0.99 * v + 0.01 * g[0] ** 2
    np.testing.assert_allclose(rule.second_moment(0), v / (1 - 0.99**10), rtol=1e-12)


def test_adafactor_state_is_a_row_and_a_column(rng):
    start, gradients = drawn(rng, [(512, 2048)], 1, np.float32)
    rule = Adafactor()
    run(rule, start, gradients, 0.01)
    assert sum(buffer.size for buffer in rule.state) == 2560
    for shape, size in (((3, 4, 2, 2), 3 + 16), ((7,), 7), ((), 1)):
        rule.start([np.zeros(shape)])
        assert sum(buffer.size for buffer in rule.state) == size
    rule = Adafactor(beta1=0.9)
    rule.start([np.zeros((5, 6))])
    assert sum(buffer.size for buffer in rule.state) == 5 + 6 + 30


def test_factoring_is_exact_where_the_gradients_have_rank_one(rng):
    u, v = rng.uniform(0.5, 2, 6), rng.uniform(0.5, 2, 9)
    signs = rng.choice([-1, 1], (12, 6, 9))
    gradients = [
        scale * sign * np.outer(u, v) for scale, sign in zip(range(1, 13), signs, strict=True)
    ]
    start = rng.normal(size=(6, 9))
    one = run_one(Adafactor(), start, gradients, 0.01)
    other = run_one(Adafactor(factored=False), start, gradients, 0.01)
    np.testing.assert_allclose(one[-1], other[-1], atol=1e-13)
    first_step = one[0] - start
    np.testing.assert_allclose(
        first_step, -0.01 * adafactor.rms(start) * np.sign(gradients[0]), atol=1e-14
    )


def test_factoring_keeps_the_sums_of_rows_and_columns(rng):
    start, gradients = drawn(rng, [(6, 9)], 7)
    one, other = Adafactor(), Adafactor(factored=False)
    run(one, start, gradients, 0.01)
    run(other, start, gradients, 0.01)
    for axis in (0, 1):
        np.testing.assert_allclose(
            one.second_moment(0).sum(axis), other.second_moment(0).sum(axis), rtol=1e-12
        )


def test_a_diagonal_second_moment_makes_adafactor_overshoot():
    """Where it should lose: diagonal steps come out sqrt(n) too long."""
    n = 16
    found = run_one(Adafactor(relative=False, decaying=False), np.zeros((n, n)), [np.eye(n)], 1.0)[
        0
    ]
    np.testing.assert_allclose(found, -math.sqrt(n) * np.eye(n), rtol=1e-12)


def test_steps_of_adafactor_are_bounded_and_free_of_the_gradients_scale(rng):
    start, gradients = drawn(rng, [(6, 9)], 10)
    points = run_one(Adafactor(), start[0], [g[0] for g in gradients], 0.01)
    before = start[0]
    for t, point in enumerate(points, 1):
        bound = max(1e-3, adafactor.rms(before)) * min(0.01, t**-0.5)
        assert adafactor.rms(point - before) <= bound * (1 + 1e-12)
        before = point
    for factor in (1e-8, 1e8):
        other = run_one(Adafactor(), start[0], [factor * g[0] for g in gradients], 0.01)
        np.testing.assert_allclose(other[-1], points[-1], rtol=1e-9)


def test_adafactor_in_float32_stands_small_and_large_gradients(rng):
    start, gradients = drawn(rng, [(60, 200)], 3, np.float32)
    expected = run_one(Adafactor(), start[0], [g[0] for g in gradients], 0.01)[-1]
    for factor in (1e-12, 1e15):
        scaled = [np.float32(factor) * g[0] for g in gradients]
        found = run_one(Adafactor(), start[0], scaled, 0.01)[-1]
        np.testing.assert_allclose(found, expected, atol=2e-6)


def test_a_row_without_gradients_stays_beside_steep_ones():
    """Its second moment is eps1, further from the others than float32 reaches."""
    g = np.full((3, 4), 1e9, np.float32)
    g[1] = 0
    for transposed in (False, True):
        gradient = g.T.copy() if transposed else g
        point = run_one(Adafactor(), np.ones(gradient.shape, np.float32), [gradient], 0.01)[0]
        expected, _ = adafactor_reference(np.ones(gradient.shape), [gradient.astype(float)])
        np.testing.assert_allclose(point, expected, rtol=1e-6)


# Ranger21

RANGER_W = np.array([[1, -2, 0.5], [0.5, 1, -1]])
RANGER_B = np.array([0.3, -0.2, 0.1])
RANGER_GRADIENTS = [
    [g, np.array(b)]
    for g, b in zip(G, [(0.1, -0.2, 0.3), (0.4, 0.1, 0), (-0.3, 0.2, 0.2)], strict=True)
]
OFF = dict.fromkeys(
    (
        "clipping centralising positive_negative largest warm_up warm_down stable_decay norm_loss "
        "lookahead"
    ).split(),
    False,
)


def test_ranger21_known_answer():
    found = run(Ranger21(100), [RANGER_W, RANGER_B], RANGER_GRADIENTS, 0.01, 6)
    first = [
        [0.9992169425, -2.000775382, 0.5007792208],
        [0.4999992432, 1.0007789864, -1.0007789864],
    ]
    np.testing.assert_allclose(found[0][0], first, atol=6e-11)
    np.testing.assert_allclose(found[0][1], [0.2992300652, -0.1992265419, 0.0992230211], atol=6e-11)
    np.testing.assert_allclose(
        found[4][0][0], [1.0003446529, -1.9999227168, 0.4996402271], atol=6e-11
    )
    np.testing.assert_allclose(found[4][1], [0.2988255864, -0.2002271431, 0.0983454531], atol=6e-11)
    np.testing.assert_allclose(found[5][1], [0.2990793291, -0.200444719, 0.0970767879], atol=6e-11)


def test_ranger21_known_clipping_and_centralising():
    """The first mean is (1 - beta1^2) times the gradient that they leave."""
    rule = Ranger21(100)
    run(rule, [RANGER_W], [[G[0]]], 0.01)
    newer = rule.state[0] if rule.state[0].any() else rule.state[1]
    expected = [[0.00311805, 0.01247219, -0.01559024], [0, -0.00981981, 0.00981981]]
    np.testing.assert_allclose(newer / 0.19, expected, atol=6e-9)
    clipped = Ranger21(100, centralising=False)
    run(clipped, [RANGER_W], [[G[0]]], 0.01)
    newer = clipped.state[0] if clipped.state[0].any() else clipped.state[1]
    factors = np.array([[0.00935414], [0.00654654]])
    np.testing.assert_allclose(newer / 0.19, factors * G[0], atol=1e-8)


def test_ranger21_known_schedule():
    rule = Ranger21(100)
    stated = {
        1: 0.04545, 11: 0.5, 22: 1, 72: 1, 73: 0.96429, 86: 0.5, 99: 0.03571, 100: 0, 120: 0
    }  # fmt: skip
    for t, factor in stated.items():
        assert rule.factor(t) == pytest.approx(factor, abs=6e-6)
    assert Ranger21(100, warm_up=False).factor(1) == 1
    assert Ranger21(100, warm_down=False).factor(100) == 1
    assert Ranger21(10**6).factor(1000) == pytest.approx(0.5)  # 2 / (1 - beta2) steps are enough


def test_ranger21_without_its_parts_is_adamw(rng):
    start, gradients = drawn(rng, [(4, 6), (5,), (3, 2, 2)], 20)
    found = run(Ranger21(100, weight_decay=0.1, **OFF), start, gradients, 0.01)[-1]
    expected = run(AdamW(weight_decay=0.1), start, gradients, 0.01)[-1]
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-14)


def ranger21_reference(p, gradients, rate, steps):
    """All parts, of one matrix."""
    m, v, vmax, ahead = [np.zeros_like(p)] * 2, np.zeros_like(p), np.zeros_like(p), p
    for t, g in enumerate(gradients, 1):
        norms = np.linalg.norm(p, axis=1, keepdims=True)
        size, most = np.linalg.norm(g, axis=1, keepdims=True), 1e-2 * np.maximum(norms, 1e-3)
        g = np.where(size > most, g * most / size, g)
        g = g - g.mean(1, keepdims=True)
        m = [m[1], 0.81 * m[0] + 0.19 * g]
        h = (1.9 * m[1] - 0.9 * m[0]) / (1 - 0.9**t)
        v = 0.999 * v + 0.001 * g**2
        vmax = np.maximum(vmax, v)
        w = vmax / (1 - 0.999**t)
        u = h / (np.sqrt(1.9**2 + 0.9**2) * (np.sqrt(w) + 1e-8))
        d = 1e-4 / np.sqrt(w.mean()) * (1 - 1 / norms) * p
        up = max(t * 0.001 / 2, t / (0.22 * steps))
        p = p - rate * min(1, up, (steps - t) / (0.28 * steps)) * (u + d)
        if t % 5 == 0:
            p = ahead = 0.5 * ahead + 0.5 * p
    return p


@BOTH
@pytest.mark.parametrize("shape", [(7, 12), (12, 7), (1, 5)])
def test_ranger21_is_its_formula(shape, dtype, rng):
    start, gradients = drawn(rng, [shape], 50, dtype)
    found = run(Ranger21(60), start, gradients, 0.01)[-1][0]
    plain = [g[0].astype(float) for g in gradients]
    expected = ranger21_reference(start[0].astype(float), plain, 0.01, 60)
    np.testing.assert_allclose(found, expected, atol=10 * tolerance(dtype), rtol=0)


@pytest.mark.parametrize("part", [*OFF, "vectors"])
def test_each_part_of_ranger21_does_something(part, rng):
    start, gradients = drawn(rng, [(4, 6), (5,)], 12)
    gradients = [[g * (1 + 5 * (t < 3)) for g in row] for t, row in enumerate(gradients)]
    one = run(Ranger21(14), start, gradients, 0.01)[-1]
    other = run(Ranger21(14, **{part: False}), start, gradients, 0.01)[-1]
    assert not np.allclose(one[1 if part == "vectors" else 0], other[1 if part == "vectors" else 0])


def test_the_mean_may_be_over_all_arrays(rng):
    start, _ = drawn(rng, [(4, 6), (5,)], 1)
    scales = (0.01, 3.0)
    gradients = [[scale * np.ones_like(array) for scale, array in zip(scales, start, strict=True)]]
    plain = {**OFF, "stable_decay": True}
    found = run(Ranger21(9, weight_decay=0.1, over_all=True, **plain), start, gradients, 0.5)[-1]
    root = math.sqrt((24 * 0.01**2 + 5 * 3.0**2) / 29)
    for one, array in zip(found, start, strict=True):
        np.testing.assert_allclose(one, array - 0.5 * (1 + 0.1 / root * array), rtol=1e-5)


def test_rows_of_zeros_are_clipped_to_a_hundredth_of_the_least_norm():
    rule = Ranger21(100, centralising=False)
    run(rule, [np.zeros((2, 2))], [[np.array([[3.0, 4.0], [3e-6, 4e-6]])]], 0.01)
    newest = max(rule.state[:2], key=np.linalg.norm)
    np.testing.assert_allclose(newest / 0.19, [[6e-6, 8e-6], [3e-6, 4e-6]], rtol=1e-12)


def test_norm_loss_draws_rows_to_norm_one(rng):
    start = [np.array([[0.6, 0.8], [0.03, 0.04], [30, 40]]), np.zeros((2, 2))]
    nothing = [np.zeros_like(array) for array in start]
    rule = Ranger21(100, warm_up=False, lookahead=False)
    rule.start(point := [array.copy() for array in start])
    rule.step(point, nothing, 1e-6)
    norms = np.linalg.norm(point[0], axis=1)
    assert norms[0] == pytest.approx(1, abs=1e-12)
    assert norms[1] > 0.05
    assert norms[2] < 50
    assert not point[1].any()  # a row of zeros stays one
    assert np.isfinite(point[0]).all()


# What all three hold to

RULES = [
    Muon(hidden="all"),
    Muon(hidden="all", polar="svd"),
    Adafactor(),
    Adafactor(beta1=0.9),
    Ranger21(100),
]


@pytest.mark.parametrize("rule", RULES, ids=repr)
@BOTH
def test_odd_arrays(rule, dtype, rng):
    shapes = [(0,), (), (1,), (0, 3), (3, 0), (1, 1), (2, 3, 0), (5, 2, 3, 3), (1, 9), (9, 1)]
    start, gradients = drawn(rng, shapes, 3, dtype)
    kept = [[g.copy() for g in row] for row in gradients]
    for row in gradients:
        for g in row:
            g.flags.writeable = False
    found = run(rule, start, gradients, 0.01)
    for array, before in zip(found[-1], start, strict=True):
        assert array.dtype == dtype
        assert array.shape == before.shape
        assert np.isfinite(array).all()
        assert array.size == 0 or not np.array_equal(array, before)
    for row, before in zip(gradients, kept, strict=True):
        for one, other in zip(row, before, strict=True):
            np.testing.assert_array_equal(one, other)
    again = run(rule, start, gradients, 0.01)
    for one, other in zip(found[-1], again[-1], strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("rule", RULES, ids=repr)
def test_gradients_of_zero_and_nan(rule, rng):
    start = [rng.normal(size=(4, 3)), rng.normal(size=(3,))]
    found = run(rule, start, [[np.zeros((4, 3)), np.zeros(3)]] * 2, 0.01)
    assert all(np.isfinite(array).all() for array in found[-1])
    bad = np.ones((4, 3))
    bad[1, 2] = np.nan
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = run(rule, start, [[bad, np.ones(3)]], 0.01)
    assert np.isnan(found[-1][0]).any()
    assert np.isfinite(found[-1][1]).all()


@pytest.mark.parametrize("rule", RULES, ids=repr)
def test_gradients_of_another_layout_are_taken(rule, rng):
    start, gradients = drawn(rng, [(4, 6)], 3)
    expected = run(rule, start, gradients, 0.01)[-1][0]
    turned = [[np.asfortranarray(g) for g in row] for row in gradients]
    np.testing.assert_array_equal(run(rule, start, turned, 0.01)[-1][0], expected)
    with pytest.raises(ValueError, match=r"a gradient has the shape \(6, 4\)"):
        run(rule, start, [[g.T for g in row] for row in gradients], 0.01)
    with pytest.raises(ValueError):  # noqa: PT011  # zip's words or ours
        run(rule, start, [[]], 0.01)


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: Adafactor(clip=0.0), "clip = 0.0; expected a number above 0, or inf for none"),
        (lambda: Adafactor(exponent=0.0), "exponent = 0.0; expected a finite number above 0"),
        (lambda: Adafactor(beta1=1.0), "beta1 = 1.0"),
        (lambda: Adafactor(beta2=-0.1), "beta2 = -0.1"),
        (lambda: Ranger21(0), "steps = 0; expected a finite number above 0"),
        (lambda: Ranger21(5, k=0), "k = 0"),
        (lambda: Ranger21(5, beta2=1.0), "beta2 = 1.0"),
        (lambda: Ranger21(5, weight_decay=math.nan), "weight_decay = nan"),
    ],
)
def test_refused_settings(make, sentence):
    with pytest.raises(ValueError, match=sentence):
        make()


# Against torch


@pytest.fixture(scope="module")
def torch():
    return pytest.importorskip("torch", reason="the comparison needs torch")


def run_torch(torch, make, start, gradients):
    points = [torch.nn.Parameter(torch.tensor(array)) for array in start]
    optimiser = make(points)
    for row in gradients:
        for point, gradient in zip(points, row, strict=True):
            point.grad = torch.tensor(gradient)
        optimiser.step()
    return [point.detach().numpy() for point in points]


def test_muon_is_torchs_up_to_bfloat16(torch):
    found = run_one(Muon(hidden="all"), W0, G, 0.1)[-1]
    theirs = run_torch(
        torch,
        lambda p: torch.optim.Muon(
            p, lr=0.1, weight_decay=0.1, momentum=0.95, adjust_lr_fn="match_rms_adamw"
        ),
        [W0],
        [[g] for g in G],
    )
    assert np.abs(found - theirs[0]).max() < 2e-3


def test_adafactor_is_torchs(torch, rng):
    start, gradients = drawn(rng, [(4, 6), (5,)], 20)
    for decay in (0.0, 0.1):
        found = run(Adafactor(weight_decay=decay), start, gradients, 0.01)[-1]
        theirs = run_torch(
            torch,
            lambda p, decay=decay: torch.optim.Adafactor(p, lr=1e-2, weight_decay=decay),
            start,
            gradients,
        )
        for one, other in zip(found, theirs, strict=True):
            np.testing.assert_allclose(one, other, atol=1e-12)


def test_positive_negative_momentum_is_that_of_pytorch_optimizer(torch, rng):
    package = pytest.importorskip("pytorch_optimizer", reason="the comparison needs it")
    start, gradients = drawn(rng, [(4, 6)], 20)
    rule = Ranger21(100, weight_decay=0.0, **{**OFF, "positive_negative": True, "largest": True})
    found = run(rule, start, gradients, 0.01)[-1][0]
    theirs = run_torch(
        torch,
        lambda p: package.AdaPNM(
            p, lr=0.01, betas=(0.9, 0.999, 0.9), ams_bound=True, weight_decay=0.0
        ),
        start,
        gradients,
    )
    np.testing.assert_allclose(found, theirs[0], atol=5e-8)
