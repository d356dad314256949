"""The JSON of `get` and `resolve`: what is active for somebody, or a refusal that tells no more than due."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from prompts_admin.domain.errors import NotFound, Problem, Refused, Usage
from prompts_admin.domain.stages import STAGES, Stage, is_stage
from prompts_admin.domain.targeting.contexts import Context
from prompts_admin.domain.targeting.rollout import resolve_on
from prompts_admin.domain.targeting.rulesets import STATIC, Resolution
from prompts_admin.domain.targeting.snapshot import Snapshot, Version
from prompts_admin.domain.templates.rendering import RenderError
from prompts_admin.domain.templates.tags import TemplateError
from prompts_admin.domain.templates.template import MissingVariable
from prompts_admin.serving.scopes import Scope, knows


def answer(
    snapshot: Snapshot,
    key: str,
    context: Context,
    *,
    scope: Scope,
    stage: str | None = None,
    version: int | None = None,
    values: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return `{key, kind, version, digest, stage, reason, value}` of what the context gets of an artifact.

    `stage` or `version` force one; a forced version must be among those that the snapshot carries. With
    `values`, also `{}`, the messages of a prompt or the text of a snippet are rendered. The parts of `value`
    belong to the snapshot and must not be changed.

    Raises `NotFound("not_found")` alike for what does not exist, lies outside the scope or above its
    clearance; where the artifact may be known but has nothing for this context, the error carries the member
    `reason: DISABLED`. Raises `Refused("invalid")` for an unknown stage and for values that do not fit.
    """
    found, served = resolved(snapshot, key, context, scope=scope, stage=stage, version=version)
    return {
        **_head(key, found, served),
        "value": served.value if values is None else _rendered(served, values),
    }


def resolved(
    snapshot: Snapshot,
    key: str,
    context: Context,
    *,
    scope: Scope,
    stage: str | None = None,
    version: int | None = None,
) -> tuple[Resolution, Version]:
    """Return what the context gets of an artifact, and that version; raises as `answer` does."""
    if stage is not None and version is not None:
        raise Usage("malformed", "Both 'stage' and 'version' are given.", "Give one of the two.")
    if not knows(scope, snapshot, key):
        raise unknown(key)
    found = _resolution(snapshot, key, context, stage, version)
    return found, served_version(snapshot, key, found, scope=scope, stage=stage)


def served_version(
    snapshot: Snapshot, key: str, found: Resolution, *, scope: Scope, stage: str | None = None
) -> Version:
    """Return the version that was decided on; raises NotFound where there is none, or none for this scope."""
    served = snapshot.version(key, found.version)
    if found.version is None:
        raise nothing(key, stage)
    if served is None or not scope.clears(served.classification):
        raise unknown(key)
    return served


def encode_answer(key: str, found: Resolution, version: Version) -> bytes:
    """Return the JSON of `answer` without values, around the bytes of the version's value."""
    head = json.dumps(_head(key, found, version), separators=(",", ":"))[:-1].encode()
    return b'%s,"value":%s}' % (head, version.encoded_value)


def _head(key: str, found: Resolution, version: Version) -> dict[str, Any]:
    return {
        "key": key,
        "kind": version.kind,
        "version": version.number,
        "digest": version.digest,
        "stage": found.stage,
        "reason": found.reason,
    }


def _resolution(
    snapshot: Snapshot, key: str, context: Context, stage: str | None, version: int | None
) -> Resolution:
    if version is not None:
        return Resolution(version, _stage_of(snapshot, key, version), STATIC)
    if stage is None:
        found = snapshot.resolve(key, context)
    elif is_stage(stage):
        found = resolve_on(snapshot.ruleset, key, stage, context)
    else:
        raise Refused("invalid", f"There is no stage '{stage[:40]}'.", f"Use one of: {', '.join(STAGES)}.")
    if found is None:
        raise unknown(key)
    return found


def _stage_of(snapshot: Snapshot, key: str, version: int) -> Stage | None:
    """Return the narrowest stage that runs a version, None when it is kept but live nowhere."""
    on = snapshot.entries[key]
    return next((stage for stage in STAGES if stage in on and on[stage].runs(version)), None)


def _rendered(version: Version, values: Mapping[str, Any]) -> Mapping[str, Any]:
    if version.kind == "model":
        return version.value
    try:
        messages = version.messages.render(values)
    except (MissingVariable, RenderError, TemplateError) as error:
        problem = Problem(message=str(error), path=f"values.{getattr(error, 'name', '')}".rstrip("."))
        raise Refused("invalid", str(error), problems=(problem,)) from error
    if version.kind == "snippet":
        return {**version.value, "text": messages[0]["content"]}
    return {**version.value, "messages": messages}


def unknown(key: str) -> NotFound:
    """Return the refusal of a key that does not exist, or not for this caller: nobody can tell which."""
    return NotFound(
        "not_found", f"There is no '{key[:130]}' here.", "Check the key and what the token may see."
    )


def nothing(key: str, stage: str | None) -> NotFound:
    """Return the refusal of a key that has nothing for this context: the caller's default counts."""
    where = f"on stage '{stage}'" if stage else "for this user"
    detail = f"Nothing of '{key}' is live {where}."
    return NotFound("not_found", detail, "Use your default.", members={"reason": "DISABLED"})
