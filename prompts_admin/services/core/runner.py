"""`Product`: the store, the settings and the memories of one running program, and how use cases run on them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Concatenate, ParamSpec, TypeVar

from prompts_admin.domain.errors import Conflict
from prompts_admin.domain.people.identity import Identity
from prompts_admin.services.core.actors import load_actor
from prompts_admin.services.core.assembled_values import Values
from prompts_admin.services.core.input_checks import refuse_unstorable
from prompts_admin.services.core.work import Work
from prompts_admin.services.playground.model_endpoint import ModelEndpoint
from prompts_admin.services.replication.mirror_feed import MirrorFeed
from prompts_admin.services.replication.publisher import Publisher
from prompts_admin.services.serving.snapshots import snapshot_delta, snapshot_document
from prompts_admin.serving.live_snapshot import LiveSnapshot
from prompts_admin.serving.reader_registry import Readers
from prompts_admin.settings.table import Settings
from prompts_admin.store.database.unit_of_work import Store, UnitOfWork
from prompts_admin.store.records import idempotency as kept

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True)
class Idempotency:
    """A caller's key for one request, and the hash of that request."""

    key: str
    request: str


@dataclass
class Product:
    """Runs use cases: one transaction each, with the rights that the asker has inside that transaction.

    `live` is what serving reads; whoever reads it after an answer left reads the new state. `wakers` are
    called after every commit, for the outbox. `background` tells what fails there, by the name of the loop.
    """

    store: Store
    settings: Settings
    values: Values = field(default_factory=Values)
    wakers: list[Callable[[], None]] = field(default_factory=list)
    background: Callable[[], Mapping[str, str]] = dict

    def __post_init__(self) -> None:
        self.live = LiveSnapshot(self._whole, self._position, changes=self._changes)
        self.feed = MirrorFeed(self)
        self.publisher = Publisher(self)
        self.endpoint = ModelEndpoint(self.settings)
        self.readers = Readers(lambda: self.store.clock().timestamp())

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

    def _whole(self) -> dict[str, Any]:
        with self.store.read() as uow:
            return snapshot_document(uow, self.values)

    def _changes(self, since: int) -> dict[str, Any]:
        with self.store.read() as uow:
            return snapshot_delta(uow, self.values, since)

    def _position(self) -> tuple[str, int]:
        with self.store.read() as uow:
            return uow.head.epoch, uow.head.revision

    def _tell(self, before: int, after: int) -> None:
        if after != before:
            self.live.changed(after)
        for wake in self.wakers:
            wake()


def _replayed(earlier: Any, idempotency: Idempotency) -> Any:
    if earlier.request != idempotency.request:
        detail = f"The idempotency key '{idempotency.key}' was used for another request."
        raise Conflict("idempotency_mismatch", detail, "Take a new key for a new request.")
    return earlier.response
