"""Programs that keep something for each artifact hear which of them changed."""

from __future__ import annotations

from typing import Any

from prompts_admin.sdk import Client
from prompts_admin.sdk.testing import StaticTransport
from tests.support.snapshots import document, prompt

ENTRIES: dict[str, Any] = document()["entries"]
VERSIONS: dict[str, Any] = document()["versions"]
TRIAGE = "support/triage"


def heard(*documents: dict[str, Any]) -> list[frozenset[str]]:
    """Return what a listener hears while the documents come one after the other."""
    transport, seen = StaticTransport(documents[0]), list[frozenset[str]]()
    with Client("http://localhost", poll_seconds=None, transport=transport) as client:
        client.on_changed_keys(seen.append)
        for following in documents[1:]:
            transport.document = following
            client.refresh()
    return seen


def test_only_what_changed_is_named() -> None:
    """What is live of it, or a content; the same again in a whole new document is no change."""
    live = {**ENTRIES, TRIAGE: {"full": {"settled": 1}}}
    reworded = {**VERSIONS, TRIAGE: {**VERSIONS[TRIAGE], "1": prompt("other words")}}
    assert [] == heard(document(), document(revision=2))
    assert [{TRIAGE}] == heard(document(), document(revision=2) | {"entries": live})
    assert [{TRIAGE}] == heard(document(), document(revision=2) | {"versions": reworded})


def test_what_comes_and_goes_is_named() -> None:
    """An artifact that a token may not see any more changed too."""
    without = {key: on for key, on in ENTRIES.items() if key != TRIAGE}
    fewer = document(revision=2) | {"entries": without}
    assert [{TRIAGE}, {TRIAGE}] == heard(document(), fewer, document(revision=3))


def test_other_audiences_concern_everything_that_they_decide() -> None:
    """Though nothing else is different."""
    everybody = {"internal": "everybody", "beta": "everybody", "full": "everybody"}
    (keys,) = heard(document(), document(revision=2) | {"audiences": everybody})
    assert TRIAGE in keys
