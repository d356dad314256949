"""The client: REST calls over whichever transport carries them."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import quote, urlencode

from prompts_cli.progress import progress
from prompts_cli.transport.messages import Answer, Request, Transport

PREFIX = "/api/v1"
PAGE = 200
_NEVER_SENT: tuple[Any, ...] = (None, (), [])


class Client:
    """Speaks the REST contract; `act_as` is the person to act as, which only a demo store allows."""

    def __init__(
        self,
        transport: Transport,
        *,
        token: str = "",
        act_as: str = "",
        new_key: Callable[[], str] = lambda: os.urandom(16).hex(),
    ) -> None:
        self.transport = transport
        self._new_key = new_key
        self._headers = {"Accept": "application/json", "User-Agent": "prompts-admin-cli"}
        if token:
            self._headers["Authorization"] = f"Bearer {token}"
        if act_as:
            self._headers["X-Prompts-Admin-As"] = act_as

    def get(self, path: str, **query: Any) -> Any:
        """Return the answer to a GET; parameters that are None or empty are not sent, lists are repeated."""
        return self.send("GET", path, query=query).json()

    def items(self, path: str, *, limit: int | None = None, **query: Any) -> list[dict[str, Any]]:
        """Return up to `limit` items of a list, all of them when it is None, following its pages."""
        found: list[dict[str, Any]] = []
        for page in self._pages(path, min(limit or PAGE, PAGE), query):
            found += page
            if limit is not None and len(found) >= limit:
                return found[:limit]
        return found

    def post(
        self, path: str, body: Mapping[str, Any] | None = None, *, headers: Mapping[str, str] | None = None
    ) -> Any:
        """Return the answer to a POST, sent with an Idempotency-Key of its own."""
        return self.send("POST", path, body=body or {}, headers=headers).json()

    def patch(self, path: str, body: Mapping[str, Any]) -> Any:
        """Return the answer to a PATCH."""
        return self.send("PATCH", path, body=body).json()

    def delete(self, path: str) -> Any:
        """Return the answer to a DELETE, None when it has no body."""
        return self.send("DELETE", path).json()

    def send(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send one request below /api/v1 and return its answer; raises Failure for any status of 300 and more."""
        sent = {
            name: str(value).lower() if isinstance(value, bool) else value
            for name, value in (query or {}).items()
            if value not in _NEVER_SENT
        }
        target = PREFIX + path + ("?" + urlencode(sent, doseq=True) if sent else "")
        payload = b"" if body is None else json.dumps(body, ensure_ascii=False, allow_nan=False).encode()
        request = Request(method, target, self._head(method, body is not None, headers or {}), payload)
        with progress(f"waiting for {self.transport.place}"):
            answer = self.transport.send(request)
        if answer.status >= 300:
            raise answer.failure()
        return answer

    def close(self) -> None:
        """Give back what the transport holds."""
        self.transport.close()

    def _head(self, method: str, has_body: bool, more: Mapping[str, str]) -> dict[str, str]:
        head = dict(self._headers)
        if has_body:
            head["Content-Type"] = "application/json"
        # So that a request that is sent twice is done once.
        if method == "POST":
            head["Idempotency-Key"] = self._new_key()
        return {**head, **more}

    def _pages(self, path: str, size: int, query: Mapping[str, Any]) -> Iterator[list[dict[str, Any]]]:
        after = None
        while True:
            answer = self.get(path, limit=size, after=after, **query)
            yield answer["items"]
            after = answer.get("next")
            if not after:
                return


def artifact_path(key: str, *rest: object) -> str:
    """Return the path of an artifact, or of what lies below it."""
    return path_of("artifacts", *key.split("/"), *rest)


def path_of(*segments: object) -> str:
    """Join path segments; each is quoted, so that no value begins a query or another segment."""
    return "".join("/" + quote(str(segment), safe="") for segment in segments)
