"""What a content refers to, its pins, and the form that people edit."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prompts_admin.domain.content import check_content
from prompts_admin.domain.content.references import (
    Pin,
    kind_wanted,
    pins_of,
    references_of,
    unpinned,
    with_pins,
)
from prompts_admin.domain.errors import Refused
from prompts_admin.domain.keys import Reference
from tests.domain.content.contents import DIGEST, model, prompt

OTHER = "sha256:" + "1" * 64
USER = {"role": "user", "content": "{{ticket}}{{> support/tone}}{{> support/rules@2}}{{> support/tone}}"}
PINS = {"support/fast": Pin(3, DIGEST), "support/tone": Pin(1, DIGEST), "support/rules": Pin(2, DIGEST)}


def written() -> dict[str, Any]:
    """Return a prompt with a model and three includes of two snippets, as typed."""
    return check_content(prompt(model="support/fast", messages=[USER]))


def test_references_are_listed_once_with_the_version_that_was_typed() -> None:
    """Model first, then includes as they come; each key knows the kind that it must have."""
    references = (Reference("support/fast"), Reference("support/tone"), Reference("support/rules", 2))
    assert references_of(written()) == references
    assert kind_wanted(written()) == {
        "support/fast": "model",
        "support/tone": "snippet",
        "support/rules": "snippet",
    }
    fallbacks = model(fallbacks=["support/backup@4", "support/last"])
    assert references_of(fallbacks) == (Reference("support/backup", 4), Reference("support/last"))


def test_a_version_typed_anywhere_counts_for_the_key() -> None:
    """Beside a bare mention it decides; two versions of one key are refused."""
    twice = [{"role": "user", "content": "{{> a/b}}{{> a/b@2}}"}]
    assert references_of(prompt(messages=twice)) == (Reference("a/b", 2),)
    with pytest.raises(Refused, match="'a/b@3' stands beside 'a/b@2'"):
        references_of(prompt(messages=[*twice, {"role": "user", "content": "{{> a/b@3}}"}]))


def test_saving_writes_the_pins_of_every_direct_reference() -> None:
    """The model stands with its version, the texts as they were typed, and no pin too many."""
    stored = with_pins(written(), {**PINS, "other/thing": Pin(1, DIGEST)})
    assert stored["model"] == "support/fast@3"
    assert stored["messages"] == [USER]
    assert pins_of(stored) == PINS
    assert check_content(stored) == stored
    assert with_pins(prompt(), PINS) == prompt()
    with pytest.raises(KeyError):
        with_pins(written(), {})


def test_the_editable_form_has_no_pins_that_the_base_has_too() -> None:
    """What a person edits reads as it was typed, and saving it on its base changes nothing."""
    stored = with_pins(written(), PINS)
    assert unpinned(stored, stored) == written()
    assert with_pins(unpinned(stored, stored), pins_of(stored)) == stored


def test_the_editable_form_keeps_what_differs_from_the_base() -> None:
    """A model or snippet of another version than the base's is never lost from sight."""
    base = with_pins(written(), PINS)
    newer = with_pins(written(), {**PINS, "support/fast": Pin(4, OTHER), "support/tone": Pin(2, OTHER)})
    editable = unpinned(newer, base)
    assert editable["model"] == "support/fast@4"
    assert set(editable["pins"]) == {"support/fast", "support/tone"}
    assert unpinned(newer, None) == newer
    assert check_content(editable) == editable


@given(st.lists(st.sampled_from(("a/b", "a/c", "d/e")), unique=True), st.integers(1, 9), st.integers(1, 9))
def test_pinning_and_unpinning_are_inverse(fallbacks: list[str], old: int, new: int) -> None:
    """For any two sets of pins, the editable form saved again with its own pins is the version itself."""
    content = check_content(model(fallbacks=fallbacks))
    base = with_pins(content, {key: Pin(old, DIGEST) for key in fallbacks})
    changed = with_pins(content, {key: Pin(new, DIGEST) for key in fallbacks})
    editable = unpinned(changed, base)
    assert with_pins(editable, {**pins_of(base), **pins_of(editable)}) == changed
