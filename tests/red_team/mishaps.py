"""What befalls the bench itself and its results: each is done for real, in a small store.

Every mishap says what came of it, and whether that is as promised.
"""

from __future__ import annotations

import json
import random
import re
import resource
import shutil
import signal
import subprocess
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from cli.toypack import Pack, solver

from harness import store
from harness.testing import FAILED, check_solver

from .trials import HERE, PACKS

Found = tuple[str, bool]  # what happened, and whether it is as it must be
RUN = ("run", "least", "-n", 2, "--no-timings", "-q")


def _what(results: Path) -> Counter[tuple[object, ...]]:
    names = ("key", "label", "case", "seed", "status", "cost")
    return Counter(tuple(row[name] for name in names) for row in store.load(results).records)


def killed_and_resumed(scratch: Path) -> Found:
    """The bench is killed five times (SIGKILL) at random moments, then resumed."""
    pack = Pack(scratch).write()
    (pack.folder / "least" / "plain.py").write_text(
        solver("plain", "import time\n", "time.sleep(0.02)")
    )
    command = ("run", "least", "-s", "plain", "-n", 25, "--no-timings", "-q", "--resume")
    moments = random.Random(7)
    kills = 0
    for _ in range(5):
        with subprocess.Popen(
            pack.command(*command),
            cwd=pack.root,
            env=pack.environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as running:
            try:
                running.wait(moments.uniform(0.6, 1.6))
            except subprocess.TimeoutExpired:
                running.send_signal(signal.SIGKILL)
                kills += 1
    pack.bench(*command)
    found = _what(pack.results)
    runs = len(store.load(pack.results).runs)
    return (
        f"{kills} kills, {runs} run folders: {sum(found.values())} records of 50, none twice",
        sum(found.values()) == 50 and set(found.values()) == {1},
    )


def cut_anywhere(scratch: Path) -> Found:
    """The file of the records is cut at every byte, as a power cut may leave it."""
    pack = Pack(scratch).write()
    pack.bench(*RUN, "-s", "plain")
    (folder,) = pack.results.iterdir()
    content = (folder / "records.jsonl").read_bytes()
    lines = content.count(b"\n")
    for cut in range(len(content)):
        (folder / "records.jsonl").write_bytes(content[:cut])
        loaded = store.load(pack.results)
        whole = content[:cut].count(b"\n")
        if len(loaded.records) != whole or not loaded.complaints:
            return f"cut at byte {cut}: {len(loaded.records)} records of {whole}", False
    return f"{len(content)} cuts of {lines} records: all whole lines read, the loss told", True


def full_disk(scratch: Path) -> Found:
    """The disk is full in the middle of a record."""
    pack = Pack(scratch).write()
    pack.bench(*RUN)  # fills the cache
    shutil.rmtree(pack.results)
    small = 8_000  # bytes that any file may have

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (small, small))

    done = subprocess.run(
        pack.command(*RUN),
        cwd=pack.root,
        env=pack.environment(),
        capture_output=True,
        text=True,
        preexec_fn=limit,
    )
    loaded = store.load(pack.results)
    said = done.stderr.strip().splitlines()[-1:] or [""]
    sentence = re.sub(r"\S*/(\S+)", r"\1", said[0])
    whole = 0 < len(loaded.records) < 12 and not any("torn" in c for c in loaded.complaints)
    return f"exit code {done.returncode}, {len(loaded.records)} whole records: {sentence}", (
        done.returncode == 3 and whole
    )


def two_at_once(scratch: Path) -> Found:
    """Two runs write into one results folder at the same time."""
    pack = Pack(scratch).write()
    running = [
        subprocess.Popen(
            pack.command(*RUN),
            cwd=pack.root,
            env=pack.environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for _ in range(2)
    ]
    codes = [each.wait(60) for each in running]
    loaded = store.load(pack.results)
    return (
        f"{len(loaded.runs)} runs, {len(loaded.records)} records, "
        f"{len(loaded.complaints)} complaints",
        codes == [0, 0] and (len(loaded.runs), len(loaded.records)) == (2, 24),
    )


def edited_helper(scratch: Path) -> Found:
    """A helper that one of three solvers imports is edited; then the run is resumed."""
    pack = Pack(scratch).write()
    pack.bench(*RUN)
    pack.edit("_helper.py")
    said = pack.explained()
    again = {(row["label"], row["why"]) for row in said["explained"] if not row["kept"]}
    happened = "; ".join(f"{label} runs again: {why}" for label, why in sorted(again))
    right = said["ran"] == 4 and {label for label, _ in again} == {"helped"}
    return f"{said['kept']} records kept; {happened}", right


def missing_dependency(scratch: Path) -> Found:
    """A library that one of three solvers needs is not there."""
    pack = Pack(scratch).write()
    shutil.rmtree(pack.root / "site" / "acme_lib")
    done = pack.bench(*RUN)
    found = Counter((row["label"], row["status"]) for row in store.load(pack.results).records)
    told = ", ".join(f"{label} {status} {count}" for (label, status), count in found.items())
    ok = sum(count for (_, status), count in found.items() if status == "ok")
    return f"exit code {done.returncode}; {told}", ok == 8 and sum(found.values()) == 12


def hostile_store(scratch: Path) -> Found:
    """A store with scripts in every name, ways out of the folder, huge numbers and texts."""
    pack = Pack(scratch).write()
    pack.bench(*RUN)
    (folder,) = pack.results.iterdir()
    path = folder / "records.jsonl"
    evil = "<script>alert(1)</script>\"'../../../etc/passwd"
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    for line in lines[:4]:
        line.update(label=evil, solver=evil, case=evil, message=evil * 1000)
    nested = b'{"kind":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    huge = json.dumps({**lines[5], "seconds": 10**400}).encode()
    path.write_bytes(b"\n".join([*(json.dumps(x).encode() for x in lines), nested, huge, b""]))
    site = scratch / "out" / "site"
    done = subprocess.run(
        pack.command("report", "--output", site),
        cwd=pack.root,
        env=pack.environment(),
        capture_output=True,
        text=True,
    )
    pages = list(site.rglob("*.html"))
    outside = [item for item in (scratch / "out").iterdir() if item.name != "site"]
    live = [page for page in pages if "<script>alert" in page.read_text()]
    complaints = len(store.load(pack.results).complaints)
    return (
        f"{len(pages)} pages, no live markup, nothing outside the folder; "
        f"{complaints} lines refused, told",
        done.returncode == 0 and bool(pages) and not live and not outside and complaints == 2,
    )


def replayed(scratch: Path) -> Found:
    """A published row is run again from what the store holds; then its solver is edited."""
    pack = Pack(scratch).write()
    pack.bench(*RUN)
    (folder,) = pack.results.iterdir()
    same = pack.bench("replay", f"{folder.name}:1")
    label = store.load(pack.results).records[0]["label"]
    path = pack.folder / "least" / f"{label}.py"
    path.write_text(path.read_text().replace("yield int(guess)", "yield int(guess + 1) % 20"))
    other = pack.bench("replay", f"{folder.name}:1")
    last = other.stdout.strip().splitlines()[-1:] or [""]
    return f"unchanged: exit {same.returncode}; edited: exit {other.returncode}: {last[0]}", (
        (same.returncode, other.returncode) == (0, 1) and f"{label}.py" in other.stdout
    )


def patched_kit(scratch: Path) -> Found:
    """A solver with wrong answers replaces the conformance kit in its own process."""
    from harness.catalogue import Catalogue

    file = HERE / "cheats" / "patches_the_kit.py"
    catalogue = Catalogue([*PACKS, file], scratch / "index.json")
    results = check_solver(catalogue, "toy_batch/patches_the_kit")
    failed = [result.check for result in results if result.status == FAILED]
    return f"{len(failed)} checks of the kit fail it: {', '.join(failed)}", bool(failed)


MISHAPS: tuple[Callable[[Path], Found], ...] = (
    killed_and_resumed,
    cut_anywhere,
    full_disk,
    two_at_once,
    edited_helper,
    missing_dependency,
    hostile_store,
    replayed,
    patched_kit,
)
