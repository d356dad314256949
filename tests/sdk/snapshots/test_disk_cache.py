"""The last good snapshot on disk: whole or absent, private, and never in the way."""

from __future__ import annotations

import json
import logging
import os
import stat
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from prompts_admin.domain.targeting.snapshot_codec import compile_snapshot
from prompts_admin.sdk import Client, NotReady
from prompts_admin.sdk.snapshots.disk_cache import DiskCache
from prompts_admin.sdk.snapshots.lazy_values import LazyValues
from prompts_admin.sdk.snapshots.snapshot_files import sealed, snapshot_bytes
from prompts_admin.sdk.testing import StaticTransport
from tests.support.snapshot_server import serving
from tests.support.snapshots import document, prompt
from tests.support.stream_server import until
from tests.support.threads import said_here

TOKEN = "pa_0123456789ab_" + "x1" * 21
AWAY = "http://127.0.0.1:9"


def kept(folder: Path) -> list[Path]:
    """Return the files of the cache."""
    return sorted((folder / "prompts-admin").iterdir())


def asking(folder: Path, transport: StaticTransport, **fields: Any) -> Client:
    """Return a client that asks in the constructor and on `refresh`, and writes when it is closed."""
    return Client(AWAY, token=TOKEN, cache_dir=folder, poll_seconds=None, transport=transport, **fields)


def test_F14_a_start_without_server_answers_from_disk(tmp_path: Path) -> None:
    """What one process heard, the next one serves, and says how old it is."""
    with asking(tmp_path, StaticTransport(document(revision=7))):
        pass
    file = kept(tmp_path)[0]
    os.utime(file, (time.time() - 3600,) * 2)
    with asking(tmp_path, StaticTransport(None)) as client:
        got = client.prompt("support/triage", user="u-17")
        assert ("disk", 7, True) == (got.source, client.revision, client.ready)
        assert 3600 <= got.age < 3700
        assert got.messages(name="Bo")[0]["content"] == "Hello Bo"


def test_the_thread_keeps_what_it_hears(tmp_path: Path) -> None:
    """Without being told, a running client has its snapshot on disk, with the ETag for the next start."""
    with serving(document(revision=7)) as server:
        with Client(server.url, cache_dir=tmp_path, poll_seconds=0.02):
            until(lambda: (tmp_path / "prompts-admin").exists() and len(kept(tmp_path)) == 1)
        with Client(server.url, cache_dir=tmp_path) as client:
            until(lambda: client.source == "poll")
            assert "first-7" in server.asked[-1].get("If-None-Match", "") or server.fetches() > 1


def test_nobody_else_reads_it_and_its_name_tells_nothing(tmp_path: Path) -> None:
    """Mode 0600 in a folder of mode 0700; neither token nor url in the name; another token, another file."""
    for token in (TOKEN, "pa_ba9876543210_" + "y2" * 21, None):
        assert DiskCache(tmp_path, url=AWAY, token=token).save(b"{}", None)
    files = kept(tmp_path)
    assert len(files) == 3
    assert {0o600} == {stat.S_IMODE(file.stat().st_mode) for file in files}
    assert stat.S_IMODE((tmp_path / "prompts-admin").stat().st_mode) == 0o700
    told = " ".join(file.name for file in files)
    assert not any(part in told for part in (TOKEN, "0123456789ab", "127.0.0.1"))


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: content[:-40],
        lambda content: content.replace(b"Hello", b"Hallo"),
        lambda content: b"",
        lambda content: b"\x00" * len(content),
        lambda content: b'{"sealed":5}\n{}',
        lambda content: b'{"sealed":',
        lambda content: sealed(b'{"format": 2}', None),
        lambda content: sealed(b"[" * 100_000, None),
    ],
)
def test_F16_a_damaged_file_is_set_aside_and_said_once(
    tmp_path: Path, damage: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """It is never served, stays for whoever wants to look, and the next snapshot takes its place."""
    with asking(tmp_path, StaticTransport(document())):
        pass
    file = kept(tmp_path)[0]
    file.write_bytes(damage(file.read_bytes()))
    with caplog.at_level(logging.WARNING), asking(tmp_path, StaticTransport(None)) as client:
        assert client.prompt("support/triage", default="x").source == "default"
    assert len([one for one in caplog.records if "damaged" in one.getMessage()]) == 1
    assert [".damaged"] == [one.suffix for one in kept(tmp_path)]
    with asking(tmp_path, StaticTransport(document(revision=8))):
        pass
    with asking(tmp_path, StaticTransport(None)) as client:
        assert client.revision == 8


def test_F16_a_file_that_others_may_write_is_not_read(tmp_path: Path) -> None:
    """What anybody could have put there is not served."""
    with asking(tmp_path, StaticTransport(document())):
        pass
    kept(tmp_path)[0].chmod(0o666)
    with asking(tmp_path, StaticTransport(None)) as client:
        assert not client.ready


def test_F16_a_pipe_in_the_place_of_the_file_is_not_waited_for(tmp_path: Path) -> None:
    """What is no file is set aside like a damaged one."""
    disk = DiskCache(tmp_path, url=AWAY, token=TOKEN)
    disk.path.parent.mkdir(mode=0o700)
    os.mkfifo(disk.path, 0o600)
    loading = threading.Thread(target=disk.load, daemon=True)
    loading.start()
    loading.join(5)
    assert not loading.is_alive()
    assert [".damaged"] == [file.suffix for file in kept(tmp_path)]


def test_F10_a_full_or_readonly_disk_is_said_once_and_harms_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Serving goes on from memory, no half file is left, and it works again when there is room."""

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    disk = DiskCache(tmp_path, url=AWAY, token=TOKEN)
    with monkeypatch.context() as patch, caplog.at_level(logging.WARNING):
        patch.setattr(os, "fsync", full)
        assert [False, False] == [disk.save(b"{}", None), disk.save(b"{}", None)]
        with asking(tmp_path, StaticTransport(document())) as client:
            assert client.prompt("support/triage").version == 1
    assert [] == kept(tmp_path)
    assert len({one.getMessage() for one in said_here(caplog.records)}) == 1
    assert disk.save(b"{}", None)
    blocked = tmp_path / "file"
    blocked.write_text("")
    assert not DiskCache(blocked, url=AWAY, token=TOKEN).save(b"{}", None)


def test_a_program_is_killed_while_it_writes_and_the_old_file_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The name changes hands in one step."""
    with asking(tmp_path, StaticTransport(document(revision=1))):
        pass

    def killed(self: Path, target: Path) -> Path:
        raise OSError("killed")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", killed)
        with asking(tmp_path, StaticTransport(document(revision=2))):
            pass
    with asking(tmp_path, StaticTransport(None)) as client:
        assert client.revision == 1


def test_F22_a_clock_that_was_set_back_makes_no_negative_age(tmp_path: Path) -> None:
    """Revisions decide what is newer, never times."""
    with asking(tmp_path, StaticTransport(document())):
        pass
    os.utime(kept(tmp_path)[0], (time.time() + 3600,) * 2)
    with asking(tmp_path, StaticTransport(None)) as client:
        assert 0 <= client.age < 60


def test_the_kept_document_is_the_snapshot() -> None:
    """Packed or not, texts with surrogates included, it is written as it was read."""
    odd = document(versions={"support/triage": {"1": prompt("\ud800 ü {{name}}", marked=True)}})
    snapshot = compile_snapshot(odd, pack=LazyValues())
    assert compile_snapshot(odd) == compile_snapshot(
        json.loads(snapshot_bytes(snapshot).decode("utf-8", "surrogatepass"))
    )


def test_on_start_says_what_a_cold_start_does(tmp_path: Path) -> None:
    """Waiting, starting stale, or refusing to start are the program's choice."""
    with pytest.raises(NotReady, match=r"within 0\.1 seconds"):
        Client(AWAY, on_start="fail", wait_seconds=0.1)
    with pytest.raises(NotReady):
        asking(tmp_path, StaticTransport(None), on_start="fail", fallback=document())
    with pytest.raises(ValueError, match="on_start"):
        Client(AWAY, on_start="maybe")  # type: ignore[arg-type]
    with serving(document()) as server:
        server.reply = lambda handler: (time.sleep(0.5), server.send(handler))[1]
        began = time.monotonic()
        with Client(server.url, on_start="stale", fallback=document(revision=0), wait_seconds=5) as client:
            assert ("fallback", False) == (client.source, client.ready)
            assert time.monotonic() - began < 0.4
        with Client(server.url, on_start="fail", wait_seconds=5) as client:
            assert client.ready
