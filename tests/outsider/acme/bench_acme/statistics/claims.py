"""What the paper about first places claims."""

from harness.api import Claim

CLAIMS = [
    Claim(
        name="first-places-are-fair",
        paper="fast-eager-k-medoids-clustering",
        statement="Counting first places is fair to all solvers.",
        figure="always",
        untestable="It is a matter of taste.",
    )
]
