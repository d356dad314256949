"""The short way: the same answers as the long one, and only what lies ready."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import urllib3

from tests.support.edges import Served, serving
from tests.support.world import Api

PATH = "/api/v1/resolve/support/triage"


@pytest.fixture(scope="module")
def served(shared_world: Api) -> Iterator[Served]:
    """A server for tests that change nothing."""
    with serving(shared_world) as found:
        yield found


def test_the_second_answer_equals_the_first(served: Served) -> None:
    """What lies ready is what was made: body, tag and every header but the date; 304 for its tag alone."""
    for path in (PATH + "?user=u-1", "/api/v1/snapshot"):
        first, second = (served.get(path, Accept_Encoding="gzip") for _ in range(2))
        assert first.data == second.data
        assert without_date(first.headers) == without_date(second.headers)
        for known, status in ((first.headers["ETag"], 304), ('"other"', 200), ("*", 304)):
            assert status == served.get(path, Accept_Encoding="gzip", If_None_Match=known).status


def test_only_what_a_token_may_see_lies_ready_for_it(served: Served) -> None:
    """Another token's answer is none for this one, however warm it is; nor for no token, nor another method."""
    wrong = {"Authorization": "Bearer pa_wrong"}
    assert [200, 200] == [served.get(PATH).status for _ in range(2)]
    assert [404, 404] == [served.get(PATH, by="narrow").status for _ in range(2)]
    assert 401 == served.pool.request("GET", served.url + PATH).status
    assert 401 == served.pool.request("GET", served.url + PATH, headers=wrong).status
    posted = served.ask("POST", PATH, body={"context": {}}, Content_Type="application/json")
    assert 200 == posted.status


def test_what_a_reader_says_of_itself_is_heard_however_warm_the_snapshot_is(served: Served) -> None:
    """The headers of a reader that polls count each time."""
    tag = served.get("/api/v1/snapshot").headers["ETag"]
    for revision in ("1", "2"):
        headers = {"X-Prompts-Admin-Reader": "r" * 32, "X-Prompts-Admin-Revision": revision}
        answer = served.pool.request(
            "GET",
            f"{served.url}/api/v1/snapshot",
            headers={**headers, **served.api.with_token("serve"), "If-None-Match": tag},
        )
        assert 304 == answer.status
        heard = {reader.id: reader.revision for reader in served.api.product.readers.live()}
        assert int(revision) == heard["r" * 32]


def without_date(headers: object) -> dict[str, str]:
    """Return headers but the moment of the answer."""
    return {name: value for name, value in dict(headers).items() if name.lower() != "date"}  # type: ignore[call-overload]


def test_S38_a_credential_that_is_sent_twice_is_refused(served: Served) -> None:
    """A proxy may have looked at the other one: 400 on the short way, the long way and for the pages."""
    token = served.api.with_token("serve")["Authorization"]
    served.get(PATH)
    for path in (PATH, "/api/v1/snapshot", "/api/v1/artifacts", "/"):
        for name in ("Authorization", "X-API-Key"):
            headers = urllib3.HTTPHeaderDict([(name, token), (name.lower(), "Bearer pa_another")])
            answer = served.pool.request("GET", served.url + path, headers=headers)
            said = answer.json()
            assert (400, "urn:prompts-admin:problem:malformed", "malformed", "Bad Request") == (
                answer.status, said["type"], said["code"], said["title"]
            ), (path, name)  # fmt: skip
            assert "Authorization" in said["detail"] and said["remedy"], (path, name)
    twice = urllib3.HTTPHeaderDict([("Authorization", token), ("Accept", "a/b"), ("Accept", "*/*")])
    assert 200 == served.pool.request("GET", served.url + PATH, headers=twice).status
