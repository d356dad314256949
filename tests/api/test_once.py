"""A request that is repeated happens once, and nobody floods the server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from prompts_admin.api.operations import OPERATIONS
from prompts_admin.domain.people.identity import THE_SYSTEM
from prompts_admin.services.core.work import Work
from tests.support.world import Api, opened_world

COMMENTS = "/releases/2/comments"
# Their answers hold a secret that is shown once, so none can be kept; the others change nothing of the store.
NOT_KEPT = {
    "create_token",
    "create_user",
    "invite_user",
    "open_session",
    "check_version",
    "resolve_for",
    "make_backup",
}
NOT_KEPT_EITHER = {"rebuild_mirror", "push_mirror", "publish"}


def test_F08_a_repeated_request_happens_once(world: Api) -> None:
    """The same key gives the first answer again, with its status, and says so."""
    body = {"keys": ["support/triage@1"], "or_none": True, "reason": "twice"}
    key = {"Idempotency-Key": "8f14e45f-ceea"}
    first = world.post("/rollbacks", body, by="editor", headers=key)
    again = world.post("/rollbacks", body, by="editor", headers=key)
    assert (201, 201) == (first.status_code, again.status_code)
    assert first.json == again.json
    assert ("true", None) == (
        again.headers["Idempotency-Replayed"],
        first.headers.get("Idempotency-Replayed"),
    )
    assert 1 == sum(r["kind"] == "rollback" for r in world.get("/releases", by="admin").json["items"])


def test_without_a_key_the_second_rollback_is_told_of_the_first(world: Api) -> None:
    """Nothing moves twice, with or without a key."""
    body = {"keys": ["support/triage@1"], "or_none": True}
    assert 201 == world.post("/rollbacks", body, by="editor").status_code
    assert 409 == world.post("/rollbacks", body, by="editor").status_code


def test_a_key_belongs_to_one_request(world: Api) -> None:
    """The same key with another body or address is refused: 409."""
    key = {"Idempotency-Key": "one"}
    assert 200 == world.post(COMMENTS, {"text": "One"}, by="editor", headers=key).status_code
    for path, body in ((COMMENTS, {"text": "Two"}), ("/releases/1/comments", {"text": "One"})):
        answer = world.post(path, body, by="editor", headers=key)
        assert (409, "idempotency_mismatch") == (answer.status_code, answer.json["code"])


def test_a_key_belongs_to_one_asker(world: Api) -> None:
    """Somebody else's key is another key: no answer is given to the wrong person."""
    key = {"Idempotency-Key": "one"}
    world.post(COMMENTS, {"text": "One"}, by="editor", headers=key)
    answer = world.post(COMMENTS, {"text": "One"}, by="releaser", headers=key)
    assert "Idempotency-Replayed" not in answer.headers


def test_the_base_of_a_save_belongs_to_the_request(world: Api) -> None:
    """The same body on another base is another request."""
    path = "/artifacts/support/greeting/versions"
    body = {"content": {"kind": "snippet", "text": "Be kind."}}
    key = {"Idempotency-Key": "one"}
    assert 201 == world.post(path, body, by="editor", headers={**key, "If-None-Match": "*"}).status_code
    answer = world.post(path, body, by="editor", headers={**key, "If-Match": '"1"'})
    assert (409, "idempotency_mismatch") == (answer.status_code, answer.json["code"])


@pytest.mark.parametrize("key", ["", " ", "x" * 201, "\u00e9", "a\tb"])
def test_a_key_is_plain_text(world: Api, key: str) -> None:
    """Empty, endless and unprintable keys are refused."""
    answer = world.post(COMMENTS, {"text": "One"}, by="editor", headers={"Idempotency-Key": key})
    assert (400, "malformed") == (answer.status_code, answer.json["code"])


def test_a_refused_request_keeps_nothing(world: Api) -> None:
    """After a refusal the same key can be used for the corrected request."""
    key = {"Idempotency-Key": "one"}
    assert 404 == world.post("/releases/99/comments", {"text": "One"}, by="editor", headers=key).status_code
    assert 200 == world.post(COMMENTS, {"text": "One"}, by="editor", headers=key).status_code


def test_every_change_takes_a_key_unless_its_answer_is_secret() -> None:
    """Each POST that changes something honours the key; those that cannot say so in their description."""
    posts = {o.name: o for o in OPERATIONS if o.method == "POST"}
    unkept = {name for name, operation in posts.items() if not operation.idempotent}
    assert NOT_KEPT | NOT_KEPT_EITHER == unkept
    assert all("Idempotency-Key" in posts[name].description for name in ("create_token", "create_user"))


def test_S38_no_secret_lies_among_the_kept_answers(world: Api) -> None:
    """What is shown once is kept nowhere, also when a key was sent."""
    body = {"name": "once", "role": "viewer"}
    secret = world.post("/tokens", body, by="admin", headers={"Idempotency-Key": "one"}).json["token"]
    kept = world.product.look(THE_SYSTEM, _kept)
    assert secret.rpartition("_")[2] not in kept


@pytest.mark.parametrize(
    ("setting", "method", "path", "more"),
    [
        ("writes_per_minute", "POST", COMMENTS, {"json": {"text": "One"}}),
        ("searches_per_minute", "GET", "/search?q=triage", {}),
        ("exports_per_minute", "GET", "/exports", {}),
    ],
)
def test_S53_who_does_too_much_has_to_wait(
    world_template: Any, tmp_path: Path, setting: str, method: str, path: str, more: dict[str, Any]
) -> None:
    """Writes, searches and exports are limited for each asker; others go on, and reading does too."""
    with opened_world(world_template, tmp_path / "w", **{setting: 2}) as api:
        for _ in range(2):
            assert 200 == api.call(method, path, by="editor", **more).status_code
        answer = api.call(method, path, by="editor", **more)
        assert (429, "rate_limited") == (answer.status_code, answer.json["code"])
        assert 1 <= int(answer.headers["Retry-After"]) <= 30
        assert 200 == api.call(method, path, by="releaser", **more).status_code
        assert 200 == api.get("/resolve/support/triage", by="editor").status_code


def _kept(work: Work) -> str:
    return str(list(work.connection.exec_driver_sql("SELECT * FROM idempotency")))
