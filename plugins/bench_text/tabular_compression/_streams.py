"""Streams of the range coder: letters go in, bytes come out, and back.

Whatever is written to one stream, labels, blocks, orders, shares its bytes: nothing stands between,
and a whole stream is within 8 bits of its letters' ideal lengths. See
`cext/entropy_coding.h` for the models.
"""

import math

import numpy as np

from harness.api import kernel

MOST_LETTERS = 1 << 16  # of an alphabet
MOST_COUNT = 1 << 30  # of one sequence
_NO_ROOM = -2


class FormatError(Exception):
    """Bytes that are no container, or end too early, or go on too long."""


class Writer:
    """Writes sequences to one stream."""

    def __init__(self) -> None:
        self._kernel = kernel("entropy_coding")
        self._coder = np.zeros(3, np.uint64)
        self._out = np.empty(64, np.uint8)
        self._kernel.ec_start_encoder(self._coder)

    def counts(self, letters: np.ndarray, alphabet: int, run: int = 0) -> None:
        """Write letters (uint16) by their counts so far, which begin anew after each `run`."""
        run = run or max(1, len(letters))
        self._grow(len(letters) * math.log2(2 * run + alphabet))
        tree = np.empty(2 * alphabet + 1, np.uint32)
        self._check(
            self._kernel.ec_kt_encode(
                self._coder, letters, len(letters), run, alphabet, tree, self._out, len(self._out)
            )
        )

    def phrases(self, letters: np.ndarray, alphabet: int) -> None:
        """Write letters (uint16) as the phrases of LZ78."""
        count = len(letters)
        self._grow(count * (math.log2(count + 1) + math.log2(alphabet)))
        parents, lasts = np.empty(count + 1, np.int32), np.empty(count + 1, np.uint16)
        slots = np.empty(self._kernel.ec_lz78_slots(count), np.int32)
        self._check(
            self._kernel.ec_lz78_encode(
                self._coder, letters, count, alphabet, parents, lasts, slots, self._out,
                len(self._out),
            )
        )  # fmt: skip

    def order(self, order: np.ndarray) -> None:
        """Write an order of 0..n-1 (int32) in log2(n!) bits."""
        count = len(order)
        self._grow(count * math.log2(count + 1))
        tree = np.empty(count + 1, np.uint32)
        self._check(
            self._kernel.ec_order_encode(self._coder, order, count, tree, self._out, len(self._out))
        )

    def finish(self) -> np.ndarray:
        """All bytes that were written, uint8."""
        self._check(self._kernel.ec_finish(self._coder, self._out, len(self._out)))
        return self._out[: int(self._coder[2])].copy()

    def _grow(self, bits: float) -> None:
        """Make room for so many bits more at most."""
        needed = int(self._coder[2]) + math.ceil(bits / 8) + 16
        if needed > len(self._out):
            out = np.empty(max(needed, 2 * len(self._out)), np.uint8)
            out[: len(self._out)] = self._out
            self._out = out

    def _check(self, position: int) -> None:
        if position >= 0:
            raise ValueError(f"entry {position} is outside of its alphabet, or there twice")
        if position == _NO_ROOM:
            raise AssertionError("a stream grew beyond the bound that room was made for")


class Reader:
    """Reads the sequences that a `Writer` wrote; the lengths and alphabets come from elsewhere."""

    def __init__(self, stream: np.ndarray) -> None:
        self._kernel = kernel("entropy_coding")
        self._coder = np.zeros(3, np.uint64)
        self._stream = stream if len(stream) else np.zeros(1, np.uint8)
        self._length = len(stream)
        self._kernel.ec_start_decoder(self._coder, self._stream, self._length)

    def counts(self, count: int, alphabet: int, run: int = 0) -> np.ndarray:
        """The next `count` letters that were written by counts."""
        letters, tree = np.empty(count, np.uint16), np.empty(2 * alphabet + 1, np.uint32)
        self._kernel.ec_kt_decode(
            self._coder, self._stream, self._length, count, run or max(1, count), alphabet, tree,
            letters,
        )  # fmt: skip
        return letters

    def phrases(self, count: int, alphabet: int) -> np.ndarray:
        """The next `count` letters that were written as phrases.

        Raises:
            FormatError: where a phrase is longer than what is left.
        """
        letters, lasts = np.empty(count, np.uint16), np.empty(count + 1, np.uint16)
        parents, lengths = (np.empty(count + 1, np.int32) for _ in range(2))
        position = self._kernel.ec_lz78_decode(
            self._coder, self._stream, self._length, count, alphabet, parents, lasts, lengths,
            letters,
        )  # fmt: skip
        if position >= 0:
            raise FormatError(f"the phrase at letter {position} of {count} goes beyond the last")
        return letters

    def order(self, count: int) -> np.ndarray:
        """The next order of 0..count-1."""
        order, tree = np.empty(count, np.int32), np.empty(count + 1, np.uint32)
        self._kernel.ec_order_decode(self._coder, self._stream, self._length, count, tree, order)
        return order

    def finish(self) -> None:
        """Everything was read.

        Raises:
            FormatError: where the stream has fewer or more bytes than were asked for.
        """
        if not self._kernel.ec_is_whole(self._coder, self._length):
            settled = int(self._coder[2]) - 8
            raise FormatError(
                f"a stream of {self._length} bytes does not end where its letters do, after "
                f"{settled} or {settled + 1}"
            )


def ideal_bits(counts: np.ndarray) -> float:
    """Bits that letters with these counts cost by counts, in whatever order: a closed form.

    log2 of [Gamma(N + A/2) / Gamma(A/2)] / prod_x [Gamma(c_x + 1/2) / Gamma(1/2)], with A letters
    and N = sum of c_x.

    Args:
        counts: [..., A]; all but the last axis are separate sequences, whose lengths are added.
    """
    from scipy.special import gammaln

    alphabet = counts.shape[-1]
    total = counts.sum(axis=-1)
    sequences = gammaln(total + alphabet / 2) - math.lgamma(alphabet / 2)
    letters = gammaln(counts + 0.5) - math.lgamma(0.5)
    return float((sequences.sum() - letters.sum()) / math.log(2))
