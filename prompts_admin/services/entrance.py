"""Passwords at the door. Not use cases but flows around them: hashing holds no transaction and no lock."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any, Protocol

from prompts_admin.domain.errors import NotPermitted
from prompts_admin.domain.identity import NOBODY, Identity
from prompts_admin.services import sessions
from prompts_admin.services.attempts import Attempts
from prompts_admin.services.passwords import Passwords, Verdict
from prompts_admin.services.sessions import Login

_log = logging.getLogger("prompts_admin.security")


class Door(Protocol):
    """What the flows need of the product: its password hasher, its counters and its two ways to the store."""

    @property
    def passwords(self) -> Passwords:
        """The hasher that the whole process shares."""

    @property
    def attempts(self) -> Attempts:
        """The counters that the whole process shares."""

    def look(self, identity: Identity, query: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Answer a question in a transaction that reads."""

    def do(self, identity: Identity, use_case: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Run a use case in a transaction of its own."""


def sign_in(
    door: Door, email: str, password: str, *, address: str, now: datetime, login: Login | None = None
) -> dict[str, Any]:
    """Open a session: {session, email, name, expires_at}; `session` is the secret for the cookie.

    `address` is where the request came from. Raises NotPermitted("unauthenticated"), the same for wrong
    passwords, unknown and disabled people, and Refused("rate_limited") with `retry_after` in seconds.
    """
    known = email.strip().lower()
    stored, verdict = _checked(door, known, password, address=address, now=now)
    if stored is None or not verdict.right:
        raise sessions.wrong_password()
    return dict(
        door.do(
            NOBODY,
            sessions.open_session,
            known,
            login or Login(),
            verified=stored,
            stronger=verdict.stronger,
        )
    )


def change_password(
    door: Door, identity: Identity, old: str, new: str, *, email: str, address: str, now: datetime
) -> dict[str, Any]:
    """Replace the password of the person behind `identity`, whose address is `email`.

    Raises as `sign_in`, and Refused("invalid") when the rules refuse the new password.
    """
    stored, verdict = _checked(door, email, old, address=address, now=now)
    if not verdict.right:
        raise NotPermitted("forbidden", "The old password is wrong.", "Try again, or ask for a link.")
    hashed = door.passwords.prepare(new, email=email)
    keep = getattr(identity, "id_hash", None)
    return dict(door.do(identity, sessions.change_own_password, hashed, verified=stored, keep=keep))


def _checked(
    door: Door, email: str, password: str, *, address: str, now: datetime
) -> tuple[str | None, Verdict]:
    """Count the attempt and compare; the person is unlocked again by a right password."""
    keys = (f"person {email}", f"address {address}")
    try:
        door.attempts.begin(keys, now)
    except Exception:
        _log.warning("sign-in refused: too many failures (person=%a address=%a)", email, address)
        raise
    stored = door.look(NOBODY, sessions.stored_hash, email)
    verdict = door.passwords.verify(stored, password)
    if verdict.right:
        door.attempts.forgive(keys, now)
    else:
        _log.warning("sign-in failed (person=%a address=%a)", email, address)
    return stored, verdict
