"""The fence: what a process that has entered it can still read, write, signal and ask for.

Each check runs in a forked child, which enters the fence and tells what became of it.
"""

import os
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from harness import sandbox
from harness.sandbox import Fence, landlock

from .behind_a_fence import DENIED, in_child, read, told

pytestmark = pytest.mark.skipif(
    landlock() < 6, reason="the kernel's Landlock is absent, or too old to keep signals inside"
)
root_only = pytest.mark.skipif(os.geteuid() != 0, reason="only root has capabilities to drop")


# ---------------------------------------------------------------- reading

WAYS_IN = {
    "itself": lambda at: at / "way/vault/file",
    "below it": lambda at: at / "way/vault/deep/file",
    "root of the process": lambda at: f"/proc/self/root{at / 'way'}/vault/file",
    "with dots": lambda at: at / "way/vault/shown/../file",
    "from the own folder": lambda at: "../way/vault/file",
}


@pytest.mark.parametrize("way", WAYS_IN.values(), ids=WAYS_IN)
def test_what_is_hidden_is_not_read(place, way):
    assert place.free(lambda: read(way(place))).startswith("way/vault")
    assert place.fenced(lambda: read(way(place))) == "EACCES"


def by_symlink(at):
    os.symlink(at / "way/vault/file", "link")
    return read("link")


def by_symlink_to_the_folder(at):
    os.symlink(at / "way/vault", "link")
    return read("link/file")


def by_chdir(at):
    os.chdir(at / "way/vault")
    return read("file")


def by_descriptor(at):
    folder = os.open(at / "way/vault", os.O_PATH)
    return os.read(os.open("file", os.O_RDONLY, dir_fd=folder), 100).decode()


def by_path_descriptor(at):
    file = os.open(at / "way/vault/file", os.O_PATH)
    return read(f"/proc/self/fd/{file}")


def by_child(at):
    said = subprocess.run(["cat", at / "way/vault/file"], capture_output=True, text=True)
    return said.stdout or said.stderr.rpartition(": ")[2].strip()


def by_grandchild(at):
    script = f"import os; print(os.popen('cat {at / 'way'}/vault/file 2>&1').read())"
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    return said.stdout.rpartition(": ")[2].strip()


def by_thread(at):
    found = []
    thread = threading.Thread(target=lambda: found.append(told(read, at / "way/vault/file")))
    thread.start()
    thread.join()
    return found[0]


def by_hard_link(at):
    os.link(at / "way/vault/file", "link")
    return read("link")


def by_rename(at):
    os.rename(at / "way", "way")
    return read("way/vault/file")


def by_rename_of_the_file(at):
    os.rename(at / "way/vault/file", "file")
    return read("file")


def by_copy(at):
    with open(at / "way/vault/file", "rb", buffering=0) as file:
        os.sendfile(os.open("copy", os.O_CREAT | os.O_WRONLY), file.fileno(), 0, 100)
    return read("copy")


TRICKS = [
    by_symlink,
    by_symlink_to_the_folder,
    by_chdir,
    by_descriptor,
    by_path_descriptor,
    by_child,
    by_grandchild,
    by_thread,
    by_hard_link,
    by_rename,
    by_rename_of_the_file,
    by_copy,
]


@pytest.mark.parametrize("trick", TRICKS)
def test_no_trick_reads_what_is_hidden(place, trick):
    assert place.fenced(lambda: trick(place)) in DENIED | {"Permission denied"}
    assert place.free(lambda: trick(place)) == "way/vault"  # it would have


@pytest.mark.parametrize("steps", [["way", "moved"], ["way/vault", "moved"], ["way", "own/moved"]])
def test_who_may_write_the_way_does_not_get_in_by_renaming_it(place, steps):
    fence = Fence([place / "way/vault"])
    fence.prepare()

    def work():
        fence.enter([place.at])
        os.rename(place / steps[0], place / steps[1])
        moved = place / steps[1]
        return read(moved / "file" if "vault" in steps[0] else moved / "vault/file")

    assert in_child(work) in DENIED
    fence.close()


def test_who_may_write_the_hidden_does_not_get_it_out(place):
    fence = Fence([place / "way/vault"])
    fence.prepare()

    def work():
        fence.enter([place.at])
        return [
            told(os.rename, place / "way/vault/file", place / "near/moved"),
            told(os.link, place / "way/vault/file", place / "near/linked"),
        ]

    assert in_child(work) == ["EXDEV", "EXDEV"]
    fence.close()


def test_what_is_shown_and_what_lies_beside_is_read(place):
    files = ["way/vault/shown/file", "way/beside/file", "near/file", "own/file"]
    assert place.fenced(lambda: [read(place / name) for name in files]) == [
        name.removesuffix("/file") for name in files
    ]
    for file in (__file__, "/proc/self/stat", sys.executable, "/dev/null"):
        assert place.fenced(lambda file=file: len(Path(file).read_bytes()) > 0) is (
            file != "/dev/null"
        )


def test_what_appears_later_beside_the_way_is_read_by_the_next(place):
    assert place.fenced(lambda: read(place / "way/beside/file")) == "way/beside"
    (place / "new").write_text("new")
    (place / "way/new").mkdir()
    (place / "way/new/file").write_text("new")
    assert place.fenced(lambda: [read(place / "new"), read(place / "way/new/file")]) == [
        "new",
        "new",
    ]
    (place / "way/beside").rename(place / "old")
    (place / "way/beside").mkdir()
    (place / "way/beside/file").write_text("again")
    assert place.fenced(lambda: read(place / "way/beside/file")) == "again"
    assert place.fenced(lambda: read(place / "way/vault/file")) == "EACCES"


def test_a_shown_folder_that_appears_or_is_replaced_is_read_by_the_next(place):
    shown = place / "way/vault/late"
    fence = Fence([place / "way/vault"], [shown])

    def work():
        fence.enter([])
        return [told(read, shown / "file"), told(read, place / "way/vault/file")]

    for content in ("ENOENT", "first", "second"):
        fence.prepare()
        assert in_child(work) == [content, "EACCES"]
        if content != "ENOENT":
            shown.rename(place / f"way/vault/{content}")
        shown.mkdir()
        (shown / "file").write_text("second" if content == "first" else "first")
    fence.close()


def test_a_hidden_folder_that_appears_later_is_hidden(place):
    fence = Fence([place / "late/vault"])
    fence.prepare()
    (place / "late/vault").mkdir(parents=True)
    (place / "late/vault/file").write_text("secret")
    (place / "late/file").write_text("beside")

    def work():
        fence.enter([])
        return [told(read, place / name) for name in ("late/vault/file", "late/file")]

    assert in_child(work) == ["EACCES", "EACCES"]  # these rules are of before
    fence.prepare()
    assert in_child(work) == ["EACCES", "beside"]
    fence.close()


def test_rules_are_made_anew_only_where_something_changed(place, monkeypatch):
    made = []
    real = sandbox._ruleset
    monkeypatch.setattr(sandbox, "_ruleset", lambda rights: made.append(rights) or real(rights))
    # Folders above the test's own may change at any time, by other tests.
    monkeypatch.setattr(sandbox, "_ways", lambda hidden: {place / "way"})
    fence = Fence([place / "way/vault"])
    for _ in range(3):
        fence.prepare()
    assert len(made) == 1
    (place / "way/new").mkdir()
    fence.prepare()
    assert len(made) == 2
    fence.close()
    fence.prepare()
    assert len(made) == 3
    fence.close()


@pytest.mark.skipif(not os.access("/dev/shm", os.W_OK), reason="there is no /dev/shm")
def test_a_folder_in_shared_memory_is_hidden_too():
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        for name in ("vault", "beside"):
            Path(folder, name).mkdir()
            Path(folder, name, "file").write_text(name)
        fence = Fence([Path(folder, "vault")])
        fence.prepare()

        def work():
            fence.enter([])
            return [told(read, f"{folder}/{name}/file") for name in ("vault", "beside")]

        assert in_child(work) == ["EACCES", "beside"]
        fence.close()


@root_only
def test_no_disk_is_read_whole(place):
    with os.scandir("/dev") as entries:
        disks = [entry.path for entry in entries if sandbox._is_disk(entry)]
    disks = [path for path in disks if Path(path).is_block_device()]
    if not any(type(told(os.open, path, os.O_RDONLY)) is int for path in disks):
        pytest.skip("there is no disk that could be read")
    work = dict.fromkeys(disks, "EACCES")
    assert place.fenced(lambda: {path: told(os.open, path, os.O_RDONLY) for path in disks}) == work


# ---------------------------------------------------------------- trees of hidden and shown folders

NAMES = ["a", "b", "c d", "ü λ", "-", "a b\tc"]
PLACES = st.lists(st.sampled_from(NAMES), min_size=1, max_size=4).map("/".join)
FOLDERS = st.lists(PLACES, min_size=1, max_size=5, unique=True)


def readable(file, hidden, shown):
    """Whether the deepest named folder above a file, or it itself, is one that is shown."""
    parts = file.split("/")
    for length in range(len(parts), 0, -1):
        above = "/".join(parts[:length])
        if above in shown:
            return True
        if above in hidden:
            return False
    return True


@settings(max_examples=60)
@example(folders=["a/b/c d"], hidden=["a"], shown=["a/b"])
@example(folders=["a/b/a/b"], hidden=["a", "a/b/a"], shown=["a/b"])
@example(folders=["a"], hidden=["b/a"], shown=["b/a/b"])
@given(folders=FOLDERS, hidden=FOLDERS, shown=st.lists(PLACES, max_size=3))
def test_the_deepest_named_folder_decides_of_each_file(folders, hidden, shown):
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as top:
        # Every other hidden or shown folder need not exist.
        for folder in folders + hidden[::2] + shown[::2]:
            Path(top, folder).mkdir(parents=True, exist_ok=True)
        files = []
        for folder, _, _ in os.walk(top):
            file = Path(folder, "file")
            file.write_text("x")
            files.append(str(file.relative_to(top)))
        fence = Fence([Path(top, name) for name in hidden], [Path(top, name) for name in shown])
        fence.prepare()

        def work():
            fence.enter([])
            return [told(read, Path(top, file)) for file in files]

        expected = ["x" if readable(file, hidden, shown) else "EACCES" for file in files]
        try:
            assert dict(zip(files, in_child(work), strict=True)) == dict(
                zip(files, expected, strict=True)
            )
        finally:
            fence.close()
