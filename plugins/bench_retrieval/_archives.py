"""Users' own arrays, from .npz files that may be anything."""

import zlib
from collections.abc import Sequence
from zipfile import BadZipFile

import numpy as np

from harness.api import InvalidCase

# What numpy raises for files that are cut off, altered or of another kind; NotImplementedError,
# for archives of a kind that it can't read, is a RuntimeError.
_UNREADABLE = (OSError, ValueError, KeyError, AttributeError, TypeError, EOFError, RuntimeError)
_DAMAGED = (BadZipFile, zlib.error, MemoryError)


def read(path: str, names: Sequence[str], what: str) -> list[np.ndarray]:
    """The arrays of these names.

    Args:
        what: they make up, for messages: "token sets".

    Raises:
        InvalidCase: where there is no such file, or it does not hold them.
    """
    given = ", ".join(f"{name}=..." for name in names)
    advice = f"write it with numpy.savez(path, {given})"
    if not path:
        raise InvalidCase(f"the family 'file' needs {what}: write file[path=my.npz,k=10]")
    try:
        with open(path, "rb") as file, np.load(file, allow_pickle=False) as archive:
            return [archive[name] for name in names]
    except FileNotFoundError:
        raise InvalidCase(f"there is no file {path!r}: {advice}") from None
    except (*_UNREADABLE, *_DAMAGED) as error:
        raise InvalidCase(
            f"{path!r} cannot be read as {what} ({type(error).__name__}: {error}): {advice}"
        ) from None
