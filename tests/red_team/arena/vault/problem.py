"""Estimate secret numbers from noisy copies: what a solver must not see lies in the truth."""

import numpy as np

from harness.api import Instance, InvalidAnswer, Problem, Symmetry


class Vault(Problem):
    """Secret numbers: an array of n estimates; the cost is the mean absolute error.

    The noise is larger than the numbers, so that an honest estimate is never near: a cost below
    0.01 means that the truth was found.
    """

    title = "secret numbers"
    kind = "estimation"
    cost_name = "mean absolute error"
    compare = "difference"
    families = {"normal": {"n": 200}}
    suites = {"smoke": ["normal"]}

    def make(self, case, rng):
        secret = rng.normal(size=case.n)
        noisy = secret + rng.normal(scale=5.0, size=case.n)
        return Instance({"noisy": noisy}, {"secret": secret}, {"n": case.n})

    def score(self, instance, answer):
        secret = instance.truth["secret"]
        if type(answer) is not np.ndarray or answer.shape != secret.shape:
            raise InvalidAnswer(f"expected an array of {len(secret)} numbers")
        if answer.dtype.kind != "f" or not np.isfinite(answer).all():
            raise InvalidAnswer("expected finite floating-point numbers")
        return float(np.abs(answer - secret).mean()), {}

    def symmetries(self, instance, rng):
        order = rng.permutation(len(instance.data["noisy"]))
        yield Symmetry(
            "numbers permuted",
            Instance(
                {"noisy": instance.data["noisy"][order]},
                {"secret": instance.truth["secret"][order]},
                instance.sizes,
            ),
            back=lambda answer: answer[np.argsort(order)],
        )
