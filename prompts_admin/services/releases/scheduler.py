"""What time alone brings about: releases that are due, waits that are over, questions that nobody answered."""

from __future__ import annotations

from datetime import datetime, timedelta

from prompts_admin.domain.content.drafts import DROPPED_FOR, PRESENT_FOR
from prompts_admin.domain.content.drafts import KEPT_FOR as DRAFTS_KEPT_FOR
from prompts_admin.domain.errors import ProductError
from prompts_admin.domain.people.identity import THE_SYSTEM
from prompts_admin.domain.releases.records import Event
from prompts_admin.domain.releases.states import OPEN_STATES
from prompts_admin.domain.releases.timed_release import LATE
from prompts_admin.schemas.releases import Release
from prompts_admin.services.core.runner import Runner
from prompts_admin.services.core.work import Work
from prompts_admin.services.releases.documents import release_document, release_documents
from prompts_admin.services.releases.transitions import advance
from prompts_admin.store.artifacts import drafts, presence
from prompts_admin.store.people import sessions
from prompts_admin.store.records import idempotency, outbox
from prompts_admin.store.releases import read_models, releases

KEPT_FOR = timedelta(days=7)
REMINDED = "reminded"


def tick(runner: Runner) -> int:
    """Advance every open release that time has ripened; return how many changed state."""
    changed = sum(_advanced(runner, number) for number in runner.look(THE_SYSTEM, _ripe))
    for number in runner.look(THE_SYSTEM, _unanswered):
        runner.do(THE_SYSTEM, remind, None, number)
    return changed


def forget(runner: Runner) -> None:
    """Delete what nobody can use any more: old answers by idempotency key, delivered messages, old drafts."""
    runner.do(THE_SYSTEM, _forget)


def remind(work: Work, number: int) -> None:
    """Ask again whoever has not answered a release, and write that it was done."""
    document = release_document(work, number)
    people = _asked(document)
    releases.add_event(work.uow, Event(number, REMINDED, work.now, work.actor.label, ", ".join(people)))
    work.record("remind", f"release {number}", feature=document["feature"], people=people)
    work.announce("notify", {"event": "unanswered", "release": number, "to": people})


def _advanced(runner: Runner, number: int) -> int:
    try:
        return int(runner.do(THE_SYSTEM, _advance, None, number))
    except ProductError:
        # Somebody was faster, or it turned stale; the next look sees what it is now.
        return 0


def _ripe(work: Work) -> list[int]:
    """Return the open releases that advancing would move, without taking the lock for the many that stay."""
    numbers = read_models.open_releases(work.connection, features=None, limit=None)
    return [
        document["number"] for document in release_documents(work, numbers) if _would_move(work, document)
    ]


def _would_move(work: Work, document: Release) -> bool:
    if any(check["outcome"] != "pass" for check in document["checks"]):
        return document["state"] == "approved"
    due = datetime.fromisoformat(document["apply_at"]) if document["apply_at"] else work.now
    waits = document["apply"] == "manual" or due > work.now
    return document["state"] == "proposed" or (not waits and work.now <= due + LATE)


def _advance(work: Work, number: int) -> bool:
    release = releases.find_releases(work.connection, [number])[number]
    before = releases.states_of(work.connection, [number])[number].state
    if before not in OPEN_STATES:
        return False
    items = releases.items_of(work.connection, [number])[number]
    after = advance(work, release, items, before)
    if after not in (before, "live"):
        work.record(f"time_{after}", f"release {number}", feature=release.feature)
    return after != before


def _unanswered(work: Work) -> list[int]:
    """Return the proposals that were last asked about longer ago than the setting allows."""
    limit = work.now - timedelta(hours=work.settings.remind_hours)
    found = []
    for document in release_documents(work, read_models.waiting_since(work.connection, limit)):
        events = releases.events_of(work.connection, document["number"])
        asked = [event.at for event in events if event.event == REMINDED]
        if _asked(document) and (not asked or asked[-1] < limit):
            found.append(document["number"])
    return found


def _asked(document: Release) -> list[str]:
    return sorted({person for missing in document["missing"] for person in missing["people"]})


def _forget(work: Work) -> None:
    before = work.now - KEPT_FOR
    idempotency.forget_older_than(work.connection, before)
    outbox.forget_delivered(work.connection, before)
    sessions.delete_expired(work.connection, work.now)
    drafts.forget_drafts(
        work.connection, before=work.now - DRAFTS_KEPT_FOR, dropped_before=work.now - DROPPED_FOR
    )
    presence.forget_editors(work.connection, work.now - PRESENT_FOR)
