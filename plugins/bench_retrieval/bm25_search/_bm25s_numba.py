"""Importing this module has numba compile what bm25s needs, for both kinds of formulas."""

import bm25s

for _method in ("lucene", "bm25+"):
    _index = bm25s.BM25(method=_method, backend="numba")
    _index.index(([[0, 1], [1]], {"0": 0, "1": 1}), show_progress=False)
    _index.retrieve([[0, 1]], k=1, show_progress=False, n_threads=0)
