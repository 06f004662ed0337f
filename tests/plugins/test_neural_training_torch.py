"""Neural training with PyTorch: the same gradients, and optimisers that take the same steps."""

import importlib
from pathlib import Path

import numpy as np
import pytest

from bench_optimization import neural_training, neural_training_torch
from bench_optimization.neural_training import _workloads
from bench_optimization.neural_training.problem import NeuralTraining
from bench_optimization.neural_training_torch import _nets
from bench_optimization.neural_training_torch.problem import NeuralTrainingTorch
from harness.api import Data, Meter, Solver
from harness.cases import make_case
from harness.loading import Source, load_class

torch = pytest.importorskip("torch", reason="the board needs PyTorch")

PROBLEM, PLAIN = NeuralTrainingTorch(), NeuralTraining()
FOLDER = Path(neural_training_torch.__file__).parent
STEMS = sorted(path.stem for path in FOLDER.glob("[a-z]*.py") if path.stem != "problem")
OURS = [stem for stem in STEMS if not stem.startswith("peer_")]
SMALL = [
    "mlp[samples=100]",
    "mlp[depth=3,activation=tanh,init=lecun,samples=100]",
    "conv[depth=3,samples=50]",
    "autoencoder[samples=100]",
    "memory[samples=200]",
    "factorisation[samples=200]",
    "transformer[samples=20]",
    "transformer[width=9,depth=1,heads=3,context=5,samples=30]",
]


def solver_class(package, stem):
    module = importlib.import_module(f"{package.__name__}.{stem}")
    return load_class(Source(module.__file__, module.__name__), Solver, "solver")


@pytest.fixture(params=STEMS)
def any_class(request):
    found = solver_class(neural_training_torch, request.param)
    for name in found.requires:
        pytest.importorskip(name, reason=f"{request.param} needs it")
    return found


def make(text, problem=PLAIN):
    return problem.make(make_case("neural_training", problem, text), np.random.default_rng(0))


def answers(solver, instance, problem=PROBLEM, seed=0):
    oracle = problem.open(Data(instance.data), Meter())
    return [
        [np.array(array) for array in answer]
        for answer in solver.solve(oracle, np.random.default_rng(seed))
    ]


def furthest(left, right):
    """The largest difference of two answers, relative to the largest entry of each array."""
    return max(
        np.abs(one - two).max() / max(1e-3, np.abs(two).max())
        for one, two in zip(left, right, strict=True)
    )


# Gradients


@pytest.mark.parametrize("text", SMALL)
def test_gradients_are_ours(text):
    data = make(text).data
    rng = np.random.default_rng(0)
    parameters = [
        (a + 0.1 * rng.standard_normal(a.shape)).astype(np.float32) for a in data["start"]
    ]
    net = _workloads.network(data["net"])
    ours = net.gradient(parameters, data["inputs"], data["wanted"])
    theirs = _nets.gradient(data["net"], parameters, data["inputs"], data["wanted"])
    assert furthest(ours, theirs) < 2e-5
    tensors = [torch.from_numpy(a.astype(np.float64)) for a in parameters]
    inputs, wanted = (
        torch.from_numpy(a.astype(np.float64) if a.dtype == np.float32 else a)
        for a in (data["inputs"], data["wanted"])
    )
    loss = float(_nets.loss(data["net"], tensors, inputs, wanted))
    doubles = [tensor.numpy() for tensor in tensors]
    own = net.losses(doubles, inputs.numpy(), wanted.numpy())[0].mean()
    assert loss == pytest.approx(own, rel=1e-12)


def test_the_board_has_the_same_instances_and_scores():
    one, two = make("mlp[passes=5]"), make("mlp[passes=5]", PROBLEM)
    for left, right in zip(one.data["start"], two.data["start"], strict=True):
        np.testing.assert_array_equal(left, right)
    assert PLAIN.score(one, one.data["start"]) == PROBLEM.score(two, two.data["start"])
    for name, cases in PROBLEM.suites.items():
        assert set(cases) <= set(PLAIN.suites[name])
        assert name in ("smoke", "standard") or cases == PLAIN.suites[name]
    assert len(PROBLEM.suites["standard"]) == len(PLAIN.suites["standard"]) - 1


def test_the_oracle_counts_and_leaves_parameters():
    instance = make("mlp[samples=40,passes=3]")
    for part in (instance.data["inputs"], instance.data["wanted"]):
        part.flags.writeable = False  # as memory maps are
    meter = Meter()
    oracle = PROBLEM.open(Data(instance.data), meter)
    start = oracle.start
    whole = oracle.gradient(start)
    part = oracle.stochastic_gradient(start, np.arange(40))
    assert meter.calls == 80
    assert furthest(whole, part) < 1e-5
    assert furthest(start, oracle.start) == 0
    with pytest.raises(ValueError, match=r"an index is not within 0\.\.39"):
        oracle.stochastic_gradient(start, np.array([40]))


# Solvers


def test_a_solver_says_what_it_is(any_class):
    assert any_class.problem == "neural_training_torch"
    assert "torch" in any_class.requires
    assert bool(any_class.papers) == (any_class.role == "paper")
    low, high = any_class.space["learning_rate"][1:]
    assert low <= any_class().learning_rate <= high


@pytest.mark.parametrize("stem", OURS)
def test_ours_are_those_of_the_other_board(stem):
    here, there = (solver_class(p, stem) for p in (neural_training_torch, neural_training))
    assert issubclass(here, there)
    assert (here.role, here.papers, here.space) == (there.role, there.papers, there.space)
    assert here.__dataclass_fields__.keys() == there.__dataclass_fields__.keys()


def test_every_rule_of_the_other_board_is_here():
    other = Path(neural_training.__file__).parent
    known = {path.stem for path in other.glob("[a-z]*.py")} - {"problem", "claims"}
    assert set(OURS) == known


def test_every_solver_learns(any_class):
    instance = make("mlp[passes=5]")
    start, _ = PROBLEM.score(instance, instance.data["start"])
    cost, scores = PROBLEM.score(instance, answers(any_class(), instance)[-1])
    assert cost < 0.4 * start
    assert scores["held_out_accuracy"] > 0.85


def test_runs_repeat(any_class):
    instance = make("mlp[width=8,depth=1,samples=150,passes=2]")
    one, two, other = (answers(any_class(), instance, seed=seed)[-1] for seed in (1, 1, 2))
    assert furthest(one, two) == 0
    assert furthest(one, other) > 0


@pytest.mark.parametrize(
    ("peer", "ours", "setting", "tolerance"),
    [
        ("peer_torch_sgd", "momentum", {}, 1e-4),
        ("peer_torch_sgd", "nesterov", {}, 1e-4),
        ("peer_torch_adam", "adam", {}, 1e-3),
        ("peer_torch_adamw", "adamw", {"weight_decay": 0.1}, 1e-3),
        ("peer_torch_nadam", "nadam", {}, 1e-3),
        ("peer_torch_rmsprop", "rmsprop", {}, 1e-3),
        ("peer_torch_adagrad", "adagrad", {}, 1e-3),
        ("peer_torch_muon", "muon", {"weight_decay": 0.1}, 0.1),  # bfloat16
        ("peer_pytorch_optimizer_lion", "lion", {"weight_decay": 0.1}, 1e-2),
        ("peer_pytorch_optimizer_adabelief", "adabelief", {"weight_decay": 0.1}, 1e-3),
        ("peer_pytorch_optimizer_ademamix", "ademamix", {"weight_decay": 0.1}, 1e-3),
    ],
)
def test_peers_take_our_steps(peer, ours, setting, tolerance):
    """The same rate, batches and gradients; ten steps, in single precision."""
    theirs = solver_class(neural_training_torch, peer)
    for name in theirs.requires:
        pytest.importorskip(name, reason=f"{peer} needs it")
    own = solver_class(neural_training_torch, ours)
    setting = {"learning_rate": 0.01, **setting}
    extra = {"nesterov": True} if ours == "nesterov" else {}
    instance = make("mlp[width=16,depth=2,samples=320,passes=2]")
    one = answers(theirs(**setting, **extra), instance)
    two = answers(own(**setting), instance)
    assert len(one) == len(two) == 11
    moved = furthest(two[-1], two[0])
    assert moved > 5 * tolerance
    assert furthest(one[-1], two[-1]) < tolerance


def test_what_schedulefree_answers_is_what_its_eval_says():
    schedulefree = pytest.importorskip("schedulefree", reason="the peer needs it")
    found = solver_class(neural_training_torch, "peer_schedulefree_adamw")
    instance = make("mlp[width=8,depth=1,samples=128,passes=3]")
    setting = {"learning_rate": 0.01, "weight_decay": 0.1}
    last = answers(found(own_warmup=0.5, batch=0, **setting), instance)[-1]
    oracle = PROBLEM.open(Data(instance.data), Meter())
    tensors = [torch.from_numpy(array).requires_grad_() for array in oracle.start]
    plain = schedulefree.AdamWScheduleFree(
        tensors, lr=0.01, weight_decay=0.1, warmup_steps=round(0.5 * 3)
    )
    plain.train()
    for _ in range(3):
        arrays = [tensor.detach().numpy() for tensor in tensors]
        for tensor, slope in zip(tensors, oracle.gradient(arrays), strict=True):
            tensor.grad = torch.from_numpy(slope)
        plain.step()
    plain.eval()
    assert furthest(last, [tensor.detach().numpy() for tensor in tensors]) < 1e-6
