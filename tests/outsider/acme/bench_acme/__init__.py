"""A pack of somebody else's: solvers, a problem, claims and a statistic."""

from harness.api import hookimpl


@hookimpl
def bench_packs():
    return [__name__]


@hookimpl
def bench_statistics():
    return [f"{__name__}.statistics"]
