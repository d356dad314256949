"""Settings that somebody changed while a form stood open: said on the form, and nothing of either side is lost."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from prompts_admin.services.policies.changes import propose_settings, sign_settings
from prompts_admin.services.policies.lists import current_settings, list_settings
from prompts_admin.web.settings.concurrent_edits import merged
from tests.support.cast import ADMIN, APPROVER, make_person
from tests.support.desk import AUDIENCES
from tests.support.visits import ON_SQLITE, Visits, read

SETTINGS, EDIT = "/features/elsewhere/settings", "/audiences/edit"
ADMIN2 = "admin2@example.com"
PLAN = {"rules": [{"conditions": [{"attribute": "plan", "operator": "in", "values": ["internal"]}]}]}

names = st.sampled_from(["a", "b", "rows[0].from", "rows[0].to", "rows[1].from"])
typed = st.dictionaries(names, st.sampled_from(["", "x", "y"]))


def _document(visits: Visits, scope: str = "elsewhere") -> dict[str, Any]:
    return dict(visits.desk.look(ADMIN, current_settings, scope)["document"])


def _raise_class(visits: Visits) -> None:
    change = visits.desk.do(ADMIN, propose_settings, scope="elsewhere", document={"classification": "pii"})
    assert "applied" == change["state"]


def _open_beta(visits: Visits) -> None:
    make_person(visits.desk.product.store, ADMIN2, ("admin", "*"))
    change = visits.desk.do(ADMIN, propose_settings, scope="", document={"audiences": {"beta": "everybody"}})
    visits.desk.do(ADMIN2, sign_settings, change["number"], verdict="approve")


@ON_SQLITE
def test_a_stale_settings_page_lowers_no_classification(visits: Visits) -> None:
    """409, who changed what, all that was typed; sent again it changes what was typed alone."""
    form = visits.read(SETTINGS, by=APPROVER).forms[""]
    _raise_class(visits)
    answer = visits.post(
        SETTINGS, by=APPROVER, **form | {"policy.beta.wait_hours": "1", "note": "A night first"}
    )
    page = read(answer)
    assert (409, "pii") == (answer.status_code, _document(visits)["classification"])
    for words in ("admin@example.com", "What changed meanwhile", "Settings change 1", "internal.", "pii."):
        assert words in page.text, words
    again = page.forms[""]
    assert ("1", "A night first") == (again["policy.beta.wait_hours"], again["note"])
    assert ("pii", "2") == (again["classification"], again["base"])
    assert 303 == visits.post(SETTINGS, by=APPROVER, **again).status_code
    found = _document(visits)
    assert ("pii", 1) == (found["classification"], found["policy"]["beta"]["wait_hours"])


@ON_SQLITE
def test_what_both_changed_stands_as_it_was_typed(visits: Visits) -> None:
    """The page shows theirs beside it; it is proposed only once it was sent again."""
    form = visits.read(SETTINGS, by=APPROVER).forms[""] | {"classification": "confidential"}
    _raise_class(visits)
    page = read(visits.post(SETTINGS, by=APPROVER, **form))
    assert "confidential" == page.forms[""]["classification"]
    assert "pii" == _document(visits)["classification"]
    visits.post(SETTINGS, by=APPROVER, **page.forms[""])
    assert "confidential" == _document(visits)["classification"]


@ON_SQLITE
def test_a_page_refused_for_something_else_keeps_the_version_that_it_was_made_from(visits: Visits) -> None:
    """A wrong number in between does not hide that somebody was faster."""
    form = visits.read(SETTINGS, by=APPROVER).forms[""]
    wrong = read(visits.post(SETTINGS, by=APPROVER, **form | {"policy.beta.wait_hours": "soon"})).forms[""]
    _raise_class(visits)
    assert "1" == wrong["base"]
    answer = visits.post(SETTINGS, by=APPROVER, **wrong | {"policy.beta.wait_hours": "2"})
    assert (409, "pii") == (answer.status_code, _document(visits)["classification"])
    assert 400 == visits.post(SETTINGS, by=APPROVER, **form | {"base": "now"}).status_code


@ON_SQLITE
def test_stale_audiences_are_merged_and_asked_again(visits: Visits) -> None:
    """The text of another stage is kept on top of theirs; nothing is proposed before."""
    form = visits.read(EDIT, by=ADMIN).forms[""]
    _open_beta(visits)
    mine = form["text"].replace("attribute: groups", "attribute: plan", 1)
    answer = visits.post(EDIT, by=ADMIN, **form | {"text": mine, "note": "By plan"})
    page = read(answer)
    assert (409, 1) == (answer.status_code, len(visits.desk.look(ADMIN, list_settings)["items"]))
    for words in ("admin2@example.com", "Audience of beta", "Everybody."):
        assert words in page.text, words
    made = visits.post(EDIT, by=ADMIN, **page.forms[""])
    assert 303 == made.status_code, page.forms[""]
    wanted = visits.desk.look(ADMIN, list_settings)["items"][0]
    assert {**AUDIENCES, "internal": PLAN, "beta": "everybody"} == wanted["document"]["audiences"]
    assert "By plan" == wanted["note"]


@ON_SQLITE
def test_audiences_that_both_changed_stand_between_marks(visits: Visits) -> None:
    """Neither side is guessed, and what has marks left is not proposed."""
    form = visits.read(EDIT, by=ADMIN).forms[""]
    _open_beta(visits)
    mine = form["text"].replace("- beta", "- friends")
    page = read(visits.post(EDIT, by=ADMIN, **form | {"text": mine}))
    assert "<<<<<<< yours" in page.forms[""]["text"] and "- friends" in page.forms[""]["text"]
    assert 422 == visits.post(EDIT, by=ADMIN, **page.forms[""]).status_code


@given(typed, typed, typed)
def test_the_merge_of_a_form_loses_nothing(
    sent: dict[str, str], base: dict[str, str], now: dict[str, str]
) -> None:
    """What was touched stands as typed, what was not follows what is in force, rows stay together."""
    found = merged(sent, base, now)
    for name, value in found.items():
        assert value in (sent.get(name, ""), now.get(name, ""))
        if sent.get(name, "") != base.get(name, ""):
            assert sent.get(name, "") == value
    rows = [name for name in found if name.startswith("rows")]
    assert any(all(found[n] == side.get(n, "") for n in rows) for side in (sent, now))
    assert {n: now.get(n, "") for n in found} == merged(base, base, now) | {n: now.get(n, "") for n in found}
