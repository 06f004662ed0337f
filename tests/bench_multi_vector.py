"""Figures of the kernels of multi-vector retrieval, for `make bench-self`."""

import time
from itertools import pairwise
from pathlib import Path

import numpy as np
from bench_tools import in_turn, ratio, report


def multi_vector(folder: Path) -> None:
    """Chamfer similarities, encodings and codes, against what numpy and packages take.

    The floor of a similarity is its multiplications, |Q| |P| d, for which the product of matrices
    alone stands: without it and without the maxima nothing can be compared. BLAS fuses them with
    the additions; ours may not, to give the same bits on all machines, and so has twice the
    operations: what it can win is that no product is written and read again. The floor of a scan of
    codes is a byte read and a look-up for each 8 entries. Same answers, checked.
    """
    from harness.api import kernel

    mv, rng = kernel("multi_vector"), np.random.default_rng(0)
    lengths = rng.integers(20, 81, size=4000)
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    tokens, query = (_unit(rng, count, 128) for count in (offsets[-1], 32))
    documents = np.arange(len(lengths))
    packed, found = np.empty(32 * 128, np.float32), np.empty(len(lengths))
    blocks = np.append(np.arange(0, len(lengths), 80), len(lengths))
    expected = np.empty(len(lengths))

    def by_kernel() -> None:
        mv.mv_pack(query, 32, 128, packed)
        mv.mv_chamfer(tokens, 128, offsets, documents, len(documents), packed, 32, found)

    def by_blas() -> None:
        for first, last in pairwise(blocks):
            low = offsets[first]
            products = tokens[low : offsets[last]] @ query.T
            most = np.maximum.reduceat(products, offsets[first:last] - low, axis=0)
            expected[first:last] = most.sum(axis=1, dtype=np.float64)

    def products_alone() -> None:
        for first, last in pairwise(blocks):
            tokens[offsets[first] : offsets[last]] @ query.T

    by_kernel(), by_blas()
    np.testing.assert_allclose(found, expected, atol=1e-4)
    taken = in_turn(by_blas, by_kernel, 15)
    speed = offsets[-1] * 128 * 32 / np.median(taken[:, 1]) / 1e9
    what = "Chamfer, 4,000 documents, 32 x 128"
    report(f"{what} / numpy", f"{ratio(taken)}; {speed:.0f} G multiplications/s", "<= 1")
    report(f"{what} / products alone", ratio(in_turn(products_alone, by_kernel, 15)), "<= 1")
    _encodings(tokens, offsets, rng)
    _codes(mv, rng)
    _headline()


def _encodings(tokens: np.ndarray, offsets: np.ndarray, rng: np.random.Generator) -> None:
    """1,000 documents, (20, 5, 16), filled; the package fills otherwise, but no faster."""
    try:
        from muvera import Muvera
    except ImportError:
        report("Encodings / muvera-python", "skipped: it is not installed", "<= 0.5")
        return
    from bench_retrieval.multi_vector_search._fde import Encoder

    few = offsets[:1001]
    sets = [tokens[a:b] for a, b in pairwise(few)]
    ours = Encoder(128, 20, 5, 16, "dense", 0, rng)
    theirs = Muvera(
        num_repetitions=20,
        num_simhash_projections=5,
        dimension=128,
        projection_type="ams_sketch",
        projection_dimension=16,
    )
    taken = in_turn(
        lambda: theirs.encode_documents(sets), lambda: ours.documents(tokens, few, True), 5
    )
    report("Encodings of 1,000 documents / muvera-python", ratio(taken), "<= 0.5")


def _codes(mv, rng: np.random.Generator) -> None:
    """The scan of 10,000 documents' codes of 10,240 entries against that of the floats."""
    n, parts = 10_000, 1280
    codes = rng.integers(256, size=(parts, n), dtype=np.uint8)
    table = rng.normal(size=(parts, 256)).astype(np.float32)
    found = np.empty(n, np.float32)
    floats, query = rng.random((n, 8 * parts), np.float32), rng.random(8 * parts, np.float32)

    def scan() -> None:
        mv.mv_pq_scan(codes, n, parts, table, found)

    scan()
    some = table[np.arange(parts)[:, None], codes[:, :100]].sum(axis=0, dtype=np.float64)
    np.testing.assert_allclose(found[:100], some, atol=1e-2)
    taken = in_turn(lambda: floats @ query, scan, 11)
    speed = n * parts / np.median(taken[:, 1]) / 1e9
    report("Scan of codes / of floats by BLAS", f"{ratio(taken)}; {speed:.1f} G/s", "<= 0.5")


def _headline() -> None:
    """Recall and latency of encodings in codes, against an engine that goes by single tokens.

    MUVERA's headline, 10 % more recall at a tenth of the latency, at the settings of the claims.
    Both answer the same queries in turn; what the first one takes is the index, and left out.
    """
    from bench_retrieval.multi_vector_search.fde_pq import FDEPQ
    from bench_retrieval.multi_vector_search.inverted_tokens import InvertedTokens
    from bench_retrieval.multi_vector_search.problem import MultiVectorSearch
    from harness.api import Case, Data, Meter

    problem = MultiVectorSearch()
    parameters = problem.families["topics"] | {"n": 10_000, "queries": 60}
    instance = problem.make(Case("topics", parameters, draw=9), np.random.default_rng(9))
    sides = []
    for solver in (InvertedTokens(probes=1, candidates=140), FDEPQ(bits=4, projection=8)):
        events = problem.open(Data(instance.data), Meter())
        sides.append((events, solver.solve(events, np.random.default_rng(0)), []))
    taken = np.empty((60, 2))
    for query in range(60):
        for which, (events, decisions, answers) in enumerate(sides):
            start = time.perf_counter()
            answers.append(next(decisions).copy())
            taken[query, which] = time.perf_counter() - start
            events.decided()
    recalls = [1 - problem.score(instance, answers)[0] for *_, answers in sides]
    what = "Encodings in codes / inverted tokens, 10,000 documents"
    report(f"{what}: recall", f"{recalls[1]:.3f} / {recalls[0]:.3f}", ">= 1.1")
    report(f"{what}: latency", ratio(taken[1:]), "<= 0.1")


def _unit(rng: np.random.Generator, count: int, dim: int) -> np.ndarray:
    vectors = rng.normal(size=(count, dim)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
