"""Statistics that papers of the catalogue brought, one file each."""

from harness.api import hookimpl


@hookimpl
def bench_statistics() -> list[str]:
    """The files of this package are statistics."""
    return [__name__]
