"""The kernel of asymmetric numeral systems against a naive coder in whole numbers, and itself."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from instruction_sets import assert_same_bits

from harness.kernels import KernelError, kernel

KERNEL = kernel("entropy_coding_ans")
LEAST = 1 << 31


def naive_encode(blocks, tables, bits):
    """Whole numbers, each letter in the state of its position mod 4, the last letter first."""
    numbered, words = [], []
    for block, frequencies in zip(blocks, tables, strict=True):
        numbered += [(letter, frequencies) for letter in block]
    states = [LEAST] * 4
    for i, (letter, frequencies) in reversed(list(enumerate(numbered))):
        frequency, state = frequencies[letter], states[i % 4]
        if state >= frequency * 2 ** (63 - bits):
            words.append(state % 2**32)
            state //= 2**32
        states[i % 4] = state // frequency * 2**bits + state % frequency + sum(frequencies[:letter])
    content = b"".join(state.to_bytes(8, "little") for state in states)
    return content + b"".join(word.to_bytes(4, "little") for word in reversed(words))


def arguments(blocks, tables):
    sizes = np.array([len(block) for block in blocks], np.int64)
    frequencies = np.array(tables, np.uint32).reshape(len(blocks), -1)
    return sizes, len(blocks), frequencies, frequencies.shape[1]


def encode(blocks, tables, bits, room=None):
    """The stream, or the error that the kernel returns."""
    letters = np.array([letter for block in blocks for letter in block], np.uint16)
    room = 64 + 2 * len(letters) if room is None else room
    out = np.full(room + 1, 0xAA, np.uint8)  # one more at its beginning
    sizes, count, frequencies, alphabet = arguments(blocks, tables)
    start = KERNEL.eca_encode(
        letters, sizes, count, frequencies, alphabet, bits, np.empty(alphabet, np.uint32),
        out[1:], room,
    )  # fmt: skip
    assert out[0] == 0xAA
    return out[1 + start :].tobytes() if start >= 0 else start


def decode(content, blocks, tables, bits):
    """The letters, and whether the stream was whole; `blocks` tells lengths only."""
    sizes, count, frequencies, alphabet = arguments(blocks, tables)
    letters = np.zeros(int(sizes.sum()), np.uint16)
    stream = np.frombuffer(content or b"\0", np.uint8)
    whole = KERNEL.eca_decode(
        stream, len(content), sizes, count, frequencies, alphabet, bits,
        np.empty(1 << bits, np.uint64), letters,
    )  # fmt: skip
    return letters.tolist(), whole


@st.composite
def streams(draw):
    """Blocks of letters, frequencies of each that sum to 2^bits, and bits."""
    bits = draw(st.sampled_from([1, 2, 5, 12, 16]))
    alphabet = draw(st.integers(1, min(40, 1 << bits)))
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    blocks, tables = [], []
    for size in draw(st.lists(st.integers(0, 90), min_size=1, max_size=5)):
        cuts = np.sort(rng.choice((1 << bits) + 1, alphabet - 1)) if alphabet > 1 else []
        table = np.diff([0, *cuts, 1 << bits])
        blocks.append(rng.choice(np.flatnonzero(table), size).tolist())
        tables.append(table.tolist())
    return blocks, tables, bits


@settings(max_examples=150)
@given(streams())
@example(([[]], [[4, 0]], 2))
@example(([[0] * 1000], [[1 << 16]], 16))
@example(([[1] * 999, [0] * 3], [[4095, 1], [1, 4095]], 12))
@example(([[0, 1] * 300], [[1, 65535]], 16))
def test_the_bytes_are_the_naive_coders_and_come_back(stream):
    blocks, tables, bits = stream
    content = encode(blocks, tables, bits)
    assert content == naive_encode(blocks, tables, bits)
    letters, whole = decode(content, blocks, tables, bits)
    assert letters == [letter for block in blocks for letter in block]
    assert whole == 1


@pytest.mark.parametrize("alphabet", [2, 10, 300])
def test_the_length_is_that_of_the_frequencies(alphabet, rng):
    law = rng.dirichlet(np.ones(alphabet))
    table = 1 + np.floor(law * (65536 - alphabet)).astype(int)
    table[0] += 65536 - table.sum()
    letters = rng.choice(alphabet, 100_000, p=table / 65536)
    ideal = -np.log2(table[letters] / 65536).sum()
    content = encode([letters], [table], 16, room=1 << 18)
    # four states that begin at 31 bits and end below 63; rounding loses little
    assert ideal - 8 < 8 * len(content) < ideal * 1.0001 + 4 * 33 + 32


def test_a_letter_without_a_frequency_is_told():
    assert encode([[0, 2]], [[2, 2, 0]], 2) == -1
    assert encode([[0, 5]], [[2, 2, 0]], 2) == -1


@pytest.mark.parametrize("room", [0, 3, 31, 32, 35])
def test_nothing_is_written_beyond_the_room(room):
    blocks, tables = [[0, 1, 2, 3] * 40], [[1, 1, 1, 1]]
    needed = len(encode(blocks, tables, 2))
    assert encode(blocks, tables, 2, room) == -2
    assert len(encode(blocks, tables, 2, needed)) == needed
    assert encode(blocks, tables, 2, needed - 1) == -2


@pytest.mark.parametrize("table", [[1, 2], [3, 2], [0, 0], [4, 1], [2**32 - 1, 5]])
def test_frequencies_of_another_sum_are_told(table):
    assert decode(bytes(40), [[0, 0]], [table], 2)[1] == 0


@settings(max_examples=150)
@given(streams(), st.data())
def test_a_cut_longer_or_changed_stream_is_not_whole_or_differs(stream, data):
    blocks, tables, bits = stream
    content = encode(blocks, tables, bits)
    letters = [letter for block in blocks for letter in block]
    at = data.draw(st.integers(0, len(content) - 1))
    flipped = bytearray(content)
    flipped[at] ^= 1 << data.draw(st.integers(0, 7))
    for wrong in (content[:at], content + b"\0", content + b"abcd", bytes(flipped)):
        found, whole = decode(wrong, blocks, tables, bits)
        assert found != letters or not whole


@settings(max_examples=200)
@given(streams(), st.binary(max_size=120))
@example(([[0] * 90] * 3, [[1, 3]] * 3, 2), b"\xff" * 120)
def test_any_bytes_decode_to_letters_of_the_alphabet(stream, content):
    blocks, tables, bits = stream
    letters, _ = decode(content, blocks, tables, bits)
    assert all(letter < len(tables[0]) for letter in letters)


def test_a_state_of_all_ones_does_no_harm():
    """The largest state times the largest frequency fits 64 bits."""
    letters, whole = decode(b"\xff" * 32, [[0] * 500], [[65536]], 16)
    assert set(letters) == {0}
    assert not whole


def test_other_types_are_refused():
    with pytest.raises(KernelError, match="must have dtype uint16, got int64"):
        KERNEL.eca_encode(
            np.zeros(3, int), np.array([3]), 1, np.array([4], np.uint32), 1, 2,
            np.empty(1, np.uint32), np.empty(99, np.uint8), 99,
        )  # fmt: skip


def test_every_instruction_set_gives_the_same_bytes(tmp_path):
    assert_same_bits("entropy_coding_ans", tmp_path)
