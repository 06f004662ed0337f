"""Figures of the kernels of vector search, for `make bench-self`."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from bench_tools import in_turn, ratio, report


def vector_search(folder: Path) -> None:
    """Brute force on 1e5 x 128 float32, against faiss's flat index on one thread.

    A single query has to read 51.2 MB; a batch of 1,000 takes 25.6 GFLOP. Both find the 10 nearest
    vectors; how many of the answers agree is printed, which is all but for rounding: faiss takes
    |q|^2 - 2 <q, x> + |x|^2 for batches under l2.
    """
    try:
        import faiss
    except ImportError:
        report("brute force 1e5 x 128 / faiss flat", "faiss-cpu is not installed", "<= 1")
        return
    faiss.omp_set_num_threads(1)
    rng = np.random.default_rng(0)
    n, d, k = 100_000, 128, 10
    corpus = rng.standard_normal((n, d), dtype=np.float32)
    queries = rng.standard_normal((1000, d), dtype=np.float32)
    for metric, kind in (("l2", faiss.IndexFlatL2), ("ip", faiss.IndexFlatIP)):
        few = kind(d)  # which a cache holds, where arithmetic counts
        few.add(corpus[:20_000])
        _single(few, corpus[:20_000], queries[:50], metric, k)
        flat = kind(d)
        flat.add(corpus)
        _single(flat, corpus, queries[:50], metric, k)
        for many in (20, 200, 1000):
            _batch(flat, corpus, queries[:many], metric, k)


def _single(flat, corpus: np.ndarray, queries: np.ndarray, metric: str, k: int) -> None:
    from bench_retrieval.vector_search._index import Vectors

    vectors, number, agree = Vectors(corpus, metric, k), 0, []

    def theirs() -> None:
        flat.search(queries[number : number + 1], k)

    def ours() -> None:
        vectors.nearest(queries[number])

    theirs()
    ours()
    taken = np.empty((len(queries), 2))
    for number in range(len(queries)):  # read by both
        taken[number] = in_turn(theirs, ours, 1)[0]
        found = flat.search(queries[number : number + 1], k)[1][0]
        agree.append(_shared(vectors.nearest(queries[number])[None], found[None], k))
    speed = corpus.nbytes / np.median(taken[:, 1]) / 1e9
    figure = f"{ratio(taken)}; {speed:.0f} GB/s; {np.mean(agree):.2%} same"
    report(f"one {metric} query, {len(corpus):,} x 128 / faiss flat", figure, "<= 1")


def _batch(flat, corpus: np.ndarray, queries: np.ndarray, metric: str, k: int) -> None:
    from bench_retrieval.vector_search._index import nearest_of_many

    def ours() -> np.ndarray:
        return nearest_of_many(corpus, queries, metric, k)

    def theirs() -> np.ndarray:
        return flat.search(queries, k)[1]

    same = _shared(ours(), theirs(), k)
    taken = in_turn(theirs, ours, 9)
    speed = 2 * corpus.size * len(queries) / np.median(taken[:, 1]) / 1e9
    figure = f"{ratio(taken)}; {speed:.0f} GF/s; {same:.2%} same"
    report(f"{len(queries)} {metric} queries, 1e5 x 128 / faiss flat", figure, "<= 1")


def _shared(one: np.ndarray, two: np.ndarray, k: int) -> float:
    pairs = zip(one, two, strict=True)
    return float(np.mean([len(np.intersect1d(a, b)) / k for a, b in pairs]))


def graphs(folder: Path) -> None:
    """HNSW with as many links and as broad walks as those of faiss and usearch.

    20,000 x 128 in clusters; the time of a query, and the share of the 10 nearest that it finds.
    """
    try:
        import faiss
        from usearch.index import Index
    except ImportError:
        report("HNSW / faiss and usearch", "one of them is not installed", "")
        return
    from bench_retrieval import _vectors
    from bench_retrieval.vector_search._index import nearest_of_many
    from bench_retrieval.vector_search.hnsw import Graph

    faiss.omp_set_num_threads(1)
    n, d, k, links, breadth_of_build = 20_000, 128, 10, 16, 64
    points = _vectors.mixture(n + 200, d, 100, 0.7, np.random.default_rng(1))
    corpus, queries = points[:n].copy(), points[n:].copy()
    nearest = nearest_of_many(corpus, queries, "l2", k)

    def ours() -> Graph:
        graph = Graph(corpus, 0, links, np.random.default_rng(0))
        graph.build(breadth_of_build)
        return graph

    def of_faiss():
        index = faiss.IndexHNSWFlat(d, links)
        index.hnsw.efConstruction = breadth_of_build
        index.add(corpus)
        return index

    def of_usearch() -> Index:
        index = Index(
            ndim=d, metric="l2sq", connectivity=links, expansion_add=breadth_of_build, dtype="f32"
        )
        index.add(np.arange(n), corpus, threads=1)
        return index

    for name, build in (("faiss", of_faiss), ("usearch", of_usearch)):
        report(f"HNSW, building / {name}", ratio(in_turn(build, ours, 3)), "")
    graph, other, third = ours(), of_faiss(), of_usearch()
    for breadth in (16, 64, 256):
        other.hnsw.efSearch = third.expansion_search = breadth
        searches = {
            "ours": lambda query, breadth=breadth: graph.nearest(query, breadth, k),
            "faiss": lambda query: other.search(query[None], k)[1][0],
            "usearch": lambda query: third.search(query, k, threads=1).keys,
        }
        recalls = {
            name: _shared(np.array([search(query).copy() for query in queries]), nearest, k)
            for name, search in searches.items()
        }
        for name in ("faiss", "usearch"):
            pair = [
                lambda search=searches[each]: [search(query) for query in queries]
                for each in (name, "ours")
            ]
            figure = f"{ratio(in_turn(*pair, 5))}; recall {recalls['ours']:.3f}, {name} "
            report(f"HNSW, breadth {breadth} / {name}", figure + f"{recalls[name]:.3f}", "")


def code_scans(folder: Path) -> None:
    """Symmetric distances of codes of 2 bits a coordinate, by look-up and by Hamming distances.

    <q, d> of planes b0 + b1 / 2 is
    (m - 2 H00) + (m - 2 H01) / 2 + (m - 2 H10) / 2 + (m - 2 H11) / 4,
    which takes four scans of planes of m bits where the look-up takes one of 2 m bits.
    """
    from bench_retrieval.vector_search._binary import HammingCodes, LevelCodes

    rng = np.random.default_rng(0)
    n, k = 200_000, 10
    for bits in (128, 256, 512):
        levels = rng.integers(4, size=(n, bits // 2)).astype(np.uint8)
        by_level = LevelCodes(levels, 2, k)
        planes = [HammingCodes(levels >> shift & 1 == 1, k) for shift in (1, 0)]
        whole = HammingCodes(np.concatenate([levels >> 1, levels & 1], axis=1) == 1, k)
        query = levels[0]
        asked = [query >> shift & 1 == 1 for shift in (1, 0)]
        both = np.concatenate(asked)

        def expanded(planes=planes, asked=asked) -> None:
            for plane in planes:
                for bits_of in asked:
                    plane.nearest(bits_of)

        def by_look_up(by_level=by_level, query=query) -> None:
            by_level.nearest(query)

        def hamming(whole=whole, both=both) -> None:
            whole.nearest(both)

        for what, rival in (
            ("four Hamming scans of half", expanded),
            ("one Hamming scan", hamming),
        ):
            rival(), by_look_up()
            taken = in_turn(rival, by_look_up, 21)
            each = np.median(taken, axis=0) / n * 1e9
            figure = f"{ratio(taken)}; {each[1]:.2f} / {each[0]:.2f} ns a vector"
            report(f"{bits} bits by look-up / {what}", figure, "")


FIGURES: tuple[Callable[[Path], None], ...] = (vector_search, graphs, code_scans)

if __name__ == "__main__":
    for figure in FIGURES:
        figure(Path())
