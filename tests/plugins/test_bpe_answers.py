"""Answers that are none, on all boards of byte-pair encoding: each is refused by a sentence."""

import re

import numpy as np
import pytest

from bench_text.bpe_compression.problem import BPECompression
from bench_text.bpe_encoding.problem import BPEEncoding
from bench_text.bpe_training.problem import BPETraining
from harness.api import InvalidAnswer
from harness.cases import make_case
from harness.instances import case_rng

BOARDS = {
    "bpe_training": BPETraining(),
    "bpe_encoding": BPEEncoding(),
    "bpe_compression": BPECompression(),
}
MADE = {}


def instance_of(name):
    if name not in MADE:
        case = make_case(name, BOARDS[name], "english[size=400,merges=20]")
        MADE[name] = BOARDS[name].make(case, case_rng(name, case))
    return MADE[name]


def right(name):
    """A valid answer; on the board of compression, merges that save nothing."""
    truth = instance_of(name).truth
    kept = {"bpe_training": "merges", "bpe_encoding": "tokens"}.get(name)
    return np.zeros((3, 2), np.int64) if kept is None else truth[kept]


WRONG_KIND = {
    "nothing": (lambda good: None, "the answer is nothing, expected an array of integers"),
    "a list": (lambda good: good.tolist(), "is of type list, expected an array of integers"),
    "text": (lambda good: "0 1", "is of type str, expected an array of integers"),
    "a number": (lambda good: np.int64(3), "is of type int64, expected an array of integers"),
    "floats": (lambda good: good.astype(float), "an array of float64, expected"),
    "NaN": (lambda good: np.full(good.shape, np.nan), "an array of float64, expected"),
    "negative zeros": (lambda good: -np.zeros(good.shape), "an array of float64, expected"),
    "booleans": (lambda good: good.astype(bool), "an array of bool, expected"),
    "complex": (lambda good: good.astype(complex), "an array of complex128, expected"),
    "objects": (lambda good: good.astype(object), "an array of object, expected"),
    "one dimension more": (lambda good: good[None], "the answer has"),
    "none": (lambda good: np.array(3), "the answer has"),
}
WRONG_VALUE = {
    "below zero": lambda good: -1 - good,
    "beyond int32": lambda good: good.astype(np.int64) + (1 << 32),
    "the largest": lambda good: np.full(good.shape, np.iinfo(np.uint64).max, np.uint64),
    "right at the beginning only": lambda good: np.concatenate([good[:-1], good[-1:] + 10**6]),
    "too many": lambda good: np.tile(good, (30,) + (1,) * (good.ndim - 1)),
}


@pytest.mark.parametrize("kind", WRONG_KIND)
@pytest.mark.parametrize("name", BOARDS)
def test_what_is_no_array_of_integers_is_refused(name, kind):
    spoil, sentence = WRONG_KIND[kind]
    with pytest.raises(InvalidAnswer, match=sentence):
        BOARDS[name].score(instance_of(name), spoil(right(name)))


@pytest.mark.parametrize("kind", WRONG_VALUE)
@pytest.mark.parametrize("name", BOARDS)
def test_wrong_integers_are_refused(name, kind):
    with pytest.raises(InvalidAnswer) as refused:
        BOARDS[name].score(instance_of(name), WRONG_VALUE[kind](right(name)))
    assert re.search(r"expected .*\d", str(refused.value))


@pytest.mark.parametrize("dtype", [np.int32, np.int64, np.uint64, ">i4"])
@pytest.mark.parametrize("name", BOARDS)
def test_any_integers_mean_the_same(name, dtype):
    problem, instance, good = BOARDS[name], instance_of(name), right(name)
    strided = np.repeat(good.astype(dtype), 2, axis=0)[::2]
    assert problem.score(instance, strided) == problem.score(instance, good)
    form = problem.normal(instance, strided)
    assert form.dtype == np.int64
    np.testing.assert_array_equal(form, good)
