"""OFREP's streams: told to ask again once the new answer is there; a ticket opens that and nothing else."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path
from typing import Any

import pytest
import urllib3

from prompts_admin.server.bootstrap import open_product
from prompts_admin.services.people.tokens import revoke_token
from prompts_admin.services.rollback.removal_plan import RollbackRequest
from prompts_admin.services.rollback.rollback import rollback
from prompts_admin.services.serving.stream_tickets import WINDOW_SECONDS, is_over, ticket_for, window_end
from tests.support.edges import Events, Served, serving
from tests.support.ofrep import FLAGS, ask, ask_all, switch_off
from tests.support.world import Api, opened_world, person


@pytest.fixture
def served(world: Api) -> Iterator[Served]:
    """A server over a world of the test's own."""
    with serving(world) as found:
        yield found


def offered(served: Served, by: str = "serve") -> str:
    (stream,) = ask_all(served, by=by).json()["eventStreams"]
    assert ("sse", 120) == (stream["type"], stream["inactivityDelaySec"])
    return str(stream["url"])


@contextmanager
def opened(url: str, **headers: str) -> Iterator[Events]:
    """Open a stream as a browser does: with no header that a page could choose."""
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    with urllib3.PoolManager(retries=False, timeout=10) as pool:
        response = pool.request("GET", url, headers=given, preload_content=False)
        try:
            yield Events(response)
        finally:
            response.close()


def position(served: Served) -> str:
    snapshot = served.get("/api/v1/snapshot").json()
    return f"{snapshot['epoch']}:{snapshot['revision']}"


def first(events: Events) -> dict[str, str]:
    return dict(line.split(": ", 1) for line in events._block().split("\n"))


def test_a_client_is_told_to_ask_again_once_the_new_answer_is_there(served: Served) -> None:
    """The event names the revision; whoever asks on hearing it gets the new state."""
    before = ask_all(served)
    with opened(offered(served)) as events:
        assert 200 == events.response.status
        hello = first(events)
        assert ({"id", "retry"}, position(served)) == (set(hello), hello["id"])
        revision = switch_off(served, "support/reply")
        told = events.next()
        after = ask_all(served, known=before.headers["ETag"])
    assert ("message", "refetchEvaluation") == (told["event"], told["data"]["type"])
    assert (told["id"], revision) == (told["data"]["etag"], int(told["id"].rpartition(":")[2]))
    assert revision == after.json()["metadata"]["revision"]


def test_a_process_that_is_behind_looks_before_it_answers(
    world: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process told of the revision: what the client asks for with it is not answered from before it."""
    # Nothing else tells this server what others have committed.
    monkeypatch.setattr("prompts_admin.edge.factory.Watcher", lambda *_: nullcontext())
    request = RollbackRequest(keys=("support/reply",), to="none")
    with serving(world) as served, closing(open_product(world.product.settings)) as other:
        before = ask_all(served).json()["metadata"]
        revision = int(other.do(person("releaser"), rollback, None, request)["revision"])
        for told in ("", f"{before['epoch']}:{before['revision']}"):
            assert before == ask_all(served, told=told).json()["metadata"]
        assert (
            revision == ask_all(served, told=f"{before['epoch']}:{revision}").json()["metadata"]["revision"]
        )


def test_a_change_between_question_and_stream_is_not_missed(served: Served) -> None:
    """The address says of which revision the answer was, and a browser that comes back says what it heard."""
    url = offered(served)
    switch_off(served, "support/reply")
    with opened(url) as events:
        first(events)
        assert "refetchEvaluation" == events.next()["data"]["type"]
    held = position(served)
    switch_off(served, "support/triage")
    with opened(url, Last_Event_ID=held) as events:
        assert held != first(events)["id"]
        assert "refetchEvaluation" == events.next()["data"]["type"]
    with opened(url, Last_Event_ID=position(served)) as events:
        first(events)
        switch_off(served, "search/rewrite")
        assert position(served) == events.next()["id"]


def test_a_token_hears_of_its_own_features_alone(served: Served) -> None:
    """What it may not see changes nothing for it."""
    with opened(offered(served, "narrow")) as events:
        first(events)
        switch_off(served, "support/reply")
        switch_off(served, "sales/call-summary")
        assert position(served) == events.next()["id"]


def test_F41_a_revoked_token_loses_its_stream_within_seconds(served: Served) -> None:
    """The ticket of a revoked token opens nothing, though its time is not over."""
    url = offered(served)
    with opened(url) as events:
        first(events)
        token_id = served.api.secrets["serve"].split("_")[1]
        served.api.product.do(person("admin"), revoke_token, None, token_id)
        began = time.monotonic()
        assert "retry" in first(events)
        with pytest.raises(EOFError):
            events.next()
        assert 10 > time.monotonic() - began
    with opened(url) as again:
        assert 401 == again.response.status


def test_S37_a_ticket_opens_nothing_but_its_stream(served: Served) -> None:
    """It is no token: not as a bearer, not as a key, not for another token."""
    ticket = offered(served).partition("ticket=")[2].partition("&")[0]
    for headers in ({"Authorization": f"Bearer {ticket}"}, {"X-API-Key": ticket}):
        for method, path in (("POST", FLAGS), ("GET", "/api/v1/snapshot"), ("GET", "/api/v1/stream")):
            body = json.dumps({"context": {"targetingKey": "u"}}) if method == "POST" else None
            answer = served.pool.request(method, served.url + path, body=body, headers=headers)
            assert 401 == answer.status
    assert served.api.secrets["serve"].split("_", 2)[2] not in ticket


@pytest.mark.parametrize("change", ["token", "until", "sign", "none"])
def test_a_ticket_that_was_changed_opens_nothing(served: Served, change: str) -> None:
    """401 in OFREP's form."""
    token, until, sign = offered(served).partition("ticket=")[2].partition("&")[0].split(".")
    if change == "token":
        token = served.api.secrets["narrow"].split("_")[1]
    elif change == "until":
        until = str(int(until) - 1)
    elif change == "sign":
        sign = sign[:-2] + ("AA" if sign[-2:] != "AA" else "BB")
    ticket = "" if change == "none" else f"{token}.{until}.{sign}"
    answer = served.get(f"/ofrep/v1/stream?ticket={ticket}", by="")
    assert (401, "GENERAL") == (answer.status, answer.json()["errorCode"])


def test_a_ticket_ends(served: Served) -> None:
    """After one to two hours; until then it stays the same, so that clients keep their streams."""
    now, secret = time.time(), served.api.secrets["serve"]
    until = window_end(now)
    assert WINDOW_SECONDS <= until - now <= 2 * WINDOW_SECONDS
    ticket = ticket_for(secret, until, "")
    assert ticket in offered(served)
    assert (False, True) == (is_over(ticket, until - 1), is_over(ticket, until))
    over = ticket_for(secret, int(now) - 1, "")
    assert 401 == served.get(f"/ofrep/v1/stream?ticket={over}", by="").status
    for_ever = ticket_for(secret, int(now) * 2, "")
    assert 401 == served.get(f"/ofrep/v1/stream?ticket={for_ever}", by="").status


def test_the_key_of_the_server_is_in_every_ticket(served: Served) -> None:
    """Whoever reads the store alone cannot make one where a key is set."""
    secret = served.api.secrets["serve"]
    assert ticket_for(secret, 5, "") != ticket_for(secret, 5, "a key of the server's own")
    assert "" == ticket_for("ps_" + "x" * 43, 5, "")


def test_a_client_that_sends_headers_needs_no_ticket(served: Served) -> None:
    """Its token is enough."""
    with opened(f"{served.url}/ofrep/v1/stream", **served.api.with_token("serve")) as events:
        first(events)
        switch_off(served, "support/reply")
        assert "refetchEvaluation" == events.next()["data"]["type"]


def test_the_address_is_the_public_one(world_template: Any, tmp_path: Path) -> None:
    """Where a proxy stands before the server, settings say by which name it is reached."""
    with (
        opened_world(world_template, tmp_path / "w", public_url="https://prompts.example.com") as api,
        serving(api) as served,
    ):
        assert offered(served).startswith("https://prompts.example.com/ofrep/v1/stream?ticket=")


def test_S53_too_many_streams_of_one_token_are_refused(world_template: Any, tmp_path: Path) -> None:
    """429 with Retry-After in OFREP's form; answers go on."""
    with (
        opened_world(world_template, tmp_path / "w", streams_per_token=1) as api,
        serving(api) as served,
        opened(offered(served)) as one,
    ):
        first(one)
        refused = served.get("/ofrep/v1/stream")
        assert (429, "30", "GENERAL") == (
            refused.status,
            refused.headers["Retry-After"],
            refused.json()["errorCode"],
        )
        assert 200 == ask(served, "support/triage", {"targetingKey": "u"}).status


def test_F44_a_server_that_stops_says_when_to_come_back(world: Api) -> None:
    """Each stream another moment, and the stop does not wait for it."""
    with serving(world) as served, opened(offered(served)) as events:
        first(events)
        served.stop()
        assert 500 <= int(first(events)["retry"]) <= 5_000
        served.thread.join(timeout=10)
        assert not served.thread.is_alive()


def test_S58_a_query_of_many_parameters_is_the_senders_fault(served: Served) -> None:
    """400 in OFREP's words, with a token or without."""
    query = "&".join(f"a{number}=1" for number in range(21))
    all_flags = served.ask("POST", f"{FLAGS}?{query}", body={"context": {"targetingKey": "u-1"}})
    asked = all_flags, served.pool.request("GET", f"{served.url}/ofrep/v1/stream?{query}")
    assert [(400, "PARSE_ERROR")] * 2 == [(one.status, one.json()["errorCode"]) for one in asked]
