"""Copy, archive and re-pin artifacts."""

from __future__ import annotations

from typing import Any

from prompts_admin.domain.errors import Conflict, Refused
from prompts_admin.domain.keys import feature_of, parse_key
from prompts_admin.domain.references import Pin, pins_of, with_pins
from prompts_admin.services.moments import iso
from prompts_admin.services.pinning import known_version
from prompts_admin.services.proposals import known_artifacts
from prompts_admin.services.saving import NEW, Save, save
from prompts_admin.services.work import Work
from prompts_admin.store import artifacts, entries


def copy(work: Work, key: str, new: str) -> dict[str, Any]:
    """Start a new artifact with the newest content of another: keys never change and are never reused."""
    key, new = parse_key(key), parse_key(new)
    known_artifacts_even_archived(work, key)
    work.require("copy", feature_of(new))
    if new in artifacts.find_artifacts(work.connection, [new]):
        raise Conflict("exists", f"'{new}' exists already.", "Choose another key.")
    latest = artifacts.find_artifacts(work.connection, [key])[key].latest
    content = known_version(work, key, latest).content
    saved = save(work, Save(new, content=content, base=NEW, message=f"Copied from {key}@{latest}."))
    work.record("copy", new, feature=feature_of(new), source=f"{key}@{latest}")
    return saved


def archive(work: Work, key: str) -> dict[str, Any]:
    """Archive an artifact; refused while it is live anywhere, or pinned by something live."""
    key = parse_key(key)
    work.require("archive", feature_of(key))
    known_artifacts(work, [key])
    live = entries.live_entries(work.connection)
    stages = sorted(stage for stage, k in live if k == key)
    if stages:
        detail = f"'{key}' is live on {', '.join(stages)}."
        raise Refused("in_use", detail, f"Switch it off first: rollback {key} --to none")
    running = {(k, v): s for (s, k), e in live.items() for v in (e.entry.settled, e.entry.candidate) if v}
    users = sorted({outer for outer, _ in artifacts.containers_of(work.connection, key)} & set(running))
    if users:
        names = ", ".join(f"{k}@{n} on {running[k, n]}" for k, n in users)
        raise Refused(
            "in_use", f"'{key}' is pinned by what is live: {names}.", "Release versions without it first."
        )
    artifacts.update_artifact(work.connection, key, archived_at=work.now, archived_by=work.actor.label)
    work.record("archive", key, feature=feature_of(key))
    return {"key": key, "archived": iso(work.now)}


def repin(work: Work, key: str, version: int) -> dict[str, Any]:
    """Make new versions, pinning `key@version`, of everything whose newest version pins an older one.

    Changes nobody until they are released. Artifacts where the asker may not save are listed as left.
    """
    key = parse_key(key)
    target = known_version(work, key, version)
    made, left = [], []
    for outer, inner in _newest_users(work, key):
        if inner >= version:
            continue
        if not work.may("save", feature_of(outer)):
            left.append(outer)
            continue
        latest = artifacts.find_artifacts(work.connection, [outer])[outer].latest
        content = known_version(work, outer, latest).content
        pins = {**pins_of(content), key: Pin(version, target.digest)}
        message = f"Use {key}@{version}."
        saved = save(work, Save(outer, content=with_pins(content, pins), base=latest, message=message))
        made.append({"key": outer, "number": saved["number"], "digest": saved["digest"]})
    return {"items": made, "left": left}


def known_artifacts_even_archived(work: Work, key: str) -> None:
    """Raise NotFound unless the artifact exists and may be read."""
    known_version(work, key, 1)


def _newest_users(work: Work, key: str) -> list[tuple[str, int]]:
    """Return (artifact, pinned version) of every artifact whose newest version pins `key` itself."""
    pairs = artifacts.containers_of(work.connection, key, direct=True)
    rows = artifacts.find_artifacts(work.connection, {outer for (outer, _), _ in pairs})
    return [
        (outer, inner)
        for (outer, number), inner in pairs
        if rows[outer].latest == number
        and rows[outer].archived_at is None
        and work.may("read", feature_of(outer))
    ]
