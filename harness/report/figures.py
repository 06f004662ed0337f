"""How the charts' data gets to the pages, and charts as files: SVG, PDF, PNG and CSV.

Pages are opened from disk, where a script may fetch nothing; but it may load other scripts. So each
chart's data lies in scripts that call `benchChart` with it: the first tells of the chart and holds
its first views, the others hold the rest, each about `CHUNK` bytes. The specifications of the kinds
of charts lie beside them, once per site. All is loaded when a reader comes near.

Figures are drawn as `paper` tells; `static/chart-save.js` does the same for what a reader sees.
"""

from __future__ import annotations

import csv
import functools
import hashlib
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import vl_convert

from harness.paths import write_atomically
from harness.report import specs
from harness.report.charts import Chart, folder_name
from harness.report.palette import DASHES, SHAPES
from harness.report.paper import additions, on_paper, signals

CHUNK = 100_000  # bytes of views in a file of data, unless one view has more
FORMATS = ("svg", "pdf", "png", "csv")
_SCALE = 2.0  # pixels of a PNG for each of the page


def source(chart: Chart) -> str:
    """The address of a chart's data, seen from the folder `data`."""
    return f"{chart.place}/{chart.name}.js?{_digest(chart)}"


def write_data(charts: Iterable[Chart], folder: Path) -> list[Path]:
    """Write the data of a site's charts, and the specifications of their kinds.

    Args:
        charts: of all pages.
        folder: the site's.
    """
    written = []
    kinds = set()
    for chart in charts:
        kinds.add(chart.kind)
        for name, text in _scripts(chart):
            path = folder / "data" / chart.place / name
            write_atomically(path, text)
            written.append(path)
    for kind in sorted(kinds):
        path = folder / "static" / f"kind-{kind}.js"
        content = {
            "spec": specs.compiled(kind),
            "paper": additions(kind),
            "sizes": specs.RANK_SIZES,
        }
        write_atomically(path, _script(f"kind-{kind}", content))
        written.append(path)
    return written


@functools.lru_cache(maxsize=64)  # a chart is asked for its address, then for its data
def _packed(chart: _Same) -> list[list[str]]:
    chunks: list[list[str]] = [[]]
    room = CHUNK
    for view in chart.chart.views:
        text = _json(view.plain())
        if chunks[-1] and len(text) > room:
            chunks.append([])
            room = CHUNK
        chunks[-1].append(text)
        room -= len(text)
    return chunks


class _Same:
    """A chart as the key of a cache: the very same object."""

    def __init__(self, chart: Chart) -> None:
        self.chart = chart

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.chart is self.chart

    def __hash__(self) -> int:
        return id(self.chart)


def _digest(chart: Chart) -> str:
    digest = hashlib.blake2b(digest_size=6)
    for chunk in _packed(_Same(chart)):
        for text in chunk:
            digest.update(text.encode())
    digest.update(_json(list(chart.styles)).encode())
    return digest.hexdigest()


def _scripts(chart: Chart) -> list[tuple[str, str]]:
    """(name, text) of the files of a chart's data."""
    chunks = _packed(_Same(chart))
    files = []
    begin = 0
    for i, chunk in enumerate(chunks):
        told = _json(_told(chart, chunks)) if i == 0 else "null"
        name = f"{chart.name}.js" if i == 0 else f"{chart.name}.{i}.js"
        views = ",\n".join(chunk)
        key = _json(f"{chart.place}/{name}")
        files.append((name, f"benchChart({key},{told},{begin},[\n{views}\n]);\n"))
        begin += len(chunk)
    return files


def _told(chart: Chart, chunks: Sequence[Sequence[str]]) -> dict[str, Any]:
    """What the page's script knows of a chart besides its views."""
    starts = [0]
    for chunk in chunks[:-1]:
        starts.append(starts[-1] + len(chunk))
    return {
        "kind": chart.kind,
        "file": file_name(chart),
        "title": chart.title,
        "note": chart.note,
        "picker": chart.picker,
        "views": [view.title for view in chart.views],
        "starts": starts,
        "labels": list(chart.styles),
        "looks": [
            [look.colour, SHAPES[look.shape], list(DASHES[look.dash]) or None]
            for look in chart.styles.values()
        ],
        "fields": [[one.column, one.title, one.form, one.low, one.high] for one in chart.fields],
        "signals": signals(chart),
    }


def _script(name: str, content: Any) -> str:
    return f"benchChart({_json(name)},{_json(content)},0,[]);\n"


def _json(value: Any) -> str:
    """JSON in plain ASCII that stays what it is inside a script."""
    text = json.dumps(value, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace("__proto__", "\\u005f_proto__")


def file_name(chart: Chart) -> str:
    """The name of a chart's files, without an ending."""
    return folder_name(f"{chart.place}-{chart.name}")


def write_figures(
    charts_by_page: Mapping[str, Sequence[Chart]],
    folder: Path,
    formats: Sequence[str] = FORMATS,
) -> list[Path]:
    """Write each chart, its first view, in each format; the CSV holds all views.

    Args:
        charts_by_page: name of a page -> its charts; a folder of that name is made for each.
        folder: where to write.
        formats: of `FORMATS`.

    Raises:
        OSError: where the folder can't be written.
    """
    written: list[Path] = []
    for page, charts in charts_by_page.items():
        for chart in charts:
            stem = folder / folder_name(page) / chart.name
            for ending, content in _drawn(chart, formats):
                path = stem.with_name(f"{chart.name}.{ending}")
                write_atomically(path, content)
                written.append(path)
    return written


def _drawn(chart: Chart, formats: Sequence[str]) -> Iterable[tuple[str, str | bytes]]:
    svg = ""
    if set(formats) - {"csv"}:
        svg = str(vl_convert.vega_to_svg(on_paper(chart)))
    for name in formats:
        if name == "svg":
            yield name, svg
        elif name == "pdf":
            yield name, bytes(vl_convert.svg_to_pdf(svg))
        elif name == "png":
            yield name, bytes(vl_convert.svg_to_png(svg, scale=_SCALE))
        elif name == "csv":
            yield name, table(chart)
        else:
            raise ValueError(f"a figure is written as {', '.join(FORMATS)}, not {name!r}")


def table(chart: Chart) -> str:
    """The data of all views as CSV, one row for each point."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    labels = list(chart.styles)
    columns = [(one.title, one.column) for one in chart.fields]
    for one in chart.fields:
        if one.low:
            columns += [(f"{one.title}: low", one.low), (f"{one.title}: high", one.high)]
    solvers = chart.kind != "matrix"
    heads = [chart.picker] * bool(chart.picker) + ["solver"] * solvers
    writer.writerow([harmless(head) for head in heads + [title for title, _ in columns]])
    for view in chart.views:
        values = [view.column(name) or [None] * len(view.labels) for _, name in columns]
        for i, number in enumerate(view.labels):
            if solvers and number < 0:
                continue
            row = [view.title] * bool(chart.picker) + [labels[number]] * solvers
            writer.writerow([harmless(cell) for cell in [*row, *(one[i] for one in values)]])
    return out.getvalue()


def harmless(cell: Any) -> Any:
    """A text that a spreadsheet doesn't take for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in tuple("=+-@\t\r") else cell
