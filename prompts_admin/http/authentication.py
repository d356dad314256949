"""Who asks: a bearer secret, a session cookie, or the machine's own command line; looked up once a request."""

from __future__ import annotations

import hmac
import logging
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from operator import itemgetter
from typing import Any, TypeVar

from flask import Request, g, request

from prompts_admin.domain.errors import NotPermitted, Refused, Unavailable
from prompts_admin.domain.people.identity import NOBODY, BySession, ByToken, Identity, LocalPerson, Nobody
from prompts_admin.http.app_state import Shell, shell
from prompts_admin.http.cookies import session_secret
from prompts_admin.http.csrf import check_own_site
from prompts_admin.http.security_headers import is_https
from prompts_admin.services.core.actors import identify_user, remember_use
from prompts_admin.store.database.unit_of_work import UnitOfWork
from prompts_admin.store.people import users

IN_PROCESS = "prompts_admin.identity"
"""The WSGI environ key of the caller inside this process; no header can set it (PEP 3333 prefixes those)."""
ACT_AS = "X-Prompts-Admin-As"
LOCAL = "local_"

R = TypeVar("R")

_log = logging.getLogger("prompts_admin.security")


@dataclass(frozen=True)
class Asker:
    """Who sent this request; `secret` is that of the session when it came by cookie."""

    identity: Identity
    secret: str = ""

    @property
    def is_nobody(self) -> bool:
        """True when nobody has signed in."""
        return isinstance(self.identity, Nobody)

    @property
    def key(self) -> str:
        """What the limits count by: the token, the session, the person, or the address."""
        match self.identity:
            case ByToken():
                return f"token {self.identity.id}"
            case BySession():
                return f"session {self.identity.id_hash}"
            case LocalPerson():
                return f"person {self.identity.email}"
        return f"address {request.remote_addr}"


def asker() -> Asker:
    """Return who sent the present request.

    Raises NotPermitted("unauthenticated") for a bearer secret that is not valid, Refused("demo_only") for
    acting as somebody else where that is not allowed. A cookie whose session has ended is nobody.
    """
    if "asker" not in g:
        g.asker = _found(shell())
    found: Asker = g.asker
    return found


def asker_to_serve() -> Asker:
    """Return who sent the present request for something to be served; raises as `asker` does."""
    g.asker = or_last_known(asker, itemgetter(0))
    found: Asker = g.asker
    return found


def or_last_known(read: Callable[[], R], pick: Callable[[Any], R]) -> R:
    """Return what `read` finds in the store, or what `pick` takes of the last known while the store fails.

    Raises what `read` raises, Unavailable for a sender of whom nothing is known.
    """
    known, sender = shell().last_known, presented()
    found = known.find(sender) if known.is_failing else None
    try:
        return read() if found is None else pick(found)
    except NotPermitted:
        known.forget(sender)
        raise
    except Unavailable:
        found = known.find(sender)
        if found is None:
            raise
        return pick(found)


def presented() -> str:
    """Return a hash of all that the present request says of who sent it."""
    said = (request.headers.get("Authorization", ""), request.headers.get(ACT_AS, ""), cookie_secret())
    inside = request.environ.get(IN_PROCESS)
    return sha256("\n".join((*said, repr(inside))).encode("utf-8", "surrogatepass")).hexdigest()


def check_request_is_ours() -> None:
    """Refuse a request that another site's page made a browser send; bearer secrets are no cookies."""
    if "Authorization" not in request.headers and IN_PROCESS not in request.environ:
        check_own_site(request, cookie_secret())


def cookie_secret() -> str:
    """Return the session secret in the cookie of the present request, whether it still works or not."""
    return session_secret(request, https=is_https(request, shell().product.settings))


def _found(here: Shell) -> Asker:
    act_as = request.headers.get(ACT_AS, "").strip().lower()
    with here.product.store.read() as uow:
        found, due = _claimed(here, uow)
        if act_as:
            found, due = Asker(_acting(uow, found.identity, act_as)), False
    if due:
        _note_use(here, found.identity)
    return found


def _claimed(here: Shell, uow: UnitOfWork) -> tuple[Asker, bool]:
    """Return who sends the request, and whether that use is to be remembered."""
    if "Authorization" in request.headers:
        identity, due = _by_bearer(here, uow, _bearer(request))
        return Asker(identity), due
    inside = request.environ.get(IN_PROCESS)
    if isinstance(inside, LocalPerson | Nobody):
        return Asker(inside), False
    secret = cookie_secret()
    if not secret:
        return Asker(NOBODY), False
    try:
        identity, due = identify_user(uow.connection, secret, uow.now, via="web")
    except NotPermitted:
        return Asker(NOBODY), False
    # A token belongs into the header: in a cookie it would be sent by any page that links here.
    return (Asker(identity, secret), due) if isinstance(identity, BySession) else (Asker(NOBODY), False)


def _by_bearer(here: Shell, uow: UnitOfWork, secret: str) -> tuple[Identity, bool]:
    if not secret.startswith(LOCAL):
        return identify_user(uow.connection, secret, uow.now, via="cli")
    right = hmac.compare_digest(secret.encode(), here.local_secret.encode()) and here.local_secret
    if right and uow.head.owner is None:
        raise no_administrator()
    if not right or uow.head.owner is None:
        raise NotPermitted(
            "unauthenticated", "This local secret is not that of the running server.", "Start again."
        )
    return LocalPerson(uow.head.owner), False


def no_administrator() -> NotPermitted:
    """Return what the machine's own command line is told before anybody could have signed in."""
    return NotPermitted(
        "unauthenticated",
        "There is no administrator yet.",
        "Open the set-up link that `prompts-admin up` printed; each start prints a new one until there is one.",
    )


def _bearer(request: Request) -> str:
    scheme, _, secret = request.headers["Authorization"].partition(" ")
    secret = secret.strip()
    if scheme.lower() != "bearer" or not secret:
        raise NotPermitted(
            "unauthenticated", "The header Authorization holds no bearer token.", "Send: Bearer pa_..."
        )
    return secret


def _acting(uow: UnitOfWork, identity: Identity, email: str) -> Identity:
    if not isinstance(identity, LocalPerson) or not uow.head.demo:
        raise Refused(
            "demo_only",
            "Acting as somebody else is possible on a local demo store alone.",
            "Sign in as that person, or leave out --as.",
        )
    people = [user.email for user in users.list_users(uow.connection) if user.is_active]
    if email.lower() not in people:
        raise NotPermitted(
            "unauthenticated",
            f"'{email}' is none of this demo's people.",
            f"Name one of: {', '.join(people)}",
        )
    return LocalPerson(email, via=f"cli --as by {identity.email}")


def _note_use(here: Shell, identity: Identity) -> None:
    """Write the last use, unless that takes waiting: a store that is being written keeps nobody from reading."""
    try:
        with here.product.store.write(seconds=0) as uow:
            remember_use(uow.connection, identity, uow.now, here.product.settings)
            uow.commit()
    except Unavailable as error:
        if error.code != "busy":
            _log.warning("The last use of a token or session could not be written.")
