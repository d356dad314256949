"""F13: what cannot be written to the audit does not happen."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from prompts_admin.domain.errors import ProductError
from tests.support.desk import TRIAGE, Desk
from tests.support.invariants import check_invariants

REFUSE = (
    "CREATE TRIGGER audit_is_full BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'the audit is full'); END"
)


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_F13_a_change_without_its_audit_entry_is_refused(desk: Desk) -> None:
    """With an audit that takes no entry nothing is saved and nothing goes live; afterwards it works again."""
    desk.save(TRIAGE, "one")
    engine = desk.product.store.engine
    with engine.begin() as connection:
        connection.execute(sa.text(REFUSE))
    for change in (lambda: desk.save(TRIAGE, "two"), lambda: desk.propose(f"{TRIAGE}@1")):
        with pytest.raises((sa.exc.DBAPIError, ProductError)):
            change()
    with engine.begin() as connection:
        connection.execute(sa.text("DROP TRIGGER audit_is_full"))
    assert 2 == desk.save(TRIAGE, "two")
    assert 1 == desk.propose(f"{TRIAGE}@2")["number"]
    check_invariants(desk.product)
