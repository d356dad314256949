"""One's own drafts: kept while one types, shown again, dropped, and gone once they are a version.

Nobody else's are ever read, whatever the asker's role, and nothing of them is audited, exported or mirrored.
"""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict

from prompts_admin.domain.content.drafts import (
    DROPPED_FOR,
    MOST,
    NEW,
    Draft,
    Typed,
    can_be_put_back,
    check_typed,
    clashes,
    revised,
)
from prompts_admin.domain.errors import Conflict, NotFound, Refused
from prompts_admin.domain.keys import feature_of, parse_key
from prompts_admin.schemas.artifacts import SavedVersion
from prompts_admin.services.artifacts.history import show_version
from prompts_admin.services.artifacts.presence import leave, person_here
from prompts_admin.services.artifacts.references import known_version
from prompts_admin.services.artifacts.save import Save, save
from prompts_admin.services.core.timestamps import iso
from prompts_admin.services.core.work import Work
from prompts_admin.store.artifacts import artifacts, drafts


class KeptDraft(TypedDict):
    """How often a draft was kept, and when last; 0 and None for none."""

    counter: int
    changed_at: str | None


class DraftDocument(TypedDict):
    """A draft; `moved_on` tells that there are versions since the one that it was made from."""

    key: str
    name: str
    text: str
    message: str
    base: int
    latest: int
    moved_on: bool
    counter: int
    changed_at: str
    dropped_at: str | None
    can_be_put_back: bool


class DraftList(TypedDict):
    """Somebody's drafts, the one changed last first."""

    items: list[DraftDocument]


def keep_draft(work: Work, sent: Typed) -> KeptDraft:
    """Keep what was typed; a text that is the version's own is no draft.

    Raises Conflict `draft_elsewhere` (members: draft) when another page of the same person typed something else
    since, Refused `too_large`, `too_many_drafts`.
    """
    email = _writer(work, sent.key)
    check_typed(sent, max_bytes=work.settings.max_content_bytes)
    kept = drafts.find_draft(work.connection, email, sent.key)
    if clashes(kept, sent):
        raise _elsewhere(work, kept)
    if _says_nothing_new(work, sent):
        drafts.delete_draft(work.connection, email, sent.key)
        return {"counter": 0, "changed_at": None}
    if kept is None and drafts.count_drafts(work.connection, email) >= MOST:
        detail = f"You have {MOST} drafts, and no more are kept."
        raise Refused("too_many_drafts", detail, "Save or drop some of your drafts.")
    draft = revised(kept, sent, email=email, now=work.now)
    drafts.put_draft(work.connection, draft)
    return {"counter": draft.counter, "changed_at": iso(draft.changed_at)}


def find_draft(work: Work, key: str) -> DraftDocument | None:
    """Return the asker's draft, or None; one that was dropped has `dropped_at`."""
    if not work.actor.is_person or work.actor.token is not None:
        return None
    kept = drafts.find_draft(work.connection, person_here(work), key)
    if kept is None or not _readable(work, kept):
        return None
    return _document(kept, _latest(work, [key]).get(key, 0), work.now)


def list_drafts(work: Work) -> DraftList:
    """Return the asker's drafts, the one changed last first; not those of features that they read no more."""
    found = [
        draft for draft in drafts.drafts_of(work.connection, person_here(work)) if _readable(work, draft)
    ]
    latest = _latest(work, [draft.key for draft in found])
    return {"items": [_document(draft, latest.get(draft.key, 0), work.now) for draft in found]}


def drop_draft(work: Work, key: str) -> None:
    """Drop a draft; for an hour it can be put back."""
    _change(work, key, dropped_at=work.now)


def put_back_draft(work: Work, key: str) -> None:
    """Put a dropped draft back; raises NotFound when it is gone for good."""
    _change(work, key, dropped_at=None)


def save_draft(work: Work, request: Save, sent: Typed) -> SavedVersion:
    """Save a version as `save` does; the draft is gone then, unless another page typed something else since."""
    saved = save(work, request)
    email = work.actor.email
    if email and work.actor.token is None:
        kept = drafts.find_draft(work.connection, email, sent.key)
        if kept and not kept.is_dropped and not clashes(kept, sent):
            drafts.delete_draft(work.connection, email, sent.key)
        leave(work, sent.key)
    return saved


def _writer(work: Work, key: str) -> str:
    email = person_here(work)
    if key == NEW:
        work.require_somewhere("save")
        return email
    key = parse_key(key)
    known_version(work, key, 1)
    work.require("save", feature_of(key))
    return email


def _says_nothing_new(work: Work, sent: Typed) -> bool:
    if sent.key == NEW or sent.message.strip():
        return False
    newest = _latest(work, [sent.key])[sent.key]
    base = min(sent.base, newest) or newest
    return show_version(work, sent.key, base)["text"] == sent.typed


def _elsewhere(work: Work, kept: Draft | None) -> Conflict:
    assert kept is not None
    return Conflict(
        "draft_elsewhere",
        "You typed something else in another window since.",
        "Choose which of the two to keep.",
        members={"draft": _document(kept, _latest(work, [kept.key]).get(kept.key, 0), work.now)},
    )


def _change(work: Work, key: str, *, dropped_at: datetime | None) -> None:
    email = person_here(work)
    kept = drafts.find_draft(work.connection, email, key)
    if kept is None or (dropped_at is None and kept.is_dropped and not can_be_put_back(kept, work.now)):
        raise NotFound("not_found", "This draft is gone.", "Begin again from the newest version.")
    drafts.change_draft(work.connection, email, key, dropped_at=dropped_at)


def _readable(work: Work, draft: Draft) -> bool:
    if draft.dropped_at is not None and work.now - draft.dropped_at >= DROPPED_FOR:
        return False
    return draft.key == NEW or work.may("read", feature_of(draft.key))


def _latest(work: Work, keys: list[str]) -> dict[str, int]:
    found = artifacts.find_artifacts(work.connection, [key for key in keys if key != NEW])
    return {key: artifact.latest for key, artifact in found.items()}


def _document(draft: Draft, latest: int, now: datetime) -> DraftDocument:
    return {
        "key": draft.key,
        "name": draft.name,
        "text": draft.typed,
        "message": draft.message,
        "base": draft.base,
        "latest": latest,
        "moved_on": latest > draft.base,
        "counter": draft.counter,
        "changed_at": iso(draft.changed_at),
        "dropped_at": iso(draft.dropped_at),
        "can_be_put_back": can_be_put_back(draft, now),
    }
