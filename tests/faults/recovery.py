"""What a process finds after another one was killed, and what comes of the same request sent again."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from prompts_admin.mirror import Mirror
from prompts_admin.services.product import Product
from prompts_admin.services.replication.mirror_commits import mirror_commits
from prompts_admin.store.tables import Utc, metadata, outbox
from tests.faults.places import Place
from tests.support.invariants import check_invariants

ASIDE = {"sessions", "invites", "tokens"}
"""Tables of comings and goings: the last use of a token is no part of a change."""
FLEETING = {"previous", "hash", "audit_hash", "epoch", "response", "request", "id", "attempts", "error"}
"""Columns that depend on the moment, and what the background notes in the outbox."""


def recover(place: Place, action: dict[str, Any]) -> dict[str, Any]:
    """Look at the store, send the action again, let the background catch up and look again."""
    found = state_of(place.product)
    answer = place.ask(action)
    place.settle(late=True)
    check_invariants(place.product)
    mirror = Mirror(place.data / "mirror.git")
    return {
        "found": found,
        "status": answer.status_code,
        "answer": answer.get_json(),
        "log": (place.data / "log").read_text(),
        "replayed": "Idempotency-Replayed" in answer.headers,
        "end": state_of(place.product),
        "pending": place.pending(),
        "mirror": {"found": mirror.heads(), "rebuilt": rebuilt(place), "findings": mirror.check()},
        "notices": (place.data / "notices").read_text().splitlines(),
    }


def state_of(product: Product) -> dict[str, list[str]]:
    """Return every row of the store that a change makes, without moments; new tables are covered by themselves."""
    with product.store.read() as uow:
        return {
            table.name: sorted(str(tuple(row)) for row in uow.connection.execute(_query(table)))
            for table in metadata.sorted_tables
            if table.name not in ASIDE
        }


def _query(table: sa.Table) -> sa.Select[Any]:
    kept = [c for c in table.columns if not isinstance(c.type, Utc) and c.name not in FLEETING]
    query = sa.select(*kept)
    # What is worded for a destination is the background's; what was announced is the action's.
    return query.where(table.c.topic.not_like("notify.%")) if table is outbox else query


def rebuilt(place: Place) -> dict[str, str]:
    """Return the heads of a mirror made from the store alone: equal hashes are equal histories, none doubled."""
    with tempfile.TemporaryDirectory() as folder, place.product.store.read() as view:
        twin = Mirror(Path(folder) / "twin.git")
        twin.rebuild(commit for batch in mirror_commits(view.connection) for commit in batch)
        return twin.heads()
