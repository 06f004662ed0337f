"""Factorisation of a matrix of which some entries are known: entry (i, j) is u_i . v_j.

The loss of a known entry is the squared error. A batch touches few rows of the two tables, so that
most of its gradient is zero, as with embeddings. Time is that of writing the gradient, the size
of the tables, and O(factors) per sample.
"""

import numpy as np


class Factors:
    """Two tables of row vectors.

    Args:
        rows, columns: of the matrix.
        factors: length of the vectors.
    """

    def __init__(self, rows: int, columns: int, factors: int) -> None:
        self.shapes: dict[str, tuple[int, ...]] = {
            "embedding.rows": (rows, factors),
            "embedding.columns": (columns, factors),
        }

    def gradient(
        self, parameters: list[np.ndarray], inputs: np.ndarray, wanted: np.ndarray
    ) -> list[np.ndarray]:
        """The gradient of the mean loss over samples; `inputs` are int[samples, 2]."""
        left, right = parameters
        i, j = inputs[:, 0], inputs[:, 1]
        u, v = left[i], right[j]
        error = np.einsum("nk,nk->n", u, v) - wanted
        error *= 2.0 / len(wanted)
        return [
            _gathered(left, i, error[:, None] * v),
            _gathered(right, j, error[:, None] * u),
        ]

    def losses(
        self, parameters: list[np.ndarray], inputs: np.ndarray, wanted: np.ndarray
    ) -> tuple[np.ndarray, None]:
        """Of each sample the loss."""
        u, v = parameters[0][inputs[:, 0]], parameters[1][inputs[:, 1]]
        error = np.einsum("nk,nk->n", u, v) - wanted
        return error * error, None


def _gathered(table: np.ndarray, places: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """A table of zeros to which `rows` were added at `places`."""
    width = table.shape[1]
    found = np.zeros(table.size, table.dtype)
    # On flat arrays `add.at` has a fast loop, on rows it has none.
    np.add.at(found, (places[:, None] * width + np.arange(width)).ravel(), rows.ravel())
    return found.reshape(table.shape)
