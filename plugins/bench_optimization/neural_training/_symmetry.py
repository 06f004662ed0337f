"""Renaming what a network reads or tells apart: its classes, symbols, pixels or rows.

A network whose arrays are permuted along with the data is the same function, and so every answer
costs what it does when it is permuted back.
"""

from dataclasses import replace
from typing import Any

import numpy as np

from harness.api import Instance, Symmetry


def renaming(instance: Instance, rng: np.random.Generator) -> Symmetry:
    """The symmetry of an instance of any family, by a random permutation."""
    data, truth = instance.data, instance.truth
    what, places, inputs, wanted = _of(data["net"], len(data["start"]))
    index, axis = places[0]
    order = rng.permutation(data["start"][index].shape[axis])
    inverse = np.argsort(order)

    def moved(arrays: Any, by: np.ndarray) -> list[np.ndarray]:
        result = list(arrays)
        for index, axis in places:
            result[index] = np.ascontiguousarray(result[index].take(by, axis=axis))
        return result

    def renamed(part: Any) -> dict[str, Any]:
        return {
            **{name: part[name] for name in part},
            "inputs": _renamed(part["inputs"], inputs, order, inverse),
            "wanted": _renamed(part["wanted"], wanted, order, inverse),
        }

    return Symmetry(
        f"{what} renamed",
        replace(
            instance,
            data={**renamed(data), "start": moved(data["start"], order)},
            truth=renamed(truth),
        ),
        back=lambda answer: moved(answer, inverse),
    )


def _of(net: Any, count: int) -> tuple[str, list[tuple[int, int]], str, str]:
    """What is renamed, (array, axis) of parameters, and how inputs and what is wanted change."""
    if net["kind"] == "factors":
        return "rows", [(0, 0)], "first", ""
    if net["kind"] == "transformer":
        return "symbols", [(0, 0), (count - 1, 0)], "names", "names"
    if not net.get("classes", True):
        return "pixels", [(0, 1), (count - 2, 0), (count - 1, 0)], "columns", "columns"
    if not net.get("biases", True):
        return "classes", [(count - 1, 0)], "", "names"
    return "classes", [(count - 2, 0), (count - 1, 0)], "", "names"


def _renamed(array: Any, how: str, order: np.ndarray, inverse: np.ndarray) -> np.ndarray:
    if how == "columns":
        return np.ascontiguousarray(array[:, order])
    if how == "names":
        return inverse[array]
    if how == "first":
        return np.stack([inverse[array[:, 0]], array[:, 1]], axis=1)
    return np.array(array)
