"""Look at every number."""

from dataclasses import dataclass

from broken_problems import _healthy


@dataclass(frozen=True)
class Scan(_healthy.Scan):
    """Look at every number."""

    problem = "form_of_a_set"
