"""Reading the snapshot document, and the partial one that says what changed since a revision."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from sys import intern
from typing import Any, TypeVar

from prompts_admin.domain.errors import Conflict, Problem, Refused
from prompts_admin.domain.json_object import Json
from prompts_admin.domain.stages import STAGES, Entry, Share, share_of
from prompts_admin.domain.targeting.audiences import Audience, parse_audience
from prompts_admin.domain.targeting.rulesets import Ladder, Ruleset, build_ladder, build_ruleset
from prompts_admin.domain.targeting.snapshot import DEFAULT_CLASSIFICATION, FORMAT, Feature, Snapshot, Version

T = TypeVar("T")
Value = Mapping[str, Any]
Pack = Callable[[Value], Value]
"""Gives what to keep for the `value` of a version, for readers that cannot afford the objects of JSON."""
_LEAST_SHARE = Share(1)


def compile_snapshot(document: object, *, pack: Pack | None = None) -> Snapshot:
    """Return the snapshot that a document describes, ready to resolve.

    Raises `Refused("invalid")` that names the first field that is missing or wrong. A condition with an
    operator that this version does not know matches nobody.
    """
    whole = _framed(document)
    for name in ("audiences", "features", "entries", "versions"):
        _object(whole.get(name), name)
    audiences = read_audiences(_named(whole, "audiences"))
    features = _each(whole, "features", _feature)
    entries = _shared(_each(whole, "entries", _entries))
    return Snapshot(
        epoch=_text(whole, "epoch"),
        revision=_count(whole, "revision"),
        created_at=str(whole.get("created_at", "")),
        audiences=audiences,
        features=features,
        entries=entries,
        versions=_each(whole, "versions", _Versions(pack).read),
        ruleset=build_ruleset(entries, audiences=audiences, bucket_by=_bucket_by(features)),
    )


def advance(snapshot: Snapshot, delta: object, *, pack: Pack | None = None) -> Snapshot:
    """Return the snapshot after a change; it has the fields of a snapshot, those that change, and `since`.

    `since` is the revision that the change starts from. A key in `entries` or a name in `features` replaces
    what stood there and `null` removes it; in `versions` each number is put in or, with `null`, taken out;
    `audiences` are given whole. Only the artifacts named are built anew, unless features or audiences differ.
    Raises `Conflict("stale")` for a snapshot that is not at `since` of the same epoch: fetch the whole one.
    """
    change = _framed(delta)
    if (snapshot.epoch, snapshot.revision) != (_text(change, "epoch"), _count(change, "since")):
        detail = f"The change starts from revision {change['since']}, and here is {snapshot.revision}."
        raise Conflict("stale", detail, "Fetch the whole snapshot.")
    changed = _each(change, "entries", _optional(_entries))
    audiences = read_audiences(_named(change, "audiences")) if "audiences" in change else snapshot.audiences
    features = _merged(snapshot.features, _each(change, "features", _optional(_feature)))
    entries = _merged(snapshot.entries, changed)
    if audiences != snapshot.audiences or features != snapshot.features:
        ruleset = build_ruleset(entries, audiences=audiences, bucket_by=_bucket_by(features))
    else:
        ruleset = _with_ladders(snapshot, changed)
    return Snapshot(
        epoch=snapshot.epoch,
        revision=_count(change, "revision"),
        created_at=str(change.get("created_at", snapshot.created_at)),
        audiences=audiences,
        features=features,
        entries=entries,
        versions=_with_versions(snapshot, _each(change, "versions", _optional(_Versions(pack).changed))),
        ruleset=ruleset,
    )


def read_audiences(document: Mapping[str, Any]) -> dict[str, Audience]:
    """Return who is on each stage; what was written for a newer reader is read as far as it is known here."""
    return {
        stage: parse_audience(document[stage], path=f"audiences.{stage}", lenient=True)
        for stage in STAGES
        if stage in document
    }


def _shared(entries: Mapping[str, dict[str, Entry]]) -> dict[str, dict[str, Entry]]:
    """Let artifacts that stand alike share what says so: in large workspaces most do."""
    made: dict[object, dict[str, Entry]] = {}
    return {key: made.setdefault(tuple(on.items()), on) for key, on in entries.items()}


def _with_ladders(snapshot: Snapshot, changed: Mapping[str, dict[str, Entry] | None]) -> Ruleset:
    bucket_by = _bucket_by(snapshot.features)
    ladders: dict[str, Ladder | None] = {}
    for key, on in changed.items():
        by = bucket_by.get(key.partition("/")[0])
        ladders[key] = (
            None if on is None else build_ladder(key, on, audiences=snapshot.audiences, bucket_by=by)
        )
    return Ruleset(_merged(snapshot.ruleset.ladders, ladders))


def _with_versions(
    snapshot: Snapshot, changed: Mapping[str, dict[int, Version | None] | None]
) -> dict[str, Mapping[int, Version]]:
    versions = dict(snapshot.versions)
    for key, numbers in changed.items():
        versions[key] = {} if numbers is None else _merged(versions.get(key, {}), numbers)
    return {key: kept for key, kept in versions.items() if kept or key not in changed}


def _merged(old: Mapping[Any, T], new: Mapping[Any, T | None]) -> dict[Any, T]:
    merged = dict(old)
    for name, value in new.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = value
    return merged


def _bucket_by(features: Mapping[str, Feature]) -> dict[str, str | None]:
    return {name: feature.bucket_by for name, feature in features.items()}


def _framed(document: object) -> Json:
    whole = _object(document, "snapshot")
    if whole.get("format") != FORMAT:
        raise _wrong("format", f"is {whole.get('format')!r}, and this reads {FORMAT}")
    return whole


def _feature(document: object, path: str) -> Feature:
    fields = _object(document, path)
    bucket_by = fields.get("bucket_by")
    if bucket_by is not None and not isinstance(bucket_by, str):
        raise _wrong(f"{path}.bucket_by", "must be the name of an attribute")
    return Feature(bucket_by or None, str(fields.get("classification", DEFAULT_CLASSIFICATION)))


def _entries(document: object, path: str) -> dict[str, Entry]:
    on = _object(document, path)
    return {stage: _entry(on[stage], f"{path}.{stage}") for stage in STAGES if on.get(stage) is not None}


def _entry(document: object, path: str) -> Entry:
    fields = _object(document, path)
    settled, candidate = (
        None if fields.get(name) is None else _count(fields, name, path) for name in ("settled", "candidate")
    )
    if candidate is None:
        return Entry(settled)
    percentage = fields.get("percentage")
    if isinstance(percentage, bool) or not isinstance(percentage, int | float) or not 0 < percentage <= 100:
        raise _wrong(f"{path}.percentage", "must be above 0 and at most 100")
    return Entry(settled, candidate, max(_LEAST_SHARE, share_of(percentage)))


class _Versions:
    """Reads versions, and keeps their values as `pack` gives them."""

    def __init__(self, pack: Pack | None) -> None:
        self._pack = pack

    def read(self, document: object, path: str) -> dict[int, Version]:
        return {number: one for number, one in self.changed(document, path).items() if one is not None}

    def changed(self, document: object, path: str) -> dict[int, Version | None]:
        read = _optional(self._version)
        given = _object(document, path)
        return {_number(text, path): read(one, f"{path}.{text}") for text, one in given.items()}

    def _version(self, document: object, path: str) -> Version:
        fields = _object(document, path)
        number = int(path.rpartition(".")[2])
        value: Value = _object(fields.get("value"), f"{path}.value")
        return Version(
            number,
            intern(_text(fields, "kind", path)),
            _text(fields, "digest", path),
            intern(str(fields.get("classification", DEFAULT_CLASSIFICATION))),
            self._pack(value) if self._pack else value,
            marked=fields.get("marked") is True,
        )


def _number(text: str, path: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise _wrong(path, f"has {text[:40]!r} where a version's number should stand")
    return int(text)


def _each(whole: Mapping[str, Any], name: str, read: Callable[[object, str], T]) -> dict[str, T]:
    return {key: read(one, f"{name}.{key}") for key, one in _named(whole, name).items()}


def _named(whole: Mapping[str, Any], name: str) -> Json:
    return _object(whole.get(name, {}), name)


def _optional(read: Callable[[object, str], T]) -> Callable[[object, str], T | None]:
    return lambda document, path: None if document is None else read(document, path)


def _object(given: object, path: str) -> Json:
    if not isinstance(given, dict):
        raise _wrong(path, "must be an object")
    return given


def _text(fields: Mapping[str, Any], name: str, path: str = "snapshot") -> str:
    value = fields.get(name)
    if not isinstance(value, str) or not value:
        raise _wrong(f"{path}.{name}", "must be text")
    return value


def _count(fields: Mapping[str, Any], name: str, path: str = "snapshot") -> int:
    value = fields.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise _wrong(f"{path}.{name}", "must be a whole number")
    return value


def _wrong(path: str, message: str) -> Refused:
    problem = Problem(message=message, path=path)
    return Refused("invalid", f"The snapshot is not usable: '{path}' {message}.", problems=(problem,))
