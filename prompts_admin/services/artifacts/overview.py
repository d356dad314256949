"""What is live where: the overview of artifacts and stages, and one artifact in full."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from prompts_admin.domain.content.records import Artifact
from prompts_admin.domain.keys import feature_of, parse_key
from prompts_admin.domain.releases.records import LiveEntry, Place
from prompts_admin.domain.stages import STAGES, percent_of
from prompts_admin.schemas.artifacts import Artifact as ArtifactDocument
from prompts_admin.schemas.artifacts import ArtifactLine, Cell, Pinner, Waiting
from prompts_admin.schemas.base import ListOf
from prompts_admin.services.artifacts.content_warnings import warnings_of
from prompts_admin.services.artifacts.references import known_artifact, known_version
from prompts_admin.services.core.clearance import above, classifications, cleared
from prompts_admin.services.core.paging import page, page_size
from prompts_admin.services.core.timestamps import iso
from prompts_admin.services.core.work import Work
from prompts_admin.store.artifacts import artifacts
from prompts_admin.store.database import filters
from prompts_admin.store.releases import live_versions, read_models


def list_artifacts(
    work: Work,
    *,
    feature: str | None = None,
    kind: str | None = None,
    q: str = "",
    archived: bool = False,
    stage: str | None = None,
    state: str | None = None,
    dri: str | None = None,
    limit: int | None = None,
    after: str | None = None,
) -> ListOf[ArtifactLine]:
    """Return artifacts by key with what is live of them, and what waits.

    `stage` keeps what is live there, `state` one of `store.filters.STATES`, `dri` the features of a person.
    """
    rows = read_models.artifact_page(
        work.connection,
        features=work.readable(),
        feature=feature,
        kind=kind,
        text=q,
        archived=archived,
        narrowed=filters.conditions(stage=stage, state=state, dri=dri),
        over=above(work),
        after=after or "",
        limit=page_size(limit),
    )
    keys = [row.key for row in rows]
    live = live_versions.live_entries(work.connection, keys)
    waiting = _waiting(work, keys)
    return page(rows, limit, lambda row: row.key, lambda row: _summary(row, live, waiting.get(row.key, [])))


def lines_of(work: Work, keys: Collection[str]) -> dict[str, ArtifactLine]:
    """Return artifacts as lists show them, by key; the caller has seen to the rights."""
    rows = artifacts.find_artifacts(work.connection, keys)
    live = live_versions.live_entries(work.connection, list(keys))
    waiting = _waiting(work, keys)
    return {key: _summary(row, live, waiting.get(key, [])) for key, row in rows.items()}


def show_artifact(work: Work, key: str) -> ArtifactDocument:
    """Return one artifact: what is live, what waits, who pins which of its versions."""
    key = parse_key(key)
    row = known_artifact(work, key)
    live = live_versions.live_entries(work.connection, [key])
    newest = (key, row.latest)
    return {
        **_summary(row, live, _waiting(work, [key]).get(key, [])),
        "classification": classifications(work.connection, [newest])[newest],
        "created_by": row.created_by,
        "created_at": iso(row.created_at),
        "pinned_by": pinned_by(work, key),
        "warnings": warnings_of(work, known_version(work, key, row.latest)),
    }


def pinned_by(work: Work, key: str) -> list[Pinner]:
    """Return the newest and the live versions that pin a version of `key` themselves."""
    found_in = artifacts.containers_of(work.connection, key, direct=True)
    reached = cleared(work, {outer for outer, _ in found_in})
    pairs = [(outer, inner) for outer, inner in found_in if outer in reached]
    keys = {outer for (outer, _), _ in pairs if work.may("read", feature_of(outer))}
    rows = artifacts.find_artifacts(work.connection, keys)
    live = live_versions.live_entries(work.connection, keys)
    found: list[Pinner] = []
    for (outer, number), inner in pairs:
        stages = [
            stage for stage in STAGES if (stage, outer) in live and live[stage, outer].entry.runs(number)
        ]
        if outer in rows and (stages or rows[outer].latest == number):
            newest = rows[outer].latest == number
            found.append({"key": outer, "version": number, "pins": inner, "live": stages, "newest": newest})
    return found


def cell(here: LiveEntry | None) -> Cell | None:
    """Return what a stage has, as `status` shows it; `version` is the candidate if there is one."""
    if here is None or here.entry.is_empty:
        return None
    entry, slot = here.entry, here.candidate or here.settled
    return {
        "version": entry.candidate if entry.candidate is not None else entry.settled,
        "percentage": percent_of(entry.percentage) if entry.candidate is not None else 100.0,
        "settled": entry.settled,
        "release": slot.release if slot else None,
        "since": iso(slot.at) if slot else None,
        "by": slot.by if slot else None,
    }


def _summary(row: Artifact, live: Mapping[Place, LiveEntry], waiting: list[Waiting]) -> ArtifactLine:
    return {
        "key": row.key,
        "feature": row.feature,
        "kind": row.kind,
        "description": row.description,
        "latest": row.latest,
        "archived": iso(row.archived_at),
        "stages": {
            "internal": cell(live.get(("internal", row.key))),
            "beta": cell(live.get(("beta", row.key))),
            "full": cell(live.get(("full", row.key))),
        },
        "waiting": waiting,
    }


def _waiting(work: Work, keys: Collection[str]) -> dict[str, list[Waiting]]:
    found: dict[str, list[Waiting]] = {}
    for row in read_models.open_items(work.connection, keys):
        line: Waiting = {
            "release": row.release,
            "stage": row.stage,
            "version": row.to_version,
            "state": row.state,
        }
        found.setdefault(row.key, []).append(line)
    return found
