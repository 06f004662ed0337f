"""What SVRG, its loopless form and SARAH share: a full gradient, then steps that correct it.

A step draws a batch B and takes v = f_B'(w) - f_B'(u) + (an older estimate at u), for two gradients
of each component. In SVRG u is the point of the full gradient and stays; in SARAH it is the
point before, with its own estimate.
"""

from collections.abc import Iterator

import numpy as np

from bench_optimization.logistic_regression._batches import pause


def estimates(
    oracle, batches: Iterator[np.ndarray], x: np.ndarray, rate: float, steps: int, recursive: bool
) -> Iterator[np.ndarray]:
    """One stage from x, in place: a full gradient, and `steps` steps; yields x now and then.

    The first step goes along the full gradient itself, since there a batch corrects nothing.
    """
    anchor, known = x.copy(), oracle.gradient(x)
    x -= rate * known
    for step in range(1, steps):
        indices = next(batches)
        v = oracle.stochastic_gradient(x, indices)
        v -= oracle.stochastic_gradient(anchor, indices)
        v += known
        if recursive:
            anchor[:] = x
            known = v
        x -= rate * v
        if step % pause(len(indices)) == 0:
            yield x
    yield x
