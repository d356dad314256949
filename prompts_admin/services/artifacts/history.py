"""Versions, history and comparison of one artifact."""

from __future__ import annotations

from typing import Any

from prompts_admin.domain import remedies
from prompts_admin.domain.comparison import compare
from prompts_admin.domain.content.records import Version
from prompts_admin.domain.errors import NotFound, Usage
from prompts_admin.domain.json_object import Json
from prompts_admin.domain.keys import parse_key
from prompts_admin.domain.releases.breaking_changes import breaking_changes
from prompts_admin.domain.stages import STAGES, Share, Stage, is_stage, percent_of
from prompts_admin.schemas.artifacts import Diff, HistoryLine, Side, VersionLine
from prompts_admin.schemas.artifacts import Version as VersionDocument
from prompts_admin.schemas.base import ListOf
from prompts_admin.services.artifacts.comparisons import change_documents
from prompts_admin.services.artifacts.references import known_artifact, known_version
from prompts_admin.services.artifacts.save import version_document
from prompts_admin.services.core.clearance import above
from prompts_admin.services.core.paging import number_cursor, page, page_size
from prompts_admin.services.core.timestamps import iso
from prompts_admin.services.core.visibility import VisibleParts, parts_of
from prompts_admin.services.core.work import Work
from prompts_admin.store.releases import live_versions, read_models


def list_versions(
    work: Work, key: str, *, limit: int | None = None, after: str | None = None
) -> ListOf[VersionLine]:
    """Return the versions of an artifact, newest first, without their contents."""
    key = parse_key(key)
    known_artifact(work, key)
    rows = read_models.version_page(
        work.connection, key, over=above(work), before=number_cursor(after), limit=page_size(limit)
    )
    marked = live_versions.marked_subjects(work.connection, [key])
    return page(rows, limit, lambda row: str(row.number), lambda row: _line(row, (key, row.digest) in marked))


def show_version(work: Work, key: str, number: int) -> VersionDocument:
    """Return one version with its content and its editable text."""
    key = parse_key(key)
    version = known_version(work, key, number)
    marked = (key, version.digest) in live_versions.marked_subjects(work.connection, [key])
    return {**version_document(work, version), "marked": marked}


def show_value(work: Work, key: str, number: int) -> Json:
    """Return what serving code gets of a version: snippets inlined, messages not rendered."""
    version = known_version(work, parse_key(key), number)
    place = (version.key, version.number)
    return work.values.of(work.connection, {place: version.digest})[place]


def named_version(work: Work, key: str, name: str | None) -> Version:
    """Return the version that `name` means: a number, a stage's version, or the newest for None."""
    key = parse_key(key)
    if name is None or name == "latest":
        return known_version(work, key, known_artifact(work, key).latest)
    if name in STAGES:
        known_artifact(work, key)
        here = live_versions.live_entries(work.connection, [key]).get((name, key))
        number = (here.entry.candidate or here.entry.settled) if here else None
        if number is None:
            raise NotFound("not_found", f"Nothing of '{key}' is live on {name}.", remedies.see_artifact(key))
        return known_version(work, key, number)
    if not name.isdecimal():
        raise Usage("malformed", f"'{name}' names no version.", "Give a number or a stage.")
    return known_version(work, key, int(name))


def diff(work: Work, key: str, *, old: str, new: str | None = None, other: str | None = None) -> Diff:
    """Compare two versions of an artifact (or, with `other`, of two artifacts of a kind)."""
    before, after = named_version(work, key, old), named_version(work, other or key, new)
    values = work.values.of(
        work.connection, {(before.key, before.number): before.digest, (after.key, after.number): after.digest}
    )
    comparison = compare(before.content, after.content)
    broken = breaking_changes(values[before.key, before.number], values[after.key, after.number])
    return {
        "changes": change_documents(comparison),
        "key": before.key,
        "from": before.number,
        "to": after.number,
        "breaking": list(broken),
    }


def list_history(
    work: Work, key: str, *, limit: int | None = None, after: str | None = None
) -> ListOf[HistoryLine]:
    """Return what releases did to an artifact, newest first."""
    key = parse_key(key)
    known_artifact(work, key)
    rows = read_models.history_page(work.connection, key, before=_cursor(after), limit=page_size(limit))
    sights = parts_of(work, {row.release for row in rows})

    def happened(row: Any) -> HistoryLine:
        return _happened(row, sights[row.release])

    return page(rows, limit, lambda row: f"{row.revision}-{row.stage}", happened)


def _line(row: Any, marked: bool) -> VersionLine:
    return {
        "key": row.key,
        "number": row.number,
        "digest": row.digest,
        "parent": row.parent,
        "author": row.author,
        "message": row.message,
        "created_at": iso(row.created_at),
        "marked": marked,
    }


def _happened(row: Any, sight: VisibleParts) -> HistoryLine:
    return {
        "release": row.release,
        "kind": row.kind,
        "stage": row.stage,
        "at": iso(row.at),
        "by": row.by,
        "revision": row.revision,
        "before": _side(row.before_settled, row.before_candidate, row.before_percentage),
        "after": _side(row.after_settled, row.after_candidate, row.after_percentage),
        "note": sight.quoted(row.note),
        "via": row.via,
    }


def _side(settled: int | None, candidate: int | None, percentage: Share) -> Side:
    return {
        "settled": settled,
        "candidate": candidate,
        "percentage": percent_of(percentage) if candidate else None,
    }


def _cursor(after: str | None) -> tuple[int, Stage] | None:
    if not after:
        return None
    revision, _, stage = after.partition("-")
    if not revision.isdecimal() or not is_stage(stage):
        raise Usage("malformed", f"'{after}' is no cursor of this list.", "Take `next` of the page before.")
    return int(revision), stage
