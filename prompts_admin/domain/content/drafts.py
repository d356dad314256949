"""What somebody is writing before it is a version: whose change of it counts, and how long it is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from prompts_admin.domain.errors import Refused

NEW = "new"
"""The key of the draft of an artifact that was never saved; keys of artifacts have a slash."""
MOST = 100
"""Drafts of one person."""
KEPT_FOR = timedelta(days=90)
DROPPED_FOR = timedelta(hours=1)
"""How long what was dropped can be put back."""
PRESENT_FOR = timedelta(seconds=60)
"""How long somebody counts as writing after the last sign of it."""
LONGEST_LINE = 1000
"""Characters of the message, and of the key of a new artifact."""
MICROSECOND = timedelta(microseconds=1)
_START = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Typed:
    """What a page sends: a text on top of version `base`.

    `tab` names the page that was typed into ("" without script); `counter` is that of the draft which the page
    knows, 0 when it knows of none.
    """

    key: str
    typed: str
    base: int = 0
    name: str = ""
    message: str = ""
    tab: str = ""
    counter: int = 0


@dataclass(frozen=True)
class Draft:
    """What is kept for a person and an artifact; `name` is the key that was typed for a new one."""

    email: str
    key: str
    base: int
    name: str
    typed: str
    message: str
    tab: str
    counter: int
    changed_at: datetime
    dropped_at: datetime | None = None

    @property
    def is_dropped(self) -> bool:
        """True once it was dropped, while it can still be put back."""
        return self.dropped_at is not None


def clashes(kept: Draft | None, sent: Typed) -> bool:
    """Tell whether `sent` would write over something that its page never saw.

    A page that did not hear the answer to its last change knows an old counter, but it is the same page.
    """
    if kept is None or kept.is_dropped or kept.counter == sent.counter:
        return False
    same_page = bool(sent.tab) and kept.tab == sent.tab
    return not same_page and (kept.typed, kept.message) != (sent.typed, sent.message)


def revised(kept: Draft | None, sent: Typed, *, email: str, now: datetime) -> Draft:
    """Return the draft after a change; its counter is higher than any that the person's pages know of it."""
    # From the clock, so that a draft that begins anew repeats no counter of the one before.
    counter = max((now - _START) // MICROSECOND, kept.counter + 1 if kept else 0)
    return Draft(
        email, sent.key, sent.base, sent.name, sent.typed, sent.message, sent.tab, counter, changed_at=now
    )


def check_typed(sent: Typed, *, max_bytes: int) -> None:
    """Raise Refused `too_large` for what no version could hold."""
    long = len(sent.typed.encode("utf-8", "surrogatepass")) > max_bytes
    if long or len(sent.message) > LONGEST_LINE or len(sent.name) > LONGEST_LINE or len(sent.tab) > 32:
        raise Refused(
            "too_large", f"A draft holds {max_bytes} bytes and lines of 1000 characters.", "Shorten it."
        )


def can_be_put_back(draft: Draft, now: datetime) -> bool:
    """Tell whether it was dropped, and not too long ago."""
    return draft.dropped_at is not None and now - draft.dropped_at < DROPPED_FOR
