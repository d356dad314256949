"""Copy, archive and re-pin artifacts."""

from __future__ import annotations

from prompts_admin.domain import remedies
from prompts_admin.domain.content.references import Pin, pins_of, with_pins
from prompts_admin.domain.content.texts import texts_of
from prompts_admin.domain.errors import Conflict, Refused
from prompts_admin.domain.json_object import Content
from prompts_admin.domain.keys import feature_of, parse_key, parse_reference
from prompts_admin.domain.templates.template import remembered
from prompts_admin.schemas.artifacts import Archived, Made, Repinned, SavedVersion, Unarchived
from prompts_admin.services.artifacts.references import known_artifact, known_artifacts, known_version
from prompts_admin.services.artifacts.save import NEW, Save, save
from prompts_admin.services.core.clearance import cleared
from prompts_admin.services.core.timestamps import iso
from prompts_admin.services.core.visibility import counted, seen
from prompts_admin.services.core.work import Work
from prompts_admin.store.artifacts import artifacts
from prompts_admin.store.releases import live_versions, read_models


def copy(work: Work, key: str, new: str) -> SavedVersion:
    """Start a new artifact with the newest content of another: keys never change and are never reused."""
    key, new = parse_key(key), parse_key(new)
    known_artifacts_even_archived(work, key)
    work.require("copy", feature_of(new))
    if new in artifacts.find_artifacts(work.connection, [new]):
        raise Conflict("exists", f"'{new}' exists already.", "Choose another key.")
    latest = artifacts.find_artifacts(work.connection, [key])[key].latest
    source = known_version(work, key, latest)
    message = f"Copied from {key}@{latest}."
    request = Save(new, content=source.content, base=NEW, message=message, acknowledge=source.acknowledged)
    saved = save(work, request)
    work.record("copy", new, feature=feature_of(new), source=f"{key}@{latest}")
    return saved


def archive(work: Work, key: str) -> Archived:
    """Archive an artifact; refused while it is live anywhere, or pinned by something live."""
    key = parse_key(key)
    work.require("archive", feature_of(key))
    known_artifacts(work, [key])
    _check_unused(work, key)
    artifacts.update_artifact(work.connection, key, archived_at=work.now, archived_by=work.actor.label)
    work.record("archive", key, feature=feature_of(key))
    return {"key": key, "archived": iso(work.now)}


def unarchive(work: Work, key: str) -> Unarchived:
    """Take an archived artifact into use again; it is live nowhere, as it was when it was archived."""
    key = parse_key(key)
    work.require("archive", feature_of(key))
    known_artifacts_even_archived(work, key)
    if artifacts.find_artifacts(work.connection, [key])[key].archived_at is None:
        raise Refused("nothing_changes", f"'{key}' is in use.", "There is nothing to take back.")
    artifacts.update_artifact(work.connection, key, archived_at=None, archived_by=None)
    work.record("unarchive", key, feature=feature_of(key))
    return {"key": key, "archived": None}


def repin(work: Work, key: str, version: int) -> Repinned:
    """Make new versions, pinning `key@version`, of everything whose newest version pins an older one.

    Changes nobody until they are released. Listed as left are artifacts where the asker may not save, and
    those whose text names a version of `key`: text stays as it was typed.
    """
    key = parse_key(key)
    target = known_version(work, key, version)
    made: list[Made] = []
    left: list[str] = []
    for outer, inner in _newest_users(work, key):
        if inner >= version:
            continue
        latest = artifacts.find_artifacts(work.connection, [outer])[outer].latest
        newest = known_version(work, outer, latest)
        if not work.may("save", feature_of(outer)) or _typed_in_text(newest.content, key):
            left.append(outer)
            continue
        content = with_pins(newest.content, {**pins_of(newest.content), key: Pin(version, target.digest)})
        message, acknowledge = f"Use {key}@{version}.", newest.acknowledged
        saved = save(work, Save(outer, content, base=latest, message=message, acknowledge=acknowledge))
        made.append({"key": outer, "number": saved["number"], "digest": saved["digest"]})
    return {"items": made, "left": left}


def _check_unused(work: Work, key: str) -> None:
    """Raise Refused `in_use` for what is live, pinned by what is live, or about to be by an open release."""
    live = live_versions.live_entries(work.connection)
    stages = sorted(stage for stage, k in live if k == key)
    if stages:
        detail = f"'{key}' is live on {', '.join(stages)}."
        raise Refused("in_use", detail, remedies.switch_off_first(key))
    pinning = {outer for outer, _ in artifacts.containers_of(work.connection, key)}
    running = {(k, v): s for (s, k), e in live.items() for v in (e.entry.settled, e.entry.candidate) if v}
    users = sorted(pinning & set(running))
    if users:
        visible = seen(work, set(users))
        named = [f"{k}@{n} on {running[k, n]}" for k, n in users if (k, n) in visible]
        hidden = len(users) - len(named)
        names = ", ".join([*named, *([counted(hidden)] if hidden else [])])
        detail = f"'{key}' is pinned by what is live: {names}."
        raise Refused("in_use", detail, "Release versions without it first.")
    keys = {key, *(outer for outer, _ in pinning)}
    waiting = read_models.open_items(work.connection, keys)
    coming = [row.release for row in waiting if row.key == key or (row.key, row.to_version) in pinning]
    if coming:
        detail = f"Release {coming[0]} would make '{key}' live."
        raise Refused("in_use", detail, remedies.withdraw_first(coming[0]))


def known_artifacts_even_archived(work: Work, key: str) -> None:
    """Raise NotFound unless the artifact exists and may be read."""
    known_artifact(work, key)


def _typed_in_text(content: Content, key: str) -> bool:
    """Tell whether the text itself says which version of `key` it includes."""
    includes = (name for _, text in texts_of(content) for name in remembered(text).includes)
    return any(parse_reference(name).key == key and "@" in name for name in includes)


def _newest_users(work: Work, key: str) -> list[tuple[str, int]]:
    """Return (artifact, pinned version) of every artifact whose newest version pins `key` itself."""
    pairs = artifacts.containers_of(work.connection, key, direct=True)
    rows = artifacts.find_artifacts(work.connection, {outer for (outer, _), _ in pairs})
    reached = cleared(work, {outer for outer, _ in pairs})
    return [
        (outer, inner)
        for (outer, number), inner in pairs
        if rows[outer].latest == number
        and rows[outer].archived_at is None
        and work.may("read", feature_of(outer))
        and (outer, number) in reached
    ]
