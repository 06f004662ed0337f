"""The live progress of `bench run`: what runs, what is left, failures as they happen."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from harness.report.plain import plain

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID


class Progress:
    """A progress bar on a terminal; elsewhere only the failures, a line each.

    Args:
        steps: how many there are.
        quiet: no bar.
        expected: statuses of failures that are no news, such as those of settings on trial.
    """

    def __init__(self, steps: int, quiet: bool = False, expected: Sequence[str] = ()) -> None:
        self._steps = steps
        self._expected = expected
        self._live = sys.stderr.isatty() and not quiet
        self._bar: RichProgress | None = None
        self._task: TaskID | None = None

    def __enter__(self) -> Progress:
        if self._live:
            from rich.console import Console
            from rich.progress import (
                BarColumn,
                MofNCompleteColumn,
                TextColumn,
                TimeElapsedColumn,
                TimeRemainingColumn,
            )
            from rich.progress import Progress as RichProgress

            self._bar = RichProgress(
                BarColumn(bar_width=24),
                MofNCompleteColumn(),
                TimeElapsedColumn(),
                TextColumn("left"),
                TimeRemainingColumn(),
                TextColumn("{task.description}", markup=False),
                console=Console(stderr=True),
                transient=True,
                refresh_per_second=4,  # seldom: the display must not disturb what is measured
            )
            self._bar.start()
            self._task = self._bar.add_task("", total=self._steps)
        return self

    def __exit__(self, *exception: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    def started(self, what: str) -> None:
        """Show what is running."""
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, description=what)

    def stepped(self, steps: int) -> None:
        """Count steps that are done."""
        if self._bar is not None and self._task is not None:
            self._bar.advance(self._task, steps)

    def failure(self, status: str, sentence: str) -> None:
        """Show a failure above the bar, unless such are expected."""
        if status in self._expected:
            return
        text = f"{click.style(status, fg='red', bold=True)} {plain(sentence)}"
        if self._bar is not None:
            from rich.text import Text

            self._bar.console.print(Text.from_ansi(text))
        else:
            click.echo(text, err=True, color=sys.stderr.isatty())
