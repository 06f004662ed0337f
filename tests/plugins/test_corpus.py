"""The text that ships with bench_text, and the model that makes more of it."""

from collections import Counter

import numpy as np
import pytest

from bench_text import _corpus
from bench_text._corpus import english, generated


def made(size, seed=0):
    return generated(size, np.random.default_rng(seed))


def test_the_text_is_plain():
    text = english()
    assert text.isascii()
    assert 140_000 < len(text) < 150_000
    assert b"\r" not in text
    assert b"\t" not in text
    assert text.startswith(b"ALICE'S ADVENTURES IN WONDERLAND")
    assert text.endswith(b"THE END\n")
    assert b"utenberg" not in text
    assert len(text.split()) > 26_000


def test_its_readme_names_every_text():
    folder = _corpus.Path(_corpus.__file__).parent / "_text"
    readme = (folder / "README.txt").read_text()
    for path in folder.glob("*.txt"):
        assert path.name == "README.txt" or path.name in readme


@pytest.mark.parametrize("size", [0, 1, 5, 1000, 300_001])
def test_sizes_are_exact(size):
    assert len(made(size)) == size


def test_a_seed_makes_one_text():
    assert made(10_000, 3) == made(10_000, 3)
    assert made(10_000, 3) != made(10_000, 4)


def test_parts_put_together_are_one_text(monkeypatch):
    """Several parts, as long texts are made of."""
    monkeypatch.setattr(_corpus, "_AT_ONCE", 1000)
    text = made(50_000)
    assert len(text) == 50_000
    pool, _, _ = _corpus._vocabulary()
    assert set(text.split()[:-1]) <= set(pool.tobytes().split(b" "))


def test_known_pairs_come_from_the_text():
    """After a word of the text comes what follows it there, or an invented word."""
    shipped = english().split()
    follows = set(zip(shipped, [*shipped[1:], shipped[0]], strict=True))
    known = set(shipped)
    pairs = list(zip(*[made(200_000).split()[k:] for k in (0, 1)], strict=False))
    inside = [pair for pair in pairs if pair[0] in known and pair[1] in known]
    odd = sum(pair not in follows for pair in inside)
    # Starts of paragraphs, and invented words that are English, may come after anything.
    assert odd < 0.1 * len(inside)


def test_invented_words_have_their_share():
    known = set(english().split())
    words = made(500_000).split()
    share = sum(word not in known for word in words) / len(words)
    assert 0.06 < share < 0.14  # OPEN / (1 + OPEN), less those that are English


def test_new_words_never_cease():
    """Heaps: four times the text has more different words, by a power between 0.4 and 1."""
    small, large = (len(set(made(size).split())) for size in (500_000, 2_000_000))
    assert 4**0.4 < large / small < 4


def test_frequencies_fall_as_zipf_found():
    counts = sorted(Counter(made(1_000_000).split()).values(), reverse=True)
    slope = np.polyfit(np.log(np.arange(10, 3000)), np.log(counts[10:3000]), 1)[0]
    assert -1.4 < slope < -0.7


def test_lines_and_words_are_short():
    text = made(100_000)
    assert max(map(len, text.split(b"\n"))) < 12 * 60
    assert {len(line.split()) for line in text.split(b"\n")[:-1]} == {_corpus.LINE}
    assert max(map(len, _corpus._invented())) <= 20
    assert min(map(len, _corpus._invented())) >= 1


def test_the_state_of_the_letters_is_two():
    """Every three letters of an invented word stand in a word of the text, its ends too."""
    text = bytes(c for c in english().lower() if c in b" \n" or chr(c).isalpha())
    seen = {b"\n\n" + word + b"\n" for word in text.split()}
    known = {word[k : k + 3] for word in seen for k in range(len(word) - 2)}
    for word in _corpus._invented()[:3000]:
        spelled = b"\n\n" + word + (b"\n" if len(word) < 20 else b"")
        assert all(spelled[k : k + 3] in known for k in range(len(spelled) - 2)), word
