"""At the door: signing in and out, the first set-up, invitations, and the demo."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from prompts_admin.domain.people.identity import THE_SYSTEM
from prompts_admin.server.flask_app import create_app
from prompts_admin.services.core.work import Work
from prompts_admin.services.people.one_time_links import create_link, create_setup_link
from prompts_admin.services.people.sign_in import Entrance
from prompts_admin.services.product import Product
from tests.support.cast import ADMIN, AUTHOR, CHEAP, PHRASE, SECOND, Clock
from tests.support.desk import TRIAGE
from tests.support.visits import ON_SQLITE, Visits, read

pytestmark = ON_SQLITE

COOKIE = "prompts_admin"
NEW_PHRASE = "quite another long phrase"


@pytest.fixture
def browser(visits: Visits) -> FlaskClient:
    """A browser that keeps its cookies."""
    return visits.app.test_client()


def _sign_in(browser: FlaskClient, email: str = AUTHOR, password: str = PHRASE, **more: str) -> TestResponse:
    fields = {"email": email, "password": password, **more}
    return browser.post("/sign-in", data=fields, headers={"Sec-Fetch-Site": "same-origin"})


def test_pages_lead_to_the_door_and_back(browser: FlaskClient) -> None:
    """Whoever is not signed in gets to the page they wanted afterwards."""
    answer = browser.get("/?feature=support")
    assert (303, "/sign-in?next=/%3Ffeature%3Dsupport") == (answer.status_code, answer.location)
    back = read(browser.get(answer.location)).forms["/sign-in"]["next"]
    assert "/?feature=support" == _sign_in(browser, next=back).location
    assert "Pm" in browser.get("/").text


def test_S09_the_cookie_is_out_of_reach(browser: FlaskClient) -> None:
    """HttpOnly, SameSite and Path on plain connections; with the host's own name and Secure on https."""
    plain = _sign_in(browser).headers["Set-Cookie"]
    assert plain.startswith(f"{COOKIE}=") and "HttpOnly" in plain and "SameSite=Lax" in plain
    secure = browser.post(
        "/sign-in", data={"email": AUTHOR, "password": PHRASE}, base_url="https://localhost"
    )
    assert secure.headers["Set-Cookie"].startswith(f"__Host-{COOKIE}=")
    assert "; Secure" in secure.headers["Set-Cookie"] and "Domain" not in secure.headers["Set-Cookie"]


def test_a_wrong_password_keeps_the_address_and_never_the_password(browser: FlaskClient) -> None:
    """The same answer for wrong passwords and unknown people."""
    texts = set()
    for email, password in ((AUTHOR, "wrong-and-secret"), ("nobody@example.com", PHRASE)):
        answer = _sign_in(browser, email, password)
        assert 401 == answer.status_code
        assert f'value="{email}"' in answer.text
        assert password not in answer.text
        texts.add(read(answer).text)
    assert 1 == len(texts)


def test_S13_too_many_failures_have_to_wait(browser: FlaskClient) -> None:
    """429 with Retry-After, also for the right password; the address stays in the form."""
    for _ in range(10):
        _sign_in(browser, password="wrong")
    answer = _sign_in(browser)
    assert 429 == answer.status_code
    assert int(answer.headers["Retry-After"]) > 0
    assert f'value="{AUTHOR}"' in answer.text


@pytest.mark.parametrize(
    "target",
    ["//evil.example", "/\\evil.example", "https:evil.example", "https://evil.example", "%2F%2Fevil.example",
     "/\r\nSet-Cookie: a=b", "/\tevil", "javascript:alert(1)", "evil", "///evil.example", "/\u2028"],
)  # fmt: skip
def test_S42_nobody_is_sent_to_another_site(browser: FlaskClient, target: str) -> None:
    """Whatever `next` says: only our own pages, else the overview."""
    assert "/" == _sign_in(browser, next=target).location
    assert "/" == browser.get("/sign-in", query_string={"next": target}).location


def test_S04_signing_in_gives_a_new_session_and_ends_the_old_one(
    visits: Visits, browser: FlaskClient
) -> None:
    """A session that somebody planted or kept is dead."""
    _sign_in(browser)
    old = _cookie(browser)
    _sign_in(browser, SECOND)
    assert old != _cookie(browser)
    other = visits.app.test_client()
    other.set_cookie(COOKIE, old)
    assert 303 == other.get("/").status_code


def test_S06_signing_out_ends_the_session_at_once(visits: Visits, browser: FlaskClient) -> None:
    """The saved cookie is worth nothing afterwards."""
    _sign_in(browser)
    kept = _cookie(browser)
    answer = browser.post("/sign-out", headers={"Sec-Fetch-Site": "same-origin"})
    assert "/sign-in?did=signed-out" == answer.location
    assert "You are signed out." in browser.get(answer.location).text
    other = visits.app.test_client()
    other.set_cookie(COOKIE, kept)
    assert 303 == other.get("/").status_code


def test_an_invitation_sets_a_password_once(visits: Visits, browser: FlaskClient, clock: Clock) -> None:
    """S16: one use; the rules of passwords are said at the field; afterwards one is signed in."""
    secret = visits.desk.do(ADMIN, create_link, SECOND)["secret"]
    page = read(browser.get(f"/links/{secret}"))
    assert SECOND in page.text
    short = browser.post(f"/links/{secret}", data={"password": "short"})
    assert 422 == short.status_code and 'href="#password"' in short.text and "short" not in _values(short)
    done = browser.post(f"/links/{secret}", data={"password": NEW_PHRASE})
    assert "/?did=password-set" == done.location
    assert "you are signed in" in browser.get(done.location).text
    assert 404 == browser.get(f"/links/{secret}").status_code
    again = visits.app.test_client().post(f"/links/{secret}", data={"password": NEW_PHRASE})
    assert 404 == again.status_code and "used or is over" in again.text
    assert 303 == _sign_in(visits.app.test_client(), SECOND, NEW_PHRASE).status_code


def test_S16_a_link_is_over_after_a_while(visits: Visits, browser: FlaskClient, clock: Clock) -> None:
    """A day later it leads nowhere."""
    secret = visits.desk.do(ADMIN, create_link, SECOND)["secret"]
    clock.forward(hours=25)
    assert 404 == browser.get(f"/links/{secret}").status_code


def test_the_first_start_makes_the_administrator(product: Product) -> None:
    """Through the one-time link alone; what was typed stays when something is wrong, the password does not."""
    browser = create_app(product, entrance=Entrance.to(product, CHEAP)).test_client()
    secret = product.do(THE_SYSTEM, create_setup_link)["secret"]
    assert 200 == browser.get(f"/setup/{secret}").status_code
    assert 404 == browser.get(f"/links/{secret}").status_code
    wrong = browser.post(f"/setup/{secret}", data={"name": "Ada", "email": "ada", "password": NEW_PHRASE})
    assert 422 == wrong.status_code and 'value="Ada"' in wrong.text and NEW_PHRASE not in wrong.text
    fields = {"name": "Ada", "email": "ada@example.com", "password": NEW_PHRASE}
    done = browser.post(f"/setup/{secret}", data=fields)
    assert "/people?did=set-up" == done.location
    assert "Ada" in browser.get("/").text
    assert 404 == browser.get(f"/setup/{secret}").status_code


def test_one_click_makes_somebody_of_a_demo_store_alone(visits: Visits, browser: FlaskClient) -> None:
    """S14: elsewhere the same request is refused, and no page offers it."""
    assert "/demo/sign-in" not in browser.get("/sign-in").text
    assert 409 == browser.post("/demo/sign-in", data={"email": AUTHOR}).status_code
    visits.desk.product.do(THE_SYSTEM, _make_demo)
    assert AUTHOR in browser.get("/sign-in").text
    visits.desk.save(TRIAGE, "Be kind.")
    answer = browser.post("/demo/sign-in", data={"email": AUTHOR, "next": f"/artifacts/{TRIAGE}"})
    assert f"/artifacts/{TRIAGE}" == answer.location
    page = read(browser.get(answer.location))
    assert "Demo. You are Pm." in page.text
    assert f"/artifacts/{TRIAGE}" == page.forms["/demo/sign-in"]["next"]


def test_sessions_are_listed_and_ended_by_their_owner(visits: Visits, browser: FlaskClient) -> None:
    """S07: a changed password ends the others, and so does a button."""
    other = visits.app.test_client()
    for one in (browser, other):
        _sign_in(one)
    assert "End all others" in browser.get("/account").text
    same = {"Sec-Fetch-Site": "same-origin"}
    wrong = browser.post("/account/password", data={"old": "x", "password": NEW_PHRASE}, headers=same)
    assert 403 == wrong.status_code and NEW_PHRASE not in wrong.text
    done = browser.post("/account/password", data={"old": PHRASE, "password": NEW_PHRASE}, headers=same)
    assert "/account?did=password-changed" == done.location
    assert (200, 303) == (browser.get("/account").status_code, other.get("/account").status_code)
    _sign_in(other, password=NEW_PHRASE)
    ended = browser.post("/account/sessions/end", headers=same)
    assert "1 other sessions have ended" in browser.get(ended.location).text or ended.status_code == 303
    assert 303 == other.get("/account").status_code


def _cookie(browser: FlaskClient) -> str:
    found = browser.get_cookie(COOKIE)
    assert found is not None
    return found.value


def _values(answer: TestResponse) -> list[str]:
    return [attributes.get("value", "") for name, attributes in read(answer).elements if name == "input"]


def _make_demo(work: Work) -> None:
    work.uow.change_head(demo=True)
