"""The audit chain notices whatever is done to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prompts_admin.domain.audit_chain import START, Anchor, AuditEntry, entry_hash, verify
from prompts_admin.domain.errors import Refused
from tests.support.lengths import examples

MOMENT = datetime(2026, 3, 1, tzinfo=UTC)


def _chain(length: int, *, who: str = "ana@example.com") -> list[AuditEntry]:
    entries: list[AuditEntry] = []
    for seq in range(1, length + 1):
        previous = entries[-1].hash if entries else START
        detail = {"percentage": 10.5, "from": seq}
        draft = AuditEntry(seq, MOMENT, who, "web", "promote", "support", "support/triage", detail, previous)
        entries.append(replace(draft, hash=entry_hash(previous, draft.fields())))
    return entries


def _end(entries: list[AuditEntry]) -> Anchor:
    return Anchor(entries[-1].seq, entries[-1].hash)


def test_a_whole_chain_verifies() -> None:
    """It ends where the anchor says, and passes the anchors taken earlier."""
    entries = _chain(5)
    found = verify(entries, anchor=_end(entries), known=[_end(entries[:3]), Anchor(0, START)])
    assert (True, 5, _end(entries)) == (found.ok, found.entries, found.end)
    assert verify([], anchor=Anchor(0, START)).ok


@pytest.mark.parametrize(
    "change",
    [
        {"at": MOMENT + timedelta(microseconds=1)},
        {"actor": "eve@example.com"},
        {"via": "cli"},
        {"action": "rollback"},
        {"feature": None},
        {"subject": "support/reply"},
        {"detail": {"percentage": 10.5, "from": 4}},
        {"hash": "f" * 64},
    ],
)
def test_S50_a_changed_field_is_noticed(change: dict[str, object]) -> None:
    """Every field of an entry is covered by its hash."""
    entries = _chain(5)
    entries[2] = replace(entries[2], **change)  # type: ignore[arg-type]
    found = verify(entries, anchor=_end(entries))
    assert ("changed", 3) == (found.fault, found.at)


def test_S50_a_removed_entry_is_noticed() -> None:
    """From the middle and from the beginning."""
    entries = _chain(5)
    assert ("removed", 3) == (verify(entries[:2] + entries[3:]).fault, verify(entries[:2] + entries[3:]).at)
    assert ("removed", 1) == (verify(entries[1:]).fault, verify(entries[1:]).at)


def test_S50_reordered_entries_are_noticed() -> None:
    """Swapped rows, and rows that changed places together with their numbers."""
    one, two, three = _chain(3)
    assert "removed" == verify([one, three, two]).fault
    assert "reordered" == verify([one, two, two, three]).fault
    assert "reordered" == verify([one, replace(three, seq=2), replace(two, seq=3)]).fault


def test_S50_a_cut_end_is_noticed() -> None:
    """By the workspace row, and by an exported anchor when the workspace row was set back too."""
    entries = _chain(5)
    found = verify(entries[:3], anchor=_end(entries))
    assert ("truncated", 4) == (found.fault, found.at)
    assert "truncated" == verify(entries[:3], anchor=_end(entries[:3]), known=[_end(entries)]).fault


def test_S50_a_rewritten_chain_is_noticed() -> None:
    """Somebody who computes every hash anew, and the end with it, still differs from an exported anchor."""
    entries, forged = _chain(5), _chain(5, who="eve@example.com")
    assert verify(forged, anchor=_end(forged)).ok
    found = verify(forged, anchor=_end(forged), known=[_end(entries[:3])])
    assert ("rewritten", 3) == (found.fault, found.at)
    assert "rewritten" == verify(forged, anchor=_end(entries)).fault


def test_what_cannot_be_hashed_is_refused() -> None:
    """A detail without canonical JSON raises, so that the change does not happen."""
    with pytest.raises(Refused):
        entry_hash(START, {"detail": {"share": float("nan")}})


@examples(60)
@given(st.integers(2, 8), st.randoms(use_true_random=False))
def test_S50_no_other_sequence_passes(length: int, random: Random) -> None:
    """Of all selections and orders of the entries only the whole chain verifies against its end."""
    entries = _chain(length)
    some = random.choices(entries, k=random.randint(0, length + 1))
    assert (some == entries) == verify(some, anchor=_end(entries)).ok
