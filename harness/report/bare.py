"""Pages that stand outside a site, with its look: they link to no other page of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

import harness
from harness.paths import write_atomically
from harness.report.plain import NAME, plain

_HERE = Path(__file__).parent
_STATIC = ("style.css", "site.js")
STATIC = "static"


class Table(Protocol):
    """What is shown of a table: a title, rows of texts, the head first, and columns of numbers."""

    @property
    def title(self) -> str: ...
    @property
    def rows(self) -> list[list[str]]: ...
    @property
    def right(self) -> tuple[int, ...]: ...


def page(template: str, **content: Any) -> str:
    """A page of a template that extends `bare.html`."""
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(template).render(
        version=harness.__version__,
        written=f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        static=STATIC,
        **content,
    )


def static_files() -> dict[str, bytes]:
    """Path beside the page -> content of the style sheets and the script that it needs."""
    from harness.report.palette import style_sheet

    files = {f"{STATIC}/{name}": (_HERE / "static" / name).read_bytes() for name in _STATIC}
    return {**files, f"{STATIC}/colours.css": style_sheet().encode()}


def write_report(
    path: Path, title: str, verdict: str, tables: Sequence[Table], notes: Iterable[str]
) -> None:
    """Write a comparison as a page, with its style beside it.

    Args:
        path: of the page.
        title, verdict: what is compared, and the outcome in a sentence.
        tables: of texts.
        notes: what a reader must know.

    Raises:
        OSError: where it can't be written.
    """
    text = page(
        "compare_report.html", title=title, verdict=verdict, tables=tables, notes=list(notes)
    )
    for name, content in static_files().items():
        write_atomically(path.parent / name, content)
    write_atomically(path, text)


def machines_page(machines: Iterable[Mapping[str, Any]]) -> dict[str, bytes]:
    """The files of an index of several machines' sites: path -> content.

    Args:
        machines: of each its id, which is also its folder, and what is told of it; others may have
            written that.
    """
    text = page("machines.html", machines=[_machine(one) for one in machines])
    return {"index.html": text.encode(), **static_files()}


def _machine(told: Mapping[str, Any]) -> dict[str, Any]:
    """What the index shows of a machine, whatever is missing or of another type."""
    texts = ("id", "processor", "system", "date", "commit")
    shown: dict[str, Any] = {
        name: plain(told[name], NAME) if isinstance(told.get(name), str) else "" for name in texts
    }
    counts = told.get("counts")
    pairs = counts.items() if isinstance(counts, dict) else ()
    known = [(plain(str(name), NAME), many) for name, many in pairs if isinstance(many, int)]
    return {**shown, "counts": dict(known[:6])}
