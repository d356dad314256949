"""Reading a published snapshot: from a folder or over HTTP, checked and bounded, as one more rung of the ladder."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from functools import partial
from hashlib import sha256
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from prompts_admin.sdk import Client
from prompts_admin.sdk.freshness import PUBLISHED
from prompts_admin.sdk.transport.port import Failed, Fetched, Outcome, Unchanged
from prompts_admin.sdk.transport.published_transport import FallbackTransport, PublishedTransport
from tests.support.snapshots import document

NOBODY = "http://127.0.0.1:9"


def publish(folder: Path, body: bytes | None = None, *, content: bytes | None = None, **told: Any) -> str:
    """Write content and pointer as the server does, with `told` put wrong; return the pointer's address."""
    body = body if body is not None else json.dumps(document()).encode()
    content = content if content is not None else gzip.compress(body)
    digest = sha256(content).hexdigest()
    (folder / f"{digest}.json.gz").write_bytes(content)
    pointer = {
        "format": 1,
        "epoch": document()["epoch"],
        "revision": document()["revision"],
        "file": f"{digest}.json.gz",
        "digest": f"sha256:{digest}",
        "size": len(content),
        **told,
    }
    (folder / "current.json").write_text(json.dumps(pointer))
    return (folder / "current.json").as_uri()


class Files(SimpleHTTPRequestHandler):
    """Serves a folder with ETags, as a CDN does, and remembers what was asked."""

    def do_GET(self) -> None:
        place = Path(self.translate_path(self.path))
        tag = f'"{sha256(place.read_bytes()).hexdigest()}"' if place.is_file() else ""
        known = bool(tag) and self.headers.get("If-None-Match") == tag
        self.server.asked.append((place.name, 304 if known else 200, dict(self.headers)))  # type: ignore[attr-defined]
        if known:
            self.send_response(304)
            self.end_headers()
            return
        self.tag = tag
        super().do_GET()

    def end_headers(self) -> None:
        if getattr(self, "tag", ""):
            self.send_header("ETag", self.tag)
        super().end_headers()

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture
def cdn(tmp_path: Path) -> Iterator[ThreadingHTTPServer]:
    """A server of files below the test's folder."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Files, directory=str(tmp_path)))
    server.asked = []  # type: ignore[attr-defined]
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def address(cdn: ThreadingHTTPServer) -> str:
    return f"http://127.0.0.1:{cdn.server_port}/current.json"


def asked(cdn: ThreadingHTTPServer) -> list[tuple[str, int]]:
    return [(name if name == "current.json" else "content", status) for name, status, _ in cdn.asked]  # type: ignore[attr-defined]


def test_a_folder_needs_no_server_and_no_token(tmp_path: Path) -> None:
    """What is published is enough to answer from."""
    with Client(snapshot_url=publish(tmp_path), poll_seconds=None) as client:
        answer = client.prompt("support/triage", user="u-17")
        assert (1, PUBLISHED) == (answer.version, answer.source)
        assert client.ready and client.problem is None


def test_what_did_not_change_costs_one_304_and_no_content(tmp_path: Path, cdn: ThreadingHTTPServer) -> None:
    """The pointer is asked for with its ETag; content only when it is another. No token goes out."""
    publish(tmp_path)
    with Client(snapshot_url=address(cdn), poll_seconds=None) as client:
        assert client.refresh() and client.refresh()
        newer = document(revision=document()["revision"] + 1)
        publish(tmp_path, json.dumps(newer).encode(), revision=newer["revision"])
        assert client.refresh() and newer["revision"] == client.revision
    once = [("current.json", 200), ("content", 200)]
    assert [*once, ("current.json", 304), ("current.json", 304), *once] == asked(cdn)
    sent = [headers for _, _, headers in cdn.asked]  # type: ignore[attr-defined]
    assert all("Authorization" not in headers for headers in sent)
    assert {"identity"} == {headers["Accept-Encoding"] for headers in sent}


def test_F14_it_is_the_rung_below_a_server_that_does_not_answer(tmp_path: Path) -> None:
    """Asked for only then, and what is held is never replaced by something older."""
    with Client(NOBODY, token="pa_x", snapshot_url=publish(tmp_path), poll_seconds=None) as client:
        assert PUBLISHED == client.prompt("support/triage", user="u-17").source
        held = client.revision
        older = document(revision=document()["revision"] - 1)
        publish(tmp_path, json.dumps(older).encode(), revision=older["revision"])
        assert not client.refresh()
        assert held == client.revision
        assert "memory" == client.prompt("support/triage", user="u-17").source


class Fixed:
    """Gives one outcome."""

    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome
        self.asked = 0

    def fetch(self, etag: str | None) -> Outcome:
        self.asked += 1
        return self.outcome

    def close(self) -> None:
        pass


def test_S06_a_refused_token_does_not_go_round_by_what_is_published() -> None:
    """Only a server that fails is stood in for; of two failures the server's is told."""
    published = Fixed(Fetched({}, None, PUBLISHED))
    barred = Failed("The server answered 401.", is_barred=True)
    assert barred == FallbackTransport(Fixed(barred), published).fetch(None)
    assert Unchanged() == FallbackTransport(Fixed(Unchanged()), published).fetch(None)
    assert 0 == published.asked
    away = Failed("away")
    stood_in = FallbackTransport(Fixed(away), published).fetch(None)
    assert Fetched({}, None, PUBLISHED, "away") == stood_in
    assert away == FallbackTransport(Fixed(away), Fixed(Failed("also"))).fetch(None)


WHOLE = gzip.compress(json.dumps(document()).encode())
BAD: dict[str, dict[str, Any]] = {
    "another format": {"format": 2},
    "a path instead of a file": {"file": "../../etc/passwd"},
    "an address instead of a file": {"file": "https://elsewhere.example.com/x.json.gz"},
    "no size": {"size": None},
    "a size that is none": {"size": True},
    "a smaller size than the file has": {"size": 10},
    "a size beyond all bounds": {"size": 10**12},
    "another digest": {"digest": "sha256:" + "0" * 64},
    "a file that is not there": {"file": "0" * 64 + ".json.gz", "digest": "sha256:" + "0" * 64},
    "another revision than the content": {"revision": 7},
    "another epoch than the content": {"epoch": "other"},
    "no gzip": {"content": b"{}"},
    "half a gzip file": {"content": WHOLE[:-9]},
    "something after the gzip file": {"content": WHOLE + b"more"},
    "no JSON": {"body": b"["},
    "no object": {"body": b"[]"},
    "nested without end": {"body": b"[" * 200_000},
}


@pytest.mark.parametrize("what", BAD)
def test_F16_whatever_is_wrong_with_it_is_a_failure_with_no_address(tmp_path: Path, what: str) -> None:
    """Nothing raises, nothing is believed, and the address, which is the secret, is not repeated."""
    url = publish(tmp_path, **BAD[what])
    outcome = PublishedTransport(url).fetch(None)
    assert isinstance(outcome, Failed), outcome
    assert str(tmp_path) not in outcome.problem and "elsewhere" not in outcome.problem


def test_F16_content_that_was_changed_is_found_by_its_digest(
    tmp_path: Path, cdn: ThreadingHTTPServer
) -> None:
    """Of the same length and valid: only the digest tells."""
    publish(tmp_path)
    content = next(tmp_path.glob("*.json.gz"))
    content.write_bytes(content.read_bytes()[:-1] + b"\x01")
    for url in (address(cdn), (tmp_path / "current.json").as_uri()):
        outcome = PublishedTransport(url).fetch(None)
        assert isinstance(outcome, Failed) and "digest" in outcome.problem


def test_S33_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    """It stops at the bound, however small the file is."""
    url = publish(tmp_path, b" " * 50_000_000)
    outcome = PublishedTransport(url, most_bytes=1_000_000).fetch(None)
    assert isinstance(outcome, Failed) and "more than 1000000 bytes" in outcome.problem


def test_S33_a_pointer_that_is_too_long_is_not_read_to_its_end(
    tmp_path: Path, cdn: ThreadingHTTPServer
) -> None:
    """A pointer is a few hundred bytes."""
    (tmp_path / "current.json").write_bytes(b" " * 100_000)
    for url in (address(cdn), (tmp_path / "current.json").as_uri()):
        outcome = PublishedTransport(url).fetch(None)
        assert isinstance(outcome, Failed) and "more than 65536 bytes" in outcome.problem


@pytest.mark.parametrize("url", ["ftp://x/current.json", "file://host/x", "https://", "current.json"])
def test_an_address_that_cannot_be_one_is_refused_at_once(url: str) -> None:
    """A wrong setting is found at the start."""
    with pytest.raises(ValueError, match="snapshot_url"):
        Client(snapshot_url=url)
    with pytest.raises(ValueError, match="snapshot_url"):
        Client()
