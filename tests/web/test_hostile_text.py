"""S26, S27: whatever people type into any field, every page shows it and none runs it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.cast import AUTHOR, ON_CALL
from tests.support.desk import FAST, TONE, TRIAGE
from tests.support.visits import HOSTILE, ON_SQLITE, Page, Visits, read

pytestmark = ON_SQLITE

PAGE = f"/artifacts/{TRIAGE}"
PAGES = (
    "/",
    PAGE,
    f"{PAGE}/versions",
    f"{PAGE}/versions/1",
    f"{PAGE}/versions/2",
    f"{PAGE}/history",
    f"{PAGE}/edit",
    f"{PAGE}/edit?from=1",
    f"{PAGE}/compare",
    f"{PAGE}/compare?from=2&to=1",
    f"{PAGE}?did=release.3",
    f"/artifacts/{FAST}",
    f"/artifacts/{FAST}/versions/1",
    f"/artifacts/{TONE}/versions/1",
)
SEEN = {"\u202e": "⟨U+202E⟩", "\u200b": "⟨U+200B⟩"}


@pytest.mark.parametrize("payload", HOSTILE)
def test_S26_stored_text_is_inert_on_every_page(visits: Visits, payload: str) -> None:
    """Texts, descriptions, variables, parameters, messages, notes and reasons: told, never interpreted."""
    _fill(visits, payload)
    for path in PAGES:
        page = visits.read(path)
        assert [] == page.active(), path
        assert not _foreign(page), path
    shown = "".join(visits.read(PAGE).words)
    assert "".join(SEEN.get(character, character) for character in payload) in shown


@pytest.mark.parametrize("payload", HOSTILE)
def test_S26_what_comes_back_in_a_form_is_inert(visits: Visits, payload: str) -> None:
    """Errors, previews, searches and conflicts print what was sent."""
    visits.desk.save(TRIAGE, "Be kind.")
    answers = [
        visits.get("/", q=payload, feature=payload, kind=payload),
        visits.get(PAGE, did=payload),
        visits.get("/new", key=payload, kind=payload),
        visits.get(f"{PAGE}/compare", **{"from": payload, "to": payload}),
        visits.post("/new", action="save", text=payload, base="0", key=payload, message=payload),
        visits.post(f"{PAGE}/edit", action="preview", text=payload, base="1", message=payload),
        visits.post(
            f"{PAGE}/edit", action="save", text=payload, base="1", message=payload, **{"v.x": payload}
        ),
        visits.post(f"{PAGE}/copy", new_key=payload),
        visits.post(f"{PAGE}/roll-back", version="1", to=payload, reason=payload, stage=payload),
        visits.post("/sign-in", email=payload, password=payload, next=payload),
        visits.post("/nothing", text=payload),
    ]
    for answer in answers:
        assert answer.status_code < 500, answer.text
        assert [] == read(answer).active()
        assert not _foreign(read(answer))


def test_S29_format_text_stays_as_it_is(visits: Visits) -> None:
    """Text that looks like a format is printed as it was typed."""
    visits.desk.save(TRIAGE, "{user.password} %s %(x)s {0.__class__}")
    assert "{user.password} %s %(x)s {0.__class__}" in visits.read(f"{PAGE}/versions/1").text


def _fill(visits: Visits, payload: str) -> None:
    desk = visits.desk
    desk.save(TONE, payload, kind="snippet", description=payload)
    desk.save(FAST, provider="openai", name=payload, description=payload)
    variables = {"who": {"type": "string", "description": payload, "example": payload, "default": payload}}
    more: dict[str, Any] = {"model": FAST, "description": payload, "variables": variables}
    desk.save(TRIAGE, f"{{{{> {TONE}}}}} Hello {{{{who}}}}", **more)
    desk.propose(TRIAGE, note=payload)
    text = f"{_plain(payload)} {{{{who}}}} {{{{> {TONE}}}}}"
    desk.save(TRIAGE, text, **(more | {"description": f"{payload}!"}))
    desk.propose(TRIAGE, note=payload, by=AUTHOR)
    desk.rollback(f"{TRIAGE}@2", reason=payload, by=ON_CALL)


def _plain(payload: str) -> str:
    """Return the payload as text that is no template of ours."""
    return payload.replace("{{7*7}}", "{ {7*7} }")


def _foreign(page: Page) -> set[str]:
    """Return what no page of ours has: elements that a payload would have made."""
    sources = {a["src"] for name, a in page.elements if "src" in a and not a["src"].startswith("/static/")}
    icons = {name for name, a in page.elements if name == "img" or (name == "svg" and "viewbox" not in a)}
    return sources | icons
