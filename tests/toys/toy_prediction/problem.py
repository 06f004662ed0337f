"""Predict labels of a test set."""

import numpy as np

from harness.api import Instance, InvalidAnswer, Problem


class ToyPrediction(Problem):
    """Two blobs: a label for each test point, scored by the error rate.

    `halves` and `boots` are resamples of one data set.
    """

    title = "two blobs"
    kind = "prediction"
    cost_name = "error rate"
    compare = "difference"
    families = {
        "blobs": {"n": 60},
        "halves": {"n": 60, "split": 0, "half": 0},
        "boots": {"n": 60, "boot": 1},
    }
    suites = {
        "smoke": ["blobs"],
        "halves": [f"halves[split={split},half={half}]" for split in range(5) for half in range(2)],
        "boots": [f"boots[boot={boot}]" for boot in range(21)],
    }

    def make(self, case, rng):
        if case.family == "blobs":
            train, test = np.arange(case.n), np.arange(case.n, 2 * case.n)
        else:
            rng = np.random.default_rng(case.draw)  # one data set for all its resamples
            train, test = resample(case)
        labels = rng.integers(2, size=2 * case.n)
        points = rng.normal(size=(2 * case.n, 2)) + 3.0 * labels[:, None]
        data = {"train": points[train], "labels": labels[train], "test": points[test]}
        return Instance(data, {"labels": labels[test]}, {"n": case.n})

    def score(self, instance, answer):
        hidden = instance.truth["labels"]
        if not isinstance(answer, np.ndarray):
            raise InvalidAnswer(f"the answer is a {type(answer).__name__}, expected an array")
        if answer.shape != hidden.shape:
            raise InvalidAnswer(f"{answer.shape} labels, expected {hidden.shape}")
        positive, predicted = np.mean(hidden == 1), np.mean(answer == 1)
        told = positive * (1 - predicted) + (1 - positive) * predicted
        return float(np.mean(answer != hidden)), {"no_information": float(told)}

    def items(self, instance, answer):
        return answer == instance.truth["labels"]


def resample(case):
    """Which of the 2 n items are trained on, and which tested on."""
    count = 2 * case.n
    if case.family == "halves":
        order = np.random.default_rng([1, case.split]).permutation(count)
        halves = order[: case.n], order[case.n :]
        return halves[case.half], halves[1 - case.half]
    everything = np.arange(count)
    if case.boot == 0:
        return everything, everything
    drawn = np.random.default_rng([2, case.boot]).integers(count, size=count)
    return drawn, np.setdiff1d(everything, drawn)
