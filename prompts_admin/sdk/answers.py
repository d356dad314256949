"""Answers of the client: a prompt or a model with its settings, and where it came from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from prompts_admin.domain.targeting.snapshot import Version
from prompts_admin.domain.templates.chat import chat_request, fresh
from prompts_admin.domain.templates.rendering import RenderError as Unrenderable
from prompts_admin.domain.templates.tags import TemplateError
from prompts_admin.domain.templates.template import MissingVariable
from prompts_admin.sdk.conversation_pins import token_of
from prompts_admin.sdk.errors import RenderError
from prompts_admin.sdk.freshness import Freshness

Ignored = Callable[[str, frozenset[str]], None]
"""Is told a key and the variables given for it that nothing declares."""


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """Which model to call and how; `params` is the caller's own copy."""

    name: str
    provider: str
    params: dict[str, Any]
    fallbacks: tuple[ModelSettings, ...] = ()
    key: str | None = None
    version: int | None = None
    digest: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """What every answer tells.

    `stage` and `reason` say why this version; `pinned` that it is the one of a token that was handed in.
    """

    key: str
    stage: str | None
    reason: str
    standing: Freshness = field(repr=False)
    content: Version
    pinned: bool = field(default=False, kw_only=True)

    @property
    def source(self) -> str:
        """The rung of the ladder: `stream`, `poll`, `memory`, `disk`, `fallback` or `default`."""
        return self.standing.source

    @property
    def age(self) -> float | None:
        """Seconds since the server last confirmed what is served, None when it never did."""
        return self.standing.age

    @property
    def token(self) -> str | None:
        """A short text that keeps a conversation on this version, None for the default of the call."""
        return token_of(self.key, self.content.number, self.content.digest) if self.content.number else None

    @property
    def version(self) -> int | None:
        """The number of the version, None for the default of the call."""
        return self.content.number or None

    @property
    def digest(self) -> str | None:
        """The digest of the version, None for the default of the call."""
        return self.content.digest or None


@dataclass(frozen=True, slots=True, eq=False)
class Model(Answer):
    """A model configuration for a user."""

    @property
    def settings(self) -> ModelSettings:
        """All of it as one value."""
        value = self.content.value
        return settings_of({**value, "key": self.key, "version": self.version, "digest": self.digest})

    @property
    def provider(self) -> str:
        """The provider's name as in the file."""
        return str(self.content.value.get("provider") or "")

    @property
    def name(self) -> str:
        """The provider's name of the model."""
        return str(self.content.value.get("name") or "")

    @property
    def params(self) -> dict[str, Any]:
        """The parameters of the call, a copy."""
        return self.settings.params

    @property
    def fallbacks(self) -> tuple[ModelSettings, ...]:
        """The models to try when this one fails, in order."""
        return self.settings.fallbacks


@dataclass(frozen=True, slots=True, eq=False)
class Prompt(Answer):
    """A prompt for a user, to be rendered any number of times."""

    ignored: Ignored = field(repr=False)

    @property
    def model(self) -> ModelSettings | None:
        """The model that was released with this prompt, None when it names none."""
        model = self.content.value.get("model")
        return settings_of(model) if model else None

    def messages(self, /, **variables: Any) -> list[dict[str, Any]]:
        """Return the chat messages, `[{"role": ..., "content": ...}]`; raises `RenderError`."""
        # Whatever the quick form cannot render or refuses, the full one renders or says what is wrong.
        try:
            quick = self.content.messages.quick
            done = quick(variables) if quick else None
        except (KeyError, TypeError, TemplateError, Unrenderable):
            done = None
        return self.render(variables) if done is None else done

    def request(self, /, **variables: Any) -> dict[str, Any]:
        """Return keyword arguments for an OpenAI-compatible chat call; raises `RenderError`.

        They hold `messages`, and as far as the version names them `model`, its parameters beside it,
        `response_format` and `tools`.
        """
        return chat_request(self.key, self.content.value, self.messages(**variables))

    def render(self, variables: Mapping[str, Any], *, strict: bool = False) -> list[dict[str, Any]]:
        """Return the messages for variables by name; with `strict`, one that nothing declares is an error."""
        try:
            return self.content.messages.render(
                variables, strict=strict, on_ignored=lambda names: self.ignored(self.key, names)
            )
        except (MissingVariable, Unrenderable, TemplateError) as error:
            name = str(getattr(error, "name", ""))
            raise RenderError(error.code, name, f"'{self.key}': {error}") from error
        except (LookupError, TypeError) as error:  # content of a server that knows other messages
            raise RenderError(
                "unusable", "", f"'{self.key}' has messages that this cannot render."
            ) from error


def settings_of(model: Mapping[str, Any]) -> ModelSettings:
    """Return the settings that a `model` of the snapshot, or of a default, describes."""
    return ModelSettings(
        name=str(model.get("name") or ""),
        provider=str(model.get("provider") or ""),
        params=fresh(model.get("params") or {}),
        fallbacks=tuple(settings_of(one) for one in model.get("fallbacks") or ()),
        key=model.get("key"),
        version=model.get("version"),
        digest=model.get("digest"),
    )
