"""The HTTP transport; imported only when a client is made, since its library costs more than all the rest."""

from __future__ import annotations

import json
import re
import socket
import time
import uuid
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version

import urllib3

from prompts_admin.sdk.transport.http_stream import HttpStream
from prompts_admin.sdk.transport.port import (
    MOST_BYTES,
    Failed,
    Fetched,
    Outcome,
    Unchanged,
    checked_token,
    checked_url,
)
from prompts_admin.sdk.transport.sse import fits

API = "/api/v1"
try:
    VERSION = f"python/{version('prompts-admin')}"
except PackageNotFoundError:  # run from a folder that was never installed
    VERSION = "python/0"

_CHUNK = 64 * 1024
_DEADLINE = 60.0
_TIMEOUT = urllib3.Timeout(connect=5.0, read=15.0)
_REPORT_TIMEOUT = urllib3.Timeout(connect=2.0, read=5.0)
_LEAVE_TIMEOUT = urllib3.Timeout(connect=0.4, read=0.4)
_MOST_PROBLEM = 16 * 1024
_MOST_TOLD = 500
_LONGEST_EVERY = 3_600.0
# A kept connection that the server closed in the meantime is no failure, so reading may be tried again.
_ONCE_MORE = urllib3.Retry(1, connect=0, redirect=0, status=0, other=0, respect_retry_after_header=False)
_BARRED = (401, 403)
# An older server, or one behind a proxy that has no such path: asking again soon is of no use.
_UNKNOWN = (404, 405, 406, 410, 501)
_FAULTS = (urllib3.exceptions.HTTPError, OSError, ValueError, RecursionError)


class HttpTransport:
    """Asks a server, with a bearer token; redirects are not followed, so the token goes nowhere else.

    `host` is the label under which the server lists this reader, by default the name of the machine; `every` how
    often it asks, in seconds. One that asks only when it is told to (None) is not listed.
    """

    def __init__(
        self,
        url: str,
        token: str | None,
        *,
        host: str | None = None,
        every: float | None = 60.0,
        most_bytes: int = MOST_BYTES,
    ) -> None:
        self._base = checked_url(url).rstrip("/") + API
        self._most_bytes = most_bytes
        self._every = None if every is None else round(min(max(every, 1.0), _LONGEST_EVERY), 3)
        self._headers = {"User-Agent": "prompts-admin-sdk", "X-Prompts-Admin-Sdk": VERSION}
        label = host if host is not None else socket.gethostname()
        # A header carries no other letters, and a list of readers no long names.
        self._headers["X-Prompts-Admin-Host"] = re.sub(r"[^!-~]", "-", label)[:64]
        if self._every is not None:
            self._headers["X-Prompts-Admin-Every"] = f"{self._every:g}"
        if token is not None:
            self._headers["Authorization"] = f"Bearer {checked_token(token)}"
        self.reborn()

    def fetch(self, etag: str | None) -> Outcome:
        """Ask the server once."""
        headers = {**self._headers, "Accept": "application/json", "Accept-Encoding": "gzip"}
        if etag:
            headers["If-None-Match"] = etag
        answer = self._get("/snapshot", headers, _TIMEOUT)
        if isinstance(answer, Failed):
            return answer
        try:
            if answer.status == 304 and etag:
                return Unchanged()
            if answer.status != 200:
                return _refused(answer)
            body = self._body(answer)
            if not fits(body, answer.headers.get("Repr-Digest")):
                return Failed("The answer was broken: it does not have the digest that the server told.")
            return Fetched(json.loads(body), answer.headers.get("ETag"))
        except _FAULTS as error:
            answer.close()
            return Failed(f"The answer was broken: {type(error).__name__}: {error}")
        finally:
            answer.release_conn()

    def open(self, position: tuple[str, int] | None) -> HttpStream | Failed:
        """Open the stream."""
        headers = {**self._headers, "Accept": "text/event-stream", "Cache-Control": "no-store"}
        if position:
            headers["Last-Event-ID"] = f"{position[0]}:{position[1]}"
            headers["X-Prompts-Admin-Revision"] = str(position[1])
        answer = self._get("/stream", headers, urllib3.Timeout(connect=5.0, read=HttpStream.PATIENCE))
        if isinstance(answer, Failed):
            return answer
        kind = str(answer.headers.get("Content-Type", ""))
        if answer.status == 200 and kind.startswith("text/event-stream"):
            return HttpStream(answer)
        if answer.status == 200:
            answer.close()
            return Failed(f"The stream is of another kind: '{kind[:64]}'.", is_unknown=True)
        return _refused(answer)

    def report(self, revision: int) -> None:
        """Post which revision is served."""
        told = {"revision": revision, "sdk": VERSION, "host": self._headers["X-Prompts-Admin-Host"]}
        self._tell({**told, "every": self._every or _LONGEST_EVERY}, _REPORT_TIMEOUT)

    def leave(self) -> None:
        """Post that this reader has ended, if the server lists it."""
        if self._every is not None:
            self._tell({"gone": True}, _LEAVE_TIMEOUT)

    def serve(self, revision: int | None) -> None:
        """Have each question tell what is served."""
        if revision is not None:
            self._headers = {**self._headers, "X-Prompts-Admin-Revision": str(revision)}

    def reborn(self) -> None:
        """Get an id and connections that no other process has; those of before are left as they are."""
        self._reader = uuid.uuid4().hex
        if self._every is not None:
            self._headers = {**self._headers, "X-Prompts-Admin-Reader": self._reader}
        self._pool = urllib3.PoolManager(maxsize=2, retries=_ONCE_MORE, timeout=_TIMEOUT)

    def close(self) -> None:
        """Close the connections."""
        self._pool.clear()

    def _tell(self, told: dict[str, object], timeout: urllib3.Timeout) -> None:
        headers = {**self._headers, "Content-Type": "application/json"}
        with suppress(*_FAULTS):
            answer = self._pool.request(
                "POST",
                f"{self._base}/readers",
                body=json.dumps({"reader": self._reader, **told}).encode(),
                headers=headers,
                redirect=False,
                preload_content=False,
                timeout=timeout,
            )
            # Only an answer without a body leaves the connection for the next question.
            if answer.status != 204:
                answer.close()
            answer.release_conn()

    def _get(
        self, path: str, headers: dict[str, str], timeout: urllib3.Timeout
    ) -> urllib3.BaseHTTPResponse | Failed:
        try:
            return self._pool.request(
                "GET",
                self._base + path,
                headers=headers,
                redirect=False,
                preload_content=False,
                timeout=timeout,
            )
        except _FAULTS as error:
            return Failed(f"{type(error).__name__}: {error}")

    def _body(self, answer: urllib3.BaseHTTPResponse) -> bytes:
        body, deadline = bytearray(), time.monotonic() + _DEADLINE
        # Not `stream`, which may wait without end for a full chunk while bytes drip in one by one.
        while chunk := answer.read1(_CHUNK, decode_content=True):
            body += chunk
            if len(body) > self._most_bytes:
                raise ValueError(f"more than {self._most_bytes} bytes")
            if time.monotonic() > deadline:
                raise ValueError(f"not complete after {_DEADLINE:.0f} seconds")
        return bytes(body)


def _refused(answer: urllib3.BaseHTTPResponse) -> Failed:
    said, asked = _told(answer), str(answer.headers.get("Retry-After", ""))
    answer.close()
    return Failed(
        f"The server answered {answer.status}{f': {said}' if said else '.'}",
        is_barred=answer.status in _BARRED,
        retry_after=float(asked) if asked.isascii() and asked.isdigit() else None,
        is_unknown=answer.status in _UNKNOWN,
    )


def _told(answer: urllib3.BaseHTTPResponse) -> str:
    """Return detail and remedy of a problem document (RFC 9457), as far as its first bytes are one."""
    if not str(answer.headers.get("Content-Type", "")).startswith("application/problem+json"):
        return ""
    with suppress(*_FAULTS):
        problem = json.loads(answer.read1(_MOST_PROBLEM, decode_content=True))
        said = [problem.get(name) for name in ("detail", "remedy")] if isinstance(problem, dict) else []
        text = " ".join(one for one in said if isinstance(one, str))
        return "".join(letter if letter.isprintable() else " " for letter in text)[:_MOST_TOLD]
    return ""
