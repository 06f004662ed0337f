"""Its score sorts the answer itself.

Caught by: `instance_untouched`, which says "changes the answer of scan".
"""

from broken_problems._healthy import LeastNumber

from harness.api import InvalidAnswer


class EditsAnswers(LeastNumber):
    """Two indexes; the lower one counts."""

    def score(self, instance, answer):
        if type(answer) is not list or len(answer) != 2 or {type(i) for i in answer} != {int}:
            raise InvalidAnswer("expected a list of two indexes")
        answer.sort()
        return super().score(instance, answer[0])
