"""Conversations that stay on the version that they began with."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prompts_admin.sdk.conversation_pins import Pin, is_of, read_token, token_of
from prompts_admin.sdk.testing import client_from
from tests.support.lengths import examples
from tests.support.snapshots import document, prompt


def newer(**fields: object) -> dict[str, object]:
    """Return the shared document after version 2 of triage went live for everybody."""
    entries = {**document()["entries"], "support/triage": {"full": {"settled": 2}}}
    return document(revision=2, entries=entries, **fields)


def test_a_conversation_keeps_its_version_across_processes() -> None:
    """The token is all that has to be kept; a new conversation gets what is live."""
    began = client_from(document()).prompt("support/triage", user="u-17")
    other_process = client_from(newer())
    kept = other_process.prompt("support/triage", user="u-17", pin=began.token)
    fresh = other_process.prompt("support/triage", user="u-17")
    assert ((1, True, None, "STATIC"), (2, False)) == (
        (kept.version, kept.pinned, kept.stage, kept.reason),
        (fresh.version, fresh.pinned),
    )
    assert kept.token == began.token
    assert kept.messages(name="Bo")[0]["content"] == "Hello Bo"
    model = other_process.model("support/fast")
    assert other_process.model("support/fast", pin=model.token).pinned


@pytest.mark.parametrize(
    "versions",
    [
        {"support/triage": {"2": prompt("Dear {{name}}")}},
        {"support/triage": {"1": prompt("Hello {{name}}", marked=True), "2": prompt("Dear {{name}}")}},
        {"support/triage": {"1": prompt("Another {{name}}"), "2": prompt("Dear {{name}}")}},
    ],
    ids=["no longer carried", "rolled back", "another text"],
)
def test_what_is_gone_rolled_back_or_another_text_holds_nobody(versions: dict[str, object]) -> None:
    """The conversation goes on with what is live, and the answer says so."""
    token = client_from(document()).prompt("support/triage").token
    got = client_from(newer(versions=versions)).prompt("support/triage", pin=token)
    assert (2, False) == (got.version, got.pinned)


@pytest.mark.parametrize("token", ["", "x", "p1_", "p1_!!!", "p1_AAAA", "p1_" + "A" * 1_000, 5, b"p1_AAAA"])
def test_a_bad_token_is_ignored(token: object) -> None:
    """Whatever a caller kept, it gets an answer."""
    got = client_from(document()).prompt("support/triage", pin=token)  # type: ignore[arg-type]
    assert (1, False) == (got.version, got.pinned)


def test_a_token_of_another_key_is_ignored() -> None:
    """A token holds the prompt that it was given with; a default has none."""
    client = client_from(document())
    token = client.model("support/fast").token
    assert not client.prompt("support/triage", pin=token).pinned
    assert client.prompt("support/unknown", default="x", pin=token).token is None


@examples(100)
@given(
    key=st.text(min_size=1, max_size=60),
    version=st.integers(0, 10**9 - 1),
    digest=st.text("0123456789abcdef", min_size=1),
)
def test_tokens_are_read_as_they_were_made(key: str, version: int, digest: str) -> None:
    """Short texts without anything that a header, URL or database would change."""
    token = token_of(key, version, f"sha256:{digest}")
    assert token.replace("_", "").replace("-", "").isalnum()
    pin = read_token(token)
    if pin is not None:  # lone surrogates are no key
        assert Pin(key, version, digest[:16]) == pin
        assert is_of(pin, f"sha256:{digest}")
