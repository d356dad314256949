"""`Work`: one use case under way, with who asks for it, when, and in which transaction."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from prompts_admin.domain.errors import NotFound, NotPermitted, ProductError
from prompts_admin.domain.people import permissions
from prompts_admin.domain.people.permissions import Actor
from prompts_admin.services.core.assembled_values import Values
from prompts_admin.settings.table import Settings
from prompts_admin.store.database.unit_of_work import Connection, UnitOfWork
from prompts_admin.store.database.workspace_row import WorkspaceRow
from prompts_admin.store.people import grants
from prompts_admin.store.records import audit, outbox


@dataclass(frozen=True)
class Work:
    """What a use case is given; its rights are those of `actor`, loaded inside this very transaction."""

    uow: UnitOfWork
    actor: Actor
    settings: Settings = field(default_factory=Settings)
    values: Values = field(default_factory=Values)

    @property
    def connection(self) -> Connection:
        """The connection of the transaction."""
        return self.uow.connection

    @property
    def now(self) -> datetime:
        """The one moment of the transaction, in UTC."""
        return self.uow.now

    @property
    def head(self) -> WorkspaceRow:
        """The workspace row: epoch, revision, counters, demo, owner."""
        return self.uow.head

    def may(self, action: str, feature: str | None = None) -> bool:
        """Tell whether the actor may do `action` on `feature` (None: everywhere)."""
        return permissions.allowed(self.actor, action, feature)

    def may_somewhere(self, action: str) -> bool:
        """Tell whether the actor may do `action` on at least one feature."""
        return permissions.allowed_somewhere(self.actor, action)

    def readable(self, action: str = "read") -> frozenset[str] | None:
        """Return the features on which the actor may do `action`, None for all: the filter of every list."""
        return permissions.readable_features(self.actor, action)

    def cleared(self, classification: str) -> bool:
        """Tell whether data of this classification may go to the actor."""
        return permissions.cleared(self.actor, classification)

    def require(self, action: str, feature: str | None = None) -> None:
        """Go on only if the actor may do `action` on `feature` (None: everywhere).

        Raises NotPermitted("unauthenticated" or "forbidden"), or NotFound where the actor may not even know
        that the feature exists.
        """
        if not self.may(action, feature):
            raise self._refusal(action, feature)

    def require_somewhere(self, action: str) -> None:
        """Go on only if the actor may do `action` on at least one feature; for lists, with `readable`."""
        if not self.may_somewhere(action):
            raise self._refusal(action, None)

    def record(self, action: str, subject: str, *, feature: str | None = None, **detail: Any) -> None:
        """Write an audit entry by the actor into this transaction and its hash chain."""
        audit.append(
            self.uow,
            actor=self.actor.label,
            via=self.actor.via,
            action=action,
            feature=feature,
            subject=subject,
            detail=detail,
        )

    def announce(self, topic: str, payload: outbox.Payload, *, due_at: datetime | None = None) -> None:
        """Leave a message in the outbox of this transaction, to be delivered at once or when due."""
        outbox.announce(self.uow, topic, payload, due_at=due_at)

    def _refusal(self, action: str, feature: str | None) -> ProductError:
        if self.actor.is_anonymous:
            return NotPermitted("unauthenticated", "Nobody is signed in.", "Sign in, or send a token.")
        if feature and not self.may("read", feature) and not self.may("serve", feature):
            return no_feature(feature)
        where = f" on '{feature}'" if feature else ""
        return NotPermitted(
            "forbidden",
            f"'{self.actor.label}' may not {action.replace('_', ' ')}{where}.",
            self._who_can(action, where),
        )

    def _who_can(self, action: str, where: str) -> str:
        """Name the administrators for what is theirs alone; else say which role it takes."""
        rule = permissions.ACTIONS.get(action)
        if rule is None:
            return ""
        admins = sorted({row.email for row in grants.holders(self.connection, ["admin"])})
        named = f": {', '.join(admins[:3])}" if admins and self.actor.email else ""
        if rule.role == "admin":
            return f"Administrators can{named}." if named else "Ask an administrator."
        return f"Ask an administrator for the role '{rule.role}'{where or ' everywhere'}."


def no_feature(feature: str) -> NotFound:
    """Return the one answer for a feature that does not exist and for one that the asker may not see."""
    return NotFound("not_found", f"There is no feature '{feature}'.", "Look at the list of features.")
