"""The client: answers from memory, asks no server to do so, and answers as long as any value is known."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterable, Mapping
from os import PathLike
from types import TracebackType
from typing import Any

from prompts_admin.sdk.answers import Model, Prompt
from prompts_admin.sdk.errors import NotReady
from prompts_admin.sdk.ignored_variables import IgnoredVariables
from prompts_admin.sdk.refresh.refresher import OnStart, make_refresher, start
from prompts_admin.sdk.resolution import Default, Question, Resolver, check_default, several
from prompts_admin.sdk.snapshots.holder import ChangedKeys, Holder
from prompts_admin.sdk.snapshots.snapshot_files import Source, load_snapshot
from prompts_admin.sdk.transport.fork_safety import watch
from prompts_admin.sdk.transport.port import Transport

_NONE: Mapping[str, Any] = {}


class Client:
    """Serves prompts and models from memory, and keeps that fresh in the background.

    `snapshot_url` is a pointer that the server published, to a CDN for instance: it is read when the server
    does not answer, or alone without `url`. `cache_dir` keeps the last good snapshot for a start without
    server; `fallback` is a snapshot that the program brings along, as a file or a document. `on_start` says
    what a start does while the server is not heard: "wait" for its first answer or failure, "stale" at once
    with what disk or fallback have, or "fail" with `NotReady`; none takes longer than `wait_seconds`.
    Changes come by `stream`; `poll_seconds` is how often the server is asked beside it, and None asks once,
    in the constructor, and starts no thread. `host` is how the server lists this reader.

    Any number of threads may use a client at once; forked children may go on using it. Raises ValueError for a
    url, token or `on_start` that cannot be one.
    """

    def __init__(
        self,
        url: str | None = None,
        *,
        token: str | None = None,
        snapshot_url: str | None = None,
        cache_dir: str | PathLike[str] | None = None,
        fallback: Source | None = None,
        on_start: OnStart = "wait",
        wait_seconds: float = 5.0,
        poll_seconds: float | None = 60.0,
        stream: bool = True,
        host: str | None = None,
        transport: Transport | None = None,
    ) -> None:
        self._url = url
        self._ignored = IgnoredVariables()
        self._holder = Holder(load_snapshot(fallback), ignored=self._ignored.note)
        self._refresher = make_refresher(
            self._holder,
            url,
            token,
            cache_dir,
            snapshot_url=snapshot_url,
            host=host,
            transport=transport,
            every=poll_seconds,
            stream=stream,
        )
        # Nothing here refers back to the client, so that one that is let go of ends its threads.
        self._resolver = Resolver(self._holder, self._ignored.note, self._refresher)
        self._end = weakref.finalize(self, self._refresher.stop)
        watch(self._refresher)
        watch(self._ignored)
        if not start(self._refresher, on_start, wait_seconds, threads=poll_seconds is not None):
            self.close()
            raise NotReady(f"The server gave no snapshot within {wait_seconds:g} seconds: {self.problem}")

    def prompt(
        self,
        key: str,
        *,
        user: str | None = None,
        groups: Iterable[str] = (),
        attributes: Mapping[str, Any] | None = None,
        default: Default | None = None,
        pin: str | None = None,
    ) -> Prompt:
        """Return what is active of a prompt for a user.

        `pin`, the `token` of an earlier answer, keeps its version while that is served and was not rolled
        back. Raises `NotFound` when nothing is known of it for this user and the call gives no default, and
        ValueError for a default that cannot be one.
        """
        # The fast path: written out in both methods, since at 0.3 µs each function call counts.
        if groups.__class__ is not tuple and groups.__class__ is not list:
            groups = several(groups)
        if default is not None:
            check_default("prompt", default)
        if pin is None:
            try:
                decide, answers = self._holder.lookup.prompts[key]
                answer = answers[decide(user, groups, attributes or _NONE)]
            except (KeyError, TypeError, AttributeError):
                answer = None
            if answer is not None:
                return answer
        return self._resolver.prompt(key, Question(user, groups, attributes, default, pin))

    def model(
        self,
        key: str,
        *,
        user: str | None = None,
        groups: Iterable[str] = (),
        attributes: Mapping[str, Any] | None = None,
        default: Mapping[str, Any] | None = None,
        pin: str | None = None,
    ) -> Model:
        """Return what is active of a model configuration for a user; takes and raises what `prompt` does."""
        if groups.__class__ is not tuple and groups.__class__ is not list:
            groups = several(groups)
        if default is not None:
            check_default("model", default)
        if pin is None:
            try:
                decide, answers = self._holder.lookup.models[key]
                answer = answers[decide(user, groups, attributes or _NONE)]
            except (KeyError, TypeError, AttributeError):
                answer = None
            if answer is not None:
                return answer
        return self._resolver.model(key, Question(user, groups, attributes, default, pin))

    def refresh(self) -> bool:
        """Ask the server now and wait for the answer; tells whether it was a good one."""
        self._refresher.poller.ask()
        return self.problem is None

    def on_change(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` whenever `revision` or `source` may have changed; returns a function that ends it.

        It is called on a thread of the client, which waits for it: be quick.
        """
        return self._holder.freshness.listen(listener)

    def on_changed_keys(self, listener: Callable[[frozenset[str]], None]) -> Callable[[], None]:
        """Call `listener` with the keys that may have another answer now; else as `on_change` does."""
        return self.on_change(ChangedKeys(self._holder, listener))

    def close(self) -> None:
        """Stop asking. What is in memory is still served."""
        self._end()

    @property
    def ready(self) -> bool:
        """True once answers come from a snapshot of the server, fetched or kept on disk."""
        return self._holder.current is not None

    @property
    def source(self) -> str | None:
        """The rung of the ladder that answers come from now, None before there is any snapshot."""
        held = self._holder.current or self._holder.fallback
        return held.freshness.source if held else None

    @property
    def age(self) -> float | None:
        """Seconds since the server last confirmed what is served, None when it never did."""
        return self._holder.freshness.age

    @property
    def revision(self) -> int | None:
        """The revision that answers come from, None before the first snapshot."""
        held = self._holder.current or self._holder.fallback
        return held.snapshot.revision if held else None

    @property
    def problem(self) -> str | None:
        """Why the server could not be asked the last time, None while all is well."""
        return self._refresher.poller.problem

    @property
    def ignored_variables(self) -> dict[tuple[str, str], int]:
        """How often each (key, variable) was given though nothing declares it."""
        return self._ignored.counts()

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Client {self._url!r} revision {self.revision}>"
