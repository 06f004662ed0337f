"""Tabular compression's board: cases, the container and its decoder, what is refused."""

import lzma
import zlib

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bench_text.tabular_compression import _byte_coders, _container
from bench_text.tabular_compression._container import LAYOUTS, decode, encode, read_head
from bench_text.tabular_compression._streams import FormatError, Reader, Writer, ideal_bits
from bench_text.tabular_compression.problem import TabularCompression
from harness.api import Instance, InvalidAnswer
from harness.cases import make_case
from harness.instances import case_rng

PROBLEM = TabularCompression()
NAME = "tabular_compression"
SMALL = ("smoke", "edge", "tuning")


def make(text):
    case = make_case(NAME, PROBLEM, text)
    return PROBLEM.make(case, case_rng(NAME, case))


def coder_or_skip(coder):
    if coder == "zstd":
        pytest.importorskip("zstandard", reason="the coder zstd is of the package zstandard")
    return coder


def of(table):
    table = np.asarray(table)
    return Instance({"table": table, "letters": int(table.max()) + 1}, None, {})


@st.composite
def tables(draw):
    """Small tables, of few letters or of many, some of them constant."""
    m, n = draw(st.integers(1, 12)), draw(st.integers(1, 12))
    letters = draw(st.sampled_from([1, 2, 3, 4, 5, 16, 17, 256, 257, 65536]))
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    return rng.integers(letters, size=(m, n), dtype=np.uint16)


def choices_of(layout, table, transposed, rng):
    m, n = table.shape[::-1] if transposed else table.shape
    if layout == "blocks":
        return {"classes": (rng.integers(4, size=m), rng.integers(3, size=n))}
    return {"order": rng.permutation(m)} if layout == "sorted" else {}


# The container


@pytest.mark.parametrize("coder", _container.CODERS)
@pytest.mark.parametrize("layout", LAYOUTS)
@settings(max_examples=30)
@given(table=tables(), transposed=st.booleans(), packed=st.booleans())
@example(table=np.zeros((1, 1), np.uint16), transposed=False, packed=True)
@example(table=np.full((3, 5), 65535, np.uint16), transposed=True, packed=True)
def test_every_container_comes_back(coder, layout, table, transposed, packed):
    coder_or_skip(coder)
    if layout == "lines" and coder != "kt":
        return
    choices = choices_of(layout, table, transposed, np.random.default_rng(0))
    found = encode(table, coder, layout, transposed=transposed, packed=packed, **choices)
    letters = int(table.max()) + 1
    np.testing.assert_array_equal(decode(found, table.shape, letters), table)
    other = _container.turned(found)
    assert len(other) == len(found)
    np.testing.assert_array_equal(decode(other, table.shape[::-1], letters), table.T)
    other = _container.upside_down(found)
    assert len(other) == len(found)
    np.testing.assert_array_equal(decode(other, table.shape, letters), table[::-1])


def test_a_container_by_hand():
    """3 x 300 zeros and ones: the head, then deflate of packed letters, as the docstring says."""
    table = np.zeros((3, 300), np.uint8)
    table[1, 7] = 1
    bits = "".join(map(str, table.ravel()))
    bits += "0" * (-len(bits) % 8)
    content = int(bits, 2).to_bytes(len(bits) // 8, "big")
    coder = zlib.compressobj(9, zlib.DEFLATED, -15, 9)
    stream = coder.compress(content) + coder.flush()
    expected = bytes([2 | 1 << 6, 3, 300 & 127 | 128, 300 >> 7, 2]) + stream
    assert encode(table, "deflate", packed=True, level=9).tobytes() == expected


def test_blocks_stand_in_the_order_of_their_classes():
    """The letters of the stream are known: entries of (0, 0), of (0, 1), of (1, 0), of (1, 1)."""
    table = np.arange(12).reshape(3, 4)
    found = encode(table, "kt", "blocks", classes=(np.array([1, 0, 1]), np.array([1, 1, 0, 1])))
    head, at = read_head(found)
    assert (head.row_classes, head.column_classes, head.letters) == (2, 2, 12)
    stream = Reader(found[at:])
    assert stream.counts(3, 2).tolist() == [1, 0, 1]
    assert stream.counts(4, 2).tolist() == [1, 1, 0, 1]
    for block in ([6], [4, 5, 7], [2, 10], [0, 1, 3, 8, 9, 11]):
        assert stream.counts(len(block), 12).tolist() == block
    stream.finish()


@pytest.mark.parametrize("letters", [2, 4, 10])
def test_streams_by_counts_have_the_ideal_length(letters, rng):
    table = rng.choice(letters, (200, 50), p=rng.dirichlet(np.ones(letters)))
    table[0, 0] = letters - 1  # so that the alphabet is what it should be
    head = 1 + 2 + 1 + 1
    whole = ideal_bits(np.bincount(table.ravel()))
    assert 8 * (len(encode(table, "kt")) - head) == pytest.approx(whole, abs=8.001)
    lines = ideal_bits(np.stack([np.bincount(row, minlength=letters) for row in table]))
    assert 8 * (len(encode(table, "kt", "lines")) - head) == pytest.approx(lines, abs=8.001)
    columns = ideal_bits(np.stack([np.bincount(c, minlength=letters) for c in table.T]))
    found = encode(table, "kt", "lines", transposed=True)
    assert 8 * (len(found) - head) == pytest.approx(columns, abs=8.001)


@pytest.mark.parametrize(
    ("counts", "bits"), [([3, 1], 4.678072), ([2, 2], 5.415037), ([0, 0, 5], 3.459432), ([0], 0)]
)
def test_known_ideal_lengths(counts, bits):
    assert ideal_bits(np.array(counts)) == pytest.approx(bits, abs=5e-7)


def test_writers_refuse_what_is_outside():
    with pytest.raises(ValueError, match="entry 1 is outside of its alphabet"):
        Writer().counts(np.array([0, 2], np.uint16), 2)


# Bytes from anywhere


def decoded_or_refused(content, shape, letters):
    """Whether the bytes were decoded; what comes is within the alphabet's bounds then."""
    try:
        found = decode(np.frombuffer(bytes(content), np.uint8), shape, letters)
    except FormatError as error:
        return not str(error)
    assert found.shape == shape
    return True


def small_containers():
    """Containers of every coder and layout of one table, and of one that is long enough to cut."""
    table = np.random.default_rng(5).integers(3, size=(24, 17)).astype(np.uint16)
    rng = np.random.default_rng(6)
    for coder in _container.CODERS:
        for layout in LAYOUTS:
            if layout != "lines" or coder == "kt":
                yield pytest.param(
                    coder, layout, table, choices_of(layout, table, False, rng), id=coder + layout
                )


@pytest.mark.parametrize(("coder", "layout", "table", "choices"), [*small_containers()])
def test_cut_and_flipped_containers_are_refused_or_differ(coder, layout, table, choices):
    content = encode(table, coder_or_skip(coder), layout, packed=True, **choices)
    instance = of(table)
    PROBLEM.score(instance, content)
    for stop in range(len(content)):
        with pytest.raises(InvalidAnswer):
            PROBLEM.score(instance, content[:stop])
    with pytest.raises(InvalidAnswer):
        PROBLEM.score(instance, np.append(content, np.array([1, 1], np.uint8)))
    accepted = 0
    for bit in range(8 * len(content)):
        flipped = content.copy()
        flipped[bit // 8] ^= 1 << bit % 8
        accepted += decoded_or_refused(flipped, table.shape, 3) and np.array_equal(
            decode(flipped, table.shape, 3), table
        )
    if coder in ("kt", "lz78"):  # the others' frames have bits that mean nothing
        assert accepted <= 16  # those of the last byte and of the head


@settings(max_examples=400)
@given(
    first=st.integers(0, 127),
    rest=st.binary(max_size=60),
    shape=st.tuples(st.integers(1, 20), st.integers(1, 20)),
)
def test_random_bytes_behind_a_right_head_do_no_harm(first, rest, shape):
    rows, columns = shape[::-1] if first & 1 << 5 else shape
    decoded_or_refused(bytes([first, rows, columns, 3]) + rest, shape, 3)
    decoded_or_refused(bytes([first, rows, columns, 3, 2, 3]) + rest, shape, 3)


@settings(max_examples=200)
@given(st.binary(max_size=30))
def test_random_bytes_do_no_harm(content):
    decoded_or_refused(content, (3, 4), 5)


def test_a_bomb_is_not_unpacked():
    """A few kilobytes that hold a gigabyte: what is read stops at the expected size."""
    import tracemalloc

    coder = zlib.compressobj(9, zlib.DEFLATED, -15, 9)
    chunk = bytes(1 << 20)
    bombs = {"deflate": b"".join(coder.compress(chunk) for _ in range(200)) + coder.flush()}
    bombs["lzma"] = lzma.compress(
        bytes(50 << 20),
        lzma.FORMAT_RAW,
        filters=[{"id": lzma.FILTER_LZMA2, "preset": 0, "dict_size": 4096}],
    )
    for name, bomb in bombs.items():
        tracemalloc.start()
        with pytest.raises(FormatError, match="holds at least 101 bytes, expected 100"):
            _byte_coders.decompress(name, bomb, 100)
        assert tracemalloc.get_traced_memory()[1] < 8 << 20, name
        tracemalloc.stop()


def test_a_zstandard_bomb_is_not_unpacked():
    coder_or_skip("zstd")
    bomb = _byte_coders.compress("zstd", bytes(200 << 20), 3)
    with pytest.raises(FormatError, match=r"the zstd stream holds at least [0-9]{3,7} bytes, exp"):
        _byte_coders.decompress("zstd", bomb, 100)


@pytest.mark.parametrize("coder", [name for name in _byte_coders.NAMES if name != "stored"])
def test_streams_of_bytes_that_are_damaged(coder):
    coder_or_skip(coder)
    content = bytes(range(256)) * 8
    stream = _byte_coders.compress(coder, content, _byte_coders.DEFAULT_LEVELS[coder])
    assert _byte_coders.decompress(coder, stream, len(content)) == content
    for wrong, size, sentence in [
        (stream + b"more", len(content), "bytes follow the end of a"),
        (stream, len(content) - 1, "expected 2047"),
        (stream, len(content) + 1, "expected 2049"),
        (stream[:-1], len(content), "cut off|expected 2048|damaged"),
        (b"", len(content), "holds 0 bytes"),
        (b"", 0, "cut off"),
        (b"\xff" * 40, len(content), "damaged|holds 0 bytes|unsupported"),
    ]:
        with pytest.raises(FormatError, match=sentence):
            _byte_coders.decompress(coder, wrong, size)


def test_without_zstandard_its_streams_are_refused(monkeypatch):
    monkeypatch.setattr(_byte_coders, "zstandard", None)
    with pytest.raises(FormatError, match="zstandard is not installed"):
        _byte_coders.decompress("zstd", b"abc", 3)
    with pytest.raises(ModuleNotFoundError, match="needs the package zstandard"):
        _byte_coders.compress("zstd", b"abc", 3)


@pytest.mark.parametrize("content", [b"", b"abc", b"abcde"])
def test_stored_bytes_of_another_length(content):
    assert _byte_coders.decompress("stored", b"abcd", 4) == b"abcd"
    with pytest.raises(FormatError, match=f"holds (at least )?{len(content)} bytes, expected 4"):
        _byte_coders.decompress("stored", content, 4)


@pytest.mark.parametrize("coder", _byte_coders.NAMES)
@pytest.mark.parametrize("content", [b"a", bytes(range(256)) * 8, bytes(300_000)])
def test_both_ways_to_undo_a_coder_agree(coder, content):
    coder_or_skip(coder)
    stream = _byte_coders.compress(coder, content, _byte_coders.DEFAULT_LEVELS[coder])
    assert _byte_coders.expand(coder, stream, len(content)) == content
    assert _byte_coders.decompress(coder, stream, len(content)) == content


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ([], "there are no bytes"),
        ([6, 3, 4, 2], "the stored stream holds 0 bytes, expected 12"),
        ([8 | 1, 3, 4, 2], "coder lz78 can't begin anew with each row"),
        ([0, 3], "the bytes end within the number of columns"),
        ([0, 0, 4, 2], "the number of rows is 0, expected 1 to"),
        ([0, 3, 4, 0], "the number of letters is 0, expected 1 to 65536"),
        ([0, *[255] * 5], "the number of rows goes on for more than five bytes"),
        ([0, *[255] * 8, 15], "the number of rows goes on for more than five bytes"),  # 2^60 - 1
        ([0, *[255] * 4, 15], "the number of rows is 4294967295, expected 1 to"),
        ([16 | 2, 3, 4, 2, 1, 1, *[255] * 4, 15], "a stream of 4294967295 bytes is cut off after"),
        ([7, 3, 4, 2], "the bytes end within the length of the first stream"),
        ([7 | 8, 3, 4, 2], "coder ans can't begin anew with each row"),
        ([7, 3, 4, 2, 0], "block 1 has no letter with a frequency"),
        ([0, 4, 3, 2], "the head tells of a table of shape (4, 3), expected (3, 4)"),
        ([32, 3, 4, 2], "the head tells of a table of shape (4, 3), expected (3, 4)"),
        ([0, 3, 4, 9], "the head tells of 9 letters, expected at most 5"),
        ([16, 3, 4, 2, 1, 128, 3], "the number of column classes is 384, expected 1 to 256"),
        ([16 | 2, 3, 4, 2, 1, 1, 9], "a stream of 9 bytes is cut off after 0"),
        ([16 | 2, 3, 4, 2, 1, 1], "the bytes end within the length of the first stream"),
        ([0, 3, 4, 2, *[9] * 9], "a stream of 9 bytes does not end where its letters do"),
    ],
)
def test_what_is_no_container(content, sentence):
    table = np.arange(12).reshape(3, 4) % 5
    with pytest.raises(InvalidAnswer) as caught:
        PROBLEM.score(of(table), np.array(content, np.uint8))
    assert sentence in str(caught.value)
    assert "expected a container as _container.py describes it" in str(caught.value)


# Scores


def test_known_scores(rng):
    table = rng.integers(4, size=(30, 20))
    content = encode(table, "kt")
    cost, scores = PROBLEM.score(Instance(of(table).data, {"entropy": 1.9}, {}), content)
    assert cost == 8 * len(content) / 600
    assert scores == {"bytes": len(content), "reduction": 1 - cost / 2, "gap": cost - 1.9}
    assert set(PROBLEM.score(of(table), content)[1]) == {"bytes", "reduction"}
    one = np.zeros((2, 3), int)
    assert PROBLEM.score(of(one), encode(one, "kt")) == (8 * 4 / 6, {"bytes": 4.0})


def test_a_wrong_letter_is_told():
    table = np.arange(12).reshape(3, 4) % 5
    other = table.copy()
    other[1, 2], other[2, 0] = 4, 4
    with pytest.raises(InvalidAnswer) as caught:
        PROBLEM.score(of(table), encode(other, "kt"))
    assert str(caught.value) == (
        "2 of 12 entries differ after decoding, the first in row 1, column 2: 4, expected 1"
    )


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (None, "the answer is None, expected a one-dimensional array of uint8"),
        (b"bytes", "the answer is of type bytes, expected"),
        ([1, 2], "the answer is of type list, expected"),
        (np.zeros(3), "the answer is an array of float64 of 1 dimensions"),
        (np.zeros((1, 3), np.uint8), "the answer is an array of uint8 of 2 dimensions"),
    ],
)
def test_what_is_no_array_of_bytes(answer, sentence):
    with pytest.raises(InvalidAnswer) as caught:
        PROBLEM.score(of(np.zeros((2, 2), int)), answer)
    assert sentence in str(caught.value)


def test_a_table_upside_down_or_transposed_costs_the_same(rng):
    instance = make("dirichlet[m=30,n=20]")
    symmetries = list(PROBLEM.symmetries(instance, rng))
    shapes = [symmetry.instance.data["table"].shape for symmetry in symmetries]
    assert shapes == [(30, 20), (20, 30)]  # the first is as hard for those who sort rows
    for symmetry in symmetries:
        answer = encode(symmetry.instance.data["table"], "kt")
        cost, scores = PROBLEM.score(symmetry.instance, answer)
        assert (cost, scores) == PROBLEM.score(instance, symmetry.back(answer))
        assert symmetry.cost(cost) == cost
