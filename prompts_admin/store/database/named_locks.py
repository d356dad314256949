"""Turns between server processes on PostgreSQL, for work outside the database that one of them shall do."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256

import sqlalchemy as sa

from prompts_admin.store.database.error_translation import translated
from prompts_admin.store.database.unit_of_work import Store

_TAKE = sa.text("SELECT pg_try_advisory_lock(:number)")
_GIVE = sa.text("SELECT pg_advisory_unlock(:number)")
_PAUSE = 0.05


@contextmanager
def turn(store: Store, name: str, *, seconds: float) -> Iterator[bool]:
    """Take the turn of this name, waiting so long at most; yields whether it was had.

    The database gives it back when the process dies. No transaction is open meanwhile. Raises Unavailable.
    """
    number = int.from_bytes(sha256(name.encode()).digest()[:8], "big", signed=True)
    deadline = time.monotonic() + seconds
    with translated(), store.engine.connect() as plain:
        connection = plain.execution_options(isolation_level="AUTOCOMMIT")
        while not (had := bool(connection.scalar(_TAKE, {"number": number}))) and time.monotonic() < deadline:
            time.sleep(_PAUSE)
        try:
            yield had
        finally:
            if had:
                connection.execute(_GIVE, {"number": number})
