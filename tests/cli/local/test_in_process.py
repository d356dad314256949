"""The call inside the process is the same HTTP as over the network, with an identity that no header can set."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from prompts_cli.local.in_process import EmbeddedTransport
from prompts_cli.transport.client import Client, artifact_path


def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    """Answer what was asked."""
    body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
    seen = {
        "method": environ["REQUEST_METHOD"],
        "path": environ["PATH_INFO"].encode("latin-1").decode(),
        "query": environ["QUERY_STRING"],
        "type": environ.get("CONTENT_TYPE"),
        "key": environ.get("HTTP_IDEMPOTENCY_KEY"),
        "identity": environ["prompts_admin.identity"],
        "body": json.loads(body) if body else None,
    }
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps(seen).encode()]


def client() -> Client:
    """A client into the process."""
    transport = EmbeddedTransport(app, environ={"prompts_admin.identity": "owner"})
    return Client(transport, new_key=lambda: "k1")


def test_a_post_arrives_whole() -> None:
    """Method, path, type, body and key are those of HTTP; the identity comes beside them."""
    seen = client().post(artifact_path("support/triage", "copy"), {"key": "größer"})
    assert {
        "method": "POST",
        "path": "/api/v1/artifacts/support/triage/copy",
        "query": "",
        "type": "application/json",
        "key": "k1",
        "identity": "owner",
        "body": {"key": "größer"},
    } == seen


def test_no_header_sets_the_identity() -> None:
    """A header of the environ key's name becomes HTTP_..., as for any other server."""
    seen = client().send("GET", "/me", headers={"prompts_admin.identity": "evil"}).json()
    assert "owner" == seen["identity"]


def test_a_query_is_encoded_once() -> None:
    """Values with reserved characters arrive as they were; a None is not sent."""
    seen = client().get("/status", q="50% & more/ü", feature=None)
    assert "q=50%25+%26+more%2F%C3%BC" == seen["query"]
