"""Plain data: taking ownership of it, and moving it between processes without pickle.

Plain data are None, bools, ints, floats, complex numbers, strings, bytes, numpy arrays and scalars
of numbers or booleans, and tuples, lists and string-keyed dicts of them. `own` is what runs inside
the timed region: it copies everything, so that a lazy object cannot postpone its work.
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Callable
from typing import Any

import numpy as np

from harness.api import InvalidAnswer

_MAX_DEPTH = 16
_PLAIN = (bool, int, float, complex, str, bytes, type(None))
_SCALARS = frozenset(np.sctypeDict.values())  # numpy's own: a subclass may lie in item()
_KINDS = "biufc"  # array dtypes: booleans, integers, floats, complex numbers


def own(answer: Any, depth: int = 0) -> Any:
    """A copy of `answer` that shares nothing with it, of exactly the plain types.

    Raises:
        InvalidAnswer: where something in it is not plain data.
    """
    kind = type(answer)
    if kind is np.ndarray:
        if answer.dtype.kind not in _KINDS:
            raise InvalidAnswer(
                f"the answer holds an array of dtype {answer.dtype}; "
                "expected numbers or booleans: convert it before yielding it"
            )
        # Always a fresh buffer, in C order and native bytes.
        dtype = answer.dtype.newbyteorder("=")
        return _true_booleans(np.array(answer, dtype=dtype, order="C", copy=True))
    if kind in _PLAIN:
        return answer
    if kind in _SCALARS:
        return _plain_scalar(answer)
    if kind in (tuple, list, dict):
        if depth >= _MAX_DEPTH:
            raise InvalidAnswer(f"the answer is nested more than {_MAX_DEPTH} deep")
        if kind is dict:
            if any(type(key) is not str for key in answer):
                raise InvalidAnswer("the answer holds a dict whose keys are not all strings")
            return {key: own(value, depth + 1) for key, value in answer.items()}
        return kind([own(value, depth + 1) for value in answer])
    raise InvalidAnswer(
        f"the answer holds a {kind.__module__}.{kind.__qualname__}; expected plain data: "
        "arrays, numbers, strings, and tuples, lists and dicts of them"
    )


def _plain_scalar(scalar: np.generic) -> Any:
    if scalar.dtype.kind not in _KINDS + "U":
        raise InvalidAnswer(f"the answer holds a scalar of dtype {scalar.dtype}, not a number")
    plain = scalar.item()
    if type(plain) in _PLAIN:
        return plain
    # Python has no long double: item() gives it back as it is.
    return complex(plain) if scalar.dtype.kind == "c" else float(plain)


def encode(value: Any) -> bytes:
    """Owned plain data as bytes: a JSON outline, then the arrays' buffers."""
    buffers: list[bytes] = []

    def outline(part: Any) -> Any:
        if isinstance(part, np.ndarray):
            buffers.append(part.tobytes())
            return {"a": [part.dtype.str, list(part.shape)]}
        if isinstance(part, dict):
            return {"d": [[key, outline(item)] for key, item in part.items()]}
        if isinstance(part, tuple):
            return {"t": [outline(item) for item in part]}
        if isinstance(part, list):
            return {"l": [outline(item) for item in part]}
        if isinstance(part, complex):
            return {"c": [part.real, part.imag]}
        if isinstance(part, bytes):
            return {"b": part.hex()}
        if isinstance(part, int) and not isinstance(part, bool) and abs(part) >= 1 << 53:
            return {"i": hex(part)}
        return part

    head = json.dumps(outline(value), separators=(",", ":")).encode()
    return b"".join([struct.pack("<I", len(head)), head, *buffers])


def decode(payload: bytes | memoryview) -> Any:
    """The inverse of `encode`.

    Raises:
        ValueError: where the bytes are not an encoding, or claim more than they hold.
    """
    payload = memoryview(payload)
    try:
        (length,) = struct.unpack_from("<I", payload)
        if 4 + length > len(payload):
            raise ValueError("the outline is cut off")
        outline = json.loads(bytes(payload[4 : 4 + length]))
        return _Decoder(payload, 4 + length).value(outline)
    except _MALFORMED as error:
        raise ValueError(f"not an encoded answer: {error}") from None


_MALFORMED = (
    struct.error,
    TypeError,
    LookupError,
    OverflowError,
    RecursionError,
    SyntaxError,  # of what numpy takes for the text of a dtype
)
_LEAVES: dict[str, Callable[[Any], Any]] = {
    "c": lambda content: complex(float(content[0]), float(content[1])),
    "b": bytes.fromhex,
    "i": lambda content: int(content, 16),
}


class _Decoder:
    """Reads the arrays of a payload one after the other, as the outline names them."""

    def __init__(self, payload: memoryview, position: int) -> None:
        self._payload, self._position = payload, position

    def value(self, part: Any) -> Any:
        if isinstance(part, list):
            raise ValueError("a bare list in the outline")
        if not isinstance(part, dict):
            return part
        ((tag, content),) = part.items()
        if tag in _LEAVES:
            return _LEAVES[tag](content)
        if tag == "a":
            return self._array(str(content[0]), [int(length) for length in content[1]])
        if tag == "d":
            return {str(key): self.value(item) for key, item in content}
        if tag == "t":
            return tuple(self.value(item) for item in content)
        if tag == "l":
            return [self.value(item) for item in content]
        raise ValueError(f"unknown tag {tag!r}")

    def _array(self, name: str, shape: list[int]) -> np.ndarray:
        dtype = np.dtype(name)
        if dtype.kind not in _KINDS or any(length < 0 for length in shape):
            raise ValueError(f"an array of dtype {dtype} and shape {shape}")
        begin, self._position = self._position, self._position + math.prod(shape) * dtype.itemsize
        if self._position > len(self._payload):
            raise ValueError("an array is cut off")
        content = self._payload[begin : self._position]
        return _true_booleans(np.frombuffer(content, dtype).reshape(shape).copy())


def _true_booleans(array: np.ndarray) -> np.ndarray:
    """The array itself; where it is boolean, every byte but 0 made 1, or comparisons of it lie."""
    if array.dtype.kind == "b":
        np.not_equal(array.view(np.uint8), 0, out=array)
    return array
