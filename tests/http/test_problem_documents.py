"""What every answer carries: headers, ids, the shape of errors, and nothing of what was sent."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from prompts_admin.http.problem_documents import CONTENT_TYPE
from prompts_admin.http.security_headers import POLICY
from tests.support.world import Api, opened_world

PATHS = (
    "/",
    "/nothing/here",
    "/healthz",
    "/readyz",
    "/metrics",
    "/api/v1/openapi.json",
    "/api/v1/me",
    "/api/v1/nothing",
    "/api/v1/artifacts/support/triage",
)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["GET", "POST", "TRACE", "OPTIONS"])
def test_S39_S40_every_answer_has_the_security_headers(shared_world: Api, method: str, path: str) -> None:
    """Pages, documents, refusals and errors alike: CSP, nosniff, Referrer-Policy, an id."""
    answer = shared_world.client.open(path, method=method)
    assert POLICY == answer.headers["Content-Security-Policy"]
    assert "nosniff" == answer.headers["X-Content-Type-Options"]
    assert "same-origin" == answer.headers["Referrer-Policy"]
    assert 16 == len(answer.headers["X-Request-Id"])
    assert "Strict-Transport-Security" not in answer.headers


def test_S39_the_policy_lets_nothing_in() -> None:
    """No source but this server, no frame, no plugin, no other base, no inline code."""
    policy = {part.split()[0]: part.split()[1:] for part in POLICY.split("; ")}
    assert ["'none'"] == policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"]
    assert ["'none'"] == policy["object-src"]
    assert not any("unsafe" in source or "*" in source for sources in policy.values() for source in sources)


def test_S40_https_is_kept_to_for_a_year(world_template: Any, tmp_path: Path) -> None:
    """Behind https, said by the public address, HSTS is on every answer and the cookie is bound to the host."""
    changes = {"public_url": "https://prompts.example"}
    with opened_world(world_template, tmp_path / "w", **changes) as api:
        answer = api.client.get("/nothing")
    assert "max-age=31536000; includeSubDomains" == answer.headers["Strict-Transport-Security"]


@pytest.mark.parametrize("path", PATHS)
def test_S41_no_foreign_origin_is_let_in(shared_world: Api, path: str) -> None:
    """There is no CORS: no origin is ever named, with or without credentials, also not before a write."""
    for method in ("GET", "OPTIONS"):
        headers = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
        answer = shared_world.client.open(path, method=method, headers=headers)
        assert [] == [name for name, _ in answer.headers if name.startswith("Access-Control")]


def test_S46_private_answers_are_not_kept(shared_world: Api) -> None:
    """No cache keeps what belongs to somebody; what may be kept says for whom."""
    private = shared_world.get("/artifacts", by="viewer")
    assert "no-store" == private.headers["Cache-Control"]
    assert {"Cookie", "Authorization"} <= set(private.vary)
    snapshot = shared_world.get("/snapshot", by="viewer")
    assert "private, no-cache" == snapshot.headers["Cache-Control"]
    assert {"cookie", "authorization", "accept-encoding"} <= {name.lower() for name in snapshot.vary}


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PROPFIND", "FOO"])
@pytest.mark.parametrize("path", ["/", "/healthz", "/api/v1/me", "/api/v1/nothing"])
def test_S54_other_methods_are_refused_everywhere(shared_world: Api, method: str, path: str) -> None:
    """Methods that nothing here serves are refused before any view; nothing is echoed."""
    answer = shared_world.client.open(path, method=method, headers={"X-Echo": "canary-value"})
    assert 405 == answer.status_code
    assert b"canary-value" not in answer.data


def test_a_wrong_method_is_told_the_right_ones(shared_world: Api) -> None:
    """405 names the methods that the address has."""
    answer = shared_world.call("PUT", "/releases", by="admin")
    assert 405 == answer.status_code
    assert {"GET", "POST"} <= {name.strip() for name in answer.headers["Allow"].split(",")}
    assert "method_not_allowed" == _problem(answer)["code"]


def test_an_unknown_address_is_a_problem_document(shared_world: Api) -> None:
    """Below /api every refusal is a problem document with a code, a detail and a next step."""
    problem = _problem(shared_world.get("/nothing", by="viewer"))
    assert ("not_found", 404) == (problem["code"], problem["status"])
    assert problem["type"].startswith("urn:") and problem["detail"] and problem["remedy"]


@pytest.mark.parametrize("header", ["Content-Type", "Accept", "If-Match", "Idempotency-Key", "X-Any"])
def test_W05_headers_are_never_given_back(shared_world: Api, header: str) -> None:
    """No error echoes a header, least of all as a page."""
    canary = "<script>canary</script>"
    for path in ("/nothing", "/api/v1/artifacts/support/triage/versions"):
        answer = shared_world.client.post(path, data=b"{}", headers={header: canary})
        assert b"canary" not in answer.data
        assert "text/html" not in answer.content_type or b"<script>canary" not in answer.data


@pytest.mark.parametrize(
    "path",
    ["/healthz/../api/v1/users", "//api/v1/users", "/api//v1/users", "/%2e/api/v1/users", "/api/v1/./users"],
)
def test_W19_no_other_spelling_of_an_address_gets_past_the_check(shared_world: Api, path: str) -> None:
    """Nothing is tidied up before it is checked: another spelling is another, missing address or refused."""
    answer = shared_world.client.get(path)
    assert answer.status_code in (400, 401, 404)
    assert b"@example.com" not in answer.data


def test_S51_an_error_of_ours_shows_an_id_and_nothing_else(
    world: Api, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A fault is answered with an id; the trace is in the log under that id."""

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("canary: the password is swordfish")

    monkeypatch.setattr("prompts_admin.services.features.documents.list_features", broken)
    with caplog.at_level("ERROR", "prompts_admin.errors"):
        answer = world.get("/features", by="viewer")
    problem = _problem(answer)
    assert (500, "internal") == (answer.status_code, problem["code"])
    assert answer.headers["X-Request-Id"] == problem["request_id"]
    assert b"canary" not in answer.data and b"Traceback" not in answer.data
    assert problem["request_id"] in caplog.text and "swordfish" in caplog.text


def test_S51_an_error_in_the_check_of_rights_denies(world: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """When rights cannot be looked up, nobody has any."""

    def broken(*_: object) -> None:
        raise ValueError("rights cannot be read")

    monkeypatch.setattr("prompts_admin.domain.people.permissions.allowed_somewhere", broken)
    answer = world.get("/features", by="admin")
    assert 500 == answer.status_code
    assert b"support" not in answer.data


def test_S33_too_much_is_refused_before_it_is_parsed(world: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """The length alone decides: a body beyond the limit is not even read."""
    monkeypatch.setattr("prompts_admin.api.contract.request_parsing.read_object", pytest.fail)
    body = b'{"content": {}, "message": "' + b"x" * (8 * 1_048_576) + b'"}'
    headers = {"If-None-Match": "*", "Content-Type": "application/json"}
    answer = world.call("POST", "/artifacts/support/big/versions", by="editor", data=body, headers=headers)
    assert (413, "too_large") == (answer.status_code, _problem(answer)["code"])


def test_S43_user_text_is_never_served_as_a_page(shared_world: Api) -> None:
    """What people wrote comes as JSON, whatever the client says that it would like."""
    answer = shared_world.get("/artifacts/support/triage", by="viewer", headers={"Accept": "text/html"})
    assert "application/json" == answer.content_type


def _problem(answer: TestResponse) -> dict[str, Any]:
    assert CONTENT_TYPE == answer.content_type
    document = answer.json
    assert isinstance(document, dict)
    assert answer.status_code == document["status"]
    return document
