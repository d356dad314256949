"""The ladder when things fail: memory, the bundled file, the call's default, `NotFound`."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import pytest

from prompts_admin.sdk import Client, NotFound, SdkError
from prompts_admin.sdk.testing import StaticTransport, client_from
from tests.support.snapshots import document, prompt

DEFAULT = {"messages": [{"role": "user", "content": "Plain {{name}}"}], "model": {"name": "tiny"}}


def client(transport: StaticTransport, **fields: Any) -> Client:
    """Return a client that asks once, in the constructor, and again on `refresh`."""
    return Client("http://localhost", poll_seconds=None, transport=transport, **fields)


def test_F15_without_any_value_the_default_of_the_call_counts() -> None:
    """No server, no file: the default with its model settings, marked as such."""
    offline = client(StaticTransport(None))
    got = offline.prompt("support/triage", user="u-17", default=DEFAULT)
    assert ("default", "ERROR", None, None, None, None) == (
        got.source,
        got.reason,
        got.version,
        got.digest,
        got.stage,
        got.age,
    )
    assert got.request(name="Bo") == {"model": "tiny", "messages": [{"role": "user", "content": "Plain Bo"}]}
    text = offline.prompt("support/triage", default="Answer {{name}}")
    assert text.messages(name="Bo") == [{"role": "user", "content": "Answer Bo"}]
    assert offline.model("support/fast", default={"name": "tiny"}).name == "tiny"


def test_without_any_value_and_default_it_is_not_found() -> None:
    """The one error of asking names the key and why the server could not be asked."""
    with pytest.raises(NotFound, match=r"'support/triage'.*away") as error:
        client(StaticTransport(None)).prompt("support/triage")
    assert (("support/triage", "ERROR")) == (error.value.key, error.value.reason)
    assert isinstance(error.value, SdkError)
    assert isinstance(error.value, LookupError)


def test_a_lost_server_leaves_what_is_in_memory() -> None:
    """Answers stay the same, and `source` and `problem` say that they are from memory."""
    transport = StaticTransport(document())
    one = client(transport)
    assert one.prompt("support/triage").source == "poll"
    transport.document = None
    assert not one.refresh()
    got = one.prompt("support/triage")
    assert (1, "memory", "The server is away.") == (got.version, got.source, one.problem)
    transport.document = document(revision=2)
    assert one.refresh()
    assert ("poll", None, 2) == (one.prompt("support/triage").source, one.problem, one.revision)


def test_F14_the_bundled_file_serves_until_the_server_was_reached(tmp_path: Path) -> None:
    """A cold start without server answers from the file, and the server's word replaces it."""
    file = tmp_path / "snapshot.json"
    bundled = document(versions={"support/triage": {"1": prompt("Bundled {{name}}")}})
    file.write_text(json.dumps(bundled))
    transport = StaticTransport(None)
    one = client(transport, fallback=file)
    got = one.prompt("support/triage", default=DEFAULT)
    assert ("fallback", 1, None, False) == (got.source, got.version, got.age, one.ready)
    assert got.messages(name="Bo")[0]["content"] == "Bundled Bo"
    transport.document = document()
    one.refresh()
    assert ("poll", True) == (one.prompt("support/triage").source, one.ready)


@pytest.mark.parametrize("content", [b"", b"{", b"<html>", b"[]", b"\xff", b'{"format": 2}', b"[" * 100_000])
def test_F16_a_broken_file_is_said_once_and_skipped(
    tmp_path: Path, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    """A program starts although its fallback cannot be read."""
    file = tmp_path / "snapshot.json"
    file.write_bytes(content)
    with caplog.at_level(logging.WARNING):
        one = client(StaticTransport(None), fallback=file)
    assert len([record for record in caplog.records if "snapshot.json" in record.getMessage()]) == 1
    assert one.prompt("support/triage", default=DEFAULT).source == "default"
    assert client(StaticTransport(document()), fallback=tmp_path / "missing").ready


def test_what_was_switched_off_does_not_come_back_from_an_older_file() -> None:
    """A snapshot that knows an artifact has the last word on it."""
    off = document(entries={"support/triage": {}})
    one = client(StaticTransport(off), fallback=document())
    with pytest.raises(NotFound) as error:
        one.prompt("support/triage")
    assert error.value.reason == "DISABLED"
    got = one.prompt("support/triage", default=DEFAULT)
    assert ("default", "DISABLED") == (got.source, got.reason)


def test_what_the_newest_snapshot_does_not_know_the_file_may_still_have() -> None:
    """Nothing raises while any value is known."""
    one = client(StaticTransport(document(entries={}, versions={})), fallback=document())
    assert one.prompt("support/triage").source == "fallback"


def test_what_the_token_may_not_see_is_not_found() -> None:
    """A version without content in the snapshot is never replaced by another."""
    hidden = document(versions={"support/triage": {"1": prompt("Hello")}})
    one = client(StaticTransport(hidden), fallback=document())
    assert one.prompt("support/triage").version == 1
    with pytest.raises(NotFound):
        one.prompt("support/triage", groups=["beta"])
    assert one.prompt("support/triage", groups=["beta"], default=DEFAULT).source == "default"


def test_a_prompt_is_no_model() -> None:
    """Asking for the wrong kind is not found."""
    one = client_from(document())
    with pytest.raises(NotFound):
        one.prompt("support/fast")
    with pytest.raises(NotFound):
        one.model("support/triage")


@pytest.mark.parametrize("default", [{}, {"text": "x"}, {"model": {}}])
def test_a_default_that_cannot_be_one_is_refused_while_all_is_well(default: dict[str, Any]) -> None:
    """A mistake in a default shows on the first call and not in an outage."""
    one = client_from(document())
    with pytest.raises(ValueError, match="default"):
        one.prompt("support/triage", default=default)
    with pytest.raises(ValueError, match="default"):
        one.model("support/fast", default="tiny")  # type: ignore[arg-type]


def test_F42_an_older_revision_counts_only_in_another_epoch(caplog: pytest.LogCaptureFixture) -> None:
    """Nothing goes silently back; a restored store does, and is warned of."""
    transport = StaticTransport(document(revision=5))
    one = client(transport)
    transport.document = document(revision=4)
    assert not one.refresh()
    assert (5, "memory") == (one.revision, one.prompt("support/triage").source)
    transport.document = document(revision=3, epoch="second")
    with caplog.at_level(logging.WARNING):
        assert one.refresh()
    assert one.revision == 3
    assert any("second" in record.getMessage() for record in caplog.records)


def test_groups_may_be_one_text_and_a_key_may_have_a_dot() -> None:
    """Two slips that people make are understood as meant."""
    one = client_from(document())
    assert one.prompt("support.triage", groups="beta").version == 2
    assert one.prompt("support/triage", attributes={"groups": ["beta"]}).version == 1


def test_a_closed_client_still_serves() -> None:
    """Closing ends the asking and not the answers; a client is a context manager."""
    with client_from(document()) as one:
        pass
    assert one.prompt("support/triage").version == 1
    assert "localhost" in repr(one)
