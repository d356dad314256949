"""What time alone brings about: releases that are due, waits that are over, questions that nobody answered."""

from __future__ import annotations

from datetime import datetime, timedelta

from prompts_admin.domain.errors import ProductError
from prompts_admin.domain.identity import THE_SYSTEM
from prompts_admin.domain.releases import OPEN_STATES
from prompts_admin.services.advancing import LATE, advance
from prompts_admin.services.product import Product
from prompts_admin.services.release_views import release_document
from prompts_admin.services.work import Work
from prompts_admin.store import idempotency, outbox, queries, releases, sessions
from prompts_admin.store.releases import Event

KEPT_FOR = timedelta(days=7)
REMINDED = "reminded"


def tick(product: Product) -> int:
    """Advance every open release that time has ripened; return how many changed state."""
    changed = 0
    for number in product.look(THE_SYSTEM, _open_numbers):
        if product.look(THE_SYSTEM, _would_change, number):
            changed += _advanced(product, number)
    for number in product.look(THE_SYSTEM, _unanswered):
        product.do(THE_SYSTEM, remind, None, number)
    return changed


def forget(product: Product) -> None:
    """Delete what nobody can use any more: old answers by idempotency key, delivered messages."""
    product.do(THE_SYSTEM, _forget)


def remind(work: Work, number: int) -> None:
    """Ask again whoever has not answered a release, and write that it was done."""
    document = release_document(work, number)
    people = sorted({person for missing in document["missing"] for person in missing["people"]})
    releases.add_event(
        work.connection, Event(number, REMINDED, work.now, work.actor.label, ", ".join(people))
    )
    if people:
        work.announce("notify", {"event": "unanswered", "release": number, "to": people})


def _advanced(product: Product, number: int) -> int:
    try:
        return int(product.do(THE_SYSTEM, _advance, None, number))
    except ProductError:
        # Somebody was faster, or it turned stale; the next look sees what it is now.
        return 0


def _open_numbers(work: Work) -> list[int]:
    return queries.open_releases(work.connection, features=None)


def _would_change(work: Work, number: int) -> bool:
    """Tell whether advancing would move the release, without taking the lock for the many that stay."""
    before = releases.states_of(work.connection, [number])[number].state
    release = releases.find_releases(work.connection, [number])[number]
    document = release_document(work, number)
    ripe = all(check["outcome"] == "pass" for check in document["checks"])
    if not ripe:
        return before == "approved"
    waits = release.apply == "manual" or (release.apply_at is not None and release.apply_at > work.now)
    return before == "proposed" or (not waits and not _too_late(release.apply_at, work.now))


def _too_late(due: datetime | None, now: datetime) -> bool:
    return due is not None and now > due + LATE


def _advance(work: Work, number: int) -> bool:
    release = releases.find_releases(work.connection, [number])[number]
    before = releases.states_of(work.connection, [number])[number].state
    if before not in OPEN_STATES:
        return False
    items = releases.items_of(work.connection, [number])[number]
    return advance(work, release, items, before) != before


def _unanswered(work: Work) -> list[int]:
    """Return the proposals that were last asked about longer ago than the setting allows."""
    limit = work.now - timedelta(hours=work.settings.remind_hours)
    found = []
    for number in queries.waiting_since(work.connection, limit):
        asked = [event.at for event in releases.events_of(work.connection, number) if event.event == REMINDED]
        if not asked or asked[-1] < limit:
            found.append(number)
    return found


def _forget(work: Work) -> None:
    before = work.now - KEPT_FOR
    idempotency.forget_older_than(work.connection, before)
    outbox.forget_delivered(work.connection, before)
    sessions.delete_expired(work.connection, work.now)
