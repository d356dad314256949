"""Lists of releases, one release in full, and what waits for the asker."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from prompts_admin.schemas.base import ListOf
from prompts_admin.schemas.releases import Event, Release, ReleaseInFull
from prompts_admin.services.artifacts.comparisons import item_comparisons
from prompts_admin.services.core.clearance import above
from prompts_admin.services.core.paging import number_cursor, page, page_size
from prompts_admin.services.core.timestamps import iso
from prompts_admin.services.core.visibility import parts_of
from prompts_admin.services.core.work import Work
from prompts_admin.services.releases.documents import release_document, release_documents
from prompts_admin.services.releases.transitions import find
from prompts_admin.store.releases import read_models, releases, unanswered_refusals

REMEMBERED = timedelta(days=14)
"""How long a refusal waits for whoever proposed the release."""
MOST_REFUSED = 20


def list_releases(
    work: Work,
    *,
    states: Sequence[str] = (),
    feature: str | None = None,
    key: str | None = None,
    limit: int | None = None,
    after: str | None = None,
) -> ListOf[Release]:
    """Return releases, newest first."""
    work.require_somewhere("read")
    numbers = read_models.release_page(
        work.connection,
        features=work.readable(),
        feature=feature,
        states=states,
        key=key,
        over=above(work),
        before=number_cursor(after),
        limit=page_size(limit),
    )
    shown = page(numbers, limit, str, int)
    return {**shown, "items": release_documents(work, shown["items"])}


def show_release(work: Work, number: int) -> ReleaseInFull:
    """Return one release with its comparison, its discussion and what was signed, as far as the asker may read it."""
    find(work, number)
    sight = parts_of(work, [number])[number]
    events: list[Event] = [
        {"event": e.event, "at": iso(e.at), "by": e.by, "text": sight.quoted(e.text)}
        for e in releases.events_of(work.connection, number)
    ]
    return {
        **release_document(work, number),
        "comparisons": item_comparisons(work, sight.shown),
        "events": events,
    }


def refused(work: Work, *, by: str | None = None, key: str | None = None) -> list[Release]:
    """Return the releases of somebody, or of an artifact, that were refused and not proposed again since."""
    numbers = unanswered_refusals.unanswered(work.connection, since=work.now - REMEMBERED, by=by, key=key)
    found = release_documents(work, numbers[:MOST_REFUSED])
    return [release for release in found if release["items"]]
