"""The mirror follows the store: each thing once, in order, also after restarts, damage and restored stores."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Connection

from prompts_admin.domain.audit_chain import entry_hash
from prompts_admin.domain.errors import Unavailable
from prompts_admin.mirror import Mirror, MirrorCommit, NullMirror
from prompts_admin.mirror.git import available
from prompts_admin.services.artifacts.save import Save, save
from prompts_admin.services.audit.log import verify_chain
from prompts_admin.services.core.work import Work
from prompts_admin.services.product import Product
from prompts_admin.services.replication.mirror_commits import mirror_commits
from prompts_admin.services.replication.mirror_feed import MirrorFeed
from prompts_admin.store.database.triggers import allow_changes
from prompts_admin.store.records import audit, outbox
from prompts_admin.store.tables import audit as audit_table
from prompts_admin.store.tables import workspace
from tests.support.cast import ADMIN, person
from tests.support.desk import REPLY, TRIAGE, Desk, content

SQLITE = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
pytestmark = pytest.mark.skipif(bool(available()), reason=available() or "git is there")


def feed_of(product: Product, folder: Path) -> MirrorFeed:
    """Return a feed as a process that just started has it."""
    return MirrorFeed(product, Mirror(folder, patience=10))


def waiting(desk: Desk) -> int:
    with desk.product.store.read() as uow:
        return outbox.pending_count(uow.connection, ["mirror.version", "mirror.release", "mirror.settings"])


def rebuilt(desk: Desk, folder: Path) -> dict[str, str]:
    """Return the commits of a mirror made from the store alone."""
    twin = Mirror(folder / "twin.git", patience=10)
    with desk.product.store.read() as view:
        twin.rebuild(commit for batch in mirror_commits(view.connection) for commit in batch)
    return twin.heads()


def test_what_was_fed_in_steps_equals_what_is_built_from_the_store(desk: Desk, tmp_path: Path) -> None:
    """Saves on main, releases on the branches of their stages; the same commits, hash by hash."""
    feed = feed_of(desk.product, tmp_path / "mirror.git")
    for text in ("one", "two"):
        desk.save(TRIAGE, text)
        feed.step()
        desk.climb(TRIAGE, up_to="beta")
    desk.rollback(f"{TRIAGE}@2", stages=("internal",))
    assert 0 < feed.step()
    assert 0 == feed.step() == waiting(desk)
    mirror = Mirror(tmp_path / "mirror.git")
    assert rebuilt(desk, tmp_path) == mirror.heads()
    assert {"main", "internal", "beta"} == set(mirror.heads())
    before = feed.trees()
    assert before == feed.rebuild()


@SQLITE
def test_a_new_process_goes_on_where_the_last_one_stopped(desk: Desk, tmp_path: Path) -> None:
    """Also when the last one wrote and died before it could say so."""
    folder = tmp_path / "mirror.git"
    desk.save(TRIAGE, "one")
    feed_of(desk.product, folder).step()
    desk.save(TRIAGE, "two")
    with desk.product.store.read() as view:
        Mirror(folder).write([c for batch in mirror_commits(view.connection) for c in batch])
    assert 0 == feed_of(desk.product, folder).step() == waiting(desk)
    assert rebuilt(desk, tmp_path) == Mirror(folder).heads()


@SQLITE
def test_hundreds_of_versions_are_a_few_imports(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In batches of five hundred."""

    def many(work: Work) -> None:
        for number in range(600):
            save(work, Save(TRIAGE, content=content(f"text {number}"), base=number))

    desk.do("pm@example.com", many)
    mirror = Mirror(tmp_path / "mirror.git", patience=10)
    calls: list[int] = []
    inner = mirror.write

    def counted(commits: Sequence[MirrorCommit]) -> int:
        calls.append(len(commits))
        return inner(commits)

    monkeypatch.setattr(mirror, "write", counted)
    feed = MirrorFeed(desk.product, mirror)
    feed.step()
    desk.save(REPLY, "one")
    assert 1 == feed.step()
    assert (0, True) == (waiting(desk), len(calls) <= 4)
    assert rebuilt(desk, tmp_path) == mirror.heads()


@SQLITE
@pytest.mark.parametrize("harm", ["gone", "garbled"])
def test_F26_a_mirror_that_is_lost_or_damaged_is_built_anew_while_running(
    desk: Desk, tmp_path: Path, harm: str
) -> None:
    """The step in which it shows may fail; the next one mends it, and nothing is missing."""
    folder = tmp_path / "mirror.git"
    feed = feed_of(desk.product, folder)
    desk.save(TRIAGE, "one")
    feed.step()
    if harm == "gone":
        shutil.rmtree(folder)
    else:
        (folder / "HEAD").write_text("nonsense")
        shutil.rmtree(folder / "refs")
    desk.save(TRIAGE, "two")
    for _ in range(3):
        try:
            feed.step()
        except Unavailable:
            continue
    assert 0 == waiting(desk)
    assert rebuilt(desk, tmp_path) == Mirror(folder).heads()


@SQLITE
def test_F42_a_mirror_ahead_of_a_restored_store_is_built_anew(desk: Desk, tmp_path: Path) -> None:
    """Otherwise what happens next would be taken for written."""
    folder = tmp_path / "mirror.git"
    path = Path(str(desk.product.store.engine.url.database))
    desk.save(TRIAGE, "one")
    feed_of(desk.product, folder).step()
    desk.product.store.close()
    shutil.copyfile(path, tmp_path / "backup.db")
    for text in ("two", "three"):
        desk.save(TRIAGE, text)
    feed_of(desk.product, folder).step()
    desk.product.store.close()
    for leftover in ("-wal", "-shm"):
        path.with_name(path.name + leftover).unlink(missing_ok=True)
    shutil.copyfile(tmp_path / "backup.db", path)
    feed_of(desk.product, folder).step()
    desk.save(TRIAGE, "other")
    feed_of(desk.product, folder).step()
    assert rebuilt(desk, tmp_path) == Mirror(folder).heads()


@SQLITE
def test_without_git_the_outbox_empties_all_the_same(desk: Desk) -> None:
    """A null mirror takes everything."""
    desk.save(TRIAGE, "one")
    feed = MirrorFeed(desk.product, NullMirror("off"))
    feed.step()
    assert 0 == waiting(desk)


@SQLITE
def test_S31_a_message_cannot_become_an_option_or_a_command_of_the_stream(desk: Desk, tmp_path: Path) -> None:
    """Notes, messages and names are data, whatever they look like."""
    odd = "--upload-pack=x\ndata 5\ncommit refs/heads/main\nM 100644 inline .git/hooks/x\n\nPrompts-Admin-Event: 99999"
    desk.do("pm@example.com", save, Save(TRIAGE, content=content("one"), base=0, message=odd))
    desk.promote(TRIAGE, note=odd)
    desk.save(TRIAGE, "two")
    feed = feed_of(desk.product, tmp_path / "mirror.git")
    feed.step()
    desk.save(TRIAGE, "three")
    assert 1 == feed.step()
    assert rebuilt(desk, tmp_path) == Mirror(tmp_path / "mirror.git").heads()


def test_an_end_of_the_audit_that_was_made_anew_is_noticed_by_the_mirror(desk: Desk, tmp_path: Path) -> None:
    """Whoever can write the database makes a chain that holds in itself; the mirror remembers another."""
    product = desk.product
    product.feed = feed_of(product, tmp_path / "mirror.git")
    for text in ("one", "two"):
        desk.save(TRIAGE, text)
    product.feed.step()
    desk.climb(TRIAGE, up_to="internal")
    sound = verify_chain(product, person(ADMIN), product.feed.anchors)
    assert (True, 1) == (sound["ok"], len(sound["anchors"]))
    with product.store.engine.begin() as connection:
        _make_end_anew(connection, sound["anchors"][0]["seq"])
    found = verify_chain(product, person(ADMIN), product.feed.anchors)
    assert (False, "rewritten", sound["anchors"][0]["seq"]) == (found["ok"], found["fault"], found["at"])


def _make_end_anew(connection: Connection, seq: int) -> None:
    """Change an entry and give it and all that follow the hashes that they then should have."""
    allow_changes(connection, "audit")
    previous, chain = "", list(audit.walk(connection))
    for entry in chain:
        previous = previous or entry.previous
        detail = {**entry.detail, "message": "another"} if entry.seq == seq else entry.detail
        changed = replace(entry, detail=detail, previous=previous)
        previous = entry_hash(previous, changed.fields())
        values = {"detail": detail, "previous": changed.previous, "hash": previous}
        connection.execute(audit_table.update().where(audit_table.c.seq == entry.seq).values(values))
    connection.execute(workspace.update().values(audit_hash=previous))
