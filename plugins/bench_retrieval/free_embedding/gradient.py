"""Gradient descent on the vectors themselves, as the paper probes what vectors can do.

Queries Q and documents D, unit vectors, start at random. The loss is that of contrastive learning:
with S = softmax(Q D' / temperature), the mean over relevant pairs of -log S. Its gradient in the
products is (k S - A) / (temperature * pairs), A being 1 for relevant pairs. Adam on all of both;
rows are normalised after each step. It ends when every set is nearest to its query, or after
`patience` steps in which the loss fell by no more than 1e-5.

4 m n d multiplications a step for m queries.

Departs from the paper: in double, and the best answer so far counts, for the loss can fall while a
set is lost. `together` takes the loss as the paper prints it, -log of the sum of S over a set,
where the authors' program has the mean of the logarithms.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bench_retrieval.free_embedding.problem import margins_of, sets_of
from harness.api import Solver

_EVERY = 50  # steps between two looks at the answer
_LEAST_FALL = 1e-5


@dataclass(frozen=True)
class Gradient(Solver):
    """Adam on free vectors."""

    problem = "free_embedding"
    role = "paper"
    papers = ("theoretical-limitations-embedding-based-retrieval",)
    growth: ClassVar = {"time": {"sets": 1}, "memory": {"sets": 1}}
    space: ClassVar = {"rate": ("log", 1e-3, 0.1), "temperature": ("log", 0.01, 1.0)}

    rate: float = 0.01  # of Adam
    temperature: float = 0.1  # of the softmax
    steps: int = 100_000  # at most
    patience: int = 1000  # steps without a lower loss
    together: bool = False  # the loss of a set as a whole

    def __post_init__(self):
        if not self.rate > 0 or not self.temperature > 0:
            raise ValueError("rate and temperature must be above 0")
        if self.steps < 1 or self.patience < 1:
            raise ValueError("steps and patience must be 1 or more")

    def solve(self, data, rng):
        n, k = data.n, data.k
        sets = sets_of(n, k)
        vectors = _unit(rng.normal(size=(n + len(sets), data.dim)))
        moments = np.zeros((2, *vectors.shape))
        best, least, waited = (-1.0, 0.0), np.inf, 0
        rows = np.arange(len(sets))[:, None]
        for step in range(1, self.steps + 1):
            documents, queries = vectors[:n], vectors[n:]
            if step % _EVERY == 1:
                margins = margins_of(documents, queries, sets)
                found = float((margins > data.margin).mean()), float(margins.min())
                if found > best:
                    best, answer = found, [documents.copy(), queries.copy()]
                yield answer
                if best[0] == 1.0:
                    return
            slope, loss = self._slope(queries @ documents.T, rows, sets)
            gradient = np.concatenate([slope.T @ queries, slope @ documents])
            vectors = _unit(vectors - self.rate * _adam(moments, gradient, step))
            waited += 1
            if loss < least - _LEAST_FALL:  # slow falls add up until they are that much
                least, waited = loss, 0
            if waited >= self.patience:
                break
        yield answer

    def _slope(self, products, rows, sets):
        """The gradient of the loss in the products, and the loss."""
        logits = products / self.temperature
        shares = np.exp(logits - logits.max(axis=1, keepdims=True))
        shares /= shares.sum(axis=1, keepdims=True)
        own = shares[rows, sets]
        if self.together:
            total = own.sum(axis=1, keepdims=True)
            loss = -np.log(total).mean()
            slope = shares
            slope[rows, sets] -= own / total
            return slope / (self.temperature * len(sets)), loss
        loss = -np.log(np.maximum(own, 1e-300)).mean()
        slope = shares * sets.shape[1]
        slope[rows, sets] -= 1
        return slope / (self.temperature * sets.size), loss


def _adam(moments, gradient, step):
    moments[0] += 0.1 * (gradient - moments[0])
    moments[1] += 0.001 * (gradient**2 - moments[1])
    first, second = moments[0] / (1 - 0.9**step), moments[1] / (1 - 0.999**step)
    return first / (np.sqrt(second) + 1e-8)


def _unit(vectors):
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
