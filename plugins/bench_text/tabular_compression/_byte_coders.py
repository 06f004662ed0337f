"""Compressors of bytes, without the frames that their files have: deflate, bzip2, LZMA, Zstandard.

`decompress` stops at the expected size, so that a few bytes cannot fill the memory. "stored" stands
for none of them: bytes stay what they are.
"""

import bz2
import lzma
import zlib
from collections.abc import Callable
from typing import Any

from bench_text.tabular_compression._streams import FormatError

try:  # here and not where it is used, so that no clock runs
    import zstandard
except ImportError:
    zstandard = None

NAMES = ("deflate", "bzip2", "lzma", "zstd", "stored")
DEFAULT_LEVELS = {"deflate": 6, "bzip2": 9, "lzma": 6, "zstd": 12, "stored": 0}
LEVELS = {"deflate": (1, 9), "bzip2": (1, 9), "lzma": (0, 9), "zstd": (1, 22), "stored": (0, 0)}
_LZMA_WINDOWS = (1 << 12, 1 << 26)  # bytes; the least and the largest
_ZSTD_WINDOW = 1 << 27
_ZSTD_PIECE = 256  # bytes; at most 8 MiB come of them


def compress(coder: str, content: bytes, level: int) -> bytes:
    """The bytes of `content` by one of `NAMES`."""
    return _COMPRESS[coder](content, level)


def decompress(coder: str, content: bytes, size: int) -> bytes:
    """`size` bytes from what `compress` made.

    Raises:
        FormatError: where it is damaged, cut off, too long, or holds another number of bytes.
    """
    decoder, failures = _DECODERS[coder](size)
    try:
        found = _read(decoder, content, size, bounded=coder != "zstd")
    except failures as error:
        raise FormatError(f"the {coder} stream is damaged ({error})") from None
    if len(found) != size:
        more = "at least " if len(found) > size else ""
        raise FormatError(f"the {coder} stream holds {more}{len(found)} bytes, expected {size}")
    if not decoder.eof:
        raise FormatError(f"the {coder} stream is cut off")
    if decoder.unused_data:
        raise FormatError(f"{len(decoder.unused_data)} bytes follow the end of a {coder} stream")
    return found


def expand(coder: str, content: bytes, size: int) -> bytes:
    """The same from bytes that are trusted, by one call, as users of the library make it."""
    if coder == "deflate":
        return zlib.decompress(content, -zlib.MAX_WBITS, size)
    if coder == "bzip2":
        return bz2.decompress(content)
    if coder == "lzma":
        return lzma.decompress(content, lzma.FORMAT_RAW, filters=_lzma_filters(size))
    if coder == "zstd":
        decoder = zstandard.ZstdDecompressor(format=zstandard.FORMAT_ZSTD1_MAGICLESS)
        return decoder.decompress(content, max_output_size=size)
    return content


def _read(decoder: Any, content: bytes, size: int, bounded: bool) -> bytes:
    """All bytes, or some more than `size` where there are more."""
    if bounded:
        return decoder.decompress(content, size + 1)
    pieces, length = [], 0
    for start in range(0, len(content), _ZSTD_PIECE):
        if decoder.eof:
            raise FormatError(f"{len(content) - start} bytes follow the end of a zstd stream")
        found = decoder.decompress(content[start : start + _ZSTD_PIECE])
        length += len(found)
        pieces.append(found)
        if length > size:
            break
    return b"".join(pieces)


def _deflate(content: bytes, level: int) -> bytes:
    coder = zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS, 9)
    return coder.compress(content) + coder.flush()


def _inflate(size: int) -> tuple[Any, Any]:
    return zlib.decompressobj(-zlib.MAX_WBITS), zlib.error


def _bzip2(content: bytes, level: int) -> bytes:
    return bz2.compress(content, level)


def _bunzip2(size: int) -> tuple[Any, Any]:
    return bz2.BZ2Decompressor(), (OSError, ValueError)


def _lzma_filters(size: int, **options: int) -> list[dict[str, int]]:
    """Of a raw stream, which does not say how far back it refers; further than its size is vain."""
    window = min(max(size, _LZMA_WINDOWS[0]), _LZMA_WINDOWS[1])
    return [{"id": lzma.FILTER_LZMA2, "dict_size": window, **options}]


def _lzma(content: bytes, level: int) -> bytes:
    return lzma.compress(
        content, lzma.FORMAT_RAW, filters=_lzma_filters(len(content), preset=level)
    )


def _unlzma(size: int) -> tuple[Any, Any]:
    return lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=_lzma_filters(size)), lzma.LZMAError


def _zstd(content: bytes, level: int) -> bytes:
    if zstandard is None:
        raise ModuleNotFoundError("the coder zstd needs the package zstandard")
    options = zstandard.ZstdCompressionParameters.from_level(
        level,
        source_size=len(content),
        format=zstandard.FORMAT_ZSTD1_MAGICLESS,
        write_content_size=False,
        write_checksum=False,
    )
    return zstandard.ZstdCompressor(compression_params=options).compress(content)


def _unzstd(size: int) -> tuple[Any, Any]:
    if zstandard is None:
        raise FormatError("zstandard is not installed, so that its streams can't be read")
    decoder = zstandard.ZstdDecompressor(
        max_window_size=_ZSTD_WINDOW, format=zstandard.FORMAT_ZSTD1_MAGICLESS
    )
    return decoder.decompressobj(), zstandard.ZstdError


class _Stored:
    """Bytes as they are, behind the methods of a decoder of the standard library."""

    eof, unused_data = True, b""

    def decompress(self, content: bytes, most: int) -> bytes:
        return content


_COMPRESS: dict[str, Callable[[bytes, int], bytes]] = {
    "deflate": _deflate,
    "bzip2": _bzip2,
    "lzma": _lzma,
    "zstd": _zstd,
    "stored": lambda content, level: content,
}
_DECODERS: dict[str, Callable[[int], tuple[Any, Any]]] = {
    "deflate": _inflate,
    "bzip2": _bunzip2,
    "lzma": _unlzma,
    "zstd": _unzstd,
    "stored": lambda size: (_Stored(), ()),
}
