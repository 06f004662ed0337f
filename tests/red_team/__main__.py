"""`make trust`: every fault and every cheat, what happened, and whether it is as promised."""

from __future__ import annotations

import inspect
import os
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from harness.sandbox import landlock

from .mishaps import MISHAPS
from .ring import Ring, told
from .trials import TRIALS

_SECTIONS = {
    "faults": "Faults: the solver breaks, the bench goes on",
    "cheats": "Cheats: caught, or harmless",
    "mishaps": "Mishaps: what befalls the bench itself and its results",
}


def main() -> int:
    """Print the table; 1 where something is not as promised."""
    console = Console(width=None if sys.stdout.isatty() else 160)
    if landlock() < 6:
        console.print("This kernel's Landlock is absent or too old: several cheats will succeed.")
    passed = {True: 0, False: 0}
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        os.environ["BENCH_CACHE"] = str(scratch / "cache")
        for section, title in _SECTIONS.items():
            table = Table(title=title, title_justify="left", title_style="bold", expand=True)
            for column, ratio in (("what it does", 5), ("what happened", 6)):
                table.add_column(column, ratio=ratio, overflow="fold")
            table.add_column("", width=4)
            for story, happened, right in _rows(section, scratch):
                passed[right] += 1
                mark = "[green]pass[/]" if right else "[red bold]FAIL[/]"
                table.add_row(_plain(story), _plain(happened), mark)
            console.print(table)
    console.print(f"{passed[True]} as promised, {passed[False]} not")
    return 1 if passed[False] else 0


def _rows(section: str, scratch: Path):  # type: ignore[no-untyped-def]
    if section == "mishaps":
        for number, mishap in enumerate(MISHAPS):
            folder = scratch / f"mishap-{number}"
            folder.mkdir()
            happened, right = mishap(folder)
            yield inspect.cleandoc(mishap.__doc__ or ""), happened, right
        return
    with Ring(scratch) as ring:
        for trial in TRIALS:
            if trial.folder == section:
                record = ring.run(trial)
                wrong = trial.judge(record)
                yield trial.story, "; ".join([told(record), *wrong]), not wrong


def _plain(text: str) -> str:
    return text.replace("[", r"\[")


if __name__ == "__main__":
    sys.exit(main())
