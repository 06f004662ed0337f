"""The update rules: known answers, ten-line references, PyTorch, and what each promises."""

import importlib
import math

import numpy as np
import pytest

from bench_optimization._rules.adabelief import AdaBelief, rectification
from bench_optimization._rules.adagrad import AdaGrad
from bench_optimization._rules.adam import Adam
from bench_optimization._rules.adamnc import AdamNC
from bench_optimization._rules.adamomentum import AdaMomentum
from bench_optimization._rules.adamw import AdamW
from bench_optimization._rules.ademamix import AdEMAMix, slow_beta
from bench_optimization._rules.amsgrad import AMSGrad
from bench_optimization._rules.base import Rule
from bench_optimization._rules.lion import Lion
from bench_optimization._rules.momentum import Momentum
from bench_optimization._rules.nadam import NAdam
from bench_optimization._rules.nesterov import Nesterov
from bench_optimization._rules.rmsprop import RMSProp
from bench_optimization._rules.schedule_free_adamw import ScheduleFreeAdamW
from bench_optimization._rules.schedule_free_sgd import ScheduleFreeSGD
from bench_optimization._rules.sgd import SGD
from bench_optimization._rules.signum import Signum

START = (1.0, -2.0, 0.5)
STREAM = ((1, -2, 0.5), (-0.5, -1, 0), (2, 0.3, -1), (0, 1.5, -0.2), (-1, -0.1, 0.4))
ALL = {
    "sgd": SGD(weight_decay=0.03),
    "momentum": Momentum(0.8, weight_decay=0.03),
    "nesterov": Nesterov(0.8, weight_decay=0.03),
    "adagrad": AdaGrad(eps=1e-3, weight_decay=0.03),
    "rmsprop": RMSProp(0.8, eps=1e-3, weight_decay=0.03),
    "adam": Adam(0.8, 0.95, 1e-3),
    "adamw": AdamW(0.8, 0.95, 1e-3, weight_decay=0.03),
    "nadam": NAdam(0.8, 0.95, 1e-3, psi=0.1, weight_decay=0.03),
    "amsgrad paper": AMSGrad(0.8, 0.95, 1e-3, "paper", 0.03),
    "amsgrad torch": AMSGrad(0.8, 0.95, 1e-3, "torch", 0.03),
    "amsgrad optax": AMSGrad(0.8, 0.95, 1e-3, "optax", 0.03),
    "adamnc": AdamNC(0.8, 1e-3),
    "lion": Lion(0.8, 0.95, 0.03),
    "signum": Signum(0.8, 0.03),
    "ademamix": AdEMAMix(0.8, 0.95, 1e-3, 0.03, beta3=0.99, alpha=3.0, warmup=20),
    "adabelief": AdaBelief(0.8, 0.95, 1e-3, 0.03),
    "adabelief rectified": AdaBelief(0.8, 0.95, 1e-3, 0.03, rectify=True),
    "adamomentum": AdaMomentum(0.8, 0.95, 1e-3, 0.03),
    "adamomentum rectified": AdaMomentum(0.8, 0.95, 1e-3, 0.03, rectify=True),
    "schedule_free_sgd": ScheduleFreeSGD(0.8, 0.03),
    "schedule_free_adamw": ScheduleFreeAdamW(0.8, 0.03, 0.95, 1e-3),
}
BUFFERS = {SGD: 0, AMSGrad: 3, AdEMAMix: 3} | dict.fromkeys(
    (Momentum, Nesterov, AdaGrad, RMSProp, Lion, Signum, ScheduleFreeSGD), 1
)


@pytest.fixture(params=ALL)
def name(request):
    return request.param


def run(rule, gradients=STREAM, rate=0.1, start=START, dtype=np.float64):
    """All points of a run on gradients that don't depend on the point."""
    x = np.array(start, dtype)
    rule.start([x])
    points = []
    for step, gradient in enumerate(gradients, 1):
        now = rate(step) if callable(rate) else rate
        rule.step([x], [np.array(gradient, dtype)], now)
        points.append(x.copy())
    return np.array(points)


# Known answers.

KNOWN = [
    (Lion(weight_decay=0.01), 1, (0.899, -1.898, 0.3995)),
    (Lion(weight_decay=0.01), 2, (0.998101, -1.796102, 0.2991005)),
    (Lion(weight_decay=0.01), 3, (0.897102899, -1.894305898, 0.3988013995)),
    (Lion(weight_decay=0.01), 5, (0.8954095903, -1.8904191805, 0.3979041955)),
    (AMSGrad(variant="torch"), 5, (0.7337625792, -1.7221287783, 0.4165677937)),
    (AMSGrad(variant="optax"), 5, (0.7496390284, -1.7714225389, 0.4296644342)),
    (AMSGrad(eps=0.0), 5, (-0.1638205101, -0.8539712871, 0.3412750334)),
    (
        AdEMAMix(beta3=0.9999, alpha=8.0, weight_decay=0.01),
        1,
        (0.898920001, -1.8979200005, 0.399420002),
    ),
    (
        AdEMAMix(beta3=0.9999, alpha=8.0, weight_decay=0.01),
        5,
        (0.7288476881, -1.7124109104, 0.4145462838),
    ),
    (
        AdEMAMix(beta3=0.9999, alpha=8.0, weight_decay=0.01, warmup=4),
        1,
        (0.8989202401, -1.8979202396, 0.3994202411),
    ),
    (
        AdEMAMix(beta3=0.9999, alpha=8.0, weight_decay=0.01, warmup=4),
        5,
        (0.7281969942, -1.711177278, 0.4139756313),
    ),
    (
        AdaBelief(eps=1e-16, weight_decay=0.01),
        1,
        (0.8878888889, -1.8868888889, 0.3883888889),
    ),
    (
        AdaBelief(eps=1e-16, weight_decay=0.01),
        2,
        (0.8586309207, -1.7774801806, 0.3139194357),
    ),
    (
        AdaBelief(eps=1e-16, weight_decay=0.01),
        5,
        (0.7016206165, -1.6783835904, 0.4025907841),
    ),
    (AdaBelief(eps=1e-8, weight_decay=0.01), 5, (0.7016221989, -1.6783843928, 0.4025956515)),
    (AdaBelief(eps=1e-16, weight_decay=0.01, rectify=True), 1, (0.899, -1.798, 0.4495)),
    (
        AdaBelief(eps=1e-16, weight_decay=0.01, rectify=True),
        5,
        (0.7035479367, -1.5342837563, 0.4737656096),
    ),
    (AdaMomentum(), 2, (-0.2764846783, -0.3943686483, -0.9979388616)),
    (AdaMomentum(), 5, (-1.3692673857, 0.094305204, -0.0859076125)),
    (AdaMomentum(eps=1e-8), 1, (0.0004996253, -1.0001249766, -0.4980059801)),
    (AdaMomentum(eps=1e-8), 5, (-1.3683050987, 0.0940794506, -0.084358987)),
]


@pytest.mark.parametrize(("rule", "step", "point"), KNOWN)
def test_known_answers(rule, step, point):
    np.testing.assert_allclose(run(rule)[step - 1], point, rtol=0, atol=2e-10)


def test_adamomentum_s_first_step_is_ten_rates():
    np.testing.assert_allclose(run(AdaMomentum())[0], (0, -1, -0.5), rtol=0, atol=1e-9)


def test_amsgrad_with_falling_rates():
    found = run(AMSGrad(beta2=0.99, eps=0.0), rate=lambda t: 0.1 / math.sqrt(t))[-1]
    known = (0.7520829404, -1.7353662079, 0.4095782227)
    np.testing.assert_allclose(found, known, rtol=0, atol=1e-10)


def test_the_slow_beta_of_ademamix():
    parts = (0, 0.01, 0.1, 0.5, 0.9, 1)
    known = (0.9, 0.99090016, 0.99900891, 0.99980020, 0.99988890, 0.9999)
    found = [slow_beta(part, 0.9, 0.9999) for part in parts]
    np.testing.assert_allclose(found, known, rtol=0, atol=6e-9)
    assert slow_beta(1.5, 0.9, 0.9999) == 0.9999
    assert slow_beta(0.0, 0.95, 0.9) == 0.9  # never above beta3
    assert slow_beta(0.0, 0.0, 0.9999) == pytest.approx(0.9)


def test_adabelief_s_rectification():
    assert [rectification(0.999, t) for t in range(1, 6)] == [0] * 5
    longest, power = 1999.0, 0.999**6
    length = longest - 12 * power / (1 - power)
    assert length == pytest.approx(5.994, abs=1e-3)
    told = (length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length)
    assert rectification(0.999, 6) == pytest.approx(math.sqrt((1 - power) * told), rel=1e-12)


# Laws of the steps.


def lengths(rule, gradients, rate=1e-3):
    """How far each step goes, in rates."""
    points = run(rule, [[g] for g in gradients], rate, start=(0.0,))[:, 0]
    return np.abs(np.diff(np.append(0.0, points))) / rate


def test_steps_of_adabelief_on_a_constant_gradient():
    found = lengths(AdaBelief(eps=1e-30), np.ones(1000))[[0, 1, 9, 99, 999]]
    np.testing.assert_allclose(found, (1.1111, 1.1680, 1.6354, 4.9551, 20.0312), atol=6e-5)
    t = np.arange(1, 1001)
    sums = np.cumsum(0.999**-t * 0.9 ** (2 * t)) * 0.999**t
    law = 1 / np.sqrt(0.001 / (1 - 0.999**t) * sums)
    every = lengths(AdaBelief(eps=1e-30), np.ones(1000))
    np.testing.assert_allclose(every, law, rtol=1e-9)


def test_steps_of_adamomentum_on_a_constant_gradient():
    found = lengths(AdaMomentum(eps=1e-30), np.ones(1000))[[0, 1, 4, 9, 99, 999]]
    known = (10, 6.58572, 3.50973, 2.22222, 1.07338, 1.00407)
    np.testing.assert_allclose(found, known, rtol=1e-5)


def test_steps_of_ademamix_on_a_constant_gradient():
    t = np.arange(1, 301)
    found = lengths(AdEMAMix(eps=0.0, beta3=0.99, alpha=8.0), np.ones(300))
    np.testing.assert_allclose(found, 1 + 8 * (1 - 0.99**t), rtol=1e-9)


ALTERNATING = [
    (Adam(eps=0.0), 0.1 / 1.9),
    (AdaBelief(eps=1e-30), 0.1 / 1.8),
    (AdaMomentum(eps=1e-30), 1.0),
]


@pytest.mark.parametrize(("rule", "step"), ALTERNATING)
def test_steps_on_an_alternating_gradient(rule, step):
    found = lengths(rule, (-1.0) ** np.arange(20_000))
    np.testing.assert_allclose(found[-10:], step, rtol=1e-6)


@pytest.mark.parametrize(
    ("rule", "step"),
    [(Adam(eps=0.0), 0.229), (AdaBelief(eps=1e-30), 0.248), (AdaMomentum(eps=1e-30), 1.0)],
)
def test_steps_on_white_noise(rule, step):
    rng = np.random.default_rng(0)
    x = np.zeros(200)
    rule.start([x])
    squares = []
    for t in range(6000):
        before = x.copy()
        rule.step([x], [rng.normal(size=200)], 1.0)
        if t >= 4000:
            squares.append(np.mean((x - before) ** 2))
    assert math.sqrt(np.mean(squares)) == pytest.approx(step, rel=0.02)


def test_lion_stays_within_a_box_and_moves_by_the_rate():
    rng = np.random.default_rng(3)
    gradients = rng.normal(size=(300, 3))
    points = run(Lion(weight_decay=2.0), gradients, rate=0.4)
    assert (np.abs(points) <= np.maximum(np.abs(START), 0.5) + 1e-12).all()
    free = run(Lion(), gradients, rate=0.01)
    np.testing.assert_allclose(np.abs(np.diff(free, axis=0)), 0.01, rtol=1e-12)


def test_signum_is_lion_with_one_beta():
    same = run(Lion(0.9, 0.9, 0.1)), run(Signum(0.9, 0.1))
    np.testing.assert_array_equal(*same)


def test_ademamix_without_the_slow_momentum_is_adamw():
    same = run(AdEMAMix(alpha=0.0, weight_decay=0.01)), run(AdamW(weight_decay=0.01))
    np.testing.assert_allclose(*same, rtol=1e-15)


def test_amsgrad_is_adam_while_the_second_moment_grows():
    gradients = np.outer(1.2 ** np.arange(30), (1, -2, 0.5))
    found = run(AMSGrad(eps=0.0), gradients)
    x, m, v = np.array(START), 0.0, 0.0
    for g, point in zip(gradients, found, strict=True):
        m, v = 0.9 * m + (1 - 0.9) * g, 0.999 * v + (1 - 0.999) * g**2
        x = x - 0.1 * m / np.sqrt(v)
        np.testing.assert_array_equal(point, x)


def test_adamnc_without_momentum_is_adagrad():
    found = run(AdamNC(beta1=0.0, eps=0.0), STREAM[::2], rate=lambda t: 0.1 / math.sqrt(t))
    np.testing.assert_allclose(found, run(AdaGrad(eps=0.0), STREAM[::2]), rtol=1e-13)


def test_adamomentum_without_momentum_is_rmsprop_with_a_corrected_bias():
    found = run(AdaMomentum(beta1=0.0, beta2=0.9, eps=1e-20), STREAM[::2])
    x, v = np.array(START), 0.0
    for t, gradient in enumerate(STREAM[::2], 1):
        v = 0.9 * v + 0.1 * np.array(gradient) ** 2 + 1e-20
        x = x - 0.1 * np.array(gradient) / np.sqrt(v / (1 - 0.9**t))
    np.testing.assert_allclose(found[-1], x, rtol=1e-13)


def test_one_outlier_slows_amsgrad_longer_than_adam():
    def steps(rule, spike):
        x = np.ones(1)
        rule.start([x])
        for t in range(1, 9000):
            rule.step([x], [x * (spike if t == 1 else 1)], 0.01)
            if abs(x[0]) < 0.1:
                return t
        return None

    assert steps(Adam(), 1000) == 3213
    assert steps(AMSGrad(variant="torch"), 1000) == 7679
    assert steps(Adam(), 1) == steps(AMSGrad(variant="torch"), 1) == 137


def rosenbrock(rule, rate, start, target, most):
    """Steps until the function of Rosenbrock is below a target."""
    x = np.array(start, float)
    rule.start([x])
    for step in range(1, most + 1):
        a, b = x
        gradient = np.array([2 * (a - 1) - 400 * a * (b - a * a), 200 * (b - a * a)])
        rule.step([x], [gradient], rate)
        if (1 - x[0]) ** 2 + 100 * (x[1] - x[0] ** 2) ** 2 < target:
            return step
    return None


@pytest.mark.parametrize(
    ("rule", "start", "target", "steps"),
    [
        (Adam(), (-3, 5), 1e-4, 20275),
        (AdEMAMix(beta3=0.999, alpha=9.0), (-3, 5), 1e-4, 10358),
        (Lion(), (-3, 5), 1e-4, 8016),
        (Adam(), (-1.5, 2), 1e-4, 9349),
        (AdEMAMix(beta3=0.999, alpha=9.0), (-1.5, 2), 1e-4, 5240),
        (AdaBelief(), (-1.5, 2), 1e-3, 6002),
        (AdaMomentum(), (-1.5, 2), 1e-3, 7034),
    ],
)
def test_steps_down_rosenbrock_s_valley(rule, start, target, steps):
    found = rosenbrock(rule, 1e-3, start, target, 25_000)
    assert found == pytest.approx(steps, rel=0.001)


# References: the formulas in plain numpy.


B1, B2, EPS, DECAY = 0.8, 0.95, 1e-3, 0.03  # of all rules in ALL


class Past:
    """The sums that references keep, after the gradient of step t was taken in."""

    m = v = s = slow = largest = 0.0
    product = 1.0

    def take(self, t, g):
        self.m, self.v = B1 * self.m + (1 - B1) * g, B2 * self.v + (1 - B2) * g**2
        self.first, self.second = self.m / (1 - B1**t), self.v / (1 - B2**t)


def summed(keep, take, what=lambda g: g):
    def add(past, g):
        past.s = keep * past.s + take * what(g)
        return past.s

    return add


def nadam(past, t, g):
    now, then = (B1 * (1 - 0.5 * 0.96 ** (0.1 * at)) for at in (t, t + 1))
    past.product *= now
    ahead = then * past.m / (1 - past.product * then) + (1 - now) * g / (1 - past.product)
    return ahead / (np.sqrt(past.second) + EPS)


def schedule_free(adaptive):
    """Steps of the point y = (1 - beta) z + beta x, from the definitions of x, y and z."""

    def step(past, t, g, y, rate):
        if t == 1:
            past.z = past.x = y
            past.weights = past.largest = 0.0
        past.largest = max(past.largest, rate)
        past.weights += past.largest**2
        d = (g / (np.sqrt(past.second) + EPS) if adaptive else g) + DECAY * y
        past.z = past.z - rate * d
        past.x = past.x + past.largest**2 / past.weights * (past.z - past.x)
        return (1 - B1) * past.z + B1 * past.x

    return step


def amsgrad(option):
    def step(past, t, g):
        past.largest = np.maximum(past.largest, past.second if option == "optax" else past.v)
        below = past.largest / (1 - B2**t) if option == "torch" else past.largest
        return (past.m if option == "paper" else past.first) / (np.sqrt(below) + EPS)

    return step


def adamnc(past, t, g):
    past.s = past.s + (g**2 - past.s) / t
    return past.m / (np.sqrt(past.s) + EPS)


def lion(past, t, g):
    vote = B1 * past.s + (1 - B1) * g
    past.s = B2 * past.s + (1 - B2) * g
    return np.sign(vote)


def ademamix(past, t, g):
    part = min(t / 20, 1)
    first, last = math.log(B1), math.log(0.99)
    beta = math.exp(first * last / ((1 - part) * last + part * first))
    past.slow = beta * past.slow + (1 - beta) * g
    return (past.first + 3 * part * past.slow) / (np.sqrt(past.second) + EPS)


def belief(difference, rectified):
    def step(past, t, g):
        d = g - past.m if difference else past.m
        past.s = B2 * past.s + (1 - B2) * d**2 + EPS
        if not rectified:
            return past.first / (np.sqrt(past.s / (1 - B2**t)) + (EPS if difference else 0))
        long = 2 / (1 - B2) - 1
        r = long - 2 * t * B2**t / (1 - B2**t)
        if r < 5:
            return past.first
        factor = (r - 4) * (r - 2) * long / ((long - 4) * (long - 2) * r) * (1 - B2**t)
        return math.sqrt(factor) * past.first / (np.sqrt(past.s) + EPS)

    return step


heavy, squares, mean_square = (
    summed(0.8, 1),
    summed(1, 1, np.square),
    summed(0.8, 1 - 0.8, np.square),
)
# Name -> the step in rates, of (past, t, gradient).
FORMULAS = {
    "sgd": lambda past, t, g: g,
    "momentum": lambda past, t, g: heavy(past, g),
    "nesterov": lambda past, t, g: g + 0.8 * heavy(past, g),
    "adagrad": lambda past, t, g: g / (np.sqrt(squares(past, g)) + EPS),
    "rmsprop": lambda past, t, g: g / (np.sqrt(mean_square(past, g)) + EPS),
    "adam": lambda past, t, g: past.first / (np.sqrt(past.second) + EPS),
    "adamw": lambda past, t, g: past.first / (np.sqrt(past.second) + EPS),
    "nadam": nadam,
    "amsgrad paper": amsgrad("paper"),
    "amsgrad torch": amsgrad("torch"),
    "amsgrad optax": amsgrad("optax"),
    "adamnc": adamnc,
    "lion": lion,
    "signum": lambda past, t, g: np.sign(past.m),
    "ademamix": ademamix,
    "adabelief": belief(True, False),
    "adabelief rectified": belief(True, True),
    "adamomentum": belief(False, False),
    "adamomentum rectified": belief(False, True),
}


def reference(name, gradients, rates, x):
    """The last point of a rule in ALL, by the paper's formula."""
    past = Past()
    for t, (g, rate) in enumerate(zip(gradients, rates, strict=True), 1):
        past.take(t, g)
        if name.startswith("schedule_free"):
            x = schedule_free(name == "schedule_free_adamw")(past, t, g, x, rate)
            continue
        if name not in ("adam", "adamnc"):
            x = x * (1 - rate * DECAY)
        x = x - rate * FORMULAS[name](past, t, g)
    return x


@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float64, 1e-12), (np.float32, 3e-5)])
def test_a_rule_is_its_formula_over_50_steps(name, dtype, tolerance):
    rng = np.random.default_rng(17)
    gradients = rng.normal(size=(50, 40)).astype(dtype)
    gradients[:, 3] = 0  # a coordinate that nothing depends on
    rates = 0.1 / np.sqrt(np.arange(1, 51))
    x = rng.normal(size=40).astype(dtype)
    expected = reference(name, gradients.astype(float), rates, x.astype(float))
    ALL[name].start([x])
    for gradient, rate in zip(gradients, rates, strict=True):
        ALL[name].step([x], [gradient], float(rate))
    np.testing.assert_allclose(x, expected, rtol=tolerance, atol=tolerance)


# PyTorch.

TORCH = {
    "SGD": (Momentum(0.9), {"lr": 0.01, "momentum": 0.9}),
    "SGD Nesterov": (Nesterov(0.9), {"lr": 0.01, "momentum": 0.9, "nesterov": True}),
    "Adagrad": (AdaGrad(), {"lr": 0.01}),
    "RMSprop": (RMSProp(), {"lr": 0.01}),
    "Adam": (Adam(), {"lr": 0.01}),
    "Adam AMSGrad": (AMSGrad(variant="torch"), {"lr": 0.01, "amsgrad": True}),
    "AdamW": (AdamW(weight_decay=0.1), {"lr": 0.01, "weight_decay": 0.1}),
    "NAdam": (NAdam(), {"lr": 0.01}),
}


def both_after(torch, rule, make, rate, options):
    """Our parameters and theirs after 100 steps on the same gradients, and their optimiser."""
    rng = np.random.default_rng(2)
    start, gradients = rng.normal(size=(4, 5)), rng.normal(size=(100, 4, 5))
    theirs = torch.tensor(start, requires_grad=True)
    optimiser = make([theirs], **options)
    getattr(optimiser, "train", lambda: None)()
    ours = start.copy()
    rule.start([ours])
    for t, gradient in enumerate(gradients, 1):
        theirs.grad = torch.tensor(gradient)
        optimiser.step()
        rule.step([ours], [gradient], rate(t))
    return ours, theirs.detach().numpy(), optimiser


@pytest.mark.parametrize("name", TORCH)
def test_pytorch_takes_the_same_steps(name):
    torch = pytest.importorskip("torch", reason="PyTorch is an extra")
    rule, options = TORCH[name]
    make = getattr(torch.optim, name.split()[0])
    ours, theirs, _ = both_after(torch, rule, make, lambda t: 0.01, options)
    # NAdam's product of momenta is a float32 there.
    close = 1e-8 if name == "NAdam" else 1e-12
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=close)


THEIRS = {
    "Lion": (Lion(weight_decay=0.1), {"weight_decay": 0.1, "weight_decouple": True}),
    "AdaBelief": (
        AdaBelief(eps=1e-12, weight_decay=0.1),
        {"eps": 1e-12, "weight_decay": 0.1, "weight_decouple": True},
    ),
    "AdEMAMix": (
        AdEMAMix(beta3=0.9999, alpha=5.0, weight_decay=0.1),
        {"weight_decay": 0.1, "weight_decouple": True},
    ),
}


@pytest.mark.parametrize("name", THEIRS)
def test_pytorch_optimizer_takes_the_same_steps(name):
    torch = pytest.importorskip("torch", reason="PyTorch is an extra")
    package = pytest.importorskip("pytorch_optimizer", reason="an extra too")
    rule, options = THEIRS[name]
    options = {"lr": 0.01, **options}
    ours, theirs, _ = both_after(torch, rule, getattr(package, name), lambda t: 0.01, options)
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-12)


@pytest.mark.parametrize("name", ["SGDScheduleFree", "AdamWScheduleFree"])
@pytest.mark.parametrize("warmup", [0, 20])
def test_schedulefree_takes_the_same_steps(name, warmup):
    torch = pytest.importorskip("torch", reason="PyTorch is an extra")
    package = pytest.importorskip("schedulefree", reason="an extra too")
    rule = {"SGDScheduleFree": ScheduleFreeSGD, "AdamWScheduleFree": ScheduleFreeAdamW}[name](
        weight_decay=0.1
    )
    options = {"lr": 0.05, "weight_decay": 0.1, "warmup_steps": warmup, "foreach": False}
    ours, theirs, optimiser = both_after(
        torch,
        rule,
        getattr(package, name),
        lambda t: 0.05 * min(t / warmup, 1) if warmup else 0.05,
        options,
    )
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-12)
    optimiser.eval()  # moves their parameters, which are those compared, to the answer
    np.testing.assert_allclose(rule.answer([ours])[0], theirs, atol=1e-12)


def test_the_answer_of_schedule_free_sgd_is_the_mean_of_its_plain_steps():
    x, z, rule = np.array(START), np.array(START), ScheduleFreeSGD()
    rule.start([x])
    steps = []
    for gradient in STREAM:
        rule.step([x], [np.array(gradient, float)], 0.1)
        z = z - 0.1 * np.array(gradient)
        steps.append(z)
    np.testing.assert_allclose(rule.answer([x])[0], np.mean(steps, axis=0), rtol=1e-12)
    np.testing.assert_allclose(x, 0.1 * z + 0.9 * np.mean(steps, axis=0), rtol=1e-12)


# What holds for all.


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_arrays_of_every_shape(name, dtype):
    """A list of arrays, empty and unaligned ones too, goes the way of one long array."""
    rng = np.random.default_rng(8)
    shapes = [(), (0,), (1,), (7,), (3, 0), (4, 5), (2, 3, 2, 3)]
    unaligned = rng.normal(size=10).astype(dtype)[1:]
    several = [np.array(rng.normal(size=shape), dtype) for shape in shapes] + [unaligned]
    whole = np.concatenate([array.ravel() for array in several])
    rule, twin = ALL[name], type(ALL[name])(**vars_of(ALL[name]))
    rule.start(several)
    twin.start([whole])
    for _ in range(12):
        flat = rng.normal(size=whole.size).astype(dtype)
        cuts = np.cumsum([array.size for array in several])[:-1]
        pieces = np.split(flat.copy(), cuts)
        parts = [p.reshape(a.shape) for p, a in zip(pieces, several, strict=True)]
        rule.step(several, parts, 0.05)
        twin.step([whole], [flat], 0.05)
        np.testing.assert_array_equal(np.concatenate([p.ravel() for p in parts]), flat)
    np.testing.assert_array_equal(np.concatenate([a.ravel() for a in several]), whole)
    shown = [(type(array), array.shape, array.dtype) for array in rule.answer(several)]
    assert shown == [(np.ndarray, array.shape, np.dtype(dtype)) for array in several]


def vars_of(rule):
    return {name: getattr(rule, name) for name in rule.__dataclass_fields__}


def test_state_is_as_large_as_the_paper_says(name):
    rule = ALL[name]
    x = np.zeros((30, 5), np.float32)
    rule.start([x, np.zeros(3)])
    wanted = BUFFERS.get(type(rule), 2)
    assert sum(array.nbytes for array in rule.state) == wanted * (x.nbytes + 24)
    assert all(array.dtype in (np.float32, np.float64) for array in rule.state)


def test_lion_keeps_half_of_what_adam_keeps():
    kept = []
    for rule in (Lion(), Adam()):
        rule.start([np.zeros((8, 9)), np.zeros(4, np.float32)])
        kept.append(sum(array.nbytes for array in rule.state))
    assert kept[0] / kept[1] == 0.5


def test_a_new_start_forgets_the_old_run(name):
    np.testing.assert_array_equal(run(ALL[name]), run(ALL[name]))


SCALE_FREE = {
    "lion": Lion(),
    "signum": Signum(),
    "adagrad": AdaGrad(eps=0.0),
    "rmsprop": RMSProp(eps=0.0),
    "adam": Adam(eps=0.0),
    "nadam": NAdam(eps=0.0),
    "amsgrad": AMSGrad(eps=0.0),
    "adamnc": AdamNC(eps=0.0),
    "ademamix": AdEMAMix(eps=0.0),
    "adabelief": AdaBelief(eps=0.0),
    "adamomentum": AdaMomentum(eps=0.0),
}


@pytest.mark.parametrize("rule", SCALE_FREE.values(), ids=SCALE_FREE)
def test_gradients_times_a_constant_give_the_same_steps(rule):
    rng = np.random.default_rng(0)
    gradients = rng.normal(size=(20, 3))
    once = run(rule, gradients)
    assert np.isfinite(once).all()
    np.testing.assert_array_equal(run(rule, gradients * 2.0**20), once)
    np.testing.assert_allclose(run(rule, gradients * 1e-3), once, rtol=1e-9, atol=1e-12)


def test_signs_and_order_of_coordinates_do_not_matter(name):
    rng = np.random.default_rng(1)
    gradients, start = rng.normal(size=(20, 6)), rng.normal(size=6)
    once = run(ALL[name], gradients, start=start)
    np.testing.assert_array_equal(run(ALL[name], -gradients, start=-start), -once)
    order = rng.permutation(6)
    np.testing.assert_array_equal(
        run(ALL[name], gradients[:, order], start=start[order]), once[:, order]
    )


def test_a_gradient_of_nan_spoils_its_own_coordinate_only(name):
    gradients = np.array(STREAM)
    gradients[2, 1] = np.nan
    spoilt, whole = run(ALL[name], gradients), run(ALL[name])
    assert np.isnan(spoilt[2:, 1]).all()
    np.testing.assert_array_equal(spoilt[:, [0, 2]], whole[:, [0, 2]])


def test_an_infinite_gradient_is_seen_by_all_but_signs(name):
    gradients = np.array(STREAM)
    gradients[2, 1] = np.inf
    spoilt, whole = run(ALL[name], gradients), run(ALL[name])
    assert np.isfinite(spoilt[2:, 1]).all() == (name in ("lion", "signum"))
    assert not np.isfinite(spoilt[2:, 1]).any() or name in ("lion", "signum")
    np.testing.assert_array_equal(spoilt[:, [0, 2]], whole[:, [0, 2]])


def test_a_quadratic_is_solved(name):
    """With falling rates every rule comes near to the minimum of |x|^2 / 2."""
    rule = ALL[name] if "rectified" in name else type(ALL[name])()
    x = np.array([1.0, -2.0, 0.5])
    rule.start([x])
    for t in range(2000):
        rule.step([x], [x.copy()], 0.05 * (1 - t / 2000))
    assert np.abs(x).max() < (0.7 if name == "adagrad" else 0.02)


# Bad input.


def test_gradients_of_another_layout_are_taken():
    x, y = np.ones((4, 3)), np.ones((4, 3))
    g = np.arange(12.0).reshape(3, 4).T
    rule = Adam()
    rule.start([x])
    rule.step([x], [g], 0.1)
    rule.start([y])
    rule.step([y], [np.ascontiguousarray(g)], 0.1)
    np.testing.assert_array_equal(x, y)


def test_gradients_of_another_dtype_are_taken():
    x, g = np.ones(3, np.float32), np.array([1.0, 2.0, 3.0])
    rule = SGD()
    rule.start([x])
    rule.step([x], [g], 0.5)
    assert x.tolist() == [0.5, 0.0, -0.5]


def test_a_gradient_of_another_shape_is_refused():
    rule = SGD()
    x = np.ones((2, 3))
    rule.start([x])
    with pytest.raises(ValueError, match=r"shape \(3, 2\), its parameter has \(2, 3\)"):
        rule.step([x], [np.ones((3, 2))], 0.1)


def test_parameters_of_another_size_than_at_the_start_are_refused():
    rule = Adam()
    rule.start([np.ones(3)])
    for size in (2, 4):
        with pytest.raises(ValueError, match=f"has {size} entries; at the start it had 3"):
            rule.step([np.ones(size)], [np.ones(size)], 0.1)


@pytest.mark.parametrize(
    "parameter",
    [np.ones(3, int), np.ones((4, 4))[:, 1], np.broadcast_to(1.0, (3,)), [1.0, 2.0]],
    ids=["integers", "a column", "read-only", "a list"],
)
def test_parameters_that_cannot_be_updated_are_refused(parameter):
    with pytest.raises(ValueError, match=r"array of float32|C-contiguous and writable"):
        Adam().start([parameter])


@pytest.mark.parametrize(
    ("make", "word"),
    [
        (lambda: Momentum(1.0), "momentum"),
        (lambda: Momentum(math.nan), "momentum"),
        (lambda: Adam(beta1=-0.1), "beta1"),
        (lambda: Adam(beta2=1.0), "beta2"),
        (lambda: Adam(eps=-1e-8), "eps"),
        (lambda: AdamW(weight_decay=math.inf), "weight_decay"),
        (lambda: SGD(weight_decay=-1), "weight_decay"),
        (lambda: AMSGrad(variant="keras"), "variant"),
        (lambda: AdEMAMix(beta3=1.0), "beta3"),
        (lambda: AdEMAMix(alpha=-1), "alpha"),
        (lambda: NAdam(psi=-1), "psi"),
        (lambda: Signum(beta=1.5), "beta"),
        (lambda: AdamNC(beta1=1.0), "beta1"),
        (lambda: RMSProp(beta2=2.0), "beta2"),
        (lambda: AdaGrad(eps=math.nan), "eps"),
        (lambda: Lion(beta2=-0.5), "beta2"),
    ],
)
def test_hyperparameters_out_of_range_are_refused(make, word):
    with pytest.raises(ValueError, match=f"{word} = .*expected"):
        make()


def test_every_rule_stands_in_a_file_of_its_name():
    for name, rule in ALL.items():
        module = importlib.import_module(f"bench_optimization._rules.{name.split()[0]}")
        assert getattr(module, type(rule).__name__) is type(rule)
        assert isinstance(rule, Rule)
