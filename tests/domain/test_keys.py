"""Keys and references are read in one place, by one grammar."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prompts_admin.domain.errors import Refused
from prompts_admin.domain.keys import (
    SEGMENT,
    Reference,
    feature_of,
    name_of,
    parse_feature,
    parse_key,
    parse_reference,
)
from prompts_admin.domain.stages import STAGES

keys = st.from_regex(f"{SEGMENT}/{SEGMENT}", fullmatch=True).filter(
    lambda key: (
        not {"con", "prn", "aux", "nul"} & set(key.split("/")) and "com" not in key and "lpt" not in key
    )
)

TRAVERSALS = (
    "../x",
    "support/..",
    "..%2fx",
    "%2e%2e/x",
    "..%252fx",
    "..\\x",
    "/etc/passwd",
    "a/b/c",
    "support/",
    "/triage",
    "support/tri\0age",
    "C:/x",
    "c:\\x",
    "support/x#y",
    "support/x?y",
    "-rf/x",
    "support/-x",
    "support/.git",
    ".git/hooks",
    "Support/triage",
    "support/triage ",
    " support/triage",
    "support/triage\n",
    "ｓupport/triage",
    "suppоrt/triage",
    f"support/{'x' * 64}",
    "support//triage",
    "support",
    "",
    "a..b",
    "support/con",
    "aux/x",
    "support/lpt1",
    "support/triage@7",
)


@given(keys)
def test_a_key_reads_as_itself_and_with_a_dot(key: str) -> None:
    """A canonical key is unchanged, and one dot may stand for the slash."""
    assert parse_key(key) == key == f"{feature_of(key)}/{name_of(key)}"
    assert parse_key(key.replace("/", ".")) == key


@pytest.mark.parametrize("text", TRAVERSALS)
def test_S32_nothing_but_the_grammar_is_a_key(text: str) -> None:
    """Traversals, encodings, other cases, look-alikes and reserved names are refused, never repaired."""
    with pytest.raises(Refused) as refusal:
        parse_key(text)
    assert refusal.value.code == "invalid"
    assert refusal.value.remedy


@pytest.mark.parametrize("name", [".git", "..", "CON", "con", "nul", "com1", "Hooks", "a/b"])
def test_F27_names_that_would_harm_a_git_mirror_are_refused(name: str) -> None:
    """No key can name a part of `.git`, climb, clash by case or be a device."""
    with pytest.raises(Refused):
        parse_key(f"support/{name}")
    with pytest.raises(Refused):
        parse_feature(name)


def test_W24_a_segment_of_dots_alone_is_no_key() -> None:
    """The grammar is anchored at both ends and has no dot in it."""
    for text in ("./.", "../..", "a/.", "./a", "a/b\n", "\na/b"):
        with pytest.raises(Refused):
            parse_key(text)


def test_a_very_long_key_is_not_echoed_in_full() -> None:
    """A refusal stays readable, whatever was sent."""
    with pytest.raises(Refused) as refusal:
        parse_key("x" * 1_000_000)
    assert len(refusal.value.detail) < 200


@given(keys, st.one_of(st.none(), st.integers(1, 999_999_999), st.sampled_from(STAGES)))
def test_a_reference_round_trips(key: str, suffix: int | str | None) -> None:
    """What a reference prints is read back as the same reference."""
    reference = Reference(key, stage=suffix) if isinstance(suffix, str) else Reference(key, version=suffix)
    assert parse_reference(str(reference)) == reference


@pytest.mark.parametrize(
    "text", ["a/b@", "a/b@0", "a/b@-1", "a/b@07", "a/b@1.0", "a/b@gold", "a/b@7@8", "a/b@٧", 7]
)
def test_a_reference_names_a_version_or_a_stage(text: object) -> None:
    """After the at sign only a version number or a stage is accepted."""
    with pytest.raises(Refused):
        parse_reference(text)
