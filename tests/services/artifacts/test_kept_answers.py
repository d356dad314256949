"""Examples stand beside a version: kept, shown, hidden, never changed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from prompts_admin.services.artifacts.kept_answers import (
    NewExample,
    hide_example,
    keep_example,
    list_examples,
    proof_of,
)
from prompts_admin.store.tables import examples
from tests.support.cast import AUTHOR, LAWYER, OUTSIDER, SECOND
from tests.support.desk import REPLY, TRIAGE, Desk, refused
from tests.support.invariants import check_invariants


@pytest.fixture
def started(desk: Desk) -> Desk:
    """One version."""
    desk.save(TRIAGE, "Be kind.")
    return desk


def _keep(desk: Desk, answer: str = "Routed.", *, by: str = AUTHOR, number: int = 1) -> dict[str, Any]:
    return dict(desk.do(by, keep_example, _answered(desk, answer, number=number)))


def _answered(desk: Desk, answer: str, *, number: int = 1) -> NewExample:
    """Return what a model answered, with the proof that comes along."""
    new = NewExample(key=TRIAGE, number=number, model="small", answer=answer, values={"ticket": "Late"})
    return replace(new, proof=proof_of(desk.product.settings, new))


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


@pytest.mark.parametrize(
    "made_up",
    [
        {"answer": "Routed!"},
        {"model": "large"},
        {"number": 2},
        {"key": REPLY},
        {"values": {"ticket": "Early"}},
        {"proof": ""},
        {"proof": "ä" * 64},
    ],
)
def test_S38_an_example_cannot_be_made_up(started: Desk, made_up: dict[str, Any]) -> None:
    """It says what a model answered: neither answer nor model, version or values can be others."""
    started.save(TRIAGE, "Be kinder.")
    started.save(REPLY, "Hello.")
    with refused("invalid", says="what a model answered"):
        started.do(AUTHOR, keep_example, replace(_answered(started, "Routed."), **made_up))
    assert [] == started.look(AUTHOR, list_examples, TRIAGE, 1)


def test_line_ends_of_a_form_are_no_other_answer(started: Desk) -> None:
    """A browser sends CR LF for each."""
    sent = _answered(started, "One\r\ntwo\rthree")
    started.do(AUTHOR, keep_example, replace(sent, answer="One\ntwo\nthree"))
    assert ["One\ntwo\nthree"] == [one["answer"] for one in started.look(AUTHOR, list_examples, TRIAGE, 1)]
