"""Copying, archiving and re-pinning artifacts."""

from __future__ import annotations

import pytest

from prompts_admin.domain.targeting.snapshot_codec import compile_snapshot
from prompts_admin.services.artifacts.history import show_version
from prompts_admin.services.artifacts.lifecycle import archive, copy, repin
from prompts_admin.services.serving.snapshots import snapshot_document
from tests.support.cast import APPROVER, AUTHOR, LAWYER, make_person
from tests.support.desk import FAST, OTHER, REPLY, TONE, TRIAGE, Desk, refused
from tests.support.invariants import check_invariants

SQLITE = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


def test_a_copy_begins_anew_with_the_newest_content(desk: Desk) -> None:
    """Same digest, version 1; the old one stays; a key that is taken is refused."""
    desk.save(TRIAGE, "one")
    desk.save(TRIAGE, "two")
    made = desk.do(AUTHOR, copy, TRIAGE, REPLY)
    assert (1, desk.look(AUTHOR, show_version, TRIAGE, 2)["digest"]) == (made["number"], made["digest"])
    with refused("exists"):
        desk.do(AUTHOR, copy, TRIAGE, REPLY)
    with refused("not_found"):
        desk.do(AUTHOR, copy, "support/none", OTHER)
    with refused("forbidden"):
        desk.do(LAWYER, copy, TRIAGE, OTHER)
    check_invariants(desk.product)


def test_only_what_nobody_gets_is_archived(desk: Desk) -> None:
    """Neither live, nor pinned by what is live, nor about to be; archived it is never live again."""
    desk.save(FAST, name="small", provider="openai")
    desk.save(TRIAGE, "one", model=FAST)
    waiting = desk.propose(TRIAGE, apply="manual")["number"]
    for key in (TRIAGE, FAST):
        with refused("in_use", says=f"withdraw {waiting}"):
            desk.do(AUTHOR, archive, key)
    desk.apply(waiting)
    with refused("in_use", says="is live on internal"):
        desk.do(AUTHOR, archive, TRIAGE)
    with refused("in_use", says=f"pinned by what is live: {TRIAGE}@1"):
        desk.do(AUTHOR, archive, FAST)
    desk.rollback(f"{TRIAGE}@1", to="none")
    desk.do(AUTHOR, archive, TRIAGE)
    desk.do(AUTHOR, archive, FAST)
    for attempt in (lambda: desk.save(TRIAGE, "two"), lambda: desk.propose(TRIAGE)):
        with refused("nothing_changes", says="archived"):
            attempt()
    with desk.product.store.read() as uow:
        assert (
            desk.product.live.current().entries
            == compile_snapshot(snapshot_document(uow, desk.product.values)).entries
        )
    check_invariants(desk.product)


def test_repin_makes_versions_and_changes_nobody(desk: Desk) -> None:
    """Every artifact whose newest version pins an older one, where one may save; the rest is listed."""
    make_person(desk.product.store, "support@example.com", ("editor", "support"), ("viewer", "elsewhere"))
    desk.save(TONE, "kind", kind="snippet")
    for key in (TRIAGE, OTHER):
        desk.save(key, "{{> support/tone}}")
    desk.save(REPLY, "{{> support/tone@1}}")
    desk.promote(TRIAGE)
    desk.save(TONE, "kinder", kind="snippet")
    done = desk.do("support@example.com", repin, TONE, 2)
    assert ([(TRIAGE, 2)], [OTHER, REPLY]) == (
        [(m["key"], m["number"]) for m in done["items"]],
        sorted(done["left"]),
    )
    assert 2 == desk.look(AUTHOR, show_version, TRIAGE, 2)["content"]["pins"][TONE]["version"]
    assert 1 == desk.entry("internal", TRIAGE).settled
    assert [] == desk.do("support@example.com", repin, TONE, 1)["items"]


@SQLITE
def test_an_acknowledged_credential_does_not_stop_copy_and_repin(desk: Desk) -> None:
    """It was acknowledged with that very text."""
    secret = "AKIA" + "QWERTYUIOPASDFGH"
    desk.save(FAST, name="small", provider="openai")
    desk.save(TRIAGE, f"Use {secret}.", model=FAST, acknowledge=("secrets",))
    assert 1 == desk.do(AUTHOR, copy, TRIAGE, REPLY)["number"]
    desk.save(FAST, name="large", provider="openai")
    assert 2 == len(desk.do(APPROVER, repin, FAST, 2)["items"])
