"""`--json`: the document alone on standard output, wherever the option stands."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.cli import shapes
from tests.cli.scripted import Ran, ScriptedServer, problem

ANSWERS: list[tuple[tuple[str, ...], tuple[str, str], Any, Any]] = [
    (("status",), ("GET", "/status"), {"items": [shapes.STATUS], "next": None}, [shapes.STATUS]),
    (("release", "12"), ("GET", "/releases/12"), shapes.RELEASE, shapes.RELEASE),
    (("releases",), ("GET", "/releases"), {"items": [shapes.RELEASE], "next": None}, [shapes.RELEASE]),
    (
        ("waiting",),
        ("GET", "/waiting"),
        {"releases": [shapes.RELEASE], "settings": []},
        {"releases": [shapes.RELEASE], "settings": []},
    ),
    (("promote", "support/triage", "--to", "beta"), ("POST", "/releases"), shapes.RELEASE, shapes.RELEASE),
    (("rollback", "support/triage@8"), ("POST", "/rollbacks"), shapes.ROLLBACK, shapes.ROLLBACK),
    (("approve", "12"), ("POST", "/releases/12/signoffs"), shapes.RELEASE, shapes.RELEASE),
    (("take-back", "12"), ("DELETE", "/releases/12/signoffs"), shapes.RELEASE, shapes.RELEASE),
    (
        ("user", "list"),
        ("GET", "/users"),
        {"items": [{"email": "a@example.com"}]},
        [{"email": "a@example.com"}],
    ),
    (("token",), ("GET", "/tokens"), {"items": [{"id": "1"}], "next": None}, [{"id": "1"}]),
]


@pytest.mark.parametrize(("words", "route", "answer", "expected"), ANSWERS, ids=lambda value: str(value)[:40])
@pytest.mark.parametrize("after", [True, False], ids=["after", "before"])
def test_standard_output_is_the_document(
    words: tuple[str, ...],
    route: tuple[str, str],
    answer: Any,
    expected: Any,
    after: bool,
    run: Callable[..., Ran],
    server: ScriptedServer,
) -> None:
    """With --json before or after the command the answer is all that stands on standard output."""
    server.script[route] = answer
    ran = run(*words, "--json") if after else run("--json", *words)
    assert (0, expected) == (ran.code, ran.document)


def test_a_refusal_is_a_document_too(run: Callable[..., Ran], server: ScriptedServer) -> None:
    """With --json the problem document goes to standard output and its sentence to standard error."""
    document = problem("barred", "You wrote version 8.", 403, remedy="Ask ana@example.com.")
    server.script["POST", "/releases/12/signoffs"] = (403, document)
    ran = run("approve", "12", "--json")
    assert (5, document) == (ran.code, ran.document)
    assert ran.err.startswith("error: You wrote version 8.")


def test_a_usage_error_is_a_document_too(run: Callable[..., Ran]) -> None:
    """With --json a malformed command line is answered by a problem document and exit 2."""
    ran = run("promote", "no-key", "--to", "beta", "--json")
    assert (2, "malformed") == (ran.code, ran.document["code"])


def test_lists_are_followed_to_their_end(run: Callable[..., Ran], server: ScriptedServer) -> None:
    """`status` shows every artifact, however many pages the server makes of them."""
    pages = {"": (["a/a"], "a/a"), "a%2Fa": (["b/b"], None)}

    def page(request: Any) -> dict[str, Any]:
        after = request.query.partition("after=")[2]
        keys, following = pages[after]
        return {"items": [{**shapes.STATUS, "key": key} for key in keys], "next": following}

    server.script["GET", "/status"] = page
    assert ["a/a", "b/b"] == [item["key"] for item in run("status", "--json").document]


def test_text_of_every_script_arrives(run: Callable[..., Ran], server: ScriptedServer) -> None:
    """Characters outside ASCII are printed as they are and read back the same."""
    note = "größer 漢字 🙂 \u202e"
    server.script["GET", "/releases/12"] = {**shapes.RELEASE, "note": note}
    ran = run("release", "12", "--json")
    assert note == ran.document["note"]
    assert "größer 漢字" in ran.out
    assert json.loads(ran.out)
