"""The commits of the git mirror, told from the audit chain: the same ones whenever they are asked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from prompts_admin.domain.audit_chain import AuditEntry
from prompts_admin.domain.files.prompt_files import dump_file
from prompts_admin.domain.stages import STAGES, in_percent
from prompts_admin.mirror import MirrorCommit
from prompts_admin.store.artifacts import artifacts
from prompts_admin.store.database.unit_of_work import Connection
from prompts_admin.store.records import audit

Recorded = dict[str, Any]
"""What an audit entry tells of a change on a stage; old entries are read for ever."""

MAIN = "main"
BATCH = 500
SAVES = "save"
RELEASES = ("promotion", "rollback", "undo", "restore", "initial")


def mirror_commits(connection: Connection, *, after: int = 0) -> Iterator[list[MirrorCommit]]:
    """Yield batches of commits for what happened after an audit entry, in the order in which it happened.

    A save is a commit on `main` by its author; a release is one on each stage that it changed. The number of
    the audit entry is the commit's event, so a mirror knows from its own tip where to go on.
    """
    batch: list[AuditEntry] = []
    for entry in audit.walk(connection, after=after):
        if entry.action == SAVES or entry.action in RELEASES:
            batch.append(entry)
        if len(batch) == BATCH:
            yield _commits(connection, batch)
            batch = []
    if batch:
        yield _commits(connection, batch)


def _commits(connection: Connection, batch: list[AuditEntry]) -> list[MirrorCommit]:
    wanted = {version for entry in batch for version in _versions(entry)}
    texts = {
        version: dump_file(found.content)
        for version, found in artifacts.find_versions(connection, wanted).items()
    }
    return [commit for entry in batch for commit in _of_entry(entry, texts)]


def _of_entry(entry: AuditEntry, texts: dict[tuple[str, int], str]) -> Iterator[MirrorCommit]:
    name = entry.actor.partition("@")[0]
    common = MirrorCommit(MAIN, entry.seq, name, entry.actor, entry.at, "", {}, entry.hash)
    if entry.action == SAVES:
        key, number = _saved(entry)
        message = f"{entry.subject}\n\n{entry.detail.get('message', '')}".strip()
        yield replace(common, message=message, files={f"{key}.yaml": texts[key, number]})
        return
    for stage in STAGES:
        changes = [change for change in entry.detail["changes"] if change["stage"] == stage]
        if changes:
            files = {f"{change['key']}.yaml": _text(change, texts) for change in changes}
            message = f"{entry.subject}: {entry.action}\n\n{_told(changes)}"
            yield replace(common, branch=stage, message=message, files=files)


def _versions(entry: AuditEntry) -> list[tuple[str, int]]:
    if entry.action == SAVES:
        return [_saved(entry)]
    live = [(change["key"], _live(change["after"])) for change in entry.detail["changes"]]
    return [(key, number) for key, number in live if number is not None]


def _saved(entry: AuditEntry) -> tuple[str, int]:
    key, _, number = entry.subject.rpartition("@")
    return key, int(number)


def _text(change: Recorded, texts: dict[tuple[str, int], str]) -> str | None:
    number = _live(change["after"])
    return None if number is None else texts[change["key"], number]


def _live(after: Recorded | None) -> int | None:
    """Return what a stage's tree shows: what is settled there, else the candidate."""
    found = (after or {}).get("settled") or (after or {}).get("candidate")
    return int(found) if found else None


def _told(changes: list[Recorded]) -> str:
    return "\n".join(
        f"{change['key']}: {_side(change['before'])} -> {_side(change['after'])}" for change in changes
    )


def _side(entry: Recorded | None) -> str:
    if not entry:
        return "off"
    settled = f"v{entry['settled']}" if entry.get("settled") else ""
    share = f"v{entry['candidate']} at {in_percent(entry['percentage'])}" if entry.get("candidate") else ""
    return " + ".join(part for part in (settled, share) if part)
