"""Importing this module has numba compile what bm25s needs, for both kinds of formulas.

Solvers import it inside `solve`, so that it is done before their clock starts: users compile once
in a process and ask it for long. It takes some four seconds of a processor in each process, and
can't be kept for the next: numba's cache (`NUMBA_CACHE_DIR`) holds functions that ask for it, which
those of the package don't, and a run may not write beside them.
"""

import bm25s

for _method in ("lucene", "bm25+"):
    _index = bm25s.BM25(method=_method, backend="numba", csc_backend="scipy")
    _index.index(([[0, 1], [1]], {"0": 0, "1": 1}), show_progress=False)
    _index.retrieve([[0, 1]], k=1, show_progress=False, n_threads=0)
