"""Which items of a test set were answered right, as a record keeps it: `n:hex`, a bit an item.

The n bits stand in order, the first in the highest bit of the first byte; the last byte is filled
up with zeros. "" says that nothing is known: the problem has no items, or too many to keep.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

MOST = 100_000  # items of an answer that are kept: 25 kB in the record
_FORM = re.compile(r"([1-9][0-9]{0,5}):([0-9a-f]+)")


def pack(right: Sequence[Any]) -> str:
    """The text of these truth values; "" for none, and for more than `MOST`.

    Args:
        right: bool[items], booleans of Python or of numpy.

    Raises:
        ValueError: where they are anything else.
    """
    import numpy as np  # what only reads records has no need of it

    known = np.asarray(right)
    if known.ndim != 1 or (known.dtype != np.bool_ and known.size):
        raise ValueError(
            f"{known.dtype} of shape {known.shape}, expected one boolean for each test item"
        )
    if not 0 < known.size <= MOST:
        return ""
    return f"{known.size}:{np.packbits(known).tobytes().hex()}"


def is_packed(text: str) -> bool:
    """Whether `pack` could have written the text."""
    if not text:
        return True
    found = _FORM.fullmatch(text)
    if found is None:
        return False
    count, digits = int(found[1]), found[2]
    filled = -count % 8
    return (
        count <= MOST
        and len(digits) == 2 * ((count + 7) // 8)
        and int(digits[-2:], 16) % (1 << filled) == 0
    )


def unpack(text: str) -> Any:
    """bool[items]; of length 0 where nothing is known.

    Raises:
        ValueError: where `pack` could not have written the text.
    """
    import numpy as np

    if not is_packed(text):
        raise ValueError(f"{text[:40]!r} does not tell which items are right")
    if not text:
        return np.zeros(0, bool)
    count, _, digits = text.partition(":")
    return np.unpackbits(np.frombuffer(bytes.fromhex(digits), np.uint8))[: int(count)].astype(bool)
