"""Who can sign, by role."""

from __future__ import annotations

from prompts_admin.domain.governance import WORKSPACE
from prompts_admin.services.work import Work
from prompts_admin.store import grants


def holders_for(work: Work, scope: str) -> dict[str, frozenset[str]]:
    """Return the active people of each role that can sign a settings change of `scope`."""
    if scope != WORKSPACE:
        return grants.holders_of(work.connection, scope)
    admins = grants.holders(work.connection, ["admin"])
    return {"admin": frozenset(holder.email for holder in admins)}
