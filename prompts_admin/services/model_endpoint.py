"""The one model endpoint that an administrator named: asked by POST, never redirected, its key never shown."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from prompts_admin.domain.trying import AnswerReader, Usage, cost_of, estimated, refusal, said_in, usage_of
from prompts_admin.settings import Settings

CONNECT_SECONDS = 5.0
PIECE = 16_384
SAID = 300
"""Characters of an endpoint's own explanation that are passed on."""
TOO_LONG = "The answer is too long; what came until then is shown."
WRAPPING = 64
"""How many times more bytes than text a stream may have: pieces of two letters come in 200 bytes of JSON."""

Said = dict[str, Any]
"""{"text": ...} as it comes, then {"done": {...}} or {"error": a sentence}."""


@dataclass(frozen=True)
class Attempt:
    """One request for a model, and what its tokens cost."""

    body: dict[str, Any]
    price: dict[str, float] | None = None

    @property
    def asked(self) -> str:
        """The text that is sent."""
        return "\n".join(str(message.get("content") or "") for message in self.body["messages"])


class ModelEndpoint:
    """Asks a model, so many times at once at most."""

    def __init__(self, settings: Settings, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._settings = settings
        self._clock = clock
        self._places = threading.BoundedSemaphore(settings.tries_at_once)

    def ask(self, attempt: Attempt) -> Iterator[Said]:
        """Yield the answer as it comes; every fault is a sentence, and closing the iterator ends the request."""
        if not self._places.acquire(blocking=False):
            yield {"error": "Others are trying prompts just now. Try again in a moment."}
            return
        try:
            yield from self._asked(attempt)
        finally:
            self._places.release()

    def _asked(self, attempt: Attempt) -> Iterator[Said]:
        # Imported here: the command line's local mode starts without it.
        import urllib3

        began, seconds = self._clock(), self._settings.try_seconds
        timeout = urllib3.Timeout(connect=min(CONNECT_SECONDS, seconds), read=seconds)
        with urllib3.PoolManager(retries=False, timeout=timeout) as pool:
            try:
                answer = self._sent(pool, attempt)
            except urllib3.exceptions.ReadTimeoutError:
                yield {"error": f"The endpoint did not answer within {seconds:g} s."}
            except (urllib3.exceptions.HTTPError, OSError, ValueError):
                yield {"error": "The endpoint cannot be reached. Tell an administrator."}
            else:
                try:
                    yield from self._heard(answer, attempt, began)
                finally:
                    answer.close()

    def _sent(self, pool: Any, attempt: Attempt) -> Any:
        body = attempt.body | {"stream": True, "stream_options": {"include_usage": True}}
        headers = {"Content-Type": "application/json", "Accept": "text/event-stream"}
        if self._settings.try_key:
            headers["Authorization"] = f"Bearer {self._settings.try_key}"
        return pool.request(
            "POST",
            f"{self._settings.try_url.rstrip('/')}/chat/completions",
            body=json.dumps(body).encode(),
            headers=headers,
            redirect=False,
            preload_content=False,
        )

    def _heard(self, answer: Any, attempt: Attempt, began: float) -> Iterator[Said]:
        if answer.status != 200:
            yield {"error": self._refused(answer)}
            return
        reader, size, fault, answered = AnswerReader(), 0, "", ""
        is_stream = "event-stream" in answer.headers.get("Content-Type", "")
        whole = b""
        while not fault:
            piece, fault = self._piece(answer, began)
            if not piece:
                break
            size += len(piece)
            if size > self._settings.try_bytes * WRAPPING:
                fault = TOO_LONG
            if not is_stream:
                whole += piece
                continue
            text, wrong = _read(reader, piece)
            fault, room = fault or wrong, self._settings.try_bytes - len(answered)
            if len(text) > room:
                text, fault = text[:room], TOO_LONG
            answered += text
            if text:
                yield {"text": text}
        yield from self._ended(attempt, reader, answered, whole, fault, began)

    def _ended(
        self, attempt: Attempt, reader: AnswerReader, answered: str, whole: bytes, fault: str, began: float
    ) -> Iterator[Said]:
        usage = reader.usage
        if whole and not fault:
            answered, usage, fault = _whole(whole)
            yield {"text": answered}
        elif not fault:
            last, fault = _read(reader, b"\n")
            answered += last
            usage = reader.usage
            if not reader.is_whole and not fault:
                fault = "The answer broke off; what came until then is shown."
        if fault:
            yield {"error": fault}
        yield {"done": self._figures(attempt, usage or estimated(attempt.asked, answered), began)}

    def _piece(self, answer: Any, began: float) -> tuple[bytes, str]:
        """Return the next bytes, and why nothing follows."""
        left = self._settings.try_seconds - (self._clock() - began)
        late = f"The answer took more than {self._settings.try_seconds:g} s; what came until then is shown."
        if left <= 0:
            return b"", late
        sock = getattr(getattr(answer, "connection", None), "sock", None)
        if sock is not None:
            sock.settimeout(left)
        try:
            return answer.read1(PIECE), ""
        except Exception as error:
            if isinstance(error, TimeoutError) or "Timeout" in type(error).__name__:
                return b"", late
            return b"", "The answer broke off; what came until then is shown."

    def _refused(self, answer: Any) -> str:
        """Return the status in words; the endpoint's own explanation must not give the key away."""
        try:
            said = json.loads(answer.read(PIECE))["error"]["message"]
        except (ValueError, KeyError, TypeError, OSError):
            said = ""
        key = self._settings.try_key
        told = str(said).replace(key, "…") if key else str(said)
        return refusal(answer.status, retry_after=answer.headers.get("Retry-After", ""), said=told[:SAID])

    def _figures(self, attempt: Attempt, usage: Usage, began: float) -> dict[str, Any]:
        return {
            "model": attempt.body["model"],
            "seconds": round(self._clock() - began, 2),
            "tokens_in": usage.tokens_in,
            "tokens_out": usage.tokens_out,
            "estimated": usage.is_estimated,
            "cost": cost_of(usage, attempt.price),
        }


def _read(reader: AnswerReader, piece: bytes) -> tuple[str, str]:
    try:
        return reader.feed(piece), ""
    except (ValueError, AttributeError, TypeError):
        return "", "The endpoint sent something that is no answer; what came until then is shown."


def _whole(body: bytes) -> tuple[str, Usage | None, str]:
    """Read the answer of an endpoint that does not stream."""
    try:
        document = json.loads(body)
        return said_in(document["choices"][0]["message"]), usage_of(document), ""
    except (ValueError, KeyError, IndexError, TypeError, AttributeError):
        return "", None, "The endpoint sent something that is no answer."
