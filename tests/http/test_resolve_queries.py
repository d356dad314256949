"""The query of `resolve`: what it asks, quickly or with care."""

from __future__ import annotations

from urllib.parse import quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prompts_admin.domain.errors import ProductError
from prompts_admin.domain.targeting.contexts import Context
from prompts_admin.http.resolve_queries import Question, forces, plain_context_of, question_of
from tests.support.lengths import examples

PARTS = st.sampled_from(
    ["user=u-1", "user=", "user", "group=beta", "group=", "attr.plan=pro", "attr.plan=free", "attr.=x", "",
     "stage=full", "version=2", "x=1", "user=a%20b", "user=a+b", "group=a=b", "attr.a;b=1", "=", "user=\x7f"]
)  # fmt: skip


@pytest.mark.parametrize(
    ("query", "asked"),
    [
        (b"", Question(Context())),
        (b"user=u-1&group=a&group=b", Question(Context("u-1", ("a", "b")))),
        (b"stage=beta&user=u-1", Question(Context("u-1"), stage="beta")),
        (b"version=7", Question(Context(), version=7)),
        (b"stage", Question(Context(), stage="")),
        (b"attr.stage=beta", Question(Context(attributes={"stage": "beta"}))),
    ],
)
def test_a_query_says_who_asks_and_what_is_forced(query: bytes, asked: Question) -> None:
    """A context, and apart from it a stage or a version."""
    assert asked == question_of(query)


@pytest.mark.parametrize(
    ("query", "code"),
    [
        (b"stage=beta&stage=full", "malformed"),
        (b"version=1&version=1", "malformed"),
        (b"version=", "invalid"),
        (b"version=0", "invalid"),
        (b"version=1234567890", "invalid"),
        (b"version=%D9%A1", "invalid"),
        (b"x=1", "invalid"),
        (b"&".join(b"group=a" for _ in range(2_001)), "malformed"),
    ],
)
def test_what_cannot_be_asked_is_refused(query: bytes, code: str) -> None:
    """Twice, no number, unknown, or too many."""
    with pytest.raises(ProductError) as refused:
        question_of(query)
    assert code == refused.value.code


@given(
    st.lists(
        st.tuples(st.sampled_from(["stage", "version", "user", "attr.stage"]), st.text(max_size=4)),
        max_size=4,
    ),
    st.data(),
)
@examples(200)
def test_what_is_forced_is_never_overlooked(pairs: list[tuple[str, str]], data: st.DataObject) -> None:
    """However a name is escaped: who may only be served must not get it by the short way."""

    def escaped(name: str) -> str:
        return "".join(data.draw(st.sampled_from([letter, f"%{ord(letter):02x}"])) for letter in name)

    query = "&".join(f"{escaped(name)}={quote_plus(text)}" for name, text in pairs).encode()
    if any(name in ("stage", "version") for name, _ in pairs):
        assert forces(query)
        assert plain_context_of(query) is None


@given(st.lists(PARTS, max_size=6))
@examples(200)
def test_a_query_read_quickly_is_read_alike(parts: list[str]) -> None:
    """The context is that of the rules, and there is none where they refuse or something is forced."""
    query = "&".join(parts).encode("latin-1")
    try:
        wanted = None if forces(query) else question_of(query).context
    except ProductError:
        wanted = None
    assert wanted == plain_context_of(query)


@pytest.mark.parametrize("query", ["user=%ff", "group=\xff", "user=" + "x" * 5_000, "&" * 3_000])
def test_an_odd_query_is_left_to_the_long_way(query: str) -> None:
    """It is refused there, or read with care."""
    read = plain_context_of(query.encode("latin-1"))
    assert read is None or read == question_of(query.encode("latin-1")).context
