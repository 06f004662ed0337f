"""Quantum circuits that classical machines can follow: samples and states of stabilizers."""

from harness.api import hookimpl


@hookimpl
def bench_packs() -> list[str]:
    """This package holds problems, one folder each."""
    return [__name__]
