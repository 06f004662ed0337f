"""Figures of BM25 search, for `make bench-self`: a million documents take some minutes.

bm25s answers all queries in one call by its fastest back end, numba, compiled before. Ours are
asked as a solver is, one query a call, from Python: by MaxScore, and by adding up all lists as
bm25s does. All run in one thread; the scores of the answers are held against each other.
"""

import statistics
import sys
import time
from pathlib import Path

import numpy as np
from bench_tools import in_turn, ratio, report

_INDEXED = 20_000  # documents; bm25s takes about a minute for 10^6


def bm25(folder: Path, sizes: tuple[int, ...] = (100_000, 1_000_000)) -> None:
    """Queries a second at each size, top 10, 8 words; then the time of indexing.

    The floor: adding up reads 8 bytes a posting and adds at a random place of the first-level
    cache, some 0.4 ns; a query of 8 words has about 3 postings a document. From memory that is
    2 to 3 ms for 10^6 documents whoever adds them up, so that only leaving some out is faster.
    """
    try:
        import bm25s
        import numba  # noqa: F401
    except ImportError as error:
        report("BM25 / bm25s", f"skipped: {error}", "")
        return
    from bench_retrieval.bm25_search import _families, _index
    from bench_retrieval.bm25_search._bm25s import as_lists
    from bench_retrieval.bm25_search.problem import Bm25Search
    from harness.api import Case

    formula = {"variant": "lucene", "k1": 1.5, "b": 0.75, "delta": 0.5}
    defaults = Bm25Search.families["zipf"]
    for n in sizes:
        case = Case("zipf", {**defaults, "n": n, "words": 8, "queries": 50 + 5_000_000 // n})
        corpus, queries = _families.zipf(case, np.random.default_rng(0))
        plain = _index.build(corpus, formula, "float32")
        peer = _filled(bm25s.BM25(method="lucene", backend="numba"), plain, corpus["n_terms"])
        asked = [query.tolist() for query in queries]
        mean = statistics.mean(int(np.diff(plain.starts)[query].sum()) for query in queries)
        pruned = _index.build(corpus, formula, "float32", column_share=0.1)
        found = {}

        def theirs(peer=peer, asked=asked, found=found) -> None:
            found["theirs"] = peer.retrieve(asked, k=10, n_threads=0, show_progress=False).scores

        def ours(ask, name, queries=queries, found=found) -> None:
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

    case = Case("zipf", {**defaults, "n": _INDEXED, "queries": 0})
    corpus, _ = _families.zipf(case, np.random.default_rng(1))
    documents = as_lists(corpus["tokens"], corpus["offsets"])
    made = {}

    def their_index() -> None:
        peer = bm25s.BM25(method="lucene", backend="numba")
        vocabulary = {str(term): term for term in range(corpus["n_terms"])}
        peer.index((documents, vocabulary), show_progress=False)
        made["theirs"] = peer.scores

    def our_index() -> None:
        made["ours"] = _index.build(corpus, formula, "float32")

    taken = in_turn(their_index, our_index, 5)
    np.testing.assert_array_equal(made["ours"].ids, made["theirs"]["indices"])
    np.testing.assert_allclose(made["ours"].impacts, made["theirs"]["data"], rtol=1e-6)
    middle = np.median(taken, axis=0) * 1e3
    figure = f"{ratio(taken)}; {middle[1]:.0f} / {middle[0]:.0f} ms"
    report(f"BM25 indexing of {_INDEXED:,} documents / bm25s", figure, "<= 1")


def _filled(peer, index, n_terms: int):
    """The package with our lists in the place of its own, which would take it minutes to make.

    They are the same numbers, as the figure of indexing checks.
    """
    peer.scores = {
        "data": index.impacts,
        "indices": index.ids,
        "indptr": index.starts.astype(np.int32),
        "num_docs": index.n,
    }
    peer.vocab_dict = {str(term): term for term in range(n_terms)}
    peer.unique_token_ids_set = set(range(n_terms))
    peer.nonoccurrence_array = None
    return peer


if __name__ == "__main__":  # the sizes may be given
    start = time.perf_counter()
    bm25(Path(), *([tuple(map(int, sys.argv[1:]))] if sys.argv[1:] else []))
    print(f"{time.perf_counter() - start:.0f} s")
