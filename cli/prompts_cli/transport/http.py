"""The remote transport: a server over the standard library's http.client, which starts fast, on one connection."""

from __future__ import annotations

import contextlib
import http.client
import ssl
from urllib.parse import SplitResult, urlsplit

from prompts_cli.failures import Failure, failure
from prompts_cli.transport.messages import Answer, Request

CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 60.0

# How a kept connection fails that the server has closed in the meantime.
_LOST = (http.client.RemoteDisconnected, http.client.BadStatusLine, ConnectionResetError, BrokenPipeError)


class RemoteTransport:
    """Speaks to the server at `url`; `connect_seconds` bounds the connect, `answer_seconds` each wait."""

    def __init__(
        self, url: str, *, connect_seconds: float = CONNECT_SECONDS, answer_seconds: float = ANSWER_SECONDS
    ) -> None:
        self.place = url.rstrip("/")
        self._url = checked_url(url)
        self._prefix = self._url.path.rstrip("/")
        self._connect_seconds = connect_seconds
        self._answer_seconds = answer_seconds
        self._connection: http.client.HTTPConnection | None = None

    def send(self, request: Request) -> Answer:
        """Send once, and once more over a new connection when the first is lost before an answer.

        A change carries an Idempotency-Key, so the server does it once however often it hears of it.
        """
        try:
            try:
                return self._send(request)
            except _LOST:
                if request.method != "GET" and "Idempotency-Key" not in request.headers:
                    raise
                self.close()
                return self._send(request)
        except TimeoutError:
            raise self._unreachable(f"did not answer within {self._answer_seconds:g} seconds") from None
        except (OSError, http.client.HTTPException) as error:
            raise self._unreachable(_reason(error)) from error

    def close(self) -> None:
        """Close the connection, if one is open."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _send(self, request: Request) -> Answer:
        connection = self._connection or self._connect()
        headers = {**request.headers, "Content-Length": str(len(request.body))}
        if request.method == "GET":
            del headers["Content-Length"]
        connection.request(request.method, self._prefix + request.target, request.body or None, headers)
        response = connection.getresponse()
        body = response.read()
        if response.will_close:
            self.close()
        return Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, body)

    def _connect(self) -> http.client.HTTPConnection:
        host, port, seconds = self._url.hostname or "", self._url.port, self._connect_seconds
        if self._url.scheme == "https":
            context = ssl.create_default_context()
            made: http.client.HTTPConnection = http.client.HTTPSConnection(
                host, port, timeout=seconds, context=context
            )
        else:
            made = http.client.HTTPConnection(host, port, timeout=seconds)
        made.connect()
        # The time to connect is short, so that a dead server is told at once; an answer may take longer.
        made.sock.settimeout(self._answer_seconds)
        self._connection = made
        return made

    def _unreachable(self, reason: str) -> Failure:
        self.close()
        return failure(
            "unreachable",
            f"The server at '{self.place}' {reason}.",
            "Check that it runs and that --url, PROMPTS_ADMIN_URL or the stored login names it.",
        )


def checked_url(url: str) -> SplitResult:
    """Split a server's address; raises Failure("malformed") for anything but http(s)://host[:port][/path]."""
    with contextlib.suppress(ValueError):
        parts = urlsplit(url)
        # Reading the port is what checks it.
        is_whole = bool(parts.hostname) and parts.username is None and (parts.port or 1) > 0
        if is_whole and parts.scheme in ("http", "https") and url.isprintable() and " " not in url:
            return parts
    raise failure("malformed", f"{url!r} is no address of a server.", "Write https://prompts.example.com")


def _repeatable(request: Request) -> bool:
    return request.method == "GET" or "Idempotency-Key" in request.headers


def _reason(error: Exception) -> str:
    if isinstance(error, ssl.SSLError):
        return f"has no trusted certificate or speaks no TLS ({error.reason or error})"
    if isinstance(error, ConnectionRefusedError):
        return "refuses connections"
    strerror = getattr(error, "strerror", None)
    return f"cannot be reached ({strerror or type(error).__name__})"
