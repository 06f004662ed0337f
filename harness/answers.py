"""Plain data: taking ownership of it, and moving it between processes without pickle.

Plain data are None, bools, ints, floats, complex numbers, strings, bytes, numpy arrays and scalars
of numbers or booleans, and tuples, lists and string-keyed dicts of them. `own` is what runs inside
the timed region: it copies everything, so that a lazy object cannot postpone its work.
"""

from __future__ import annotations

import json
import struct
from typing import Any

import numpy as np

from harness.api import InvalidAnswer

MAX_BYTES = 1 << 31  # of one encoded answer
_MAX_DEPTH = 16
_PLAIN = (bool, int, float, complex, str, bytes, type(None))
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
        return np.array(answer, dtype=answer.dtype.newbyteorder("="), order="C", copy=True)
    if kind in _PLAIN:
        return answer
    if isinstance(answer, np.generic) and kind.__module__ == "numpy":
        if answer.dtype.kind not in _KINDS + "U":
            raise InvalidAnswer(f"the answer holds a scalar of dtype {answer.dtype}, not a number")
        return answer.item()
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
        position = 4 + length

        def value(part: Any) -> Any:
            nonlocal position
            if not isinstance(part, dict):
                if isinstance(part, list):
                    raise ValueError("a bare list in the outline")
                return part
            ((tag, content),) = part.items()
            if tag == "a":
                array, position = _array(content, payload, position)
                return array
            if tag == "d":
                return {str(key): value(item) for key, item in content}
            if tag == "t":
                return tuple(value(item) for item in content)
            if tag == "l":
                return [value(item) for item in content]
            if tag == "c":
                return complex(float(content[0]), float(content[1]))
            if tag == "b":
                return bytes.fromhex(content)
            if tag == "i":
                return int(content, 16)
            raise ValueError(f"unknown tag {tag!r}")

        return value(outline)
    except (struct.error, TypeError, KeyError, IndexError, RecursionError) as error:
        raise ValueError(f"not an encoded answer: {error}") from None


def _array(content: Any, payload: memoryview, position: int) -> tuple[np.ndarray, int]:
    dtype, shape = np.dtype(str(content[0])), [int(length) for length in content[1]]
    if dtype.kind not in _KINDS or any(length < 0 for length in shape):
        raise ValueError(f"an array of dtype {dtype} and shape {shape}")
    count = 1
    for length in shape:
        count *= length
    end = position + count * dtype.itemsize
    if end > len(payload):
        raise ValueError("an array is cut off")
    array = np.frombuffer(payload[position:end], dtype).reshape(shape).copy()
    return array, end
