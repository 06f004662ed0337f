"""The bytes of tokens, for packages that know tokens by them."""

import numpy as np


def strings_of(merges: np.ndarray) -> list[bytes]:
    """The bytes of tokens 0 .. 255 + m.

    Args:
        merges: int32[m, 2].
    """
    strings = [bytes([byte]) for byte in range(256)]
    for left, right in merges.tolist():
        strings.append(strings[left] + strings[right])
    return strings
