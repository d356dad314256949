"""Where notices can go: whatever Apprise knows, a file, the log."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Protocol

from prompts_admin.services.notifications.messages import Notice
from prompts_admin.settings.table import Settings

CONNECT_SECONDS, ANSWER_SECONDS, WHOLE_SECONDS = 5.0, 15.0, 30.0
LOG = "log"

_log = logging.getLogger("prompts_admin.notices")


def destinations(settings: Settings) -> dict[str, Destination]:
    """Return where notices go, by a name that holds no secret."""
    found: dict[str, Destination] = {
        f"url-{index}": AppriseDestination(url) for index, url in enumerate(settings.notify_urls)
    }
    if settings.notify_log:
        found[LOG] = LogDestination(settings.notify_log)
    return found


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

        service = apprise.Apprise.instantiate(self._address(notice))
        if service is None:
            raise ValueError("the address is not understood")
        # A redirect could carry the secret of the address to a place that nobody configured.
        service.redirects = False
        service.socket_connect_timeout, service.socket_read_timeout = CONNECT_SECONDS, ANSWER_SECONDS
        text = f"{notice.text}\n\nMessage {message_id}"
        sender = apprise.Apprise([service])
        if not sender.notify(body=text, title=notice.title, body_format="text", timeout=WHOLE_SECONDS):
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
