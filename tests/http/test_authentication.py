"""Who asks: bearer tokens, sessions in cookies, the machine's own command line; and who does not get in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from prompts_admin.domain.people.identity import NOBODY, THE_SYSTEM
from prompts_admin.http.authentication import IN_PROCESS
from prompts_admin.http.cookies import csrf_token
from prompts_admin.server.flask_app import create_app
from prompts_admin.services.core.work import Work
from prompts_admin.services.people.accounts import disable_user
from prompts_admin.services.people.tokens import revoke_token
from prompts_admin.store.people.tokens import list_tokens
from tests.support.world import PASSWORD, PREFIX, Api, opened_world, person

COOKIE = "prompts_admin"


def signed_in(api: Api, role: str) -> tuple[FlaskClient, str]:
    """Return a browser's client with a session cookie, and the session's secret."""
    answer = api.post("/sessions", {"email": f"{role}@example.com", "password": PASSWORD})
    assert answer.json is not None
    secret = str(answer.json["token"])
    client = api.app.test_client()
    client.set_cookie(COOKIE, secret)
    return client, secret


def test_a_token_is_its_person_or_nobody(world: Api) -> None:
    """`me` tells who one is: the person behind a token, or the token itself."""
    mine = world.get("/me", headers=world.with_token("admin")).json
    nobodys = world.get("/me", headers=world.with_token("viewer")).json
    assert ("admin@example.com", "admin") == (mine["email"], mine["token"])
    assert (None, "token:viewer") == (nobodys["email"], nobodys["actor"])


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        "Basic cG06cG0=",
        "bearer pa_nothing",
        "Bearer ' OR 1=1 --",
        "Bearer local_",
        "x",
    ],
)
def test_W17_what_is_no_token_is_refused_in_one_way(shared_world: Api, header: str) -> None:
    """Malformed, unknown and hostile secrets get the same 401, and no page of the store."""
    answer = shared_world.get("/me", headers={"Authorization": header})
    assert (401, "unauthenticated") == (answer.status_code, answer.json["code"])
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_token_of_another_secret_is_refused(shared_world: Api) -> None:
    """The id alone opens nothing."""
    secret = shared_world.secrets["viewer"]
    wrong = secret[:-1] + ("A" if secret[-1] != "A" else "B")
    assert 401 == shared_world.get("/me", headers={"Authorization": f"Bearer {wrong}"}).status_code


def test_S06_F41_revoking_and_disabling_count_at_once(world: Api) -> None:
    """A revoked token and every key of a disabled person fail on the next request."""
    client, _ = signed_in(world, "lawyer")
    token = world.post(
        "/tokens", {"name": "mine", "role": "viewer", "user": "lawyer@example.com"}, by="lawyer"
    )
    mine = {"Authorization": f"Bearer {token.json['token']}"}
    assert 200 == client.get(f"{PREFIX}/me").status_code == world.get("/me", headers=mine).status_code
    world.product.do(THE_SYSTEM, disable_user, None, "lawyer@example.com", successor="admin@example.com")
    assert 401 == client.get(f"{PREFIX}/me").status_code == world.get("/me", headers=mine).status_code
    viewer = world.secrets["viewer"].split("_")[1]
    world.product.do(THE_SYSTEM, revoke_token, None, viewer)
    assert 401 == world.get("/me", headers=world.with_token("viewer")).status_code


def test_signing_out_ends_the_session(world: Api) -> None:
    """After signing out the secret is worth nothing, as a cookie and as a bearer token."""
    client, secret = signed_in(world, "viewer")
    headers = {"Authorization": f"Bearer {secret}"}
    assert 200 == world.call("DELETE", "/sessions/current", headers=headers).status_code
    assert 401 == world.get("/me", headers=headers).status_code
    assert 401 == client.get(f"{PREFIX}/me").status_code


def test_a_token_in_the_cookie_does_not_sign_in(shared_world: Api) -> None:
    """An API token works in the header alone: a cookie would be sent by any page."""
    client = shared_world.app.test_client()
    client.set_cookie(COOKIE, shared_world.secrets["viewer"])
    assert 401 == client.get(f"{PREFIX}/me").status_code


@pytest.mark.parametrize("name", ["token", "access_token", "Token", "api_key", "password"])
def test_S37_a_secret_in_the_address_is_refused(
    shared_world: Api, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither used nor logged: the request fails, with or without another way in."""
    secret = shared_world.secrets["viewer"]
    with caplog.at_level("INFO"):
        answer = shared_world.get(f"/me?{name}={secret}", by="viewer")
    assert (400, "malformed") == (answer.status_code, answer.json["code"])
    assert secret not in caplog.text and secret.encode() not in answer.data


CSRF_CASES: tuple[tuple[dict[str, str], bool], ...] = (
    ({}, False),
    ({"X-CSRF-Token": "wrong"}, False),
    ({"X-CSRF-Token": "other's"}, False),
    ({"X-CSRF-Token": "own"}, True),
    ({"Sec-Fetch-Site": "same-origin"}, True),
    ({"Sec-Fetch-Site": "none"}, True),
    ({"Sec-Fetch-Site": "same-site"}, False),
    ({"Sec-Fetch-Site": "cross-site"}, False),
    ({"Sec-Fetch-Site": "cross-site", "X-CSRF-Token": "own"}, False),
    ({"Origin": "http://localhost"}, True),
    ({"Origin": "https://evil.example"}, False),
    ({"Origin": "null"}, False),
    ({"Origin": "http://localhost.evil.example"}, False),
)


@pytest.mark.parametrize(("headers", "works"), CSRF_CASES, ids=str)
def test_S01_a_request_of_another_site_changes_nothing(
    world: Api, headers: dict[str, str], works: bool
) -> None:
    """With a cookie a write needs the browser's word or the session's own token."""
    client, secret = signed_in(world, "editor")
    _, other = signed_in(world, "releaser")
    tokens = {"own": csrf_token(secret), "other's": csrf_token(other), "wrong": "wrong"}
    sent = {name: tokens.get(value, value) for name, value in headers.items()}
    before = world.product.look(THE_SYSTEM, _audit_end)
    answer = client.post(f"{PREFIX}/releases/2/comments", json={"text": "Hello"}, headers=sent)
    assert (200 if works else 403) == answer.status_code
    assert works == (before != world.product.look(THE_SYSTEM, _audit_end))
    if not works:
        assert "csrf" == answer.json["code"]


def test_S01_a_bearer_token_needs_no_such_word(world: Api) -> None:
    """Programs that send a token are no browser: no page can make them send it."""
    headers = {**world.with_token("admin"), "Origin": "https://tools.example"}
    assert 200 == world.post("/releases/2/comments", {"text": "Hello"}, headers=headers).status_code


def test_signing_in_from_another_site_is_refused(shared_world: Api) -> None:
    """Nobody is signed in as somebody else by a foreign page."""
    headers = {"Sec-Fetch-Site": "cross-site"}
    answer = shared_world.post(
        "/sessions", {"email": "viewer@example.com", "password": PASSWORD}, headers=headers
    )
    assert (403, "csrf") == (answer.status_code, answer.json["code"])


def test_S13_guessing_is_slowed_down(world: Api) -> None:
    """After ten wrong passwords even the right one has to wait, and the answer says how long."""
    for _ in range(10):
        wrong = world.post("/sessions", {"email": "viewer@example.com", "password": "wrong"})
        assert (401, "unauthenticated") == (wrong.status_code, wrong.json["code"])
    answer = world.post("/sessions", {"email": "viewer@example.com", "password": PASSWORD})
    assert (429, "rate_limited") == (answer.status_code, answer.json["code"])
    assert 0 < int(answer.headers["Retry-After"]) <= 300


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-For": "6.6.6.6", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"},
        {"Forwarded": "for=6.6.6.6;host=evil.example;proto=https"},
        {
            "X-Real-IP": "6.6.6.6",
            "X-User-Id": "admin@example.com",
            "Prompts-Admin-Identity": "admin@example.com",
        },
        {"Prompts_Admin.Identity": "admin@example.com"},
    ],
)
def test_S44_headers_from_outside_make_nobody_somebody_else(
    world: Api, headers: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    """Without a trusted proxy neither person nor address nor host follow what a header claims."""
    with caplog.at_level("INFO", "prompts_admin.requests"):
        answer = world.get("/me", headers=headers)
    assert 401 == answer.status_code
    assert "6.6.6.6" not in caplog.text
    assert "Strict-Transport-Security" not in answer.headers


def test_acting_as_somebody_is_for_the_local_demo_alone(world: Api) -> None:
    """`X-Prompts-Admin-As` works for the machine's owner on a demo store, and the audit says who it was."""
    headers = {"X-Prompts-Admin-As": "editor@example.com"}
    for sent in ({}, {"headers": world.with_token("admin")}):
        both = {**sent.get("headers", {}), **headers}
        assert "demo_only" == world.get("/me", headers=both).json["code"]
    assert "demo_only" == world.get("/me", by="admin", headers=headers).json["code"]
    world.product.do(THE_SYSTEM, _make_demo)
    assert "demo_only" == world.get("/me", headers={**world.with_token("admin"), **headers}).json["code"]
    assert "editor@example.com" == world.get("/me", by="admin", headers=headers).json["actor"]
    world.post("/releases/2/comments", {"text": "As another"}, by="admin", headers=headers)
    newest = world.get("/audit?limit=1", by="admin").json["items"][0]
    assert ("editor@example.com", "cli --as by admin@example.com") == (newest["actor"], newest["via"])


def test_the_secret_of_the_run_file_is_the_owner(world: Api) -> None:
    """The command line on this machine acts as the store's owner, by a secret that only its files hold."""
    world.product.do(THE_SYSTEM, _own)
    local = "local_" + "s" * 43
    app = create_app(world.product, local_secret=local)
    own = Api(app, world.product)
    assert "admin@example.com" == own.get("/me", headers={"Authorization": f"Bearer {local}"}).json["email"]
    assert 401 == own.get("/me", headers={"Authorization": f"Bearer {local}x"}).status_code
    assert 401 == world.get("/me", headers={"Authorization": f"Bearer {local}"}).status_code


def test_the_last_use_of_a_token_is_noted(world: Api) -> None:
    """A token's list shows when it was used last."""
    world.get("/me", headers=world.with_token("viewer"))
    with world.product.store.read() as uow:
        used = {token.name: token.used_at for token in list_tokens(uow.connection)}
    assert used["viewer"] is not None and used["serve"] is None


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8080", "localhost.evil.example", "192.0.2.1"])
def test_a_foreign_name_for_this_machine_is_refused(shared_world: Api, host: str) -> None:
    """A page that points its own name at 127.0.0.1 gets nothing, signed in or not."""
    for by in (None, "admin"):
        answer = shared_world.get("/me", by=by, headers={"Host": host})
        assert (400, "malformed") == (answer.status_code, answer.json["code"])


@pytest.mark.parametrize("host", ["localhost", "localhost:9000", "127.0.0.1:8080", "[::1]:8080"])
def test_this_machine_goes_by_its_own_names(shared_world: Api, host: str) -> None:
    """Each name of the loopback, with any port."""
    assert 200 == shared_world.get("/me", by="admin", headers={"Host": host}).status_code


def test_a_public_address_is_called_by_its_name(world_template: Any, tmp_path: Path) -> None:
    """Behind a proxy the names are the proxy's business."""
    with opened_world(world_template, tmp_path / "w", public_url="https://prompts.example") as api:
        assert 200 == api.get("/me", by="admin", headers={"Host": "prompts.example"}).status_code


def _audit_end(work: Work) -> tuple[int, str]:
    return work.head.audit_seq, work.head.audit_hash


def _make_demo(work: Work) -> None:
    work.uow.change_head(demo=True)


def _own(work: Work) -> None:
    work.uow.change_head(owner="admin@example.com")


def test_the_program_itself_cannot_be_claimed(world: Api) -> None:
    """Not even a caller inside the process becomes the system."""
    environ: dict[str, Any] = {"prompts_admin.identity": THE_SYSTEM}
    answer = world.client.get(f"{PREFIX}/me", environ_overrides=environ)
    assert 401 == answer.status_code
    environ = {"prompts_admin.identity": person("viewer")}
    assert 200 == world.client.get(f"{PREFIX}/me", environ_overrides=environ).status_code


@pytest.mark.parametrize("running", [True, False])
def test_before_there_is_an_administrator_the_command_line_is_told_so(world: Api, running: bool) -> None:
    """Neither its secret nor a missing token is what is wrong."""
    local = "local_" + "x" * 20
    client = create_app(world.product, local_secret=local).test_client()
    own = {"headers": {"Authorization": f"Bearer {local}"}}
    asked: Any = own if running else {"environ_overrides": {IN_PROCESS: NOBODY}}
    answer = client.get(f"{PREFIX}/status", **asked)
    said = answer.get_json()
    assert (401, "There is no administrator yet.") == (answer.status_code, said["detail"])
    assert "set-up link" in said["remedy"]
