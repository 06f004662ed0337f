"""Expensive similarity search: known answers of the decomposition, and who finds more."""

import numpy as np
import pytest
from test_expensive_similarity_search_problem import PROBLEM, make, oracle_of

from bench_retrieval._rankings import nearest, packed
from bench_retrieval.expensive_similarity_search.adaptive_cur import AdaptiveCUR
from bench_retrieval.expensive_similarity_search.anncur import ANNCUR
from bench_retrieval.expensive_similarity_search.cheap_rerank import CheapRerank
from bench_retrieval.expensive_similarity_search.random_items import RandomItems
from bench_retrieval.expensive_similarity_search.truncated_svd import TruncatedSVD
from harness.api import BudgetSpent, Instance

EVERY = (RandomItems(), CheapRerank(), ANNCUR(), ANNCUR(reuse=False), AdaptiveCUR(), TruncatedSVD())
ids = {"ids": lambda solver: type(solver).__name__ + ("" if getattr(solver, "reuse", 1) else "*")}


def answers(solver, instance, seed=0, limit=None):
    oracle, meter = oracle_of(instance, limit)
    found = []
    try:
        for answer in solver.solve(oracle, np.random.default_rng(seed)):
            found.append(np.array(answer))
    except BudgetSpent:
        pass
    return found, meter


def cost(solver, instance, seed=0):
    return PROBLEM.score(instance, answers(solver, instance, seed)[0][-1])[0]


class Table:
    """An oracle made of a table, which notes what is asked for."""

    def __init__(self, anchors, row, calls, k):
        self.anchors, self._row = np.array(anchors, float), np.array(row, float)
        self.n, self.queries, self.calls, self.k = len(row), 1, calls, k
        self.cheap_items = np.zeros((self.n, 1))
        self.cheap_queries = np.zeros((1, 1))
        self.asked = []

    def similarities(self, query, items):
        self.asked.append(items.tolist())
        return self._row[items]


class Order:
    """A generator whose permutations are known."""

    def __init__(self, *order):
        self._order = order

    def permutation(self, n):
        return np.array(self._order)


def test_the_decomposition_by_hand():
    """Anchor items 0 and 3; their similarities 3 and 5 make the guess (3, 3, 3, 5)."""
    anchors = [[1, 2, 3, 4], [2, 1, 0, 1]]
    u = np.linalg.pinv(np.array(anchors, float)[:, [0, 3]])
    np.testing.assert_allclose(u, [[-1 / 7, 4 / 7], [2 / 7, -1 / 7]], atol=1e-12)
    np.testing.assert_allclose(np.array([3, 5]) @ u @ anchors, [3, 3, 3, 5], atol=1e-12)
    table = Table(anchors, [3, 9, 0, 5], 3, 2)
    *_, last = ANNCUR(share=2 / 3).solve(table, Order(0, 3, 1, 2))
    assert table.asked[0] == [0, 3]
    # Item 1 or 2, whose guesses are equal up to rounding; their similarities are 9 and 0.
    assert table.asked[1] in ([1], [2])
    assert last[0].tolist() == ([1, 3] if table.asked[1] == [1] else [3, 0])


@pytest.mark.parametrize(
    ("anchors", "share", "exact"),
    [
        (8, 0.4, True),
        (40, 0.4, True),
        (40, 1.0, True),
        (8, 1.0, True),
        (7, 1.0, False),
        (40, 0.35, False),
    ],
)
def test_a_low_rank_is_found_exactly(anchors, share, exact):
    """Rank 8 needs 8 anchors on both sides; calls for 8, 20 or 7 anchor items of 20."""
    instance = make(f"planted[n=500,rank=8,noise=0.0,anchors={anchors},queries=6,calls=20,k=5]")
    rows, scores = instance.data["anchors"], instance.data["scores"]
    items = np.random.default_rng(0).permutation(500)[: round(share * 20)]
    guess = scores[:, items] @ np.linalg.pinv(rows[:, items], rcond=1e-15) @ rows
    error = np.linalg.norm(guess - scores) / np.linalg.norm(scores)
    assert error < 1e-10 if exact else error > 0.05
    if exact and share < 1:
        assert cost(ANNCUR(share=share), instance) == 0


def test_as_many_anchor_items_as_anchor_queries_is_the_worst_choice():
    """Double descent: the pseudo-inverse of a square matrix is nearly singular."""
    instance = make("planted[n=2000,anchors=100,queries=20,calls=300,k=10]")
    costs = {share: cost(ANNCUR(share=share / 300), instance) for share in (50, 100, 200)}
    assert costs[100] > max(costs[50], costs[200]) + 0.1
    assert cost(ANNCUR(share=1 / 3, cutoff=0.05), instance) < 0.1


class Noted:
    """An oracle that notes what it is asked, query by query."""

    def __init__(self, oracle):
        self._oracle, self.asked = oracle, [[] for _ in range(oracle.queries)]

    def __getattr__(self, name):
        return getattr(self._oracle, name)

    def similarities(self, query, items):
        self.asked[query].append(items.copy())
        return self._oracle.similarities(query, items)


@pytest.mark.parametrize(
    ("solver", "rounds"),
    [
        (ANNCUR(), [10, 30]),
        (ANNCUR(share=0.5), [20, 20]),
        (AdaptiveCUR(rounds=4), [10, 10, 10, 10]),
        (AdaptiveCUR(rounds=3), [13, 13, 14]),
    ],
)
@pytest.mark.parametrize("noise", [0.0, 0.3])
def test_calls_go_to_the_best_guesses(solver, rounds, noise):
    """Least squares of least length in the anchors' rows say what a pseudo-inverse says."""
    text = f"planted[n=200,rank=6,noise={noise},anchors=25,queries=5,calls=40,k=5]"
    oracle, meter = oracle_of(make(text))
    noted = Noted(oracle)
    *_, last = solver.solve(noted, np.random.default_rng(0))
    assert meter.calls == 5 * 40
    for query, asked in enumerate(noted.asked):
        assert [len(items) for items in asked] == rounds
        for at in range(1, len(asked)):
            known = np.concatenate(asked[:at])
            found = oracle._scores[query, known]
            weights = np.linalg.lstsq(oracle.anchors[:, known].T, found, rcond=1e-12)[0]
            guess = weights @ oracle.anchors
            guess[known] = -np.inf
            least = np.sort(guess)[-len(asked[at])]
            assert (guess[asked[at]] >= least - 1e-8).all()
        every = np.concatenate(asked)
        assert len(np.unique(every)) == 40
        best = every[np.argsort(-oracle._scores[query, every])][:5]
        assert last[query].tolist() == best.tolist()


@pytest.mark.parametrize("solver", [ANNCUR(), AdaptiveCUR(), TruncatedSVD()], **ids)
def test_items_that_occur_twice_do_no_harm(solver):
    """Equal columns make the anchors' matrix deficient in rank; of equal items any is right."""
    instance = make("planted[n=120,rank=6,noise=0.0,anchors=30,queries=6,calls=60,k=6]")
    data = instance.data
    twice = {name: np.tile(data[name], 2) for name in ("scores", "anchors")}
    twice["cheap_items"] = np.tile(data["cheap_items"], (2, 1))
    doubled = Instance({**data, **twice}, packed([nearest(row, 6, 0.0) for row in twice["scores"]]))
    assert PROBLEM.exact(doubled) == 0
    assert cost(solver, doubled) == 0


@pytest.mark.parametrize("solver", EVERY, **ids)
def test_no_query_gets_more_calls_than_it_may(solver):
    for text in ("n=60,anchors=9,queries=4,calls=17,k=5", "n=20,anchors=3,queries=3,calls=1,k=4"):
        instance = make(f"planted[{text}]")
        found, meter = answers(solver, instance)
        assert meter.calls <= meter.limit
        assert meter.calls >= 0.9 * meter.limit
        for answer in found:
            PROBLEM.score(instance, answer)
        assert (found[0] == -1).all()
        assert (found[-1] >= 0).all()


@pytest.mark.parametrize("solver", EVERY, **ids)
def test_with_a_call_for_each_item_all_is_found(solver):
    instance = make("strings[n=50,anchors=9,queries=4,calls=50,k=5]")
    twice = getattr(solver, "reuse", True) is False  # pays for anchor items and does not keep them
    assert (cost(solver, instance) > 0) == twice


@pytest.mark.parametrize("solver", EVERY, **ids)
def test_what_was_compared_is_ranked_by_its_similarity(solver):
    instance = make("planted[n=200,anchors=30,queries=4,calls=60,k=5]")
    scores = instance.data["scores"]
    last = answers(solver, instance)[0][-1]
    found = np.take_along_axis(scores, last, axis=1)
    assert (np.diff(found, axis=1) <= 0).all()


def test_random_items_find_their_share():
    instance = make("planted[n=1000,anchors=5,queries=100,calls=250,k=10]")
    assert cost(RandomItems(), instance) == pytest.approx(0.75, abs=0.05)


def test_who_finds_more_of_warped_series():
    instance = make("dtw[n=1500,anchors=150,queries=30,calls=60]")
    cheap, one, late, rounds = (
        cost(s, instance) for s in (CheapRerank(), ANNCUR(), ANNCUR(share=0.75), AdaptiveCUR())
    )
    assert rounds < min(one, cheap)
    assert late > one + 0.1


def test_rounds_beat_one_round_on_strings():
    instance = make("strings[n=1500,anchors=200,queries=30]")
    assert cost(AdaptiveCUR(), instance) < cost(ANNCUR(), instance) - 0.05


def test_needles_are_found_by_nobody():
    instance = make("needles[n=2000,anchors=100,queries=20,calls=100]")
    assert min(cost(s, instance) for s in EVERY[1:]) > 0.4


def test_the_seed_decides():
    instance = make("strings[n=300,anchors=20,queries=5,calls=30]")
    for solver in (RandomItems(), ANNCUR(), AdaptiveCUR(), TruncatedSVD()):
        one, same, other = (answers(solver, instance, seed)[0][-1] for seed in (1, 1, 2))
        assert np.array_equal(one, same)
        assert not np.array_equal(one, other)


@pytest.mark.parametrize(
    ("make_it", "sentence"),
    [
        (lambda: ANNCUR(share=0.0), "share is 0.0, expected above 0, at most 1"),
        (lambda: ANNCUR(cutoff=1.0), "cutoff is 1.0, expected 0 or above, below 1"),
        (lambda: AdaptiveCUR(rounds=1), "rounds is 1, expected 2 or more"),
        (lambda: AdaptiveCUR(cutoff=-1.0), "cutoff is -1.0"),
        (lambda: TruncatedSVD(rank=0.0), "rank is 0.0"),
    ],
)
def test_refused_parameters(make_it, sentence):
    with pytest.raises(ValueError, match=sentence):
        make_it()
