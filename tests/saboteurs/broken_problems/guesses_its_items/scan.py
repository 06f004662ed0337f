"""Look at every number."""

from dataclasses import dataclass

from broken_problems import _healthy


@dataclass(frozen=True)
class Scan(_healthy.Scan):
    """Look at every number."""

    problem = "guesses_its_items"
