"""What the solvers share: a format by its name, decoded by the board's own decoder.

The bytes come from the problem, so that compressors of bytes are called as their users call them,
without a guard against bombs.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np

from bench_text.tabular_compression._byte_coders import expand
from bench_text.tabular_compression._container import Expand, decode


def decoded(data: Any, coder: str, layout: str, expand: Expand = expand) -> np.ndarray:
    """The table of a container.

    Args:
        data: what the problem hands out.
        coder, layout: the two words of a format's name, see `_formats.py`.
        expand: what coders of bytes are undone by.
    """
    container = data.containers[f"{coder} {layout}"]
    return decode(container, (data.m, data.n), data.letters, expand)


def one_of(name: str, value: object, choices: Iterable[str]) -> None:
    """Refuse what is none of the choices.

    Raises:
        ValueError: with the choices.
    """
    if value not in (known := tuple(choices)):
        raise ValueError(f"{name} is {value!r}; expected one of {', '.join(known)}")
