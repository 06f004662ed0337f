"""Components of a sum as solvers name them: indices within their range, numbers of them whole."""

from collections.abc import Mapping

import numpy as np


def check_indices(indices: object, n: int) -> None:
    """Refuse what is no int64 array of one dimension, with one index at least, all below n.

    Raises:
        ValueError: what it is and what was expected.
    """
    fits = type(indices) is np.ndarray and indices.dtype == np.int64 and indices.ndim == 1
    if not fits or not len(indices):
        raise ValueError("indices of components must be an int64 array of one dimension")
    # Seen as unsigned numbers, those below 0 are too large as well.
    if indices.view(np.uint64).max() >= n:
        raise ValueError(f"an index is not within 0..{n - 1}, the components there are")


def check_whole(parameters: Mapping[str, object], least: int) -> None:
    """Refuse parameters that are no whole numbers, from `least` on.

    Raises:
        ValueError: with the name of the first that is not.
    """
    for name, value in parameters.items():
        if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
            raise ValueError(f"{name} = {value}; expected a whole number, {least} or above")
