"""The kernels of byte-pair encoding against the definitions in plain Python."""

import random
import re
from collections import Counter

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from instruction_sets import assert_same_bits

from harness.api import kernel

BPE = kernel("bpe")
SPACES = (
    "".join(
        chr(c)
        for c in (*range(9, 14), 32, 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029)
    )
    + "\u202f\u205f\u3000"
)
NEARLY = "\x1c\x1f\x84\x86\xa1\u167f\u1681\u1fff\u200b\u2027\u202a\u202e\u2030\u205e\u2060\u2fff"
texts = st.text(
    st.one_of(st.sampled_from("ab c\n"), st.sampled_from(SPACES + NEARLY), st.characters()),
    max_size=60,
).filter(lambda text: not re.search("[\ud800-\udfff]", text))


def words_of(raw, pieces, slots=8):
    """Words in the order in which they appear, occurrences, numbers; by a table that must grow."""
    text = np.frombuffer(raw, np.uint8)
    state, record = np.zeros(3, np.int64), np.empty((0, 4), np.int64)
    number = np.full(len(text) // 2 + 1, -7, np.int32)
    done = 0
    while not done:
        wider = np.full((slots // 2, 4), -7, np.int64)
        wider[: state[1]] = record[: state[1]]
        record, table = wider, np.zeros(slots, np.uint64)
        BPE.bpe_room(record, int(state[1]), table, slots)
        done = BPE.bpe_words(text, len(text), pieces, state, record, number, table, slots)
        slots *= 2
    record = record[: state[1]]
    found = [raw[start : start + length] for start, length, *_ in record.tolist()]
    return record, found, number[: state[2]]


@given(texts)
@example("")
@example("  ")
@example("a" * 40 + " " + "a" * 40 + " " + "a" * 39)
def test_words_are_parted_by_the_white_space_of_unicode(text):
    expected = Counter(re.findall(f"[^{SPACES}]+", text))
    record, found, _ = words_of(text.encode(), 0)
    assert [word.decode() for word in found] == list(expected)
    assert record[:, 2].tolist() == list(expected.values())


@given(texts)
@example("")
@example("  ")
@example("a  \u3000b\u3000")
def test_pieces_lose_nothing(text):
    expected = re.findall(f"[{SPACES}]*[^{SPACES}]+|[{SPACES}]+", text)
    record, found, number = words_of(text.encode(), 1)
    assert [found[k].decode() for k in number] == expected
    assert "".join(expected) == text
    assert record[:, 2].tolist() == list(Counter(expected).values())


@given(st.binary(max_size=80))
def test_bytes_that_are_no_utf8_are_parted_too(raw):
    _, found, number = words_of(raw, 1)
    assert b"".join(found[k] for k in number) == raw


def test_words_end_with_the_text():
    """What lies behind a text makes no difference: a word at its end is that in its middle."""
    raw = b"abcdefghi abcdefghi"
    record, found, _ = words_of(raw, 0)
    assert found == [b"abcdefghi"]
    assert record[0, 2] == 2


def characters(raw, spans):
    record = np.array([[start, length, 1, 0] for start, length in spans], np.int64).reshape(-1, 4)
    cells = np.full(1 + len(spans) + sum(length for _, length in spans), -7, np.int32)
    count = BPE.bpe_characters(np.frombuffer(raw, np.uint8), record, len(spans), cells)
    return cells[: max(count, 0)].tolist(), count


@given(st.text(max_size=30).filter(lambda text: not re.search("[\ud800-\udfff]", text)))
def test_characters_are_code_points(text):
    raw = text.encode()
    assert characters(raw, [(0, len(raw))])[0] == [-1, *map(ord, text), -1]
    assert characters(raw, [])[0] == [-1]
    assert characters(raw, [(0, len(raw))] * 2)[0] == [-1, *map(ord, text)] * 2 + [-1]


NO_UTF8 = [
    *[b"\x80", b"a\xc3", b"\xe2\x82", b"\xf0\x9f\x98", b"\xff", b"\xc3a", b"\xf5\x80\x80\x80"],
    *[b"\xc0\x80", b"\xc1\xbf", b"\xe0\x9f\xbf", b"\xf0\x8f\xbf\xbf"],  # longer than needed
    *[b"\xed\xa0\x80", b"\xed\xbf\xbf", b"\xf4\x90\x80\x80"],  # surrogates; beyond the last
]


@pytest.mark.parametrize("raw", NO_UTF8)
def test_what_is_no_utf8_is_told(raw):
    assert characters(raw, [(0, len(raw))])[1] == -2


@settings(max_examples=300)
@given(st.lists(st.sampled_from([*NO_UTF8, *range(256)]), max_size=6))
@example([0xEE, 0x80, 0x80])
@example([0xED, 0x9F, 0xBF])
@example([0xF4, 0x8F, 0xBF, 0xBF])
@example([0xC2, 0x80])
def test_bytes_are_utf8_where_python_says_so(parts):
    raw = b"".join(part if isinstance(part, bytes) else bytes([part]) for part in parts)
    try:
        expected = [-1, *map(ord, raw.decode()), -1]
    except UnicodeDecodeError:
        expected = []
    assert characters(raw, [(0, len(raw))])[0] == expected


# Training


def by_definition(words, base, merges, least=1, runs=False):
    """All pairs counted before each merge: pairs, counts, weighted tokens left."""
    left, made, counted = [(list(word), weight) for word, weight in words], [], []
    while len(made) < merges:
        counts = Counter()
        for word, weight in left:
            taken = -1  # where the last pair (u, u) of a run ends
            for k in range(len(word) - 1):
                if runs and word[k] == word[k + 1]:
                    if taken == k:
                        continue
                    taken = k + 1
                counts[word[k], word[k + 1]] += weight
        best = min(counts, key=lambda pair: (-counts[pair], pair), default=None)
        if best is None or counts[best] < least:
            break
        for word, _ in left:
            k = 0
            while k < len(word) - 1:
                if (word[k], word[k + 1]) == best:
                    word[k : k + 2] = [base + len(made)]
                k += 1
        made.append(best)
        counted.append(counts[best])
    return made, counted, sum(len(word) * weight for word, weight in left)


def train(words, base, merges, least=1, runs=False, function="bpe_train"):
    cells = np.array([s for word, _ in words for s in (-1, *word)] + [-1], np.int32)
    weight = np.array([weight for _, weight in words], np.int64)
    room = min(merges, len(cells))
    pairs, counts = np.full((room, 2), -7, np.int32), np.full(room, -7, np.int64)
    left = np.zeros(1, np.int64)
    made = getattr(BPE, function)(
        cells, len(cells), base, weight, room, least, runs, pairs, counts, left
    )
    assert (pairs[made:] == -7).all()
    return [tuple(p) for p in pairs[:made].tolist()], counts[:made].tolist(), int(left[0])


symbols = st.integers(0, 2)
word_lists = st.lists(
    st.tuples(st.lists(symbols, max_size=25), st.integers(1, 5)), min_size=0, max_size=5
)


@settings(max_examples=300)
@given(word_lists, st.integers(0, 20), st.integers(1, 4), st.booleans())
@example([], 3, 1, False)
@example([([0] * 13, 1)], 3, 1, True)
@example([([0, 0, 0], 1)], 3, 2, True)  # counts 2, saves 1
def test_training_is_that_of_the_definition(words, merges, least, runs):
    expected = by_definition(words, 3, merges, least, runs)
    assert train(words, 3, merges, least, runs) == expected
    assert train(words, 3, merges, least, runs, "bpe_train_naive") == expected


@pytest.mark.parametrize("runs", [False, True])
def test_both_ways_of_training_agree_on_long_texts(runs):
    draw = random.Random(11)
    words = [([draw.randrange(2) for _ in range(3000)], 1), ([1] * 500 + [0] * 700, 3)]
    words += [
        ([draw.choice([0, 0, 0, 1]) for _ in range(draw.randrange(40))], k) for k in range(50)
    ]
    found = train(words, 2, 400, 1, runs)
    assert found == train(words, 2, 400, 1, runs, "bpe_train_naive")
    assert len(found[0]) == 400


def test_weights_may_be_huge():
    words = [([0, 1], 2**60), ([1, 0], 2**60 + 1)]
    assert train(words, 2, 2) == ([(1, 0), (0, 1)], [2**60 + 1, 2**60], 2**61 + 1)


def test_many_pairs_make_the_tables_grow():
    """20,000 symbols, each pair once: smallest ids first, until none is left."""
    n = 20_000
    pairs, counts, left = train([(list(range(n)), 1)], n, 10**9)
    assert left == 1
    assert len(pairs) == n - 1
    assert pairs[:3] == [(0, 1), (2, 3), (4, 5)]
    assert set(counts) == {1}


def test_known_merges():
    """Checked by hand, and with the packages tokenizers and that of the paper's authors."""
    ids = {"a": 0, "b": 1, "c": 2, "d": 3}
    word = [ids[c] for c in "aaabdaaabac"]
    assert train([(word, 1)], 4, 3) == ([(0, 0), (0, 1), (4, 5)], [4, 2, 2], 5)
    word = [(i * i + i // 3) % 5 for i in range(200)]
    assert train([(word, 1)], 5, 6) == (
        [(1, 4), (0, 2), (0, 5), (7, 6), (0, 8), (1, 3)],
        [27, 14, 14, 14, 13, 13],
        105,
    )


# Encoding


def tables(merges, slots=None):
    pairs = np.array(merges, np.int32).reshape(-1, 2)
    slots = slots or 1 << (2 * len(pairs) + 1).bit_length()
    table, first = np.full(4 * slots, -1, np.int32), np.empty(65536, np.int32)
    done = BPE.bpe_rules(pairs, len(pairs), table, slots, first)
    return table, slots, first, done


def encode(raw, merges):
    """By both ways, which must agree."""
    table, slots, first, done = tables(merges)
    assert done == len(merges)
    text, tokens = np.frombuffer(raw, np.uint8), np.full(len(raw), -7, np.int32)
    made = BPE.bpe_encode(text, len(text), table, slots, first, tokens)
    record, _, number = words_of(raw, 1)
    place = np.full(len(record) + 1, -7, np.int64)
    different = np.empty(int(record[:, 1].sum()), np.int32)
    BPE.bpe_encode_words(text, record, len(record), table, slots, first, place, different)
    out = np.full(made, -7, np.int32)
    assert BPE.bpe_spread(number, len(number), place, different, out) == made
    assert out.tolist() == tokens[:made].tolist()
    return out.tolist()


def in_turn(raw, merges):
    tokens = []
    for piece in re.findall(rb"[\t-\r ]*[^\t-\r ]+|[\t-\r ]+", raw):
        word = list(piece)
        for r, pair in enumerate(merges):
            k = 0
            while k < len(word) - 1:
                if (word[k], word[k + 1]) == tuple(pair):
                    word[k : k + 2] = [256 + r]
                k += 1
        tokens += word
    return tokens


@settings(max_examples=300)
@given(st.data(), st.integers(0, 12), st.sampled_from([10, 64, 65, 66, 200]))
def test_encoding_applies_merges_in_turn(data, count, size):
    """Any merges, trained or not, also such whose tokens are spelled alike."""
    letters = [ord(c) for c in "ab "]
    merges = []
    for r in range(count):
        ids = st.sampled_from([*letters, *range(256, 256 + r)])
        pair = data.draw(st.tuples(ids, ids))
        if pair not in merges:
            merges.append(pair)
        else:
            break
    raw = bytes(data.draw(st.lists(st.sampled_from(b"aaab "), min_size=size, max_size=size)))
    assert encode(raw, merges) == in_turn(raw, merges)


def test_runs_are_paired_from_the_left():
    merges = [(97, 97), (256, 256)]
    for length in (*range(1, 12), 63, 64, 65, 66, 67, 1001):
        assert encode(b"a" * length, merges) == in_turn(b"a" * length, merges)


def test_one_huge_piece():
    merges = [(97, 98), (256, 97), (257, 256), (98, 98)]
    raw = bytes(random.Random(2).choices(b"ab", k=50_000))
    assert encode(raw, merges) == in_turn(raw, merges)


def test_nothing_to_encode():
    assert encode(b"", [(97, 98)]) == []
    assert encode(b"abc", []) == [97, 98, 99]


@pytest.mark.parametrize(
    ("merges", "at"),
    [
        ([(97, 256)], 0),
        ([(97, 98), (258, 1)], 1),
        ([(97, 98), (99, 1), (97, 98)], 2),
        ([(-1, 4)], 0),
    ],
)
def test_merges_that_cannot_be_are_told(merges, at):
    assert tables(merges, 16)[3] == at


def test_every_instruction_set_gives_the_same_bits(tmp_path):
    assert_same_bits("bpe", tmp_path)
