"""Releases of several features, read by somebody who may read one of them: the rest is counted, never shown."""

from __future__ import annotations

import json

import pytest

from prompts_admin.services.artifacts.lifecycle import archive
from prompts_admin.services.notifications.messages import notice_of
from prompts_admin.services.releases.lifecycle import comment
from prompts_admin.services.releases.lists import show_release
from prompts_admin.services.releases.permissions import rights_on
from prompts_admin.services.rollback.report import aftermath
from tests.support.cast import ADMIN, LAWYER, ON_CALL, OUTSIDER, make_feature, make_person
from tests.support.desk import OTHER, TRIAGE, Desk, refused

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
SECRET = "The plan for the merger"


@pytest.fixture
def restored(desk: Desk) -> int:
    """The number of a restore of both features; the outsider of the cast may read `elsewhere` alone."""
    for key, text in ((TRIAGE, SECRET), (OTHER, "Dear all")):
        desk.save(key, text)
        desk.promote(key)
    then = desk.clock.now
    desk.clock.forward(hours=1)
    for key in (TRIAGE, OTHER):
        desk.save(key, f"Worse than {key}")
        desk.promote(key)
    return int(desk.restore(at=then)["number"])


def test_what_one_may_not_read_of_a_release_is_counted(desk: Desk, restored: int) -> None:
    """Neither key nor text nor digest; those who may read all see all, and nothing hidden."""
    seen = desk.look(OUTSIDER, show_release, restored)
    whole = desk.look(LAWYER, show_release, restored)
    assert ([OTHER], 1) == ([item["key"] for item in seen["items"]], seen["hidden_items"])
    assert [OTHER] == [comparison["key"] for comparison in seen["comparisons"]]
    for words in ("support", SECRET, whole["items"][1]["digest"]):
        assert words in json.dumps(whole)
        assert words not in json.dumps(seen)
    assert 0 == whole["hidden_items"]


def test_what_people_wrote_beside_it_names_no_hidden_key(desk: Desk, restored: int) -> None:
    """The sentence stays, the key does not; a longer name is another artifact."""
    desk.do(ADMIN, comment, restored, f"Mind {TRIAGE}@1, not {OTHER} or x{TRIAGE}.")
    said = desk.look(OUTSIDER, show_release, restored)["events"][-1]["text"]
    assert f"Mind something that you may not read, not {OTHER} or x{TRIAGE}." == said
    assert TRIAGE in desk.look(LAWYER, show_release, restored)["events"][-1]["text"]


def test_nobody_puts_back_what_they_see_in_part(desk: Desk, restored: int) -> None:
    """Neither undo nor rollback, and the refusal names nothing of what is hidden; no page offers it."""
    for attempt in (
        lambda: desk.undo(restored, by=OUTSIDER),
        lambda: desk.rollback(by=OUTSIDER, release=restored),
    ):
        with refused("forbidden", says="1 item that you may not read") as found:
            attempt()
        assert "support" not in str(found[0])
    rights = desk.look(OUTSIDER, rights_on, restored)
    assert not rights["undo"] and not rights["roll_back"] and not rights["sign_as"]


def test_a_rollback_names_nothing_hidden_that_it_leaves(desk: Desk, restored: int) -> None:
    """What the same release brought to other features is counted, at once and on its page later."""
    done = desk.rollback(f"{OTHER}@1", by=OUTSIDER)
    assert ([], 1) == (done["left_behind"], done["hidden_items"])
    later = desk.look(OUTSIDER, aftermath, done["number"])
    assert ([], 1) == (later["left_behind"], later["hidden_items"])
    assert [TRIAGE] == [row["key"] for row in desk.look(LAWYER, aftermath, done["number"])["left_behind"]]


def test_a_rollback_confirms_no_guess_about_what_is_hidden(desk: Desk) -> None:
    """What keeps serving a model is counted; `expect` says the same of every version of it, right or wrong."""
    desk.save("elsewhere/fast", name="small", provider="openai")
    desk.promote("elsewhere/fast")
    desk.save(TRIAGE, "text", model="elsewhere/fast")
    desk.promote(TRIAGE)
    plan = desk.rollback("elsewhere/fast@1", by=OUTSIDER, dry_run=True, only=True, to="none")
    assert ([], 1) == (plan["still_serving"], plan["hidden_items"])
    for version in (1, 7):
        with refused("expectation_failed", says="runs nothing that this removes"):
            desk.rollback("elsewhere/fast@1", by=OUTSIDER, dry_run=True, expect={TRIAGE: version})


def test_archiving_names_nothing_hidden_that_is_in_the_way(desk: Desk) -> None:
    """What pins it elsewhere is counted."""
    desk.save("elsewhere/fast", name="small", provider="openai")
    desk.save(TRIAGE, "text", model="elsewhere/fast")
    desk.promote(TRIAGE)
    with refused("in_use", says="pinned by what is live: 1 item that you may not read.") as found:
        desk.do(OUTSIDER, archive, "elsewhere/fast")
    assert "support" not in str(found[0])


def test_a_notice_holds_what_all_of_its_readers_may_read(desk: Desk, restored: int) -> None:
    """Everybody on it gets the same text, and owners read the features that they answer for.

    So do the words that somebody gave as the reason.
    """
    payload = {"event": "restored", "release": restored, "to": [OUTSIDER, ON_CALL]}
    notice = desk.look(ADMIN, notice_of, payload)
    assert f"{OTHER} on internal" in notice.text and "and 1 more" in notice.text
    assert "support" not in notice.text
    whole = desk.look(ADMIN, notice_of, {**payload, "to": [ON_CALL]})
    assert f"{TRIAGE} on internal" in whole.text and "more" not in whole.text
    reason = f"Both {TRIAGE} and {OTHER} are wrong."
    number = desk.rollback(f"{TRIAGE}@1", f"{OTHER}@1", by=ADMIN, to="none", reason=reason)["number"]
    told = desk.look(ADMIN, notice_of, {"event": "rolled_back", "release": number, "to": [OUTSIDER]})
    assert f"Note: Both something that you may not read and {OTHER} are wrong." in told.text


def test_whoever_may_read_nothing_of_it_finds_no_release(desk: Desk, restored: int) -> None:
    """As if it did not exist."""
    make_feature(desk.product.store, "third")
    make_person(desk.product.store, "third@example.com", ("viewer", "third"))
    with refused("not_found"):
        desk.look("third@example.com", show_release, restored)
