"""It brings the answer itself into its normal form.

Caught by: `normal_forms`, which says "changes it; work on a copy".
"""

from broken_problems._healthy import LeastNumber

from harness.api import InvalidAnswer


class SortsForItsForm(LeastNumber):
    """Two indexes; the dearer one counts."""

    def score(self, instance, answer):
        if type(answer) is not list or len(answer) != 2:
            raise InvalidAnswer("expected a list of two indexes")
        return max(super(SortsForItsForm, self).score(instance, i)[0] for i in answer), {}

    def normal(self, instance, answer):
        answer.sort()
        return answer
