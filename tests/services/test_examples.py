"""Examples stand beside a version: kept, shown, hidden, never changed."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from prompts_admin.services.examples import NewExample, hide_example, keep_example, list_examples
from prompts_admin.store.tables import examples
from tests.support.cast import AUTHOR, LAWYER, OUTSIDER, SECOND
from tests.support.desk import TRIAGE, Desk, refused
from tests.support.invariants import check_invariants


@pytest.fixture
def started(desk: Desk) -> Desk:
    """One version."""
    desk.save(TRIAGE, "Be kind.")
    return desk


def _keep(desk: Desk, answer: str = "Routed.", *, by: str = AUTHOR, number: int = 1) -> dict[str, Any]:
    new = NewExample(key=TRIAGE, number=number, model="small", answer=answer, values={"ticket": "Late"})
    return dict(desk.do(by, keep_example, new))


def test_an_example_is_kept_and_hidden_and_the_version_is_what_it_was(started: Desk) -> None:
    """By whom, when, with which values; both are in the audit, and the row stays."""
    kept = _keep(started)
    found = started.look(LAWYER, list_examples, TRIAGE, 1)
    assert [("Routed.", {"ticket": "Late"}, AUTHOR)] == [(e["answer"], e["values"], e["by"]) for e in found]
    started.do(SECOND, hide_example, kept["id"])
    assert [] == started.look(AUTHOR, list_examples, TRIAGE, 1)
    assert ["keep_example", "hide_example"] == started.audited()[-2:]
    with started.product.store.read() as uow:
        assert 1 == uow.connection.scalar(sa.select(sa.func.count()).select_from(examples))
    with refused("not_found"):
        started.do(SECOND, hide_example, kept["id"])
    check_invariants(started.product)


def test_S17_S38_who_may_not_save_keeps_none_and_no_credential_is_kept(started: Desk) -> None:
    """Nor an empty one, nor one of a version that does not exist; outsiders learn nothing."""
    kept = _keep(started)
    with refused("forbidden"):
        _keep(started, by=LAWYER)
    with refused("forbidden"):
        started.do(LAWYER, hide_example, kept["id"])
    for attempt in (lambda: started.do(OUTSIDER, hide_example, kept["id"]), lambda: _keep(started, number=9)):
        with refused("not_found"):
            attempt()
    with refused("secret_found"):
        _keep(started, "ghp_" + "a1B2c3D4e5F6g7H8i9J0" + "k1L2m3N4o5P6q7R8")
    with refused("invalid"):
        _keep(started, " ")
    with refused("too_large", says="name of a model"):
        started.do(
            AUTHOR, keep_example, NewExample(key=TRIAGE, number=1, model="m" * 201, answer="a", values={})
        )
    with refused("too_large"):
        _keep(started, "x" * (started.product.settings.try_bytes + 1))
