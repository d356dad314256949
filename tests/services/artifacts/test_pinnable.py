"""What the snapshot carries for conversations that began before a release: superseded, never rolled back."""

from __future__ import annotations

from typing import Any

import pytest

from prompts_admin.domain.targeting.snapshot_codec import advance, compile_snapshot
from prompts_admin.sdk import Client
from prompts_admin.sdk.testing import StaticTransport
from prompts_admin.services.serving.snapshots import MOST_PINNABLE, snapshot_delta, snapshot_document
from tests.support.desk import FAST, TRIAGE, Desk

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


def document(desk: Desk) -> dict[str, Any]:
    """Return the snapshot of now."""
    with desk.product.store.read() as uow:
        return snapshot_document(uow, desk.product.values)


def delta(desk: Desk, since: int) -> dict[str, Any]:
    """Return what changed since a revision."""
    with desk.product.store.read() as uow:
        return snapshot_delta(uow, desk.product.values, since)


def carried(desk: Desk, key: str = TRIAGE) -> set[str]:
    """Return the versions of a key that the snapshot carries."""
    return set(document(desk)["versions"].get(key, {}))


def shipped(desk: Desk, *texts: str) -> Desk:
    """Save and promote each text in turn."""
    for number, text in enumerate(texts, 1):
        desk.save(TRIAGE, text)
        desk.promote(f"{TRIAGE}@{number}")
    return desk


def test_a_superseded_version_is_carried_for_a_day(desk: Desk) -> None:
    """So that a conversation ends as it began; a day later it is let go of."""
    shipped(desk, "one", "two")
    assert carried(desk) == {"1", "2"}
    desk.clock.forward(hours=25)
    assert carried(desk) == {"2"}


def test_what_was_rolled_back_is_not_carried(desk: Desk) -> None:
    """Nobody stays on what was found to be bad, and the target is not marked."""
    shipped(desk, "one", "two")
    before = document(desk)
    desk.rollback(f"{TRIAGE}@2")
    assert carried(desk) == {"1"}
    change = delta(desk, before["revision"])
    assert change["versions"][TRIAGE]["2"] is None
    assert advance(compile_snapshot(before), change).versions == compile_snapshot(document(desk)).versions


def test_what_was_undone_is_not_carried(desk: Desk) -> None:
    """An undo puts back exactly what stood before."""
    shipped(desk, "one")
    desk.save(TRIAGE, "two")
    desk.undo(desk.promote(f"{TRIAGE}@2"))
    assert carried(desk) == {"1"}


def test_what_contains_something_rolled_back_is_not_carried(desk: Desk) -> None:
    """A bad model does not go on in old conversations, and where it is left live no pin holds it."""
    for name in ("small", "large"):
        desk.save(FAST, name=name, provider="openai")
        desk.save(TRIAGE, "text", model=FAST, update_pins=True)
        desk.promote(FAST)
        desk.promote(TRIAGE)
    desk.save(TRIAGE, "another", model=FAST)
    desk.promote(TRIAGE)
    assert carried(desk) == {"1", "2", "3"}
    desk.rollback(f"{FAST}@2", only=True)
    assert carried(desk) == {"1", "3"}
    assert document(desk)["versions"][TRIAGE]["3"]["marked"] is True
    assert not compile_snapshot(document(desk)).version(TRIAGE, 1).marked


def test_a_change_says_the_same_as_the_whole(desk: Desk) -> None:
    """Whoever goes on by changes carries what whoever fetches carries."""
    shipped(desk, "one")
    before = document(desk)
    desk.save(TRIAGE, "two")
    desk.promote(f"{TRIAGE}@2")
    after = advance(compile_snapshot(before), delta(desk, before["revision"]))
    assert after.versions == compile_snapshot(document(desk)).versions


def test_releases_by_the_minute_do_not_swell_the_snapshot(desk: Desk) -> None:
    """Of one artifact only the last few superseded versions are carried."""
    texts = [f"text {number}" for number in range(MOST_PINNABLE + 3)]
    shipped(desk, *texts)
    newest = len(texts)
    assert carried(desk) == {str(number) for number in range(newest - MOST_PINNABLE, newest + 1)}


def test_a_conversation_stays_where_it_began(desk: Desk) -> None:
    """The whole way: released, pinned, superseded and kept; rolled back and let go of."""
    shipped(desk, "one")
    transport = StaticTransport(document(desk))
    with Client("http://localhost", poll_seconds=None, transport=transport) as client:
        began = client.prompt(TRIAGE, groups=["internal"])
        desk.save(TRIAGE, "two")
        desk.promote(f"{TRIAGE}@2")
        transport.document = document(desk)
        assert client.refresh()
        goes_on = client.prompt(TRIAGE, groups=["internal"], pin=began.token)
        second = client.prompt(TRIAGE, groups=["internal"], pin="x")
        assert ((1, True), (2, False)) == ((goes_on.version, goes_on.pinned), (second.version, second.pinned))
        desk.rollback(f"{TRIAGE}@2")
        transport.document = document(desk)
        assert client.refresh()
        back = client.prompt(TRIAGE, groups=["internal"], pin=second.token)
        assert (1, False) == (back.version, back.pinned)
