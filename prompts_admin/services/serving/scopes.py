"""Which scopes are published, and where administrators find the pointer of a token's."""

from __future__ import annotations

from dataclasses import replace

from prompts_admin.domain.people.identity import ByToken
from prompts_admin.domain.people.permissions import SERVE
from prompts_admin.domain.people.records import Token
from prompts_admin.publishing.names import scope_name
from prompts_admin.publishing.pointers import FILE
from prompts_admin.services.core.actors import load_actor
from prompts_admin.services.core.server_key import own_key
from prompts_admin.services.core.work import Work
from prompts_admin.services.serving.admission import scope_of
from prompts_admin.serving.scopes import Scope
from prompts_admin.settings.table import Settings
from prompts_admin.store.people.grants import active_person
from prompts_admin.store.people.tokens import active_tokens


def scopes_to_publish(work: Work) -> frozenset[Scope]:
    """Return the scopes of the `serve` tokens that work now."""
    tokens = active_tokens(work.connection, SERVE, work.now)
    found = (scope_of_token(work, token) for token in tokens)
    return frozenset(scope for scope in found if scope is not None)


def scope_of_token(work: Work, token: Token) -> Scope | None:
    """Return what an active `serve` token may be served, None when that is nothing."""
    if token.role != SERVE or not token.is_active(work.now):
        return None
    if token.email is not None and active_person(work.connection, token.email) is None:
        return None
    actor = load_actor(work.connection, ByToken(token.id), work.now)
    scope = scope_of(replace(work, actor=actor))
    return scope if scope.features is None or scope.features else None


def pointer_of_token(work: Work, token: Token) -> str | None:
    """Return where the pointer of a token's scope is, for administrators, None when nothing is published."""
    if not work.settings.publish_url or not work.may("manage_tokens"):
        return None
    scope = scope_of_token(work, token)
    return pointer_place(work.settings, scope) if scope else None


def pointer_place(settings: Settings, scope: Scope) -> str:
    """Return the address of a scope's pointer, without the public address its path below the target."""
    name = scope_name(own_key(settings), scope.features, scope.clearance)
    return "/".join(part for part in (settings.publish_public_url, name, FILE) if part)
