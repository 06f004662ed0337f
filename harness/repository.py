"""A git repository, asked by its plumbing: no checkout, no working file and no index is touched."""

from __future__ import annotations

import contextlib
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from harness.selectors import Misuse
from harness.store import StoreError

_FILE = "100644"
# Of git's own variables, those that tell who somebody is and how to reach a remote.
_KEPT = ("GIT_AUTHOR_", "GIT_COMMITTER_", "GIT_SSH", "GIT_ASKPASS", "GIT_CONFIG", "GIT_TRACE")

# How git says that somebody else was faster.
_RACES = (
    *("[rejected]", "stale info", "non-fast-forward", "fetch first", "cannot lock ref"),
    *("failed to update ref", "incorrect old value", "reference already exists"),
)


class Moved(Exception):
    """Somebody else changed the branch in the meantime."""


class Git:
    """A repository, asked by its plumbing; nothing goes through a shell."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("GIT_") or name.startswith(_KEPT)
        }
        self._environment = {**kept, "LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0"}

    @classmethod
    def at(cls, folder: Path) -> Git:
        """The repository that a folder is in.

        Raises:
            Misuse: where it is in none, or git is not installed.
        """
        git = cls(folder)
        try:
            if folder.is_dir() and git.call("rev-parse", "--git-dir", fail=False) is not None:
                return git
        except FileNotFoundError:
            raise Misuse("git is not installed; `bench report` writes a site without it") from None
        raise Misuse(
            f"{folder} is not in a git repository; call bench there, name one with --repository, "
            "or write a site to a folder with `bench report`"
        )

    def call(
        self,
        *arguments: str,
        fail: bool = True,
        given: bytes = b"",
        more: Mapping[str, str] | None = None,
    ) -> bytes | None:
        """What git prints; None where it fails and `fail` is not set.

        Args:
            arguments: after `git`. given: on its standard input.
            more: variables of its environment.

        Raises:
            StoreError: where it fails.
        """
        done = subprocess.run(
            ["git", "-C", str(self._folder), *arguments],
            input=given,
            capture_output=True,
            env={**self._environment, **(more or {})},
        )
        if done.returncode == 0:
            return done.stdout
        if fail:
            said = done.stderr.decode(errors="replace").strip() or done.stdout.decode().strip()
            raise StoreError(f"git {arguments[0]} failed: {said}")
        return None

    def told(
        self, *arguments: str, given: bytes = b"", more: Mapping[str, str] | None = None
    ) -> str:
        """The same as text."""
        return (
            (self.call(*arguments, given=given, more=more) or b"").decode(errors="replace").strip()
        )

    @contextlib.contextmanager
    def base(self, branch: str, remote: str) -> Iterator[str]:
        """The commit to build on, "" for a new branch; kept from being pruned meanwhile."""
        if not remote:
            yield self._local(branch)
            return
        listed = self.told("ls-remote", "--", remote, f"refs/heads/{branch}")
        if not listed:
            yield ""
            return
        kept = f"refs/bench-publish/{os.getpid()}-{time.monotonic_ns()}"
        wanted = f"+refs/heads/{branch}:{kept}"
        options = ("--no-tags", "--no-write-fetch-head", "--quiet", "--refmap=")
        self.call("fetch", *options, "--", remote, wanted)
        try:
            yield self.told("rev-parse", "--verify", kept)
        finally:
            self.call("update-ref", "-d", kept)

    def _local(self, branch: str) -> str:
        """The tip of the local branch, else of the one that was fetched from origin."""
        for ref in (f"refs/heads/{branch}", f"refs/remotes/origin/{branch}"):
            found = self.call("rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}", fail=False)
            if found:
                return found.decode().strip()
        return ""

    def files(self, commit: str) -> dict[str, str]:
        """Path -> id of what is there; of executables, links and submodules the mode stands by."""
        if not commit:
            return {}
        found = {}
        listed = self.call("ls-tree", "-r", "-z", commit) or b""
        for line in filter(None, listed.split(b"\0")):
            about, _, path = line.partition(b"\t")
            mode, _, blob = about.decode().split()
            found[os.fsdecode(path)] = blob if mode == _FILE else f"{mode} {blob}"
        return found

    def blobs(self, content: Mapping[str, bytes | Path], write: bool) -> dict[str, str]:
        """Path -> id of its content, stored where wanted."""
        options = ["-w"] if write else []
        on_disk = {name: each for name, each in content.items() if isinstance(each, Path)}
        names = "".join(f"{path.resolve()}\n" for path in on_disk.values())
        said = self.told(
            "hash-object", *options, "--no-filters", "--stdin-paths", given=os.fsencode(names)
        )
        found = dict(zip(on_disk, said.split(), strict=True))
        for name, each in content.items():
            if isinstance(each, bytes):
                stored = self.call("hash-object", *options, "--stdin", given=each) or b""
                found[name] = stored.decode().strip()
        return found

    def commit(self, base: str, changed: Mapping[str, str], gone: list[str], message: str) -> str:
        """A commit on top of `base` with these files put in, and those taken out."""
        with tempfile.TemporaryDirectory(prefix="bench-publish-") as scratch:
            index = {"GIT_INDEX_FILE": f"{scratch}/index"}
            self.call("read-tree", base or "--empty", more=index)
            lines = [f"0 {_no_object(base)}\t{path}\0" for path in gone]
            lines += [f"{_FILE} {blob}\t{path}\0" for path, blob in changed.items()]
            given = os.fsencode("".join(lines))
            self.call("update-index", "-z", "--index-info", given=given, more=index)
            tree = self.told("write-tree", more=index)
        parents = ("-p", base) if base else ()
        who = {}
        if self.call("var", "GIT_COMMITTER_IDENT", fail=False) is None:
            who = {f"GIT_{role}_NAME": "bench" for role in ("AUTHOR", "COMMITTER")}
            who |= {f"GIT_{role}_EMAIL": "bench@localhost" for role in ("AUTHOR", "COMMITTER")}
        given = message.encode(errors="replace")
        made = self.call("commit-tree", tree, *parents, "-F", "-", given=given, more=who) or b""
        return made.decode().strip()

    def move(self, branch: str, remote: str, commit: str, base: str) -> None:
        """Make the branch name the commit.

        Raises:
            Moved: where it does not name `base` any more.
            StoreError: where it can't be done.
        """
        if not remote:
            ref = f"refs/heads/{branch}"
            there = self.call("rev-parse", "--verify", "--quiet", ref, fail=False)
            old = base if there else _no_object(commit)
            try:
                self.call("update-ref", "-m", "bench publish", ref, commit, old)
            except StoreError:
                if self._local(branch) != base:
                    raise Moved from None
                raise
            return
        # A lease and no force: the push is refused unless the branch is where it was.
        lease = f"--force-with-lease=refs/heads/{branch}:{base}"
        wanted = f"{commit}:refs/heads/{branch}"
        done = subprocess.run(
            [
                "git",
                "-C",
                str(self._folder),
                "push",
                "--porcelain",
                lease,
                "--",
                remote,
                wanted,
            ],
            capture_output=True,
            env=self._environment,
        )
        if done.returncode == 0:
            return
        said = (done.stdout + done.stderr).decode(errors="replace").strip()
        if any(word in said for word in _RACES):
            raise Moved
        raise StoreError(f"{remote} did not take the push: {said}")


def _no_object(like: str) -> str:
    """The id by which git says that there is nothing, as long as its others."""
    return "0" * len(like)
