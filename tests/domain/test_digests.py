"""A digest is the same for the same content, on every machine and in every language."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prompts_admin.domain.digests import DIGEST, canonical_bytes, digest
from prompts_admin.domain.errors import Refused

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(-(2.0**52), 2.0**52)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=5), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(json_values)
def test_canonical_json_reads_back_as_the_value(value: object) -> None:
    """Nothing is lost in the canonical form, and writing it again gives the same bytes."""
    written = canonical_bytes(value)
    assert json.loads(written) == value
    assert canonical_bytes(json.loads(written)) == written


def test_the_example_of_rfc_8785() -> None:
    """Section 3.2.2 of RFC 8785, byte for byte."""
    value = {
        "numbers": [333333333.33333329, 1e30, 4.50, 2e-3, 0.000000000000000000000000001],
        "string": '€$\x0f\nA\'B"\\\\"/',
        "literals": [None, True, False],
    }
    expected = (
        r'{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
        r'"string":"€$\u000f\nA' + "'" + r'B\"\\\\\"/"}'
    )
    assert canonical_bytes(value).decode() == expected


def test_a_digest_does_not_depend_on_the_order_of_fields() -> None:
    """Two spellings of one content have one digest; another content has another."""
    assert digest({"a": 1, "b": 2}) == digest({"b": 2.0, "a": 1})
    assert digest({"a": 1}) != digest({"a": 2})
    assert DIGEST.fullmatch(digest({}))


@pytest.mark.parametrize(
    "value", [math.nan, math.inf, 2**53, -(2**53), "\ud800", {"\udfff": 1}, {1: 2}, object(), [b"x"]]
)
def test_F40_what_json_cannot_say_is_refused(value: object) -> None:
    """NaN, infinities, numbers beyond 2^53, lone surrogates and other types have no digest."""
    with pytest.raises(Refused) as refusal:
        digest({"field": value})
    assert refusal.value.code == "invalid"


def test_F40_nesting_too_deep_to_walk_is_refused() -> None:
    """A hundred thousand brackets are a refusal and no crash."""
    value: list[object] = []
    for _ in range(100_000):
        value = [value]
    with pytest.raises(Refused):
        canonical_bytes(value)
