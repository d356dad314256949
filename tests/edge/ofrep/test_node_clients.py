"""OpenFeature's own clients of Node against the server: `server-sdk` and the provider for browsers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from tests.support.edges import Served, serving
from tests.support.node import NodeClient, node_client
from tests.support.ofrep import switch_off
from tests.support.world import Api

DEFAULT = {"messages": []}


@pytest.fixture
def served(node_clients: Path, world: Api) -> Iterator[Served]:
    """A server over a world of the test's own, where there are clients to ask it."""
    with serving(world) as found:
        yield found


def client(
    node_clients: Path, kind: str, served: Served, *, by: str = "serve", **context: Any
) -> AbstractContextManager[NodeClient]:
    token = served.api.secrets.get(by, by)
    return node_client(node_clients, kind, server=served.url, token=token, **context)


def value_of(served: Served, key: str) -> Any:
    return served.get(f"/api/v1/resolve/{key}?user=u-1").json()


@pytest.mark.parametrize("key", ["support/triage", "support.triage", "support%2Ftriage"])
def test_the_server_client_gets_value_variant_reason_and_metadata(
    node_clients: Path, served: Served, key: str
) -> None:
    """All of an answer arrives, however the slash is sent."""
    with client(node_clients, "server", served) as node:
        got = node.details(key, DEFAULT, targetingKey="u-1", groups=["beta"])
        want = served.get("/api/v1/resolve/support/triage?user=u-1&group=beta").json()
        assert (want["value"], f"v{want['version']}", want["reason"]) == (
            got["value"],
            got["variant"],
            got["reason"],
        )
        assert (want["version"], want["digest"]) == (
            got["flagMetadata"]["version"],
            got["flagMetadata"]["digest"],
        )


def test_the_server_client_gets_its_default_for_what_it_does_not_get(
    node_clients: Path, served: Served
) -> None:
    """Not there, beyond the token, a wrong context, no token: the default and an exact code.

    This version of the client knows no answer without value and calls what is switched off a general error.
    """
    switch_off(served, "support/reply")
    asked: tuple[tuple[str, dict[str, Any], str], ...] = (
        ("no/such", {"targetingKey": "u"}, "FLAG_NOT_FOUND"),
        ("support/reply", {"targetingKey": "u"}, "GENERAL"),
        ("support/triage", {"targetingKey": "u", "groups": "beta"}, "INVALID_CONTEXT"),
    )
    with client(node_clients, "server", served) as node:
        for key, context, code in asked:
            got = node.details(key, DEFAULT, **context)
            assert (DEFAULT, code) == (got["value"], got["errorCode"]), key
    for by, code in (("narrow", "FLAG_NOT_FOUND"), ("pa_wrong", "GENERAL")):
        with client(node_clients, "server", served, by=by) as node:
            got = node.details("support/triage", DEFAULT, targetingKey="u")
            assert (DEFAULT, code) == (got["value"], got["errorCode"])


def test_the_web_client_has_all_flags_at_once(node_clients: Path, served: Served) -> None:
    """Without a further question; for another user everything is asked for anew."""
    with client(node_clients, "web", served, targetingKey="u-1") as node:
        for key in ("support/triage", "support/fast", "sales/follow-up"):
            want, got = value_of(served, key), node.details(key, DEFAULT)
            assert (want["value"], f"v{want['version']}", want["reason"]) == (
                got["value"],
                got["variant"],
                got["reason"],
            )
            assert want["digest"] == got["flagMetadata"]["digest"]
        assert "FLAG_NOT_FOUND" == node.details("no/such", DEFAULT)["errorCode"]
        node.change_context(targetingKey="u-2", groups=["internal"])
        assert "errorCode" not in node.details("support/triage", DEFAULT)


def test_the_web_client_hears_of_a_change_at_once(node_clients: Path, served: Served) -> None:
    """No polling is on: the stream says so, the client asks again, and names the flag that changed."""
    with client(node_clients, "web", served, targetingKey="u-1") as node:
        assert "v1" == node.details("support/reply", DEFAULT)["variant"]
        switch_off(served, "support/reply")
        assert ["support/reply"] == node.wait_for("PROVIDER_CONFIGURATION_CHANGED")["flags"]
        got = node.details("support/reply", DEFAULT)
        assert (DEFAULT, "DISABLED") == (got["value"], got["reason"])
        assert "errorCode" not in got
        switch_off(served, "support/triage")
        assert "support/triage" in node.wait_for("PROVIDER_CONFIGURATION_CHANGED")["flags"]


def test_the_web_client_needs_a_user_and_a_token(node_clients: Path, served: Served) -> None:
    """Without either it does not become ready, and its defaults count."""
    with client(node_clients, "web", served) as node:
        assert DEFAULT == node.details("support/triage", DEFAULT)["value"]
    with client(node_clients, "web", served, by="pa_wrong", targetingKey="u-1") as node:
        assert DEFAULT == node.details("support/triage", DEFAULT)["value"]
        assert "PROVIDER_ERROR" in {event["event"] for event in node.events}
