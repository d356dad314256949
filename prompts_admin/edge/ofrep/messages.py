"""What OFREP's clients send and what they are told when it cannot be answered: one form for every refusal."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from urllib.parse import parse_qsl
from uuid import uuid4

from prompts_admin.domain.errors import ProductError, Refused
from prompts_admin.domain.targeting.contexts import Context, context_from_json
from prompts_admin.edge.http_messages import Request, Send, header, reply
from prompts_admin.http.problem_documents import headers_of, problem_document
from prompts_admin.http.representations import Header
from prompts_admin.http.strict_json import read_object

MOST_BODY = 262_144
MOST_PARAMETERS = 20
SMALL_BODY = 2_048
BODIES = 4_096
"""How many small bodies are remembered: server providers ask with the same words again and again."""

PARSE_ERROR = "PARSE_ERROR"
TARGETING_KEY_MISSING = "TARGETING_KEY_MISSING"
INVALID_CONTEXT = "INVALID_CONTEXT"
FLAG_NOT_FOUND = "FLAG_NOT_FOUND"
GENERAL = "GENERAL"


class Failure(Exception):
    """A refusal in OpenFeature's words: status 400 with one of its error codes, or 404."""

    def __init__(self, code: str, details: str, *, status: int = 400) -> None:
        super().__init__(details)
        self.code = code
        self.status = status


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks, and the hash of everything that was said of them."""

    context: Context
    digest: bytes


async def asked_in(request: Request) -> Asked:
    """Return the context of a request's body; raises Failure, Refused `too_large`."""
    raw = await request.body(MOST_BODY)
    return _remembered(raw) if len(raw) <= SMALL_BODY else _read(raw)


def parameters_of(request: Request) -> dict[str, str]:
    """Return the query's parameters, the first of each name; raises Failure for too many."""
    try:
        pairs = parse_qsl(request.query.decode("latin-1"), max_num_fields=MOST_PARAMETERS)
    except ValueError as error:
        raise Failure(PARSE_ERROR, f"The query has more than {MOST_PARAMETERS} parameters.") from error
    return dict(reversed(pairs))


def no_targeting_key(what: str) -> Failure:
    """Return the refusal of a context without targeting key."""
    return Failure(TARGETING_KEY_MISSING, f"{what} needs a 'targetingKey' in the context.")


def not_found(name: str) -> Failure:
    """Return the refusal of a flag that is not there, or not for this token: nobody can tell which."""
    return Failure(FLAG_NOT_FOUND, f"There is no '{name[:130]}' here.", status=404)


async def reply_failure(
    send: Send, error: Exception, name: str | None, headers: Iterable[Header] = ()
) -> int:
    """Send a refusal in OFREP's form, with `key` where one flag was asked for; return its status."""
    own: dict[str, str] = {}
    if isinstance(error, Failure):
        status, code, details = error.status, error.code, str(error)
    else:
        document = problem_document(error, uuid4().hex)
        own = headers_of(error, document)
        status, code = int(document["status"]), GENERAL
        details = " ".join(filter(None, (document["detail"], document.get("remedy"))))
    key = {} if name is None else {"key": name[:130]}
    body = json.dumps({**key, "errorCode": code, "errorDetails": details}, separators=(",", ":"))
    sent = [header(*one) for one in own.items()]
    await reply(send, status, body.encode(), [*headers, *sent, (b"cache-control", b"no-store")])
    return status


@lru_cache(BODIES)
def _remembered(raw: bytes) -> Asked:
    return _read(raw)


def _read(raw: bytes) -> Asked:
    try:
        document = read_object(raw)
    except ProductError as error:
        raise Failure(PARSE_ERROR, str(error)) from error
    if "context" not in document:
        raise Failure(INVALID_CONTEXT, "The body has no 'context'. Send {\"context\": {...}}.")
    given = document["context"]
    try:
        context = context_from_json(given)
    except Refused as error:
        raise Failure(INVALID_CONTEXT, str(error)) from error
    return Asked(context, sha256(json.dumps(given, sort_keys=True).encode()).digest())
