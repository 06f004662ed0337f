"""The light half of the heavy/light split."""

import numpy as np

from bench_text.hamming_distances._letters import check, kernel_for, slices

_BLOCK = 1 << 17  # windows that the kernel takes together


def subtract_light(
    text: np.ndarray, pattern: np.ndarray, light: np.ndarray, out: np.ndarray
) -> None:
    """Take the matches of light letters from the distances, place by place.

    Args:
        text, pattern: numbers of letters 0..s-1; in the text s is one that matches nothing.
        light: bool[s], whether a letter is light.
        out: int32[n - m + 1], changed.
    """
    n, m = len(text), len(pattern)
    order = np.argsort(pattern, kind="stable")
    order = order[light[pattern[order]]].astype(np.int32)
    counts = np.bincount(pattern, minlength=len(light)) * light
    starts = np.concatenate(([0], np.cumsum(counts))).astype(np.int64)
    following = np.empty(len(light), np.int64)
    call = kernel_for(text, "light")
    for start, stop in slices(n - m + 1, max(1, 16 * int(counts.max())), multiple=_BLOCK):
        check(call(text, n, m, len(light), starts, order, start, stop, following, out))
