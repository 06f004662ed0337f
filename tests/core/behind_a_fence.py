"""For tests of the fence: a child that enters it and tells what became of what it tried."""

import ctypes
import errno
import json
import os
from pathlib import Path

from harness.sandbox import Fence

LIBC = ctypes.CDLL(None, use_errno=True)
# What a system says to what it refuses; the last is for a move out of one's rights.
DENIED = {"EACCES", "EPERM", "EXDEV"}


def in_child(work):
    """What `work` returns in a forked child, or the name of the OSError that ends it."""
    reading, writing = os.pipe()
    pid = os.fork()
    if not pid:
        try:
            try:
                said = work()
            except OSError as error:
                said = errno.errorcode.get(error.errno, str(error))
            os.write(writing, json.dumps(said).encode())
        except BaseException as error:
            os.write(writing, json.dumps(f"{type(error).__name__}: {error}").encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        said = pipe.read()
    os.waitpid(pid, 0)
    return json.loads(said)


def told(work, *arguments):
    """What a call gives, or the name of its error."""
    try:
        return work(*arguments)
    except OSError as error:
        return errno.errorcode[error.errno]


def system(name, *arguments):
    """A function of the C library; raises OSError where it says -1."""
    if getattr(LIBC, name)(*arguments) == -1:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return "done"


class Place:
    """A folder to write (`own`), one to hide (`way/vault`) with a part to show, and neighbours."""

    def __init__(self, at):
        self.at = at
        for name in ("own", "way/vault", "way/vault/deep", "way/vault/shown", "way/beside", "near"):
            (at / name).mkdir(parents=True, exist_ok=True)
            (at / name / "file").write_text(name)
        self.fence = Fence([at / "way/vault"], [at / "way/vault/shown"])

    def __truediv__(self, name):
        return self.at / name

    def fenced(self, work):
        """What `work` returns inside the fence, in the own folder."""
        self.fence.prepare()

        def inside():
            os.chdir(self / "own")
            self.fence.enter([self / "own"])
            return work()

        return in_child(inside)

    def free(self, work):
        """What it returns without a fence, in the folder `near`."""

        def outside():
            os.chdir(self / "near")
            return work()

        return in_child(outside)


def read(path):
    """The text of a file."""
    return Path(path).read_text()
