"""Fetching the snapshot over HTTP: every way in which that can go wrong ends as a value, never as an exception."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlsplit

import urllib3

PATH = "/api/v1/snapshot"
MOST_BYTES = 256 * 1024 * 1024
"""The most bytes that a snapshot may have once unpacked; a larger answer is an attack or a mistake."""

_CHUNK = 64 * 1024
_DEADLINE = 60.0
_TIMEOUT = urllib3.Timeout(connect=5.0, read=15.0)
# A kept connection that the server closed in the meantime is no failure, so reading may be tried again.
_ONCE_MORE = urllib3.Retry(1, connect=0, redirect=0, status=0, other=0, respect_retry_after_header=False)
_BARRED = (401, 403)


@dataclass(frozen=True, slots=True)
class Fetched:
    """A whole answer that is JSON; whether it is a snapshot is still to be seen."""

    document: Any
    etag: str | None = None


@dataclass(frozen=True, slots=True)
class Unchanged:
    """The server has nothing newer than the ETag sent."""


@dataclass(frozen=True, slots=True)
class Failed:
    """No usable answer: `is_barred` when the token is refused; `retry_after` in seconds when the server says."""

    problem: str
    is_barred: bool = False
    retry_after: float | None = None


Outcome = Fetched | Unchanged | Failed


class Transport(Protocol):
    """Where snapshots come from."""

    def fetch(self, etag: str | None) -> Outcome:
        """Ask for the snapshot unless it still has `etag`; never raises."""

    def close(self) -> None:
        """Let connections go."""


class HttpTransport:
    """Asks a server, with a bearer token; redirects are not followed, so the token goes nowhere else."""

    def __init__(self, url: str, token: str | None, *, most_bytes: int = MOST_BYTES) -> None:
        self._url = _checked_url(url).rstrip("/") + PATH
        self._most_bytes = most_bytes
        self._headers = {
            "Accept": "application/json",
            "Accept-Encoding": "gzip",
            "User-Agent": "prompts-admin-sdk",
        }
        if token is not None:
            self._headers["Authorization"] = f"Bearer {_checked_token(token)}"
        self._pool = urllib3.PoolManager(maxsize=1, retries=_ONCE_MORE, timeout=_TIMEOUT)

    def fetch(self, etag: str | None) -> Outcome:
        """Ask the server once."""
        headers = {**self._headers, "If-None-Match": etag} if etag else self._headers
        try:
            response = self._pool.request(
                "GET", self._url, headers=headers, redirect=False, preload_content=False
            )
        except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            return Failed(f"{type(error).__name__}: {error}")
        try:
            return self._outcome(response, etag)
        except (urllib3.exceptions.HTTPError, OSError, ValueError, RecursionError) as error:
            response.close()
            return Failed(f"The answer was broken: {type(error).__name__}: {error}")
        finally:
            response.release_conn()

    def close(self) -> None:
        """Close the connection."""
        self._pool.clear()

    def _outcome(self, response: urllib3.BaseHTTPResponse, etag: str | None) -> Outcome:
        if response.status == 304 and etag:
            return Unchanged()
        if response.status != 200:
            response.close()
            return Failed(
                f"The server answered {response.status}.",
                is_barred=response.status in _BARRED,
                retry_after=_seconds(response.headers.get("Retry-After")),
            )
        return Fetched(json.loads(self._body(response)), response.headers.get("ETag"))

    def _body(self, response: urllib3.BaseHTTPResponse) -> bytes:
        body, deadline = bytearray(), time.monotonic() + _DEADLINE
        # Not `stream`, which may wait without end for a full chunk while bytes drip in one by one.
        while chunk := response.read1(_CHUNK, decode_content=True):
            body += chunk
            if len(body) > self._most_bytes:
                raise ValueError(f"more than {self._most_bytes} bytes")
            if time.monotonic() > deadline:
                raise ValueError(f"not complete after {_DEADLINE:.0f} seconds")
        return bytes(body)


def _checked_url(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.password:
        raise ValueError("The url must be 'http://...' or 'https://...' with a host and no credentials.")
    return url


def _checked_token(token: str) -> str:
    if not token.isascii() or not token.isprintable() or " " in token:
        raise ValueError("The token has characters that no token has. Was it copied whole?")
    return token


def _seconds(retry_after: str | None) -> float | None:
    return float(retry_after) if retry_after and retry_after.isascii() and retry_after.isdigit() else None
