"""Merges in the form in which the kernels look them up."""

from dataclasses import dataclass

import numpy as np

from harness.api import kernel


@dataclass(frozen=True)
class Rules:
    """A hash table of merges.

    Attributes:
        table: int32[4 * slots]. slots: a power of two. first: int32[65536], what two bytes become.
    """

    table: np.ndarray
    slots: int
    first: np.ndarray


def rules_of(merges: np.ndarray) -> Rules:
    """The table of these merges, int32[m, 2].

    Raises:
        ValueError: where a merge names an id that is not made before it, or is there twice.
    """
    slots = 4
    while slots < 4 * len(merges):
        slots *= 2
    table, first = np.full(4 * slots, -1, np.int32), np.empty(65536, np.int32)
    pairs = np.ascontiguousarray(merges, np.int32)
    done = kernel("bpe").bpe_rules(pairs, len(pairs), table, slots, first)
    if done < len(pairs):
        raise ValueError(
            f"merge {done} joins {tuple(pairs[done].tolist())}; expected two ids from 0 to "
            f"{255 + done}, and no pair twice: put merges in the order in which they were made"
        )
    return Rules(table, slots, first)
