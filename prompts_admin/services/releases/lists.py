"""Lists of releases, one release in full, and what waits for the asker."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from prompts_admin.domain.people.permissions import allowed
from prompts_admin.services.artifacts.comparisons import item_comparisons
from prompts_admin.services.core.clearance import above
from prompts_admin.services.core.paging import number_cursor, page, page_size
from prompts_admin.services.core.timestamps import iso
from prompts_admin.services.core.visibility import parted
from prompts_admin.services.core.work import Work
from prompts_admin.services.policies.documents import settings_documents
from prompts_admin.services.releases.documents import release_document, release_documents
from prompts_admin.services.releases.transitions import find
from prompts_admin.store.releases import policy_changes, read_models, releases, unanswered_refusals

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
) -> dict[str, Any]:
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
    return shown | {"items": release_documents(work, shown["items"])}


def show_release(work: Work, number: int) -> dict[str, Any]:
    """Return one release with its comparison, its discussion and what was signed, as far as the asker may read it."""
    find(work, number)
    sight = parted(work, releases.items_of(work.connection, [number]))[number]
    events = releases.events_of(work.connection, number)
    return release_document(work, number) | {
        "comparisons": item_comparisons(work, sight.shown),
        "events": sight.told(
            [{"event": e.event, "at": iso(e.at), "by": e.by, "text": e.text} for e in events]
        ),
    }


def waiting(work: Work) -> dict[str, Any]:
    """Return what waits for the asker: releases and settings to sign, approved ones to apply, own ones refused.

    What went live by break-glass waits too, as long as it runs and sign-offs are owed; what was refused until it is
    proposed again, or for `REMEMBERED`.
    """
    work.require_somewhere("read")
    numbers = read_models.open_releases(work.connection, features=work.readable())
    broken = read_models.glass_broken(work.connection, features=work.readable())
    documents = release_documents(work, [*numbers, *broken])
    mine = [document for document in documents if document["items"] and _waits_for(work, document)]
    changes = policy_changes.change_numbers(work.connection, state="proposed")
    settings = [
        document
        for document in settings_documents(work, changes)
        if any(work.actor.email in missing["people"] for missing in document["missing"])
    ]
    return {"releases": mine, "settings": settings, "refused": refused(work, by=work.actor.label)}


def refused(work: Work, *, by: str | None = None, key: str | None = None) -> list[dict[str, Any]]:
    """Return the releases of somebody, or of an artifact, that were refused and not proposed again since."""
    numbers = unanswered_refusals.unanswered(work.connection, since=work.now - REMEMBERED, by=by, key=key)
    found = release_documents(work, numbers[:MOST_REFUSED])
    return [release for release in found if release["items"]]


def _waits_for(work: Work, document: dict[str, Any]) -> bool:
    if any(work.actor.email in missing["people"] for missing in document["missing"]):
        return True
    by_hand = document["apply"] == "manual" or (document["apply_at"] or "9") < iso(work.now)
    to_apply = document["state"] == "approved" and by_hand
    mine = document["proposed_by"] == work.actor.label
    return to_apply and (mine or allowed(work.actor, "apply", document["feature"]))
