"""Joining results folders: nothing is lost, nothing is overwritten, and nothing else is copied."""

import json
import os
import shutil

import pytest

from harness import store, tables
from harness.merge import merge
from harness.store import StoreError, load

from .test_store import add_line, record, write

FILES = ("run.json", "records.jsonl", "timings.json")


def outcomes(folders, into):
    """What became of each run."""
    return [each.outcome for each in merge(folders, into)]


def content(folder):
    """Everything in a folder: path -> bytes."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def cut(path, into, lines):
    """A copy of a run as it was when it had so many records."""
    copy = into / path.name
    shutil.copytree(path, copy)
    whole = (copy / "records.jsonl").read_bytes().splitlines(keepends=True)
    (copy / "records.jsonl").write_bytes(b"".join(whole[:lines]))
    header = json.loads((copy / "run.json").read_text())
    for name in ("ended", "records"):
        header.pop(name, None)
    (copy / "run.json").write_text(json.dumps(header, indent=1))
    return copy


def test_runs_are_copied_byte_for_byte(tmp_path):
    first, second = write(tmp_path / "a", record(0)), write(tmp_path / "b", record(1))
    (first / "timings.json").write_text('{"benchmarks": []}')
    add_line(second, b"garbage\n")
    assert outcomes([tmp_path / "a", tmp_path / "b"], tmp_path / "all") == ["copied", "copied"]
    both = {
        f"{path.name}/{name}": text
        for path in (first, second)
        for name, text in content(path).items()
    }
    assert content(tmp_path / "all") == both
    assert {each.name for each in (tmp_path / "all").iterdir()} == {first.name, second.name}


def test_single_run_folders_and_the_folder_in_which_one_is(tmp_path, monkeypatch):
    path, other = write(tmp_path / "a", record(0)), write(tmp_path / "a", record(1))
    monkeypatch.chdir(path)
    assert outcomes([store.Path("."), other], tmp_path / "all") == ["copied", "copied"]
    assert len(load(tmp_path / "all").records) == 2


def test_what_is_there_already_is_left_as_it_is(tmp_path):
    path = write(tmp_path / "a", record(0))
    before = path.stat().st_mtime_ns
    assert outcomes([tmp_path / "a", tmp_path / "a"], tmp_path / "all") == [
        "copied",
        "already there",
    ]
    assert outcomes([tmp_path / "a"], tmp_path / "a") == ["already there"]
    assert path.stat().st_mtime_ns == before


@pytest.mark.parametrize("lines", [0, 1, 3])
def test_the_longer_of_two_copies_of_a_run_is_kept(tmp_path, lines):
    path = write(tmp_path / "a", *(record(i) for i in range(3)))
    early = cut(path, tmp_path / "early", lines)
    (joined,) = merge([path], tmp_path / "early")
    assert joined.outcome == "replaced"
    assert f"the longer copy from {path} takes the place" in joined.sentence
    assert content(early) == content(path)
    early = cut(path, tmp_path / "early again", lines)
    assert outcomes([early], tmp_path / "a") == ["already there"]
    assert load(tmp_path / "a").complaints == []


def test_a_copy_that_was_taken_in_the_middle_of_a_line_is_a_shorter_one(tmp_path):
    path = write(tmp_path / "a", record(0), record(1))
    early = cut(path, tmp_path / "early", 2)
    with (early / "records.jsonl").open("r+b") as file:
        file.truncate(file.seek(0, os.SEEK_END) - 10)
    assert outcomes([path], tmp_path / "early") == ["replaced"]
    assert load(tmp_path / "early").complaints == []


@pytest.mark.parametrize(
    "change",
    [
        lambda path: add_line(path, "{}"),  # longer than a run that ended
        lambda path: (path / "run.json").write_text('{"schema": 1, "machine": "other"}'),
        lambda path: (path / "run.json").write_text("damaged"),
        lambda path: (path / "records.jsonl").write_text(
            (path / "records.jsonl").read_text().replace("7.5", "7.6")
        ),
        lambda path: (path / "timings.json").write_text("{}"),
    ],
    ids=["longer", "header", "damaged", "record", "timings"],
)
def test_a_conflict_is_refused_and_the_other_runs_are_joined(tmp_path, change):
    path = write(tmp_path / "a", record(0))
    shutil.copytree(path, tmp_path / "b" / path.name)
    change(tmp_path / "b" / path.name)
    more = write(tmp_path / "b", record(1))
    before = content(path)
    refused, copied = merge([tmp_path / "b"], tmp_path / "a")
    assert (refused.outcome, copied.outcome) == ("refused", "copied")
    assert content(path) == before
    assert str(path) in refused.sentence
    assert str(tmp_path / "b" / path.name) in refused.sentence
    assert "nothing of it was overwritten: remove the one that is wrong" in refused.sentence
    assert (tmp_path / "a" / more.name).is_dir()


@pytest.mark.parametrize("name", ["sample", "2026", "20260101T000000000Z-ABCDEF", "x" * 30, "a b"])
def test_only_names_of_runs_are_taken(tmp_path, name):
    write(tmp_path / "a", record(0)).rename(tmp_path / "a" / name)
    (joined,) = merge([tmp_path / "a"], tmp_path / "all")
    assert joined.outcome == "refused"
    assert "its name is not that of a run, such as 2026" in joined.sentence
    assert list((tmp_path / "all").iterdir()) == []


def test_hidden_folders_are_passed_over(tmp_path):
    write(tmp_path / "a", record(0)).rename(tmp_path / "a" / ".making-1")
    with pytest.raises(StoreError, match="there is no run in it"):
        outcomes([tmp_path / "a"], tmp_path / "all")


def test_links_are_not_followed(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text('{"schema": 1}')
    linked = write(tmp_path / "elsewhere", record(0))
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / linked.name).symlink_to(linked)
    for name in FILES:
        path = write(tmp_path / "a", record(0))
        (path / name).unlink(missing_ok=True)
        (path / name).symlink_to(secret)
    assert outcomes([tmp_path / "a"], tmp_path / "all") == ["refused"] * 4
    assert list((tmp_path / "all").iterdir()) == []


def test_a_link_in_the_place_of_the_run_is_not_written_through(tmp_path):
    path = write(tmp_path / "a", record(0), record(1))
    early = cut(path, tmp_path / "early", 1)
    (tmp_path / "all").mkdir()
    (tmp_path / "all" / path.name).symlink_to(early)
    before = content(early)
    assert outcomes([path], tmp_path / "all") == ["refused"]
    assert content(early) == before


def test_a_fifo_hangs_nothing(tmp_path):
    path = write(tmp_path / "a", record(0))
    os.mkfifo(path / "timings.json")
    assert outcomes([tmp_path / "a"], tmp_path / "all") == ["refused"]


def test_only_known_files_are_copied(tmp_path):
    path = write(tmp_path / "a", record(0))
    (path / "setup.sh").write_text("rm -rf /")
    (path / "more").mkdir()
    outcomes([path], tmp_path / "all")
    assert set(content(tmp_path / "all" / path.name)) == {"run.json", "records.jsonl"}


def test_a_disk_that_fails_in_the_middle_leaves_whole_runs_only(tmp_path, monkeypatch):
    from harness import merge as module

    for seed in range(3):
        write(tmp_path / "a", record(seed))
    calls = iter(range(100))
    copy = module._copy_file

    def fail(source, target):
        if next(calls) == 3:
            raise OSError(28, "No space left on device")
        copy(source, target)

    monkeypatch.setattr(module, "_copy_file", fail)
    with pytest.raises(StoreError, match=r"can't be copied into .* \(No space left on device\)"):
        outcomes([tmp_path / "a"], tmp_path / "all")
    assert len(list((tmp_path / "all").iterdir())) == 1
    loaded = load(tmp_path / "all")
    assert [each["seed"] for each in loaded.records] == [0]
    assert loaded.complaints == []


@pytest.mark.parametrize("name", ["none", "file", "empty"])
def test_sources_that_are_none_are_named_before_anything_is_copied(tmp_path, name):
    (tmp_path / "file").write_text("")
    (tmp_path / "empty").mkdir()
    path = write(tmp_path / "a", record(0))
    with pytest.raises(StoreError, match=name):
        outcomes([path, tmp_path / name], tmp_path / "all")
    assert not (tmp_path / "all").exists()


def test_machines_stay_apart(tmp_path):
    """Times and statuses of two machines are never mixed; the reference cost is shared."""
    write(tmp_path / "a", record(0, seconds=1.0, cost=9.0, optimum=None), machine="slow")
    write(tmp_path / "b", record(0, seconds=0.1, cost=8.0, optimum=None), machine="fast")
    outcomes([tmp_path / "a", tmp_path / "b"], tmp_path / "all")
    frame = tables.records(load(tmp_path / "all"))
    assert tables.machines(frame) == ["fast", "slow"]
    for machine, seconds in (("slow", 1.0), ("fast", 0.1)):
        current = tables.current(frame, machine)
        assert list(current["seconds"]) == [seconds]
        assert list(current["best"]) == [8.0]
