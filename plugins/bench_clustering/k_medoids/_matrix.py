"""The dissimilarities with what the kernels ask about them: type, symmetry, sizes of slices."""

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any

import numpy as np

from harness.api import kernel

ENTRIES_PER_SLICE = 1_000_000  # of the matrix; a kernel reads them in 0.3 to 5 ms


class Matrix:
    """A matrix of dissimilarities, read by the kernels where it lies.

    Attributes:
        entries: n x n, float32 or float64, row o holds the dissimilarities of object o.
        n: number of objects.
    """

    def __init__(self, entries: np.ndarray) -> None:
        self.entries = entries
        self.n = len(entries)
        self._kernels = kernel("k_medoids")

    def function(self, name: str) -> Callable[..., Any]:
        """The kernel function `name` for the type of the entries."""
        suffix = "f32" if self.entries.dtype == np.float32 else "f64"
        return getattr(self._kernels, f"{name}_{suffix}")

    @cached_property
    def symmetric(self) -> int:
        """1 where the matrix equals its transpose, so that columns may be read as rows; else 0."""
        return self.function("km_is_symmetric")(self.entries, self.n)

    @cached_property
    def block(self) -> np.ndarray:
        """Room for gathered columns, which only an asymmetric matrix needs."""
        width = 0 if self.symmetric else self._kernels.km_block_width()
        return np.empty(self.n * width, self.entries.dtype)

    def slices(self, passes: int = 1) -> Iterator[tuple[int, int]]:
        """Candidates from..to-1 in slices of some milliseconds.

        Args:
            passes: how often the n objects are gone through for one candidate.
        """
        step = max(1, ENTRIES_PER_SLICE // (self.n * passes))
        width = self._kernels.km_block_width()
        if step > width:
            step -= step % width  # gathered blocks are not cut in two
        for start in range(0, self.n, step):
            yield start, min(start + step, self.n)
