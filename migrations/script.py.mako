"""${message}

Rules for a revision, each from a failure that was seen:
- It says what it needs by itself: plain types (`sa.String(27)` for a moment, `sa.Text()` for JSON), no tables
  of the program, which will have moved on.
- Alter tables by `op.batch_alter_table` only (SQLite copies the table). The copy loses its triggers: an
  append-only table needs `allow_changes` before and `refuse_changes` after.
- Check constraints and partial indexes are not compared by `alembic check`: write them by hand, named.
- A new column is nullable or has a server default; rows of the release before must stay readable.
- No `autocommit_block`, no `CREATE INDEX CONCURRENTLY`: the whole upgrade is one transaction.
- Add an entry to migrations/README.md.

Revision: ${up_revision}, after: ${down_revision | comma,n}
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
${imports if imports else ""}
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade() -> None:
    """${message}."""
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    """Take it back; tests use this, a running store does not."""
    ${downgrades if downgrades else "pass"}
