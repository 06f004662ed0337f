"""Sites put on a branch of a git repository, one folder for each machine, and an index of them.

    <folder>/machines.json        what is told of each machine that was ever published
    <folder>/index.html, static/  the index, made of it
    <folder>/<machine id>/        the site of a machine

A commit is made with git's plumbing and an index file of its own: no checkout, no working file and
no branch of the user's is touched but the one that is named. What else lies on the branch stays.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from harness.repository import Git, Moved
from harness.selectors import Misuse
from harness.store import StoreError

MACHINES = "machines.json"
_FORMAT = "bench-machines-1"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", re.ASCII)
_RESERVED = ("static",)
_ATTEMPTS = 6
_MOST = 1 << 24  # bytes of machines.json
# Entries of machines.json -> path -> content of the index.
Render = Callable[[Sequence[Mapping[str, Any]]], Mapping[str, bytes]]


@dataclass(frozen=True)
class Site:
    """The site of one machine: its folder on the disk, and what machines.json shall tell of it."""

    machine: str
    folder: Path
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class Target:
    """Where to publish.

    Attributes:
        repository: a folder inside the git repository.
        branch: its name. remote: a name or path to push to; "" commits to the local branch.
        folder: on the branch, such as "docs/bench"; "" is its top.
        message: of the commit.
    """

    repository: Path
    branch: str = "gh-pages"
    remote: str = ""
    folder: str = ""
    message: str = ""


@dataclass(frozen=True)
class Published:
    """What came of it.

    Attributes:
        commit: its id; "" where nothing had to be changed, or in a dry run.
        parent: the commit before; "" for the first of a branch.
        added, changed, removed: numbers of files.
        machines: ids of all that the branch holds now.
        attempts: how often it was tried, as others pushed meanwhile.
    """

    commit: str
    parent: str
    added: int
    changed: int
    removed: int
    machines: tuple[str, ...]
    attempts: int = 1


def publish(target: Target, sites: Sequence[Site], render: Render, dry: bool = False) -> Published:
    """Put sites on a branch beside what is there.

    Args:
        target: where.
        sites: of each machine its new site, which replaces its old one.
        render: makes the index of all machines.
        dry: only say what would be done.

    Raises:
        Misuse: where there is no such repository or remote, a name can't be a folder's, or what
            lies on the branch is not ours.
        StoreError: where git fails, or others went on pushing.
    """
    git, target = check(target, [site.machine for site in sites])
    for attempt in range(1, _ATTEMPTS + 1):
        with git.base(target.branch, target.remote) as base:
            try:
                return _attempt(git, target, sites, render, dry, base, attempt)
            except Moved:
                time.sleep(0.05 * attempt)
    raise StoreError(
        f"others pushed to {target.branch} of {target.remote or 'the repository'} {_ATTEMPTS} "
        "times meanwhile; try again when they are done"
    )


def check(target: Target, machines: Sequence[str]) -> tuple[Git, Target]:
    """Refuse what can't be done before anything is written; the repository, and the whole target.

    Raises:
        Misuse: as `publish` does.
    """
    for machine in machines:
        _check_machine(machine)
    if target.folder and not all(map(_NAME.fullmatch, target.folder.split("/"))):
        raise Misuse(f"--folder is {target.folder!r}; expected names such as docs/bench")
    git = Git.at(target.repository)
    target = _resolved(git, target)
    _check_branch(git, target)
    return git, target


def _check_machine(machine: str) -> None:
    if not _NAME.fullmatch(machine) or machine in _RESERVED:
        raise Misuse(
            f"the machine id {machine!r} can't be the name of a folder; expected letters, digits "
            "and hyphens, as in what `bench run` records"
        )


def _check_branch(git: Git, target: Target) -> None:
    named = git.call("check-ref-format", f"refs/heads/{target.branch}", fail=False)
    if named is None or target.branch.startswith("-"):
        raise Misuse(f"{target.branch!r} can't be the name of a branch; try gh-pages")
    for line in git.told("worktree", "list", "--porcelain").splitlines():
        if not target.remote and line == f"branch refs/heads/{target.branch}":
            raise Misuse(
                f"the branch {target.branch} is checked out in this repository, and would differ "
                "from its files; name another with --branch, or push with --remote"
            )


def _resolved(git: Git, target: Target) -> Target:
    """With the whole path of a remote that is a path.

    Raises:
        Misuse: where there is no such remote.
    """
    known = git.told("remote").split()
    if not target.remote or target.remote in known:
        return target
    path = Path(target.remote)
    if path.exists():
        return replace(target, remote=str(path.resolve()))
    if target.remote.startswith("-") or ":" not in target.remote:
        there = f"it has {', '.join(known)}" if known else "it has none: git remote add NAME URL"
        raise Misuse(f"the repository has no remote {target.remote!r}; {there}")
    return target


def _attempt(
    git: Git,
    target: Target,
    sites: Sequence[Site],
    render: Render,
    dry: bool,
    base: str,
    attempt: int,
) -> Published:
    """One try on top of the commit `base`; raises Moved where that is the tip no more."""
    prefix = f"{target.folder}/" if target.folder else ""
    before = git.files(base)
    entries = _machines(git, before.get(prefix + MACHINES))
    _check_ours(before, prefix, [site.machine for site in sites], entries, target)
    for site in sites:
        entries[site.machine] = dict(site.facts)
    listed = [{**facts, "id": name} for name, facts in sorted(entries.items())]
    content: dict[str, bytes | Path] = {
        prefix + MACHINES: json.dumps(
            {"format": _FORMAT, "machines": entries}, indent=1, sort_keys=True
        ).encode(),
        **{prefix + path: text for path, text in render(listed).items()},
    }
    if ".nojekyll" not in before:  # without it GitHub leaves out what it takes for Jekyll's
        content[".nojekyll"] = b""
    for site in sites:
        for path in sorted(site.folder.rglob("*")):
            if path.is_file() and not path.is_symlink():
                name = path.relative_to(site.folder).as_posix()
                content[f"{prefix}{site.machine}/{name}"] = path
    old = {
        path
        for path in before
        if any(path.startswith(f"{prefix}{site.machine}/") for site in sites)
    }
    new = git.blobs(content, write=not dry)
    gone = sorted(old - set(new))
    changed = {path: blob for path, blob in new.items() if before.get(path) != blob}
    counts = (
        sum(path not in before for path in changed),
        sum(path in before for path in changed),
        len(gone),
    )
    machines = tuple(entries)
    if dry or not any(counts):
        return Published("", base, *counts, machines, attempt)
    names = ", ".join(site.machine for site in sites)
    message = target.message or f"Publish the results of machine {names}"
    commit = git.commit(base, changed, gone, message)
    git.move(target.branch, target.remote, commit, base)
    return Published(commit, base, *counts, machines, attempt)


def _machines(git: Git, blob: str | None) -> dict[str, dict[str, Any]]:
    """The entries of machines.json as it lies on the branch."""
    if blob is None:
        return {}
    try:
        if int(git.told("cat-file", "-s", blob)) > _MOST:
            raise ValueError("it is too large")
        content = json.loads(git.call("cat-file", "blob", blob) or b"")
        if content["format"] != _FORMAT:
            raise ValueError(f"its format is not {_FORMAT}")
        return {
            name: {**facts}
            for name, facts in content["machines"].items()
            if _NAME.fullmatch(name) and name not in _RESERVED
        }
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise Misuse(
            f"{MACHINES} on the branch is not what bench writes ({error}); "
            "mend it, or publish into a folder with --folder"
        ) from None


def _check_ours(
    before: Mapping[str, str],
    prefix: str,
    machines: Sequence[str],
    entries: Mapping[str, Any],
    target: Target,
) -> None:
    """Refuse to replace files of somebody else."""
    taken = [f"{name}/" for name in machines if name not in entries]
    if prefix + MACHINES not in before:
        taken += ["index.html", "static/"]
    for path in before:
        for name in taken:
            if path == prefix + name.rstrip("/") or path.startswith(prefix + name):
                raise Misuse(
                    f"the branch {target.branch} holds {path}, which bench did not publish; publish"
                    " into a folder of it with --folder bench, or on another branch"
                )
