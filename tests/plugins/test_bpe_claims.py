"""What the claims on byte-pair encoding rest on: cases that can be made, steps that are counted."""

import numpy as np
import pytest

from bench_text.bpe_compression import claims as of_compression
from bench_text.bpe_compression.exact import Exact
from bench_text.bpe_compression.greedy import Greedy
from bench_text.bpe_compression.problem import BPECompression
from bench_text.bpe_training import claims as of_training
from bench_text.bpe_training._reference import Tokens
from bench_text.bpe_training.problem import BPETraining, _symbols
from harness.api import Data, Level, Speedup
from harness.cases import make_case
from harness.instances import case_rng

BOARDS = {
    "bpe_training": (BPETraining(), of_training.CLAIMS),
    "bpe_compression": (BPECompression(), of_compression.CLAIMS),
}


def make(name, text):
    problem = BOARDS[name][0]
    case = make_case(name, problem, text)
    return problem.make(case, case_rng(name, case))


@pytest.mark.parametrize("name", BOARDS)
def test_cases_of_claims_are_written_as_records_name_them(name):
    problem, claims = BOARDS[name]
    for text in {text for claim in claims for text in claim.quantity.cases}:
        assert make_case(name, problem, text).text == text


@pytest.mark.parametrize("text", of_training._SAME)
def test_every_text_of_equal_merges_can_be_made(text):
    assert make("bpe_training", text).sizes["merges"] > 10


def test_every_text_of_the_bound_has_one():
    levels = [c for c in of_compression.CLAIMS if isinstance(c.quantity, Level)]
    assert len(levels) == 4
    for text in {text for claim in levels for text in claim.quantity.cases}:
        assert make("bpe_compression", text).truth is not None, text


def test_both_searches_of_the_claim_on_memory_end():
    """Neither falls back to greedy for want of states."""
    (claim,) = (c for c in of_compression.CLAIMS if isinstance(c.quantity, Speedup))
    instance = make("bpe_compression", claim.quantity.on)
    kept, brute = (last(Exact(memo=memo), instance) for memo in (True, False))
    np.testing.assert_array_equal(kept, brute)
    assert len(kept) == instance.data["merges"]
    greedy = last(Greedy(), instance)
    problem = BOARDS["bpe_compression"][0]
    assert problem.score(instance, kept)[0] <= problem.score(instance, greedy)[0]
    few = last(Exact(states=100_000 // 4, memo=False), instance)
    assert few.dtype == np.int64  # that of greedy is int32
    np.testing.assert_array_equal(few, brute)


def last(solver, instance):
    *_, answer = solver.solve(Data(instance.data), np.random.default_rng(0))
    return answer


def test_steps_grow_as_the_claims_say():
    """Exponents in M of tokens read (naive), and of occurrences merged times log M (fast)."""
    instance = make("bpe_training", of_training._BY_MERGES[-1])
    words, base = _symbols(instance.data["text"], False)
    state = Tokens([np.array(word) for word in words], np.array(list(words.values())))
    left = [state.tokens]
    for r, pair in enumerate(instance.truth["merges"].tolist()):
        state.merge(tuple(pair), base + r)
        left.append(state.tokens)
    left = np.array(left)
    merges = np.array([make_merges(text) for text in of_training._BY_MERGES])
    read = np.cumsum(left)[merges - 1]
    merged = (left[0] - left[merges]) * np.log(merges)
    assert merges.tolist() == [100, 200, 400, 800, 1600, 3200]
    assert exponent(merges, read) == pytest.approx(of_training._NAIVE, abs=0.005)
    assert exponent(merges, merged) == pytest.approx(of_training._FAST, abs=0.005)
    assert exponent(merges, np.log(merges)) == pytest.approx(of_training._LOG_M, abs=0.005)


def make_merges(text):
    return make_case("bpe_training", BOARDS["bpe_training"][0], text).parameters["merges"]


def exponent(by, of):
    return np.polyfit(np.log(by), np.log(of), 1)[0]
