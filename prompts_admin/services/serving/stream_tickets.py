"""Tickets that open one kind of stream where no header can be sent: a browser's EventSource has a URL alone.

A ticket names a token and a moment, signed (HMAC-SHA256) with what the server knows of both. It stands in
addresses, which end up in logs: it opens streams that say "ask again", nothing else, and not for long.
"""

from __future__ import annotations

import re

from prompts_admin.domain.authentication_codes import code_of, is_code, url_code
from prompts_admin.domain.errors import NotPermitted
from prompts_admin.domain.people.identity import ByToken
from prompts_admin.services.core.runner import Runner
from prompts_admin.services.core.secrets import digest
from prompts_admin.services.serving.admission import Admission, admission_by, admission_of
from prompts_admin.store.people.tokens import find_token

WINDOW_SECONDS = 3_600
"""Tickets of one such window are equal, so that clients keep their streams; they end with the next one."""

_TOKEN = re.compile(r"pa_([0-9a-f]{12})_(.{43})")
_TICKET = re.compile(r"([0-9a-f]{12})\.([0-9]{1,12})\.([A-Za-z0-9_-]{43})")


def window_end(now: float) -> int:
    """Return when tickets made now end, in seconds of Unix time: in one to two windows."""
    return (int(now) // WINDOW_SECONDS + 2) * WINDOW_SECONDS


def ticket_for(secret: str, until: int, key: str) -> str:
    """Return the ticket of an API token, empty for other secrets; `key` is the server's own, if it has one."""
    parts = _TOKEN.fullmatch(secret)
    return f"{parts[1]}.{until}.{_sign(parts[1], until, digest(parts[2]), key)}" if parts else ""


def is_over(ticket: str, now: float) -> bool:
    """Tell whether a ticket has ended, or is none."""
    parts = _TICKET.fullmatch(ticket)
    return parts is None or int(parts[2]) <= now or int(parts[2]) > window_end(now)


def admission_of_either(runner: Runner, secret: str) -> Admission:
    """Look up a ticket, or a token or session secret; raises as `admission_by_ticket` and `admission_of` do."""
    return (admission_by_ticket if _TICKET.fullmatch(secret) else admission_of)(runner, secret)


def admission_by_ticket(runner: Runner, ticket: str) -> Admission:
    """Return what the token of a ticket admits to now, whether or not the ticket has ended meanwhile.

    Raises NotPermitted("unauthenticated") for a ticket that was not made here, and for one whose token was
    revoked or has expired; Unavailable.
    """
    parts = _TICKET.fullmatch(ticket)
    with runner.store.read() as uow:
        token = find_token(uow.connection, parts[1]) if parts else None
        if parts is None or token is None:
            raise _not_valid()
        right = _sign(token.id, int(parts[2]), token.secret_hash, runner.settings.secret_key)
        if not is_code(right, parts[3]):
            raise _not_valid()
        return admission_by(runner, uow, ByToken(token.id))


def _sign(token_id: str, until: int, secret_hash: str, key: str) -> str:
    # The token's own hash is the same for all processes of a store, also where no key was set.
    return url_code(code_of(key.encode(), f"ofrep stream {secret_hash}"), f"{token_id}.{until}")


def _not_valid() -> NotPermitted:
    return NotPermitted("unauthenticated", "This ticket is not valid.", "Ask for the flags again.")
