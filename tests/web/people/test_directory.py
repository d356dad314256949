"""People and tokens on pages: added, given and taken roles, let go; secrets shown once."""

from __future__ import annotations

import re

import pytest

from prompts_admin.services.people.accounts import show_user
from prompts_admin.services.people.tokens import list_tokens
from tests.support.cast import ADMIN, APPROVER, AUTHOR, LAWYER, ON_CALL, OUTSIDER, SECOND
from tests.support.visits import ON_SQLITE, Visits, read

pytestmark = ON_SQLITE

NEW = {
    "name": "Ana",
    "email": "ana@example.com",
    "role-0": "editor",
    "feature-0": "support",
    "other-1": "brand",
}


def test_a_person_is_added_and_the_link_is_shown_once(visits: Visits) -> None:
    """The answer shows the link, is not to be kept, and no page shows it again."""
    answer = visits.post("/people", by=ADMIN, **NEW)
    link = re.search(r"/links/[\w-]{20,}", answer.text)
    assert link is not None
    assert "no-store" in answer.headers["Cache-Control"]
    for path in ("/people", "/people/ana@example.com", "/audit"):
        assert link[0] not in visits.get(path, by=ADMIN).text
    roles = visits.desk.look(ADMIN, show_user, "ana@example.com")["roles"]
    assert [{"role": "brand", "feature": "*"}, {"role": "editor", "feature": "support"}] == roles


def test_the_form_sent_twice_adds_one_person(visits: Visits) -> None:
    """The second answer says that the person exists, and keeps what was typed."""
    visits.post("/people", by=ADMIN, **NEW)
    again = visits.post("/people", by=ADMIN, **NEW)
    assert again.status_code in (409, 412)
    assert "Ana" == read(again).forms["/people"]["name"]


def test_roles_are_given_and_taken(visits: Visits) -> None:
    """Each takes one form; a role that is none is told."""
    path = "/people/legal@example.com"
    visits.post(f"{path}/grant", by=ADMIN, role="editor", feature="support")
    assert "editor on support" in visits.read(path, by=ADMIN).text
    visits.post(f"{path}/revoke", by=ADMIN, role="editor", feature="support")
    assert "editor on support" not in visits.read(path, by=ADMIN).text
    assert 422 == visits.post(f"{path}/grant", by=ADMIN, role="").status_code


def test_disabling_a_dri_asks_for_a_successor(visits: Visits) -> None:
    """Without one the page says what the person answers for; with one it is handed over."""
    path = f"/people/{AUTHOR}"
    answer = visits.post(f"{path}/disable", by=ADMIN)
    assert 409 == answer.status_code
    assert "DRI of 'support'" in read(answer).text
    assert 303 == visits.post(f"{path}/disable", by=ADMIN, successor=SECOND).status_code
    assert "disabled" in visits.read(path, by=ADMIN).text
    assert SECOND in visits.read("/features/support", by=ADMIN).text
    assert 303 == visits.post(f"{path}/enable", by=ADMIN).status_code


def test_names_links_and_sessions(visits: Visits) -> None:
    """An administrator renames, makes a password link and signs somebody out everywhere."""
    path = f"/people/{LAWYER}"
    visits.post(f"{path}/name", by=ADMIN, name="Lena Gallo")
    assert "Lena Gallo" in visits.read(path, by=ADMIN).text
    assert "/links/" in visits.post(f"{path}/link", by=ADMIN).text
    assert 303 == visits.post(f"{path}/end-sessions", by=ADMIN).status_code
    assert 404 == visits.get("/people/nobody@example.com", by=ADMIN).status_code


@pytest.mark.parametrize("somebody", [AUTHOR, APPROVER, LAWYER, ON_CALL, OUTSIDER])
def test_S21_people_are_for_administrators(visits: Visits, somebody: str) -> None:
    """Every page and every request about people is refused to all others."""
    path = f"/people/{SECOND}"
    for read_it in ("/people", "/people/new", path):
        assert 403 == visits.get(read_it, by=somebody).status_code, read_it
    for change in ("grant", "revoke", "disable", "enable", "name", "link", "end-sessions"):
        assert 403 == visits.post(f"{path}/{change}", by=somebody, role="admin", name="X").status_code, change
    assert 403 == visits.post("/people", by=somebody, **NEW).status_code


def _token(**changes: str) -> dict[str, str]:
    return {"name": "till 4", "role": "viewer", "clearance": "internal", "days": "90", **changes}


def test_a_token_is_shown_once_and_revoked(visits: Visits) -> None:
    """Its secret stands in the answer alone; the list shows the rest and ends it."""
    answer = visits.post("/tokens", **_token())
    secret = re.search(r"pa_[\w-]{20,}", answer.text)
    assert secret is not None
    page = visits.read("/tokens")
    assert secret[0] not in page.text and "till 4" in page.text
    revoke = next(action for action in page.forms if action.endswith("/revoke"))
    assert 303 == visits.post(revoke).status_code
    assert "revoked" in visits.read("/tokens").text


def test_a_token_form_sent_twice_makes_one_token(visits: Visits) -> None:
    """The second is told that the name is taken."""
    visits.post("/tokens", **_token())
    assert visits.post("/tokens", **_token()).status_code in (409, 412)
    assert 1 == len(visits.desk.look(AUTHOR, list_tokens)["items"])


def test_S21_a_token_never_allows_more_than_its_maker(visits: Visits) -> None:
    """More than one's own role, or a token of nobody, is refused with what was typed kept."""
    answer = visits.post("/tokens", by=LAWYER, **_token(role="admin"))
    assert 403 == answer.status_code
    assert "till 4" == read(answer).forms["/tokens"]["name"]
    assert 403 == visits.post("/tokens", by=LAWYER, **_token(owner="nobody")).status_code
    assert 422 == visits.post("/tokens", **_token(name=" ")).status_code
    assert 422 == visits.post("/tokens", **_token(days="7000")).status_code


def test_S18_tokens_of_others_are_not_there(visits: Visits) -> None:
    """Other people's tokens are neither listed nor revoked; administrators see all."""
    visits.post("/tokens", **_token())
    found = visits.desk.look(AUTHOR, list_tokens)["items"][0]["id"]
    assert "till 4" not in visits.read("/tokens", by=LAWYER).text
    assert 404 == visits.post(f"/tokens/{found}/revoke", by=LAWYER).status_code
    assert "till 4" in visits.read("/tokens", by=ADMIN).text
