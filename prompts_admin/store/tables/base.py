"""Metadata and the two column types that must read the same from SQLite and PostgreSQL."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


# Made once: `json.dumps` with any option of its own makes an encoder for each call.
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def _bytewise(length: int) -> sa.types.TypeEngine[str]:
    """Text that PostgreSQL sorts by bytes as SQLite does, whatever the server's locale is."""
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


KEY = _bytewise(130)
SLUG = _bytewise(64)
EMAIL = _bytewise(254)
DIGEST = sa.String(71)


class Utc(sa.types.TypeDecorator[datetime]):
    """A moment in UTC, stored as fixed-width ISO 8601 text: it sorts by time on both databases."""

    impl = sa.String(27)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        """Write microseconds always, so that text order is time order."""
        if value is None:
            return None
        return f"{value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='microseconds')}Z"

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:
        """Read an aware datetime."""
        return datetime.fromisoformat(value) if value else None


class Json(sa.types.TypeDecorator[Any]):
    """A JSON value as text: bytes go in and come out the same on both databases."""

    impl = sa.Text()
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """Write compact JSON; None stays NULL."""
        if value is None:
            return None
        return _ENCODER.encode(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """Read the value back."""
        return None if value is None else json.loads(value)
