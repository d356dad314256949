"""A provider of OpenFeature over the client: `pip install 'prompts-admin[openfeature]'`.

    from openfeature import api
    from prompts_admin.sdk import Client
    from prompts_admin.sdk.openfeature import PromptsProvider

    api.set_provider(PromptsProvider(Client("https://prompts.example.com", token="pa_...")))
    details = api.get_client().get_object_details("support/triage", {}, EvaluationContext("u-17"))

It answers what the server answers by OFREP, from memory: values are those of `get`, the variant is `v7`, and
what is switched off is the caller's default with the reason DISABLED.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

try:
    from openfeature.evaluation_context import EvaluationContext
    from openfeature.event import ProviderEventDetails
    from openfeature.exception import (
        FlagNotFoundError,
        InvalidContextError,
        ProviderNotReadyError,
        TypeMismatchError,
    )
    from openfeature.flag_evaluation import FlagResolutionDetails, FlagValueType, Reason
    from openfeature.provider import AbstractProvider, Metadata
except ImportError as error:
    raise ImportError("OpenFeature is missing: pip install 'prompts-admin[openfeature]'") from error

from prompts_admin.domain.errors import Refused
from prompts_admin.domain.keys import feature_of
from prompts_admin.domain.targeting.contexts import Context, context_from_json
from prompts_admin.domain.targeting.rulesets import DISABLED
from prompts_admin.domain.templates.chat import fresh
from prompts_admin.sdk.answers import Model, Prompt
from prompts_admin.sdk.client import Client
from prompts_admin.sdk.errors import NotFound
from prompts_admin.sdk.freshness import POLL, PUBLISHED, STREAM

OFF = "off"
Object = Sequence[FlagValueType] | Mapping[str, FlagValueType]


class PromptsProvider(AbstractProvider):
    """Prompts and models as objects.

    Emits READY when there is something to answer from, CONFIGURATION_CHANGED with each revision, STALE when the
    server is not heard any more, and READY once it is heard again. Ending the provider closes the client.
    """

    def __init__(self, client: Client) -> None:
        super().__init__()
        self._client = client
        self._end: Callable[[], None] | None = None
        self._revision: int | None = None
        self._is_fresh = False

    def get_metadata(self) -> Metadata:
        """Return the provider's name."""
        return Metadata("prompts-admin")

    def initialize(self, evaluation_context: EvaluationContext) -> None:
        """Begin to follow the client; raises ProviderNotReadyError while there is nothing to answer from."""
        if self._end is None:
            self._end = self._client.on_change(self._emit_news)
        self._revision = self._client.revision
        if self._revision is None:
            raise ProviderNotReadyError(self._client.problem or "No snapshot has come yet.")
        # READY is emitted by whoever called this; that it is old news is told with the next change.
        self._is_fresh = True

    def shutdown(self) -> None:
        """Close the client."""
        if self._end is not None:
            self._end()
            self._end = None
        self._client.close()

    def resolve_object_details(
        self, flag_key: str, default_value: Object, evaluation_context: EvaluationContext | None = None
    ) -> FlagResolutionDetails[Object]:
        """Return the `value` of what is active for the context, with variant, reason and metadata.

        Raises FlagNotFoundError, InvalidContextError and ProviderNotReadyError, for which OpenFeature's client
        gives the default.
        """
        try:
            answer = self._answer(flag_key, _context(evaluation_context))
        except NotFound as error:
            if error.reason != DISABLED:
                is_ready = self._client.revision is not None
                kind = FlagNotFoundError if is_ready else ProviderNotReadyError
                raise kind(str(error)) from error
            off = {"feature": feature_of(error.key)}
            return FlagResolutionDetails(
                default_value, reason=Reason.DISABLED, variant=OFF, flag_metadata=off
            )
        return FlagResolutionDetails(
            fresh(dict(answer.content.value)),
            reason=Reason(answer.reason),
            variant=f"v{answer.version}",
            flag_metadata=_metadata(answer),
        )

    def resolve_string_details(
        self, flag_key: str, default_value: str, evaluation_context: EvaluationContext | None = None
    ) -> FlagResolutionDetails[str]:
        """Raise TypeMismatchError: every artifact is an object; what is switched off is the default."""
        return self._no_object(flag_key, default_value, evaluation_context)

    def resolve_boolean_details(
        self, flag_key: str, default_value: bool, evaluation_context: EvaluationContext | None = None
    ) -> FlagResolutionDetails[bool]:
        """Raise TypeMismatchError, as for texts."""
        return self._no_object(flag_key, default_value, evaluation_context)

    def resolve_integer_details(
        self, flag_key: str, default_value: int, evaluation_context: EvaluationContext | None = None
    ) -> FlagResolutionDetails[int]:
        """Raise TypeMismatchError, as for texts."""
        return self._no_object(flag_key, default_value, evaluation_context)

    def resolve_float_details(
        self, flag_key: str, default_value: float, evaluation_context: EvaluationContext | None = None
    ) -> FlagResolutionDetails[float]:
        """Raise TypeMismatchError, as for texts."""
        return self._no_object(flag_key, default_value, evaluation_context)

    def _no_object(
        self, key: str, default: Any, evaluation_context: EvaluationContext | None
    ) -> FlagResolutionDetails[Any]:
        found = self.resolve_object_details(key, default, evaluation_context)
        if found.reason != Reason.DISABLED:
            raise TypeMismatchError(f"'{key}' is an object. Ask for its details as one.")
        return found

    def _answer(self, key: str, context: Context) -> Prompt | Model:
        asked: dict[str, Any] = {
            "user": context.user,
            "groups": context.groups,
            "attributes": context.attributes,
        }
        try:
            return self._client.prompt(key, **asked)
        except NotFound as error:
            if error.reason == DISABLED:
                raise
            return self._client.model(key, **asked)

    def _emit_news(self) -> None:
        """Emit what is new since the last call."""
        client, was_fresh, before = self._client, self._is_fresh, self._revision
        self._is_fresh, self._revision = client.source in (STREAM, POLL, PUBLISHED), client.revision
        if self._revision is None:
            return
        said = ProviderEventDetails(metadata={"revision": self._revision})
        if before is not None and self._revision != before:
            self.emit_provider_configuration_changed(said)
        if was_fresh and not self._is_fresh:
            told = "The server is not heard; answers come from what is kept."
            self.emit_provider_stale(ProviderEventDetails(message=told, metadata=said.metadata))
        elif before is None or (self._is_fresh and not was_fresh):
            self.emit_provider_ready(said)


def _context(given: EvaluationContext | None) -> Context:
    """Return who asks, read as the server reads it from OFREP."""
    if given is None:
        return Context()
    try:
        return context_from_json({**given.attributes, "targetingKey": given.targeting_key})
    except Refused as error:
        raise InvalidContextError(str(error)) from error


def _metadata(answer: Prompt | Model) -> dict[str, bool | int | float | str]:
    found = {
        "feature": feature_of(answer.key),
        "kind": answer.content.kind,
        "version": answer.version,
        "digest": answer.digest,
        "stage": answer.stage,
        "source": answer.source,
    }
    return {name: value for name, value in found.items() if value is not None}
