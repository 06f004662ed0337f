"""What is said of the strider."""

from math import inf

from harness.api import Claim, CostGap

CLAIMS = [
    Claim(
        name="stride-is-dearer",
        paper="fast-eager-k-medoids-clustering",
        statement="Medoids at regular distances cost at least a tenth more than FasterPAM's.",
        figure="a tenth",
        quantity=CostGap("stride", "fasterpam", "iris"),
        reproduced=(0.1, inf),
        seeds=2,
    )
]
