"""`bench publish`, against bare repositories on this disk."""

import json
import os
import subprocess

import pytest

from harness import publish as publishing
from harness.publish import Site, Target, publish
from harness.report.bare import machines_page
from harness.repository import Git, Moved
from harness.selectors import Misuse
from harness.store import StoreError

from .test_compare import write

IDENTITY = ("-c", "user.name=someone", "-c", "user.email=someone@localhost")


def git(folder, *arguments):
    """What git says in a folder, whatever the environment of the tests."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    kept |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    command = ["git", *IDENTITY, "-C", str(folder), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True, env=kept).stdout


def files(repository, branch="gh-pages"):
    return set(git(repository, "ls-tree", "-r", "--name-only", branch).split())


def content(repository, path, branch="gh-pages"):
    return git(repository, "show", f"{branch}:{path}")


def commits(repository, branch="gh-pages"):
    return git(repository, "rev-list", branch).split()


@pytest.fixture
def work(tmp_path):
    """A checkout with one commit, whose remote `origin` is a bare repository beside it."""
    git(tmp_path, "init", "-q", "--bare", "-b", "main", "remote.git")
    git(tmp_path, "init", "-q", "-b", "main", "work")
    work = tmp_path / "work"
    (work / "code.py").write_text("1\n")
    git(work, "add", "code.py")
    git(work, "commit", "-q", "-m", "first")
    git(work, "remote", "add", "origin", "../remote.git")
    return work


@pytest.fixture
def site(tmp_path):
    """Write a site of a few files for a machine."""

    def make(machine, text="", **more):
        folder = tmp_path / f"site-{machine}-{len(list(tmp_path.iterdir()))}"
        for name, said in {"index.html": text or machine, "data/a/b.js": "1", **more}.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(said)
        facts = {"date": "today", "processor": f"cpu of {machine}", "counts": {"runs": 3}}
        return Site(machine, folder, facts)

    return make


def put(work, *sites, **facts):
    return publish(Target(work, **facts), sites, machines_page)


# --- on a remote -------------------------------------------------------------------------------


def test_the_first_makes_a_branch_of_its_own(work, tmp_path, site):
    done = put(work, site("boxa"), remote="origin")
    remote = tmp_path / "remote.git"
    assert commits(remote) == [done.commit]
    assert done.parent == ""
    assert {"boxa/index.html", "boxa/data/a/b.js", "index.html", "machines.json"} <= files(remote)
    assert "code.py" not in files(remote)
    assert 'href="boxa/index.html"' in content(remote, "index.html")
    assert "cpu of boxa" in content(remote, "index.html")
    assert "gh-pages" not in git(work, "branch", "--list")  # no local branch is made
    assert git(work, "status", "--short") == ""
    assert git(work, "for-each-ref", "refs/bench-publish") == ""


def test_a_second_machine_stands_beside_the_first(work, tmp_path, site):
    put(work, site("boxa"), remote="origin")
    done = put(work, site("boxb"), remote="origin")
    remote = tmp_path / "remote.git"
    assert done.machines == ("boxa", "boxb")
    assert {"boxa/index.html", "boxb/index.html"} <= files(remote)
    index = content(remote, "index.html")
    assert 'href="boxa/index.html"' in index
    assert 'href="boxb/index.html"' in index
    told = json.loads(content(remote, "machines.json"))["machines"]
    assert sorted(told) == ["boxa", "boxb"]
    assert len(commits(remote)) == 2


def test_published_again_a_machine_replaces_its_own_pages_only(work, tmp_path, site):
    put(work, site("boxa", old="gone"), site("boxb"), remote="origin")
    done = put(work, site("boxa", "new"), remote="origin")
    remote = tmp_path / "remote.git"
    assert content(remote, "boxa/index.html") == "new"
    assert "boxa/old" not in files(remote)
    assert content(remote, "boxb/index.html") == "boxb"
    assert (done.added, done.removed) == (0, 1)


def test_a_machine_whose_id_begins_like_anothers_is_left_alone(work, tmp_path, site):
    put(work, site("box"), site("box-2"), remote="origin")
    put(work, site("box", "new"), remote="origin")
    assert content(tmp_path / "remote.git", "box-2/index.html") == "box-2"


def test_the_same_again_is_no_commit(work, tmp_path, site, monkeypatch):
    same = site("boxa")
    pages = dict(machines_page([{"id": "boxa"}]))
    first = publish(Target(work, remote="origin"), [same], lambda machines: pages)
    again = publish(Target(work, remote="origin"), [same], lambda machines: pages)
    assert again.commit == ""
    assert commits(tmp_path / "remote.git") == [first.commit]


def test_unrelated_files_and_the_history_stay(work, tmp_path, site):
    other = tmp_path / "other"
    git(tmp_path, "clone", "-q", str(tmp_path / "remote.git"), "other")
    git(other, "checkout", "-q", "--orphan", "gh-pages")
    (other / "CNAME").write_text("bench.example\n")
    (other / "run.sh").write_text("true\n")
    (other / "run.sh").chmod(0o755)
    (other / "link").symlink_to("CNAME")
    git(other, "add", ".")
    git(other, "commit", "-q", "-m", "a site")
    git(other, "push", "-q", "origin", "gh-pages")
    before = commits(other)
    listed = set(git(other, "ls-tree", "-r", "gh-pages").splitlines())
    put(work, site("boxa"), remote="origin")
    remote = tmp_path / "remote.git"
    assert commits(remote)[1:] == before
    assert listed <= set(git(remote, "ls-tree", "-r", "gh-pages").splitlines())


def test_another_machine_that_pushes_meanwhile_is_built_upon(work, tmp_path, site, monkeypatch):
    git(tmp_path, "clone", "-q", str(tmp_path / "remote.git"), "other")
    move, others = Git.move, iter(["boxb", "boxc"])

    def late(self, *arguments):
        name = next(others, None)
        if name is not None:
            monkeypatch.setattr(Git, "move", move)
            put(tmp_path / "other", site(name), remote="origin")
            monkeypatch.setattr(Git, "move", late)
        move(self, *arguments)

    monkeypatch.setattr(Git, "move", late)
    done = put(work, site("boxa"), remote="origin")
    assert done.attempts == 3
    remote = tmp_path / "remote.git"
    assert {f"box{i}/index.html" for i in "abc"} <= files(remote)
    assert len(commits(remote)) == 3  # each on top of the one before: nothing was overwritten


def test_it_gives_up_when_others_go_on_pushing(work, site, monkeypatch):
    def moved(self, *arguments):
        raise Moved

    monkeypatch.setattr(Git, "move", moved)
    monkeypatch.setattr(publishing.time, "sleep", lambda seconds: None)
    with pytest.raises(StoreError, match="try again when they are done"):
        put(work, site("boxa"), remote="origin")


def test_a_remote_that_refuses_is_told(work, tmp_path, site):
    hook = tmp_path / "remote.git/hooks/pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho closed for today >&2\nexit 1\n")
    hook.chmod(0o755)
    with pytest.raises(StoreError, match="closed for today"):
        put(work, site("boxa"), remote="origin")


def test_a_path_is_a_remote(work, tmp_path, site, monkeypatch):
    monkeypatch.chdir(tmp_path)
    put(work, site("boxa"), remote="remote.git")  # from here, not from the repository
    assert "boxa/index.html" in files(tmp_path / "remote.git")


# --- on the local branch -----------------------------------------------------------------------


def test_without_a_remote_the_local_branch_gets_the_commit(work, tmp_path, site):
    first = put(work, site("boxa"))
    second = put(work, site("boxb"))
    assert commits(work) == [second.commit, first.commit]
    assert git(tmp_path / "remote.git", "branch", "--list") == ""
    assert git(work, "status", "--short") == ""
    assert git(work, "symbolic-ref", "HEAD").strip() == "refs/heads/main"


def test_it_goes_on_from_what_was_fetched(work, site):
    first = put(work, site("boxa"), remote="origin")
    git(work, "fetch", "-q", "origin")
    done = put(work, site("boxb"))
    assert done.parent == first.commit


def test_a_branch_that_is_checked_out_is_refused(work, site):
    with pytest.raises(Misuse, match="is checked out"):
        put(work, site("boxa"), branch="main")
    assert git(work, "status", "--short") == ""


def test_uncommitted_work_is_left_alone(work, site):
    (work / "code.py").write_text("2\n")
    (work / "new.py").write_text("3\n")
    git(work, "add", "new.py")
    before = git(work, "status", "--short")
    done = put(work, site("boxa"))
    assert git(work, "status", "--short") == before
    assert "new.py" not in files(work, done.commit)


def test_variables_of_git_in_the_environment_do_not_lead_elsewhere(
    work, tmp_path, site, monkeypatch
):
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "remote.git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "index"))
    done = put(work, site("boxa"))
    assert commits(work) == [done.commit]
    assert not (tmp_path / "index").exists()


def test_somebody_without_a_name_can_publish(work, site, monkeypatch):
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "user.useConfigOnly")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "true")
    done = put(work, site("boxa"))
    assert git(work, "log", "-1", "--format=%an", done.commit).strip() == "bench"


def test_a_folder_of_the_branch(work, site):
    put(work, site("boxa"), folder="docs/bench")
    assert "docs/bench/boxa/index.html" in files(work)
    assert "index.html" not in files(work)


# --- what is refused ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "machine",
    ["..", ".", "", "a/b", "../x", "/etc", "-x", "a b", ".git", "static", "x" * 65, "a\n"],
)
def test_an_id_that_is_no_folder_is_refused(work, site, machine):
    good = site("boxa")
    with pytest.raises(Misuse, match="can't be the name of a folder"):
        put(work, Site(machine, good.folder, {}))
    assert git(work, "branch", "--list", "gh-pages") == ""


@pytest.mark.parametrize("folder", ["..", "/docs", "a//b", ".git", "docs/"])
def test_a_folder_that_leads_elsewhere_is_refused(work, site, folder):
    with pytest.raises(Misuse, match="expected names such as docs/bench"):
        put(work, site("boxa"), folder=folder)


@pytest.mark.parametrize("branch", ["-f", "a..b", "", "a b"])
def test_a_name_that_is_no_branchs_is_refused(work, site, branch):
    with pytest.raises(Misuse, match="can't be the name of a branch"):
        put(work, site("boxa"), branch=branch)


@pytest.mark.parametrize("remote", ["nowhere", "--upload-pack=x", "no/such/path"])
def test_an_unknown_remote_is_refused(work, site, remote):
    with pytest.raises(Misuse, match="it has origin"):
        put(work, site("boxa"), remote=remote)


@pytest.mark.parametrize("path", ["index.html", "static/style.css", "boxa/index.html", "boxa"])
def test_somebody_elses_files_are_not_replaced(work, site, path):
    git(work, "checkout", "-q", "--orphan", "gh-pages")
    git(work, "rm", "-q", "-rf", ".")
    (work / path).parent.mkdir(exist_ok=True)
    (work / path).write_text("mine\n")
    git(work, "add", path)
    git(work, "commit", "-q", "-m", "mine")
    git(work, "checkout", "-q", "main")
    with pytest.raises(Misuse, match="which bench did not publish"):
        put(work, site("boxa"))
    assert content(work, path) == "mine\n"
    put(work, site("boxa"), folder="bench")
    assert content(work, path) == "mine\n"


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"format": "other"}', '{"format": "bench-machines-1"}']
)
def test_a_list_of_machines_that_is_none_is_refused(work, site, text):
    done = put(work, site("boxa"))
    repository = Git.at(work)
    blobs = repository.blobs({"machines.json": text.encode()}, write=True)
    commit = repository.commit(done.commit, blobs, [], "spoilt")
    git(work, "update-ref", "refs/heads/gh-pages", commit)
    with pytest.raises(Misuse, match="is not what bench writes"):
        put(work, site("boxb"))


def test_what_others_told_of_their_machine_is_shown_as_text(work, site):
    done = put(work, site("boxa"))
    repository = Git.at(work)
    told = {
        "format": "bench-machines-1",
        "machines": {"boxa": {"processor": "<script>", "counts": 3}},
    }
    told["machines"]["../up"] = {}
    blobs = repository.blobs({"machines.json": json.dumps(told).encode()}, write=True)
    commit = repository.commit(done.commit, blobs, [], "edited")
    git(work, "update-ref", "refs/heads/gh-pages", commit)
    assert put(work, site("boxb")).machines == ("boxa", "boxb")
    index = content(work, "index.html")
    assert "&lt;script&gt;" in index
    assert "../up" not in index


# --- the command -------------------------------------------------------------------------------


def test_the_command(bench, work, tmp_path):
    write(tmp_path / "results")
    arguments = ("publish", "--repository", work, "--remote", "origin")
    dry = bench(*arguments, "--dry-run", "--format", "json").json
    assert dry["added"] > 5
    assert dry["commit"] is None
    assert git(tmp_path / "remote.git", "branch", "--list") == ""
    said = bench(*arguments)
    assert said.code == 0
    assert "The branch is new." in said.out
    remote = tmp_path / "remote.git"
    assert {"boxa/index.html", "boxa/problems/p.html"} <= files(remote)
    told = json.loads(content(remote, "machines.json"))["machines"]["boxa"]
    assert told["counts"] == {"problems": 1, "solvers": 2, "cases": 2, "runs": 12}
    assert told["commit"] == "aaaaaaa1"


def test_the_command_publishes_the_machines_that_are_wanted(bench, work, tmp_path):
    write(tmp_path / "results")
    write(tmp_path / "results", machine="boxb")
    both = ("publish", "--repository", work, "--machine", "boxa", "--machine", "boxb")
    assert bench(*both, "--format", "json").json["published"] == ["boxa", "boxb"]
    assert {"boxa/index.html", "boxb/index.html"} <= files(work)


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["--repository", "nowhere"], 2, "is not in a git repository"),
        (["--repository", "."], 2, "`bench report`"),
        (["--remote", "there"], 2, "it has origin"),
        (["--machine", "boxx"], 2, "did you mean boxa"),
        (["q"], 2, "no results of 'q'"),
        (["--results", "none"], 3, "bench run"),
    ],
)
def test_misuse_says_what_to_do(bench, work, tmp_path, arguments, code, told):
    write(tmp_path / "results")
    where = [] if "--repository" in arguments else ["--repository", work]
    said = bench("publish", *where, *arguments)
    assert said.code == code
    assert told in said.err
