"""Its normal form is a set, in whose order nobody can trust.

Caught by: `normal_forms`, which says "gives no plain data: it holds a builtins.set".
"""

from broken_problems._healthy import LeastNumber


class FormOfASet(LeastNumber):
    """Its normal form is a set, in whose order nobody can trust."""

    def normal(self, instance, answer):
        return {answer}
