"""Claims of papers with their verdicts, as pages show them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.claim import UNTESTABLE
from harness.report import formats
from harness.report.board import span_of

if TYPE_CHECKING:
    from harness.claims import Judged

NOT_RUN = "not run yet"
# Verdict -> the tone of its sign; the order is that of every list of verdicts.
TONES = {
    "reproduced": "good",
    "weaker than claimed": "neutral",
    "contradicted": "bad",
    "inconclusive": "unknown",
    "not testable here": "unknown",
    NOT_RUN: "unknown",
}
_MOST_RECORDS = 12  # addresses that a page shows


@dataclass(frozen=True)
class ClaimView:
    """A claim as it is shown: what the paper says, what was measured, and what follows."""

    claim: Judged
    verdict: str
    tone: str
    measured: str
    interval: str

    @property
    def records(self) -> tuple[str, ...]:
        """The first addresses of the records behind the verdict."""
        return self.claim.records[:_MOST_RECORDS]

    @property
    def records_more(self) -> int:
        return max(0, len(self.claim.records) - _MOST_RECORDS)


def view(claim: Judged) -> ClaimView:
    """The claim with its numbers written."""
    form = formats.of(claim.form)
    verdict = claim.verdict or NOT_RUN
    known = claim.measured is not None
    return ClaimView(
        claim,
        verdict,
        TONES.get(verdict, "unknown"),
        form(claim.measured) if known else "",
        span_of(form(claim.low), form(claim.high)) if known and claim.low is not None else "",
    )


def counted(views: Iterable[ClaimView]) -> list[tuple[str, str, int]]:
    """(verdict, tone, how many), those that occur."""
    counts = Counter(view.verdict for view in views)
    order = [*TONES, *sorted(set(counts) - set(TONES))]
    return [(one, TONES.get(one, "unknown"), counts[one]) for one in order if counts[one]]


@dataclass(frozen=True)
class Claims:
    """All claims, and those that concern something."""

    views: tuple[ClaimView, ...] = ()

    @classmethod
    def of(cls, claims: Sequence[Judged]) -> Claims:
        """As they are stated, but those that were measured before those that were not."""
        views = map(view, claims)
        return cls(tuple(sorted(views, key=lambda one: one.verdict in (UNTESTABLE, NOT_RUN))))

    def of_problem(self, name: str) -> list[ClaimView]:
        return self._those(lambda claim: claim.problem == name)

    def of_paper(self, key: str) -> list[ClaimView]:
        return self._those(lambda claim: claim.paper == key)

    def of_solver(self, problem: str, stem: str) -> list[ClaimView]:
        return self._those(lambda claim: claim.problem == problem and stem in claim.solvers)

    def _those(self, wanted: Callable[[Judged], bool]) -> list[ClaimView]:
        return [view for view in self.views if wanted(view.claim)]
