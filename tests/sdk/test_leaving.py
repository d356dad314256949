"""A reader that has ended says so, and holds up neither a rollback that waits nor the end of its program."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from prompts_admin.sdk import Client
from tests.support.edges import serving
from tests.support.snapshot_server import SnapshotServer, running
from tests.support.snapshots import document
from tests.support.stream_server import StreamServer, until
from tests.support.world import opened_world

ROOT = Path(__file__).parents[2]


@pytest.fixture
def server() -> Iterator[StreamServer]:
    """A server with a stream."""
    with running(StreamServer(document())) as server:
        yield server
        server.push(None)


def goodbyes(server: SnapshotServer) -> list[str]:
    """Return the ids of the readers that said goodbye."""
    return [told["reader"] for told in server.told if told.get("gone")]


@pytest.mark.parametrize("stream", [True, False])
def test_closing_says_goodbye_once(server: StreamServer, stream: bool) -> None:
    """Also while the stream is open; before the call returns."""
    with Client(server.url, stream=stream) as client:
        until(lambda: client.source == ("stream" if stream else "poll"))
        assert [] == goodbyes(server)
    assert [server.asked[0]["X-Prompts-Admin-Reader"]] == goodbyes(server)
    client.close()
    assert 1 == len(goodbyes(server))


@pytest.mark.parametrize("end", ["", "sys.exit(0)", "raise SystemExit", "del client"])
def test_the_end_of_the_interpreter_says_goodbye(server: StreamServer, end: str) -> None:
    """Nobody has to remember to close."""
    program = f"""
import sys
from prompts_admin.sdk import Client
client = Client(sys.argv[1])
{end}
"""
    done = subprocess.run(
        [sys.executable, "-c", program, server.url], capture_output=True, text=True, cwd=ROOT, timeout=60
    )
    assert (0, "") == (done.returncode, done.stderr)
    assert 1 == len(goodbyes(server))


def test_a_goodbye_that_nobody_takes_holds_nobody_up(server: StreamServer) -> None:
    """A server that is silent costs a second at most, and raises nothing."""
    client = Client(server.url, stream=False)
    server.silent = True
    began = time.monotonic()
    client.close()
    assert time.monotonic() - began < 1.2


def test_a_client_that_asks_once_is_no_reader(server: StreamServer) -> None:
    """It names itself to nobody, and has nothing to take back."""
    with Client(server.url, poll_seconds=None) as client:
        assert client.refresh()
    assert "X-Prompts-Admin-Reader" not in server.asked[0]
    assert [] == server.told


def test_a_reader_says_when_it_will_be_heard_again(server: StreamServer) -> None:
    """So the server knows how long its silence means nothing."""
    with Client(server.url, poll_seconds=120) as client:
        until(lambda: client.source == "stream")
        assert {"120"} == {one["X-Prompts-Admin-Every"] for one in server.asked}


def test_an_old_revision_from_disk_is_told(server: StreamServer, tmp_path: Path) -> None:
    """Who serves what an earlier process kept is behind until the newest is taken."""
    Client(server.url, cache_dir=tmp_path).close()
    server.document, server.refuse = document(revision=2), 404
    with Client(server.url, cache_dir=tmp_path):
        until(lambda: any(told.get("revision") == 2 for told in server.told))
    assert "1" in [asked.get("X-Prompts-Admin-Revision") for asked in server.asked]


def test_the_server_counts_nobody_who_has_ended(
    world_template: tuple[Path, dict[str, str]], tmp_path: Path
) -> None:
    """With the real server: listed while it runs, and not a moment longer."""
    with opened_world(world_template, tmp_path / "w") as api, serving(api) as served:
        token = api.with_token("serve")["Authorization"].removeprefix("Bearer ")
        with Client(served.url, token=token) as client:
            until(lambda: client.source == "stream")
            until(lambda: 1 == len(api.product.readers.live()))
        assert [] == api.product.readers.live()


def test_a_stream_that_breaks_off_ends_the_count_soon(
    world_template: tuple[Path, dict[str, str]], tmp_path: Path
) -> None:
    """A program that was killed says nothing; one that is back on another stream is not forgotten."""
    told = {
        "X_Prompts_Admin_Reader": "reader-1",
        "X_Prompts_Admin_Revision": "1",
        "X_Prompts_Admin_Every": "60",
    }
    with opened_world(world_template, tmp_path / "w") as api, serving(api) as served:
        with served.stream(**told) as first:
            first.next()
            with served.stream(**told) as second:
                second.next()
                first.response.close()
                time.sleep(0.2)
                assert [60.0] == [one.every for one in api.product.readers.live()]
        until(lambda: [True] == [one.every <= 5.5 for one in api.product.readers.live()])
