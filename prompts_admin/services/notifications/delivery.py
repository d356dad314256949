"""Sends notices from the outbox: each destination on its own, so that one that is down delays no other."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import TypedDict

from prompts_admin.domain.people.identity import THE_SYSTEM
from prompts_admin.services.core.runner import Runner
from prompts_admin.services.core.work import Work
from prompts_admin.services.notifications.destinations import Destination, destinations
from prompts_admin.services.notifications.messages import Notice, notices_of
from prompts_admin.store.records import outbox
from prompts_admin.store.records.outbox import Message

NOTIFY = "notify"
TO = "notify."
"""The topic of what is worded begins so and ends with the name of the destination."""
LEASE = timedelta(minutes=10)
AT_ONCE = 10
MOST = 500
RETRIES = (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
"""Seconds before the next attempt; the last one repeats until the message is a week old."""
GIVEN_UP_AFTER = timedelta(days=7)

_log = logging.getLogger("prompts_admin.notices")


class Sending:
    """Two kinds of steps: word what happened, and send what is due to one destination."""

    def __init__(self, runner: Runner) -> None:
        self._runner = runner
        self._destinations = destinations(runner.settings)
        self.names = tuple(self._destinations)

    def word(self) -> None:
        """Turn what happened into one message for each destination."""
        messages = self._runner.look(THE_SYSTEM, _due, NOTIFY)
        if messages:
            # Worded before the lock is taken: nobody who changes something should wait for that.
            notices = self._runner.look(THE_SYSTEM, _notices, messages) if self.names else {}
            self._runner.do(THE_SYSTEM, _word, None, self.names, notices)

    def send(self, name: str) -> int:
        """Send what is due to a destination, one message after the other; return how many it took."""
        if not self._runner.look(THE_SYSTEM, _has_due, TO + name):
            return 0
        claimed = self._runner.do(THE_SYSTEM, _claim, None, TO + name)
        return sum(self._sent(self._destinations[name], message) for message in claimed)

    def step(self) -> int:
        """Word, then send to every destination in turn; return how many messages were taken."""
        self.word()
        return sum(self.send(name) for name in self.names)

    def _sent(self, destination: Destination, message: Message) -> bool:
        notice = Notice(**{**message.payload["notice"], "to": tuple(message.payload["notice"]["to"])})
        try:
            destination.send(notice, message.payload["message"])
        except Exception as error:
            _log.warning("Notice %s was not sent to %s: %s", message.id, message.topic, error)
            self._runner.do(THE_SYSTEM, _failed, None, message, type(error).__name__)
            return False
        self._runner.do(THE_SYSTEM, _delivered, None, message.id)
        return True


class Pending(TypedDict):
    """How many messages wait, by kind."""

    notices: int
    mirror: int


def pending(work: Work) -> Pending:
    """Return how many messages wait, by kind; for health pages."""
    topics = [NOTIFY, *(TO + name for name in destinations(work.settings))]
    return {
        "notices": outbox.pending_count(work.connection, topics),
        "mirror": outbox.pending_count(work.connection, ["mirror.version", "mirror.release"]),
    }


def _has_due(work: Work, topic: str) -> bool:
    return bool(outbox.due(work.connection, work.now, limit=1, topics=[topic]))


def _due(work: Work, topic: str) -> tuple[Message, ...]:
    return outbox.due(work.connection, work.now, limit=MOST, topics=[topic])


def _notices(work: Work, messages: Sequence[Message]) -> dict[int, Notice | None]:
    worded = notices_of(work, [message.payload for message in messages])
    return {message.id: notice for message, notice in zip(messages, worded, strict=True)}


def _word(work: Work, names: Sequence[str], notices: Mapping[int, Notice | None]) -> None:
    """Turn each event into one message per destination, in one transaction, unless another process has."""
    messages = [m for m in _due(work, NOTIFY) if m.id in notices or not names]
    for message in messages:
        notice = notices.get(message.id)
        for name in names if notice else ():
            work.announce(TO + name, {"message": message.id, "notice": asdict(notice) if notice else {}})
    outbox.delivered(work.connection, [message.id for message in messages], work.now)
    outbox.give_up_others(work.connection, TO, [TO + name for name in names], work.now)


def _claim(work: Work, topic: str) -> tuple[Message, ...]:
    messages = outbox.due(work.connection, work.now, limit=AT_ONCE, topics=[topic])
    outbox.claim(work.connection, [message.id for message in messages], work.now + LEASE)
    return messages


def _delivered(work: Work, message_id: int) -> None:
    outbox.delivered(work.connection, [message_id], work.now)


def _failed(work: Work, message: Message, error: str) -> None:
    wait = timedelta(seconds=RETRIES[min(message.attempts, len(RETRIES) - 1)])
    outbox.failed(work.connection, message.id, error, next_due=work.now + wait)
    if work.now + wait - message.created_at > GIVEN_UP_AFTER:
        outbox.give_up(work.connection, message.id, work.now)
        _log.error("Notice %s was given up: %s took nothing for a week.", message.id, message.topic)
