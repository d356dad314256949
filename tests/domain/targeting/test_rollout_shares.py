"""Shares of users: published vectors, sizes, nesting, stickiness, and that a feature moves together."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prompts_admin.domain.stages import WHOLE, Entry
from prompts_admin.domain.targeting.audiences import EVERYBODY
from prompts_admin.domain.targeting.rollout import Context, bucket, inside, resolve, scaled
from prompts_admin.domain.targeting.rulesets import build_ruleset
from tests.support.lengths import examples

VECTORS = json.loads((Path(__file__).parents[3] / "vectors" / "bucket.json").read_text())
IDS = [f"u-{number}" for number in range(100_000)]
MASK = 0xFFFFFFFF

percentages = st.integers(1, WHOLE)


def murmur(data: bytes) -> int:
    """Return MurmurHash3 x86 32 bit with seed 0, written from its description, to check the library by."""
    state, whole = 0, len(data) - len(data) % 4
    for start in range(0, whole, 4):
        state ^= mixed(data[start : start + 4])
        state = turned(state)
    state ^= mixed(data[whole:]) ^ len(data)
    state = (state ^ state >> 16) * 0x85EBCA6B & MASK
    state = (state ^ state >> 13) * 0xC2B2AE35 & MASK
    return state ^ state >> 16


def mixed(block: bytes) -> int:
    """Return one block of up to four bytes, mixed."""
    number = int.from_bytes(block, "little") * 0xCC9E2D51 & MASK
    return (number << 15 | number >> 17) * 0x1B873593 & MASK


def turned(state: int) -> int:
    """Return the state after a whole block."""
    return (((state << 13 | state >> 19) & MASK) * 5 + 0xE6546B64) & MASK


@pytest.mark.parametrize("case", VECTORS["buckets"] + VECTORS["edges"], ids=lambda case: case["value"][:20])
def test_published_buckets(case: dict[str, Any]) -> None:
    """Each published value has its hash and its bucket."""
    assert case["hash"] == murmur(f"{case['feature']}:{case['value']}".encode())
    assert case["bucket"] == case["hash"] * 100_000 >> 32
    assert case["bucket"] == bucket(case["feature"], case["value"])


@pytest.mark.parametrize("case", VECTORS["fractions"], ids=lambda case: case["text"])
def test_the_published_vectors_of_flagd(case: dict[str, Any]) -> None:
    """The scaling is the one of flagd's second fractional formula, at the edges of the hash too."""
    assert case["from"] <= scaled(case["text"], case["weight"]) < case["below"]


@examples(200)
@given(feature=st.from_regex("[a-z0-9][a-z0-9_-]{0,62}", fullmatch=True), value=st.text(max_size=40))
def test_every_bucket_is_the_one_of_the_description(feature: str, value: str) -> None:
    """The library agrees with the algorithm as it is described, for any text that has UTF-8."""
    assert murmur(f"{feature}:{value}".encode()) * WHOLE >> 32 == bucket(feature, value)


@pytest.mark.parametrize("percent", [0, 1, 10, 50, 100])
def test_a_share_has_its_size(percent: int) -> None:
    """Of 100 000 fixed users a share holds its percentage, within five standard deviations."""
    held = sum(inside("support", user, percent * 1_000) for user in IDS)
    share = percent / 100
    assert abs(held - share * len(IDS)) <= 5 * math.sqrt(len(IDS) * share * (1 - share))


def test_two_features_take_different_people() -> None:
    """Ten percent of one feature and ten percent of another share about one percent of all."""
    both = sum(inside("support", user, 10_000) and inside("search", user, 10_000) for user in IDS)
    assert abs(both - 1_000) <= 5 * math.sqrt(1_000)


@examples(200)
@given(value=st.text(max_size=30), shares=st.tuples(percentages, percentages))
def test_raising_a_percentage_keeps_everyone_in(value: str, shares: tuple[int, int]) -> None:
    """Whoever is inside a share is inside every larger one."""
    low, high = sorted(shares)
    assert inside("support", value, high) or not inside("support", value, low)


@examples(100)
@given(user=st.text(min_size=1, max_size=30), percentage=percentages)
def test_all_artifacts_of_a_feature_move_together_and_stay(user: str, percentage: int) -> None:
    """A user is in the share of every artifact of a feature or of none, and again after a restart of it."""
    keys = ["support/triage", "support/reply", "support/tone"]
    on = {"full": Entry(settled=1, candidate=2, percentage=percentage)}
    ruleset = build_ruleset(dict.fromkeys(keys, on), audiences={"full": EVERYBODY})
    again = build_ruleset(
        {"support/triage": {"full": Entry(settled=2, candidate=9, percentage=percentage)}},
        audiences={"full": EVERYBODY},
    )
    got = {resolve(ruleset, key, Context(user)).version for key in keys}
    assert len(got) == 1
    assert (got == {2}) == (resolve(again, "support/triage", Context(user)).version == 9)


NO_TEXT = [None, "", [], {}, ["u-17"], float("nan"), float("inf"), 10**5000, "\ud800", object()]


@pytest.mark.parametrize("value", NO_TEXT, ids=lambda value: type(value).__name__)
def test_no_value_to_hash_is_outside(value: Any) -> None:
    """Without a text to hash a user is outside, of a share of 100 % too, and nothing is raised."""
    on = {"full": Entry(settled=6, candidate=7, percentage=WHOLE)}
    ruleset = build_ruleset(
        {"support/triage": on}, audiences={"full": EVERYBODY}, bucket_by={"support": "account"}
    )
    assert resolve(ruleset, "support/triage", Context("u-17", (), {"account": value})).version == 6
    assert not inside("support", None, WHOLE)


def test_a_number_is_hashed_as_its_text() -> None:
    """42 of a JSON body and "42" of a query string are the same account."""
    on = {"full": Entry(settled=6, candidate=7, percentage=60_216)}
    ruleset = build_ruleset(
        {"support/triage": on}, audiences={"full": EVERYBODY}, bucket_by={"support": "account"}
    )
    assert bucket("support", "42") == 60_215
    for account in ("42", 42, 42.0):
        assert resolve(ruleset, "support/triage", Context(None, (), {"account": account})).version == 7
