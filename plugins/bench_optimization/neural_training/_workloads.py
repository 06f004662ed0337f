"""The workloads: what each family of cases trains, on which data, from which start.

Each function gets a case and a generator and returns a `Workload`. Splits, generated data and
starts depend on the case's draw and on the parameters that shape them, and never on `passes`, so
that cases which differ in their budget alone train the same network on the same data.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from bench_optimization.neural_training import _conv, _dense, _factors, _grammar, _transformer
from harness.api import Case, InvalidCase

INITS = {"he": 2.0, "lecun": 1.0, "small": 1 / 3}  # variance times the number of inputs
DIGITS = 1797
SIDE = 8


@dataclass(frozen=True)
class Workload:
    """What is trained.

    Attributes:
        net: the name of a network of `NETS` and its arguments, plain data.
        inputs, wanted: arrays whose rows are samples.
        held_inputs, held_wanted: the held-out ones.
        start: the first parameters.
        audited: of how many samples the training loss is told.
    """

    net: dict[str, Any]
    inputs: np.ndarray
    wanted: np.ndarray
    held_inputs: np.ndarray
    held_wanted: np.ndarray
    start: list[np.ndarray]
    audited: int


NETS = {
    "dense": _dense.Dense,
    "conv": _conv.Convolutional,
    "factors": _factors.Factors,
    "transformer": _transformer.Transformer,
}


def network(net: dict[str, Any]) -> Any:
    """The network that `Workload.net` describes."""
    arguments = dict(net)
    return NETS[arguments.pop("kind")](**arguments)


def mlp(case: Case, rng: np.random.Generator) -> Workload:
    """Digits, by a chain of `depth` hidden layers; `inputs` are pixels / 16, or raw."""
    _at_least(case, width=1, depth=0)
    _among(case, "activation", _dense.ACTIVATIONS)
    data = _digits(case, rng)
    widths = [SIDE**2, *[int(case.width)] * int(case.depth), 10]
    net = {"kind": "dense", "widths": widths, "activation": case.activation}
    return Workload(net, *data, start=_start(net, case.init, rng), audited=case.samples)


def conv(case: Case, rng: np.random.Generator) -> Workload:
    """Digits, by `depth` convolutions, the first with `channels`, the others with twice as many."""
    _at_least(case, channels=1, depth=1)
    data = _digits(case, rng)
    channels = [int(case.channels), *[2 * int(case.channels)] * (int(case.depth) - 1)]
    net = {"kind": "conv", "side": SIDE, "channels": channels}
    return Workload(net, *data, start=_start(net, case.init, rng), audited=_held(case.samples))


def autoencoder(case: Case, rng: np.random.Generator) -> Workload:
    """Digits through a bottleneck of `code`; widths halve from `width` down to it and back."""
    _at_least(case, width=1, depth=0, code=1)
    _among(case, "activation", _dense.ACTIVATIONS)
    images, _, held, _ = _digits(case, rng)
    down = [max(int(case.code), int(case.width) >> number) for number in range(int(case.depth))]
    widths = [SIDE**2, *down, int(case.code), *down[::-1], SIDE**2]
    net = {"kind": "dense", "widths": widths, "activation": case.activation, "classes": False}
    start = _start(net, case.init, rng)
    return Workload(net, images, images, held, held, start, audited=case.samples)


def memory(case: Case, rng: np.random.Generator) -> Workload:
    """Associations of noisy keys with values, of Zipfian frequency, by a product of two matrices.

    Key k of length one appears with probability proportional to 1 / k, with noise of length
    `noise` on average, and stands for one of `values`, drawn once. Rare keys are learned late.
    """
    _at_least(case, keys=1, values=1, dimension=1, width=1)
    keys = rng.standard_normal((case.keys, case.dimension))
    keys /= np.linalg.norm(keys, axis=1, keepdims=True)
    values = rng.integers(case.values, size=case.keys)
    counts = case.samples, _held(case.samples)
    drawn = rng.choice(case.keys, sum(counts), p=_zipf(case.keys, 1.0))
    noise = rng.standard_normal((len(drawn), case.dimension)) * case.noise / case.dimension**0.5
    inputs = (keys[drawn] + noise).astype(np.float32)
    widths = [int(case.dimension), int(case.width), int(case.values)]
    net: dict[str, Any] = {"kind": "dense", "widths": widths, "activation": "identity"}
    net |= {"biases": False, "head": False}
    split = _split(inputs, values[drawn], counts[0])
    return Workload(net, *split, start=_start(net, case.init, rng), audited=counts[1])


def factorisation(case: Case, rng: np.random.Generator) -> Workload:
    """A matrix of rank `rank` and entries of variance 1, known at some places, with noise.

    Rows and columns are asked for with Zipfian frequency of exponent `zipf`; `factors` is the
    rank of the model.
    """
    _at_least(case, rows=1, columns=1, rank=1, factors=1)
    left, right = (rng.standard_normal((size, case.rank)) for size in (case.rows, case.columns))
    counts = case.samples, _held(case.samples)
    places = np.stack(
        [
            rng.choice(size, sum(counts), p=_zipf(size, case.zipf))
            for size in (case.rows, case.columns)
        ],
        axis=1,
    ).astype(np.int64)
    entries = (left[places[:, 0]] * right[places[:, 1]]).sum(axis=1) / case.rank**0.5
    entries += case.noise * rng.standard_normal(len(entries))
    net = {"kind": "factors", "rows": case.rows, "columns": case.columns, "factors": case.factors}
    split = _split(places, entries.astype(np.float32), counts[0])
    return Workload(net, *split, start=_start(net, "lecun", rng), audited=counts[1])


def transformer(case: Case, rng: np.random.Generator) -> Workload:
    """Text from a grammar, a sample being a window of `context` characters."""
    _at_least(case, context=1, width=1, depth=1, heads=1)
    if case.width % case.heads:
        raise InvalidCase(f"width = {case.width} is no multiple of heads = {case.heads}")
    windows = []
    for count in (case.samples, max(50, case.samples // 20)):
        text = _grammar.characters(count * case.context + 1, rng)
        windows += [text[:-1].reshape(count, -1), text[1:].reshape(count, -1)]
    names = ("context", "width", "depth", "heads")
    net = {"kind": "transformer", "symbols": len(_grammar.ALPHABET)}
    net |= {name: int(getattr(case, name)) for name in names}
    start = _start(net, case.init, rng)
    return Workload(net, *windows, start, audited=50)


def _digits(case: Case, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
    """Images and labels to train on, and those held out: all others, by a random split."""
    from sklearn.datasets import load_digits

    _among(case, "inputs", ("unit", "raw"))
    if not 1 <= case.samples < DIGITS:
        raise InvalidCase(f"samples = {case.samples}; expected 1 to {DIGITS - 1} of the digits")
    images, labels = load_digits(return_X_y=True)
    order = rng.permutation(DIGITS)
    images = images[order].astype(np.float32)
    if case.inputs == "unit":
        images /= 16
    return _split(images, labels[order].astype(np.int64), case.samples)


def _split(inputs: np.ndarray, wanted: np.ndarray, count: int) -> tuple[np.ndarray, ...]:
    return inputs[:count], wanted[:count], inputs[count:], wanted[count:]


def _start(net: dict[str, Any], init: str, rng: np.random.Generator) -> list[np.ndarray]:
    """Normal weights of the variance that `init` says, embeddings of 1 / width; biases are 0."""
    if init not in INITS:
        raise InvalidCase(f"init = {init!r}; expected one of {', '.join(INITS)}")
    start = []
    for name, shape in network(net).shapes.items():
        if name.endswith("gain"):
            start.append(np.ones(shape, np.float32))
        elif name.endswith("bias"):
            start.append(np.zeros(shape, np.float32))
        else:
            embeds = name.startswith(("embedding", "position"))
            gain = 1.0 if embeds else INITS[init]
            deviation = (gain / np.prod(shape[1:])) ** 0.5
            start.append((deviation * rng.standard_normal(shape)).astype(np.float32))
    return start


def _zipf(count: int, exponent: float) -> np.ndarray:
    weights = np.arange(1, count + 1, dtype=np.float64) ** -exponent
    return weights / weights.sum()


def _held(samples: int) -> int:
    """How many generated samples are held out: a tenth, and 50 at least."""
    return max(50, samples // 10)


def _at_least(case: Case, **least: int) -> None:
    for name, bound in {"samples": 1, **least}.items():
        value = getattr(case, name)
        if value < bound:
            raise InvalidCase(f"{name} = {value}; expected {bound} at least")


def _among(case: Case, name: str, known: tuple[str, ...]) -> None:
    value = getattr(case, name)
    if value not in known:
        raise InvalidCase(f"{name} = {value!r}; expected one of {', '.join(known)}")
