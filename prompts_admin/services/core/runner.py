"""The runner: one transaction for each use case, with the rights that the asker has inside of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Concatenate, ParamSpec, TypeVar

from prompts_admin.domain.errors import Conflict
from prompts_admin.domain.people.identity import Identity
from prompts_admin.services.core.actors import load_actor
from prompts_admin.services.core.assembled_values import Values
from prompts_admin.services.core.input_checks import refuse_unstorable
from prompts_admin.services.core.work import Work
from prompts_admin.settings.table import Settings
from prompts_admin.store.database.unit_of_work import Store, UnitOfWork
from prompts_admin.store.records import idempotency as kept


def _nobody_serves(revision: int) -> None:
    """Tell nobody of a new revision: what a runner does that serves nothing itself."""


P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True)
class Idempotency:
    """A caller's key for one request, and the hash of that request."""

    key: str
    request: str


@dataclass
class Runner:
    """Runs use cases: one transaction each, with the rights that the asker has inside that transaction.

    After every commit `wakers` are called, for the outbox, and `served` with the revision when what is served
    changed, so that whoever reads after an answer left reads the new state.
    """

    store: Store
    settings: Settings
    values: Values = field(default_factory=Values)
    wakers: list[Callable[[], None]] = field(default_factory=list)
    served: Callable[[int], None] = _nobody_serves

    def close(self) -> None:
        """Close the connections to the store."""
        self.store.close()

    def do(
        self,
        identity: Identity,
        use_case: Callable[Concatenate[Work, P], R],
        idempotency: Idempotency | None = None,
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> R:
        """Run a use case that changes something; all of it is committed, or none of it happened."""
        return self.do_once(identity, use_case, idempotency, *args, **kwargs)[0]

    def do_once(
        self,
        identity: Identity,
        use_case: Callable[Concatenate[Work, P], R],
        idempotency: Idempotency | None = None,
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> tuple[R, bool]:
        """Run a use case and tell whether its answer is the kept one of an earlier, identical request.

        Raises Conflict `idempotency_mismatch` when the key was used for another request.
        """
        refuse_unstorable((*args, *kwargs.values()))
        with self.store.write() as uow:
            before = uow.head.revision
            work = self._work(uow, identity)
            if idempotency is not None:
                earlier = kept.find(uow.connection, work.actor.label, idempotency.key)
                if earlier is not None:
                    return _replayed(earlier, idempotency), True
            answer = use_case(work, *args, **kwargs)
            if idempotency is not None:
                kept.keep(
                    uow,
                    work.actor.label,
                    idempotency.key,
                    request=idempotency.request,
                    response=answer,
                    now=uow.now,
                )
            uow.commit()
        self._tell(before, uow.head.revision)
        return answer, False

    def rehearse(
        self,
        identity: Identity,
        use_case: Callable[Concatenate[Work, P], R],
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> R:
        """Run a use case to its end and then roll it back: the honest dry run."""
        refuse_unstorable((*args, *kwargs.values()))
        with self.store.write() as uow:
            return use_case(self._work(uow, identity), *args, **kwargs)

    def look(
        self,
        identity: Identity,
        query: Callable[Concatenate[Work, P], R],
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> R:
        """Run a query on a consistent view; it waits for nobody."""
        refuse_unstorable((*args, *kwargs.values()))
        with self.store.read() as uow:
            return query(self._work(uow, identity), *args, **kwargs)

    def _work(self, uow: UnitOfWork, identity: Identity) -> Work:
        actor = load_actor(uow.connection, identity, uow.now)
        return Work(uow, actor, self.settings, self.values)

    def _tell(self, before: int, after: int) -> None:
        if after != before:
            self.served(after)
        for wake in self.wakers:
            wake()


def _replayed(earlier: Any, idempotency: Idempotency) -> Any:
    if earlier.request != idempotency.request:
        detail = f"The idempotency key '{idempotency.key}' was used for another request."
        raise Conflict("idempotency_mismatch", detail, "Take a new key for a new request.")
    return earlier.response
