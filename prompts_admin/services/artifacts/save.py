"""Save a version: nothing is overwritten, nothing typed is lost."""

from __future__ import annotations

from dataclasses import dataclass, replace

from prompts_admin.domain import remedies
from prompts_admin.domain.comparison import compare
from prompts_admin.domain.content import ARTIFACT_KINDS, check_content
from prompts_admin.domain.content.records import Artifact, Version
from prompts_admin.domain.content.references import unpinned
from prompts_admin.domain.content.search_words import index_words
from prompts_admin.domain.errors import Conflict, NotFound, Problem, Refused
from prompts_admin.domain.files.prompt_files import PromptFile, dump_file, parse_file
from prompts_admin.domain.json_object import Content, Json
from prompts_admin.domain.keys import feature_of, parse_key
from prompts_admin.domain.text.merge import merge3
from prompts_admin.schemas.artifacts import SavedVersion, VersionBody
from prompts_admin.services.artifacts.content_warnings import (
    secret_refusal,
    secrets_in,
    warnings_of,
)
from prompts_admin.services.artifacts.references import Pinned, known_version, pin
from prompts_admin.services.core.clearance import cleared_artifacts
from prompts_admin.services.core.not_found import unknown_artifact
from prompts_admin.services.core.timestamps import iso
from prompts_admin.services.core.work import Work
from prompts_admin.services.features.lifecycle import check_feature, ensure_feature
from prompts_admin.store.artifacts import artifacts, search

NEW = 0
"""The base of a first save."""


@dataclass(frozen=True)
class Save:
    """What is to be saved: fields (`content`) or the file's `text`; `base` is the version it was made from.

    `base` None means "whatever is newest", for file imports that say what the content shall be. `renew` names
    the references that take their newest version, `update_pins` renews all of them.
    """

    key: str
    content: Content | None = None
    text: str | None = None
    base: int | None = None
    message: str = ""
    update_pins: bool = False
    renew: tuple[str, ...] = ()
    acknowledge: tuple[str, ...] = ()
    file: str = ""
    parent: int | None = None
    may_make_feature: bool = True


@dataclass(frozen=True)
class Examined:
    """A content as it would be saved, and what it meets: the newest version and the one that it was made from.

    `secrets` is what looks like a credential and was not acknowledged.
    """

    key: str
    artifact: Artifact | None
    latest: Version | None
    base: Version | None
    pinned: Pinned
    secrets: tuple[Problem, ...] = ()


def save(work: Work, request: Save) -> SavedVersion:
    """Save a version and return it with `created`; identical content makes no new version.

    Raises what `examine` does, and Refused `secret_found`.
    """
    key = parse_key(request.key)
    work.require("save", feature_of(key))
    found = examine(work, request)
    work.require(ARTIFACT_KINDS[found.pinned.content["kind"]].changed_by, feature_of(key))
    if found.latest is not None and found.latest.digest == found.pinned.digest:
        return {**version_document(work, found.latest), "created": False}
    if found.secrets:
        raise secret_refusal(key, found.secrets)
    request = replace(request, message=_message(request, found.base, found.pinned))
    version = _write(work, found, request)
    return {**version_document(work, version), "created": True}


def examine(work: Work, request: Save) -> Examined:
    """Return what a save would write, and write nothing: what a check says is what a save does.

    Raises Conflict `stale_version` (members: current, yours, theirs, merge) when somebody saved since the
    base, `exists` for a first save of a key that is taken; NotFound; Refused `invalid_content`, `merge_marks`,
    `too_large`, `nothing_changes` for what is archived, `new_feature` where the feature is not there and may not
    be made; NotPermitted for who makes no features.
    """
    key = parse_key(request.key)
    artifact = artifacts.find_artifacts(work.connection, [key]).get(key)
    if artifact is not None and not cleared_artifacts(work, {key: artifact}):
        raise unknown_artifact(work, key)
    content = _read(work, key, request)
    _check_base(key, artifact, request)
    latest = known_version(work, key, artifact.latest) if artifact else None
    _check_kind(key, artifact, content)
    base = latest if request.base in (None, NEW) else known_version(work, key, request.base or 0)
    file = request.file or f"{key}.yaml"
    old = base.content if base else None
    pinned = pin(work, key, content, base=old, update=request.update_pins, renew=request.renew, file=file)
    if latest is None:
        check_feature(work, feature_of(key), may_make=request.may_make_feature)
    elif latest.digest == pinned.digest:
        return Examined(key, artifact, latest, base, pinned)
    elif request.base is not None and request.base != latest.number:
        raise _stale(work, key, request.base, latest, content)
    secrets = () if "secrets" in request.acknowledge else secrets_in(pinned.content, file=file)
    return Examined(key, artifact, latest, base, pinned, secrets)


def version_document(work: Work, version: Version) -> VersionBody:
    """Return a version as a document: content, the editable file text, and what to be warned of."""
    return {
        "key": version.key,
        "number": version.number,
        "digest": version.digest,
        "parent": version.parent,
        "author": version.author,
        "message": version.message,
        "created_at": iso(version.created_at),
        "via": version.via,
        "content": version.content,
        "text": editable_text(version.content),
        "acknowledged": list(version.acknowledged),
        "warnings": warnings_of(work, version),
    }


def editable_text(content: Content) -> str:
    """Return the file that a person edits: references unpinned, since saving keeps the pins of its base."""
    return dump_file(unpinned(content, content))


def _read(work: Work, key: str, request: Save) -> Json:
    limit = work.settings.max_content_bytes
    if request.text is None:
        return check_content(request.content or {}, file=request.file, max_bytes=limit)
    parsed = parse_file(request.file or f"{key}.yaml", request.text, max_bytes=limit)
    if not isinstance(parsed, PromptFile):
        raise Refused("invalid", f"'{request.file}' is no artifact's file.", "Save it as FEATURE/NAME.yaml.")
    return dict(parsed.content)


def _check_base(key: str, artifact: Artifact | None, request: Save) -> None:
    if artifact is None:
        if request.base not in (None, NEW):
            raise NotFound("not_found", f"There is no artifact '{key}'.", "Save it as new: If-None-Match: *")
        return
    if artifact.archived_at is not None:
        raise Refused(
            "nothing_changes",
            f"'{key}' is archived; keys are never reused.",
            remedies.copy(key),
        )
    if request.base == NEW:
        detail = f"'{key}' exists already; its newest version is v{artifact.latest}."
        raise Conflict("exists", detail, f"Edit v{artifact.latest}, or choose another key.")


def _check_kind(key: str, artifact: Artifact | None, content: Content) -> None:
    if artifact is not None and artifact.kind != content["kind"]:
        detail = f"'{key}' is a {artifact.kind} and cannot become a {content['kind']}."
        raise Refused("invalid_content", detail, "Save it under another key.")


def _message(request: Save, base: Version | None, pinned: Pinned) -> str:
    """Return what the history says: the author's words, else which parts differ from the base."""
    if request.message.strip():
        return request.message
    if base is None:
        return "First version"
    parts = [name.replace("_", " ") for name in compare(base.content, pinned.content).classes]
    return (
        f"Changes {' and '.join([', '.join(parts[:-1]), parts[-1]] if parts[1:] else parts)}" if parts else ""
    )


def _write(work: Work, found: Examined, request: Save) -> Version:
    key, artifact, pinned = found.key, found.artifact, found.pinned
    feature, who = feature_of(key), work.actor
    number = artifact.latest + 1 if artifact else 1
    description = str(pinned.content.get("description", ""))
    if artifact is None:
        ensure_feature(work, feature)
        kind = pinned.content["kind"]
        row = Artifact(key, feature, kind, description, number, work.now, who.label)
        artifacts.insert_artifact(work.connection, row)
    else:
        artifacts.update_artifact(work.connection, key, latest=number, description=description)
    parent = request.parent or (request.base or (artifact.latest if artifact else None)) or None
    version = Version(
        key, number, pinned.digest, parent, who.label, who.via, request.message, pinned.content,
        tuple(request.acknowledge), work.now,
    )  # fmt: skip
    artifacts.insert_version(work.connection, version, pinned.inner)
    if ARTIFACT_KINDS[pinned.content["kind"]].is_searched:
        search.add_words(work.connection, key, number, index_words(key, pinned.content))
    work.announce("mirror.version", {"key": key, "number": number})
    work.record("save", f"{key}@{number}", feature=feature, digest=pinned.digest, message=request.message)
    return version


def _stale(work: Work, key: str, base: int, latest: Version, content: Content) -> Conflict:
    """Return the refusal that loses nothing: both texts and their merge from the common base."""
    common = editable_text(known_version(work, key, base).content)
    yours, theirs = dump_file(unpinned(content, None)), editable_text(latest.content)
    merged = merge3(common, yours, theirs)
    return Conflict(
        "stale_version",
        f"'{key}' was saved as v{latest.number} by {latest.author} after v{base}, which you edited.",
        "Look at the merge, decide, and save it on the new version.",
        members={
            "current": latest.number,
            "base": base,
            "yours": yours,
            "theirs": theirs,
            "merge": {"text": merged.text, "conflicts": merged.conflicts},
        },
    )
