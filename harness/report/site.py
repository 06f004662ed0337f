"""Writing the site: its pages, its style sheet and its scripts. It needs no network, nor a server.

Pages forbid inline scripts, inline styles and `eval`: data lies in JSON, Vega's expressions are
interpreted, and names are escaped wherever they stand.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import harness
from harness.catalogue import Catalogue
from harness.paths import write_atomically
from harness.store import Results

if TYPE_CHECKING:
    import jinja2
    import pandas as pd

_HERE = Path(__file__).parent


def write_site(
    results: Results,
    frame: pd.DataFrame,
    catalogue: Catalogue,
    folder: Path,
    papers: Mapping[str, str] | None = None,
) -> list[Path]:
    """Write the site; pages that are there already are replaced.

    Args:
        results: what the store holds; its run headers say how the records came about.
        frame: the records that count, as `harness.tables.current` returns them.
        catalogue: what is installed, for the descriptions of problems and solvers.
        folder: where to write; made if need be.
        papers: key -> title of papers.

    Returns:
        the pages written, the index first.

    Raises:
        OSError: where the folder can't be written.
    """
    from harness.report.page import problem_page
    from harness.report.plain import harmless

    frame = harmless(frame)
    pages = [
        problem_page(name, f"problems/{file}.html", results, frame, catalogue, papers or {})
        for name, file in _files(_problems(results, frame)).items()
    ]
    environment = _environment()
    written = [folder / "index.html"]
    shared = {"version": harness.__version__, "written": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"}
    index = environment.get_template("index.html").render(
        pages=pages, complaints=results.complaints, root="", **shared
    )
    write_atomically(written[0], index)
    for page in pages:
        path = folder / page.href
        text = environment.get_template("problem.html").render(page=page, root="../", **shared)
        write_atomically(path, text)
        written.append(path)
    _write_static(folder / "static", any(page.charts for page in pages))
    return written


def _problems(results: Results, frame: pd.DataFrame) -> list[str]:
    """The problems with records, and those that a run was to measure."""
    names = [str(name) for name in frame["problem"]] if len(frame) else []
    for header in results.runs.values():
        noted = header.get("problems")
        names += [str(name) for name in noted] if isinstance(noted, dict) else []
    return sorted(set(names))


def _files(names: list[str]) -> dict[str, str]:
    """Name -> a file name that is safe everywhere, different for each."""
    files: dict[str, str] = {}
    taken: set[str] = set()
    turns: dict[str, int] = {}
    for name in names:
        wanted = re.sub(r"[^A-Za-z0-9_-]+", "-", name[:1000])[:80].strip("-") or "problem"
        proposed = wanted
        while proposed.lower() in taken:
            turns[wanted.lower()] = turns.get(wanted.lower(), 1) + 1
            proposed = f"{wanted}-{turns[wanted.lower()]}"
        taken.add(proposed.lower())
        files[name] = proposed
    return files


def _environment() -> jinja2.Environment:
    import jinja2

    from harness.report import formats
    from harness.report.board import MEANING
    from harness.report.palette import SHAPES

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=_bounded,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["script_json"] = script_json
    environment.filters["count"] = formats.count
    environment.filters["thousands"] = formats.thousands
    environment.globals.update(MEANING=MEANING, SHAPES=SHAPES, NONE=formats.NONE)
    return environment


def _bounded(value: Any) -> Any:
    """What a template puts into a page: no text of others without end, or with control codes."""
    from markupsafe import Markup

    from harness.report.plain import TEXT, plain

    if isinstance(value, str) and not isinstance(value, Markup):
        return plain(value, TEXT, lines=True)
    return value


def script_json(value: Any) -> Any:
    """JSON that is safe inside a script element, where `</script>` and `<!--` would end it."""
    from markupsafe import Markup

    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    for letter in "<>&\u2028\u2029":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return Markup(text)


def _write_static(folder: Path, with_charts: bool) -> None:
    from harness.report.palette import style_sheet

    for source in sorted((_HERE / "static").iterdir()):
        write_atomically(folder / source.name, source.read_bytes())
    write_atomically(folder / "colours.css", style_sheet())
    if with_charts:
        write_atomically(folder / "vega.js", _vega())


@functools.cache
def _vega() -> str:
    """Vega with its embedder and expression interpreter, as one script."""
    import vl_convert

    return str(vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;"))
