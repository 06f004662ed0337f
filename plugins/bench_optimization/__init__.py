"""First-order optimisation: solvers that see values and gradients, judged by where they arrive."""

from harness.api import hookimpl


@hookimpl
def bench_packs() -> list[str]:
    """This package holds problems, one folder each."""
    return [__name__]
