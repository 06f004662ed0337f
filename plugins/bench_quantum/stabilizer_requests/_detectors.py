"""From the records of shots to the parities that are told of them, packed all the way."""

import numpy as np

_BYTES = 1 << 10  # of a shot that are turned at a time
_SUMS = 1 << 16  # that are added up at a time


def turned(rows: np.ndarray, bits: int) -> np.ndarray:
    """Packed bits transposed: uint8[rows, ceil(bits / 8)] as uint8[bits, ceil(rows / 8)]."""
    found = np.empty((bits, (len(rows) + 7) // 8), np.uint8)
    for begin in range(0, rows.shape[1], _BYTES):
        own = found[8 * begin : 8 * (begin + _BYTES)]
        part = np.unpackbits(rows[:, begin : begin + _BYTES], axis=1, bitorder="little")
        own[:] = np.packbits(part[:, : len(own)].T, axis=1, bitorder="little")
    return found


def parities_of(
    samples: np.ndarray, bits: int, records: np.ndarray, starts: np.ndarray
) -> np.ndarray:
    """The sums of records[starts[i]:starts[i + 1]], for shots in rows, as packed as they are.

    Args:
        samples: uint8[shots, ceil(bits / 8)]. records, starts: int64; no sum is empty.
    """
    by_record = turned(samples, bits)
    sums = np.empty((len(starts) - 1, by_record.shape[1]), np.uint8)
    for begin in range(0, len(sums), _SUMS):
        cuts = starts[begin : begin + _SUMS + 1]
        gathered = by_record[records[cuts[0] : cuts[-1]]]
        sums[begin : begin + _SUMS] = np.bitwise_xor.reduceat(gathered, cuts[:-1] - cuts[0], axis=0)
    return turned(sums, len(samples))
