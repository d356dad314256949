"""OFREP: flags one by one and all at once, refusals in its form, and nothing beyond scope and clearance."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import urllib3

from prompts_admin.edge.ofrep.messages import MOST_BODY
from tests.support.edges import Served, serving
from tests.support.ofrep import FLAGS, ask, ask_all, switch_off
from tests.support.world import Api, opened_world

CODES = {"PARSE_ERROR", "TARGETING_KEY_MISSING", "INVALID_CONTEXT", "FLAG_NOT_FOUND", "GENERAL"}


@pytest.fixture(scope="module")
def served(shared_world: Api) -> Iterator[Served]:
    """A server for tests that change nothing."""
    with serving(shared_world) as found:
        yield found


@pytest.mark.parametrize("key", ["support/triage", "support.triage", "support%2Ftriage", "support%2ftriage"])
def test_a_flag_is_what_get_answers(served: Served, key: str) -> None:
    """However the slash is written: the same value, its version as the variant, and the rest as metadata."""
    answer = ask(served, key, {"targetingKey": "u-1"})
    want = served.get("/api/v1/resolve/support/triage?user=u-1").json()
    got = answer.json()
    assert (200, "application/json") == (answer.status, answer.headers["Content-Type"])
    assert key.replace("%2F", "/").replace("%2f", "/") == got["key"]
    assert (want["value"], f"v{want['version']}", want["reason"]) == (
        got["value"],
        got["variant"],
        got["reason"],
    )
    assert {name: want[name] for name in ("kind", "version", "digest", "stage")} == {
        name: value for name, value in got["metadata"].items() if name != "feature"
    }


@pytest.mark.parametrize(
    "key", ["no/such", "support/none", "a", "", "..%2fapi", "support%252Ftriage", "SUPPORT/triage", "x" * 500, "a/b%00"]
)  # fmt: skip
def test_what_is_not_there_is_not_found(served: Served, key: str) -> None:
    """404 FLAG_NOT_FOUND with the key, also for what can be no key."""
    answer = ask(served, key, {"targetingKey": "u-1"})
    got = answer.json()
    assert (404, "FLAG_NOT_FOUND") == (answer.status, got["errorCode"])
    assert {"key", "errorCode", "errorDetails"} == set(got)
    assert len(answer.data) < 600


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "PARSE_ERROR"), (b"{", "PARSE_ERROR"), (b"[]", "PARSE_ERROR"), (b"\xff", "PARSE_ERROR"),
        (b'{"context": {"a": NaN}}', "PARSE_ERROR"), (b'{"context": {"a": 1e999}}', "PARSE_ERROR"),
        (b'{"context": {}, "context": {}}', "PARSE_ERROR"), (b'{"context": ' + b"[" * 5_000, "PARSE_ERROR"),
        (b"\x1f\x8b\x08\x00" + b"\x00" * 100, "PARSE_ERROR"),
        ({}, "INVALID_CONTEXT"), ({"context": None}, "INVALID_CONTEXT"), ({"context": []}, "INVALID_CONTEXT"),
        ({"context": {"targetingKey": 5}}, "INVALID_CONTEXT"),
        ({"context": {"targetingKey": "u", "groups": "beta"}}, "INVALID_CONTEXT"),
        ({"context": {"targetingKey": "u", "plan": "x" * 5_000}}, "INVALID_CONTEXT"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("path", [f"{FLAGS}/support/triage", FLAGS])
def test_F40_what_cannot_be_a_question_is_refused_with_an_exact_code(
    served: Served, path: str, body: Any, code: str
) -> None:
    """400 with what is wrong, for one flag and for all."""
    answer = served.ask("POST", path, body=body)
    got = answer.json()
    assert (400, code) == (answer.status, got["errorCode"])
    assert got["errorDetails"]
    assert (path != FLAGS) == ("key" in got)


@pytest.mark.parametrize("path", [f"{FLAGS}/support/triage", FLAGS])
def test_S33_a_large_body_is_not_taken_in(served: Served, path: str) -> None:
    """413 in OFREP's form as soon as it is clear, whether its length was told or not."""
    large = json.dumps({"context": {"targetingKey": "u", "a": "x" * MOST_BODY}}).encode()
    told = served.ask("POST", path, body=large)
    assert (413, "GENERAL") == (told.status, told.json()["errorCode"])
    untold = served.pool.request(
        "POST", served.url + path, body=iter([large]), headers=served.api.with_token("serve"), chunked=True
    )
    assert (413, "GENERAL") == (untold.status, untold.json()["errorCode"])


@pytest.mark.parametrize("path", [f"{FLAGS}/support/triage", FLAGS])
def test_a_request_that_is_not_even_looked_at_is_refused_in_this_form(served: Served, path: str) -> None:
    """A doubled credential, and more bytes than any request may have: 400 and 413 with what is wrong."""
    token = served.api.with_token("serve")["Authorization"]
    headers = urllib3.HTTPHeaderDict([("Authorization", token), ("authorization", token)])
    twice = served.pool.request("POST", served.url + path, body=b"{}", headers=headers)
    endless = served.pool.request(
        "POST",
        served.url + path,
        body=iter([b" " * 1_100_000]),
        headers=served.api.with_token("serve"),
        chunked=True,
    )
    for status, answer in ((400, twice), (413, endless)):
        said = answer.json()
        assert (status, "GENERAL") == (answer.status, said["errorCode"])
        assert said["errorDetails"]
        assert (path != FLAGS) == ("key" in said)


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer pa_wrong"}, {"X-API-Key": "wrong"}])
@pytest.mark.parametrize("path", [f"{FLAGS}/support/triage", FLAGS])
def test_nobody_is_answered_without_a_token(served: Served, path: str, headers: dict[str, str]) -> None:
    """401 in OFREP's form with how to send one."""
    body = json.dumps({"context": {"targetingKey": "u"}})
    refused = served.pool.request("POST", served.url + path, body=body, headers=headers)
    assert (401, "GENERAL") == (refused.status, refused.json()["errorCode"])
    assert refused.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_key_in_a_header_of_its_own_is_a_token_too(served: Served) -> None:
    """X-API-Key gets what Bearer gets."""
    body = json.dumps({"context": {"targetingKey": "u"}})
    key = {"X-API-Key": served.api.secrets["serve"]}
    answer = served.pool.request("POST", f"{served.url}{FLAGS}/support/triage", body=body, headers=key)
    assert ask(served, "support/triage", {"targetingKey": "u"}).data == answer.data


def test_S18_a_token_sees_its_features_alone(served: Served) -> None:
    """Flags of others are not found one by one, and not among all."""
    assert 404 == ask(served, "support/triage", {"targetingKey": "u"}, by="narrow").status
    features = {flag["metadata"]["feature"] for flag in ask_all(served, by="narrow").json()["flags"]}
    assert features <= {"sales"}
    assert {"support"} < {flag["metadata"]["feature"] for flag in ask_all(served).json()["flags"]}


def test_all_flags_are_the_single_ones(served: Served) -> None:
    """Every flag of the list equals the one that is asked for by its key."""
    answer = ask_all(served, groups=["beta"], plan="pro").json()
    assert {"flags", "eventStreams", "metadata"} == set(answer)
    assert answer["flags"]
    for flag in answer["flags"]:
        context = {"targetingKey": "u-1", "groups": ["beta"], "plan": "pro"}
        assert ask(served, flag["key"], context).json() == flag
        assert all(isinstance(value, bool | int | float | str) for value in flag["metadata"].values())
    snapshot = served.get("/api/v1/snapshot").json()
    assert {"epoch": snapshot["epoch"], "revision": snapshot["revision"]} == answer["metadata"]


def test_the_etag_covers_everything_that_was_said(served: Served) -> None:
    """304 for the same question of the same token; another context or token is another answer."""
    first = ask_all(served, plan="pro", nested={"a": [1]})
    tag = first.headers["ETag"]
    again = ask_all(served, plan="pro", nested={"a": [1]}, known=tag)
    assert (304, b"", tag) == (again.status, again.data, again.headers["ETag"])
    for context in ({"plan": "free"}, {"plan": "pro"}, {"plan": "pro", "nested": {"a": [2]}}):
        assert 200 == ask_all(served, known=tag, **context).status
    other = ask_all(served, plan="pro", nested={"a": [1]}, by="narrow", known=tag)
    assert 200 == other.status


def test_all_flags_need_a_targeting_key(served: Served) -> None:
    """400 TARGETING_KEY_MISSING; one flag needs none where no share decides."""
    for context in ({}, {"targetingKey": ""}, {"targetingKey": None}):
        answer = served.ask("POST", FLAGS, body={"context": context})
        assert (400, "TARGETING_KEY_MISSING") == (answer.status, answer.json()["errorCode"])
        assert 200 == ask(served, "support/triage", context).status


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", FLAGS, 405), ("PUT", f"{FLAGS}/a/b", 405), ("POST", "/ofrep/v1/stream", 405), ("POST", "/ofrep/v1", 404),
     ("POST", "/ofrep/v2/evaluate/flags", 404), ("GET", "/ofrep/", 404)],
)  # fmt: skip
def test_other_addresses_and_methods_are_refused_in_the_same_form(
    served: Served, method: str, path: str, status: int
) -> None:
    """404 or 405 with what the address takes."""
    answer = served.ask(method, path)
    assert (status, "GENERAL") == (answer.status, answer.json()["errorCode"])
    assert (status == 405) == ("Allow" in answer.headers)


def test_what_is_switched_off_leaves_the_default_to_the_caller(world: Api) -> None:
    """200 without value and with DISABLED, alone and among all; the revision moves and with it the ETag."""
    with serving(world) as served:
        before = ask_all(served)
        switch_off(served, "support/reply")
        answer = ask(served, "support/reply", {"targetingKey": "u"})
        want = {
            "key": "support/reply", "reason": "DISABLED", "variant": "off", "metadata": {"feature": "support"}
        }  # fmt: skip
        assert (200, want) == (answer.status, answer.json())
        after = ask_all(served, known=before.headers["ETag"])
        assert 200 == after.status
        assert want in after.json()["flags"]


def test_many_flags_are_sent_in_pieces_and_whole(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """A large answer is gathered beside the loop and sent as it is taken."""
    whole = ask_all(served)
    monkeypatch.setattr("prompts_admin.edge.ofrep.bulk.PIECE", 500)
    monkeypatch.setattr("prompts_admin.edge.ofrep.endpoint.MANY", 0)
    pieces = ask_all(served)
    assert "Content-Length" not in pieces.headers
    assert (whole.json(), whole.headers["ETag"]) == (pieces.json(), pieces.headers["ETag"])


def test_all_flags_are_compressed_for_who_takes_that(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """At once or in pieces: the same flags in fewer bytes, under a tag of their own; either tag is known."""
    body = {"context": {"targetingKey": "u-1"}}
    plain = ask_all(served)
    for piece in (65_536, 500):
        monkeypatch.setattr("prompts_admin.edge.ofrep.bulk.PIECE", piece)
        packed = served.ask("POST", FLAGS, body=body, Accept_Encoding="gzip")
        assert ("gzip", plain.json()) == (packed.headers["Content-Encoding"], packed.json())
        assert plain.headers["ETag"] != packed.headers["ETag"]
        for known in (plain.headers["ETag"], packed.headers["ETag"]):
            answer = served.ask("POST", FLAGS, body=body, Accept_Encoding="gzip", If_None_Match=known)
            assert (304, packed.headers["ETag"]) == (answer.status, answer.headers["ETag"])
    assert "Content-Encoding" not in plain.headers


def test_S41_pages_of_other_origins_read_answers_only_where_settings_name_them(
    world_template: Any, tmp_path: Path, served: Served
) -> None:
    """A preflight and the answer itself say so, also for refusals; otherwise nothing is said."""
    ours, other = "https://app.example.com", "https://other.example.com"
    for number, (origins, allowed) in enumerate((((ours,), {ours: ours}), (("*",), {ours: "*", other: "*"}))):
        with (
            opened_world(world_template, tmp_path / str(number), ofrep_origins=origins) as api,
            serving(api) as opened,
        ):
            for origin in (ours, other):
                for answer in _cross_origin(opened, origin):
                    assert allowed.get(origin) == answer.headers.get("Access-Control-Allow-Origin")
                    assert "Access-Control-Allow-Credentials" not in answer.headers
    for answer in _cross_origin(served, ours):
        assert "Access-Control-Allow-Origin" not in answer.headers


def _cross_origin(served: Served, origin: str) -> list[urllib3.BaseHTTPResponse]:
    body = {"context": {"targetingKey": "u"}}
    return [
        served.ask("OPTIONS", FLAGS, by="", Origin=origin, Access_Control_Request_Method="POST"),
        served.ask("POST", FLAGS, body=body, Origin=origin),
        served.ask("POST", FLAGS, by="", body=body, Origin=origin),
    ]
