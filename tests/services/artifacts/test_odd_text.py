"""F35: text that a database or the audit cannot hold is refused in every field, on both databases alike."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from prompts_admin.services.artifacts.save import Save, save
from prompts_admin.services.policies.changes import propose_settings
from prompts_admin.services.releases.lifecycle import comment, withdraw
from tests.support.cast import APPROVER, AUTHOR, ON_CALL
from tests.support.desk import TRIAGE, Desk, content, refused
from tests.support.invariants import check_invariants

CALLS: dict[str, Callable[[Desk, str], Any]] = {
    "message": lambda desk, odd: desk.do(
        AUTHOR, save, Save(TRIAGE, content=content("x"), base=1, message=odd)
    ),
    "note": lambda desk, odd: desk.propose(TRIAGE, to="beta", percent=1, note=odd),
    "refusal": lambda desk, odd: desk.refuse(2, by=APPROVER, note=odd),
    "withdrawal": lambda desk, odd: desk.do(AUTHOR, withdraw, 2, odd),
    "comment": lambda desk, odd: desk.do(AUTHOR, comment, 2, odd),
    "reason": lambda desk, odd: desk.rollback(TRIAGE, reason=odd),
    "settings": lambda desk, odd: desk.do(
        ON_CALL, propose_settings, scope="elsewhere", document={"bucket_by": "a"}, note=odd
    ),
}


def test_F35_text_that_nothing_can_hold_is_refused_in_every_field(desk: Desk) -> None:
    """NUL and half a surrogate pair; hidden and odd characters go through unchanged."""
    desk.save(TRIAGE, "one")
    desk.promote(TRIAGE)
    desk.propose(TRIAGE, to="beta")
    for name, call in CALLS.items():
        for odd in ("nul \0 here", "half \ud800 pair"):
            with refused("invalid", says="character"):
                call(desk, f"{name} {odd}")
    fine = "\u202e\u200b \U0001f642 \r\n\t ' \\ %s"
    CALLS["comment"](desk, fine)
    assert fine in [event["text"] for event in desk.release(2)["events"]]
    check_invariants(desk.product)
