"""A store that is locked, full, read-only or gone: changes are refused whole, serving goes on, and all heals."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from werkzeug.test import TestResponse

from tests.faults.places import Place
from tests.faults.recovery import state_of
from tests.faults.stores import ACTIONS, Action
from tests.support.invariants import check_invariants
from tests.support.stream_server import until

LONG = {"content": {"kind": "snippet", "text": "x" * 300_000}, "message": "Long"}
SERVING = ("/resolve/support/triage?user=u-1&group=internal", "/snapshot")
READING = (*SERVING, "/status", "/releases", "/artifacts/support/triage/history")


class Trouble:
    """A place, and the people who ask it."""

    def __init__(self, place: Place, secrets: dict[str, str]) -> None:
        self.place = place
        self._secrets = secrets

    def do(self, action: str | Action, key: str = "once") -> TestResponse:
        """Send one of the actions."""
        wanted = ACTIONS[action] if isinstance(action, str) else action
        return self.place.ask(wanted.order(self._secrets, key))

    def get(self, path: str, by: str = "editor") -> TestResponse:
        """Read."""
        return self.place.get(path, self._secrets[by])

    def statuses(self, paths: tuple[str, ...] = READING) -> set[int]:
        """Return which statuses reading answers with."""
        return {self.get(path).status_code for path in paths}

    def refused(self, action: str | Action, code: str) -> TestResponse:
        """Send an action that must be refused by this code, with nothing changed and a time to try again."""
        before = state_of(self.place.product)
        answer = self.do(action)
        assert (503, code) == (answer.status_code, answer.get_json()["code"])
        assert int(answer.headers["Retry-After"]) >= 1
        assert before == state_of(self.place.product)
        return answer


@pytest.fixture
def trouble(place: Place, secrets: dict[str, str]) -> Trouble:
    """A store that works, until the test makes trouble."""
    return Trouble(place, secrets)


@contextmanager
def locked(place: Place) -> Iterator[None]:
    """Hold the lock of writers, as another process does."""
    file = place.product.store.engine.url.database
    with closing(sqlite3.connect(str(file), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


def test_F09_a_locked_store_refuses_in_time_and_is_read_meanwhile(trouble: Trouble) -> None:
    """A change waits no longer than the setting says; reading waits for nothing, not even to note a token's use."""
    store = trouble.place.product.store
    with locked(trouble.place):
        store.lock_seconds = 10.0
        began = time.monotonic()
        assert {200} == trouble.statuses()
        assert time.monotonic() - began < store.lock_seconds
        store.lock_seconds = 0.3
        trouble.refused("promote", "busy")
    assert 201 == trouble.do("promote").status_code
    check_invariants(trouble.place.product)


@contextmanager
def full(place: Place) -> Iterator[None]:
    """Let the database file grow no more."""

    def stop_growing(connection: sa.Connection) -> None:
        driver: Any = connection.connection.driver_connection
        pages = driver.execute("PRAGMA page_count").fetchone()[0]
        driver.execute(f"PRAGMA max_page_count={pages if growing[0] else pages + 1_000_000}")

    growing = [True]
    sa.event.listen(place.product.store.engine, "begin", stop_growing)
    try:
        yield
    finally:
        growing[0] = False


def test_F10_a_full_disk_refuses_changes_and_goes_on_once_there_is_space(trouble: Trouble) -> None:
    """What does not fit is not written at all; serving and reading go on, and no restart is needed."""
    too_long = Action("editor", ACTIONS["save"].path, LONG, ACTIONS["save"].headers)
    with full(trouble.place):
        trouble.refused(too_long, "read_only")
        assert {200} == trouble.statuses()
    assert 201 == trouble.do(too_long).status_code
    check_invariants(trouble.place.product)


def test_F11_a_read_only_database_serves_and_says_that_it_is_not_ready(
    template: tuple[Path, dict[str, str]], place: Place, secrets: dict[str, str]
) -> None:
    """Reads are fine, changes are refused, and the probe for readiness tells."""
    file = place.product.store.engine.url.database
    reader = Trouble(Place(place.data, f"sqlite:///file:{file}?mode=ro&uri=true"), secrets)
    with closing(sqlite3.connect(str(file))) as keeps_the_log_open:
        keeps_the_log_open.execute("SELECT count(*) FROM audit").fetchone()
        assert {200} == reader.statuses()
        reader.refused("promote", "read_only")
        probe = reader.place.probe("/readyz")
        assert (503, "read_only") == (probe.status_code, probe.get_json()["checks"]["changes"])
        assert 200 == reader.place.probe("/healthz").status_code
        assert 200 == place.probe("/readyz").status_code
    reader.place.product.close()


@contextmanager
def gone(place: Place) -> Iterator[None]:
    """Take the whole folder away from under the program."""
    elsewhere = place.data.with_name("elsewhere")
    place.data.rename(elsewhere)
    place.product.close()
    try:
        yield
    finally:
        elsewhere.rename(place.data)


def test_F12_serving_goes_on_while_the_database_is_gone(trouble: Trouble) -> None:
    """Who was let in before gets the last known snapshot; nobody else is let in, and nothing can be changed."""
    before = [trouble.get(path).get_json() for path in SERVING]
    with gone(trouble.place):
        assert before == [trouble.get(path).get_json() for path in SERVING]
        assert {503} == trouble.statuses(("/status", "/resolve/support/triage?stage=beta"))
        assert {503} == {trouble.get(path, by="releaser").status_code for path in SERVING}
        assert 503 == trouble.do("promote").status_code
        probe = trouble.place.probe("/readyz")
        assert (503, "unreachable") == (probe.status_code, probe.get_json()["checks"]["store"])
        until(lambda: trouble.get(SERVING[0]).get_json() == before[0] and _is_stale(trouble))
    assert 201 == trouble.do("promote").status_code
    # A store that failed is left alone for a moment before it is looked at again.
    until(lambda: trouble.get(SERVING[0]).get_json()["version"] == 3)
    assert not _is_stale(trouble)


def test_F41_a_token_that_was_refused_is_not_let_in_while_the_database_is_gone(trouble: Trouble) -> None:
    """What was known of a token is forgotten when it stops working."""
    assert {200} == trouble.statuses(SERVING)
    with trouble.place.product.store.write() as uow:
        uow.connection.execute(sa.text("UPDATE tokens SET revoked_at = created_at"))
        uow.commit()
    assert {401} == trouble.statuses(SERVING)
    with gone(trouble.place):
        assert {503} == trouble.statuses(SERVING)


@pytest.mark.parametrize("action", ACTIONS)
def test_F13_without_its_audit_entry_nothing_changes(trouble: Trouble, action: str) -> None:
    """When the audit cannot be written the whole change is refused, and it works once the audit does again."""
    product = trouble.place.product
    before = state_of(product)
    _tell(
        product.store.engine,
        "CREATE TRIGGER full BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'no'); END",
    )
    assert trouble.do(action).status_code >= 500
    assert before == state_of(product)
    _tell(product.store.engine, "DROP TRIGGER full")
    assert trouble.do(action).status_code < 300
    check_invariants(product)


def _is_stale(trouble: Trouble) -> bool:
    return "prompts_admin_snapshot_stale 1" in trouble.place.probe("/metrics").text.splitlines()


def _tell(engine: sa.Engine, statement: str) -> None:
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)
        connection.commit()
