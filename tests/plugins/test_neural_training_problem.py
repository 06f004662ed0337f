"""The board of neural training: data, networks against central differences, answers, the oracle."""

import itertools

import numpy as np
import pytest

from bench_optimization.neural_training import _grammar, _losses, _symmetry, _targets, _workloads
from bench_optimization.neural_training.problem import NeuralTraining
from harness.api import BudgetSpent, Data, InvalidAnswer, InvalidCase, Meter
from harness.cases import make_case

PROBLEM = NeuralTraining()
TINY = [
    "mlp[width=5,samples=30]",
    "mlp[depth=0,samples=30]",
    "mlp[width=6,depth=4,activation=tanh,init=small,inputs=raw,samples=30]",
    "conv[channels=2,depth=1,samples=20]",
    "conv[channels=2,depth=3,samples=20]",
    "autoencoder[width=8,depth=2,code=3,samples=20]",
    "autoencoder[width=8,depth=1,code=3,activation=relu,samples=20]",
    "memory[keys=20,values=6,dimension=5,width=4,samples=40]",
    "factorisation[rows=7,columns=5,rank=2,factors=3,samples=40]",
    "transformer[width=4,depth=1,heads=1,context=5,samples=20]",
    "transformer[width=6,depth=2,heads=3,context=4,samples=20]",
]


def make(text):
    return PROBLEM.make(make_case("neural_training", PROBLEM, text), np.random.default_rng(0))


def opened(instance, limit=None):
    meter = Meter(limit)
    return PROBLEM.open(Data(instance.data), meter), meter


def network(instance):
    return _workloads.network(instance.data["net"])


def moved(instance, scale, seed=1):
    """Parameters in double precision, away from the start, so that no symmetry hides a fault."""
    rng = np.random.default_rng(seed)
    return [a + scale * rng.standard_normal(a.shape) for a in instance.data["start"]]


# Networks


@pytest.mark.parametrize("text", TINY)
def test_gradients_are_those_of_central_differences(text):
    instance = make(text)
    net, data = network(instance), instance.data
    inputs, wanted = data["inputs"][:9], data["wanted"][:9]
    if data["inputs"].dtype == np.float32:
        inputs = inputs.astype(np.float64) / max(1, inputs.max())
    if data["wanted"].dtype == np.float32:
        wanted = wanted.astype(np.float64)
    parameters = moved(instance, 0.3)
    rng = np.random.default_rng(2)
    gradient = net.gradient(parameters, inputs, wanted)
    assert [part.shape for part in gradient] == [part.shape for part in parameters]
    for number, array in enumerate(parameters):
        assert gradient[number].dtype == np.float64
        for _ in range(4):
            direction = rng.standard_normal(array.shape)
            slopes = []
            for step in (1e-5, -1e-5):
                changed = [
                    *parameters[:number],
                    array + step * direction,
                    *parameters[number + 1 :],
                ]
                slopes.append(net.losses(changed, inputs, wanted)[0].mean() / 2e-5)
            slope = slopes[0] - slopes[1]
            found = float((gradient[number] * direction).sum())
            assert found == pytest.approx(slope, rel=2e-6, abs=1e-9)


@pytest.mark.parametrize("text", TINY)
def test_single_precision_agrees_with_double(text):
    instance = make(text)
    net, data = network(instance), instance.data
    single = net.gradient(data["start"], data["inputs"], data["wanted"])
    double = net.gradient(
        [a.astype(np.float64) for a in data["start"]], data["inputs"], data["wanted"]
    )
    for one, two in zip(single, double, strict=True):
        assert one.dtype == np.float32
        np.testing.assert_allclose(one, two, atol=2e-5 * max(1e-3, np.abs(two).max()))


@pytest.mark.parametrize("text", TINY)
def test_a_batch_is_the_mean_of_its_samples_and_the_whole_of_all(text):
    oracle, meter = opened(make(text))
    at = oracle.start
    indices = np.array([3, 0, 3, 11])
    singles = [oracle.stochastic_gradient(at, indices[i : i + 1]) for i in range(4)]
    batch = oracle.stochastic_gradient(at, indices)
    for number, part in enumerate(batch):
        mean = sum(single[number].astype(np.float64) for single in singles) / 4
        np.testing.assert_allclose(part, mean, atol=1e-6 * max(1, np.abs(mean).max()))
    assert meter.calls == 8
    whole = oracle.gradient(at)
    again = oracle.stochastic_gradient(at, np.arange(oracle.n))
    for one, two in zip(whole, again, strict=True):
        np.testing.assert_allclose(one, two, atol=1e-6 * max(1, np.abs(two).max()))
    assert meter.calls == 8 + 2 * oracle.n


def test_an_mlp_by_hand():
    """Two inputs of sixty-four, one unit, in numbers that can be checked with a pencil."""
    net = _workloads.network({"kind": "dense", "widths": [2, 1, 2], "activation": "relu"})
    parameters = [np.array(a, float) for a in ([[1, -1]], [1], [[2], [0]], [0, 0])]
    inputs, wanted = np.array([[2.0, 1.0], [0.0, 3.0]]), np.array([0, 1])
    losses, right = net.losses(parameters, inputs, wanted)
    # h = relu(2 - 1 + 1) = 2, logits (4, 0); and h = relu(-2) = 0, logits (0, 0): a tie is wrong
    assert losses == pytest.approx([np.log1p(np.exp(-4)), np.log(2)])
    assert right.tolist() == [True, False]
    p = 1 / (1 + np.exp(4))
    weight0, bias0, weight1, bias1 = net.gradient(parameters, inputs, wanted)
    assert weight1.ravel() == pytest.approx([-p, p])
    assert bias1 == pytest.approx([(-p + 0.5) / 2, (p - 0.5) / 2])
    assert weight0.ravel() == pytest.approx([-2 * p, -p])
    assert bias0 == pytest.approx([-p])


def test_a_dead_unit_has_no_gradient():
    instance = make("mlp[width=4,depth=1,samples=30]")
    parameters = [a.copy() for a in instance.data["start"]]
    parameters[1][2] = -1e3
    gradient = network(instance).gradient(
        parameters, instance.data["inputs"], instance.data["wanted"]
    )
    assert not gradient[0][2].any()
    assert gradient[1][2] == 0
    assert not gradient[2][:, 2].any()
    assert gradient[0].any()


def test_a_convolution_is_what_loops_make_it():
    rng = np.random.default_rng(0)
    net = _workloads.network({"kind": "conv", "side": 4, "channels": [2]})
    kernels, biases = rng.standard_normal((2, 1, 3, 3)), rng.standard_normal(2)
    head = rng.standard_normal((10, 2 * 2 * 2))
    images = rng.standard_normal((3, 16))
    logits = net._forward([kernels, biases, head, np.zeros(10)], images)[-1]
    for n in range(3):
        padded = np.pad(images[n].reshape(4, 4), 1)
        pooled = np.zeros((2, 2, 2))
        for c, i, j in itertools.product(range(2), range(4), range(4)):
            value = (padded[i : i + 3, j : j + 3] * kernels[c, 0]).sum() + biases[c]
            pooled[c, i // 2, j // 2] += max(value, 0) / 4
        assert logits[:, n] == pytest.approx(head @ pooled.ravel())


def test_characters_see_only_those_before_them():
    instance = make("transformer[width=8,depth=2,heads=2,context=6,samples=20]")
    net, start = network(instance), instance.data["start"]
    tokens = instance.data["inputs"][:1].copy()
    changed = tokens.copy()
    changed[0, 4] = (changed[0, 4] + 1) % len(_grammar.ALPHABET)
    one, two = (net._forward(start, which)[0] for which in (tokens, changed))
    np.testing.assert_array_equal(one[:, :4], two[:, :4])
    assert (one[:, 4] != two[:, 4]).any()
    assert (one[:, 5] != two[:, 5]).any()  # attention carries it on


def test_cross_entropy_of_huge_logits_is_exact():
    logits = np.array([[1e30, 0.0], [-1e30, 700.0]], np.float64)
    losses, right = _losses.cross_entropy(logits, np.array([0, 1]))
    assert losses.tolist() == [0.0, 0.0]
    assert right.all()


def test_rows_and_columns_of_a_factorisation_add_up():
    net = _workloads.network({"kind": "factors", "rows": 2, "columns": 1, "factors": 1})
    inputs, wanted = np.array([[0, 0], [0, 0], [1, 0]]), np.array([1.0, 3.0, 0.0])
    left, right = np.array([[2.0], [1.0]]), np.array([[1.0]])
    losses, none = net.losses([left, right], inputs, wanted)
    assert losses.tolist() == [1.0, 1.0, 1.0]
    assert none is None
    rows, columns = net.gradient([left, right], inputs, wanted)
    assert rows.ravel() == pytest.approx([0, 2 / 3])
    assert columns.ravel() == pytest.approx([2 / 3 * (1 * 2 - 1 * 2 + 1 * 1)])


# Workloads


def test_digits_are_split_without_overlap_and_scaled():
    instance = make("mlp")
    assert instance.data["inputs"].shape == (1438, 64)
    assert instance.truth["inputs"].shape == (359, 64)
    assert instance.data["inputs"].max() == 1
    assert make("mlp[inputs=raw]").data["inputs"].max() == 16
    total = instance.data["inputs"].sum(axis=0) + instance.truth["inputs"].sum(axis=0)
    other = make("mlp[samples=700]")
    np.testing.assert_allclose(
        total, other.data["inputs"].sum(axis=0) + other.truth["inputs"].sum(axis=0), rtol=1e-5
    )


@pytest.mark.parametrize(("init", "product"), [("he", 2), ("lecun", 1), ("small", 1 / 3)])
def test_starts_have_the_stated_variance(init, product):
    start = make(f"mlp[width=256,init={init}]").data["start"]
    for weight, bias in zip(start[::2], start[1::2], strict=True):
        assert weight.var() * weight.shape[1] == pytest.approx(product, rel=0.06)
        assert not bias.any()


def test_cases_that_differ_in_their_budget_alone_are_the_same_training():
    one, two = make("mlp[passes=5]"), make("mlp[passes=7]")
    assert (one.data["calls"], two.data["calls"]) == (5 * 1438, 7 * 1438)
    for left, right in zip(one.data["start"], two.data["start"], strict=True):
        np.testing.assert_array_equal(left, right)
    np.testing.assert_array_equal(one.data["inputs"], two.data["inputs"])
    other = make("mlp[passes=5,draw=1]")
    assert (other.data["start"][0] != one.data["start"][0]).any()
    assert (other.data["inputs"] != one.data["inputs"]).any()


def test_frequencies_of_keys_follow_zipf():
    instance = make("memory[keys=4,noise=0.0,samples=20000]")
    keys, counts = np.unique(instance.data["inputs"], axis=0, return_counts=True)
    assert len(keys) == 4
    np.testing.assert_allclose(
        np.sort(counts)[::-1] / 20000, np.array([12, 6, 4, 3]) / 25, rtol=0.1
    )


def test_known_entries_are_those_of_a_matrix_of_the_rank_and_variance():
    instance = make("factorisation[rows=30,columns=20,rank=2,noise=0.0,samples=20000]")
    matrix = np.full((30, 20), np.nan)
    places = instance.data["inputs"]
    matrix[places[:, 0], places[:, 1]] = instance.data["wanted"]
    assert not np.isnan(matrix).any()
    values = np.linalg.svd(matrix, compute_uv=False)
    assert values[2] < 1e-5 * values[0]
    assert 0.4 < matrix.var() < 2


def test_windows_of_text_follow_each_other():
    data = make("transformer[samples=50]").data
    np.testing.assert_array_equal(data["inputs"][:, 1:], data["wanted"][:, :-1])
    np.testing.assert_array_equal(data["inputs"][1:, 0], data["wanted"][:-1, -1])


def test_the_grammar_is_complete_balanced_and_repeats():
    rules = _grammar.RULES
    used = {
        part.partition("}")[0]
        for choices in rules.values()
        for _, text in choices
        for part in text.split("{")[1:]
    }
    assert used | {"text"} == set(rules)
    codes = _grammar.characters(20000, np.random.default_rng(0))
    text = "".join(_grammar.ALPHABET[code] for code in codes)
    assert len(text) == 20000
    lines = text.split("\n")[:-1]
    assert all(line[-1] in ".?" for line in lines)
    assert all(line.count("(") == line.count(")") for line in lines)
    assert all(line.count('"') % 2 == 0 for line in lines)
    assert len(set(lines)) > 0.9 * len(lines)
    np.testing.assert_array_equal(codes, _grammar.characters(20000, np.random.default_rng(0)))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("mlp[samples=1797]", "samples = 1797; expected 1 to 1796"),
        ("mlp[samples=0]", "samples = 0; expected 1"),
        ("mlp[width=0]", "width = 0; expected 1 at least"),
        ("mlp[passes=0]", "passes = 0; expected a number above 0"),
        ("mlp[activation=gelu]", "activation = 'gelu'; expected one of relu, tanh, identity"),
        ("mlp[init=large]", "init = 'large'; expected one of he, lecun, small"),
        ("mlp[inputs=centred]", "inputs = 'centred'; expected one of unit, raw"),
        ("transformer[width=30]", "width = 30 is no multiple of heads = 4"),
        ("factorisation[rank=0]", "rank = 0; expected 1 at least"),
        ("factorisation[samples=0]", "samples = 0; expected 1 at least"),
    ],
)
def test_cases_that_make_no_instance_are_refused(text, said):
    with pytest.raises(InvalidCase) as caught:
        make(text)
    assert said in str(caught.value)


# Answers


def test_the_start_costs_about_what_chance_does():
    for text, chance in [("mlp[init=small]", np.log(10)), ("conv", np.log(10))]:
        instance = make(text)
        cost, scores = PROBLEM.score(instance, instance.data["start"])
        assert cost == pytest.approx(chance, rel=0.15)
        assert set(scores) >= {"training_loss", "held_out_accuracy"}
    zero = [np.zeros_like(a) for a in instance.data["start"]]
    cost, scores = PROBLEM.score(instance, zero)
    assert cost == pytest.approx(np.log(10), rel=1e-12)
    assert scores["held_out_accuracy"] == 0


def test_a_perfect_factorisation_costs_nothing():
    instance = make("factorisation[rows=6,columns=5,rank=1,factors=1,noise=0.0,samples=400]")
    matrix = np.zeros((6, 5))
    places = instance.data["inputs"]
    matrix[places[:, 0], places[:, 1]] = instance.data["wanted"]
    u, s, v = np.linalg.svd(matrix)
    answer = [(u[:, :1] * s[0]).astype(np.float32), v[:1].T.astype(np.float32)]
    cost, scores = PROBLEM.score(instance, answer)
    assert cost < 1e-11
    assert scores["training_loss"] < 1e-11


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda a: a[:-1], "expected a list of 6 float32 arrays"),
        (lambda a: np.zeros(3), "expected a list of 6 float32 arrays"),
        (lambda a: [a[0].astype(np.float64), *a[1:]], "part 0 of the answer is no float32 array"),
        (lambda a: [a[0].T[:3], *a[1:]], "part 0 of the answer has the shape (3, 64)"),
        (lambda a: [*a[:-1], np.full_like(a[-1], np.nan)], "part 5 of the answer is not finite"),
        (lambda a: [*a[:-2], 1e38 * np.ones_like(a[-2]), a[-1]], ""),
    ],
)
def test_answers_that_are_none_are_refused(spoil, said):
    instance = make("mlp")
    if not said:
        PROBLEM.score(instance, spoil(instance.data["start"]))  # huge, and yet a number
        return
    with pytest.raises(InvalidAnswer) as caught:
        PROBLEM.score(instance, spoil(instance.data["start"]))
    assert said in str(caught.value)


def test_what_is_reached_is_told_where_a_target_is_known(monkeypatch):
    monkeypatch.setattr(_targets, "TARGETS", {"mlp[samples=50]": 2.5})
    instance = make("mlp[samples=50]")
    zero = [np.zeros_like(a) for a in instance.data["start"]]
    assert PROBLEM.score(instance, zero)[1]["reached"] == 1
    worse = [a.copy() for a in zero]
    worse[-1][0] = 10
    assert PROBLEM.score(instance, worse)[1]["reached"] == 0
    assert "reached" not in PROBLEM.score(make("mlp[samples=51]"), zero)[1]


@pytest.mark.parametrize("text", TINY)
def test_what_is_renamed_costs_the_same(text):
    instance = make(text)
    symmetry = _symmetry.renaming(instance, np.random.default_rng(3))
    answer = [a.astype(np.float32) for a in moved(symmetry.instance, 0.2)]
    cost, scores = PROBLEM.score(symmetry.instance, answer)
    back, scores_back = PROBLEM.score(instance, symmetry.back(answer))
    assert cost == pytest.approx(back, rel=1e-12)
    assert scores == pytest.approx(scores_back, rel=1e-12)
    same, _ = PROBLEM.score(instance, answer)
    assert same != pytest.approx(cost, rel=1e-6)


# The oracle


def test_calls_are_samples_and_end_with_the_budget():
    oracle, meter = opened(make("mlp[samples=40,passes=2]"))
    assert (oracle.n, oracle.calls, meter.limit) == (40, 80, 80)
    oracle.value(oracle.start)
    oracle.stochastic_value(oracle.start, np.arange(30))
    assert meter.calls == 70
    with pytest.raises(BudgetSpent):
        oracle.stochastic_gradient(oracle.start, np.arange(11))
    oracle.stochastic_gradient(oracle.start, np.arange(10))
    assert meter.calls == 80
    assert opened(make("mlp[samples=40,passes=2]"), 33)[1].limit == 33


def test_values_are_the_losses():
    instance = make("mlp[samples=40]")
    oracle, _ = opened(instance)
    assert oracle.value(oracle.start) == pytest.approx(
        PROBLEM.score(instance, oracle.start)[1]["training_loss"], rel=1e-6
    )
    halves = [oracle.stochastic_value(oracle.start, np.arange(20) + 20 * k) for k in range(2)]
    assert np.mean(halves) == pytest.approx(oracle.value(oracle.start), rel=1e-6)


def test_the_start_is_a_copy_and_names_tell_the_arrays():
    oracle, _ = opened(make("mlp"))
    oracle.start[0][:] = 0
    assert oracle.start[0].any()
    assert oracle.names == [
        "layer0.weight", "layer0.bias", "layer1.weight", "layer1.bias", "head.weight", "head.bias",
    ]  # fmt: skip
    oracle, _ = opened(make("transformer[depth=1]"))
    assert dict(zip(oracle.names, (a.shape for a in oracle.start), strict=True)) == {
        "embedding.weight": (len(_grammar.ALPHABET), 32),
        "position.weight": (32, 32),
        "block0.norm1.gain": (32,),
        "block0.attention.weight": (96, 32),
        "block0.mix.weight": (32, 32),
        "block0.norm2.gain": (32,),
        "block0.up.weight": (128, 32),
        "block0.down.weight": (32, 128),
        "norm.gain": (32,),
        "head.weight": (len(_grammar.ALPHABET), 32),
    }


@pytest.mark.parametrize(
    ("indices", "said"),
    [
        (np.array([40]), "an index is not within 0..39"),
        (np.array([-1]), "an index is not within 0..39"),
        (np.array([], np.int64), "an int64 array of one dimension"),
        (np.array([[1]]), "an int64 array of one dimension"),
        (np.array([1.0]), "an int64 array of one dimension"),
        ([1, 2], "an int64 array of one dimension"),
    ],
)
def test_bad_indices_are_told_and_cost_nothing(indices, said):
    oracle, meter = opened(make("mlp[samples=40]"))
    with pytest.raises(ValueError) as caught:  # noqa: PT011
        oracle.stochastic_gradient(oracle.start, indices)
    assert said in str(caught.value)
    assert meter.calls == 0


def test_bad_parameters_are_told():
    oracle, meter = opened(make("mlp[samples=40]"))
    start = oracle.start
    with pytest.raises(ValueError, match="5 arrays of parameters, expected 6"):
        oracle.gradient(start[:-1])
    with pytest.raises(ValueError, match=r"layer0.weight is float64\[64, 64\], expected float32"):
        oracle.gradient([start[0].astype(np.float64), *start[1:]])
    assert meter.calls == 0


def test_a_gradient_leaves_the_parameters_and_is_made_anew():
    oracle, _ = opened(make("transformer[width=4,depth=1,heads=1,context=5,samples=20]"))
    start = oracle.start
    first = oracle.stochastic_gradient(start, np.arange(4))
    kept = [a.copy() for a in first]
    oracle.stochastic_gradient(start, np.arange(4) + 4)
    for one, two, three, four in zip(start, oracle.start, first, kept, strict=True):
        np.testing.assert_array_equal(one, two)
        np.testing.assert_array_equal(three, four)
        assert three.flags.writeable


def test_divergence_makes_no_noise(recwarn):
    oracle, _ = opened(make("mlp[samples=40]"))
    huge = [np.full_like(a, 1e30) for a in oracle.start]
    gradient = oracle.gradient(huge)
    assert not all(np.isfinite(part).all() for part in gradient)
    assert not recwarn.list
