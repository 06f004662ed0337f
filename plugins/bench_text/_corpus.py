"""English: the text that ships with the pack, and as much like it as is wanted, by a stated model.

`english()` is "Alice's Adventures in Wonderland" by Lewis Carroll (1865, in the public domain; see
`_text/README.txt`): 147 kB of ASCII, 26,700 words, 5,300 different ones, punctuation included.

`generated(size, rng)` is a Markov chain over words, estimated from that text:

- after a word of the text comes, with probability 1 - OPEN, what comes after one of its occurrences
  there, each equally likely;
- else an invented word: number r of LEXICON with probability proportional to 1 / (r + SHIFT), the
  law of Zipf and Mandelbrot, so that new words never cease (as Heaps found of real text);
- an invented word is spelled by a Markov chain over letters whose state is the last two, estimated
  from the different words of the text; the lexicon is the same for every seed;
- after an invented word, and at the start of a paragraph of PARAGRAPH words, comes any word of the
  text, each occurrence equally likely. Every LINE words end a line, else a space parts words.

Single words have about the frequencies of English; sentences have no grammar beyond pairs of words.
100 MB take some seconds and a few hundred megabytes of memory.
"""

import functools
from pathlib import Path

import numpy as np

OPEN = 0.15  # share of invented words after words of the text
LEXICON = 1 << 18
SHIFT = 10.0  # flattens the head, as the text has frequent words of its own
PARAGRAPH = 256  # words
LINE = 12  # words

_LONGEST = 20  # letters of an invented word
_AT_ONCE = 1 << 20  # words that are put together at once


@functools.cache
def english() -> bytes:
    """The text that ships with the pack: ASCII, lines ended by a line feed."""
    return (Path(__file__).parent / "_text" / "alice_in_wonderland.txt").read_bytes()


def generated(size: int, rng: np.random.Generator) -> bytes:
    """Exactly `size` bytes of ASCII by the model above; a function of `size` and `rng` alone.

    Args:
        size: bytes, 0 or more; the last word may be cut. rng: draws the words.
    """
    pool, starts, lengths = _vocabulary()
    parts, left = [], size
    while left > 0:
        words = _words(1 + min(_AT_ONCE, left // 4), rng)
        text = _joined(pool, starts[words], lengths[words])[:left]
        parts.append(text)
        left -= len(text)
    return b"".join(part.tobytes() for part in parts)


def _words(count: int, rng: np.random.Generator) -> np.ndarray:
    """Numbers of at least `count` words: whole paragraphs, all of them in step."""
    tokens, starts, counts, followers = _chain()
    types = len(starts)
    paragraphs = -(-count // PARAGRAPH)
    words = np.empty((PARAGRAPH, paragraphs), np.int32)
    weights = np.cumsum(1.0 / (np.arange(LEXICON) + 1.0 + SHIFT))
    weights /= weights[-1]
    now = tokens[rng.integers(len(tokens), size=paragraphs)]
    for step in range(PARAGRAPH):
        words[step] = now
        invented = now >= types
        at = np.where(invented, 0, now)
        choice = rng.random(paragraphs)
        # Of an invented word "all tokens" are the followers, else those of the word.
        follower = followers[starts[at] + (choice * counts[at]).astype(np.int64)]
        anywhere = tokens[(choice * len(tokens)).astype(np.int64)]
        now = np.where(invented, anywhere, follower)
        fresh = np.flatnonzero(~invented & (rng.random(paragraphs) < OPEN))
        now[fresh] = types + np.searchsorted(weights[:-1], rng.random(len(fresh)), side="right")
    return words.T.ravel()


def _joined(pool: np.ndarray, starts: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """The words at these places of the pool, each with the space after it; every LINE-th ends a
    line."""
    ends = np.cumsum(lengths)
    text = pool[np.arange(ends[-1]) + np.repeat(starts - (ends - lengths), lengths)]
    text[ends[LINE - 1 :: LINE] - 1] = ord("\n")
    return text


@functools.cache
def _chain() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """The text as numbers of words, and for each word where its followers begin and how many.

    The last word is followed by the first, so that every word has a follower.
    """
    types, tokens = np.unique(np.array(english().split()), return_inverse=True)
    tokens = tokens.astype(np.int32)
    order = np.argsort(tokens, kind="stable")
    counts = np.bincount(tokens, minlength=len(types))
    return tokens, np.cumsum(counts) - counts, counts, np.roll(tokens, -1)[order]


@functools.cache
def _vocabulary() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """All words with a space after each, one after the other, with their starts and lengths."""
    words = np.unique(np.array(english().split())).tolist() + _invented()
    lengths = np.array([len(word) + 1 for word in words])
    pool = np.frombuffer(b" ".join(words) + b" ", np.uint8)
    return pool, np.cumsum(lengths) - lengths, lengths


def _invented() -> list[bytes]:
    """LEXICON words spelled by the letters' chain; some are English, some occur more than once.

    The state is a place in the text's words, and a word begins after a line feed. The next letter
    is what stands at a random place with the same two letters before it.
    """
    rng = np.random.default_rng(1865)
    letters = bytes(c for c in english().lower() if c in b" \n" or chr(c).isalpha())
    words = b"\n\n" + b"\n\n".join(sorted(set(letters.split()))) + b"\n\n"
    text = np.frombuffer(words, np.uint8).astype(np.int64)
    before = np.concatenate(([0, 0], (text[:-2] << 8) + text[1:-1]))
    kinds, states = np.unique(before, return_inverse=True)
    order, counts = np.argsort(states, kind="stable"), np.bincount(states, minlength=len(kinds))
    starts = np.cumsum(counts) - counts
    firsts = np.flatnonzero((text != 10) & (np.roll(text, 1) == 10))
    places = rng.choice(firsts, LEXICON)
    spelled = np.zeros((LEXICON, _LONGEST), np.uint8)
    alive = np.ones(LEXICON, bool)
    for column in range(_LONGEST):
        letter = text[places]
        alive &= letter != 10
        spelled[:, column] = np.where(alive, letter, 0)
        state = states[np.minimum(places + 1, len(text) - 1)]
        places = order[starts[state] + (rng.random(LEXICON) * counts[state]).astype(np.int64)]
    return spelled.reshape(-1).view(f"S{_LONGEST}").tolist()
