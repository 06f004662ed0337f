"""Where the harness keeps its files, and how it reads and writes one whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import stat
import tempfile
from pathlib import Path
from typing import BinaryIO


def cache_folder() -> Path:
    """Where instances are kept: $BENCH_CACHE, or the user's cache folder."""
    given = os.environ.get("BENCH_CACHE")
    if given:
        return Path(given)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "bench-harness"


def write_atomically(path: Path, content: str | bytes) -> None:
    """Replace the file by one with this content; a crash leaves the old one or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, scratch = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(scratch, 0o644)
        os.replace(scratch, path)
    except BaseException:
        os.unlink(scratch)
        raise
    sync_folder(path.parent)


def sync_folder(path: Path) -> None:
    """Make the names in a folder outlast a power cut; some file systems can't, and need not."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        with contextlib.suppress(OSError):
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def open_regular(path: Path, most: int) -> BinaryIO:
    """Open a regular file to read it; anything else might hang, never end, or lie elsewhere.

    Args:
        path: the file; no symbolic link.
        most: bytes that it may have.

    Raises:
        OSError: where it is not there, is no regular file or is larger; `strerror` is a sentence.
    """
    if not stat.S_ISREG(os.lstat(path).st_mode):  # before it is opened: that may do something
        raise OSError(errno.EINVAL, "it is no regular file; put the file itself in its place")
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    file = os.fdopen(os.open(path, flags), "rb")
    status = os.fstat(file.fileno())
    if stat.S_ISREG(status.st_mode) and status.st_size <= most:
        return file
    file.close()
    raise OSError(
        errno.EFBIG, f"it has {status.st_size} bytes, more than the {most} that are read of such"
    )


def scratch_folder(kind: str) -> str:
    """A new temporary folder of this process; those that killed processes left are removed."""
    parent = Path(tempfile.gettempdir())
    with contextlib.suppress(OSError):
        for folder in parent.glob(f"bench-{kind}-*-*"):
            owner = folder.name.split("-")[2]
            dead = owner.isdigit() and not Path(f"/proc/{owner}").exists()
            if dead and folder.stat().st_uid == os.getuid():
                shutil.rmtree(folder, ignore_errors=True)
    return tempfile.mkdtemp(prefix=f"bench-{kind}-{os.getpid()}-", dir=parent)
