"""The first part of block descent: how coordinates are put into fixed blocks.

- order: as they are numbered.
- sort: by curvature, descending, so that the coordinates of a block are alike. That suits rules
  which weigh coordinates one by one while a block has but one step length.
- average: large and small curvatures by turns, so that the blocks are alike.
"""

import numpy as np

from bench_optimization.block_coordinate._model import Array

PARTITIONS = ("order", "sort", "average", "variable")


def partition(kind: str, curvature: Array, size: int) -> list[Array]:
    """Blocks of this size (the last may be smaller) of all coordinates that have a curvature."""
    used = np.flatnonzero(curvature > 0)
    if kind != "order":
        used = used[np.argsort(-curvature[used], kind="stable")]
    if kind == "average":
        mixed = np.empty_like(used)
        half = (len(used) + 1) // 2
        mixed[::2], mixed[1::2] = used[:half], used[half:][::-1]
        used = mixed
    return [used[at : at + size] for at in range(0, len(used), size)]
