"""A check says what a save does: the same content is taken by both, or refused by both with the same words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from prompts_admin.domain.errors import Problem, ProductError
from prompts_admin.schemas.remedies import in_words
from prompts_admin.services.artifacts.lifecycle import archive
from prompts_admin.services.artifacts.preview import Draft, preview
from prompts_admin.services.artifacts.save import Save, save
from tests.support.cast import AUTHOR, LAWYER, OUTSIDER, make_person, person
from tests.support.desk import FAST, OTHER, REPLY, TONE, TRIAGE, Desk, content

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)

Said = tuple[str, bool, list[dict[str, Any]], list[str]]
OLD, GONE, FRESH, TUNE, NEWCOMER = (
    "support/old",
    "support/gone",
    "support/fresh",
    "support/tune",
    "newborn/first",
)
KEYS = (TRIAGE, REPLY, FAST, TONE, OLD, FRESH, NEWCOMER, OTHER, "Support/Triage", "support", "new/x", "")
SECRET = "AKIA" + "IOSFODNN7" + "ABCDEFG"
MOST = 4_000
CONTENTS: dict[str, Any] = {
    "a prompt": content("Hello"),
    "what is there": content("There"),
    "a snippet": content("Kindly.", kind="snippet"),
    "a model": content(name="large", provider="openai"),
    "a reference": content("Hello", model=FAST),
    "a version": content("Hello", model=f"{FAST}@1"),
    "a kept pin": content("Hello", model=OLD),
    "an include": content(f"{{{{> {TONE}}}}} Hello"),
    "a variable": content("{{name}}", variables={"name": {"type": "string"}}),
    "odd signs": content("Hello \u202e friend"),
    "a fallback": content(name="large", provider="openai", fallbacks=[FAST]),
    "no kind": {"messages": []},
    "another kind": {"kind": "poem", "text": "x"},
    "no field": {},
    "no messages": content("x") | {"messages": []},
    "a field too many": content("x") | {"colour": "red"},
    "an undeclared variable": content("{{nobody}}"),
    "a broken tag": content("{{#if}}"),
    "a missing reference": content("x", model="support/nothing"),
    "a missing version": content("x", model=f"{FAST}@9"),
    "a reference of the wrong kind": content("x", model=TONE),
    "an archived reference": content("x", model=GONE),
    "itself": content(f"{{{{> {TRIAGE}}}}}"),
    "a loop": content(f"{{{{> {TUNE}}}}}", kind="snippet"),
    "a foreign pin": content("x", model=FAST, pins={FAST: {"version": 1, "digest": "sha256:" + "0" * 64}}),
    "a credential": content(f"Use {SECRET}."),
    "a stored credential": content(f"There is {SECRET}."),
    "too much": content("x" * MOST),
    "conflict marks": content("<<<<<<< yours\na\n=======\nb\n>>>>>>> theirs\n"),
}
TEXTS = {
    "a file": "kind: prompt\nmessages:\n  - {role: user, content: Hello}\n",
    "an empty file": "",
    "no YAML": "kind: [",
    "a list": "- a\n",
    "two kinds": "kind: prompt\nkind: model\n",
    "marks in a file": "<<<<<<< yours\nkind: prompt\n=======\nkind: model\n>>>>>>> theirs\n",
    "a long file": "# " + "x" * 100 * MOST,
}
REFUSALS = {"invalid", "invalid_content", "merge_marks", "too_large", "secret_found", "nothing_changes"}


@pytest.fixture
def stocked(desk: Desk) -> Desk:
    """Each kind in two versions, something archived, and a prompt that holds a pin of it."""
    desk.product.settings = replace(desk.product.settings, max_content_bytes=MOST)
    for name in ("small", "large"):
        desk.save(FAST, name=name, provider="openai")
        desk.save(TONE, name, kind="snippet")
    desk.save(TUNE, f"{{{{> {TONE}}}}}", kind="snippet")
    for key in (OLD, GONE):
        desk.save(key, name="aged", provider="openai")
    desk.save(TRIAGE, "There", model=OLD)
    desk.save(TRIAGE, f"There is {SECRET}.", acknowledge=("secrets",))
    desk.save(REPLY, "There")
    desk.save(OTHER, "There", model=GONE)
    for key in (OLD, GONE):
        desk.do(AUTHOR, archive, key)
    make_person(desk.product.store, "newcomer@example.com", ("editor", "newborn"))
    return desk


def cases() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each content and each text, as it is and with all references renewed."""
    for name, one in CONTENTS.items():
        yield name, {"content": one}
        yield f"{name}, renewed", {"content": one, "update_pins": True}
        yield f"{name}, one renewed", {"content": one, "renew": (FAST,)}
    for name, text in TEXTS.items():
        yield name, {"text": text}


def test_a_check_says_what_a_save_does(stocked: Desk) -> None:
    """For every content at every key: taken by both, or refused by both with the same code, words and places."""
    codes, differing = set(), {}
    for key in KEYS:
        for name, given in cases():
            saved, checked = as_saved(stocked, key, given), as_checked(stocked, key, given)
            codes.add(saved[0])
            if saved[1:] != checked:
                differing[key, name] = (saved, checked)
    assert {} == differing
    assert {"", *REFUSALS} == codes


def test_who_may_not_make_a_feature_hears_it_from_the_check(stocked: Desk) -> None:
    """The right to save in a feature that is not there yet does not make it."""
    who = "newcomer@example.com"
    saved = as_saved(stocked, NEWCOMER, {"content": content("x")}, by=who)
    assert ("forbidden", False) == saved[:2]
    assert saved[1:] == as_checked(stocked, NEWCOMER, {"content": content("x")}, by=who)


def test_what_only_a_save_is_told_a_check_does_not_ask(stocked: Desk) -> None:
    """What it was made from, what is acknowledged, and who saves: it is refused for none of them, nor taken."""
    right, secret = {"content": content("Hello")}, {"content": content(f"Use {SECRET}.")}
    assert (True, [], []) == as_checked(stocked, TRIAGE, right)
    assert "stale_version" == as_saved(stocked, TRIAGE, right, base=1)[0]
    assert "exists" == as_saved(stocked, TRIAGE, right, base=0)[0]
    assert "not_found" == as_saved(stocked, TRIAGE, right, base=9)[0]
    assert not as_checked(stocked, TRIAGE, secret)[0]
    assert "" == as_saved(stocked, TRIAGE, secret, acknowledge=("secrets",))[0]
    assert "new_feature" == as_saved(stocked, NEWCOMER, right, may_make_feature=False)[0]
    assert as_checked(stocked, TRIAGE, right, by=LAWYER)[0]
    assert "forbidden" == as_saved(stocked, TRIAGE, right, by=LAWYER)[0]
    assert as_saved(stocked, TRIAGE, right, by=OUTSIDER)[1:] == as_checked(
        stocked, TRIAGE, right, by=OUTSIDER
    )


def as_saved(desk: Desk, key: str, given: dict[str, Any], *, by: str = AUTHOR, **more: Any) -> Said:
    """Return the code of the refusal ("": none) and what a save said; nothing of it stays."""
    try:
        saved = desk.product.rehearse(person(by), save, Save(key, **given, **more))
    except ProductError as error:
        return error.code, False, _problems(error), []
    return "", True, [], saved["warnings"]


def as_checked(desk: Desk, key: str, given: dict[str, Any], *, by: str = AUTHOR) -> tuple[Any, ...]:
    """Return what a check said, refused as a whole or in its answer."""
    try:
        found = desk.look(by, preview, Draft(key, **given))
    except ProductError as error:
        return False, _problems(error), []
    return found["ok"], found["problems"], found["warnings"] if found["ok"] else []


def _problems(error: ProductError) -> list[dict[str, Any]]:
    told = error.problems or (Problem(error.detail, remedy=in_words(error.remedy)),)
    return [problem.as_json() for problem in told]
