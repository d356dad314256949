"""What holds for every page about releases, settings, people and tokens: text is data, reading changes
nothing, and no other site can send a form."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import MetaData, select

from prompts_admin.services.artifacts.save import Save, save
from prompts_admin.services.people.tokens import TokenRequest, create_token
from prompts_admin.services.policies.changes import propose_settings
from prompts_admin.services.releases.lifecycle import comment
from tests.support.cast import ADMIN, APPROVER, AUTHOR, LAWYER, ON_CALL, PHRASE, SECOND
from tests.support.desk import TRIAGE, content
from tests.support.visits import HOSTILE, ON_SQLITE, Visits, read

pytestmark = ON_SQLITE

OURS = (
    "releases", "proposing", "deciding", "waiting", "features", "policies", "audiences", "settings",
    "restoring", "explaining", "audit", "readers", "people", "tokens",
)  # fmt: skip
PATHS = (
    "/releases", "/releases/1", "/releases/2", "/releases/3", "/releases/new", "/waiting", "/features",
    f"/releases/new?stage=internal&key={TRIAGE}@2", f"/releases/new?stage=beta&key={TRIAGE}@1",
    "/features/support", "/features/support/edit", "/features/support/settings", "/audiences",
    "/audiences/edit", "/settings", "/settings/1", "/restore", "/explain", f"/explain?key={TRIAGE}&user=u",
    "/audit", "/audit/verify", "/readers", "/readers/line", "/people", "/people/new", f"/people/{LAWYER}", "/tokens",
)  # fmt: skip


def _fill(visits: Visits, text: str) -> None:
    """Put a text into every field that people can type into."""
    desk = visits.desk
    wanted = Save(TRIAGE, content=content(text), base=0, message=text, acknowledge=("secrets",))
    desk.do(AUTHOR, save, wanted)
    desk.propose(f"{TRIAGE}@1", note=text)
    number = desk.propose(f"{TRIAGE}@1", to="beta", note=text)["number"]
    desk.do(LAWYER, comment, number, text)
    desk.refuse(number, by=APPROVER, note=text)
    again = Save(TRIAGE, content=content(f"{text} again"), base=1, message=text, acknowledge=("secrets",))
    desk.do(AUTHOR, save, again)
    desk.rollback(f"{TRIAGE}@1", or_none=True, reason=text)
    visits.post("/features/support/edit", title=text, description=text, dri=AUTHOR)
    policy = {"full": {"sign_off": {"product": 1, "legal": 1}, "freezes": [_freeze(text)]}}
    desk.do(APPROVER, propose_settings, scope="support", document={"policy": policy}, note=text)
    visits.post("/settings/1/sign", by=LAWYER, action="approve", note=text)
    visits.post(f"/people/{LAWYER}/name", by=ADMIN, name=text)
    if not set(text) & set("<>\u202e"):
        desk.do(ADMIN, create_token, TokenRequest(name=text, role="viewer", user=ADMIN))


def _freeze(text: str) -> dict[str, str]:
    return {"from": "2026-12-20T00:00:00Z", "to": "2027-01-02T00:00:00Z", "reason": text}


@pytest.mark.parametrize("text", HOSTILE)
def test_S26_text_of_people_is_never_run(visits: Visits, text: str) -> None:
    """No page has a script, a handler or a link of what people typed; the words are there to be read."""
    _fill(visits, text)
    for path in PATHS:
        answer = visits.get(path, by=ADMIN)
        assert answer.status_code < 500, path
        assert [] == read(answer).active(), path
    shown = visits.read("/releases/2", by=ADMIN).text
    assert "".join(text.split()) in "".join(shown.split()) or "U+202E" in shown


@pytest.mark.parametrize("text", HOSTILE[:3])
def test_S26_what_was_typed_comes_back_as_text(visits: Visits, text: str) -> None:
    """A form that is refused shows what was typed, and runs none of it."""
    refusals = [
        ("/releases", {"stage": text, "key-0": f"{TRIAGE}@1", "note": text, "percentage-0": text}),
        ("/releases/1/sign", {"action": "refuse", "note": text, "role": text}),
        ("/features/support/edit", {"title": "", "dri": text, "runbook": text}),
        (
            "/features/support/settings",
            {"policy.full.wait_hours": text, "note": text, "classification": text},
        ),
        ("/audiences/edit", {"text": text, "note": text}),
        ("/people", {"name": text, "email": text, "other-0": text}),
        ("/tokens", {"name": text, "role": text, "days": text}),
        ("/restore", {"feature": text, "at": text}),
    ]
    visits.desk.save(TRIAGE, "Be kind.")
    visits.desk.promote(TRIAGE)
    for path, fields in refusals:
        answer = visits.post(path, by=ADMIN, **fields)
        assert 400 <= answer.status_code < 500, (path, answer.status_code)
        assert [] == read(answer).active(), path
        assert answer.headers["Content-Type"].startswith("text/html"), path


def test_S02_reading_changes_nothing(visits: Visits) -> None:
    """Every page is opened, by GET and HEAD, as an administrator: the database stays as it is."""
    _fill(visits, "Plain words")
    before = _dump(visits)
    for path in PATHS:
        answer = visits.get(path, by=ADMIN)
        assert 200 == answer.status_code, path
        assert "no-store" in answer.headers["Cache-Control"], path
        assert "Cookie" in answer.headers["Vary"], path
    assert before == _dump(visits)


def test_every_page_of_ours_is_walked(visits: Visits) -> None:
    """A new page without a place in the list above fails here."""
    walked = {path.partition("?")[0].replace(LAWYER, "<email>") for path in PATHS}
    walked = {path.replace("support", "<feature>").rstrip("0123456789") for path in walked}
    rules = {_shape(rule.rule) for rule in _rules(visits, "GET")}
    assert set() == rules - walked - {path + "<n>" for path in walked}


def test_S01_no_other_site_sends_a_form(visits: Visits) -> None:
    """Every form of ours is refused without the session's token, with another's, and from another site."""
    _fill(visits, "Plain words")
    client = visits.app.test_client()
    client.post("/sign-in", data={"email": ADMIN, "password": PHRASE})
    assert 200 == client.get("/people").status_code
    before = _dump(visits)
    paths = [_filled(rule.rule) for rule in _rules(visits, "POST")]
    assert len(paths) > 20
    for path in paths:
        fields = {"action": "approve", "text": "x", "name": "Mallory", "role": "admin"}
        assert 403 == client.post(path, data=fields).status_code, path
        assert 403 == client.post(path, data={**fields, "csrf_token": "0" * 64}).status_code, path
        foreign = {"Origin": "https://evil.example"}
        assert 403 == client.post(path, data=fields, headers=foreign).status_code, path
    assert before == _dump(visits)


def test_nobody_is_sent_to_the_door(visits: Visits) -> None:
    """Without a session every page leads to the sign-in and back, and every form is refused."""
    client = visits.app.test_client()
    for path in PATHS:
        answer = client.get(path)
        assert 303 == answer.status_code, path
        assert answer.location.startswith("/sign-in?next="), path
    for rule in _rules(visits, "POST"):
        assert 401 == client.post(_filled(rule.rule)).status_code, rule.rule


def test_the_main_forms_carry_both_tokens(visits: Visits) -> None:
    """Each form has the token of the session and the value that makes two clicks one change."""
    _fill(visits, "Plain words")
    for path in PATHS:
        for action, fields in read(
            visits.get(path, by=SECOND if path == "/waiting" else ON_CALL)
        ).forms.items():
            assert {"csrf_token", "once"} <= fields.keys(), (path, action)


def _rules(visits: Visits, method: str) -> Iterator[object]:
    for rule in visits.app.url_map.iter_rules():
        if rule.endpoint.partition(".")[0] in OURS and method in (rule.methods or ()):
            yield rule


def _shape(rule: str) -> str:
    return rule.replace("<int(max=999999999):number>", "<n>")


def _filled(rule: str) -> str:
    values = {"<n>": "1", "<feature>": "support", "<email>": SECOND, "<token_id>": "x"}
    path = _shape(rule)
    for name, value in values.items():
        path = path.replace(name, value)
    return path


def _dump(visits: Visits) -> dict[str, list[str]]:
    """Return every row of every table, but for when a session was last used."""
    with visits.desk.product.store.read() as uow:
        tables = MetaData()
        tables.reflect(uow.connection)
        return {
            table.name: sorted(map(repr, uow.connection.execute(select(table))))
            for table in tables.sorted_tables
            if table.name != "sessions"
        }
