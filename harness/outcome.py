"""What the parent saw of a run."""

from __future__ import annotations

from dataclasses import dataclass, field

from harness.run import GROWTH, Ending, Point


@dataclass
class Outcome:
    """What the parent saw of a run.

    Attributes:
        status: ok, timeout, memory, crashed, raised or invalid.
        message: the sentence for the reader; empty when ok.
        ending: what the loop said on its end; None where it did not live to say it.
        points: answers in order, `Point.answer` still encoded.
        wall: seconds between start and end as the parent saw them.
        cpu: processor seconds from start to end as the parent saw them.
        cpu_of_children: of processes that it started and waited for.
        waited: seconds in that time without a processor, though ready to run.
        memory: peak of resident bytes beyond what was resident at the start.
        threads: most threads seen, of all its processes, without those of libraries that were
            there before the start.
        instructions: of the processor from start to end, user mode.
        opening: processor seconds between getting the data and the start.
        lag: seconds by which its own clock was behind the parent's at the end, sending included.
        lag_of_points: most seconds by which it was with an answer. A trace sends some answers
            only when the next is there; a repeated run (`harness.repeat`) sends each at once.
        sent: bytes that it sent. received: points among them, those thinned out included.
        late: seconds in which the parent itself had no processor.
        left: processes that it left behind, which were killed.
        output: what it printed, cut.
    """

    status: str = "ok"
    message: str = ""
    ending: Ending | None = None
    points: list[Point] = field(default_factory=list)
    wall: float = 0.0
    cpu: float | None = None
    cpu_of_children: float | None = None
    waited: float | None = None
    memory: int | None = None
    threads: int | None = None
    instructions: int | None = None
    opening: float | None = None
    lag: float = 0.0
    lag_of_points: float = 0.0
    sent: int = 0
    received: int = 0
    late: float = 0.0
    left: int = 0
    output: str = ""


class Trace:
    """The points of a run; those closer in time than a trace needs are dropped, where `thin`."""

    def __init__(self, thin: bool) -> None:
        self._thin = thin
        self.points: list[Point] = []

    def add(self, point: Point) -> None:
        """Add a point; perhaps in the place of the one before."""
        points = self.points
        if self._thin and len(points) >= 2 and _close(points[-2], points[-1], point):
            points[-1] = point
        else:
            points.append(point)


def _close(one: Point, two: Point, three: Point) -> bool:
    """Whether the trace can do without the second of three points."""
    return two.seconds < one.seconds * GROWTH and three.seconds < two.seconds * GROWTH
