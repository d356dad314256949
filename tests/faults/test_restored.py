"""Yesterday's backup in the place of today's store: readers accept it, and the mirror follows it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from prompts_admin.mirror import Mirror
from prompts_admin.sdk import Client
from prompts_admin.sdk.testing import StaticTransport
from prompts_admin.store.backup.backup import backup
from prompts_admin.store.backup.restore import restore_backup
from tests.faults.places import Place, settings
from tests.faults.recovery import rebuilt
from tests.faults.stores import ACTIONS, KEY
from tests.support.invariants import check_invariants


class Reader:
    """A program that serves by the SDK, from whatever a place gives it."""

    def __init__(self, place: Place, token: str) -> None:
        self._transport = StaticTransport(self._snapshot(place, token))
        self._token = token
        self._client = Client("http://localhost", poll_seconds=None, transport=self._transport)

    def version(self) -> int | None:
        """Return what an internal user gets."""
        return self._client.prompt(KEY, user="u-1", groups=["internal"]).version

    def poll(self, place: Place) -> int | None:
        """Ask a place for its snapshot; return what an internal user gets then."""
        self._transport.document = self._snapshot(place, self._token)
        self._client.refresh()
        return self.version()

    @staticmethod
    def _snapshot(place: Place, token: str) -> Any:
        return place.get("/snapshot", token).get_json()


@pytest.fixture
def yesterday(place: Place) -> Path:
    """A backup of the store as it was before anything of the test happened."""
    backup(place.product.store, place.data / "yesterday")
    return place.data / "yesterday"


def put_back(place: Place, file: Path) -> Place:
    """Stop the program, replace its store by a backup and start it again."""
    place.product.close()
    restore_backup(settings(place.data).database, file)
    return Place(place.data)


def do(place: Place, secrets: dict[str, str], *actions: str) -> None:
    """Send actions that must succeed."""
    for action in actions:
        answer = place.ask(ACTIONS[action].order(secrets, f"once-{action}"))
        assert answer.status_code < 300, answer.text


def test_F42_readers_accept_a_restored_store(place: Place, secrets: dict[str, str], yesterday: Path) -> None:
    """A lower revision comes with a new epoch, so readers go back with the store."""
    reader = Reader(place, secrets["editor"])
    assert 2 == reader.version()
    do(place, secrets, "promote")
    assert 3 == reader.poll(place)
    before = place.get("/snapshot", secrets["editor"]).get_json()
    restored = put_back(place, yesterday)
    with restored.product.store.read() as uow:
        assert uow.head.epoch != before["epoch"]
        assert uow.head.revision < before["revision"]
    assert 2 == reader.poll(restored)
    do(restored, secrets, "promote")
    assert 3 == reader.poll(restored)
    check_invariants(restored.product)
    restored.product.close()


@pytest.mark.parametrize("since", [(), ("save",), ("save", "promote", "sign", "rollback")], ids=len)
def test_F42_the_mirror_follows_a_restored_store(
    place: Place, secrets: dict[str, str], yesterday: Path, since: tuple[str, ...]
) -> None:
    """It holds nothing that was undone and lacks nothing that came since, however much that was before it looked."""
    do(place, secrets, "promote")
    place.settle()
    restored = put_back(place, yesterday)
    do(restored, secrets, *since)
    restored.settle()
    assert rebuilt(restored) == Mirror(place.data / "mirror.git").heads()
    restored.product.close()


def test_F42_a_process_that_ran_on_feeds_the_mirror_of_the_restored_store(
    place: Place, secrets: dict[str, str], yesterday: Path
) -> None:
    """A server on another machine, which nobody stopped, notices the new epoch."""
    do(place, secrets, "promote")
    place.settle()
    restored = put_back(place, yesterday)
    do(restored, secrets, "save", "rollback")
    place.settle()
    assert rebuilt(restored) == Mirror(place.data / "mirror.git").heads()
    assert restored.product.live.current().revision == place.product.live.current().revision
    restored.product.close()
