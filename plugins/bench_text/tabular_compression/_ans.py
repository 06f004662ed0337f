"""Blocks by asymmetric numeral systems (rANS): fixed frequencies for each block, one stream of all.

Frequencies are whole numbers that sum to 2^bits, as near to the shares of the letters as that
allows, and 1 at least where a letter comes at all. They are stored: which letters come, then the
frequencies less 1, of each block but for its last, in two digits, all by counts in the stream that
holds the classes, too. The letters follow in a stream of their own, see
`cext/entropy_coding_ans.h`.
"""

from collections.abc import Iterable

import numpy as np

from bench_text.tabular_compression._streams import FormatError, Reader, Writer
from harness.api import kernel

MOST_FREQUENCIES = 1 << 24  # of all blocks
_FINEST, _COARSEST = 16, 12  # bits
_SPARE = 8  # bits more than the alphabet has


def bits_of(alphabet: int) -> int:
    """How fine frequencies are: 2^bits in all; few letters get a table that fits the cache."""
    return min(_FINEST, max(_COARSEST, (alphabet - 1).bit_length() + _SPARE))


def write(side: Writer, blocks: Iterable[np.ndarray], alphabet: int) -> bytes:
    """Write the frequencies of blocks to `side`; returns the stream of their letters.

    Raises:
        ValueError: where blocks and letters are too many.
    """
    all_blocks = list(blocks)
    if len(all_blocks) * alphabet > MOST_FREQUENCIES:
        raise ValueError(
            f"{len(all_blocks)} blocks of {alphabet} letters are too many for ans; expected at "
            f"most {MOST_FREQUENCIES} frequencies, choose fewer classes or another coder"
        )
    bits = bits_of(alphabet)
    frequencies = np.stack(
        [quantised(np.bincount(block, minlength=alphabet), 1 << bits) for block in all_blocks]
    )
    _write_frequencies(side, frequencies, bits)
    letters = np.concatenate(all_blocks)
    sizes = np.array([len(block) for block in all_blocks], np.int64)
    out = np.empty(len(letters) * bits // 8 + 64, np.uint8)
    start = kernel("entropy_coding_ans").eca_encode(
        letters, sizes, len(sizes), frequencies, alphabet, bits, np.empty(alphabet, np.uint32), out,
        len(out),
    )  # fmt: skip
    if start < 0:
        raise AssertionError(f"eca_encode returned {start}: letters and frequencies don't agree")
    return out[start:].tobytes()


def read(side: Reader, content: np.ndarray, sizes: list[int], alphabet: int) -> list[np.ndarray]:
    """The letters of blocks of these sizes, from their frequencies in `side` and their stream.

    Raises:
        FormatError: where the frequencies are none, or the stream does not end where it should.
    """
    if len(sizes) * alphabet > MOST_FREQUENCIES:
        raise FormatError(
            f"{len(sizes)} blocks of {alphabet} letters have more than {MOST_FREQUENCIES} "
            "frequencies"
        )
    bits = bits_of(alphabet)
    frequencies = _read_frequencies(side, len(sizes), alphabet, bits)
    letters = np.empty(sum(sizes), np.uint16)
    stream = np.ascontiguousarray(content) if len(content) else np.zeros(1, np.uint8)
    whole = kernel("entropy_coding_ans").eca_decode(
        stream, len(content), np.array(sizes, np.int64), len(sizes), frequencies, alphabet, bits,
        np.empty(1 << bits, np.uint64), letters,
    )  # fmt: skip
    if not whole:
        raise FormatError(
            f"an ans stream of {len(content)} bytes does not end where its letters do"
        )
    return np.split(letters, np.cumsum(sizes)[:-1])


def quantised(counts: np.ndarray, total: int) -> np.ndarray:
    """Whole numbers near the shares of the counts, uint32, that sum to `total`.

    1 at least where a count is not 0, so that `total` must not be below the number of those.
    """
    comes = counts > 0
    rare = np.zeros_like(comes)  # that get 1, though their share is less
    while True:
        common = comes & ~rare
        left, weight = total - np.count_nonzero(rare), int(counts[common].sum())
        below_one = common & (counts * left < weight)
        if not below_one.any():
            break
        rare |= below_one
    found, remainders = np.divmod(np.where(common, counts, 0) * left, weight)
    found += rare
    missing = total - int(found.sum())
    found[np.argsort(-remainders, kind="stable")[:missing]] += 1
    return found.astype(np.uint32)


def _write_frequencies(side: Writer, frequencies: np.ndarray, bits: int) -> None:
    comes = frequencies > 0
    side.counts(comes.ravel().astype(np.uint16), 2)
    stored = frequencies[comes & ~_last(comes)] - 1
    side.counts((stored >> 8).astype(np.uint16), 1 << (bits - 8))
    side.counts((stored & 255).astype(np.uint16), 256)


def _read_frequencies(side: Reader, blocks: int, alphabet: int, bits: int) -> np.ndarray:
    comes = side.counts(blocks * alphabet, 2).reshape(blocks, alphabet).astype(bool)
    empty = ~comes.any(axis=1)
    if empty.any():
        raise FormatError(f"block {int(empty.argmax()) + 1} has no letter with a frequency")
    last = _last(comes)
    others = comes & ~last
    count = int(np.count_nonzero(others))
    high, low = side.counts(count, 1 << (bits - 8)), side.counts(count, 256)
    found = np.zeros(comes.shape, np.int64)
    found[others] = (high.astype(np.int64) << 8 | low) + 1
    left = (1 << bits) - found.sum(axis=1)
    if left.min() < 1:
        raise FormatError(
            f"the frequencies of block {int(left.argmin()) + 1} leave {left.min()} for its last "
            "letter, expected 1 at least"
        )
    found[last] = left
    return found.astype(np.uint32)


def _last(comes: np.ndarray) -> np.ndarray:
    """Where the last true entry of each row is."""
    found = np.zeros_like(comes)
    places = comes.shape[1] - 1 - comes[:, ::-1].argmax(axis=1)
    found[np.arange(len(comes)), places] = True
    return found
