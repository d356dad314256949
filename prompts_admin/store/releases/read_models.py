"""Read models for pages and lists: keys in order, a page at a time, by key and never by offset."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy import Connection

from prompts_admin.domain.content.records import Artifact
from prompts_admin.domain.releases.records import Item
from prompts_admin.domain.releases.states import OPEN_STATES
from prompts_admin.domain.stages import STAGES, Stage, position
from prompts_admin.store.database.filters import reached
from prompts_admin.store.releases import rollback_reasons
from prompts_admin.store.tables import (
    artifacts,
    audit,
    release_changes,
    release_items,
    release_states,
    releases,
    signoffs,
    versions,
)

Features = Collection[str] | None
"""The features that the asker may read; None for all."""
Over = Collection[str]
"""The features above the asker's clearance: what is of them, or contains something of them, is left out."""


class Word(NamedTuple):
    """What somebody said of a text, and in which release: approve, refuse or take_back."""

    release: int
    verdict: str


def artifact_page(
    connection: Connection,
    *,
    features: Features,
    feature: str | None = None,
    kind: str | None = None,
    text: str = "",
    archived: bool = False,
    narrowed: Collection[sa.ColumnElement[bool]] = (),
    over: Over = (),
    after: str = "",
    limit: int = 50,
) -> list[Artifact]:
    """Return artifacts by key, those after `after`; `text` is looked for in keys and descriptions.

    `narrowed` are conditions of `store.filters`.
    """
    query = sa.select(artifacts).where(artifacts.c.key > after).order_by(artifacts.c.key).limit(limit)
    query = query.where(
        artifacts.c.archived_at.is_not(None) if archived else artifacts.c.archived_at.is_(None)
    )
    query = query.where(*narrowed, reached(over, artifacts.c.key, artifacts.c.latest))
    if features is not None:
        query = query.where(artifacts.c.feature.in_(features))
    if feature is not None:
        query = query.where(artifacts.c.feature == feature)
    if kind is not None:
        query = query.where(artifacts.c.kind == kind)
    for word in text.lower().split():
        query = query.where(_has(artifacts.c.key, word) | _has(artifacts.c.description, word))
    return [Artifact(**row) for row in connection.execute(query).mappings()]


def version_page(
    connection: Connection, key: str, *, over: Over = (), before: int | None = None, limit: int = 50
) -> list[Any]:
    """Return versions of `key`, newest first, without their contents."""
    columns = [column for column in versions.c if column.name != "content"]
    query = sa.select(*columns).where(versions.c.key == key, reached(over, versions.c.key, versions.c.number))
    if before is not None:
        query = query.where(versions.c.number < before)
    return list(connection.execute(query.order_by(versions.c.number.desc()).limit(limit)))


def history_page(
    connection: Connection, key: str, *, before: tuple[int, Stage] | None = None, limit: int = 50
) -> list[Any]:
    """Return what releases did to `key`, newest first, the stages of a release as they stand on the ladder.

    `before` is (revision, stage) of the last line seen.
    """
    table = release_changes
    rung = sa.case({stage: number for number, stage in enumerate(STAGES)}, value=table.c.stage)
    query = (
        sa.select(table, rollback_reasons.note().label("note"), releases.c.via)
        .join(releases, releases.c.number == table.c.release)
        .where(table.c.key == key)
    )
    if before is not None:
        revision, stage = before
        later = sa.and_(table.c.revision == revision, rung > position(stage))
        query = query.where(sa.or_(table.c.revision < revision, later))
    return list(connection.execute(query.order_by(table.c.revision.desc(), rung).limit(limit)))


def release_page(
    connection: Connection,
    *,
    features: Features,
    feature: str | None = None,
    states: Collection[str] = (),
    key: str | None = None,
    over: Over = (),
    before: int | None = None,
    limit: int = 50,
) -> list[int]:
    """Return the numbers of releases, newest first; those of several features are for those who read all."""
    query = sa.select(releases.c.number).order_by(releases.c.number.desc()).limit(limit)
    if features is not None:
        query = query.where(releases.c.feature.in_(features))
    items = release_items.c
    shown = reached(over, items.key, items.to_version, items.from_settled, items.from_candidate)
    if over:
        query = query.where(releases.c.number.in_(_releases_of(shown)))
    if feature is not None:
        query = query.where(releases.c.number.in_(_releases_of(shown, items.key.startswith(f"{feature}/"))))
    if key is not None:
        query = query.where(releases.c.number.in_(_releases_of(shown, items.key == key)))
    if states:
        query = query.join(release_states, release_states.c.release == releases.c.number)
        query = query.where(release_states.c.state.in_(states))
    if before is not None:
        query = query.where(releases.c.number < before)
    return list(connection.scalars(query))


def open_releases(connection: Connection, *, features: Features, limit: int | None = 200) -> list[int]:
    """Return the open releases, oldest first: who waits longest comes first."""
    query = (
        sa.select(releases.c.number)
        .join(release_states, release_states.c.release == releases.c.number)
        .where(release_states.c.state.in_(OPEN_STATES))
        .order_by(releases.c.number)
        .limit(limit)
    )
    if features is not None:
        query = query.where(releases.c.feature.in_(features))
    return list(connection.scalars(query))


def glass_broken(connection: Connection, *, features: Features, limit: int = 200) -> list[int]:
    """Return the releases that went live by break-glass and still are, newest first."""
    query = (
        sa.select(releases.c.number)
        .join(release_states, release_states.c.release == releases.c.number)
        .where(release_states.c.state == "live", releases.c.break_glass.is_not(None))
        .order_by(releases.c.number.desc())
        .limit(limit)
    )
    if features is not None:
        query = query.where(releases.c.feature.in_(features))
    return list(connection.scalars(query))


def turned_stale_at(connection: Connection, moment: datetime) -> list[int]:
    """Return the releases that turned stale at a moment: those that the release of that moment overtook."""
    query = sa.select(release_states.c.release).where(
        release_states.c.state == "stale", release_states.c.changed_at == moment
    )
    return sorted(connection.scalars(query))


def open_items(connection: Connection, keys: Collection[str]) -> list[Any]:
    """Return (release, stage, key, to_version, state) of what open releases ask of `keys`."""
    table = release_items
    query = (
        sa.select(table.c.release, table.c.stage, table.c.key, table.c.to_version, release_states.c.state)
        .join(release_states, release_states.c.release == table.c.release)
        .where(release_states.c.state.in_(OPEN_STATES), table.c.key.in_(keys))
        .order_by(table.c.release)
    )
    return list(connection.execute(query))


def audit_page(
    connection: Connection,
    *,
    features: Features,
    feature: str | None = None,
    subject: str | None = None,
    actor: str | None = None,
    action: str | None = None,
    before: int | None = None,
    limit: int = 50,
) -> list[Any]:
    """Return audit entries, newest first; entries of no feature are for those who may read all."""
    query = sa.select(audit).order_by(audit.c.seq.desc()).limit(limit)
    if features is not None:
        query = query.where(audit.c.feature.in_(features))
    for column, value in ((audit.c.feature, feature), (audit.c.actor, actor), (audit.c.action, action)):
        if value:
            query = query.where(column == value)
    if subject:
        query = query.where(audit.c.subject.startswith(subject, autoescape=True))
    if before is not None:
        query = query.where(audit.c.seq < before)
    return list(connection.execute(query))


def waiting_since(connection: Connection, older_than: datetime) -> list[int]:
    """Return the open releases that were proposed before a moment."""
    query = (
        sa.select(releases.c.number)
        .join(release_states, release_states.c.release == releases.c.number)
        .where(release_states.c.state == "proposed", releases.c.proposed_at < older_than)
        .order_by(releases.c.number)
    )
    return list(connection.scalars(query))


def keys_in_use(connection: Connection, feature: str, *, over: Over = ()) -> list[str]:
    """Return the keys of a feature's artifacts that are not archived, in order."""
    query = sa.select(artifacts.c.key).where(
        artifacts.c.feature == feature,
        artifacts.c.archived_at.is_(None),
        reached(over, artifacts.c.key, artifacts.c.latest),
    )
    return list(connection.scalars(query.order_by(artifacts.c.key)))


def feature_counts(connection: Connection) -> dict[str, int]:
    """Return how many artifacts, not archived, each feature has."""
    query = sa.select(artifacts.c.feature, sa.func.count()).where(artifacts.c.archived_at.is_(None))
    return {row[0]: row[1] for row in connection.execute(query.group_by(artifacts.c.feature))}


def last_words(connection: Connection, item: Item) -> dict[str, Word]:
    """Return the last word of each person about an item's text on its stage, in whatever release.

    What was only carried from one release to another nobody said again.
    """
    words = sa.select(signoffs.c.email, signoffs.c.release, signoffs.c.verdict)
    words = words.join(release_items, release_items.c.release == signoffs.c.release)
    asked = release_items.c
    words = words.where(asked.key == item.key, asked.stage == item.stage, asked.digest == item.digest)
    said = words.where(signoffs.c.via.not_like("carried%")).order_by(signoffs.c.id)
    return {email: Word(*word) for email, *word in connection.execute(said)}


def _has(column: sa.Column[Any], word: str) -> sa.ColumnElement[bool]:
    return sa.func.lower(column).contains(word, autoescape=True)


def _releases_of(*where: sa.ColumnElement[bool]) -> sa.Select[Any]:
    return sa.select(release_items.c.release).where(*where)
