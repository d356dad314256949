"""Turns the references of a content into pins, and checks that they lead somewhere sensible."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from prompts_admin.domain import remedies
from prompts_admin.domain.content import ARTIFACT_KINDS, check_variables
from prompts_admin.domain.content.assembly import assemble, variables_of
from prompts_admin.domain.content.records import Artifact, Inner, Version, VersionId
from prompts_admin.domain.content.references import Pin, kind_wanted, pins_of, references_of, with_pins
from prompts_admin.domain.digests import digest
from prompts_admin.domain.errors import NotFound, Problem, Refused
from prompts_admin.domain.json_object import Content, Json
from prompts_admin.domain.keys import feature_of
from prompts_admin.services.core.clearance import cleared, cleared_artifacts
from prompts_admin.services.core.not_found import unknown_artifact
from prompts_admin.services.core.work import Work
from prompts_admin.store.artifacts import artifacts
from prompts_admin.store.releases import live_versions


@dataclass(frozen=True)
class Pinned:
    """A content with its pins, its digest and everything that it contains."""

    content: Json
    digest: str
    inner: tuple[Inner, ...]


def pin(
    work: Work,
    key: str,
    content: Content,
    *,
    base: Content | None,
    update: bool,
    file: str,
    renew: Collection[str] = (),
) -> Pinned:
    """Return `content` pinned: explicit versions, else the base's pins, else the newest unmarked ones.

    `update` renews every pin of the base, `renew` those of the keys that it names.

    Raises Refused `invalid_content` naming each reference that does not exist, loops, is of the wrong kind
    or nests deeper than five.
    """
    references = references_of(content)
    named = artifacts.find_artifacts(work.connection, [reference.key for reference in references])
    found = cleared_artifacts(work, named)
    _refuse(key, _reference_problems(work, key, content, found, pins_of(base or {}), file))
    kept = {k: found_pin for k, found_pin in pins_of(base or {}).items() if not update and k not in renew}
    given = {**kept, **pins_of(content)}
    chosen = {r.key: r.version or _unpinned(work, found[r.key], given.get(r.key)) for r in references}
    versions = artifacts.find_versions(work.connection, cleared(work, list(chosen.items())))
    _refuse(key, _pin_problems(chosen, versions, pins_of(content), file))
    inner = _closure(work, list(versions.values()))
    _refuse(key, _nesting_problems(key, inner, file))
    pinned = with_pins(content, {k: Pin(n, versions[k, n].digest) for k, n in chosen.items()})
    _check_whole(work, pinned, inner, file)
    return Pinned(pinned, digest(pinned), inner)


def newest_unmarked(work: Work, artifact: Artifact) -> int:
    """Return the newest version that was not rolled back; the newest of all where each was."""
    marked = {found for _, found in live_versions.marked_subjects(work.connection, [artifact.key])}
    return artifacts.newest_but(work.connection, artifact.key, marked) or artifact.latest


def _unpinned(work: Work, artifact: Artifact, given: Pin | None) -> int:
    return given.version if given is not None else newest_unmarked(work, artifact)


def _reference_problems(
    work: Work,
    key: str,
    content: Content,
    found: Mapping[str, Artifact],
    kept: Mapping[str, Pin],
    file: str,
) -> Iterable[Problem]:
    wanted = kind_wanted(content)
    for reference in references_of(content):
        artifact, kind = found.get(reference.key), wanted[reference.key]
        if reference.key == key:
            message, remedy = f"'{key}' refers to itself.", "Remove the reference."
        elif artifact is None or not work.may("read", feature_of(reference.key)):
            message, remedy = f"'{reference.key}' does not exist.", "Save it first, or correct the name."
        elif artifact.kind != kind:
            message = f"'{reference.key}' is a {artifact.kind}, and a {kind} is needed here."
            remedy = "Name another artifact."
        elif artifact.archived_at is not None and reference.key not in kept:
            message, remedy = f"'{reference.key}' is archived.", "Name another artifact, or copy it first."
        else:
            continue
        yield Problem(message, path=str(reference), file=file, remedy=remedy)


def _pin_problems(
    chosen: Mapping[str, int], versions: Mapping[VersionId, Version], given: Mapping[str, Pin], file: str
) -> Iterable[Problem]:
    for key, number in chosen.items():
        version = versions.get((key, number))
        if version is None:
            yield Problem(
                f"'{key}' has no version {number}.", path=f"{key}@{number}", file=file, remedy="See history."
            )
        elif key in given and given[key].version == number and given[key].digest != version.digest:
            remedy = "The pin comes from another workspace; remove it to take the newest."
            yield Problem(
                f"'{key}@{number}' has another digest here.", path=f"pins.{key}", file=file, remedy=remedy
            )


def _nesting_problems(key: str, inner: Sequence[Inner], file: str) -> Iterable[Problem]:
    if any(i.key == key for i in inner):
        yield Problem(f"'{key}' would contain itself.", file=file, remedy="Break the loop.")


def _closure(work: Work, versions: Sequence[Version]) -> tuple[Inner, ...]:
    """Return the pinned versions and, below them, all that they contain."""
    direct = {(v.key, v.number): Inner(v.key, v.number, v.digest, direct=True) for v in versions}
    below = artifacts.contained_in(work.connection, direct) if direct else {}
    found = dict(direct)
    for inners in below.values():
        for inner in inners:
            found.setdefault(
                (inner.key, inner.number), Inner(inner.key, inner.number, inner.digest, direct=False)
            )
    return tuple(found[version] for version in sorted(found))


def _check_whole(work: Work, pinned: Content, inner: Sequence[Inner], file: str) -> None:
    """Refuse what could be stored and then not be served: variables, depth and texts that do not fit."""
    versions = artifacts.find_versions(work.connection, [(i.key, i.number) for i in inner])

    def lookup(key: str, number: int) -> Content:
        return versions[key, number].content

    snippets = [i for i in inner if i.direct and lookup(i.key, i.number)["kind"] == "snippet"]
    declared = {i.key: variables_of(lookup(i.key, i.number), lookup) for i in snippets}
    check_variables(pinned, declared, file=file)
    if ARTIFACT_KINDS[pinned["kind"]].is_served:
        assemble(pinned, lookup)


def _refuse(key: str, problems: Iterable[Problem]) -> None:
    listed = tuple(problems)
    if listed:
        raise Refused(
            "invalid_content", f"'{key}' cannot be saved: {listed[0]}", "Mend what is listed.", listed
        )


def known_artifact(work: Work, key: str) -> Artifact:
    """Return an artifact, archived ones too, that the asker may read; raises NotFound."""
    found = artifacts.find_artifacts(work.connection, [key]) if work.may("read", feature_of(key)) else {}
    reached = cleared_artifacts(work, found)
    if key not in reached:
        raise unknown_artifact(work, key)
    return reached[key]


def known_version(work: Work, key: str, number: int) -> Version:
    """Return a version that the asker may read; raises NotFound."""
    version = None
    if work.may("read", feature_of(key)):
        ids = cleared(work, [(key, number)])
        version = artifacts.find_versions(work.connection, ids).get((key, number))
    if version is None:
        known_artifact(work, key)
        raise NotFound("not_found", f"There is no version '{key}@{number}'.", remedies.see_history(key))
    return version


def known_artifacts(work: Work, keys: Sequence[str]) -> dict[str, Artifact]:
    """Return the artifacts of `keys`; raise NotFound for what is not there or not readable."""
    for key in keys:
        if not work.may("read", feature_of(key)):
            raise unknown_artifact(work, key)
    found = cleared_artifacts(work, artifacts.find_artifacts(work.connection, keys))
    for key in keys:
        if key not in found:
            raise unknown_artifact(work, key)
        if found[key].archived_at is not None:
            raise Refused("nothing_changes", f"'{key}' is archived.", remedies.copy_first(key))
    return found
