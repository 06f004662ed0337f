"""Retrieval: indices that are built once and asked many times, their answers checked exactly."""

from harness.api import hookimpl


@hookimpl
def bench_packs() -> list[str]:
    """This package holds problems, one folder each."""
    return [__name__]
