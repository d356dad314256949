"""Sends notices from the outbox: each destination on its own, so that one that is down delays no other."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol

from prompts_admin.domain.identity import THE_SYSTEM
from prompts_admin.services.notices import Notice, notice_of
from prompts_admin.services.product import Product
from prompts_admin.services.work import Work
from prompts_admin.settings import Settings
from prompts_admin.store import outbox
from prompts_admin.store.outbox import Message

NOTIFY, SEND = "notify", "notify.send"
LEASE = timedelta(minutes=2)
TIMEOUT_SECONDS = 15
RETRIES = (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
"""Seconds before the next attempt; the last one repeats until the message is a week old."""
LOG = "log"

_log = logging.getLogger("prompts_admin.notices")


class Destination(Protocol):
    """Somewhere a notice can go."""

    def send(self, notice: Notice, message_id: int) -> None:
        """Send, or raise with the reason."""


class AppriseDestination:
    """A mail, chat or webhook address in Apprise's notation."""

    def __init__(self, url: str) -> None:
        self._url = url

    def send(self, notice: Notice, message_id: int) -> None:
        """Send by Apprise; raises ConnectionError when the other side did not take it."""
        import apprise

        sender = apprise.Apprise()
        if not sender.add(self._address(notice)):
            raise ValueError("the address is not understood")
        text = f"{notice.text}\n\nMessage {message_id}"
        if not sender.notify(body=text, title=notice.title, body_format="text", timeout=TIMEOUT_SECONDS):
            raise ConnectionError("it was not taken")

    def _address(self, notice: Notice) -> str:
        """Mail goes to the people themselves; chats and webhooks are read by everybody."""
        if not notice.to or not self._url.startswith(("mailto://", "mailtos://")):
            return self._url
        return f"{self._url}{'&' if '?' in self._url else '?'}to={','.join(notice.to)}"


class LogDestination:
    """A file that notices are added to, or the program's log for "-"."""

    def __init__(self, place: str) -> None:
        self._place = place

    def send(self, notice: Notice, message_id: int) -> None:
        """Write one line."""
        line = f"[{message_id}] {notice.title} | to: {', '.join(notice.to) or 'all'} | {notice.text!r}"
        if self._place == "-":
            _log.info("%s", line)
            return
        with Path(self._place).open("a", encoding="utf-8") as file:
            file.write(line + "\n")


def destinations(settings: Settings) -> dict[str, Destination]:
    """Return where notices go, by a name that holds no secret."""
    found: dict[str, Destination] = {
        f"url-{index}": AppriseDestination(url) for index, url in enumerate(settings.notify_urls)
    }
    if settings.notify_log:
        found[LOG] = LogDestination(settings.notify_log)
    return found


class Sending:
    """One step of it: word what happened, then send what is due."""

    def __init__(self, product: Product) -> None:
        self._product = product
        self._destinations = destinations(product.settings)
        self._pool = ThreadPoolExecutor(max_workers=4, thread_name_prefix="notices")

    def step(self) -> int:
        """Return how many notices went out."""
        if self._product.look(THE_SYSTEM, _has_due, NOTIFY):
            self._product.do(THE_SYSTEM, _word, None, tuple(self._destinations))
        if not self._product.look(THE_SYSTEM, _has_due, SEND):
            return 0
        claimed = self._product.do(THE_SYSTEM, _claim)
        return sum(self._pool.map(self._send, claimed))

    def close(self) -> None:
        """Finish what is under way."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _send(self, message: Message) -> int:
        notice = Notice(**{**message.payload["notice"], "to": tuple(message.payload["notice"]["to"])})
        destination = self._destinations.get(message.payload["destination"])
        try:
            if destination is not None:
                destination.send(notice, message.payload["message"])
        except Exception as error:
            _log.warning(
                "Notice %s was not sent to %s: %s", message.id, message.payload["destination"], error
            )
            self._product.do(THE_SYSTEM, _failed, None, message, type(error).__name__)
            return 0
        self._product.do(THE_SYSTEM, _delivered, None, message.id)
        return 1


def _has_due(work: Work, topic: str) -> bool:
    return bool(outbox.due(work.connection, work.now, limit=1, topics=[topic]))


def _word(work: Work, names: Sequence[str]) -> None:
    """Turn each event into one message per destination, in one transaction."""
    messages = outbox.due(work.connection, work.now, limit=100, topics=[NOTIFY])
    for message in messages:
        notice = notice_of(work, message.payload)
        for name in names if notice else ():
            payload = {"destination": name, "message": message.id, "notice": asdict(notice) if notice else {}}
            work.announce(SEND, payload)
    outbox.delivered(work.connection, [message.id for message in messages], work.now)


def _claim(work: Work) -> tuple[Message, ...]:
    messages = outbox.due(work.connection, work.now, limit=20, topics=[SEND])
    outbox.claim(work.connection, [message.id for message in messages], work.now + LEASE)
    return messages


def _delivered(work: Work, message_id: int) -> None:
    outbox.delivered(work.connection, [message_id], work.now)


def _failed(work: Work, message: Message, error: str) -> None:
    wait = timedelta(seconds=RETRIES[min(message.attempts, len(RETRIES) - 1)])
    outbox.failed(work.connection, message.id, error, next_due=work.now + wait)


def pending(work: Work) -> dict[str, Any]:
    """Return how many messages wait, by kind; for health pages."""
    return {
        "notices": outbox.pending_count(work.connection, [NOTIFY, SEND]),
        "mirror": outbox.pending_count(work.connection, ["mirror.version", "mirror.release"]),
    }
