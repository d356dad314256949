"""What a token or a person may be served."""

from __future__ import annotations

from dataclasses import dataclass

from prompts_admin.domain.errors import Unavailable
from prompts_admin.domain.people.identity import Identity
from prompts_admin.domain.people.permissions import SERVE, readable_features
from prompts_admin.services.core.actors import identify_user, load_actor, remember_use
from prompts_admin.services.core.runner import Runner
from prompts_admin.services.core.work import Work
from prompts_admin.serving.scopes import EVERYTHING, Scope
from prompts_admin.store.database.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Admission:
    """What a token admits to: `key` is what limits count by, `name` what people call it."""

    key: str
    name: str
    scope: Scope

    @property
    def may_serve(self) -> bool:
        """True when there is a feature that it may be served."""
        return self.scope.features is None or bool(self.scope.features)


def scope_of(work: Work) -> Scope:
    """Return what the actor may be served."""
    features = readable_features(work.actor, SERVE)
    token = work.actor.token
    if token is None and features is None:
        return EVERYTHING
    return Scope(features, token.clearance if token else EVERYTHING.clearance)


def admission_of(runner: Runner, secret: str) -> Admission:
    """Look a token or session secret up; raises NotPermitted("unauthenticated"), Unavailable.

    Its last use is written when that is due, unless it takes waiting.
    """
    with runner.store.read() as uow:
        identity, due = identify_user(uow.connection, secret, uow.now, via="cli")
        found = admission_by(runner, uow, identity)
    if due:
        try:
            with runner.store.write(seconds=0) as uow:
                remember_use(uow.connection, identity, uow.now, runner.settings)
                uow.commit()
        except Unavailable:
            return found
    return found


def admission_by(runner: Runner, uow: UnitOfWork, identity: Identity) -> Admission:
    """Return what an identity admits to at this moment; raises NotPermitted("unauthenticated") when it ended."""
    actor = load_actor(uow.connection, identity, uow.now)
    work = Work(uow, actor, runner.settings, runner.values)
    key = actor.token.id if actor.token else actor.label
    return Admission(key, actor.token.name if actor.token else actor.label, scope_of(work))
