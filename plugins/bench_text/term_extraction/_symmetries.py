"""Transformations of an instance that leave the costs of scores as they are."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from harness.api import Instance, Symmetry


def symmetries_of(instance: Instance, rng: np.random.Generator) -> Iterator[Symmetry]:
    """Candidates, documents and words in another order, and the vectors in a mirror."""
    data = {name: instance.data[name] for name in instance.data}
    count, documents = len(data["candidates"]) - 1, len(data["documents"]) - 1

    def changed(truth: Any = None, **values: Any) -> Instance:
        parts = {**data, **values}
        return Instance(parts, truth or instance.truth, instance.sizes, instance.optimum)

    order = rng.permutation(count)
    number = np.argsort(order)  # of a candidate, after

    def back(answer: Any) -> np.ndarray:
        return np.asarray(answer)[number]

    yield Symmetry("candidates permuted", _candidates_permuted(instance, order), back=back)
    order_d = rng.permutation(documents)
    words, starts = _taken(data["documents"], order_d)
    found, found_starts = _taken(data["found_starts"], order_d)
    yield Symmetry(
        "documents permuted",
        changed(
            words=data["words"][words],
            documents=starts,
            found=data["found"][found],
            counts=data["counts"][found],
            found_starts=found_starts,
        ),
    )
    name = rng.permutation(data["vocabulary"]).astype(np.int32)
    yield Symmetry(
        "words renamed",
        changed(
            words=name[data["words"]],
            candidate_words=name[data["candidate_words"]],
            vectors=np.ascontiguousarray(data["vectors"][np.argsort(name)]),
        ),
    )
    # Cosines stay the same to the last bit.
    signs = rng.choice(np.array([-1, 1], np.float32), data["vectors"].shape[1])
    yield Symmetry("vectors mirrored", changed(vectors=data["vectors"] * signs), strict=True)


def _candidates_permuted(instance: Instance, order: np.ndarray) -> Instance:
    """The instance in which candidate k is the one that was order[k]."""
    data = {name: instance.data[name] for name in instance.data}
    number = np.argsort(order)
    words, candidates = _taken(data["candidates"], order)
    document = np.repeat(np.arange(len(data["found_starts"]) - 1), np.diff(data["found_starts"]))
    found = number[data["found"]]
    ascending = np.lexsort((found, document))
    parts = {
        **data,
        "candidate_words": data["candidate_words"][words],
        "candidates": candidates,
        "found": found[ascending].astype(np.int32),
        "counts": data["counts"][ascending],
        "background": data["background"][order],
        "checked": np.sort(number[data["checked"]]).astype(np.int32),
        "confirmed": np.sort(number[data["confirmed"]]).astype(np.int32),
    }
    truth = {
        "terms": instance.truth["terms"][order],
        "judged": np.sort(number[instance.truth["judged"]]),
    }
    return Instance(parts, truth, instance.sizes, instance.optimum)


def _taken(starts: np.ndarray, order: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The places of stretches in another order, and where each begins then.

    Args:
        starts: int64[count + 1], where each stretch begins, and the end. order: their new order.
    """
    sizes = np.diff(starts)[order]
    ends = np.cumsum(sizes)
    places = np.arange(ends[-1]) + np.repeat(starts[:-1][order] - (ends - sizes), sizes)
    return places, np.concatenate([[0], ends]).astype(np.int64)
