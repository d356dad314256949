"""The mirror after kill -9, under many writers, with damage on disk: whole, not doubled, mended."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from prompts_admin.domain.errors import Unavailable
from prompts_admin.mirror import Mirror, MirrorCommit
from prompts_admin.mirror.lock import held

Make = Callable[..., MirrorCommit]
Read = Callable[..., str]

WRITER = textwrap.dedent("""
    import sys
    from datetime import UTC, datetime
    from pathlib import Path
    from prompts_admin.mirror import BRANCHES, Mirror, MirrorCommit

    folder, count, step, verb = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
    at = datetime(2026, 3, 1, tzinfo=UTC)
    commits = [
        MirrorCommit(branch, n, "Ana", "ana@example.com", at, f"V{n}", {f"f{n % 5}/p.yaml": f"{branch} {n}"})
        for n in range(1, count + 1) for branch in BRANCHES
    ]
    mirror = Mirror(folder, patience=30)
    mirror.open()
    if verb == "rebuild":
        mirror.rebuild(commits)
    for start in range(0, len(commits), step):
        mirror.write(commits[start : start + step])
    print(sorted(mirror.heads().items()))
""")


def writer(
    folder: Path, *, count: int, step: int = 100_000, verb: str = "write", git: Path | None = None
) -> subprocess.Popen[bytes]:
    """Start a process that writes `count` events to each branch, in its own process group."""
    environment = {**os.environ, **({"GIT_PYTHON_GIT_EXECUTABLE": str(git)} if git else {})}
    command = [sys.executable, "-c", WRITER, str(folder), str(count), str(step), verb]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, start_new_session=True)


def heads_written_by(process: subprocess.Popen[bytes]) -> str:
    """Wait for a writer that must succeed; return the heads that it printed."""
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    return output.decode()


def fake_git(folder: Path, command: str) -> Path:
    """Make a program that runs `command` instead of `git fast-import`, and git for all else."""
    program = folder / "fake-git"
    program.write_text(f'#!/bin/sh\nif [ "$1" = fast-import ]; then\n{command}\nfi\nexec git "$@"\n')
    program.chmod(0o755)
    return program


@pytest.mark.parametrize(
    "command",
    (
        'kill -9 "$PPID"; exit 1',
        'head -c 20000 | git "$@"; kill -9 "$PPID"; exit 1',
        'kill -9 "$PPID"; sleep 0.3; exec git "$@"',
        'git "$@"; kill -9 "$PPID"; exit 0',
    ),
    ids=("before", "in the middle", "git lives on", "after"),
)
def test_F03_a_killed_writer_leaves_whole_branches(tmp_path: Path, command: str) -> None:
    """The next writer continues where each branch stands, and ends with the hashes of an undisturbed one."""
    expected = heads_written_by(writer(tmp_path / "expected.git", count=60))
    killed = writer(tmp_path / "mirror.git", count=60, git=fake_git(tmp_path, command))
    killed.communicate(timeout=60)
    assert killed.returncode == -signal.SIGKILL
    mirror = Mirror(tmp_path / "mirror.git")
    assert {mirror.position(branch) for branch in ("main", "internal", "beta", "full")} <= {0, 60}
    assert expected == heads_written_by(writer(tmp_path / "mirror.git", count=60))
    assert mirror.check() == ()


@pytest.mark.parametrize("verb", ("write", "rebuild"))
def test_F03_kill_at_any_moment(tmp_path: Path, verb: str) -> None:
    """The whole process group dies at growing delays, while writing event by event or rebuilding."""
    folder = tmp_path / "mirror.git"
    heads_written_by(writer(folder, count=2))
    for delay in (0.15, 0.25, 0.35, 0.5):
        process = writer(folder, count=30, step=4, verb=verb)
        time.sleep(delay)
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        mirror = Mirror(folder)
        mirror.open()
        assert min(mirror.position(branch) for branch in ("main", "internal", "beta", "full")) >= 2
    expected = heads_written_by(writer(tmp_path / "expected.git", count=30))
    assert expected == heads_written_by(writer(folder, count=30, step=4))
    assert Mirror(folder).check() == ()
    assert {"mirror.git", "mirror.git.lock"} == {path.name for path in tmp_path.iterdir()} - {
        "expected.git",
        "expected.git.lock",
    }


def test_parallel_processes_write_each_event_once(tmp_path: Path, read: Read) -> None:
    """Four processes that feed the same events make one straight history."""
    folder = tmp_path / "mirror.git"
    processes = [writer(folder, count=6, step=4) for _ in range(4)]
    assert len({heads_written_by(process) for process in processes}) == 1
    assert read(folder, "rev-list", "--count", "full").strip() == "6"
    assert Mirror(folder).check() == ()


def test_a_busy_mirror_says_so(tmp_path: Path, commit: Make) -> None:
    """A writer that waits longer than its patience is told, and nothing is lost."""
    mirror = Mirror(tmp_path / "mirror.git", patience=0.1)
    mirror.open()
    with held(tmp_path / "mirror.git.lock", patience=1), pytest.raises(Unavailable) as caught:
        mirror.write([commit(1)])
    assert caught.value.code == "busy"
    assert mirror.write([commit(1)]) == 1


@pytest.mark.parametrize("name", ("refs/heads/main.lock", "packed-refs.lock", "HEAD.lock", "config.lock"))
def test_F26_a_lock_file_that_was_left_is_found_and_does_not_block(
    tmp_path: Path, commit: Make, name: str
) -> None:
    """check() names it; the next write waits a moment and takes it away."""
    mirror = Mirror(tmp_path / "mirror.git", patience=0.2)
    mirror.open()
    mirror.write([commit(1)])
    (mirror.folder / name).touch()
    assert (f"A lock file was left: {name}",) == mirror.check()
    assert mirror.write([commit(2)]) == 1
    assert mirror.check() == ()


def truncate_an_object(folder: Path) -> None:
    """Cut the object of the newest commit in half."""
    head = (folder / "refs/heads/main").read_text().strip()
    path = folder / "objects" / head[:2] / head[2:]
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def lose_a_text(folder: Path) -> None:
    """Empty two of the loose objects."""
    for path in sorted((folder / "objects").glob("??/*"))[:2]:
        path.chmod(0o600)
        path.write_bytes(b"")


DAMAGE: dict[str, Callable[[Path], object]] = {
    "truncated commit": truncate_an_object,
    "empty objects": lose_a_text,
    "zero-byte index": lambda folder: (folder / "index").touch(),
    "empty branch": lambda folder: (folder / "refs/heads/main").write_text(""),
    "branch to nowhere": lambda folder: (folder / "refs/heads/main").write_text("1" * 40 + "\n"),
    "no HEAD": lambda folder: (folder / "HEAD").unlink(),
    "left lock": lambda folder: (folder / "refs/heads/beta.lock").touch(),
}


@pytest.mark.parametrize("harm", DAMAGE.values(), ids=DAMAGE.keys())
def test_F26_damage_is_found_set_aside_and_rebuilt(
    tmp_path: Path, mirror: Mirror, commit: Make, harm: Callable[[Path], object]
) -> None:
    """After a rebuild from the same commits the hashes are what they were, and the damaged copy is kept."""
    commits = [commit(1), commit(2), commit(2, "beta"), commit(3)]
    mirror.write(commits)
    before = (mirror.heads(), mirror.trees())
    harm(mirror.folder)
    assert mirror.check()
    mirror.open()
    assert mirror.check()
    mirror.rebuild(commits)
    assert (before, ()) == ((mirror.heads(), mirror.trees()), mirror.check())
    assert (tmp_path / "mirror.git.damaged-1").is_dir()


def test_a_branch_that_cannot_be_read_is_not_begun_again(mirror: Mirror, commit: Make) -> None:
    """An empty branch file is no position 0: writing is refused until the mirror is rebuilt."""
    mirror.write([commit(1), commit(2)])
    (mirror.folder / "refs/heads/main").write_text("")
    for attempt in (lambda: mirror.position("main"), lambda: mirror.write([commit(3)]), mirror.heads):
        with pytest.raises(Unavailable, match="broken ref"):
            attempt()


def test_a_commit_by_somebody_else_is_found(mirror: Mirror, commit: Make, read: Read) -> None:
    """The mirror has one writer; what others commit to it is reported and kept aside by a rebuild."""
    mirror.write([commit(1)])
    identity = ("-c", "user.name=Bo", "-c", "user.email=bo@example.com")
    tree = mirror.trees()["main"]
    foreign = read(mirror.folder, *identity, "commit-tree", tree, "-p", "main", "-m", "mine").strip()
    read(mirror.folder, "update-ref", "refs/heads/main", foreign)
    assert mirror.check() == ("The last commit of branch 'main' was not written by the mirror.",)
    mirror.rebuild([commit(1)])
    assert (mirror.position("main"), mirror.check()) == (1, ())
    assert foreign in read(Path(f"{mirror.folder}.damaged-1"), "rev-parse", "main")


def test_only_the_newest_damaged_copies_are_kept(tmp_path: Path, mirror: Mirror, commit: Make) -> None:
    """A disk that breaks again and again is not filled by copies."""
    (tmp_path / "mirror.git.damaged-notes").touch()
    for _ in range(5):
        (mirror.folder / "index").touch()
        mirror.rebuild([commit(1)])
    kept = sorted(path.name for path in tmp_path.glob("*.damaged-*"))
    assert [f"mirror.git.damaged-{end}" for end in ("3", "4", "5", "notes")] == kept


@pytest.mark.parametrize("moment", ("before the swap", "between the two renames", "after the swap"))
def test_a_rebuild_killed_at_its_swap_is_finished_or_forgotten(
    tmp_path: Path, mirror: Mirror, commit: Make, moment: str
) -> None:
    """Whatever folders a killed rebuild left, the next call has one whole repository and no leftovers."""
    mirror.write([commit(1)])
    heads = mirror.heads()
    twin = Mirror(tmp_path / "twin.git")
    twin.open()
    twin.write([commit(1)])
    if moment == "between the two renames":
        mirror.folder.rename(tmp_path / "mirror.git.old")
    twin.folder.rename(tmp_path / f"mirror.git.{'old' if moment == 'after the swap' else 'ready'}")
    assert heads == mirror.heads()
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "mirror.git",
        "mirror.git.lock",
        "twin.git.lock",
    ]


def test_F10_a_failing_disk_is_an_answer_not_a_crash(tmp_path: Path, mirror: Mirror, commit: Make) -> None:
    """When git cannot write, the error says so, and the next write works without a restart."""
    mirror.write([commit(1)])
    real = mirror.folder / "objects"
    real.rename(tmp_path / "objects")
    real.write_text("no folder")
    with pytest.raises(Unavailable) as caught:
        mirror.write([commit(2)])
    assert caught.value.code == "mirror_failed"
    real.unlink()
    (tmp_path / "objects").rename(real)
    assert (mirror.write([commit(2)]), mirror.position("main")) == (1, 2)
