"""The port of the transports: what a client needs of a server; a failure is a value, never an exception."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

MOST_BYTES = 256 * 1024 * 1024
"""The most bytes that a snapshot may have once unpacked; a larger answer is an attack or a mistake."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A whole answer that is JSON; whether it is a snapshot is still to be seen.

    `source` says where it was read, None for the server, and `problem` why the server was not.
    """

    document: Any
    etag: str | None = None
    source: str | None = None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Unchanged:
    """There is nothing newer than the ETag sent; `source` says where that was read, None for the server."""

    source: str | None = None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Failed:
    """No usable answer.

    `is_barred` when the token is refused, `is_unknown` when the server has nothing of the kind; `retry_after`
    in seconds when the server says.
    """

    problem: str
    is_barred: bool = False
    retry_after: float | None = None
    is_unknown: bool = False


Outcome = Fetched | Unchanged | Failed


class Stream(Protocol):
    """An open stream of events."""

    def read(self) -> bytes:
        """Wait for the next bytes, empty at the end, whatever ended it; never raises."""

    def patience(self, seconds: float) -> None:
        """Take a stream that is silent for so long as ended."""

    def shut(self) -> None:
        """End it from another thread: whoever reads gets the end at once."""

    def close(self) -> None:
        """Let the connection go; for the thread that reads."""

    def abandon(self) -> None:
        """Let a forked child's share of the connection go, and leave the parent's alone."""


class Transport(Protocol):
    """Where snapshots come from."""

    def fetch(self, etag: str | None) -> Outcome:
        """Ask for the snapshot unless it still has `etag`; never raises."""

    def close(self) -> None:
        """Let connections go."""


class PushingTransport(Transport, Protocol):
    """One that also has a stream, and can be told what is served."""

    def open(self, position: tuple[str, int] | None) -> Stream | Failed:
        """Open the stream of what follows an epoch and revision; never raises."""

    def report(self, revision: int) -> None:
        """Tell the server which revision is served now; failures are ignored."""

    def leave(self) -> None:
        """Tell the server that nothing is served any more; failures are ignored, and take no second each."""

    def serve(self, revision: int | None) -> None:
        """Note what is served, to be told with each question."""

    def reborn(self) -> None:
        """Become another reader with connections of its own: this is a forked child."""


def checked_url(url: str) -> str:
    """Return the url; raises ValueError for one that cannot be a server's."""
    from urllib.parse import urlsplit

    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.password:
        raise ValueError("The url must be 'http://...' or 'https://...' with a host and no credentials.")
    return url


def checked_token(token: str) -> str:
    """Return the token; raises ValueError, without showing it, for one that no server made."""
    if not token.isascii() or not token.isprintable() or " " in token:
        raise ValueError("The token has characters that no token has. Was it copied whole?")
    return token
