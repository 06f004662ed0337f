"""The store: what is written is read back, and nothing on the disk makes reading fail."""

import dataclasses
import errno
import json
import os
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness import tables
from harness.record import SCHEMA, STATUSES, Record
from harness.statistics.leaderboard import Rules, leaderboard
from harness.store import FILES, Results, RunFolder, StoreError, load, load_if_any

HEADER = {"command": "bench run tour", "machine": "box"}


def record(seed=0, **facts):
    """A record with all fields filled."""
    known = {
        "kind": "trace",
        "problem": "tour",
        "solver": "two_opt",
        "label": "two_opt[min_gain=0.5]",
        "role": "solver",
        "parameters": {"min_gain": 0.5, "start": "random", "both": True, "depth": None},
        "case": "uniform[n=100]",
        "instance": "d1",
        "sizes": {"n": 100, "density": 0.5},
        "seed": seed,
        "status": "ok",
        "message": "größer – 東京",
        "cost": 7.5 + seed,
        "scores": {"gap": 0.1},
        "optimum": 7.0,
        "seconds": 0.25,
        "cpu": 0.24,
        "wall": 0.3,
        "memory": 4096,
        "threads": 1,
        "calls": 3,
        "answers": 2,
        "why": "finished",
        "trace": [[0.1, 1, 9.0], [0.2, 3, 7.5]],
        "values": [0.25, 0.26],
        "budget": {"seconds": 1.0},
        "environment": "e1",
        "key": f"k{seed}",
        "started": "2026-01-01T00:00:00+00:00",
    }
    return Record(**{**known, **facts})


def write(results, *records, **header):
    """A folder of one run with these records; returns its path."""
    folder = RunFolder(results, {**HEADER, **header})
    for each in records:
        folder.append(each)
    folder.close()
    return folder.path


def plain(each, run, line=1):
    """The record as `load` gives it."""
    return {**json.loads(json.dumps(dataclasses.asdict(each))), "run": run, "line": line}


def add_line(path, line):
    """Append a raw line to the records of a run."""
    with (path / "records.jsonl").open("ab") as file:
        file.write(line if isinstance(line, bytes) else line.encode() + b"\n")


def everything_from(results: Results):
    """All tables that are made of results."""
    frame = tables.current(tables.records(results))
    traces, timings = tables.of_kind(frame, "trace"), tables.of_kind(frame, "timing")
    made = [tables.trace_points(traces), tables.timing_values(timings), tables.size_of(frame, "n")]
    made.append(tables.status_counts(traces))
    for problem in dict.fromkeys(frame["problem"]):
        made.append(tables.cases(frame, problem))
        for rules in (Rules("ratio", "cost"), Rules("difference", "time")):
            made.append(leaderboard(frame, problem, rules, draws=5))
    return made


# --- writing -----------------------------------------------------------------------------------


def test_what_is_appended_is_loaded(tmp_path):
    written = [record(seed) for seed in range(3)]
    written.append(Record("timing", "p", "s", "s", "solver", {}, "c", "i", {}, None, "skipped"))
    path = write(tmp_path, *written)
    loaded = load(tmp_path)
    assert loaded.records == [plain(each, path.name, i) for i, each in enumerate(written, 1)]
    assert loaded.complaints == []
    assert loaded.runs[path.name] == {
        "schema": SCHEMA,
        "started": loaded.runs[path.name]["started"],
        **HEADER,
        "records": 4,
    }


def test_each_record_is_on_disk_once_it_is_appended(tmp_path):
    folder = RunFolder(tmp_path, HEADER)
    for seed in range(3):
        folder.append(record(seed))
        assert [each["seed"] for each in load(tmp_path).records] == list(range(seed + 1))
    folder.close()


def test_closing_adds_facts_to_the_header(tmp_path):
    folder = RunFolder(tmp_path, HEADER)
    assert "ended" not in load(tmp_path).runs[folder.name]
    folder.close(ended="interrupted")
    assert load(tmp_path).runs[folder.name]["ended"] == "interrupted"


def test_timings_are_replaced_as_a_whole(tmp_path):
    folder = RunFolder(tmp_path, HEADER)
    assert load(tmp_path).timings == {}
    folder.write_timings('{"a": "longer text"}')
    folder.write_timings('{"a": 1}')
    assert load(tmp_path).timings == {folder.name: folder.path / "timings.json"}
    assert (folder.path / "timings.json").read_text() == '{"a": 1}'
    names = {file.name for file in folder.path.iterdir()}
    assert names == {"run.json", "records.jsonl", "timings.json"}, "no scratch files"
    folder.close()


def test_a_message_that_is_no_unicode_is_mended(tmp_path):
    write(tmp_path, record(message="broken \ud800 surrogate"))
    loaded = load(tmp_path)
    assert loaded.records[0]["message"] == "broken ? surrogate"
    assert loaded.complaints == []


def test_two_runs_into_the_same_folder_at_once(tmp_path):
    first, second = RunFolder(tmp_path, HEADER), RunFolder(tmp_path, HEADER)
    assert first.path != second.path
    for seed in range(4):
        first.append(record(seed, label="first"))
        second.append(record(seed, label="second"))
    first.close()
    second.close()
    loaded = load(tmp_path)
    assert sorted((each["run"], each["label"], each["seed"]) for each in loaded.records) == sorted(
        (run.name, label, seed)
        for run, label in ((first, "first"), (second, "second"))
        for seed in range(4)
    )


def test_names_sort_by_time(tmp_path, monkeypatch):
    from datetime import UTC, datetime, timedelta

    import harness.store as store

    moments = [datetime(2026, 9, 30, 23, 59, 59, 998_000, tzinfo=UTC)]
    for step in (1_000, 1_000, 999_000, 60_000_000, 86_400_000_000, 100 * 86_400_000_000):
        moments.append(moments[-1] + timedelta(microseconds=step))
    clock = iter(moments)

    class Clock(datetime):
        @staticmethod
        def now(zone):
            assert zone is UTC
            return next(clock)

    tokens = iter(range(99, 0, -1))
    monkeypatch.setattr(store, "datetime", Clock)
    monkeypatch.setattr(store.secrets, "token_hex", lambda _: f"{next(tokens):06x}")
    folders = [RunFolder(tmp_path, HEADER) for _ in moments]
    for folder in folders:
        folder.close()
    names = [folder.name for folder in folders]
    assert names == sorted(names)
    assert list(load(tmp_path).runs) == names


def test_names_sort_also_where_the_clock_was_set_back(tmp_path, monkeypatch):
    from datetime import UTC, datetime, timedelta

    import harness.store as store

    begin = datetime(2026, 1, 1, tzinfo=UTC)
    steps = (0, -3600_000, -1, 1, 1, 1, 3600_000, 1, -(10**10))
    clock = (begin + timedelta(milliseconds=sum(steps[: i + 1])) for i in range(len(steps)))

    class Clock(datetime):
        @staticmethod
        def now(zone):
            return next(clock)

    monkeypatch.setattr(store, "datetime", Clock)
    names = [write(tmp_path, record(i)).parts[-1] for i in range(len(steps))]
    assert names == sorted(names)
    assert len({name.partition("Z")[0] for name in names}) == len(names)
    assert all(store.RUN_NAME.fullmatch(name) for name in names)
    assert [each["seed"] for each in load(tmp_path).records] == list(range(len(steps)))
    assert names[1].startswith("20260101T000000001Z"), "a millisecond after the newest"


@pytest.mark.parametrize("name", ["99991231T235959999Z-ffffff", "00000000T000000000Z-000000"])
def test_a_name_that_is_no_time_hinders_nothing(tmp_path, name):
    write(tmp_path, record(0)).rename(tmp_path / name)
    assert write(tmp_path, record(1)).is_dir()
    assert len(load(tmp_path).records) == 2


@pytest.mark.parametrize("moment", ["mkdir", "rename"])
def test_a_kill_while_the_folder_is_made_leaves_no_folder_without_a_header(tmp_path, moment):
    """The child dies at the first, second, ... call of what makes folders and names."""
    for call in range(1, 6):
        results = tmp_path / f"{moment}{call}"
        pid = os.fork()
        if pid == 0:
            dies_at(call, moment)
            RunFolder(results, HEADER)
            os._exit(0)
        _, status = os.waitpid(pid, 0)
        loaded = load_if_any(results)
        assert loaded.complaints == []
        assert len(loaded.runs) == (os.waitstatus_to_exitcode(status) == 0), call
        if results.exists():
            for folder in results.iterdir():
                assert folder.name.startswith(".making-") != bool(loaded.runs)


def dies_at(call, name):
    """Make this process end at the given call of a function of `os`."""
    count = iter(range(1, 100))
    function = getattr(os, name)

    def die(*arguments, **options):
        if next(count) == call:
            os._exit(3)
        return function(*arguments, **options)

    setattr(os, name, die)


def test_what_a_dead_process_left_is_removed_after_a_day(tmp_path):
    old, young = tmp_path / ".making-old", tmp_path / ".making-young"
    for folder in (old, young):
        folder.mkdir()
        (folder / "run.json").write_text("{}")
    os.utime(old, (0, 0))
    write(tmp_path, record(0))
    assert not old.exists()
    assert young.exists(), "it may be in use"
    assert len(load(tmp_path).runs) == 1


def test_names_are_synced_too(tmp_path, monkeypatch):
    """The folder is synced after each renaming in it, or a power cut could undo that."""
    done = []

    def note(name, function):
        def noting(*arguments, **options):
            where = os.readlink(f"/proc/self/fd/{arguments[0]}") if name == "sync" else arguments[1]
            done.append((name, str(where)))
            return function(*arguments, **options)

        return noting

    monkeypatch.setattr(os, "fsync", note("sync", os.fsync))
    monkeypatch.setattr(os, "replace", note("name", os.replace))
    monkeypatch.setattr(os, "rename", note("name", os.rename))
    folder = RunFolder(tmp_path / "results", HEADER)
    folder.write_timings("{}")
    folder.close()
    named = [i for i, (what, _) in enumerate(done) if what == "name"]
    assert len(named) == 4, "run.json, the folder, timings.json, run.json"
    for i in named:
        what, where = done[i + 1]
        assert (what, where) == ("sync", str(Path(done[i][1]).parent))
    made = done.index(("name", str(folder.path)))
    assert done[made + 2] == ("sync", str(tmp_path)), "results was new"
    scratch = done[made - 1][1]
    assert Path(scratch).name.startswith(".making-")
    assert ("sync", f"{scratch}/records.jsonl") in done[:made]


# --- a disk that refuses -----------------------------------------------------------------------


def test_a_folder_that_cannot_be_made(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError) as caught:
        RunFolder(tmp_path / "file" / "results", HEADER)
    assert f"{tmp_path}/file/results can't be written (Not a directory)" in str(caught.value)
    assert "name another folder with --results" in str(caught.value)


class FullDisk:
    """The record file on a disk with room for `room` more bytes."""

    def __init__(self, file, room):
        self._file = file
        self.room = room

    def write(self, data):
        if self.room == 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        written = self._file.write(data[: self.room])
        self.room -= written
        return written

    def __getattr__(self, name):
        return getattr(self._file, name)


@pytest.mark.parametrize("room", [0, 1, 200])
def test_a_full_disk_leaves_no_half_line(tmp_path, room):
    folder = RunFolder(tmp_path, HEADER)
    folder.append(record(0))
    size = (folder.path / "records.jsonl").stat().st_size
    folder._records = disk = FullDisk(folder._records, room)
    for again in (room, 0, room):  # also when it is tried again and again
        disk.room = again
        with pytest.raises(StoreError) as caught:
            folder.append(record(1))
        assert f"{folder.path} can't be written (No space left on device)" in str(caught.value)
        assert "make room" in str(caught.value)
        assert (folder.path / "records.jsonl").stat().st_size == size
    disk.room = 10**6
    folder.append(record(2))
    folder.close()
    loaded = load(tmp_path)
    assert loaded.complaints == []
    assert [each["seed"] for each in loaded.records] == [0, 2]


def test_a_write_in_pieces_is_completed(tmp_path):
    folder = RunFolder(tmp_path, HEADER)

    class Piecewise(FullDisk):
        def write(self, data):
            return self._file.write(data[:100])

    folder._records = Piecewise(folder._records, 0)
    folder.append(record(0))
    folder.append(record(1))
    folder.close()
    assert [each["seed"] for each in load(tmp_path).records] == [0, 1]
    assert load(tmp_path).complaints == []


def test_a_disk_that_fails_at_the_sync(tmp_path, monkeypatch):
    folder = RunFolder(tmp_path, HEADER)
    folder.append(record(0))

    def fail(_):
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fdatasync", fail)
        with pytest.raises(StoreError, match="Input/output error"):
            folder.append(record(1))
    folder.append(record(2))
    folder.close()
    assert [each["seed"] for each in load(tmp_path).records] == [0, 2]


@pytest.mark.parametrize("act", ["close", "write_timings"])
def test_a_folder_that_went_away(tmp_path, act):
    folder = RunFolder(tmp_path / "results", HEADER)
    for file in folder.path.iterdir():
        file.unlink()
    folder.path.rmdir()
    folder.path.write_text("a file in its place")
    arguments = {"close": [], "write_timings": ["text"]}[act]
    with pytest.raises(StoreError, match="can't be written"):
        getattr(folder, act)(*arguments)
    folder._records.close()


# --- reading what is there ---------------------------------------------------------------------


def test_no_such_folder(tmp_path):
    with pytest.raises(StoreError, match="there are no results; `bench run` makes some"):
        load(tmp_path / "results")


def test_a_folder_without_runs(tmp_path):
    (tmp_path / "something else").mkdir()
    (tmp_path / "a file").write_text("")
    with pytest.raises(StoreError, match="there is no run in it; `bench run` makes one"):
        load(tmp_path)


def test_a_folder_that_cannot_be_read(tmp_path):
    with pytest.raises(StoreError, match=r"can't be read \(File name too long\)"):
        load(tmp_path / ("x" * 300))


def test_a_run_folder_itself(tmp_path, monkeypatch):
    write(tmp_path, record(0))
    path = write(tmp_path, record(1))
    loaded = load(path)
    assert [(each["run"], each["seed"]) for each in loaded.records] == [(path.name, 1)]
    monkeypatch.chdir(path)
    assert list(load(Path(".")).runs) == [path.name]


def test_runs_by_name(tmp_path):
    paths = [write(tmp_path, record(seed)) for seed in range(3)]
    loaded = load(tmp_path, [paths[2].name, paths[0].name])
    assert sorted(loaded.runs) == sorted([paths[0].name, paths[2].name])
    assert sorted(each["seed"] for each in loaded.records) == [0, 2]


def test_folders_of_two_machines_lie_side_by_side(tmp_path):
    here, there = write(tmp_path / "here", record(0)), write(tmp_path / "there", record(0))
    there.rename(tmp_path / "here" / there.name)
    assert sorted(load(tmp_path / "here").runs) == sorted([here.name, there.name])


def test_a_last_line_torn_at_any_byte(tmp_path):
    small = record(2, message="größer", trace=[], values=[], scores={}, budget={}, started="")
    path = write(tmp_path, record(0), record(1), small)
    file = path / "records.jsonl"
    whole = file.read_bytes()
    begin = whole.rindex(b"\n", 0, -1) + 1
    assert not whole[begin:].isascii(), "some tears are within a letter"
    for end in range(begin, len(whole)):
        file.write_bytes(whole[:end])
        loaded = load(tmp_path)
        assert [each["seed"] for each in loaded.records] == [0, 1], end
        (complaint,) = loaded.complaints
        if end == begin:
            assert "has 2 lines, but run.json tells of 3 records; the last 1 are lost" in complaint
        else:
            assert complaint.startswith(f"{file}: the last line is torn")


@pytest.mark.parametrize(
    "line",
    [
        b"garbage",
        b"",
        b"\0" * 50,
        b"\xff\xfe\xfa",
        b"{}",
        b"[]",
        b"3",
        b"null",
        b"NaN",
        b'"kind problem solver label role parameters case instance sizes seed status"',
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"9" * 10_000,
        b"\xef\xbb\xbf{}",
        b"__import__('os').abort()",
        b"\x80\x04\x95\x1a\x00\x00\x00\x00\x00\x00\x00\x8c\x02os\x94\x8c\x05abort\x94\x93\x94)R\x94.",
    ],
    ids=lambda line: repr(line[:12]),
)
def test_garbage_in_the_middle_costs_only_its_line(tmp_path, line):
    path = write(tmp_path, record(0))
    add_line(path, line + b"\n")
    add_line(path, json.dumps(dataclasses.asdict(record(1))))
    loaded = load(tmp_path)
    assert [each["seed"] for each in loaded.records] == [0, 1]
    (complaint,) = loaded.complaints
    assert complaint.startswith(f"{path / 'records.jsonl'}, line 2 is no record (")
    assert complaint.endswith("; left out")
    assert len(complaint) < len(str(path)) + 300


def test_a_newer_schema_is_left_out_with_a_sentence(tmp_path):
    old, new = write(tmp_path, record(0)), write(tmp_path, record(1), schema=SCHEMA + 1)
    loaded = load(tmp_path)
    assert list(loaded.runs) == [old.name]
    assert [each["seed"] for each in loaded.records] == [0]
    (complaint,) = loaded.complaints
    assert complaint.startswith(f"{new} has schema {SCHEMA + 1}, newer than {SCHEMA}")
    assert "install a newer bench-harness" in complaint


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "Expecting value"),
        (b'{"schema": 1', "Expecting"),
        (b"\xff\xff", "decode"),
        (b"[1]", "not a JSON object"),
        (b'"schema"', "not a JSON object"),
        (b"1", "not a JSON object"),
        (b"null", "not a JSON object"),
        (b"{}", "schema is None, expected an integer"),
        (b'{"schema": "1"}', "schema is '1', expected an integer"),
        (b'{"schema": true}', "schema is True, expected an integer"),
        (b'{"schema": 1.0}', "schema is 1.0, expected an integer"),
        (b'{"schema": 1, "machine": ["box"]}', "machine is ['box'], expected a text"),
        (b'{"schema": 1, "machine": "\\ud800"}', "surrogates not allowed"),
        (b'{"schema": 1, "load": NaN}', "not JSON compliant"),
        (b"[" * 100_000, "maximum recursion depth"),
    ],
    ids=lambda value: repr(value[:20]),
)
def test_a_header_that_is_none(tmp_path, content, why):
    good, bad = write(tmp_path, record(0)), write(tmp_path, record(1))
    (bad / "run.json").write_bytes(content)
    loaded = load(tmp_path)
    assert list(loaded.runs) == [good.name]
    assert [each["seed"] for each in loaded.records] == [0]
    (complaint,) = loaded.complaints
    assert complaint.startswith(f"{bad}: run.json can't be read (")
    assert why in complaint
    assert complaint.endswith("; the run is left out with its 1 record")


def test_a_missing_header(tmp_path):
    good, bad = write(tmp_path, record(0)), write(tmp_path, record(1))
    (bad / "run.json").unlink()
    for folder in (tmp_path, bad):
        (complaint,) = load(folder).complaints
        assert complaint.startswith(f"{bad}: run.json can't be read (")
        assert "No such file" in complaint
    assert [each["run"] for each in load(tmp_path).records] == [good.name]


def test_missing_records(tmp_path):
    good, bad = write(tmp_path, record(0)), write(tmp_path, record(1))
    (bad / "records.jsonl").unlink()
    loaded = load(tmp_path)
    assert [each["run"] for each in loaded.records] == [good.name]
    assert loaded.complaints == [
        f"{bad / 'records.jsonl'} can't be read (No such file or directory)"
    ]


def test_power_cuts_at_any_byte(tmp_path):
    """Each file of a finished run cut at each byte: what is whole is read, what is not is said."""
    path = write(tmp_path, *(record(i, trace=[], message="ü") for i in range(3)))
    (path / "timings.json").write_text('{"version": "1.0", "benchmarks": [{"runs": [[1, 2]]}]}')
    assert load(tmp_path).complaints == []
    for name in FILES:
        whole = (path / name).read_bytes()
        for end in range(len(whole)):
            (path / name).write_bytes(whole[:end])
            loaded = load(tmp_path)
            complaint = " ".join(loaded.complaints)
            if name == "records.jsonl":
                left = whole[:end].count(b"\n")
                assert [each["seed"] for each in loaded.records] == list(range(left))
                torn = end > 0 and not whole[:end].endswith(b"\n")
                assert ("the last line is torn" in complaint) == torn
                lost = 3 - left - torn
                assert (f"the last {lost} are lost" in complaint) == (lost > 0)
            elif name == "run.json":
                assert loaded.records == []
                assert complaint.endswith("the run is left out with its 3 records")
            else:
                assert len(loaded.records) == 3
                assert loaded.timings == {}
                assert "timings.json can't be read" in complaint
        (path / name).write_bytes(whole)
    for name in FILES:
        (path / name).write_bytes(b"")
    assert load(tmp_path).complaints
    for name in FILES:
        (path / name).unlink()
    with pytest.raises(StoreError, match="there is no run in it"):
        load(tmp_path)


def test_records_that_are_missing_at_the_end_are_counted(tmp_path):
    path = write(tmp_path, *(record(i) for i in range(5)))
    file = path / "records.jsonl"
    file.write_bytes(b"".join(file.read_bytes().splitlines(keepends=True)[:2]))
    (complaint,) = load(tmp_path).complaints
    assert "has 2 lines, but run.json tells of 5 records; the last 3 are lost" in complaint


# --- files that are none -----------------------------------------------------------------------


@pytest.mark.parametrize("name", list(FILES))
@pytest.mark.parametrize(
    "put",
    [
        lambda path: path.symlink_to("/dev/zero"),
        lambda path: path.symlink_to("/dev/stdin"),
        lambda path: path.symlink_to("/etc/passwd"),
        lambda path: path.symlink_to(path),
        lambda path: path.symlink_to("nothing"),
        os.mkfifo,
        lambda path: path.mkdir(),
        lambda path: os.mknod(path, 0o140644),
    ],
    ids=["zero", "stdin", "a file elsewhere", "itself", "nothing", "fifo", "folder", "socket"],
)
def test_only_regular_files_are_read(tmp_path, name, put):
    good, bad = write(tmp_path, record(0)), write(tmp_path, record(1))
    if name != "timings.json":
        (bad / name).unlink()
    put(bad / name)
    loaded = load(tmp_path)
    kept = [0, 1] if name == "timings.json" else [0]
    assert [each["seed"] for each in loaded.records] == kept
    (complaint,) = loaded.complaints
    assert "it is no regular file; put the file itself in its place" in complaint
    assert bad.name not in loaded.timings
    assert good.name in loaded.runs


@pytest.mark.parametrize("name", list(FILES))
def test_files_that_are_too_large_are_refused(tmp_path, name):
    path = write(tmp_path, record(0))
    with (path / name).open("ab") as file:
        file.truncate(FILES[name] + 1)  # takes no room on the disk
    (complaint,) = load(tmp_path).complaints
    assert f"it has {FILES[name] + 1} bytes, more than the {FILES[name]} that are read" in complaint


def test_a_line_that_is_too_long_costs_only_itself(tmp_path, monkeypatch):
    import harness.store as store

    monkeypatch.setattr(store, "_LONGEST_LINE", 10_000)
    path = write(tmp_path, record(0))
    for length in (9_998, 9_999, 10_000, 10_001, 50_000):
        add_line(path, b"x" * length + b"\n")
    add_line(path, json.dumps(dataclasses.asdict(record(1))))
    add_line(path, b"y" * 50_000)
    loaded = load(tmp_path)
    assert [(each["seed"], each["line"]) for each in loaded.records] == [(0, 1), (1, 7)]
    assert len(loaded.complaints) == 6
    assert "torn" in loaded.complaints[-1]


def test_hidden_folders_are_no_runs(tmp_path):
    write(tmp_path, record(0)).rename(tmp_path / ".hidden")
    with pytest.raises(StoreError, match="there is no run in it"):
        load(tmp_path)
    assert load_if_any(tmp_path).runs == {}


def test_no_results_yet(tmp_path):
    assert load_if_any(tmp_path / "none") == Results()
    assert load_if_any(tmp_path) == Results()
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError):
        load_if_any(tmp_path / "file")


# --- hostile records ---------------------------------------------------------------------------

NUMBERS = ("cost", "optimum", "seconds", "cpu", "wall")
INTEGERS = ("seed", "memory", "threads", "calls", "answers")
TEXTS = ("problem", "solver", "label", "role", "case", "instance", "message", "why", "key")
WRONG = [
    *((name, value) for name in NUMBERS for value in ("x", True, [1.0], {}, 10**400)),
    *((name, value) for name in INTEGERS for value in ("1", False, 1.5, [], 2**63, -(10**30))),
    *((name, value) for name in TEXTS for value in (None, 3, True, ["a"], {})),
    *(("kind", value) for value in ("tracing", None, 1, [])),
    *(("status", value) for value in ("fine", "OK", None, True, ["ok"], {"ok": 1}, "x" * 10**6)),
    *(("parameters", value) for value in (None, [], "a=1", 3)),
    *(("budget", value) for value in (None, [], "a=1", 3)),
    *(("sizes", value) for value in (None, [], {"n": "big"}, {"n": None}, {"n": True})),
    *(("scores", value) for value in (None, [1.0], {"a": "b"}, {"a": {"b": 1}})),
    *(("values", value) for value in (None, 1.0, "12", ["1"], [None], [True], {"0": 1.0}, [[1]])),
    *(("trace", value) for value in (None, "abc", {}, 3, [1, 2, 3], [[1, 2]], [[1, 2, 3, 4]])),
    *(("trace", [[0.1, 1, 2.0], [0.2, 2, value]]) for value in ("x", None, True, [], 10**400)),
    ("schema", "1"),
    ("environment", 5),
    ("started", None),
]


@pytest.mark.parametrize(("name", "value"), WRONG, ids=lambda value: repr(value)[:25])
def test_a_field_of_another_type_costs_only_its_record(tmp_path, name, value):
    path = write(tmp_path, record(0))
    add_line(path, json.dumps({**dataclasses.asdict(record(1)), name: value}))
    add_line(path, json.dumps(dataclasses.asdict(record(2))))
    loaded = load(tmp_path)
    assert [each["seed"] for each in loaded.records] == [0, 2]
    (complaint,) = loaded.complaints
    assert re.search(rf"records\.jsonl, line 2 is no record \({name} is .*, expected ", complaint)
    assert len(complaint) < len(str(path)) + 300


@pytest.mark.parametrize("literal", ["NaN", "Infinity", "-Infinity", "1e999"])
@pytest.mark.parametrize("name", ["cost", "sizes", "trace", "values", "parameters"])
def test_numbers_that_are_not_finite(tmp_path, literal, name):
    path = write(tmp_path, record(0))
    holder = {
        "cost": "@",
        "sizes": {"n": "@"},
        "trace": [[1, 1, "@"]],
        "values": ["@"],
        "parameters": {"a": [{"b": "@"}]},
    }
    fields = {**dataclasses.asdict(record(1)), name: holder[name]}
    add_line(path, json.dumps(fields).replace('"@"', literal))
    loaded = load(tmp_path)
    assert [each["seed"] for each in loaded.records] == [0]
    assert len(loaded.complaints) == 1


def test_a_lone_surrogate_which_no_page_could_show(tmp_path):
    path = write(tmp_path, record(0))
    add_line(path, json.dumps({**dataclasses.asdict(record(1)), "label": "\ud800"}))
    loaded = load(tmp_path)
    assert [each["seed"] for each in loaded.records] == [0]
    assert "surrogates not allowed" in loaded.complaints[0]


@pytest.mark.parametrize(
    "name", [item.name for item in dataclasses.fields(Record) if item.name in record().__dict__]
)
def test_a_missing_field_has_its_default_or_is_named(tmp_path, name):
    path = write(tmp_path, record(0))
    fields = dataclasses.asdict(record(1))
    del fields[name]
    add_line(path, json.dumps(fields))
    loaded = load(tmp_path)
    item = next(item for item in dataclasses.fields(Record) if item.name == name)
    where = {"run": path.name, "line": 2}
    if item.default is not dataclasses.MISSING:
        assert loaded.records[1] == {**fields, name: item.default, **where}
    elif item.default_factory is not dataclasses.MISSING:
        assert loaded.records[1] == {**fields, name: item.default_factory(), **where}
    else:
        assert len(loaded.records) == 1
        assert f"line 2 is no record (no {name})" in loaded.complaints[0]


def test_defaults_are_not_shared(tmp_path):
    path = write(tmp_path)
    fields = dataclasses.asdict(record())
    del fields["trace"]
    add_line(path, json.dumps(fields))
    add_line(path, json.dumps(fields))
    first, second = load(tmp_path).records
    first["trace"].append([1, 1, 1])
    assert second["trace"] == []


def test_fields_that_are_not_known_are_dropped(tmp_path):
    path = write(tmp_path)
    fields = dataclasses.asdict(record())
    add_line(path, json.dumps({**fields, "run": "mine", "__class__": "Record", "colour": [1]}))
    loaded = load(tmp_path)
    assert loaded.records == [{**fields, "run": path.name, "line": 1}]
    assert loaded.complaints == []


def test_a_text_of_ten_megabytes(tmp_path):
    path = write(tmp_path, record(0))
    long = "x" * 10**7
    add_line(path, json.dumps({**dataclasses.asdict(record(1)), "message": long}))
    add_line(path, json.dumps({**dataclasses.asdict(record(1)), "cost": long}))
    loaded = load(tmp_path)
    assert [each["message"] for each in loaded.records] == [record(0).message, long]
    assert len(loaded.complaints[0]) < 1000
    everything_from(loaded)


def test_nothing_is_imported_opened_or_run(tmp_path, monkeypatch):
    import builtins
    import pickle

    path = write(tmp_path, record(0))
    harmless = {**dataclasses.asdict(record(1)), "label": "__import__('os').abort()"}
    harmless["parameters"] = {"a": "{0.__class__}", "py/object": "os.abort", "!!python": "abort"}
    add_line(path, json.dumps(harmless))
    add_line(path, pickle.dumps({"a": 1}).replace(b"\n", b"") + b"\n")

    def refuse(*_, **__):
        raise AssertionError("what is stored was run")

    with monkeypatch.context() as patch:
        for name in ("eval", "exec"):
            patch.setattr(builtins, name, refuse)
        for name in ("load", "loads", "Unpickler"):
            patch.setattr(pickle, name, refuse)
        loaded = load(tmp_path)
    assert loaded.records[1]["label"] == harmless["label"]
    assert loaded.records[1]["parameters"] == harmless["parameters"]


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(codec=None), max_size=4)
    | st.sampled_from([*STATUSES, "trace", "timing", 0, -1, 1e308, -1e308, 10**400, "\ud800"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=2), inner),
    max_leaves=6,
)
NUMBER = st.integers(-3, 3) | st.floats(allow_nan=False, allow_infinity=False)
FIELDS = sorted(item.name for item in dataclasses.fields(Record))
# Of the right type, however absurd: these get past the check and into the tables.
ABSURD = (
    st.tuples(st.sampled_from(["cost", "optimum", "seconds", "wall", "cpu"]), NUMBER)
    | st.tuples(st.sampled_from(["memory", "seed", "calls"]), st.integers(-(2**63) + 1, 2**63 - 1))
    | st.tuples(st.just("values"), st.lists(NUMBER, max_size=3))
    | st.tuples(st.just("trace"), st.lists(st.tuples(NUMBER, NUMBER, NUMBER), max_size=3))
    | st.tuples(st.just("status"), st.sampled_from(STATUSES))
    | st.tuples(st.just("kind"), st.sampled_from(["trace", "timing"]))
    | st.tuples(st.sampled_from(["problem", "label", "case", "instance"]), st.text(max_size=3))
)
CHANGES = st.lists(ABSURD | st.tuples(st.sampled_from(FIELDS), JSON), max_size=4)


@settings(max_examples=30, derandomize=True)
@given(changed=st.lists(CHANGES, min_size=1, max_size=4))
def test_tables_of_whatever_is_let_through(changed, tmp_path_factory):
    base = tmp_path_factory.mktemp("fuzz")
    path = write(base, record(0))
    for changes in changed:
        add_line(path, json.dumps({**dataclasses.asdict(record(1)), **dict(changes)}))
    loaded = load(base)
    assert len(loaded.records) + len(loaded.complaints) == 1 + len(changed)
    for each in loaded.records:
        assert each["status"] in STATUSES
        assert type(each["cost"]) in (int, float, type(None))
        json.dumps(each, allow_nan=False, ensure_ascii=False).encode()
    everything_from(loaded)


@settings(max_examples=30, derandomize=True)
@given(header=JSON | st.dictionaries(st.sampled_from(["machine", "problems", "kept"]), JSON))
def test_whatever_the_header_says(header, tmp_path_factory):
    base = tmp_path_factory.mktemp("fuzz")
    path = write(base, record(0))
    if isinstance(header, dict):
        header = {"schema": SCHEMA, **header}
    (path / "run.json").write_text(json.dumps(header))
    loaded = load(base)
    assert len(loaded.runs) + len(loaded.complaints) == 1
    tables.current(tables.records(loaded))


def _mutations():
    """Changes of bytes: (file, where as a share of its length, bytes removed, bytes put there)."""
    junk = st.binary(max_size=6) | st.sampled_from(
        [b"\n", b"{", b"}", b"[[", b'"', b"null", b"1e999", b"\\ud800", b"\0", b"NaN", b"-", b","]
    )
    place = st.floats(0, 1)
    return st.lists(
        st.tuples(st.sampled_from(list(FILES)), place, st.integers(0, 40), junk), max_size=6
    )


@settings(max_examples=60, derandomize=True)
@given(mutations=_mutations())
def test_whatever_bytes_are_changed(mutations, tmp_path_factory):
    base = tmp_path_factory.mktemp("fuzz")
    path = write(base, record(0), record(1), machine="m", problems={"tour": {"size": "n"}})
    (path / "timings.json").write_text('{"benchmarks": []}')
    for name, share, removed, junk in mutations:
        content = (path / name).read_bytes()
        begin = int(share * len(content))
        (path / name).write_bytes(content[:begin] + junk + content[begin + removed :])
    loaded = load(base)
    for each in loaded.records:
        json.dumps(each, allow_nan=False, ensure_ascii=False).encode()
    everything_from(loaded)
    for run in loaded.runs:
        json.dumps(loaded.runs[run], allow_nan=False, ensure_ascii=False).encode()
    loaded.problem("tour")


NAMED = ("problem", "label", "solver", "case", "message", "why", "instance", "key", "role")


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "../../etc/passwd",
        "\0",
        "\u202e",
        "{{7*7}}",
        "-rf",
        "x" * 10**6,
    ],
    ids=lambda text: repr(text)[:20],
)
def test_hostile_names_are_texts_like_others(tmp_path, text):
    before = sorted(tmp_path.rglob("*"))
    path = write(tmp_path / "results", record(0, **dict.fromkeys(NAMED, text)))
    (each,) = load(tmp_path / "results").records
    assert {each[name] for name in NAMED} == {text}
    everything_from(load(tmp_path / "results"))
    made = {path, path.parent, path / "run.json", path / "records.jsonl"}
    assert set(tmp_path.rglob("*")) == made | set(before)


@pytest.mark.parametrize("depth", [50, 900, 10**5])
@pytest.mark.parametrize("name", ["parameters", "budget", "more"])
def test_deep_nesting_is_refused_or_dropped(tmp_path, name, depth):
    path = write(tmp_path, record(0))
    fields = json.dumps({**dataclasses.asdict(record(1)), name: {"a": "@"}})
    add_line(path, fields.replace('"@"', "[" * depth + "]" * depth))
    loaded = load(tmp_path)
    if name == "more" and depth == 50:
        assert len(loaded.records) == 2
    else:
        assert len(loaded.records) + len(loaded.complaints) == 2
        assert name == "more" or loaded.complaints
    everything_from(loaded)


def test_many_records_are_read_in_time(tmp_path):
    """Reading takes some 25 µs a record: half a million in 13 seconds."""
    import time

    path = write(tmp_path, record(0))
    file = path / "records.jsonl"
    file.write_bytes(file.read_bytes() * 30_000)
    begin = time.process_time()
    assert len(load(tmp_path).records) == 30_000
    assert time.process_time() - begin < 6, "several times what it takes"
