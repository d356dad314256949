"""Saving through the API: which version it is based on is said, and nothing that was typed is lost."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.world import Api

VERSIONS = "/artifacts/support/triage/versions"
NEW = "/artifacts/support/greeting/versions"
SNIPPET = {"kind": "snippet", "text": "Be kind."}


def edited(api: Api, **changes: Any) -> dict[str, Any]:
    """Return the newest content with changes."""
    content: dict[str, Any] = api.get(f"{VERSIONS}/2", by="viewer").json["content"]
    return {**content, **changes}


def test_a_first_version_and_its_address(world: Api) -> None:
    """201 with the version, where it is, and the tag to base the next one on."""
    answer = world.post(NEW, {"content": SNIPPET}, by="editor", headers={"If-None-Match": "*"})
    assert (201, '"1"') == (answer.status_code, answer.headers["ETag"])
    assert f"/api/v1{NEW}/1" == answer.headers["Location"]
    assert SNIPPET == answer.json["content"] == world.get(f"{NEW}/1", by="viewer").json["content"]


def test_identical_content_is_no_new_version(world: Api) -> None:
    """200 and `created: false`, with the version that was there."""
    content = edited(world)
    answer = world.post(VERSIONS, {"content": content}, by="editor", headers={"If-Match": '"2"'})
    assert (200, False, 2) == (answer.status_code, answer.json["created"], answer.json["number"])


def test_F07_without_a_base_nothing_is_saved(world: Api) -> None:
    """428 that says which headers to send."""
    answer = world.post(VERSIONS, {"content": edited(world)}, by="editor")
    assert (428, "precondition_required") == (answer.status_code, answer.json["code"])
    assert "If-Match" in answer.json["remedy"]


@pytest.mark.parametrize(
    "headers",
    [
        {"If-Match": "7"},
        {"If-Match": "*"},
        {"If-Match": 'W/"2"'},
        {"If-Match": '"1", "2"'},
        {"If-Match": '"0"'},
        {"If-Match": '"2"', "If-None-Match": "*"},
        {"If-None-Match": '"2"'},
        {"If-None-Match": '*, "2"'},
    ],
    ids=str,
)
def test_a_base_that_cannot_be_read_is_malformed(world: Api, headers: dict[str, str]) -> None:
    """Exactly one version is named, in one way."""
    answer = world.post(VERSIONS, {"content": edited(world)}, by="editor", headers=headers)
    assert (400, "malformed") == (answer.status_code, answer.json["code"])


def test_F07_a_stale_base_gets_both_texts_and_their_merge(world: Api) -> None:
    """412 with the newer version, what was sent, and a three-way merge; the newer text is untouched."""
    content = edited(world, description="Another description")
    answer = world.post(VERSIONS, {"content": content}, by="editor", headers={"If-Match": '"1"'})
    assert (412, "stale_version", 2) == (
        answer.status_code,
        answer.json["code"],
        answer.json["current"],
    )
    assert "Another description" in answer.json["yours"]
    assert "<<<<<<<" in answer.json["merge"]["text"] and answer.json["merge"]["conflicts"] == 1
    assert 2 == world.get("/artifacts/support/triage", by="viewer").json["latest"]


def test_a_key_that_is_taken_is_not_taken_again(world: Api) -> None:
    """412 for a first version of something that exists."""
    answer = world.post(VERSIONS, {"content": edited(world)}, by="editor", headers={"If-None-Match": "*"})
    assert 412 == answer.status_code
    assert answer.json["code"] in ("exists", "stale_version")


def test_the_tag_of_what_is_shown_is_the_base_of_the_next(world: Api) -> None:
    """The artifact and its newest version carry the tag that a save asks for."""
    tag = world.get("/artifacts/support/triage", by="viewer").headers["ETag"]
    assert tag == world.get(f"{VERSIONS}/2", by="viewer").headers["ETag"] == '"2"'
    body = {"content": edited(world, description="New"), "message": "Why"}
    answer = world.post(VERSIONS, body, by="editor", headers={"If-Match": tag})
    assert (201, 3, 2, "Why") == (
        answer.status_code,
        answer.json["number"],
        answer.json["parent"],
        answer.json["message"],
    )


def test_a_file_is_saved_as_its_text(world: Api) -> None:
    """`text` is the file itself; what is wrong with it is told by line."""
    text = "kind: snippet\ntext: Be kind.\n"
    headers = {"If-None-Match": "*"}
    assert 201 == world.post(NEW, {"text": text}, by="editor", headers=headers).status_code
    answer = world.post(
        NEW, {"text": "kind: snippet\nkind: model\n"}, by="editor", headers={"If-Match": '"1"'}
    )
    assert (422, "invalid_content") == (answer.status_code, answer.json["code"])
    assert 2 == answer.json["problems"][0]["line"]


@pytest.mark.parametrize("body", [{}, {"content": SNIPPET, "text": "x"}, {"content": None}, {"content": [1]}])
def test_one_of_content_and_text_is_given(world: Api, body: dict[str, Any]) -> None:
    """Neither or both cannot be meant."""
    answer = world.post(NEW, body, by="editor", headers={"If-None-Match": "*"})
    assert (422, "invalid") == (answer.status_code, answer.json["code"])


def test_S38_a_credential_is_not_saved_unless_acknowledged(world: Api) -> None:
    """Refused with the place and never the value; acknowledging is on record."""
    secret = "AKIA" + "IOSFODNN7" + "ABCDEFG"
    content = {"kind": "snippet", "text": f"Use {secret} for it."}
    headers = {"If-None-Match": "*"}
    answer = world.post(NEW, {"content": content}, by="editor", headers=headers)
    assert (422, "secret_found") == (answer.status_code, answer.json["code"])
    assert secret not in answer.get_data(as_text=True)
    body = {"content": content, "acknowledge": ["secrets"]}
    assert ["secrets"] == world.post(NEW, body, by="editor", headers=headers).json["acknowledged"]


def test_F34_a_text_beyond_the_limit_is_told_the_limit(world: Api) -> None:
    """Two mebibytes are refused in words, not cut and not swallowed."""
    content = {"kind": "snippet", "text": "x" * 2 * 1_048_576}
    answer = world.post(NEW, {"content": content}, by="editor", headers={"If-None-Match": "*"})
    assert (413, "too_large") == (answer.status_code, answer.json["code"])


def test_a_draft_is_looked_at_without_saving(world: Api) -> None:
    """`check` tells problems, changes against what is live, and the rendered messages."""
    content = edited(world, description="Draft")
    body = {"content": content, "values": {"ticket": "Where is my parcel?"}}
    found = world.post("/artifacts/support/triage/check", body, by="viewer").json
    assert found["ok"], found["problems"]
    assert 1 == found["against"] and found["changes"]
    assert "Where is my parcel?" in str(found["value"]["messages"])
    wrong = {**content, "messages": [{"role": "user", "content": "{{nobody}}"}]}
    told = world.post("/artifacts/support/triage/check", {"content": wrong}, by="viewer").json
    assert not told["ok"] and "nobody" in str(told["problems"])
    assert 2 == world.get("/artifacts/support/triage", by="viewer").json["latest"]
