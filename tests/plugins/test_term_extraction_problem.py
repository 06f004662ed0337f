"""The board of term extraction: precision, what is refused, symmetries."""

from itertools import pairwise, permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench_text.term_extraction._candidates import occurrences
from bench_text.term_extraction._precision import judged_of, mean_precision, precision_at
from bench_text.term_extraction.problem import TermExtraction
from harness.api import Data, Instance, InvalidAnswer, InvalidCase
from harness.cases import make_case
from harness.instances import case_rng
from harness.selectors import parse

PROBLEM = TermExtraction()
SMALL = PROBLEM.suites["smoke"][0]
CASES = [*PROBLEM.suites["smoke"], *PROBLEM.suites["edge"]]


def make(text):
    case = make_case("term_extraction", PROBLEM, text)
    return PROBLEM.make(case, case_rng("term_extraction", case))


@pytest.fixture(scope="module")
def small():
    return make(SMALL)


def phrases(data):
    words, starts = data["candidate_words"].tolist(), data["candidates"].tolist()
    return [tuple(words[a:b]) for a, b in pairwise(starts)]


# Precision


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.integers(0, 2), st.booleans()), min_size=1, max_size=6),
    st.integers(1, 8),
)
def test_precision_is_the_mean_over_all_orders_of_ties(pairs, cutoff):
    scores, terms = (np.array(part) for part in zip(*pairs, strict=True))
    shares = []
    for order in permutations(range(len(pairs))):
        ranked = sorted(order, key=lambda k: -scores[k])[:cutoff]  # stable
        shares.append(np.mean([terms[k] for k in ranked]))
    assert precision_at(scores, terms, [cutoff])[0] == pytest.approx(np.mean(shares))


def test_precision_by_hand():
    scores = np.array([5.0, 4.0, 4.0, 1.0])
    terms = np.array([True, True, False, False])
    assert precision_at(scores, terms, [1, 2, 3, 4, 9]) == [1, 0.75, 2 / 3, 0.5, 0.5]
    assert precision_at(-scores, terms, [1, 2]) == [0, 0.25]
    assert mean_precision(scores, terms, [1, 2]) == 0.875
    assert mean_precision(scores[:0], terms[:0], [1]) == 0


def test_negative_zero_and_small_numbers_are_told_apart_as_numbers():
    terms = np.array([True, False])
    assert precision_at(np.array([0.0, -0.0]), terms, [1]) == [0.5]
    assert precision_at(np.array([5e-324, 0.0]), terms, [1]) == [1.0]
    assert precision_at(np.array([2**60 + 1, 2**60]), terms, [1]) == [1.0]
    assert precision_at(np.array([1, 0], np.uint8), terms, [1]) == [1.0]


def test_cutoffs():
    assert make("planted[documents=50]").data["cutoffs"].tolist() == [50, 100, 200, 300]
    tiny = make("planted[documents=50,terms=2,checked=0]")
    assert tiny.data["cutoffs"].tolist() == [1, 1, 1, 2]
    instance = make(f"{SMALL[:-1]},measure=f1]")
    assert instance.data["cutoffs"].tolist() == [instance.sizes["terms"]]
    answer = np.random.default_rng(0).random(len(instance.truth["terms"]))
    cost, scores = PROBLEM.score(instance, answer)
    assert cost == pytest.approx(1 - scores["precision_at_terms"])


@pytest.mark.parametrize("text", CASES)
def test_the_optimum_is_reached_by_the_truth_alone(text):
    instance = make(text)
    assert PROBLEM.score(instance, instance.truth["terms"].astype(float))[0] == pytest.approx(
        instance.optimum
    )
    exact = PROBLEM.exact(instance)
    if exact is not None:
        assert exact == pytest.approx(instance.optimum)
    wrong = PROBLEM.score(instance, 1.0 - instance.truth["terms"])[0]
    assert wrong >= instance.optimum


def test_some_edge_cases_have_an_exact_optimum():
    exact = [PROBLEM.exact(make(text)) for text in PROBLEM.suites["edge"]]
    assert sum(value is not None for value in exact) >= 3
    assert PROBLEM.exact(make(SMALL)) is None


def test_scores_of_the_three_ways_to_judge(small):
    """The secondary scores are the costs where others are judged."""
    count = len(small.truth["terms"])
    answer = np.random.default_rng(1).random(count)
    scores = PROBLEM.score(small, answer)[1]
    for judged in ("unconfirmed", "all"):
        truth = {**small.truth, "judged": judged_of(judged, count, small.data)}
        other = Instance(small.data, truth, small.sizes)
        assert scores[f"precision_{judged}"] == pytest.approx(1 - PROBLEM.score(other, answer)[0])
    assert len({scores["precision_all"], 1 - PROBLEM.score(small, answer)[0]}) == 2


def test_normal_forms_are_ranks(small):
    count = len(small.truth["terms"])
    answer = np.random.default_rng(2).integers(5, size=count)
    form = PROBLEM.normal(small, answer)
    assert form.tolist() == PROBLEM.normal(small, 3.5 * answer - 7).tolist()
    assert PROBLEM.score(small, form)[0] == PROBLEM.score(small, answer)[0]
    assert form.tolist() != PROBLEM.normal(small, -answer).tolist()


def test_refused_answers(small):
    count = len(small.truth["terms"])
    good = np.zeros(count)
    PROBLEM.score(small, good.tolist())
    for place, bad in ((0, np.nan), (3, np.inf), (count - 1, -np.inf)):
        answer = good.copy()
        answer[place] = bad
        with pytest.raises(InvalidAnswer, match=f"candidate {place} is {bad}, expected"):
            PROBLEM.score(small, answer)
    for answer, sentence in [
        (good[:-1], f"has {count - 1} scores, expected .* of {count} finite scores"),
        (np.zeros(count + 1), f"has {count + 1} scores"),
        (good[None], "has 2 dimensions"),
        (good.astype(complex), "dtype complex128"),
        (good.astype(bool), "dtype bool"),
        (good.astype(str), "dtype <U"),
        ([None] * count, "dtype object"),
        ([[1], [1, 2]], "unequal length"),
        (None, "of type NoneType"),
        ("scores", "of type str"),
        (2.0, "of type float"),
        ({"scores": good}, "of type dict"),
    ]:
        for method in (PROBLEM.score, PROBLEM.normal):
            with pytest.raises(InvalidAnswer, match=sentence):
                method(small, answer)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("planted[documents=0]", "documents is 0, expected at least 1"),
        ("planted[length=0]", "length is 0, expected at least 1"),
        ("planted[terms=0]", "terms is 0"),
        ("planted[candidates=0]", "candidates is 0"),
        ("planted[checked=-1]", "checked is -1, expected at least 0"),
        ("planted[dimensions=0]", "dimensions is 0"),
        ("planted[background=0]", "background is 0"),
        ("planted[domain=0]", "domain is 0"),
        ("planted[topics=0]", "topics is 0"),
        ("planted[domain=5]", "20 topics for 5 words of the domain"),
        ("planted[share=1.5]", "share is 1.5, expected a share from 0 to 1"),
        ("planted[mixed=-0.1]", "mixed is -0.1"),
        ("planted[judged=some]", "judged is 'some', expected one of unchecked, unconfirmed, all"),
        ("planted[measure=recall]", "measure is 'recall', expected one of precision, f1"),
        ("planted[background=600000]", "600400 words were asked for, expected at most 524288"),
        ("planted[documents=1000000,length=1000]", "more than 100000000 words"),
        ("planted[domain=3,topics=1,terms=500]", "of 500 different terms could be drawn"),
        ("planted[background=2,candidates=50]", "of 50 different candidates could be drawn"),
        ("planted[documents=50,share=0.0]", "none is left to be found"),
        ("planted[documents=20,checked=2000]", "none is left to be found"),
        ("english[length=100000]", "the English text has 2[0-9]* words: choose"),
        ("english[topics=500]", "500 topics for 400 words"),
    ],
)
def test_refused_parameters(text, sentence):
    with pytest.raises(InvalidCase, match=sentence):
        make(text)


@pytest.mark.parametrize("suite", sorted(PROBLEM.suites))
def test_suites_name_families_and_their_parameters(suite):
    for text in PROBLEM.suites[suite]:
        family, given_parameters = parse(text)
        assert set(given_parameters) - {"draw"} <= set(PROBLEM.families[family])


def test_tuning_has_cases_of_its_own():
    others = {
        text for suite, named in PROBLEM.suites.items() if suite != "tuning" for text in named
    }
    assert others.isdisjoint(PROBLEM.suites["tuning"])


def test_draws_differ_and_cases_repeat():
    one, same, other = make(SMALL), make(SMALL), make(f"{SMALL[:-1]},draw=1]")
    for name in one.data:
        np.testing.assert_array_equal(one.data[name], same.data[name])
    assert not np.array_equal(one.data["words"][:500], other.data["words"][:500])


# Symmetries


@pytest.mark.parametrize("text", [SMALL, PROBLEM.suites["edge"][1]])
def test_symmetries_lead_to_sound_instances(text, rng):
    """What is found in a transformed instance is what reading finds there."""
    instance = make(text)
    names = []
    for symmetry in PROBLEM.symmetries(instance, rng):
        names.append(symmetry.name)
        data = symmetry.instance.data
        listed = phrases(data)
        starts, found, counts = occurrences(
            data["words"].astype(np.int64), data["documents"], data["vocabulary"], listed
        )
        np.testing.assert_array_equal(starts, data["found_starts"])
        np.testing.assert_array_equal(found, data["found"])
        np.testing.assert_array_equal(counts, data["counts"])
        moved = [name for name in data if not np.array_equal(data[name], instance.data[name])]
        assert moved, symmetry.name
        # The same candidates are terms, by their words.
        if symmetry.name in ("candidates permuted", "documents permuted"):
            terms = symmetry.instance.truth["terms"]
            before = dict(zip(phrases(instance.data), instance.truth["terms"], strict=True))
            assert all(before[p] == t for p, t in zip(listed, terms, strict=True))
        answer = rng.random(len(listed))
        turned, back = (
            PROBLEM.score(symmetry.instance, answer)[0],
            PROBLEM.score(instance, symmetry.back(answer))[0],
        )
        assert turned == pytest.approx(back)
    assert names == [
        "candidates permuted",
        "documents permuted",
        "words renamed",
        "vectors mirrored",
    ]


def test_the_starter_solves():
    source = "def solve(data, rng):\n" + "".join(
        f"    {line}\n" for line in PROBLEM.starter.splitlines()
    )
    names = {"np": np}
    exec(source, names)
    for text in CASES:
        instance = make(text)
        (answer,) = names["solve"](Data(instance.data), np.random.default_rng(0))
        assert 0 <= PROBLEM.score(instance, answer)[0] <= 1
