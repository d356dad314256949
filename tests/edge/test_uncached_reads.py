"""Hot reads: the same answers as the API gives, from bytes, for whoever has a token."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from prompts_admin.serving.snapshot_changes import digest_of
from tests.support.edges import Served, serving
from tests.support.world import Api

KEYS = ("support/triage", "support/off", "sales/call", "no/such", "NO/such", "support/triage%00", "a")
QUERIES = (
    "", "?user=u-1", "?user=u-1&group=internal&group=beta", "?attr.plan=pro&user=", "?user=a&user=b",
    "?unknown=1", "?user=" + "x" * 5_000, "?group=%F0%9F%98%80", "?user=%ff", "?stage=beta", "?%73tage=beta",
    "?version=1", "?version", "?stage=a&stage=b", "?attr.stage=beta",
)  # fmt: skip


@pytest.fixture(scope="module")
def served(shared_world: Api) -> Iterator[Served]:
    """A server for tests that change nothing."""
    with serving(shared_world) as found:
        yield found


@pytest.mark.parametrize("by", ["serve", "narrow", "viewer"])
@pytest.mark.parametrize("query", QUERIES)
def test_an_answer_is_the_one_that_the_api_gives(served: Served, by: str, query: str) -> None:
    """Status, code and content are equal on the event loop and in the API, for good questions and bad ones."""
    for key in KEYS:
        hot = served.get(f"/api/v1/resolve/{key}{query}", by=by)
        cold = served.api.get(f"/resolve/{key}{query}", headers=served.api.with_token(by))
        given, wanted = json.loads(hot.data), cold.get_json()
        for document in (given, wanted):
            document.pop("request_id", None)
        assert (cold.status_code, wanted) == (hot.status, given), (key, query)
        assert cold.headers.get("ETag") == hot.headers.get("ETag"), (key, query)


def test_an_answer_that_is_known_is_not_sent_again(served: Served) -> None:
    """304 by the ETag of the answer; the tag of another answer is another."""
    path = "/api/v1/resolve/support/triage?user=u-1"
    first = served.get(path)
    again = served.get(path, If_None_Match=first.headers["ETag"])
    assert (304, b"") == (again.status, again.data)
    other = served.get("/api/v1/resolve/support/reply?user=u-1", If_None_Match=first.headers["ETag"])
    assert 200 == other.status


def test_the_snapshot_comes_with_tag_and_digest(served: Served) -> None:
    """Plain or compressed, equal to what the API sends; 304 for either tag."""
    plain = served.get("/api/v1/snapshot", Accept_Encoding="identity")
    packed = served.get("/api/v1/snapshot", Accept_Encoding="gzip")
    for accepted, hot in (("identity", plain), ("gzip", packed)):
        headers = {**served.api.with_token("serve"), "Accept-Encoding": accepted}
        cold = served.api.get("/snapshot", headers=headers)
        for name in ("ETag", "Repr-Digest", "Content-Encoding"):
            assert cold.headers.get(name) == hot.headers.get(name), (accepted, name)
    assert plain.data == packed.data
    assert digest_of(plain.data) == plain.headers["Repr-Digest"] == packed.headers["Repr-Digest"]
    assert plain.headers["ETag"] != packed.headers["ETag"]
    for answer in (plain, packed):
        known = served.get("/api/v1/snapshot", If_None_Match=answer.headers["ETag"])
        assert (304, b"") == (known.status, known.data)


@pytest.mark.parametrize("path", ["/api/v1/resolve/support/triage", "/api/v1/snapshot", "/api/v1/stream"])
def test_nobody_is_served_without_a_token(served: Served, path: str) -> None:
    """401 with how to send one, in the words of the API."""
    for headers in ({}, {"Authorization": "Bearer pa_wrong"}, {"Authorization": "Basic YTpi"}):
        refused = served.pool.request("GET", served.url + path, headers=headers)
        assert (401, "unauthenticated") == (refused.status, refused.json()["code"])
        assert refused.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_key_in_a_header_of_its_own_is_a_token_too(served: Served) -> None:
    """X-API-Key, as OFREP clients send it."""
    key = {"X-API-Key": served.api.secrets["serve"]}
    answer = served.pool.request("GET", f"{served.url}/api/v1/resolve/support/triage", headers=key)
    assert 200 == answer.status


def test_every_hot_answer_carries_the_guards_of_a_page(served: Served) -> None:
    """Also refusals: no answer may be framed, sniffed or kept by others."""
    for path in ("/api/v1/resolve/support/triage", "/api/v1/resolve/no/such", "/api/v1/snapshot"):
        headers = served.get(path).headers
        assert ("nosniff", "DENY") == (headers["X-Content-Type-Options"], headers["X-Frame-Options"])
        assert headers["Cache-Control"] in ("private, no-cache", "no-store")


def test_clients_that_only_ask_are_counted(served: Served) -> None:
    """By token and address."""
    served.get("/api/v1/resolve/support/triage")
    assert served.api.product.readers.asking() >= 1


def test_S58_a_query_of_thousands_of_parameters_is_the_senders_fault(served: Served) -> None:
    """400 and no fault of the server in its log."""
    query = "&".join(f"attr.a{number}=1" for number in range(2_001))
    refused = served.get(f"/api/v1/resolve/support/triage?{query}")
    assert (400, "malformed") == (refused.status, refused.json()["code"])
