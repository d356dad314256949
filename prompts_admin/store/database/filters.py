"""Conditions on artifacts that lists are narrowed by: where they are live, in which state, who answers for them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import sqlalchemy as sa

from prompts_admin.domain.releases.states import OPEN_STATES
from prompts_admin.store.tables import artifacts, contains, entries, features, release_items, release_states

STATES = ("partly", "nothing", "unreleased", "waiting")
"""A candidate has a share; nothing is live; the newest version is live nowhere; an open release is there."""


def conditions(*, stage: str | None, state: str | None, dri: str | None) -> list[sa.ColumnElement[bool]]:
    """Return what an artifact must fulfil; None asks for nothing. Raises KeyError for an unknown state."""
    found = []
    if stage is not None:
        found.append(_live(entries.c.stage == stage))
    if state is not None:
        found.append(_BY_STATE[state])
    if dri is not None:
        found.append(artifacts.c.feature.in_(sa.select(features.c.key).where(features.c.dri == dri)))
    return found


def reached(
    over: Collection[str], key: sa.ColumnElement[Any], *numbers: sa.ColumnElement[Any]
) -> sa.ColumnElement[bool]:
    """Tell that neither `key` nor anything inside of its versions is of a feature among `over`."""
    other = artifacts.alias("classified")
    beyond = sa.select(other.c.key).where(other.c.feature.in_(over))
    inside = sa.exists().where(
        contains.c.key == key,
        sa.or_(*(contains.c.number == number for number in numbers)),
        contains.c.inner_key.in_(beyond),
    )
    return sa.and_(key.not_in(beyond), sa.not_(inside)) if over else sa.true()


def _live(*where: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    return sa.exists().where(entries.c.key == artifacts.c.key, *where)


def _waits() -> sa.ColumnElement[bool]:
    joined = release_items.join(release_states, release_states.c.release == release_items.c.release)
    is_open = release_states.c.state.in_(OPEN_STATES)
    return artifacts.c.key.in_(sa.select(release_items.c.key).select_from(joined).where(is_open))


_LATEST = sa.or_(entries.c.settled == artifacts.c.latest, entries.c.candidate == artifacts.c.latest)
_BY_STATE: Mapping[str, Any] = {
    "partly": _live(entries.c.candidate.is_not(None)),
    "nothing": sa.not_(_live()),
    "unreleased": sa.not_(_live(_LATEST)),
    "waiting": _waits(),
}
