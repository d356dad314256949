"""Resolution: the slow path to an answer, down the ladder, where the client's one look-up did not settle it."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from prompts_admin.domain.targeting.contexts import Context
from prompts_admin.domain.targeting.rulesets import DISABLED, ERROR, STATIC
from prompts_admin.domain.targeting.snapshot import DEFAULT_CLASSIFICATION, Version
from prompts_admin.sdk.answers import Ignored, Model, Prompt
from prompts_admin.sdk.conversation_pins import is_of, read_token
from prompts_admin.sdk.errors import NotFound
from prompts_admin.sdk.freshness import DEFAULT, Freshness
from prompts_admin.sdk.refresh.refresher import Refresher
from prompts_admin.sdk.snapshots.holder import Holder

Default = Mapping[str, Any] | str
"""The `value` of a prompt or model as in the snapshot; a text stands for a prompt of one user message."""

_Fields = tuple[str, "str | None", str, Freshness, Version]
"""The fields of `answers.Answer`, in order."""


@dataclass(frozen=True, slots=True)
class Question:
    """The arguments of a call."""

    user: Any
    groups: Any
    attributes: Any
    default: Default | None
    pin: str | None = None

    @property
    def context(self) -> Context:
        """Who asks; what is no mapping of attributes counts as none."""
        attributes = self.attributes if isinstance(self.attributes, Mapping) else {}
        return Context(self.user, several(self.groups), attributes)


class Resolver:
    """Resolves a question by the newest snapshot, the fallback or the default of the call."""

    def __init__(self, holder: Holder, ignored: Ignored, refresher: Refresher) -> None:
        self._holder = holder
        self._ignored = ignored
        self._refresher = refresher
        self._default = Freshness(time.monotonic, DEFAULT)

    def prompt(self, key: str, question: Question) -> Prompt:
        """Return a prompt; raises `NotFound` when nothing is known and the call gave no default."""
        self._refresher.wake()
        fields = self._pinned("prompt", key, question.pin) if question.pin else None
        if fields:
            return Prompt(*fields, self._ignored, pinned=True)
        return Prompt(*self._resolve("prompt", key, question), self._ignored)

    def model(self, key: str, question: Question) -> Model:
        """Return a model; raises as `prompt` does."""
        self._refresher.wake()
        fields = self._pinned("model", key, question.pin) if question.pin else None
        return Model(*fields, pinned=True) if fields else Model(*self._resolve("model", key, question))

    def _resolve(self, kind: str, key: str, question: Question) -> _Fields:
        """Go down the ladder. A snapshot that knows the artifact has the last word.

        So what was switched off does not come back from an older one.
        """
        canonical = canonical_key(key)
        context, reason = question.context, ERROR
        for held in (self._holder.current, self._holder.fallback):
            answer = held and held.snapshot.resolve(canonical, context)
            if not held or not answer:
                continue
            content = held.snapshot.version(canonical, answer.version)
            if content is not None and content.kind == kind:
                return canonical, answer.stage, answer.reason, held.freshness, content
            reason = DISABLED if answer.version is None else ERROR
            break
        if question.default is None:
            raise NotFound(canonical, reason, self._why(kind, canonical, reason))
        default = question.default
        value = {"messages": [{"role": "user", "content": default}]} if isinstance(default, str) else default
        return canonical, None, reason, self._default, Version(0, kind, "", DEFAULT_CLASSIFICATION, value)

    def _pinned(self, kind: str, key: str, token: str) -> _Fields | None:
        """Return the version of a token while it is carried and was not rolled back; a bad token is none."""
        pin, canonical = read_token(token), canonical_key(key)
        held = self._holder.current or self._holder.fallback
        if pin is None or pin.key != canonical or held is None:
            return None
        content = held.snapshot.version(canonical, pin.version)
        if content is None or content.kind != kind or content.marked or not is_of(pin, content.digest):
            return None
        on = held.snapshot.entries.get(canonical, {})
        stage = next((stage for stage, entry in on.items() if entry.runs(pin.version)), None)
        return canonical, stage, STATIC, held.freshness, content

    def _why(self, kind: str, key: str, reason: str) -> str:
        if reason == DISABLED:
            return f"Nothing of '{key}' is live for this user, and the call gives no default."
        problem = self._refresher.poller.problem
        said = f" The server could not be asked: {problem}" if problem else ""
        return f"No {kind} '{key}' is known, and the call gives no default.{said}"


def canonical_key(key: str) -> str:
    """Return the key with a slash, also of one written with a dot."""
    return key.replace(".", "/", 1) if "/" not in key else key


def several(groups: Iterable[str] | None) -> tuple[str, ...]:
    """Return groups as a tuple; one text is one group, and what is no collection is none."""
    if isinstance(groups, str):
        return (groups,)
    return tuple(groups) if isinstance(groups, Iterable) else ()


def check_default(kind: str, default: Default | None) -> None:
    """Refuse a default that cannot be used, on each call: in an outage is too late to find out."""
    if default.__class__ is str and kind == "prompt":
        return
    needed = "messages" if kind == "prompt" else "name"
    if not isinstance(default, Mapping) or needed not in default:
        either = "a text or " if kind == "prompt" else ""
        raise ValueError(f"The default of a {kind} must be {either}a mapping with '{needed}'.")
    check_model(f"The default of a {kind}", default)


def check_model(what: str, value: Mapping[str, Any]) -> None:
    """Refuse a model or fallback by its key where a snapshot has the settings themselves: `what` is its owner."""
    model = value.get("model")
    for one in (model, *(value.get("fallbacks") or ())):
        if one is not None and not isinstance(one, Mapping):
            written = "{'name': 'gpt-5-mini', 'provider': 'openai', 'params': {}}"
            raise ValueError(f"{what} names the model {one!r}. Write its settings instead, as {written}.")
