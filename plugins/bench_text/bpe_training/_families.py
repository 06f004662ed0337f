"""Texts of several kinds, as UTF-8."""

from pathlib import Path

import numpy as np

from bench_text._corpus import english as shipped
from bench_text._corpus import generated as modelled
from harness.api import Case, InvalidCase

# White_Space of Unicode: what parts words.
SPACES = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
_FIRST_LETTERS = (0x61, 0xE0, 0x3B1, 0x5D0, 0x905, 0x3042, 0x4E00, 0xAC00, 0x10400, 0x1F600)


def english(case: Case, rng: np.random.Generator) -> bytes:
    """The beginning of the text that ships with the pack."""
    if case.size > len(shipped()):
        raise InvalidCase(
            f"size is {case.size}, but the English text has {len(shipped())} bytes; "
            "take the family generated for more"
        )
    return shipped()[: case.size]


def generated(case: Case, rng: np.random.Generator) -> bytes:
    """More of the like, by the model of `bench_text._corpus`."""
    return modelled(case.size, rng)


def line(case: Case, rng: np.random.Generator) -> bytes:
    """The same without any white space: one huge line of one word."""
    text = modelled(case.size + case.size // 2 + 64, rng)
    return b"".join(text.split())[: case.size]


def random(case: Case, rng: np.random.Generator) -> bytes:
    """Letters drawn independently, in words of 8 on average; nothing to gain but by chance."""
    letters = _letters(case.alphabet)
    drawn = letters[rng.integers(len(letters), size=case.size)]
    drawn[rng.random(case.size) < 1 / 8] = ord(" ")
    drawn[:1] = letters[0]  # one word at least
    return _encoded(drawn)


def dna(case: Case, rng: np.random.Generator) -> bytes:
    """Four letters in lines of 70; half of the text are copies of what came before."""
    block, text = 50, np.empty(case.size, np.uint8)
    for start in range(0, case.size, block):
        stop = min(start + block, case.size)
        if start >= block and rng.random() < 0.5:
            source = int(rng.integers(start - block + 1))
            text[start:stop] = text[source : source + stop - start]
        else:
            text[start:stop] = np.frombuffer(b"ACGT", np.uint8)[rng.integers(4, size=stop - start)]
    text[70::71] = ord("\n")
    return text.tobytes()


def runs(case: Case, rng: np.random.Generator) -> bytes:
    """Runs of one letter or another, of up to `longest`: occurrences overlap."""
    lengths = rng.integers(1, case.longest + 1, size=case.size)
    text = np.repeat(
        rng.choice(np.frombuffer(b"ab ", np.uint8), case.size, p=[0.6, 0.3, 0.1]), lengths
    )
    text = text[: case.size].copy()
    text[:1] = ord("a")
    return text.tobytes()


def fibonacci(case: Case, rng: np.random.Generator) -> bytes:
    """The beginning of the infinite Fibonacci word abaababa: one word, few pairs, near ties."""
    shorter, longer = b"a", b"ab"
    while len(longer) < case.size:
        shorter, longer = longer, longer + shorter
    return longer[: case.size]


def scripts(case: Case, rng: np.random.Generator) -> bytes:
    """Words of ten scripts, of one to four bytes a letter, between all kinds of white space."""
    script = np.repeat(rng.integers(len(_FIRST_LETTERS), size=case.size), 6)[: case.size]
    drawn = np.array(_FIRST_LETTERS)[script] + (rng.integers(12, size=case.size) ** 2) // 12
    gaps = rng.random(case.size) < 1 / 6
    spaces = np.array([ord(space) for space in SPACES])
    drawn[gaps] = spaces[rng.integers(len(spaces), size=int(gaps.sum()))]
    drawn[:1] = _FIRST_LETTERS[-1]
    return _encoded(drawn)


def file(case: Case, rng: np.random.Generator) -> bytes:
    """A file of the user."""
    try:
        return Path(case.path).read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a path that no file can have
        raise InvalidCase(
            f"the file {case.path!r} cannot be read ({getattr(error, 'strerror', error)}); "
            "write file[path=my.txt], a text in UTF-8"
        ) from None


def text_of(case: Case, rng: np.random.Generator) -> np.ndarray:
    """The text of a case, uint8[n].

    Raises:
        InvalidCase: where it is empty or not UTF-8, or parameters are impossible.
    """
    for name in ("size", "alphabet", "longest"):
        if name in case.parameters and case.parameters[name] < 1:
            raise InvalidCase(
                f"{name} is {case.parameters[name]}, expected 1 or more; choose a larger one"
            )
    return checked(globals()[case.family](case, rng))


def most_merges(case: Case, text: np.ndarray) -> int:
    """How many merges to make at most; of a case that wants all, more than any text gives.

    Raises:
        InvalidCase: where the number is impossible.
    """
    if case.merges < -1:
        raise InvalidCase(
            f"merges is {case.merges}, expected 0 or more, or -1 for all that the text gives; "
            "choose one of these"
        )
    return len(text) if case.merges == -1 else case.merges


def all_made(case: Case, made: int, text: str = "text") -> None:
    """Refuse a case that wants more merges than there are.

    Raises:
        InvalidCase: where `text` gave fewer merges than the case wants.
    """
    if made < case.merges:
        raise InvalidCase(
            f"merges is {case.merges}, but the {text} gives {made}, after which no pair is left; "
            "write merges=-1 for all of them, or take a longer text"
        )


def checked(text: bytes) -> np.ndarray:
    """The same as uint8[n].

    Raises:
        InvalidCase: where it is empty or not UTF-8.
    """
    if not text:
        raise InvalidCase("the text is empty, expected a character at least; choose another file")
    try:
        text.decode()
    except UnicodeDecodeError as error:
        raise InvalidCase(
            f"the text is not UTF-8: byte {error.start} ({text[error.start]:#04x}): "
            f"{error.reason}; convert it to UTF-8"
        ) from None
    return np.frombuffer(text, np.uint8)


def _letters(count: int) -> np.ndarray:
    """So many code points from the letter a on, without white space and surrogates."""
    if count > 1_000_000:
        raise InvalidCase(f"alphabet is {count}, expected at most 1000000; choose a smaller one")
    codes = np.arange(0x61, 0x61 + count + 4096)
    parts = np.isin(codes, [ord(space) for space in SPACES]) | ((codes >> 11) == 0x1B)
    return codes[~parts][:count]


def _encoded(codes: np.ndarray) -> bytes:
    return codes.astype("<u4").tobytes().decode("utf-32-le").encode()
