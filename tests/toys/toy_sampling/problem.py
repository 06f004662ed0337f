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
        answer = np.asarray(answer)
        if answer.shape != (instance.data["samples"],) or answer.dtype.kind not in "iu":
            raise InvalidAnswer("expected one integer per sample")
        share = np.bincount(answer, minlength=len(law)) / len(answer)
        return float(np.abs(share - law).sum() / 2), {}
