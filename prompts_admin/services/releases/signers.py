"""Who can sign, by role, and whether the asker may sign at all: the same for releases and for settings."""

from __future__ import annotations

from prompts_admin.domain.errors import NotPermitted
from prompts_admin.domain.releases.policy_changes import WORKSPACE
from prompts_admin.services.core.work import Work
from prompts_admin.store.people import grants


def holders_for(work: Work, scope: str) -> dict[str, frozenset[str]]:
    """Return the active people of each role that can sign a settings change of `scope`."""
    if scope != WORKSPACE:
        return grants.holders_of(work.connection, scope)
    admins = grants.holders(work.connection, ["admin"])
    return {"admin": frozenset(holder.email for holder in admins)}


def signing_person(work: Work) -> str:
    """Return the email of the person who signs; raises NotPermitted `forbidden` for a token of nobody."""
    if not work.actor.is_person or work.actor.email is None:
        raise NotPermitted(
            "forbidden", "Only people sign; this token belongs to nobody.", "Sign in as yourself."
        )
    return work.actor.email


def require_own_token(work: Work) -> None:
    """Raise NotPermitted `forbidden` for a token that somebody else made: its maker could sign for many people."""
    token = work.actor.token
    if token is not None and work.actor.is_lent:
        detail = f"This token was made by {token.created_by}: nobody signs through a token of somebody else's making."
        raise NotPermitted("forbidden", detail, "Sign in as yourself, or make a token of your own.")
