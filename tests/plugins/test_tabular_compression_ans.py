"""Frequencies of asymmetric numeral systems: how they are chosen, stored, and what is refused."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bench_text.tabular_compression import _ans
from bench_text.tabular_compression._container import decode, encode, read_head
from bench_text.tabular_compression._streams import FormatError, Reader, Writer


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ([3, 1], [3072, 1024]),
        ([0, 0, 5], [0, 0, 4096]),
        ([1, 1, 1], [1366, 1365, 1365]),
        ([10**8, 1, 1], [4094, 1, 1]),
        ([4094, 1, 1], [4094, 1, 1]),
        ([2**28], [4096]),
    ],
)
def test_known_frequencies(counts, expected):
    assert _ans.quantised(np.array(counts), 4096).tolist() == expected


@given(
    st.lists(st.one_of(st.just(0), st.integers(0, 9), st.integers(0, 1 << 28)), min_size=1).filter(
        any
    )
)
@example([1] * 4096)
@example([1] * 4095 + [1 << 28])
def test_frequencies_sum_up_and_are_near_the_shares(counts):
    counts = np.array(counts)
    found = _ans.quantised(counts, 4096).astype(np.int64)
    assert found.sum() == 4096
    np.testing.assert_array_equal(found > 0, counts > 0)
    shares = counts / counts.sum() * 4096
    raised = np.maximum(1 - shares, 0)[counts > 0].sum()  # what rare letters get too much
    assert (found <= np.maximum(shares, 1) + 1).all()
    assert (found >= np.floor(shares) - raised * shares / shares[shares >= 1].sum() - 1).all()


@pytest.mark.parametrize(
    ("alphabet", "bits"), [(1, 12), (2, 12), (16, 12), (17, 13), (64, 14), (256, 16), (65536, 16)]
)
def test_bits_grow_with_the_alphabet(alphabet, bits):
    assert _ans.bits_of(alphabet) == bits


def test_frequencies_cost_little(rng):
    """0.1 a bit: 200 kbit of entropy .469, head, frequencies, four states of 8 bytes."""
    table = (rng.random((1000, 200)) < 0.1).astype(np.uint8)
    share = table.mean()
    entropy = -share * np.log2(share) - (1 - share) * np.log2(1 - share)
    content = encode(table, "ans")
    assert entropy * 200_000 / 8 < len(content) < entropy * 200_000 / 8 * 1.0002 + 48
    np.testing.assert_array_equal(decode(content, (1000, 200), 2), table)


def test_a_table_of_one_letter_takes_no_words():
    content = encode(np.full((100, 100), 3), "ans")
    assert len(content) < 4 + 1 + 3 + 32 + 1


def test_too_many_frequencies_are_refused(monkeypatch):
    monkeypatch.setattr(_ans, "MOST_FREQUENCIES", 20)
    table = np.arange(12).reshape(3, 4) % 6
    classes = np.array([0, 1, 2]), np.array([0, 1, 0, 1])
    with pytest.raises(ValueError, match="6 blocks of 6 letters are too many for ans"):
        encode(table, "ans", "blocks", classes=classes)
    monkeypatch.undo()
    content = encode(table, "ans", "blocks", classes=classes)
    monkeypatch.setattr(_ans, "MOST_FREQUENCIES", 20)
    with pytest.raises(FormatError, match="6 blocks of 6 letters have more than 20 frequencies"):
        decode(content, (3, 4), 6)


def refused(comes, high, low, match):
    """Frequencies of one block of two letters as they might be written by anybody."""
    side = Writer()
    side.counts(np.array(comes, np.uint16), 2)
    side.counts(np.array(high, np.uint16), 16)
    side.counts(np.array(low, np.uint16), 256)
    with pytest.raises(FormatError, match=match):
        _ans.read(Reader(side.finish()), np.zeros(32, np.uint8), [4], 2)


def test_frequencies_that_make_no_sense():
    refused([0, 0], [], [], "block 1 has no letter with a frequency")
    refused([1, 1], [15], [255], "the frequencies of block 1 leave 0 for its last letter")
    refused([1, 1], [15], [254], "an ans stream of 32 bytes does not end where its letters do")


def test_the_side_stream_holds_classes_and_frequencies():
    table = np.array([[0, 1, 0, 0], [1, 1, 1, 1]])
    content = encode(table, "ans", "blocks", classes=(np.array([0, 1]), np.zeros(4, int)))
    head, at = read_head(content)
    assert (head.coder, head.layout) == ("ans", "blocks")
    side = Reader(content[at + 1 : at + 1 + content[at]])
    assert side.counts(2, 2).tolist() == [0, 1]
    assert side.counts(4, 1).tolist() == [0, 0, 0, 0]
    assert side.counts(4, 2).tolist() == [1, 1, 0, 1]
    assert side.counts(1, 16).tolist() == [(3072 - 1) >> 8]
    assert side.counts(1, 256).tolist() == [(3072 - 1) & 255]
    side.finish()
