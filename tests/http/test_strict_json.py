"""JSON is taken as the standard has it: nothing that two parsers could read differently."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prompts_admin.domain.errors import ProductError
from prompts_admin.http.strict_json import DEEPEST, read_object
from tests.support.lengths import examples
from tests.support.world import Api

TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=20,
)


@examples(150)
@given(st.dictionaries(TEXTS, VALUES, max_size=5), st.booleans())
def test_every_object_comes_through_as_it_is(document: dict[str, Any], escaped: bool) -> None:
    """What is JSON is read exactly, whether its characters are escaped or not."""
    assert document == read_object(json.dumps(document, ensure_ascii=escaped).encode())


MALFORMED = (
    b"",
    b"{",
    b"[]",
    b"7",
    b"null",
    b'"x"',
    b"{'a': 1}",
    b'{"a": 1,}',
    b'{"a": 1} x',
    b"\xff{}",
    b'{"a": "\x01"}',
)
DUPLICATES = (b'{"a": 1, "a": 1}', b'{"a": {"b": 1, "b": 2}}', b'{"a": [{"c": 1, "\\u0063": 2}]}')
INVALID = (
    b'{"a": NaN}',
    b'{"a": -Infinity}',
    b'{"a": 1e400}',
    b'{"a": -1e999}',
    b'{"a": ' + b"9" * 5000 + b"}",
    b'{"a": ' + b"[" * 10_000 + b"]" * 10_000 + b"}",
    b'{"a": ' * 10_000 + b"1" + b"}" * 10_000,
    b'{"a": "\\ud800"}',
    b'{"\\udfff": 1}',
    b'{"a": ["\\u0000"]}',
)


@pytest.mark.parametrize("raw", MALFORMED)
def test_F40_what_is_no_object_in_json_is_malformed(raw: bytes) -> None:
    """400, with the place of the fault."""
    assert ("malformed", 400) == _refusal(raw)


@pytest.mark.parametrize("raw", DUPLICATES)
def test_F40_S58_a_name_that_stands_twice_is_malformed(raw: bytes) -> None:
    """Which of the two counts is never guessed, however deep it stands and however it is spelt."""
    assert ("malformed", 400) == _refusal(raw)


@pytest.mark.parametrize("raw", INVALID, ids=lambda raw: repr(raw[:24]))
def test_F40_F35_numbers_nesting_and_half_characters_are_invalid(raw: bytes) -> None:
    """422, without a recursion, and at once."""
    started = time.monotonic()
    assert ("invalid", 422) == _refusal(raw)
    assert time.monotonic() - started < 1


def test_escapes_that_are_whole_are_let_in() -> None:
    """A surrogate pair is a character; an escaped backslash before u0000 is text."""
    assert {"a": "\U0001f642", "b": "\\u0000"} == read_object(rb'{"a": "\ud83d\ude42", "b": "\\u0000"}')


def test_brackets_in_texts_are_no_nesting() -> None:
    """Prompt text may hold as many brackets as it likes."""
    text = "[{" * 5_000 + '"' + "\\" + "]}" * 5_000
    assert {"a": text} == read_object(json.dumps({"a": text}).encode())


def test_the_deepest_that_is_let_in() -> None:
    """Sixty levels are let in, one more is not."""
    raw = b'{"a": ' + b"[" * (DEEPEST - 1) + b"]" * (DEEPEST - 1) + b"}"
    assert read_object(raw)
    assert ("invalid", 422) == _refusal(raw.replace(b"[]", b"[[]]"))


@pytest.mark.parametrize(
    "raw", [*DUPLICATES[:1], *INVALID[:4], *MALFORMED[:3]], ids=lambda raw: repr(raw[:24])
)
def test_F40_the_api_refuses_them(shared_world: Api, raw: bytes) -> None:
    """The same through the door."""
    answer = shared_world.call("POST", "/releases", by="editor", data=raw, content_type="application/json")
    assert answer.status_code in (400, 422)
    assert answer.json["detail"] and answer.json["remedy"]


@pytest.mark.parametrize("value", [True, "10", None, 0, 100.001, -1, 0.0004, 10.12345, [10], "NaN"])
def test_a_percentage_is_a_number_with_three_decimals(shared_world: Api, value: Any) -> None:
    """Types are strict: no truth value, no text, no fourth decimal."""
    items = [{"key": "support/triage", "percentage": value}]
    answer = shared_world.post("/releases", {"stage": "internal", "items": items}, by="editor")
    assert (422, "invalid") == (answer.status_code, answer.json["code"])
    assert "items[0].percentage" == answer.json["problems"][0]["path"]


@pytest.mark.parametrize("percent", [0.001, 0.1, 0.3, 1, 10, 33.333, 66.667, 99.999, 12.345])
def test_a_percentage_arrives_exactly(world: Api, percent: float) -> None:
    """Thousandths of a percent, without a rounding in either direction."""
    items = [{"key": "support/triage", "version": 2, "percentage": percent}]
    answer = world.post("/releases", {"stage": "internal", "items": items}, by="editor")
    assert 201 == answer.status_code
    assert percent == answer.json["items"][0]["percentage"]


@pytest.mark.parametrize(
    "moment",
    ["2026-11-20", "2026-11-20T18:00:00", "2026-13-01T00:00:00Z", "tomorrow", "0001-01-01T00:00:00+23:59", 7],
)
def test_a_moment_has_its_zone(shared_world: Api, moment: Any) -> None:
    """RFC 3339 with a zone, a day that exists, and nothing else."""
    body = {"feature": "support", "at": moment, "dry_run": True}
    answer = shared_world.post("/restores", body, by="releaser")
    assert (422, "invalid") == (answer.status_code, answer.json["code"])


def _refusal(raw: bytes) -> tuple[str, int]:
    with pytest.raises(ProductError) as caught:
        read_object(raw)
    return caught.value.code, caught.value.status
