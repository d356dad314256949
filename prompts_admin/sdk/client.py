"""The client: asks nobody to answer, and answers as long as any value is known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import TracebackType
from typing import Any

from prompts_admin.sdk.answers import Model, Prompt
from prompts_admin.sdk.files import Source, load_snapshot
from prompts_admin.sdk.finding import Asked, Default, Finder, check_default, several
from prompts_admin.sdk.holder import Holder
from prompts_admin.sdk.ignored import IgnoredVariables
from prompts_admin.sdk.polling import Polling
from prompts_admin.sdk.transport import HttpTransport, Transport

_NONE: Mapping[str, Any] = {}


class Client:
    """Serves prompts and models from memory, and keeps that fresh in the background.

    `poll_seconds` is how often the server is asked; None asks once, in the constructor, and starts no thread.
    `fallback` is a snapshot, as a file or a document, for when the server was never reached. The constructor
    waits at most `wait_seconds` for the first answer and never fails for want of one. Any number of threads may
    use a client at once. Raises ValueError for a url or token that cannot be one.
    """

    def __init__(
        self,
        url: str,
        *,
        token: str | None = None,
        poll_seconds: float | None = 30.0,
        fallback: Source | None = None,
        wait_seconds: float = 5.0,
        transport: Transport | None = None,
    ) -> None:
        self._url = url
        self._ignored = IgnoredVariables()
        self._holder = Holder(load_snapshot(fallback), ignored=self._ignored.note)
        self._finder = Finder(self._holder, self._ignored.note, lambda: self.problem)
        chosen = transport or HttpTransport(url, token)
        self._polling = Polling(chosen, self._holder, every=poll_seconds or 0.0)
        if poll_seconds is None:
            self._polling.ask()
        else:
            self._polling.start()
            self._polling.wait(wait_seconds)

    def prompt(
        self,
        key: str,
        *,
        user: str | None = None,
        groups: Iterable[str] = (),
        attributes: Mapping[str, Any] | None = None,
        default: Default | None = None,
    ) -> Prompt:
        """Return what is active of a prompt for a user.

        Raises `NotFound` when nothing is known of it for this user and the call gives no default, and
        ValueError for a default that cannot be one.
        """
        if groups.__class__ is not tuple and groups.__class__ is not list:
            groups = several(groups)
        if default is not None:
            check_default("prompt", default)
        try:
            decide, answers = self._holder.cards.prompts[key]
            answer = answers[decide(user, groups, attributes or _NONE)]
        except (KeyError, TypeError, AttributeError):
            answer = None
        return answer or self._finder.prompt(key, Asked(user, groups, attributes, default))

    def model(
        self,
        key: str,
        *,
        user: str | None = None,
        groups: Iterable[str] = (),
        attributes: Mapping[str, Any] | None = None,
        default: Mapping[str, Any] | None = None,
    ) -> Model:
        """Return what is active of a model configuration for a user; raises as `prompt` does."""
        if groups.__class__ is not tuple and groups.__class__ is not list:
            groups = several(groups)
        if default is not None:
            check_default("model", default)
        try:
            decide, answers = self._holder.cards.models[key]
            answer = answers[decide(user, groups, attributes or _NONE)]
        except (KeyError, TypeError, AttributeError):
            answer = None
        return answer or self._finder.model(key, Asked(user, groups, attributes, default))

    def refresh(self) -> bool:
        """Ask the server now and wait for the answer; tells whether it was a good one."""
        self._polling.ask()
        return self._polling.problem is None

    def close(self) -> None:
        """Stop asking. What is in memory is still served."""
        self._polling.stop()

    @property
    def is_ready(self) -> bool:
        """True once a snapshot came from the server."""
        return self._holder.current is not None

    @property
    def revision(self) -> int | None:
        """The revision that answers come from, None before the first snapshot."""
        held = self._holder.current or self._holder.fallback
        return held.snapshot.revision if held else None

    @property
    def problem(self) -> str | None:
        """Why the server could not be asked the last time, None while all is well."""
        return self._polling.problem

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
