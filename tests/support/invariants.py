"""What must hold of a store whatever happened to it."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Connection

from prompts_admin.domain.audit_chain import verify
from prompts_admin.domain.digests import digest
from prompts_admin.domain.releases.states import shown_state
from prompts_admin.domain.stages import EMPTY
from prompts_admin.services.product import Product
from prompts_admin.services.serving.snapshots import snapshot_document
from prompts_admin.store.database.unit_of_work import UnitOfWork
from prompts_admin.store.records import audit
from prompts_admin.store.releases import history
from prompts_admin.store.releases.live_versions import live_entries
from prompts_admin.store.tables import (
    artifacts,
    entries,
    release_item_states,
    release_states,
    releases,
    settings_states,
    versions,
)


def check_invariants(product: Product, *, serving_settings: int = 0) -> None:
    """Assert them all; `serving_settings` is how many settings changes changed what is served."""
    with product.store.read() as uow:
        assert verify(audit.walk(uow.connection), anchor=audit.end_of_chain(uow.head)).ok
        _entries_are_the_replay_of_history(uow.connection)
        _numbers_have_no_gaps(uow)
        _revision_counts_changes(uow, serving_settings)
        _states_agree(uow.connection)
        _versions_keep_their_digests(uow.connection)
        document = snapshot_document(uow, product.values)
    live = product.live.current()
    assert (document["revision"], document["epoch"]) == (live.revision, live.epoch)


def _entries_are_the_replay_of_history(connection: Connection) -> None:
    keys = list(connection.scalars(sa.select(artifacts.c.key)))
    replayed = {}
    for place, lines in history.history_of(connection, keys).items():
        before = EMPTY
        for line in lines:
            assert before == line.before, place
            assert line.before != line.after, place
            before = line.after
        if not before.is_empty:
            replayed[place] = before
    assert replayed == {place: here.entry for place, here in live_entries(connection).items()}
    rows = connection.execute(sa.select(entries.c.stage, entries.c.key)).all()
    assert len(set(rows)) == len(rows)


def _numbers_have_no_gaps(uow: UnitOfWork) -> None:
    numbers = sorted(uow.connection.scalars(sa.select(releases.c.number)))
    assert list(range(1, uow.head.last_release + 1)) == numbers
    rows = uow.connection.execute(sa.select(versions.c.key, versions.c.number)).all()
    latest = {
        row.key: row.latest for row in uow.connection.execute(sa.select(artifacts.c.key, artifacts.c.latest))
    }
    assert sorted((key, n) for key, last in latest.items() for n in range(1, last + 1)) == sorted(
        map(tuple, rows)
    )
    changes = list(uow.connection.scalars(sa.select(settings_states.c.number)))
    assert list(range(1, uow.head.last_settings_change + 1)) == sorted(changes)


def _revision_counts_changes(uow: UnitOfWork, serving_settings: int) -> None:
    query = sa.select(release_states.c.revision).where(release_states.c.revision.is_not(None))
    revisions = sorted(uow.connection.scalars(query))
    assert len(set(revisions)) == len(revisions)
    assert len(revisions) + serving_settings == uow.head.revision


def _states_agree(connection: Connection) -> None:
    items: dict[int, list[str]] = {}
    for row in connection.execute(sa.select(release_item_states)):
        items.setdefault(row.release, []).append(row.state)
    query = sa.select(release_states.c.release, release_states.c.state)
    shown = {row.release: row.state for row in connection.execute(query)}
    for number, states in items.items():
        assert shown_state(states) == shown[number], number


def _versions_keep_their_digests(connection: Connection) -> None:
    for row in connection.execute(sa.select(versions.c.key, versions.c.digest, versions.c.content)):
        assert digest(row.content) == row.digest, row.key
