"""Strings: distances to a pattern, tokens, compressed tables; the answer is right or it is not."""

from harness.api import hookimpl


@hookimpl
def bench_packs() -> list[str]:
    """This package holds problems, one folder each."""
    return [__name__]
