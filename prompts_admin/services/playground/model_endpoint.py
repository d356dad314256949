"""The one model endpoint that an administrator named: asked by POST, never redirected, its key never shown."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any, NotRequired, TypedDict

from prompts_admin.domain.json_object import Json
from prompts_admin.domain.playground import (
    AnswerReader,
    Usage,
    cost_of,
    estimated,
    refusal,
    said_in,
    usage_of,
)
from prompts_admin.services.playground.connection_deadline import Deadline, held_by
from prompts_admin.settings.table import Settings

BEAT = 1.0
"""Seconds after which {} is said when nothing else is."""
CONNECT_SECONDS = 5.0
PIECE = 16_384
NO_ANSWER = "The endpoint sent something that is no answer."
SAID = 300
"""Characters of an endpoint's own explanation that are passed on."""
TOO_LONG = "The answer is too long; what came until then is shown."
WRAPPING = 64
"""How many times more bytes than text a stream may have: pieces of two letters come in 200 bytes of JSON."""

Price = dict[str, float]
"""What a million tokens of a model cost, `in` and `out`."""


class Figures(TypedDict):
    """What an answer took; `proof` says that it is the answer, where there is one to keep."""

    model: str
    seconds: float
    tokens_in: int
    tokens_out: int
    estimated: bool
    cost: float | None
    proof: NotRequired[str]


class Said(TypedDict, total=False):
    """`text` as it comes, then `done` or `error`, a sentence; nothing while nothing comes."""

    text: str
    error: str
    done: Figures


logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Attempt:
    """One request for a model, and what its tokens cost."""

    body: Json
    price: Price | None = None

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
        """Yield the answer as it comes; every fault is a sentence, and closing the iterator ends the request.

        {} comes while nothing else does for `BEAT` seconds: who passes it on notices that nobody listens.
        """
        if not self._places.acquire(blocking=False):
            yield {"error": "Others are trying prompts just now. Try again in a moment."}
            return
        said: SimpleQueue[Said | None] = SimpleQueue()
        deadline = Deadline(self._settings.try_seconds)
        asking = threading.Thread(target=self._ask, args=(attempt, deadline, said.put), daemon=True)
        try:
            asking.start()
        except RuntimeError:
            self._places.release()
            yield {"error": "This server has no room for it just now. Try again in a moment."}
            return
        try:
            yield from _as_it_comes(said)
        finally:
            deadline.end()
            asking.join(BEAT)

    def _ask(self, attempt: Attempt, deadline: Deadline, say: Callable[[Said | None], None]) -> None:
        """Ask in a thread of its own, which keeps the place as long as the request is under way."""
        try:
            with deadline:
                for said in self._asked(attempt, deadline):
                    say(said)
        except Exception:
            logger.exception("a model could not be asked")
            say({"error": NO_ANSWER})
        finally:
            self._places.release()
            say(None)

    def _asked(self, attempt: Attempt, deadline: Deadline) -> Iterator[Said]:
        # Imported here: the command line's local mode starts without it.
        import urllib3

        began, seconds = self._clock(), self._settings.try_seconds
        timeout = urllib3.Timeout(connect=min(CONNECT_SECONDS, seconds), read=seconds)
        url = f"{self._settings.try_url.rstrip('/')}/chat/completions"
        with held_by(deadline, urllib3.connection_from_url(url, retries=False, timeout=timeout)) as pool:
            try:
                answer = self._sent(pool, urllib3.util.parse_url(url).request_uri, attempt)
            except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
                if deadline.is_over or isinstance(error, urllib3.exceptions.ReadTimeoutError):
                    yield {"error": f"The endpoint did not answer within {seconds:g} s."}
                else:
                    yield {"error": "The endpoint cannot be reached. Tell an administrator."}
            else:
                try:
                    yield from self._heard(answer, attempt, began, deadline)
                finally:
                    answer.close()

    def _sent(self, pool: Any, path: str, attempt: Attempt) -> Any:
        body = attempt.body | {"stream": True, "stream_options": {"include_usage": True}}
        headers = {
            "Content-Type": "application/json",
            "Accept": "text/event-stream",
            "Accept-Encoding": "identity",
        }
        if self._settings.try_key:
            headers["Authorization"] = f"Bearer {self._settings.try_key}"
        return pool.urlopen(
            "POST",
            path,
            body=json.dumps(body).encode(),
            headers=headers,
            redirect=False,
            preload_content=False,
            decode_content=False,
        )

    def _heard(self, answer: Any, attempt: Attempt, began: float, deadline: Deadline) -> Iterator[Said]:
        if answer.status != 200:
            yield {"error": self._refused(answer)}
            return
        reader, size, fault, answered = AnswerReader(), 0, "", ""
        is_stream = "event-stream" in answer.headers.get("Content-Type", "")
        whole = b""
        while not fault:
            piece, fault = self._piece(answer, deadline)
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

    def _piece(self, answer: Any, deadline: Deadline) -> tuple[bytes, str]:
        """Return the next bytes, and why nothing follows."""
        try:
            piece, fault = answer.read1(PIECE, decode_content=False), ""
        except Exception:
            piece, fault = b"", "The answer broke off; what came until then is shown."
        if deadline.is_over:
            fault = (
                f"The answer took more than {self._settings.try_seconds:g} s; what came until then is shown."
            )
        return piece, fault

    def _refused(self, answer: Any) -> str:
        """Return the status in words; the endpoint's own explanation must not give the key away."""
        try:
            said = json.loads(answer.read(PIECE, decode_content=False))["error"]["message"]
        except Exception:
            # Whatever is wrong with the explanation, the status is known.
            said = ""
        key = self._settings.try_key
        told = str(said).replace(key, "…") if key else str(said)
        return refusal(answer.status, retry_after=answer.headers.get("Retry-After", ""), said=told[:SAID])

    def _figures(self, attempt: Attempt, usage: Usage, began: float) -> Figures:
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
    except (ValueError, AttributeError, TypeError, RecursionError):
        return "", "The endpoint sent something that is no answer; what came until then is shown."


def _as_it_comes(said: SimpleQueue[Said | None]) -> Iterator[Said]:
    """Yield what is said until None is, {} for every `BEAT` without a word."""
    while True:
        try:
            one = said.get(timeout=BEAT)
        except Empty:
            one = {}
        if one is None:
            return
        yield one


def _whole(body: bytes) -> tuple[str, Usage | None, str]:
    """Read the answer of an endpoint that does not stream."""
    try:
        document = json.loads(body)
        return said_in(document["choices"][0]["message"]), usage_of(document), ""
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError):
        return "", None, NO_ANSWER
