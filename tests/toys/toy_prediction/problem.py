"""Predict labels of a test set."""

import numpy as np

from harness.api import Instance, InvalidAnswer, Problem


class ToyPrediction(Problem):
    """Two blobs: a label for each test point, scored by the error rate."""

    title = "two blobs"
    kind = "prediction"
    cost_name = "error rate"
    compare = "difference"
    families = {"blobs": {"n": 60}}
    suites = {"smoke": ["blobs"]}

    def make(self, case, rng):
        labels = rng.integers(2, size=2 * case.n)
        points = rng.normal(size=(2 * case.n, 2)) + 3.0 * labels[:, None]
        data = {"train": points[: case.n], "labels": labels[: case.n], "test": points[case.n :]}
        return Instance(data, {"labels": labels[case.n :]}, {"n": case.n})

    def score(self, instance, answer):
        hidden = instance.truth["labels"]
        if not isinstance(answer, np.ndarray):
            raise InvalidAnswer(f"the answer is a {type(answer).__name__}, expected an array")
        if answer.shape != hidden.shape:
            raise InvalidAnswer(f"{answer.shape} labels, expected {hidden.shape}")
        return float(np.mean(answer != hidden)), {}
