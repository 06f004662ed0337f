"""Figures of BM25 search, for `make bench-self`: a million documents take some minutes.

bm25s answers all queries in one call by its fastest back end, numba, compiled before. Ours are
asked as a solver is, one query a call, from Python: by MaxScore, and by adding up all lists as
bm25s does. All run in one thread; the scores of the answers are held against each other.

    python tests/bench_bm25.py                    all of it
    python tests/bench_bm25.py queries 100000     queries per second with so many documents
    python tests/bench_bm25.py indexing 1000000   indexing so many (bm25s takes 7 GB for 10^6)
    python tests/bench_bm25.py plain 20000        queries per second beside rank-bm25
"""

import statistics
import sys
import time
from pathlib import Path

import numpy as np
from bench_tools import in_turn, ratio, report

_FORMULA = {"variant": "lucene", "k1": 1.5, "b": 0.75, "delta": 0.5}
_FEW = 20  # queries of rank-bm25


def bm25(
    folder: Path,
    sizes: tuple[int, ...] = (100_000, 1_000_000),
    indexed: tuple[int, ...] = (20_000, 100_000),
    plain: tuple[int, ...] = (20_000,),
) -> None:
    """Queries a second at each size, top 10, 8 words; the time of indexing; beside rank-bm25."""
    try:
        import bm25s  # noqa: F401
        import numba  # noqa: F401
    except ImportError as error:
        report("BM25 / bm25s", f"skipped: {error}", "")
        return
    for n in sizes:
        _queries(n)
    for n in indexed:
        _indexing(n)
    for n in plain:
        _beside_rank_bm25(n)


def _queries(n: int) -> None:
    """The floor: adding up reads 8 bytes a posting and adds at a random place of the first-level
    cache, some 0.4 ns; a query of 8 words has about 3 postings a document. From memory that is
    2 to 3 ms for 10^6 documents whoever adds them up, so that only leaving some out is faster.
    """
    from bench_retrieval import _bm25_index

    corpus, queries = _corpus(n, 50 + 5_000_000 // n)
    plain = _bm25_index.build(corpus, _FORMULA, "float32")
    peer = _filled("numba", plain, corpus["n_terms"])
    asked = [query.tolist() for query in queries]
    mean = statistics.mean(int(np.diff(plain.starts)[query].sum()) for query in queries)
    pruned = _bm25_index.build(corpus, _FORMULA, "float32", column_share=0.1)
    found = {}

    def theirs() -> None:
        found["theirs"] = peer.retrieve(asked, k=10, n_threads=0, show_progress=False).scores

    def ours(ask, name) -> None:
        found[name] = np.array([ask(query)[1].copy() for query in queries])

    by_max_score, by_sum = pruned.by_max_score(10), plain.by_sum(10)
    for name, ask, wanted in (("MaxScore", by_max_score, "<= 0.5"), ("sums", by_sum, "<= 1")):
        theirs()
        ours(ask, name)
        taken = in_turn(theirs, lambda ask=ask, name=name: ours(ask, name), 9)
        np.testing.assert_allclose(found[name], found["theirs"], rtol=1e-5)
        middle = np.median(taken, axis=0) / len(queries) * 1e6
        what = f"BM25 by {name}, {n:,} documents / bm25s, numba"
        figure = f"{ratio(taken)}; {middle[1]:.0f} / {middle[0]:.0f} µs"
        report(what, figure, wanted)
    report(f"  postings a query, {n:,} documents", f"{mean:,.0f}", "")


def _indexing(n: int) -> None:
    """From tokens as each wants them, an array and lists, to an index that can be asked."""
    import bm25s

    from bench_retrieval import _bm25_index
    from bench_retrieval._bm25s import as_lists

    corpus, _ = _corpus(n, 1, draw=1)
    documents = as_lists(corpus["tokens"], corpus["offsets"])
    made = {}

    def their_index() -> None:
        made.pop("theirs", None)
        peer = bm25s.BM25(method="lucene", backend="numba", csc_backend="scipy")  # the faster
        vocabulary = {str(term): term for term in range(corpus["n_terms"])}
        peer.index((documents, vocabulary), show_progress=False)
        made["theirs"] = peer.scores

    def our_index() -> None:
        made["ours"] = _bm25_index.build(corpus, _FORMULA, "float32")

    taken = in_turn(their_index, our_index, 5 if n < 50_000 else 3 if n < 500_000 else 1)
    np.testing.assert_array_equal(made["ours"].ids, made["theirs"]["indices"])
    np.testing.assert_allclose(made["ours"].impacts, made["theirs"]["data"], rtol=1e-6)
    middle = np.median(taken, axis=0) * 1e3
    figure = f"{ratio(taken)}; {middle[1]:,.0f} / {middle[0]:,.0f} ms"
    report(f"BM25 indexing of {n:,} documents / bm25s", figure, "<= 1")


def _beside_rank_bm25(n: int) -> None:
    """How many times as many queries a second as rank-bm25, indexing left out: what the paper on
    bm25s reports. Each is asked as its users ask it, 6 words, top 10.
    """
    try:
        from rank_bm25 import BM25Okapi
    except ImportError as error:
        report("BM25 / rank-bm25", f"skipped: {error}", "")
        return
    from bench_retrieval import _bm25_index
    from bench_retrieval._bm25_corpora import packed
    from bench_retrieval._bm25_top import top
    from bench_retrieval._bm25s import as_lists

    corpus, queries = _corpus(n, 1000, words=6)
    index = _bm25_index.build(corpus, _FORMULA, "float32")
    pruned = _bm25_index.build(corpus, _FORMULA, "float32", column_share=0.1)
    asked = [query.tolist() for query in queries]
    batch = packed(queries)
    batch = batch["tokens"], batch["offsets"]
    okapi = BM25Okapi(as_lists(corpus["tokens"], corpus["offsets"]))

    def slow() -> None:
        for query in asked[:_FEW]:
            top(okapi.get_scores(query), 10)

    def package(backend: str):
        peer = _filled(backend, index, corpus["n_terms"])
        return lambda: peer.retrieve(asked, k=10, n_threads=0, show_progress=False)

    eager, max_score = index.all_by_sum(10), pruned.all_by_max_score(10)
    rivals = {
        "bm25s, numpy": package("numpy"),
        "bm25s, numba": package("numba"),
        "eager, C": lambda: eager(*batch),
        "MaxScore, C": lambda: max_score(*batch),
    }
    for name, fast in rivals.items():
        fast()
        taken = in_turn(fast, slow, 3) / [len(queries), _FEW]
        per_second = 1 / np.median(taken, axis=0)
        figure = f"{ratio(taken)}; {per_second[0]:,.0f} / {per_second[1]:,.1f} per s"
        report(f"BM25 queries, {name} / rank-bm25, {n:,} documents", figure, ">= 100")


def _corpus(n: int, queries: int, words: int = 8, draw: int = 0):
    from bench_retrieval import _bm25_corpora
    from bench_retrieval.bm25_search.problem import Bm25Search
    from harness.api import Case

    own = {"n": n, "words": words, "queries": queries}
    case = Case("zipf", {**Bm25Search.families["zipf"], **own})
    return _bm25_corpora.zipf(case, np.random.default_rng(draw))


def _filled(backend: str, index, n_terms: int):
    """The package with our lists in the place of its own, which would take it minutes to make.

    They are the same numbers, as the figure of indexing checks.
    """
    import bm25s

    peer = bm25s.BM25(method="lucene", backend=backend)
    peer.scores = {
        "data": index.impacts,
        "indices": index.ids,
        "indptr": index.starts.astype(np.int64),
        "num_docs": index.n,
    }
    peer.vocab_dict = {str(term): term for term in range(n_terms)}
    peer.unique_token_ids_set = set(range(n_terms))
    peer.nonoccurrence_array = None
    return peer


if __name__ == "__main__":
    start = time.perf_counter()
    what, *given = sys.argv[1:] or [""]
    numbers = tuple(map(int, given))
    if what:
        only = {"sizes": (), "indexed": (), "plain": ()}
        only[{"queries": "sizes", "indexing": "indexed", "plain": "plain"}[what]] = numbers
        bm25(Path(), **only)
    else:
        bm25(Path())
    print(f"{time.perf_counter() - start:.0f} s")
