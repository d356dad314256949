"""References become pins: kept, new, explicit, updated, and only such that lead somewhere."""

from __future__ import annotations

from typing import Any

import pytest

from prompts_admin.services.artifacts.lifecycle import archive
from prompts_admin.services.artifacts.save import Save, save
from tests.support.cast import AUTHOR, ON_CALL, OUTSIDER
from tests.support.desk import FAST, OTHER, REPLY, TONE, TRIAGE, Desk, content, refused

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


def saved(desk: Desk, key: str, text: str = "", **fields: Any) -> dict[str, Any]:
    """Save whatever is newest as the base and return the answer."""
    update = fields.pop("update_pins", False)
    return dict(desk.do(AUTHOR, save, Save(key, content=content(text, **fields), update_pins=update)))


def pins(answer: dict[str, Any]) -> dict[str, int]:
    return {key: pin["version"] for key, pin in answer["content"].get("pins", {}).items()}


def test_a_new_reference_takes_the_newest_unmarked_version(desk: Desk) -> None:
    """Rolled back, the newest is passed over."""
    for name in ("small", "large"):
        desk.save(FAST, name=name, provider="openai")
    desk.promote(f"{FAST}@1")
    desk.promote(f"{FAST}@2")
    desk.rollback(f"{FAST}@2")
    assert {FAST: 1} == pins(saved(desk, TRIAGE, "text", model=FAST))


def test_an_unpinned_reference_keeps_the_pin_of_the_base(desk: Desk) -> None:
    """Only `update_pins` takes the newest; an explicit version is what it says."""
    desk.save(FAST, name="small", provider="openai")
    first = saved(desk, TRIAGE, "text", model=FAST)
    desk.save(FAST, name="large", provider="openai")
    kept, updated = saved(desk, TRIAGE, "new", model=FAST), None
    updated = saved(desk, TRIAGE, "newer", model=FAST, update_pins=True)
    explicit = saved(desk, TRIAGE, "newest", model=f"{FAST}@1")
    assert [1, 1, 2, 1] == [pins(answer)[FAST] for answer in (first, kept, updated, explicit)]
    assert f"{FAST}@1" == kept["content"]["model"]


def test_a_digest_covers_what_is_pinned(desk: Desk) -> None:
    """Taking another version of the model alone makes another version of the prompt."""
    desk.save(FAST, name="small", provider="openai")
    first = saved(desk, TRIAGE, "text", model=FAST)
    desk.save(FAST, name="large", provider="openai")
    second = saved(desk, TRIAGE, "text", model=FAST, update_pins=True)
    assert (True, 2) == (second["created"], second["number"])
    assert first["digest"] != second["digest"]


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"model": "support/none"}, "'support/none' does not exist"),
        ({"model": f"{FAST}@9"}, "has no version 9"),
        ({"model": TONE}, "is a snippet, and a model is needed"),
        ({"text": "{{> support/fast}}"}, "is a model, and a snippet is needed"),
        ({"text": "{{> support/triage}}"}, "refers to itself"),
    ],
)
def test_a_reference_that_leads_nowhere_is_refused(desk: Desk, fields: dict[str, str], says: str) -> None:
    """The refusal names the reference; nothing is saved."""
    desk.save(FAST, name="small", provider="openai")
    desk.save(TONE, "Be kind.", kind="snippet")
    text = fields.pop("text", "text")
    with refused("invalid_content", says=says):
        desk.save(TRIAGE, text, **fields)


def test_a_loop_over_two_snippets_is_refused(desk: Desk) -> None:
    """Versions are made one after the other, so the loop closes with a new version of the first."""
    desk.save("support/a", "text", kind="snippet")
    desk.save("support/b", "{{> support/a}}", kind="snippet")
    with refused("invalid_content", says="would contain itself"):
        desk.save("support/a", "{{> support/b}}", kind="snippet")


@pytest.mark.parametrize("kind", ["snippet", "model"])
def test_nesting_ends_at_five_levels_when_it_is_saved(desk: Desk, kind: str) -> None:
    """What would be too deep for serving is refused at save, not found out when it is live."""
    chain(desk, kind, 5)
    last = {"text": "{{> support/n4}}"} if kind == "snippet" else {"model": "support/n4"}
    desk.save(TRIAGE, last.pop("text", "text"), **last)
    desk.climb(TRIAGE)
    assert TRIAGE in desk.product.live.current().ruleset.ladders
    extend(desk, kind, 5)
    last = {"text": "{{> support/n5}}"} if kind == "snippet" else {"model": "support/n5"}
    with refused("invalid_content", says="levels"):
        desk.save(REPLY, last.pop("text", "text"), **last)


def test_a_text_that_does_not_fit_with_its_snippet_is_refused(desk: Desk) -> None:
    """Braces on both sides of an include make no tag that stands in neither text."""
    desk.save(TONE, "{user}}", kind="snippet")
    with refused("invalid_content", says="does not fit"):
        desk.save(TRIAGE, "{{{> support/tone}} is here")


def test_what_is_archived_is_not_newly_referred_to(desk: Desk) -> None:
    """A prompt that pins it already may keep it; nobody else begins to."""
    desk.save(FAST, name="small", provider="openai")
    desk.save(TRIAGE, "text", model=FAST)
    desk.do(ON_CALL, archive, FAST)
    assert {FAST: 1} == pins(saved(desk, TRIAGE, "new text", model=FAST))
    with refused("invalid_content", says="archived"):
        desk.save(REPLY, "text", model=FAST)


def test_S18_what_one_may_not_read_does_not_exist_as_a_reference(desk: Desk) -> None:
    """The same words as for what is not there."""
    desk.save(FAST, name="small", provider="openai")
    with refused("invalid_content", says=f"'{FAST}' does not exist"):
        desk.save(OTHER, "text", model=FAST, by=OUTSIDER)


def chain(desk: Desk, kind: str, length: int) -> None:
    """Save n0 and n1 that contains n0, and so on."""
    for index in range(length):
        extend(desk, kind, index)


def extend(desk: Desk, kind: str, index: int) -> None:
    before = f"support/n{index - 1}"
    if kind == "snippet":
        desk.save(f"support/n{index}", f"{{{{> {before}}}}}" if index else "end", kind="snippet")
    else:
        fallbacks: dict[str, Any] = {"fallbacks": [before]} if index else {}
        desk.do(
            AUTHOR, save, Save(f"support/n{index}", content=content(provider="openai", **fallbacks), base=0)
        )
