"""The different words of a text with their counts, and merges of their symbols, by the kernels."""

from dataclasses import dataclass

import numpy as np

from harness.api import kernel

LONGEST = (1 << 30) - 1  # bytes: what the kernels number by int32


@dataclass(frozen=True)
class Words:
    """Stretches of a text.

    Attributes:
        record: int64[words, 4]: where each word begins first, its bytes, its occurrences, a hash.
        number: int32[occurrences], which word each occurrence is; empty for words without space.
    """

    record: np.ndarray
    number: np.ndarray


def words_of(text: np.ndarray, pieces: bool) -> Words:
    """The different words in the order in which they appear.

    Args:
        text: uint8[n], UTF-8. pieces: whether a word includes the white space before it (and white
            space at the end is one of its own), so that nothing is lost.

    Raises:
        ValueError: where the text is longer than LONGEST.
    """
    _held(text)
    bpe = kernel("bpe")
    slots, done = 1 << 12, 0
    state, record = np.zeros(3, np.int64), np.empty((0, 4), np.int64)
    number = np.empty(len(text) // 2 + 1 if pieces else 0, np.int32)
    while not done:
        slots *= 4
        table, wider = np.zeros(slots, np.uint64), np.empty((slots // 2, 4), np.int64)
        words = int(state[1])
        wider[:words] = record[:words]
        record = wider
        bpe.bpe_room(record, words, table, slots)
        done = bpe.bpe_words(text, len(text), pieces, state, record, number, table, slots)
    return Words(record[: int(state[1])], number[: int(state[2]) if pieces else 0])


def whole(text: np.ndarray) -> Words:
    """The text as one word, white space and all.

    Raises:
        ValueError: where the text is longer than LONGEST.
    """
    _held(text)
    return Words(np.array([[0, len(text), 1, 0]]), np.empty(0, np.int32))


def _held(text: np.ndarray) -> None:
    if len(text) > LONGEST:
        raise ValueError(f"the text has {len(text)} bytes, expected at most {LONGEST}; cut it")


def cells_of(text: np.ndarray, words: Words) -> tuple[np.ndarray, int]:
    """The characters of all words as symbols 0, 1, ... in the order of their code points.

    Returns:
        int32 array: a -1 before each word and one at the end; and the number of symbols.

    Raises:
        ValueError: where a word is not UTF-8.
    """
    record = words.record
    cells = np.empty(1 + int(record[:, 1].sum()) + len(record), np.int32)
    count = kernel("bpe").bpe_characters(text, record, len(record), cells)
    if count < 0:
        raise ValueError("the text is not UTF-8; decode it with its own encoding first")
    cells = cells[:count]
    symbols = np.zeros(max(int(cells.max()), 0) + 2, np.int32)  # the last is for -1
    symbols[cells] = 1
    symbols[-1] = 0
    base = int(symbols.sum())
    np.cumsum(symbols, out=symbols)
    symbols -= 1
    symbols[-1] = -1
    return symbols[cells], base


def trained(
    cells: np.ndarray,
    base: int,
    weight: np.ndarray,
    merges: int,
    runs: bool = False,
    naive: bool = False,
) -> np.ndarray:
    """The merges of greedy training, int32[at most merges, 2].

    Args:
        cells, base: symbols as `cells_of` gives them. weight: int64[words], how often each counts.
        merges: how many to make, fewer where no pair is left.
        runs: whether a pair of equal symbols counts what merging it saves, not its overlaps too.
        naive: whether to count all pairs anew before each merge.
    """
    most = min(merges, len(cells))
    pairs, counts = np.empty((most, 2), np.int32), np.empty(most, np.int64)
    train = kernel("bpe").bpe_train_naive if naive else kernel("bpe").bpe_train
    weight = np.ascontiguousarray(weight)
    left_over = np.zeros(1, np.int64)
    made = train(cells, len(cells), base, weight, most, 1, runs, pairs, counts, left_over)
    if made < 0:
        raise MemoryError("training found no memory")
    return pairs[:made]
