"""Multi-vector search: encodings with known answers, and solvers against each other."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_multi_vector_search_problem import PROBLEM, make, parts

from bench_retrieval.multi_vector_search._corpus import balls
from bench_retrieval.multi_vector_search._fde import Encoder, shortened
from bench_retrieval.multi_vector_search._pq import Codebook
from bench_retrieval.multi_vector_search.centroid_interaction import CentroidInteraction
from bench_retrieval.multi_vector_search.exact_blas import ExactBlas
from bench_retrieval.multi_vector_search.exact_chamfer import ExactChamfer
from bench_retrieval.multi_vector_search.fde import FDE
from bench_retrieval.multi_vector_search.fde_pq import FDEPQ
from bench_retrieval.multi_vector_search.inverted_tokens import InvertedTokens
from bench_retrieval.multi_vector_search.mean_pooling import MeanPooling
from bench_retrieval.multi_vector_search.single_vector import SingleVector
from harness.api import Data, Meter


def unit(vectors):
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def run(solver, instance, seed=0):
    events = PROBLEM.open(Data(instance.data), Meter())
    answers = []
    for answer in solver.solve(events, np.random.default_rng(seed)):
        events.decided()
        answers.append(np.array(answer))
    return answers


def chamfer(query, document):
    return float((query.astype(float) @ document.T.astype(float)).max(axis=1).sum())


def encoded(encoder, query, document, fill=True):
    return encoder.query(query), encoder.documents(document, np.array([0, len(document)]), fill)[0]


def product(encoder, query, document, fill=True):
    one, other = encoded(encoder, query, document, fill)
    return float(one.astype(float) @ other.astype(float))


# Encodings


@pytest.mark.parametrize("bits", [0, 1, 3, 6])
def test_one_token_is_encoded_exactly(bits, rng):
    encoder = Encoder(8, 5, bits, 0, "dense", 0, rng)
    query, document = unit(rng.normal(size=(7, 8))), unit(rng.normal(size=(1, 8)))
    assert product(encoder, query, document) / 5 == pytest.approx(
        chamfer(query, document), abs=1e-5
    )


def test_without_bits_sums_meet_means(rng):
    encoder = Encoder(8, 1, 0, 0, "dense", 0, rng)
    query, document = rng.normal(size=(7, 8)), rng.normal(size=(4, 8))
    found = product(encoder, query.astype(np.float32), document.astype(np.float32))
    assert found == pytest.approx(query.sum(axis=0) @ document.mean(axis=0), rel=1e-4)


@settings(max_examples=60)
@given(st.integers(0, 5), st.integers(1, 12), st.integers(1, 9), st.integers(0, 1000))
def test_a_filled_encoding_never_says_too_much(bits, tokens, asked, seed):
    rng = np.random.default_rng(seed)
    encoder = Encoder(6, 3, bits, 0, "dense", 0, rng)
    query, document = (rng.normal(size=(n, 6)).astype(np.float32) for n in (asked, tokens))
    assert product(encoder, query, document) / 3 <= chamfer(query, document) + 1e-4


@pytest.mark.parametrize(("fill", "expected"), [(True, 0.68), (False, 0.96)])
def test_the_worked_example(fill, expected, rng):
    encoder = Encoder(2, 1, 2, 0, "dense", 0, rng)
    encoder._directions = np.eye(2, dtype=np.float32)
    query = np.array([[0.6, 0.8], [-0.8, 0.6]], np.float32)
    document = np.array([[1, 0], [0.8, 0.6], [0, -1], [0.6, -0.8]], np.float32)
    assert chamfer(query, document) == pytest.approx(0.68)
    assert product(encoder, query, document, fill) == pytest.approx(expected)
    blocks = encoded(encoder, query, document)[1].reshape(4, 2)
    np.testing.assert_allclose(blocks, [[0, -1], [0.8, -0.4], [0.8, 0.6], [0.8, 0.6]], atol=1e-7)


def block(encoder, tokens, repetition, width, bits):
    """Bucket and projection of each token in one repetition, in double."""
    directions = encoder._directions[:, repetition * bits : (repetition + 1) * bits].astype(float)
    span = slice(repetition * width, (repetition + 1) * width)
    codes = [sum(1 << j for j in range(bits) if t @ directions[:, j] > 0) for t in tokens]
    return codes, tokens.astype(float) @ encoder._projections[:, span].astype(float)


@pytest.mark.parametrize("fill", [True, False])
@pytest.mark.parametrize("sketch", ["dense", "count"])
def test_encodings_by_their_definition(fill, sketch, rng):
    """All repetitions, by loops: sums for queries, means for documents, the nearest code's token
    in empty buckets, the first of several.
    """
    bits, width, repetitions = 3, 4, 3
    encoder = Encoder(9, repetitions, bits, width, sketch, 0, rng)
    query, document = (rng.normal(size=(m, 9)).astype(np.float32) for m in (5, 6))
    expected = np.zeros((2, repetitions, 1 << bits, width))
    for r in range(repetitions):
        for token, psi in zip(*block(encoder, query, r, width, bits), strict=True):
            expected[0, r, token] += psi
        codes, psi = block(encoder, document, r, width, bits)
        for b in range(1 << bits):
            own = [t for t, code in enumerate(codes) if code == b]
            if own:
                expected[1, r, b] = psi[own].mean(axis=0)
            elif fill:
                apart = [(code ^ b).bit_count() for code in codes]
                expected[1, r, b] = psi[apart.index(min(apart))]
    found = np.array(encoded(encoder, query, document, fill))
    np.testing.assert_allclose(found, expected.reshape(2, -1), atol=1e-5)


def test_how_far_an_encoding_falls_short():
    """Shares of the similarity by number of bits, for 60 isotropic tokens in 128 dimensions."""
    shares = {0: 0.017, 2: 0.058, 4: 0.156, 5: 0.229, 6: 0.294, 8: 0.401}
    rng = np.random.default_rng(0)
    for bits, expected in shares.items():
        found = []
        for _ in range(6):
            document = unit(rng.normal(size=(60, 128)))
            noise = 0.5 * rng.normal(size=(32, 128)) / np.sqrt(128)
            query = unit(document[rng.integers(60, size=32)] + noise)
            encoder = Encoder(128, 20, bits, 16, "dense", 0, rng)
            found.append(product(encoder, query, document) / 20 / chamfer(query, document))
        assert np.mean(found) == pytest.approx(expected, abs=0.02), bits


@pytest.mark.parametrize("sketch", ["dense", "count"])
def test_projections_keep_inner_products_on_average(sketch):
    rng = np.random.default_rng(3)
    query, document = unit(rng.normal(size=(3, 24))), unit(rng.normal(size=(1, 24)))
    found = product(Encoder(24, 4000, 0, 6, sketch, 0, rng), query, document) / 4000
    assert found == pytest.approx(chamfer(query, document), abs=0.05)


def test_the_last_projection_keeps_inner_products_on_average():
    rng = np.random.default_rng(4)
    query, document = unit(rng.normal(size=(3, 8))), unit(rng.normal(size=(5, 8)))
    ratios = []
    for seed in range(300):
        full, short = (
            Encoder(8, 10, 2, 0, "dense", final, np.random.default_rng(seed)) for final in (0, 64)
        )
        assert short.dim == 64
        ratios.append(product(short, query, document) - product(full, query, document))
    assert abs(np.mean(ratios)) < 4 * np.std(ratios) / np.sqrt(300)
    assert np.std(ratios) > 0


@pytest.mark.parametrize(
    ("final", "memory", "count", "entries"),
    [
        (0, 4000, 10, 100),
        (0, 4000, 1, 1000),
        (50, 4000, 10, 50),
        (500, 4000, 10, 100),
        (0, 1, 10, 1),
        (0, 1 << 30, 100_000, 2684),
    ],
)
def test_how_long_encodings_may_be(final, memory, count, entries):
    assert shortened(final, memory, count) == entries


def test_encodings_are_shortened_to_what_fits(monkeypatch):
    instance = make("topics[n=300,queries=8]")
    made = []
    whole = Encoder.documents

    def noted(self, *arguments):
        made.append(whole(self, *arguments))
        return made[-1]

    monkeypatch.setattr(Encoder, "documents", noted)
    costs = [
        PROBLEM.score(instance, run(FDE(candidates=30, memory=memory), instance))[0]
        for memory in (1 << 30, 300 * 4 * 2000)
    ]
    assert [index.nbytes for index in made] == [300 * 4 * 10240, 300 * 4 * 2000]
    assert costs[0] < costs[1] < 0.5  # of random ones 0.9


def test_parts_make_the_same_encodings(rng, monkeypatch):
    instance = make("topics[n=50,queries=1,dim=12,tokens=8,query_tokens=6]")
    encoder = Encoder(12, 4, 3, 5, "dense", 0, rng)
    whole = encoder.documents(instance.data["tokens"], instance.data["offsets"], True)
    monkeypatch.setattr("bench_retrieval.multi_vector_search._fde._TOKENS", 20)
    again = encoder.documents(instance.data["tokens"], instance.data["offsets"], True)
    np.testing.assert_allclose(again, whole, atol=1e-6)


@pytest.mark.parametrize("fill", [True, False])
def test_the_package_encodes_alike_where_it_is_right(fill):
    """Up to two bits, where its Gray codes do not matter, and without filling."""
    muvera = pytest.importorskip("muvera", reason="needs muvera-python")
    pytest.importorskip("muvera.helper", reason="this version draws its directions elsewhere")
    rng = np.random.default_rng(5)
    document, query = (rng.normal(size=(m, 10)).astype(np.float32) for m in (6, 4))
    for bits in (1, 2) if fill else (1, 2, 4):
        theirs = muvera.Muvera(
            num_repetitions=3,
            num_simhash_projections=bits,
            dimension=10,
            projection_type="identity",
            fill_empty_partitions=fill,
            seed=7,
        )
        ours = Encoder(10, 3, bits, 0, "dense", 0, rng)
        drawn = muvera.helper.simhash_matrix_from_seed
        ours._directions = np.concatenate([drawn(10, bits, 7 + r) for r in range(3)], axis=1)
        expected = float(theirs.encode_documents([document])[0] @ theirs.encode_queries([query])[0])
        assert product(ours, query, document, fill) == pytest.approx(expected, rel=1e-4)


# Balls and codes


def test_a_ball_is_the_sum_of_what_is_near_its_first_token():
    query = np.array([[1, 0], [0, 1], [0.8, 0.6], [0, -1]], np.float32)
    np.testing.assert_allclose(balls(query, 0.7), [[1.8, 0.6], [0, 1], [0, -1]], atol=1e-6)
    np.testing.assert_allclose(balls(query, 5.0), query)
    np.testing.assert_allclose(balls(query, -5.0), query.sum(axis=0, keepdims=True))


def test_codes_of_few_vectors_lose_nothing(rng):
    vectors = rng.normal(size=(40, 21)).astype(np.float32)  # not whole runs
    book = Codebook(vectors, 3, rng)
    codes = np.empty((3, 40), np.uint8)
    book.encode(vectors, codes)
    query = rng.normal(size=21).astype(np.float32)
    np.testing.assert_allclose(book.scores(query, codes), vectors @ query, atol=1e-4)


def test_more_rounds_bring_centres_nearer(rng):
    vectors = rng.normal(size=(2000, 8)).astype(np.float32)
    query = np.eye(8, dtype=np.float32)
    errors = []
    for rounds in (0, 5):
        book = Codebook(vectors, rounds, np.random.default_rng(0))
        codes = np.empty((1, 2000), np.uint8)
        book.encode(vectors, codes)
        kept = np.array([book.scores(axis, codes) for axis in query]).T
        errors.append(((kept - vectors) ** 2).sum(axis=1).mean())
    assert errors[1] < 0.85 * errors[0]


# Solvers


@pytest.mark.parametrize(
    "text",
    [
        "topics[n=300,queries=8,dim=24,tokens=12,query_tokens=8]",
        "digits[n=300,queries=8]",
        "grid[n=300,queries=8]",
        "grid[n=40,queries=8,query_tokens=70,k=40]",
    ],
)
def test_exact_solvers_are_exact(text):
    instance = make(text)
    for solver in (ExactChamfer(), ExactBlas()):
        assert PROBLEM.score(instance, run(solver, instance))[0] == 0


@pytest.mark.parametrize(
    "solver",
    [
        FDE(candidates=10**6),
        FDE(candidates=10**6, tau=2.0),
        FDEPQ(candidates=10**6),
        SingleVector(candidates=10**6),
        SingleVector(candidates=10**6, deduplicate=False),
        InvertedTokens(candidates=10**6, probes=10**6),
        InvertedTokens(candidates=10**6, probes=10**6, deduplicate=False),
        MeanPooling(candidates=10**6),
        CentroidInteraction(candidates=10**6),
    ],
    ids=lambda solver: type(solver).__name__,
)
def test_with_all_documents_as_candidates_every_method_is_exact(solver):
    instance = make("topics[n=80,queries=4,dim=16,tokens=6,query_tokens=5]")
    assert PROBLEM.score(instance, run(solver, instance))[0] == 0


def needed(solver, instance):
    return PROBLEM.score(instance, run(solver, instance))[1]["candidates_90"]


def test_encodings_need_fewer_candidates_than_single_vectors():
    instance = make("topics[n=1500,queries=25]")
    long = {"candidates": 10**6, "rerank": False}
    best, small = (
        needed(FDE(bits=b, projection=p, **long), instance) for b, p in ((5, 16), (3, 8))
    )
    unfilled = needed(FDE(fill=False, **long), instance)
    assert unfilled < best < small
    assert 1.5 * best < needed(SingleVector(candidates=300, rerank=False), instance)
    assert 5 * best < needed(MeanPooling(**long), instance)
    assert needed(FDEPQ(**long), instance) < small


def test_tokens_that_share_a_mean_need_more_candidates():
    long = {"candidates": 10**6, "rerank": False}
    apart, together = (make(f"topics[n=800,queries=20,mean={mean}]") for mean in (0.0, 1.0))
    assert needed(FDE(**long), together) > 1.5 * needed(FDE(**long), apart)


def test_names_that_are_counted_again_leave_fewer_documents():
    instance = make("topics[n=300,queries=5]")
    for answer in run(SingleVector(candidates=60, rerank=False), instance):
        assert len(answer) == 60
    for answer in run(SingleVector(candidates=60, deduplicate=False, rerank=False), instance):
        assert 10 <= len(answer) < 60


def test_candidates_come_in_the_order_of_rank():
    """Of each query token the nearest first, then the second nearest."""
    instance = make("topics[n=40,queries=3,dim=16,tokens=6,query_tokens=5,k=1]")
    documents = parts(instance.data)
    queries = parts(instance.data, "queries", "query_offsets")
    answers = run(SingleVector(candidates=12, rerank=False), instance)
    for query, answer in zip(queries, answers, strict=True):
        ranked = []
        for token in query:
            near = [(-float(p @ token), i) for i, own in enumerate(documents) for p in own]
            ranked.append([i for _, i in sorted(near)])
        named = dict.fromkeys(i for rank in zip(*ranked, strict=True) for i in rank)
        assert answer.tolist() == list(named)[:12]


@pytest.mark.parametrize("deduplicate", [True, False])
def test_tokens_of_all_lists_name_the_same_candidates(deduplicate):
    instance = make("topics[n=120,queries=6,dim=16,tokens=9,query_tokens=5,k=3]")
    settings = {"candidates": 25, "deduplicate": deduplicate, "rerank": False}
    exact = run(SingleVector(**settings), instance)
    every = run(InvertedTokens(probes=10**6, **settings), instance)
    some = run(InvertedTokens(probes=2, **settings), instance)
    assert [a.tolist() for a in every] == [a.tolist() for a in exact]
    assert [a.tolist() for a in some] != [a.tolist() for a in exact]
    shared = [len(np.intersect1d(a, b)) / len(b) for a, b in zip(some, exact, strict=True)]
    assert np.mean(shared) > 0.4


def test_blocks_of_tokens_name_the_same_candidates(monkeypatch):
    instance = make("grid[n=90,queries=6,k=4,tokens=5]")  # with many equal tokens
    whole = run(SingleVector(candidates=30, rerank=False), instance)
    monkeypatch.setattr("bench_retrieval.multi_vector_search.single_vector._TOKENS", 7)
    parted = run(SingleVector(candidates=30, rerank=False), instance)
    assert [a.tolist() for a in parted] == [a.tolist() for a in whole]


def test_lists_that_hold_too_few_documents():
    """k documents are named however few tokens a list has."""
    instance = make("grid[n=60,queries=6,k=50,tokens=1,query_tokens=1]")
    for answer in run(InvertedTokens(probes=1, candidates=1, centroids=7.0), instance):
        assert len(answer) == 50


def test_more_probes_find_more():
    instance = make("topics[n=600,queries=20]")
    costs = [
        PROBLEM.score(instance, run(InvertedTokens(probes=p, candidates=300), instance))[0]
        for p in (1, 4, 400)
    ]
    assert costs[0] > costs[1] + 0.01
    assert costs[1] >= costs[2]


def test_more_candidates_find_more():
    instance = make("topics[n=600,queries=20,doc_noise=0.5,query_noise=0.5]")
    costs = [
        PROBLEM.score(instance, run(FDE(bits=3, projection=8, candidates=w), instance))[0]
        for w in (10, 40, 160)
    ]
    assert costs == sorted(costs, reverse=True)
    assert costs[0] > costs[-1] + 0.1


@pytest.mark.parametrize("solver", [FDE(), FDEPQ(), CentroidInteraction(), InvertedTokens()])
def test_the_seed_decides(solver):
    instance = make("topics[n=150,queries=3,dim=16,tokens=6,query_tokens=5]")
    one, same, other = (
        np.array(run(solver.__class__(candidates=11), instance, seed)) for seed in (1, 1, 2)
    )
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


@pytest.mark.parametrize(
    ("module", "stem", "name"),
    [
        ("muvera", "peer_muvera", "PeerMuvera"),
        ("hnswlib", "peer_hnswlib", "PeerHnswlib"),
        ("faiss", "peer_faiss", "PeerFaiss"),
    ],
)
def test_packages_find_what_ours_finds(module, stem, name):
    pytest.importorskip(module, reason=f"needs {module}")
    import importlib

    peer = getattr(importlib.import_module(f"bench_retrieval.multi_vector_search.{stem}"), name)
    instance = make("topics[n=400,queries=10,dim=32,tokens=12,query_tokens=8]")
    assert PROBLEM.score(instance, run(peer(candidates=200), instance))[0] <= 0.15
    assert PROBLEM.score(instance, run(peer(candidates=400), instance))[0] <= 0.01


@pytest.mark.parametrize(
    ("make_it", "sentence"),
    [
        (lambda: FDE(bits=17), "bits is 17, expected 0 to 16"),
        (lambda: FDE(repetitions=0), "repetitions is 0, expected 1 or more"),
        (lambda: FDE(projection=-1), "projection is -1"),
        (lambda: FDE(sketch="sparse"), "there is no sketch 'sparse'; expected dense or count"),
        (lambda: FDE(candidates=0), "candidates is 0, expected 1 or more"),
        (lambda: FDEPQ(train=0), "train is 0, expected 1 or more"),
        (lambda: SingleVector(candidates=0), "candidates is 0"),
        (lambda: CentroidInteraction(centroids=0.0), "centroids is 0.0"),
        (lambda: InvertedTokens(centroids=float("nan")), "centroids is nan, expected a number"),
        (lambda: InvertedTokens(probes=0), "probes is 0, expected 1 or more"),
        (lambda: FDE(memory=0), "memory is 0, expected 1 or more"),
        (lambda: FDE(tau=float("nan")), "tau is nan, expected 0"),
        (lambda: FDEPQ(tau=-0.5), "tau is -0.5, expected 0"),
    ],
)
def test_refused_parameters(make_it, sentence):
    with pytest.raises(ValueError, match=sentence):
        make_it()
