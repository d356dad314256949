"""One line for each request: who, what, when, how it ended; nothing in it can pretend to be another line."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prompts_admin.http.log_text import one_line
from tests.support.threads import said_here
from tests.support.world import PASSWORD, Api

LINE = re.compile(r"id=[0-9a-f]{16} method=\w+ path=\S+ status=\d{3}( code=\w+)? ms=\d+\.\d who=\S+ from=\S+")


@given(st.text(max_size=50))
def test_S49_any_text_becomes_one_printable_word(text: str) -> None:
    """CR, LF, escape sequences, U+2028, bidirectional marks and blanks are all written as escapes."""
    shown = one_line(text)
    assert shown.isprintable() and " " not in shown and len(shown.splitlines()) <= 1


def test_S49_what_is_escaped_can_be_read() -> None:
    """Each sign is there, and a backslash that was sent is not one that was added."""
    assert r"a\x0ab" == one_line("a\nb").replace(r"\n", r"\x0a")
    assert r"\x1b[31m\u2028\\n\x20x" == one_line("\x1b[31m\u2028\\n x")
    assert "x" * 300 + "..." == one_line("x" * 1000)


@pytest.mark.parametrize(
    "path", ["/nothing%0d%0aid=0 status=200", "/a%1b[2Jb", "/a%e2%80%a8b", "/" + "x" * 3000, "/%ff%fe"]
)
def test_S49_a_hostile_address_stays_in_its_line(
    shared_world: Api, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    """One record, one line, escaped."""
    with caplog.at_level("INFO", "prompts_admin.requests"):
        shared_world.get(path, by="viewer")
    [record] = [one for one in said_here(caplog.records) if one.name == "prompts_admin.requests"]
    assert LINE.fullmatch(record.getMessage())


def test_S47_S48_what_happens_at_the_door_is_on_record(world: Api, caplog: pytest.LogCaptureFixture) -> None:
    """Refused and failed sign-ins, missing rights, wrong input, limits, bypass attempts: each with its code."""
    with caplog.at_level("INFO", "prompts_admin"):
        world.post("/sessions", {"email": "viewer@example.com", "password": PASSWORD})
        world.post("/sessions", {"email": "viewer@example.com", "password": "wrong"})
        world.get("/users", by="viewer")
        world.post("/releases", {"stage": "nowhere"}, by="editor")
        world.get("/me", headers={"Authorization": "Bearer pa_x"})
        world.post("/releases/2/signoffs", {"verdict": "approve"}, by="editor")
    said = said_here(caplog.records)
    lines = [one.getMessage() for one in said if one.name == "prompts_admin.requests"]
    ends = [(re.search(r"status=(\d+)", line)[1], _code(line)) for line in lines]  # type: ignore[index]
    assert ends == [
        ("201", ""),
        ("401", "unauthenticated"),
        ("403", "forbidden"),
        ("422", "invalid"),
        ("401", "unauthenticated"),
        ("403", "barred"),
    ]
    assert "who=viewer@example.com" in lines[2]
    assert "sign-in failed" in caplog.text
    assert [] == [line for line in lines if not LINE.fullmatch(line)]
    signed_in = world.get("/audit?action=sign_in", by="admin").json["items"]
    assert ["viewer@example.com"] == [entry["actor"] for entry in signed_in]


def test_S37_S38_neither_secrets_nor_queries_are_written(
    world: Api, caplog: pytest.LogCaptureFixture
) -> None:
    """Tokens, passwords, bodies and who a prompt was resolved for stay out of the log."""
    with caplog.at_level("DEBUG"):
        secret = world.post("/sessions", {"email": "viewer@example.com", "password": PASSWORD}).json["token"]
        world.get("/resolve/support/triage?user=canary-user", headers=world.with_token("serve"))
        world.get("/me", headers={"Authorization": f"Bearer {secret}"})
        world.post("/releases/2/comments", {"text": "canary-text", "wrong": 1}, by="editor")
    for canary in (PASSWORD, secret, world.secrets["serve"], "canary-user", "canary-text"):
        assert canary not in caplog.text


def _code(line: str) -> str:
    found = re.search(r"code=(\w+)", line)
    return found[1] if found else ""
