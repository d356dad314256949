"""Promises of the mirror to the outbox worker: order, skipping, batches, equal hashes after a rebuild."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from prompts_admin.domain.errors import Refused, Unavailable
from prompts_admin.mirror import Mirror, MirrorCommit, NullMirror, PushResult, available

Make = Callable[..., MirrorCommit]
Read = Callable[..., str]


def history(commit: Make, count: int) -> list[MirrorCommit]:
    """A life of `count` saves on `main`, some of them promoted to `internal` and `full`."""
    saves = [commit(n, files={f"support/p{n % 7}.yaml": f"n: {n}\n"}) for n in range(1, count + 1)]
    live = [commit(n, "internal", files={f"support/p{n % 7}.yaml": f"n: {n}\n"}) for n in range(3, count, 3)]
    return [*saves, *live, *[commit(n, "full") for n in range(5, count, 5)]]


def test_git_can_be_used_here() -> None:
    """The tests need git; its absence is a reason, not a crash."""
    assert available() is None


def test_a_new_mirror_is_empty_sound_and_without_hooks(mirror: Mirror) -> None:
    """open() makes a bare repository that runs nobody's hooks, and opening again changes nothing."""
    mirror.open()
    assert {} == mirror.heads() == mirror.trees()
    assert [mirror.position("main"), mirror.position("full")] == [0, 0]
    assert mirror.check() == ()
    assert not (mirror.folder / "hooks").exists()
    assert "hooksPath = /dev/null" in (mirror.folder / "config").read_text()


def test_a_save_becomes_a_commit_by_its_author_at_its_time(mirror: Mirror, commit: Make, read: Read) -> None:
    """Author, committer, time, message and text are what was given."""
    at = datetime(2026, 5, 4, 3, 2, 1, 999999, tzinfo=UTC)
    mirror.write(
        [commit(9, at=at, message="Kinder tone\n\nAsked by legal.", files={"support/tone.yaml": "é\r\n"})]
    )
    shown = read(mirror.folder, "log", "--format=%an|%ae|%at|%cn|%ce|%ct|%B", "main")
    who = f"Ana|ana@example.com|{int(at.timestamp())}"
    assert f"{who}|{who}|Kinder tone\n\nAsked by legal.\n\nPrompts-Admin-Event: 9" == shown.strip()
    assert read(mirror.folder, "show", "main:support/tone.yaml") == "é\r\n"
    assert mirror.position("main") == 9


def test_a_batch_is_written_by_event_whatever_its_order(mirror: Mirror, commit: Make, read: Read) -> None:
    """The log of a branch runs by event."""
    assert mirror.write([commit(3), commit(1), commit(2, "beta"), commit(2)]) == 4
    log = read(mirror.folder, "log", "--reverse", "--format=%s", "main")
    assert log.split("\n")[:3] == ["Version 1", "Version 2", "Version 3"]
    assert read(mirror.folder, "show", "main:support/triage.yaml") == "text: main 3\n"


def test_what_is_already_written_is_skipped(mirror: Mirror, commit: Make) -> None:
    """A batch delivered again, whole or in part, adds only what is new."""
    mirror.write([commit(1), commit(2)])
    heads = mirror.heads()
    assert mirror.write([commit(1), commit(2), commit(2)]) == 0
    assert mirror.write([]) == 0
    assert heads == mirror.heads()
    assert mirror.write([commit(2), commit(3), commit(1, "full")]) == 2
    assert [mirror.position("main"), mirror.position("full")] == [3, 1]


def test_a_deleted_file_is_gone_and_a_commit_may_change_nothing(
    mirror: Mirror, commit: Make, read: Read
) -> None:
    """None deletes, also what never was; an event without files still moves the position."""
    mirror.write(
        [commit(1, "full"), commit(2, "full", files={"sales/call.yaml": "x", "_workspace.yaml": "y"})]
    )
    mirror.write([commit(3, "full", files={"support/triage.yaml": None, "search/query.yaml": None})])
    mirror.write([commit(4, "full", files={})])
    names = read(mirror.folder, "ls-tree", "-r", "--name-only", "full").split()
    assert names == ["_workspace.yaml", "sales/call.yaml"]
    assert mirror.position("full") == 4


def test_git_diff_between_stages_tells_what_is_ahead(mirror: Mirror, commit: Make, read: Read) -> None:
    """`git diff full beta` names exactly the artifacts that differ."""
    mirror.write([commit(n, stage, files={"a/same.yaml": "s"}) for n, stage in ((1, "full"), (2, "beta"))])
    mirror.write([commit(3, "beta", files={"a/ahead.yaml": "v2\n"})])
    assert read(mirror.folder, "diff", "--name-only", "full", "beta").strip() == "a/ahead.yaml"


def test_a_thousand_versions_become_a_thousand_commits_in_one_import(
    mirror: Mirror, commit: Make, read: Read
) -> None:
    """A long queue is one import into one pack, and no index is made."""
    batch = [commit(n, files={f"f{n % 9}/p{n % 40}.yaml": f"n: {n}\n"}) for n in range(1, 1001)]
    assert mirror.write(batch) == 1000
    assert read(mirror.folder, "rev-list", "--count", "main").strip() == "1000"
    assert len(list((mirror.folder / "objects" / "pack").glob("*.pack"))) == 1
    assert not (mirror.folder / "index").exists()
    assert mirror.check() == ()


def test_a_rebuild_gives_the_same_hashes(tmp_path: Path, mirror: Mirror, commit: Make) -> None:
    """One import of everything, many small ones and a rebuild end in the same commits."""
    life = history(commit, 40)
    for start in range(0, 40, 7):
        mirror.write([one for one in life if start < one.event <= start + 7])
    other = Mirror(tmp_path / "other.git")
    other.open()
    other.write(life)
    before = (mirror.heads(), mirror.trees())
    mirror.rebuild(iter(life))
    assert before == (mirror.heads(), mirror.trees()) == (other.heads(), other.trees())
    assert mirror.check() == ()
    assert names_in(tmp_path) == ["mirror.git", "mirror.git.lock", "other.git", "other.git.lock"]


def test_a_rebuild_that_fails_leaves_the_mirror_as_it_was(
    tmp_path: Path, mirror: Mirror, commit: Make
) -> None:
    """Commits that run out of order, or break off, change nothing and leave nothing behind."""
    mirror.write([commit(1), commit(2)])
    heads = mirror.heads()
    with pytest.raises(ValueError, match="Event 1 of branch 'main' comes after 2"):
        mirror.rebuild([commit(2), commit(1)])
    assert heads == mirror.heads()
    assert names_in(tmp_path) == ["mirror.git", "mirror.git.lock"]


def test_a_missing_repository_is_not_quietly_begun_again(tmp_path: Path, commit: Make) -> None:
    """Writing without open() is refused: a history that begins in the middle would look whole."""
    with pytest.raises(Unavailable) as caught:
        Mirror(tmp_path / "none.git").write([commit(500)])
    assert caught.value.code == "mirror_failed"
    assert not (tmp_path / "none.git").exists()


def test_an_event_is_positive_and_a_time_has_a_zone(mirror: Mirror, commit: Make) -> None:
    """A mistake of the feeder is told at once and writes nothing."""
    with pytest.raises(ValueError, match="Event 0"):
        mirror.write([commit(0)])
    with pytest.raises(ValueError, match="time zone"):
        mirror.write([commit(1, at=datetime(2026, 1, 1))])  # noqa: DTZ001
    with pytest.raises(Refused, match="no branch 'gamma'"):
        mirror.position("gamma")
    assert mirror.heads() == {}


def test_the_null_mirror_does_nothing_and_says_why(commit: Make) -> None:
    """An installation without git runs the same calls."""
    null = NullMirror("Install git.")
    null.open()
    null.rebuild([commit(1)])
    assert (null.write([commit(1)]), null.position("main")) == (0, 0)
    assert (null.heads(), null.trees(), null.check()) == ({}, {}, ())
    assert null.push("https://git.example.com/x.git") == PushResult(False, "off", "Install git.")


def names_in(folder: Path) -> list[str]:
    """Names of the files and folders in `folder`, sorted."""
    return sorted(path.name for path in folder.iterdir())
