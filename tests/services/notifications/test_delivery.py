"""Notices go out at least once, to each destination on its own."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from prompts_admin.services.notifications import destinations
from prompts_admin.services.notifications.delivery import GIVEN_UP_AFTER, RETRIES, Sending, pending
from prompts_admin.services.releases.scheduler import forget
from prompts_admin.store.records import outbox
from tests.support.cast import ADMIN
from tests.support.desk import TRIAGE, Desk

# Apprise imports a module of the standard library that goes away.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr':DeprecationWarning")
SQLITE = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


class Receiver(ThreadingHTTPServer):
    """Takes webhooks and answers as it is told."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.status, self.wait = 200, threading.Event()
        self.wait.set()
        self.got: list[tuple[str, str]] = []

    @property
    def address(self) -> str:
        """The webhook in Apprise's notation."""
        return f"json://127.0.0.1:{self.server_port}/hook"


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.got.append((self.path, body))
        self.server.wait.wait(5)
        self.send_response(self.server.status)
        self.send_header("Location", f"http://127.0.0.1:{self.server.server_port}/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_GET(self) -> None:
        self.server.got.append((self.path, ""))
        self.send_error(500)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A webhook on this machine."""
    with _running() as server:
        yield server


@contextmanager
def _running() -> Iterator[Receiver]:
    server = Receiver()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.wait.set()
        server.shutdown()
        server.server_close()
        thread.join(5)


@pytest.fixture(autouse=True)
def _quiet(caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger("apprise").setLevel(logging.CRITICAL)


def sending(desk: Desk, *urls: str, log: str = "") -> Sending:
    """Return the sender for these addresses, after one release went live."""
    desk.product.settings = replace(desk.product.settings, notify_urls=urls, notify_log=log)
    desk.save(TRIAGE, "one")
    desk.promote(TRIAGE)
    return Sending(desk.product)


def waiting(desk: Desk) -> int:
    """Return how many notices wait."""
    return int(desk.look(ADMIN, pending)["notices"])


def test_every_destination_gets_it_once(desk: Desk, receiver: Receiver, tmp_path: Path) -> None:
    """With the number by which a receiver can tell that it has it; then the queue is empty."""
    file = tmp_path / "notices.log"
    sender = sending(desk, receiver.address, log=str(file))
    assert 2 == sender.step()
    assert 0 == sender.step() == waiting(desk)
    assert 1 == len(receiver.got)
    assert "Release 1 is live on internal" in receiver.got[0][1]
    line = file.read_text()
    assert "Release 1 is live on internal" in line and "support/triage on internal: nothing -> v1" in line
    assert f"Message {line[1 : line.index(']')]}" in receiver.got[0][1]


@SQLITE
@pytest.mark.parametrize("status", [500, 404, 429, 302])
def test_F23_what_was_not_taken_comes_again_later(desk: Desk, receiver: Receiver, status: int) -> None:
    """With the same message number, by the table of waits; a redirect is not followed."""
    receiver.status = status
    sender = sending(desk, receiver.address)
    assert 0 == sender.step() == sender.step()
    assert (1, {"/hook"}) == (len(receiver.got), {path for path, _ in receiver.got})
    for wait in RETRIES[:2]:
        desk.clock.forward(seconds=wait - 1)
        sender.step()
        desk.clock.forward(seconds=1)
        sender.step()
    assert 3 == len(receiver.got)
    receiver.status = 200
    desk.clock.forward(seconds=RETRIES[2])
    assert 1 == sender.step()
    assert (0, 1) == (waiting(desk), len({body.partition("Message ")[2] for _, body in receiver.got}))


@SQLITE
def test_F23_a_receiver_that_is_down_or_hangs_delays_no_other(
    desk: Desk, receiver: Receiver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each has a queue and a thread of its own; the waiting is bounded."""
    monkeypatch.setattr(destinations, "ANSWER_SECONDS", 0.3)
    file = tmp_path / "notices.log"
    receiver.wait.clear()
    sender = sending(desk, receiver.address, "json://127.0.0.1:9/", log=str(file))
    sender.word()
    slow = threading.Thread(target=sender.send, args=("url-0",))
    slow.start()
    assert 0 == sender.send("url-1")
    assert 1 == sender.send("log")
    slow.join(5)
    assert not slow.is_alive()
    assert 2 == waiting(desk)


@SQLITE
def test_F23_nobody_home_for_a_week_is_given_up(desk: Desk) -> None:
    """So that the outbox is empty in the end; the reason stays until it is forgotten."""
    sender = sending(desk, "json://127.0.0.1:9/")
    for _ in range(40):
        sender.step()
        if not waiting(desk):
            break
        desk.clock.forward(seconds=86_400)
    assert 0 == waiting(desk)
    desk.clock.forward(days=8)
    forget(desk.product)
    with desk.product.store.read() as uow:
        assert 0 == outbox.pending_count(uow.connection, ["notify"])
    assert GIVEN_UP_AFTER == timedelta(days=7)


@SQLITE
def test_what_was_worded_for_a_destination_that_is_gone_does_not_wait_for_ever(desk: Desk) -> None:
    """The settings changed between wording and sending."""
    sending(desk, "json://127.0.0.1:9/").word()
    assert 1 == waiting(desk)
    desk.product.settings = replace(desk.product.settings, notify_urls=())
    desk.save(TRIAGE, "two")
    desk.promote(TRIAGE)
    Sending(desk.product).step()
    with desk.product.store.read() as uow:
        left = {m.topic for m in outbox.due(uow.connection, uow.now, limit=99)}
    assert not [topic for topic in left if topic.startswith("notify")]


@SQLITE
def test_F03_claims_of_a_dead_process_come_back(desk: Desk, tmp_path: Path) -> None:
    """Claimed and never sent, it is sent when the claim is over."""
    from prompts_admin.domain.people.identity import THE_SYSTEM
    from prompts_admin.services.notifications.delivery import LEASE, TO, _claim

    sender = sending(desk, log=str(tmp_path / "notices.log"))
    sender.word()
    assert 1 == len(desk.product.do(THE_SYSTEM, _claim, None, TO + "log"))
    assert 0 == sender.step()
    desk.clock.forward(seconds=LEASE.total_seconds())
    assert 1 == sender.step()
