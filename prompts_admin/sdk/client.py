"""The client: asks nobody to answer, and answers as long as any value is known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import TracebackType
from typing import Any

from prompts_admin.domain.contexts import Context
from prompts_admin.domain.ladders import DISABLED, ERROR
from prompts_admin.domain.snapshot import DEFAULT_CLASSIFICATION, Version
from prompts_admin.sdk.answers import Model, Prompt
from prompts_admin.sdk.errors import NotFound
from prompts_admin.sdk.files import Source, load_snapshot
from prompts_admin.sdk.holder import DEFAULT, Holder
from prompts_admin.sdk.ignored import IgnoredVariables
from prompts_admin.sdk.polling import Polling
from prompts_admin.sdk.transport import HttpTransport, Transport

Default = Mapping[str, Any] | str
"""The `value` of a prompt or model as in the snapshot; a text stands for a prompt of one user message."""

_Found = tuple[str, "str | None", str, str, "float | None", Version]
"""The fields of `answers.Answer`, in order."""


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
        self._holder = Holder(load_snapshot(fallback))
        self._ignored = IgnoredVariables()
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
        return Prompt(
            *self._find("prompt", key, _context(user, groups, attributes), default), self._ignored.note
        )

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
        return Model(*self._find("model", key, _context(user, groups, attributes), default))

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

    def _find(self, kind: str, key: str, context: Context, default: Default | None) -> _Found:
        """Go down the ladder: newest snapshot, bundled one, the call's default, `NotFound`.

        A snapshot that knows the artifact has the last word, so that what was switched off does not come back
        from an older one.
        """
        _check_default(kind, default)
        canonical = key.replace(".", "/", 1) if "/" not in key else key
        reason = ERROR
        for held in (self._holder.current, self._holder.fallback):
            answer = held and held.snapshot.resolve(canonical, context)
            if not held or not answer:
                continue
            content = held.snapshot.version(canonical, answer.version)
            if content is not None and content.kind == kind:
                return canonical, answer.stage, answer.reason, held.source, self._holder.age(held), content
            reason = DISABLED if answer.version is None else ERROR
            break
        if default is None:
            raise NotFound(canonical, reason, self._why(kind, canonical, reason))
        return canonical, None, reason, DEFAULT, None, _default_version(kind, default)

    def _why(self, kind: str, key: str, reason: str) -> str:
        if reason == DISABLED:
            return f"Nothing of '{key}' is live for this user, and the call gives no default."
        problem = f" The server could not be asked: {self.problem}" if self.problem else ""
        return f"No {kind} '{key}' is known, and the call gives no default.{problem}"


def _context(user: str | None, groups: Iterable[str], attributes: Mapping[str, Any] | None) -> Context:
    several = (groups,) if isinstance(groups, str) else tuple(groups or ())
    return Context(user, several, attributes or {})


def _check_default(kind: str, default: Default | None) -> None:
    """Refuse a default that cannot be used, on each call: in an outage is too late to find out."""
    if isinstance(default, str) and kind == "prompt":
        return
    needed = "messages" if kind == "prompt" else "name"
    if default is not None and (isinstance(default, str) or needed not in default):
        raise ValueError(f"The default of a {kind} must be a mapping with '{needed}'.")


def _default_version(kind: str, default: Default) -> Version:
    if isinstance(default, str):
        default = {"messages": [{"role": "user", "content": default}]}
    return Version(0, kind, "", DEFAULT_CLASSIFICATION, default)
