"""Clustering: solvers that group objects, judged by what their groups cost."""

from harness.api import hookimpl


@hookimpl
def bench_packs() -> list[str]:
    """This package holds problems, one folder each."""
    return [__name__]
