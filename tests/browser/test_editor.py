"""The editor in a real browser: blocks, tags, panels and the live preview, by mouse and by keyboard alone."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from playwright.sync_api import TimeoutError as TooLate
from playwright.sync_api import expect

from prompts_admin.web.ui import assets
from tests.support.axe import overflows, violations
from tests.support.chromium import Site, comes_true
from tests.support.frontend import missing
from tests.support.visits import HOSTILE

pytestmark = pytest.mark.browser

PM = "pm@example.com"
TRIAGE, FAST = "support/triage", "support/fast"
EDIT = f"/artifacts/{TRIAGE}/edit"


@pytest.fixture
def bundle() -> None:
    """The editor's bundle; a test that needs it is skipped with the reason where there is none."""
    if not assets.editor():
        missing("the editor's bundle is not built: python scripts/frontend.py")


@pytest.fixture
def page(site: Site, bundle: None) -> Any:
    """The page on which the triage prompt is edited, the editor in place."""
    page = site.as_person(PM)
    page.goto(EDIT)
    expect(page.get_by_role("tab", name="Messages")).to_be_visible()
    return page


def test_what_is_typed_in_a_block_is_in_the_file_and_saved(page: Any) -> None:
    """Each letter reaches the form's field; Ctrl-S saves from within the text."""
    _type(page, 0, "Be brief. ")
    expect(page.locator("#text")).to_have_value(re.compile("Be brief. You sort support tickets"))
    page.get_by_label("What did you change, and why?").fill("Shorter")
    page.get_by_label("Text of message 1").press("Control+s")
    expect(page.get_by_text("Saved as v2. Nobody gets it before it is released.")).to_be_visible()


def test_unknown_names_are_marked_and_known_ones_completed(page: Any) -> None:
    """As it is typed, by the rules of the server; choosing closes the braces, and one click declares."""
    _type(page, 0, "{{tikket}} {{tick")
    expect(page.locator(".tag-unknown", has_text="tikket")).to_be_visible()
    page.keyboard.type("e")
    expect(page.get_by_role("option", name=re.compile("^ticket"))).to_be_visible()
    page.wait_for_timeout(100)  # the list refuses keys for a moment, so that nobody chooses by accident
    page.keyboard.press("Enter")
    expect(page.locator("#text")).to_have_value(re.compile(r"\{\{tikket\}\} \{\{ticket\}\}You sort"))
    expect(page.locator(".cm-lintRange-error").first).to_be_visible()
    _declared(page)
    expect(page.locator("#text")).to_have_value(re.compile(r"\n  tikket: \{type: string, required: true\}\n"))
    expect(page.locator(".tag-unknown")).to_have_count(0)


def test_blocks_move_and_go_by_keyboard_and_say_so(page: Any) -> None:
    """Move, add, delete, undo: the file follows, the focus stays at hand, a live region tells."""
    roles = page.get_by_role("combobox", name=re.compile("Role of message"))
    assert ["system", "user", "assistant", "user"] == _values(roles)
    page.get_by_role("button", name="Move down: message 1").press("Enter")
    assert ["user", "system", "assistant", "user"] == _values(roles)
    expect(page.locator("#heard")).to_have_text(re.compile("it is now message 2 of 4"))
    expect(page.get_by_role("button", name="Move down: message 2")).to_be_focused()
    page.get_by_role("button", name="Delete: message 4").press("Enter")
    assert ["user", "system", "assistant"] == _values(roles)
    page.get_by_label("Text of message 3").press("Control+z")
    assert ["user", "system", "assistant", "user"] == _values(roles)
    page.get_by_role("button", name="Add a message").press("Enter")
    page.keyboard.type("Thanks.")
    expect(page.locator("#text")).to_have_value(re.compile("role: assistant\n    content: Thanks"))
    page.get_by_label("Text of message 5").press("Control+Shift+ArrowUp")
    assert ["user", "system", "assistant", "assistant", "user"] == _values(roles)


def test_source_and_blocks_stay_in_step(page: Any) -> None:
    """What is written in the file shows in the blocks; a file that cannot be read stays in the source."""
    page.get_by_role("tab", name="Source").click()
    source = page.get_by_label("Source of the file")
    source.press("Control+Home")
    page.keyboard.type("# Ours\n")
    expect(page.locator("#text")).to_have_value(re.compile("^# Ours\nkind: prompt"))
    page.locator("#text").fill("kind: prompt\nmessages:\n  - role: user\n    content: Hello\n")
    page.get_by_role("tab", name="Messages").click()
    expect(page.get_by_label("Text of message 1")).to_have_text("Hello")
    page.locator("#text").fill("kind: [\n")
    expect(page.get_by_text("The file cannot be read. The source says where.")).to_be_visible()
    expect(page.locator("#preview .refused")).to_be_visible()


def test_the_field_obeys_who_sets_it_and_tells_who_listens(page: Any) -> None:
    """The contract of drafts: `change` from outside is taken over, typing sends `input`."""
    page.evaluate("""() => { const area = document.getElementById("text"); window.told = 0;
        area.addEventListener("input", () => { window.told += 1; });
        area.value = area.value.replace("You sort", "We sort");
        area.dispatchEvent(new Event("change")); }""")
    expect(page.get_by_label("Text of message 1")).to_contain_text("We sort support tickets")
    _type(page, 0, "x")
    comes_true(page, "window.told > 0")


def test_tab_leaves_the_text(page: Any) -> None:
    """No keyboard trap (WCAG 2.1.2): Tab goes on, Shift-Tab back."""
    page.get_by_label("Text of message 1").focus()
    page.keyboard.press("Tab")
    assert "Role of message 2" == page.evaluate("document.activeElement.getAttribute('aria-label')")
    page.keyboard.press("Shift+Tab")
    assert "Text of message 1" == page.evaluate("document.activeElement.getAttribute('aria-label')")


def test_variables_and_model_beside_the_text(page: Any) -> None:
    """Declared, described and taken out as a form; the model is chosen, its parameters are told in words."""
    page.get_by_role("tab", name="Variables (4)").click()
    page.get_by_label("Another variable").fill("tone")
    page.get_by_label("Another variable").press("Enter")
    expect(page.get_by_role("tab", name="Variables (5)")).to_be_visible()
    page.locator("#variable-tone-example").fill("warm, but short")
    page.locator("#variable-tone-example").press("Tab")
    expect(page.locator("#text")).to_have_value(re.compile('example: "warm, but short"'))
    page.get_by_role("button", name="Take out tone").click()
    expect(page.get_by_role("tab", name="Variables (4)")).to_be_visible()
    page.get_by_role("tab", name="Model").click()
    expect(page.get_by_text("at most 400 tokens an answer")).to_be_visible()
    page.locator("#model-choice").select_option("support/accurate")
    expect(page.locator("#text")).to_have_value(re.compile("\nmodel: support/accurate\n"))


def test_the_preview_follows_what_is_typed(page: Any) -> None:
    """By itself, keeping the focus; with values of one's own, and as the request for the provider."""
    _type(page, 0, "Be brief. ")
    expect(page.locator("#preview ins").first).to_have_text(re.compile("Be brief"))
    assert "Text of message 1" == page.evaluate("document.activeElement.getAttribute('aria-label')")
    page.get_by_text("Values to try it with").click()
    page.locator("[id='v.plan']").fill("team of our own")
    expect(page.locator("#preview .message").last).to_contain_text("Plan: team of our own")
    assert "v.plan" == page.evaluate("document.activeElement.id")
    page.get_by_label("Or all of them as JSON").fill('{"ticket": "From a log"}')
    expect(page.locator("#preview .message").last).to_contain_text("From a log")
    page.get_by_text("As the request that goes to the provider").click()
    request = json.loads(page.get_by_role("region", name="Request").inner_text())
    assert "gpt-4.1-mini" == request["model"] and "From a log" in request["messages"][-1]["content"]


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_without_the_bundle_the_plain_form_does_it_all(
    site: Site, monkeypatch: pytest.MonkeyPatch, script: bool
) -> None:
    """A text area, a Preview button and Save."""
    found = {name: one for name, one in assets._assets().items() if name != assets.EDITOR}
    monkeypatch.setattr(assets, "_assets", lambda: found)
    page = site.as_person(PM, script=script)
    page.goto(EDIT)
    area = page.locator("#text")
    area.fill(area.input_value().replace("You sort", "We sort"))
    page.get_by_role("button", name="Preview", exact=True).click()
    expect(page.locator("#preview ins").first).to_have_text(re.compile("We"))
    page.get_by_role("button", name="Save as a new version").click()
    expect(page.get_by_text("Saved as v2.")).to_be_visible()


def test_without_script_the_bundle_does_not_stand_in_the_way(site: Site, bundle: None) -> None:
    """The same page, JavaScript off: values and the request too."""
    page = site.as_person(PM, script=False)
    page.goto(EDIT)
    page.get_by_text("Values to try it with").click()
    page.get_by_label("Or all of them as JSON").fill('{"ticket": "From a log"}')
    page.get_by_role("button", name="Preview with these").click()
    expect(page.locator("#preview .message").last).to_contain_text("From a log")


def test_S26_S28_S39_F35_hostile_text_is_text_in_every_part_of_the_editor(site: Site, bundle: None) -> None:
    """Markup, template syntax, overrides and a very long line: nothing runs, no policy is broken, nothing is lost."""
    hostile = "".join(HOSTILE) + "\U0001f600" + "x" * 100_000
    page = site.as_person(PM)
    page.goto(EDIT)
    expect(page.get_by_role("tab", name="Messages")).to_be_visible()
    text = (
        f"kind: prompt\nmessages:\n  - role: user\n    content: {json.dumps(hostile, ensure_ascii=False)}\n"
    )
    page.locator("#text").fill(text)
    expect(page.get_by_label("Text of message 1")).to_contain_text("<script>alert(1)</script>")
    expect(page.locator("#preview .message .text").first).to_contain_text("<script>alert(1)</script>")
    page.get_by_role("tab", name="Source").click()
    expect(page.get_by_label("Source of the file")).to_contain_text("onerror=alert(1)")
    assert 0 == page.locator("main img[src], main [onerror], main [onload], main script:not([src])").count()
    assert not overflows(page)
    assert text == page.locator("#text").input_value()
    assert [] == site.complaints


def test_S39_only_pages_with_an_editor_allow_a_style_by_nonce(site: Site, bundle: None) -> None:
    """A fresh one each time, and nowhere a source that could be guessed."""
    page = site.as_person(PM)
    policies = [page.goto(path).headers["content-security-policy"] for path in (EDIT, EDIT, "/")]
    assert policies[0] != policies[1]
    assert all("'nonce-" in policy and "unsafe" not in policy for policy in policies[:2])
    assert "nonce" not in policies[2]


@pytest.mark.slow
@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 360)])
def test_every_part_of_the_editor_is_accessible_and_fits(
    site: Site, bundle: None, scheme: str, width: int
) -> None:
    """WCAG 2.2 AA by axe on each tab; nothing scrolls sideways; nothing jumped when the editor came."""
    page = site.as_person(PM, width=width, scheme=scheme)
    page.add_init_script("""window.shift = 0; new PerformanceObserver((list) => {
        for (const one of list.getEntries()) if (!one.hadRecentInput) window.shift += one.value;
    }).observe({ type: "layout-shift", buffered: true });""")
    page.goto(EDIT)
    expect(page.get_by_role("tab", name="Messages")).to_be_visible()
    page.wait_for_timeout(300)
    assert page.evaluate("window.shift") < 0.02
    _type(page, 0, "{{tikket}} ")
    page.locator(".cm-lintRange-error").first.wait_for()
    assert [] == violations(page)
    for name in ("Source", re.compile("Variables"), "Model"):
        page.get_by_role("tab", name=name).click()
        page.evaluate("document.querySelectorAll('.variables details').forEach((one) => { one.open = true })")
        assert [] == violations(page), name
        assert not overflows(page), name


def _type(page: Any, index: int, text: str) -> None:
    field = page.get_by_label(f"Text of message {index + 1}")
    field.focus()
    field.press("Control+Home")
    page.keyboard.type(text)


def _values(roles: Any) -> list[str]:
    values: list[str] = roles.evaluate_all(
        "(all) => all.filter((one) => !one.hidden).map((one) => one.value)"
    )
    return values


def _declared(page: Any, tries: int = 10) -> None:
    """Choose the remedy of a mark; the list of remedies goes when the server's answer comes, and is asked for again."""
    for _ in range(tries):
        page.mouse.move(0, 0)
        page.locator(".cm-lintRange-error").first.hover()
        try:
            page.get_by_role("button", name="Declare 'tikket'").click(timeout=2_000)
        except TooLate:
            continue
        return
    raise AssertionError("The mark never offers to declare the variable.")
