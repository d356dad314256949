"""The messages on the wire, request and answer, and the transport that carries them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from prompts_cli.failures import Failure, failure


@dataclass(frozen=True)
class Request:
    """One HTTP request: `target` is the path with its query, as it goes into the request line."""

    method: str
    target: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True)
class Answer:
    """One HTTP answer; header names are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """Return the decoded body, None for an empty one; raises Failure when it is no JSON."""
        if not self.body:
            return None
        try:
            return json.loads(self.body)
        except ValueError:
            raise self._stranger() from None

    def failure(self) -> Failure:
        """Return the Failure that an answer of 300 and above stands for."""
        if "json" not in self.headers.get("content-type", ""):
            return self._stranger()
        problem = self.json()
        if not isinstance(problem, dict):
            return self._stranger()
        return Failure({"status": self.status, "detail": f"The server answered {self.status}.", **problem})

    def _stranger(self) -> Failure:
        if "location" in self.headers:
            detail = f"The server sends on to {self.headers['location']!r} ({self.status})."
            return failure("unreachable", detail, "Use that address with --url.")
        return failure(
            "unreachable",
            f"The answer ({self.status}) is not one of a prompts-admin server.",
            "Check the address: prompts-admin doctor, or --url.",
        )


class Transport(Protocol):
    """Carries requests: over the network, or by a call inside this process."""

    place: str

    def send(self, request: Request) -> Answer:
        """Return the answer; raises Failure("unreachable") when none comes."""

    def close(self) -> None:
        """Give back what the transport holds."""
