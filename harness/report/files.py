"""Writing the files of a site: each whole or not at all, and a table as CSV."""

from __future__ import annotations

import csv
import io
import math
import os
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any


def write(path: Path, content: str | bytes) -> None:
    """Replace the file by one with this content; a reader sees the old one or the new one.

    A site is made anew within seconds, so that it need not outlast a power cut: unlike the store,
    nothing is synced, which on hundreds of pages costs more than making them.

    Raises:
        OSError: where it can't be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, scratch = tempfile.mkstemp(dir=path.parent, prefix=".writing-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
        os.chmod(scratch, 0o644)
        os.replace(scratch, path)
    except BaseException:
        os.unlink(scratch)
        raise


def csv_text(heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """A table as CSV with all digits; what is missing is empty, what is without end is `inf`.

    A text that a spreadsheet would take for a formula gets an apostrophe in front.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([_entry(head) for head in heads])
    writer.writerows([_entry(value) for value in row] for row in rows)
    return out.getvalue()


def _entry(value: Any) -> Any:
    if isinstance(value, str):
        return "'" + value if value[:1] in ("=", "+", "-", "@", "\t", "\r") else value
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    return value
