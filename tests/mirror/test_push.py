"""Pushing: everything at once, never by force, and a reason for every failure."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from prompts_admin.mirror import Mirror, MirrorCommit
from prompts_admin.mirror.git import Outcome
from prompts_admin.mirror.remote import _address, _result

Make = Callable[..., MirrorCommit]
Read = Callable[..., str]


@pytest.fixture
def remote(tmp_path: Path, read: Read) -> Path:
    """An empty bare repository of somebody else."""
    folder = tmp_path / "remote.git"
    folder.mkdir()
    read(folder, "init", "--bare", "--quiet", "--initial-branch=main", "--template=")
    return folder


def foreign_commit(read: Read, folder: Path, branch: str) -> str:
    """Commit on a branch of the remote as somebody else; return the hash."""
    identity = ("-c", "user.name=Bo", "-c", "user.email=bo@example.com")
    tree = read(folder, "rev-parse", f"{branch}^{{tree}}").strip()
    made = read(folder, *identity, "commit-tree", tree, "-p", branch, "-m", "mine").strip()
    read(folder, "update-ref", f"refs/heads/{branch}", made)
    return made


def test_all_branches_arrive(mirror: Mirror, commit: Make, remote: Path, read: Read) -> None:
    """After a push the remote has the same heads; a second push has nothing to do and is fine."""
    assert mirror.push(remote.as_uri()).reason == "nothing"
    mirror.write([commit(1), commit(2), commit(1, "full")])
    assert [mirror.push(remote.as_uri()).ok for _ in range(2)] == [True, True]
    for branch, head in mirror.heads().items():
        assert head == read(remote, "rev-parse", f"refs/heads/{branch}").strip()


def test_F25_a_diverged_branch_stops_the_push_and_is_named(
    mirror: Mirror, commit: Make, remote: Path, read: Read
) -> None:
    """Commits of people on the remote are never overwritten, and no other branch moves either."""
    mirror.write([commit(1), commit(1, "full")])
    mirror.push(remote.as_uri())
    theirs = foreign_commit(read, remote, "main")
    full = read(remote, "rev-parse", "full")
    mirror.write([commit(2), commit(2, "full")])
    result = mirror.push(remote.as_uri())
    assert (result.ok, result.reason, result.diverged) == (False, "diverged", ("main",))
    assert "nothing was pushed" in result.detail
    assert theirs == read(remote, "rev-parse", "main").strip()
    assert full == read(remote, "rev-parse", "full")


def test_F25_a_remote_that_went_back_catches_up(
    mirror: Mirror, commit: Make, remote: Path, read: Read
) -> None:
    """A remote reset to an older commit of ours, or emptied, gets the rest again."""
    mirror.write([commit(1), commit(2), commit(3)])
    mirror.push(remote.as_uri())
    read(remote, "update-ref", "refs/heads/main", "main~2")
    assert mirror.push(remote.as_uri()).ok
    read(remote, "update-ref", "-d", "refs/heads/main")
    assert mirror.push(remote.as_uri()).ok
    assert mirror.heads()["main"] == read(remote, "rev-parse", "main").strip()


def test_F25_a_remote_that_is_gone_is_an_answer(tmp_path: Path, mirror: Mirror, commit: Make) -> None:
    """Nothing there: a reason and a next step, no exception."""
    mirror.write([commit(1)])
    result = mirror.push((tmp_path / "gone.git").as_uri())
    assert (result.ok, result.reason) == (False, "unreachable")
    assert "Check the address" in result.detail


def test_F25_a_remote_that_hangs_is_given_up(
    tmp_path: Path, mirror: Mirror, commit: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The time limit ends git and what it started."""
    waiting = tmp_path / "ssh"
    waiting.write_text("#!/bin/sh\nsleep 20\n")
    waiting.chmod(0o755)
    monkeypatch.setenv("GIT_SSH_COMMAND", str(waiting))
    mirror.write([commit(1)])
    start = time.monotonic()
    result = mirror.push("ssh://git@git.example.com/prompts.git", seconds=0.5)
    assert (result.ok, result.reason) == (False, "timeout")
    assert time.monotonic() - start < 10


def test_F25_lost_rights_are_told_apart(
    tmp_path: Path, mirror: Mirror, commit: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A refused key is not "unreachable"."""
    refusing = tmp_path / "ssh"
    refusing.write_text("#!/bin/sh\necho 'git@host: Permission denied (publickey).' >&2\nexit 255\n")
    refusing.chmod(0o755)
    monkeypatch.setenv("GIT_SSH_COMMAND", str(refusing))
    mirror.write([commit(1)])
    result = mirror.push("ssh://git@git.example.com/prompts.git")
    assert (result.ok, result.reason) == (False, "not_permitted")


def test_F25_a_remote_that_refuses_our_commits_is_told_apart(
    mirror: Mirror, commit: Make, remote: Path, read: Read
) -> None:
    """A protected branch or a hook of the remote is its owner's to change."""
    hook = remote / "hooks" / "pre-receive"
    hook.parent.mkdir()
    hook.write_text("#!/bin/sh\necho 'main is protected' >&2\nexit 1\n")
    hook.chmod(0o755)
    mirror.write([commit(1)])
    result = mirror.push(remote.as_uri())
    assert (result.ok, result.reason) == (False, "remote_refused")


def test_pushing_a_damaged_mirror_raises_nothing(mirror: Mirror, commit: Make, remote: Path) -> None:
    """Damage is an answer, too."""
    mirror.write([commit(1)])
    (mirror.folder / "refs/heads/main").write_text("")
    assert mirror.push(remote.as_uri()).reason == "mirror_failed"


def test_the_password_of_an_address_reaches_no_argument() -> None:
    """Arguments of a process are public on its machine; the password travels in the environment."""
    secret = "pass" + "-" + "word"
    address = _address(f"https://bot:{secret}@git.example.com/x.git")
    assert address.url == "https://git.example.com/x.git"
    assert address.settings[0][0] == "http.extraHeader"
    assert secret not in address.settings[0][1]


@pytest.mark.parametrize(
    ("said", "reason"),
    (
        ("fatal: Authentication failed for 'https://git.example.com/x.git/'", "not_permitted"),
        ("fatal: could not read Username for 'https://h': terminal prompts disabled", "not_permitted"),
        ("error: RPC failed; HTTP 403\nfatal: the requested URL returned error: 403", "not_permitted"),
        ("fatal: unable to access 'https://h/': Could not resolve host: h", "unreachable"),
        ("fatal: unable to access 'https://h/': Failed to connect to h port 443", "unreachable"),
        ("fatal: something else", "failed"),
    ),
)
def test_what_git_says_becomes_a_reason(said: str, reason: str) -> None:
    """The worker shows the reason and stops or tries again by it."""
    result = _result(Outcome(128, "", said))
    assert reason == result.reason
    assert said.partition("\n")[0] in result.detail


def test_a_push_runs_no_hook_of_the_mirror(
    tmp_path: Path, mirror: Mirror, commit: Make, remote: Path
) -> None:
    """A hook that somebody put into the repository is not run."""
    hook = mirror.folder / "hooks" / "pre-push"
    hook.parent.mkdir()
    hook.write_text(f"#!/bin/sh\ntouch {tmp_path}/pwned\n")
    hook.chmod(0o755)
    mirror.write([commit(1)])
    assert mirror.push(remote.as_uri()).ok
    assert not (tmp_path / "pwned").exists()
    assert subprocess.run(["git", f"--git-dir={remote}", "fsck"], capture_output=True).returncode == 0
