"""How estimators of scikit-learn are run: on the samples, for as many passes as the calls pay for.

Their objective is C sum of losses + |w|^2 / 2, which is f / l2 with C = 1/(n l2), without
intercept. A solver that stops after k passes has done the first k of a longer run from the same
seed. So the answers after 1, 2, 4, ... passes are those of runs begun anew, each time only the
further passes are counted, and the seconds are up to twice those of one run; `traced=False` makes
one run, with one answer at its end.
"""

import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np


def run(
    oracle,
    estimator: Callable[..., Any],
    traced: bool,
    iterations: Callable[[int], int] = int,
    **settings: Any,
) -> Iterator[np.ndarray]:
    """Yield the start, then what LogisticRegression makes of the samples.

    Args:
        estimator: LogisticRegression; the solver's file imports it, so that this is off the clock.
        iterations: how many of the solver's so many passes pay for; at 0 it is at the start.
        settings: of the estimator, such as its solver.
    """
    yield oracle.start
    allowed = oracle.calls // oracle.n
    features = labels = None
    done = 0
    while done < allowed:
        passes = min(allowed, max(1, 2 * done)) if traced else allowed
        samples = oracle.samples(passes - done)
        done = passes
        if features is None:
            labels = samples["labels"]
            features = _matrix(samples, oracle.n, oracle.dim)
        if (labels == labels[0]).all():
            return  # estimators refuse labels of one class
        if not iterations(passes):
            continue
        model = estimator(
            C=1.0 / (oracle.n * oracle.l2),
            fit_intercept=False,
            tol=1e-14,
            max_iter=iterations(passes),
            **settings,
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that it has not converged within the passes is meant
            yield model.fit(features, labels).coef_[0]


def _matrix(samples: dict[str, np.ndarray], n: int, dim: int) -> Any:
    if "features" in samples:
        return samples["features"]
    from scipy.sparse import csr_matrix

    starts = samples["starts"].astype(np.int32)  # its loops read no wider ones
    return csr_matrix((samples["values"], samples["columns"], starts), shape=(n, dim))
