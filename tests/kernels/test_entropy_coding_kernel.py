"""The kernels of entropy coding against naive coders in whole numbers, closed forms and themselves.

A naive range coder has no limit of 64 bits: it keeps the interval as one whole number of as many
bits as it needs, so that carries are plain sums. Its bytes must be the kernel's.
"""

import math

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from instruction_sets import assert_same_bits
from scipy.special import gammaln

from harness.kernels import KernelError, kernel

KERNEL = kernel("entropy_coding")
TOP = 1 << 56


class NaiveCoder:
    """The interval from `low` on, both in units of 2^-(64 + 8 * shifts)."""

    def __init__(self):
        self.low, self.range, self.shifts = 0, (1 << 64) - 1, 0

    def put(self, below, weight, total):
        unit = self.range // total
        self.low += unit * below
        self.range = self.range - unit * below if below + weight == total else unit * weight
        while self.range < TOP:
            self.low, self.range, self.shifts = self.low << 8, self.range << 8, self.shifts + 1

    def finish(self):
        """The top bytes of the first point that is 0 below them; a zero at the end is left out."""
        point = -(-self.low // TOP)
        found = point.to_bytes(self.shifts + 1, "big")
        return found if found[-1] else found[:-1]


def naive_kt(coder, letters, alphabet, run):
    for start in range(0, len(letters), run):
        weights = [1] * alphabet
        for letter in letters[start : start + run]:
            coder.put(sum(weights[:letter]), weights[letter], sum(weights))
            weights[letter] += 2


def naive_lz78(coder, letters, alphabet):
    phrases, phrase = {(): 0}, ()
    for letter in letters:
        if (*phrase, letter) in phrases:
            phrase = (*phrase, letter)
            continue
        coder.put(phrases[phrase], 1, len(phrases))
        coder.put(letter, 1, alphabet)
        phrases[(*phrase, letter)] = len(phrases)
        phrase = ()
    if phrase:
        coder.put(phrases[phrase], 1, len(phrases))


def naive_order(coder, order):
    left = sorted(order)
    for entry in order:
        coder.put(left.index(entry), 1, len(left))
        left.remove(entry)


class NaiveReader:
    """Reads letters by counts from any bytes, in 64 bits as the header tells."""

    def __init__(self, content):
        self.bytes = iter(content)
        self.distance, self.range = 0, (1 << 64) - 1
        for _ in range(8):
            self.shift()

    def shift(self):
        self.distance = (self.distance << 8 | next(self.bytes, 0)) % (1 << 64)

    def kt(self, count, alphabet, run):
        letters = []
        while len(letters) < count:
            weights = [1] * alphabet
            for _ in range(min(run, count - len(letters))):
                letters.append(self.letter(weights))
                weights[letters[-1]] += 2
        return letters

    def letter(self, weights):
        unit = self.range // sum(weights)
        target, letter = min(self.distance // unit, sum(weights) - 1), 0
        while sum(weights[: letter + 1]) <= target:
            letter += 1
        before = unit * sum(weights[:letter])
        last = letter == len(weights) - 1
        self.distance -= before
        self.range = self.range - before if last else unit * weights[letter]
        while self.range < TOP:
            self.range <<= 8
            self.shift()
        return letter


class Stream:
    """Calls the kernel with rooms of just the sizes that the header asks for."""

    def __init__(self, room=1 << 16):
        self.coder, self.out = np.zeros(3, np.uint64), np.full(room, 0xAA, np.uint8)
        KERNEL.ec_start_encoder(self.coder)

    def kt(self, letters, alphabet, run):
        tree = np.empty(2 * alphabet + 1, np.uint32)
        return KERNEL.ec_kt_encode(
            self.coder, as_letters(letters), len(letters), run, alphabet, tree, self.out,
            len(self.out),
        )  # fmt: skip

    def lz78(self, letters, alphabet):
        count = len(letters)
        parents, lasts = np.empty(count + 1, np.int32), np.empty(count + 1, np.uint16)
        slots = np.full(KERNEL.ec_lz78_slots(count), -7, np.int32)
        return KERNEL.ec_lz78_encode(
            self.coder, as_letters(letters), count, alphabet, parents, lasts, slots, self.out,
            len(self.out),
        )  # fmt: skip

    def order(self, order):
        tree = np.empty(len(order) + 1, np.uint32)
        order = np.array(order, np.int32)
        return KERNEL.ec_order_encode(self.coder, order, len(order), tree, self.out, len(self.out))

    def finish(self):
        assert KERNEL.ec_finish(self.coder, self.out, len(self.out)) == -1
        return self.out[: int(self.coder[2])].tobytes()


class Back:
    """The same for decoders."""

    def __init__(self, content):
        self.coder = np.zeros(3, np.uint64)
        self.content = np.frombuffer(content or b"\0", np.uint8)
        self.length = len(content)
        KERNEL.ec_start_decoder(self.coder, self.content, self.length)

    def kt(self, count, alphabet, run):
        letters, tree = np.empty(count, np.uint16), np.empty(2 * alphabet + 1, np.uint32)
        KERNEL.ec_kt_decode(
            self.coder, self.content, self.length, count, run, alphabet, tree, letters
        )
        return letters.tolist()

    def lz78(self, count, alphabet):
        letters, lasts = np.empty(count, np.uint16), np.empty(count + 1, np.uint16)
        parents, lengths = np.empty(count + 1, np.int32), np.empty(count + 1, np.int32)
        position = KERNEL.ec_lz78_decode(
            self.coder, self.content, self.length, count, alphabet, parents, lasts, lengths, letters
        )
        return position, letters.tolist()

    def order(self, count):
        order, tree = np.empty(count, np.int32), np.empty(count + 1, np.uint32)
        KERNEL.ec_order_decode(self.coder, self.content, self.length, count, tree, order)
        return order.tolist()

    def is_whole(self):
        return KERNEL.ec_is_whole(self.coder, self.length)


def as_letters(letters):
    return np.array(letters, np.uint16)


def ideal_bits(counts):
    counts = np.asarray(counts, float)
    total, alphabet = counts.sum(), len(counts)
    bits = gammaln(total + alphabet / 2) - gammaln(alphabet / 2)
    return (bits - (gammaln(counts + 0.5) - gammaln(0.5)).sum()) / math.log(2)


@st.composite
def sequences(draw):
    """An alphabet and letters of it: random, of few kinds, or the last one alone."""
    alphabet = draw(st.sampled_from([1, 2, 3, 4, 5, 6, 7, 8, 9, 17, 300]))
    most = draw(st.integers(1, alphabet))
    letters = draw(st.lists(st.integers(0, most - 1), max_size=120))
    if draw(st.booleans()):
        letters = [alphabet - 1 - letter for letter in letters]
    return alphabet, letters


@given(sequences(), st.integers(1, 130))
@example((1, []), 1)
@example((2, [1] * 500), 500)
@example((300, [299, 0] * 60), 7)
def test_counts_give_the_bytes_of_the_naive_coder_and_come_back(sequence, run):
    alphabet, letters = sequence
    stream, naive = Stream(), NaiveCoder()
    assert stream.kt(letters, alphabet, run) == -1
    naive_kt(naive, letters, alphabet, run)
    content = stream.finish()
    assert content == naive.finish()
    back = Back(content)
    assert back.kt(len(letters), alphabet, run) == letters
    assert back.is_whole()


@given(sequences())
@example((1, [0] * 100))
@example((2, [0, 1] * 60))
def test_phrases_give_the_bytes_of_the_naive_coder_and_come_back(sequence):
    alphabet, letters = sequence
    stream, naive = Stream(), NaiveCoder()
    assert stream.lz78(letters, alphabet) == -1
    naive_lz78(naive, letters, alphabet)
    content = stream.finish()
    assert content == naive.finish()
    back = Back(content)
    assert back.lz78(len(letters), alphabet) == (-1, letters)
    assert back.is_whole()


@given(st.integers(1, 40).flatmap(lambda n: st.permutations(range(n))))
def test_orders_give_the_bytes_of_the_naive_coder_and_come_back(order):
    stream, naive = Stream(), NaiveCoder()
    assert stream.order(order) == -1
    naive_order(naive, order)
    content = stream.finish()
    assert content == naive.finish()
    assert 8 * len(content) == pytest.approx(math.log2(math.factorial(len(order))), abs=8.001)
    back = Back(content)
    assert back.order(len(order)) == list(order)
    assert back.is_whole()


@settings(max_examples=50)
@given(st.lists(sequences(), min_size=1, max_size=6))
def test_sequences_follow_one_another_in_a_stream(several):
    stream = Stream()
    for alphabet, letters in several:
        assert stream.kt(letters, alphabet, 50) == -1
        assert stream.lz78(letters, alphabet) == -1
    assert stream.order([2, 0, 1]) == -1
    back = Back(stream.finish())
    for alphabet, letters in several:
        assert back.kt(len(letters), alphabet, 50) == letters
        assert back.lz78(len(letters), alphabet) == (-1, letters)
    assert back.order(3) == [2, 0, 1]
    assert back.is_whole()


@pytest.mark.parametrize(
    ("counts", "bits"),
    [([3, 1], 4.678072), ([2, 2], 5.415037), ([0, 0, 5], 3.459432), ([0, 0], 0.0)],
)
def test_known_lengths(counts, bits):
    assert ideal_bits(counts) == pytest.approx(bits, abs=5e-7)
    stream = Stream()
    stream.kt(np.repeat(np.arange(len(counts)), counts), len(counts), 100)
    assert 8 * len(stream.finish()) == pytest.approx(bits, abs=8)


@pytest.mark.parametrize("alphabet", [2, 4, 50, 5000])
@pytest.mark.parametrize("skew", [0.05, 1.0])
def test_the_length_is_the_closed_form_whatever_the_order(alphabet, skew, rng):
    letters = rng.choice(alphabet, 200_000, p=rng.dirichlet(np.full(alphabet, skew)))
    ideal = ideal_bits(np.bincount(letters, minlength=alphabet))
    for order in (letters, np.sort(letters), np.sort(letters)[::-1]):
        stream = Stream(1 << 20)
        assert stream.kt(order, alphabet, len(order)) == -1
        assert 8 * len(stream.finish()) == pytest.approx(ideal, abs=8.01)


def test_carries_run_through_many_bytes():
    """Rare letters at the upper end fill the lower end with ones, until a carry comes."""
    for number in range(200):
        letters = [1] * (300 + number) + [0] + [1] * 40
        stream, naive = Stream(), NaiveCoder()
        stream.kt(letters, 2, len(letters))
        naive_kt(naive, letters, 2, len(letters))
        assert stream.finish() == naive.finish()


def test_a_carry_runs_through_ones():
    """An interval that begins with eleven bytes 255 behind the first one, and is then left."""
    coder, out = np.array([(1 << 64) - 1, 1 << 60, 12], np.uint64), np.full(16, 255, np.uint8)
    out[0] = 7
    tree, letters = np.empty(5, np.uint32), np.array([1], np.uint16)
    assert KERNEL.ec_kt_encode(coder, letters, 1, 1, 2, tree, out, 16) == -1
    assert out[:12].tolist() == [8] + [0] * 11


def test_letters_outside_are_told():
    stream = Stream()
    assert stream.kt([0, 1, 3, 2], 3, 10) == 2
    assert stream.lz78([0, 1, 2, 3], 3) == 3
    assert stream.order([0, 1, 3]) == 2
    assert stream.order([0, 1, -1]) == 2
    assert stream.order([0, 1, 1]) == 2


@pytest.mark.parametrize("room", range(12))
def test_nothing_is_written_beyond_the_room(room):
    letters = np.random.default_rng(1).integers(256, size=40)
    for what in ("kt", "lz78"):
        stream = Stream(64)
        stream.out = stream.out[:room]
        whole = stream.out.base
        arguments = (letters, 256, 40) if what == "kt" else (letters, 256)
        assert getattr(stream, what)(*arguments) == -2
        assert (whole[room:] == 0xAA).all()


def test_finishing_needs_room():
    coder, out = np.array([5, 1 << 60, 0], np.uint64), np.zeros(1, np.uint8)
    assert KERNEL.ec_finish(coder, out, 0) == -2
    assert KERNEL.ec_finish(coder, out, 1) == -1


@settings(max_examples=300)
@given(
    st.binary(max_size=60),
    st.integers(0, 200),
    st.sampled_from([1, 2, 3, 7, 8, 9, 300, 65536]),
    st.integers(1, 250),
)
@example(b"\xff" * 40, 200, 3, 200)
@example(b"\xff" * 40, 200, 65536, 1)
def test_any_bytes_decode_to_letters_of_the_alphabet(content, count, alphabet, run):
    letters = Back(content).kt(count, alphabet, run)
    if alphabet < 10:
        assert letters == NaiveReader(content).kt(count, alphabet, run)
    assert all(letter < alphabet for letter in letters)
    position, letters = Back(content).lz78(count, alphabet)
    decoded = letters if position < 0 else letters[:position]
    assert all(letter < alphabet for letter in decoded)
    assert sorted(Back(content).order(count or 1)) == list(range(count or 1))


@settings(max_examples=100)
@given(sequences(), st.data())
def test_a_shorter_or_longer_stream_is_not_whole_or_differs(sequence, data):
    alphabet, letters = sequence
    stream = Stream()
    stream.kt(letters, alphabet, 200)
    content = stream.finish()
    cut = data.draw(st.integers(0, max(0, len(content) - 1)))
    for wrong in (content[:cut], content + b"\1\1", content + b"\0\0"):
        if wrong != content:
            back = Back(wrong)
            assert back.kt(len(letters), alphabet, 200) != letters or not back.is_whole()


def test_a_phrase_beyond_the_end_is_told():
    stream = Stream()
    stream.lz78([0] * 100, 2)
    back = Back(stream.finish())
    position, _ = back.lz78(95, 2)
    assert position == 91  # 1 + 2 + ... + 13 letters are phrases; the next one would have 14


@given(st.integers(1, 8), st.integers(1, 9), st.integers(1, 5), st.integers(0, 10**6))
def test_block_counts(m, n, alphabet, seed):
    rng = np.random.default_rng(seed)
    table = rng.integers(alphabet, size=(m, n), dtype=np.uint16)
    rows, columns = rng.integers(3, size=m, dtype=np.int32), rng.integers(2, size=n, dtype=np.int32)
    counts = np.zeros((3, 2, alphabet), np.int64)
    KERNEL.ec_block_counts(table, m, n, rows, columns, 2, alphabet, counts)
    for a, b, x in np.ndindex(counts.shape):
        assert counts[a, b, x] == (table[rows == a][:, columns == b] == x).sum()


def test_other_types_are_refused():
    coder = np.zeros(3, np.uint64)
    with pytest.raises(KernelError, match="must have dtype uint16, got int64"):
        KERNEL.ec_kt_encode(
            coder, np.zeros(3, int), 3, 3, 2, np.empty(5, np.uint32), np.empty(9, np.uint8), 9
        )


def test_every_instruction_set_gives_the_same_bytes(tmp_path):
    assert_same_bits("entropy_coding", tmp_path)
