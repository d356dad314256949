"""Who serves what: readers of this process and, where there are several, of all."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from uuid import uuid4

from prompts_admin.schemas.records import Readers as ReadersDocument
from prompts_admin.schemas.records import ReaderSeen
from prompts_admin.services.core.runner import Runner
from prompts_admin.services.core.timestamps import iso
from prompts_admin.services.core.work import Work
from prompts_admin.serving.live_snapshot import LiveSnapshot
from prompts_admin.serving.reader_registry import ASKED_SECONDS, LONGEST, MISSED, Readers, is_live, merged
from prompts_admin.serving.reader_table import Reader, Who
from prompts_admin.store.people import readers as rows

PROCESS = uuid4().hex
"""What this process is called where several share what they hear."""
_OLDEST = MISSED * LONGEST


def list_readers(
    work: Work, readers: Readers, live: LiveSnapshot, *, revision: int | None = None
) -> ReadersDocument:
    """Return the live readers, and how many of them are on `revision` (default: the newest) or after it.

    One that serves nothing yet is not counted: it gets the newest, or ends without having served anything.
    One on a revision that the store has not reached is behind: it serves what was before a backup was put back.
    `asking` counts the clients that only ask, seen in the last minute: of them nobody knows what they keep.
    """
    work.require_somewhere("read")
    wanted = work.head.revision if revision is None else revision
    heard, asking = _heard(work, readers)
    serving = [reader for reader in heard if reader.revision is not None]
    reached = range(wanted, _newest(work, live) + 1)
    late = {reader.revision for reader in serving if reader.revision is not None and reader.revision < wanted}
    overtaken = rows.overtaken_at(work.connection, late)
    items = [_reader(reader, reached, overtaken, work.now) for reader in serving]
    items.sort(key=lambda item: (not item["behind"], -(item["behind_seconds"] or 0), item["reader"]))
    behind = sum(item["behind"] for item in items)
    return {
        "revision": wanted,
        "live": len(items),
        "on": len(items) - behind,
        "behind": behind,
        "asking": asking,
        "items": items,
    }


def share(runner: Runner, readers: Readers) -> int:
    """Write what this process heard since the last time for the others; return how many readers that were."""
    heard, gone = readers.take_changed()
    if not _is_shared(runner.store.engine.dialect.name):
        return 0
    now = readers.clock()
    found = [_row(reader) for reader in heard]
    found.append(_own_row(readers, now))
    with runner.store.aside() as connection:
        rows.share_readers(connection, found, [_row_id(who) for who in gone], before=now - _OLDEST)
    return len(heard)


def _is_shared(dialect: str) -> bool:
    """Tell whether several processes may serve from this store: one alone needs to write nothing."""
    return dialect == "postgresql"


def _heard(work: Work, readers: Readers) -> tuple[list[Reader], int]:
    own, asking = readers.live(), readers.asking()
    if not _is_shared(work.connection.dialect.name):
        return own, asking
    now = readers.clock()
    others = rows.readers_of_others(work.connection, PROCESS, after=now - _OLDEST)
    asking += sum(row.asking for row in others if now - row.seen < ASKED_SECONDS)
    found = (_reader_of(row) for row in others if row.id != row.process)
    return merged(own, [reader for reader in found if is_live(reader, now)]), asking


def _newest(work: Work, live: LiveSnapshot) -> int:
    # A reader may have heard of a change since this transaction began.
    snapshot, head = live.peek(), work.head
    return max(head.revision, snapshot.revision if snapshot and snapshot.epoch == head.epoch else 0)


def _reader(reader: Reader, reached: range, overtaken: dict[int, datetime], now: datetime) -> ReaderSeen:
    behind = reader.revision not in reached
    since = overtaken.get(reader.revision) if behind and reader.revision is not None else None
    return {
        "reader": reader.id,
        "host": reader.host,
        "sdk": reader.sdk,
        "token": reader.token,
        "revision": reader.revision,
        "behind": behind,
        "behind_seconds": round(max(0.0, (now - since).total_seconds()), 3) if since else None,
        "seen": iso(datetime.fromtimestamp(reader.seen, UTC)),
    }


def _row(reader: Reader) -> rows.Row:
    return {
        "id": _row_id(reader.who),
        "process": PROCESS,
        "revision": reader.revision,
        "sdk": reader.sdk,
        "host": reader.host,
        "every": reader.every,
        "token": "\n".join((*reader.who, reader.token)),
        "seen": reader.seen,
        "since": reader.since,
        "asking": 0,
    }


def _row_id(who: Who) -> str:
    """Return the id of the row of a reader: two tokens may have readers of the same id."""
    return sha256("\n".join(who).encode()).hexdigest()


def _reader_of(row: Any) -> Reader:
    owner, name, token = row.token.split("\n", 2) if row.token.count("\n") > 1 else ("", row.id, row.token)
    return Reader(owner, name, row.revision, row.sdk, row.host, row.every, token, row.seen, row.since)


def _own_row(readers: Readers, now: float) -> rows.Row:
    return {
        "id": PROCESS,
        "process": PROCESS,
        "revision": None,
        "sdk": "",
        "host": "",
        "token": "",
        "every": LONGEST,
        "seen": now,
        "since": now,
        "asking": readers.asking(),
    }
