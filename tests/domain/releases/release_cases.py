"""What the tests of releases draw and build: entries, lines of history, items, facts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from prompts_admin.domain.releases.records import HistoryLine, Item, Subject
from prompts_admin.domain.releases.signoff_policy import Facts, SignOff, StagePolicy
from prompts_admin.domain.stages import EMPTY, STAGES, WHOLE, Entry
from prompts_admin.domain.targeting.audiences import EVERYBODY, Audience, Condition
from prompts_admin.domain.targeting.contexts import Context

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
KEY = "support/triage"
ANA, BEN, LEA, PAM = (f"{name}@example.com" for name in ("ana", "ben", "lea", "pam"))
AUTHOR, PROPOSER = "author@example.com", "proposer@example.com"

LADDER: dict[str, Audience] = {
    "internal": Audience(((Condition("groups", "in", ("internal",)),),)),
    "beta": Audience(((Condition("groups", "in", ("beta",)),),)),
    "full": EVERYBODY,
}
"""The audiences of the samples: who is on one narrower stage need not be on the other."""
GROUPS: tuple[tuple[str, ...], ...] = ((), ("internal",), ("beta",), ("internal", "beta"))
CROWD = [Context(str(number), groups) for number in range(12) for groups in GROUPS]

stages = st.sampled_from(STAGES)
versions = st.integers(1, 9)
part_shares = st.integers(1, WHOLE - 1)
all_shares = part_shares | st.just(WHOLE)


def entry_of(settled: int | None, candidate: int | None, percentage: int) -> Entry:
    """Return a sound entry: no candidate that is settled, no share without candidate."""
    if candidate is None or candidate == settled:
        return Entry(settled)
    return Entry(settled, candidate, percentage)


entries = st.builds(entry_of, st.none() | versions, st.none() | versions, part_shares)


def history(*steps: tuple[str, Entry]) -> list[HistoryLine]:
    """Return lines of one place's history, an hour apart, from (kind, what stood afterwards)."""
    lines: list[HistoryLine] = []
    for number, (kind, after) in enumerate(steps, 1):
        before = lines[-1].after if lines else EMPTY
        lines.append(HistoryLine(number, kind, NOW + timedelta(hours=number), ANA, before, after))
    return lines


kinds = st.sampled_from(["promotion", "rollback", "undo", "restore"])
histories = st.lists(st.tuples(kinds, entries), max_size=8).map(lambda steps: history(*steps))


def item(version: int | None = 8, **changes: Any) -> Item:
    """Return a release of version 8 on `full` over version 7, with digests."""
    asked: dict[str, Any] = {
        "stage": "full",
        "key": KEY,
        "basis": Entry(7),
        "digest": f"sha256:{version}",
        "settled_digest": "sha256:7",
    }
    return Item(version=version, **asked | changes)


def signoff(email: str, role: str, *items: Item, proposer: str = PROPOSER, **changes: Any) -> SignOff:
    """Return the sign-off of `items` (default: `item()`)."""
    return SignOff(email, role, tuple(Subject.of(i) for i in items or (item(),)), proposer, **changes)


def facts(policy: dict[str, Any], signoffs: Iterable[SignOff] = (), **changes: Any) -> Facts:
    """Return the facts of a release of `item()`; Ana and Ben are product, Lea is legal, Pam holds both."""
    asked: dict[str, Any] = {
        "items": (item(),),
        "holders": {
            "product": frozenset({ANA, BEN, PAM, AUTHOR, PROPOSER}),
            "legal": frozenset({LEA, PAM, AUTHOR, PROPOSER}),
        },
        "authors": frozenset({AUTHOR}),
        "proposer": PROPOSER,
    }
    return Facts(policy=StagePolicy.from_json(policy), signoffs=tuple(signoffs), **asked | changes)
