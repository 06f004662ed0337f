"""What a run says of itself, held against what the parent saw: the flags of its row.

A solver shares its process with the clock that times it. Whatever it does to that clock, the
parent has its own: when the run was let go, when each answer arrived, and what the kernel counted.
The child's clock is the finer one and is used; where the two disagree by more than sending the
answers and waiting for a processor explain, the row is flagged, and where by much, it is invalid.
"""

from __future__ import annotations

from harness.outcome import Outcome
from harness.record import Record

# What an honest run spends beyond its own clock, measured on a busy machine with room to spare:
# the loop's bookkeeping per answer, and encoding and sending what is kept.
_PER_ANSWER, _PER_POINT, _BYTES_PER_SECOND = 20e-6, 100e-6, 50e6
_TOLERANCE, _SHARE = 0.03, 0.1  # seconds, and share of the time
_LIE, _LIE_SHARE = 0.25, 0.5  # beyond what is explained: no noise does that
_WAITED, _WAITED_SHARE = 0.02, 0.1
_OPENING, _OPENING_TIMES = 0.1, 5.0  # seconds, and times what it takes in the parent
_BUSY = 0.25  # processors beyond those allowed


def doubt(record: Record, outcome: Outcome, threads: int, opening: float = 0.0) -> None:
    """Flag what is odd about a run; a clock that lies makes it invalid.

    Args:
        record: of the run, filled in.
        outcome: what the parent saw.
        threads: that the run was allowed.
        opening: processor seconds that opening the data takes in the parent.
    """
    _threads(record, outcome, threads)
    _waiting(record, outcome)
    _opening(record, outcome, opening)
    if outcome.ending is not None:
        clock(record, outcome, outcome.lag)


def _threads(record: Record, outcome: Outcome, allowed: int) -> None:
    seen = outcome.threads or 0
    if seen > allowed:
        record.flags.append(f"threads: {_count(seen, 'thread')} seen, {allowed} allowed")
    elif outcome.left:
        record.flags.append(
            f"threads: it left {_count(outcome.left, 'process', 'es')} behind, killed when it ended"
        )
    used = (outcome.cpu or 0.0) + (outcome.cpu_of_children or 0.0)
    if outcome.wall > 0.1 and used > (allowed + _BUSY) * outcome.wall:
        record.flags.append(
            f"threads: it kept {used / outcome.wall:.1f} processors busy, {allowed} allowed"
        )


def _waiting(record: Record, outcome: Outcome) -> None:
    waited = outcome.waited or 0.0
    if waited > _WAITED and waited > _WAITED_SHARE * outcome.wall:
        record.flags.append(
            f"disturbed: it waited {waited:.2g} of {outcome.wall:.2g} s for a processor"
        )


def _opening(record: Record, outcome: Outcome, usual: float) -> None:
    """Work that was done between the data and the start of the clock."""
    spent = outcome.opening or 0.0
    if spent > _OPENING + _OPENING_TIMES * usual:
        record.flags.append(
            f"clock: {spent:.2g} s of work before its clock started, where opening the data "
            f"takes {usual:.2g} s"
        )


def clock(record: Record, outcome: Outcome, lag: float) -> None:
    """Hold the clock of a run against the parent's.

    Args:
        record: of the run; is flagged or made invalid where the clocks disagree.
        outcome: what the parent saw of the run, or of its repetition.
        lag: seconds by which the run's clock is behind.
    """
    assert outcome.ending is not None
    said = outcome.ending.seconds
    explained = (
        _TOLERANCE
        + _SHARE * outcome.wall
        # Each answer takes some time of the solver's own: many of them in no time explain nothing.
        + min(_PER_ANSWER * outcome.ending.answers, 50 * said)
        + _PER_POINT * outcome.received
        + outcome.sent / _BYTES_PER_SECOND
        + (outcome.waited or 0.0)
        + outcome.late
    )
    beyond = lag - explained
    ahead = said - outcome.wall - _TOLERANCE - _SHARE * outcome.wall
    if max(beyond, ahead) <= 0:
        return
    sentence = f"its own clock says {said:.3g} s, the harness's {outcome.wall:.3g} s"
    if lag > outcome.lag + _TOLERANCE:
        sentence = f"an answer that its own clock puts {lag:.3g} s earlier"
    if beyond > max(_LIE, _LIE_SHARE * outcome.wall) or ahead > _LIE:
        record.invalidate(f"a clock that lies: {sentence}")
        record.seconds = outcome.wall
    else:
        record.flags.append(f"clock: {sentence}")


def _count(number: int, name: str, plural: str = "s") -> str:
    return f"{number} {name}{plural if number != 1 else ''}"
