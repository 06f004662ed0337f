"""Tables for people: aligned text, a terminal of any width, Markdown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from harness.cli.common import columns

NONE = "–"
MARK = "!"
_WRAPPED = 20  # characters at least of a column that wraps
_OF = ("95 %", "±")  # heads that say something of the column before


@dataclass(frozen=True)
class Shown:
    """A table for people.

    Attributes:
        title: above it.
        rows: of cells, the head first.
        right: columns with numbers, which stand on the right.
        optional: columns that are left out where nothing is in them.
        wraps: the column whose text may take several lines.
        yields: columns that make room where the terminal is narrow, the first of them first.
        warnings: lines below it.
    """

    title: str
    rows: list[list[str]]
    right: tuple[int, ...] = ()
    optional: tuple[int, ...] = ()
    wraps: int | None = None
    yields: tuple[int, ...] = ()
    warnings: tuple[str, ...] = ()

    def whole(self) -> Shown:
        """Without the optional columns that hold nothing."""
        body = self.rows[1:]
        return self.without(i for i in self.optional if all(row[i] in ("", NONE) for row in body))

    def without(self, gone: Iterable[int]) -> Shown:
        """Without these columns."""
        left_out = set(gone)
        kept = [i for i in range(len(self.rows[0])) if i not in left_out]
        place = {old: new for new, old in enumerate(kept)}
        right, yields = (
            tuple(place[i] for i in old if i in place) for old in (self.right, self.yields)
        )
        rows = [[row[i] for i in kept] for row in self.rows]
        wraps = None if self.wraps is None else place.get(self.wraps)
        return replace(self, rows=rows, right=right, optional=(), wraps=wraps, yields=yields)


def text_of(shown: list[Shown], terminal: bool) -> str:
    """Tables with their titles, for a terminal or for a pipe."""
    draw = _drawn if terminal else _aligned
    return "\n\n".join(map(draw, shown)) + "\n"


def _aligned(shown: Shown) -> str:
    lines = [shown.title, columns(shown.rows), *(f"  {MARK} {line}" for line in shown.warnings)]
    return "\n".join(line for line in lines if line.strip())


def _drawn(shown: Shown) -> str:
    """For a terminal: in its width, with what had no room named below."""
    from rich.console import Console
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    console = Console()
    fitting, hidden, crowded = _fitted(shown, console.width)
    drawn = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for i, name in enumerate(fitting.rows[0]):
        drawn.add_column(
            name,
            overflow="fold",
            justify="right" if i in fitting.right else "left",
            no_wrap=i != fitting.wraps and not crowded,
        )
    for row in fitting.rows[1:]:
        drawn.add_row(*[Text(MARK, "bold yellow") if cell == MARK else Text(cell) for cell in row])
    with console.capture() as capture:
        console.print(Text(shown.title, "bold"))
        console.print(Padding(drawn, (0, 0, 0, 2)))
        for line in shown.warnings:
            grid = Table.grid(padding=(0, 1, 0, 0))
            grid.add_row(Text(MARK, "bold yellow"), Text(line))
            console.print(Padding(grid, (0, 0, 0, 2)))
        if hidden:
            room = f"no room for {', '.join(hidden)}; a wider terminal or --format csv shows all"
            console.print(Padding(Text(room, "dim"), (0, 0, 0, 2)))
    return "\n".join(line.rstrip() for line in capture.get().rstrip("\n").split("\n"))


def _fitted(shown: Shown, width: int) -> tuple[Shown, list[str], bool]:
    """The table without the columns that have no room, their names, and whether it is too wide."""
    from rich.cells import cell_len

    heads = shown.rows[0]
    natural = [2 + max(cell_len(row[i]) for row in shown.rows) for i in range(len(heads))]
    if shown.wraps is not None:
        natural[shown.wraps] = min(natural[shown.wraps], _WRAPPED)
    room = width - sum(natural)
    gone: list[int] = []
    for i in shown.yields:
        if room < 0:
            gone.append(i)
            room += natural[i]
    for i in reversed(gone.copy()):  # a wide one that went later may have made room for these
        if natural[i] <= room:
            gone.remove(i)
            room -= natural[i]
    names = [f"{heads[i]} of {heads[i - 1]}" if heads[i] in _OF else heads[i] for i in gone]
    return shown.without(gone), [name or "message" for name in names], room < 0


def markdown(shown: list[Shown]) -> str:
    """Tables as Markdown, in which nothing of a cell is markup."""
    parts = []
    for one in shown:
        clean = [[_in_markdown(cell) for cell in row] for row in one.rows]
        lines = [f"### {_in_markdown(one.title)}", "", "| " + " | ".join(clean[0]) + " |"]
        lines.append("|" + " --- |" * len(clean[0]))
        lines += ["| " + " | ".join(row) + " |" for row in clean[1:]]
        if one.warnings:
            lines += ["", *(f"- **{MARK}** {_in_markdown(line)}" for line in one.warnings)]
        parts.append("\n".join(lines))
    return "\n\n".join(parts)


def _in_markdown(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("|", "\\|")
