"""Draw from a discrete law."""

import numpy as np

from harness.api import Instance, InvalidAnswer, Problem


class ToySampling(Problem):
    """Loaded die: samples, scored by the total variation distance to the law."""

    title = "loaded die"
    kind = "sampling"
    cost_name = "total variation"
    compare = "difference"
    families = {"die": {"sides": 6, "samples": 1000}}
    suites = {"smoke": ["die"]}

    def make(self, case, rng):
        law = rng.dirichlet(np.ones(case.sides))
        return Instance({"law": law, "samples": case.samples}, sizes={"n": case.samples})

    def score(self, instance, answer):
        law = instance.data["law"]
        if not isinstance(answer, np.ndarray) or answer.dtype.kind not in "iu":
            raise InvalidAnswer("expected an array of integers")
        if answer.shape != (instance.data["samples"],):
            raise InvalidAnswer(f"{answer.shape} samples, expected {instance.data['samples']}")
        if answer.size and not 0 <= answer.min() <= answer.max() < len(law):
            raise InvalidAnswer(f"a sample is out of range 0..{len(law) - 1}")
        share = np.bincount(answer, minlength=len(law)) / len(answer)
        return float(np.abs(share - law).sum() / 2), {}
