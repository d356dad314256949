"""Writing a version on a page: preview, save, and nothing typed is ever lost."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.support.cast import AUTHOR, LAWYER, OUTSIDER, SECOND
from tests.support.desk import FAST, TONE, TRIAGE
from tests.support.visits import ON_SQLITE, Visits, read

pytestmark = ON_SQLITE

PAGE = f"/artifacts/{TRIAGE}"
EDIT = f"{PAGE}/edit"
TEXT = """kind: prompt
variables:
  ticket: {type: string, required: true, example: My invoice is wrong}
  copies: {type: integer, default: 1}
messages:
  - role: system
    content: |
      Be kind.
      Answer in {{copies}} lines.
  - role: user
    content: "{{ticket}}"
"""


@pytest.fixture
def started(visits: Visits) -> Visits:
    """One version, live everywhere."""
    _save(visits, "/new", TEXT, base=0, key=TRIAGE)
    visits.desk.climb(TRIAGE)
    return visits


def test_the_form_begins_with_the_newest_text(started: Visits) -> None:
    """As a file, with its preview: the messages as they would be sent with the examples."""
    answer = started.get(EDIT)
    assert "Be kind." in _typed(answer)
    page = read(answer)
    assert "No difference." in page.text
    assert "As it would be sent" in page.text and "My invoice is wrong" in page.text
    assert "Answer in 1 lines." in page.text


def test_saving_makes_a_version_and_says_so(started: Visits) -> None:
    """It leads back to the artifact; the message stands in the list."""
    answer = _save(started, EDIT, TEXT.replace("kind.", "very kind."), base=1, message="Kinder")
    assert (303, f"{PAGE}?did=saved.2") == (answer.status_code, answer.location)
    page = started.read(answer.location)
    assert "Saved as v2. Nobody gets it before it is released." in page.text
    assert "v2 Kinder" in page.text


def test_saving_the_same_text_makes_no_version(started: Visits) -> None:
    """The page says that nothing changed."""
    answer = _save(started, EDIT, TEXT, base=1)
    assert "no new version was made" in started.read(answer.location).text


def test_line_ends_of_a_browser_are_those_of_a_file(started: Visits) -> None:
    """Forms send CR LF; that alone must not be a change."""
    answer = _save(started, EDIT, TEXT.replace("\n", "\r\n"), base=1)
    assert f"{PAGE}?did=unchanged.1" == answer.location


def test_the_preview_compares_with_what_is_live_and_saves_nothing(started: Visits) -> None:
    """Words for texts, sentences for the rest, with values that were typed."""
    text = TEXT.replace("kind.", "very kind.").replace("default: 1", "default: 2")
    fields = {"v.ticket": "Where is my parcel?", "v.copies": "7"}
    answer = _save(started, EDIT, text, base=1, action="preview", message="Kinder", **fields)
    page = read(answer)
    assert 200 == answer.status_code
    assert ("ins", {}) in page.elements
    assert "variable 'copies' default 1 -> 2" in page.text
    assert "Answer in 7 lines." in page.text and "Where is my parcel?" in page.text
    assert "very kind." in _typed(answer) and 'value="Kinder"' in answer.text
    assert 404 == started.get(f"{PAGE}/versions/2").status_code


def test_a_value_of_the_wrong_type_is_told_at_the_preview(started: Visits) -> None:
    """It names the variable and how to write it."""
    answer = _save(started, EDIT, TEXT, base=1, action="preview", **{"v.ticket": "x", "v.copies": "many"})
    assert "'copies' is no integer." in read(answer).text


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("kind: prompt\nkind: prompt\n", "kind"),
        (TEXT + "surprise: 1\n", "'surprise' is not a field here."),
        (TEXT.replace("{{ticket}}", "{{tikket}}"), "tikket"),
        (TEXT.replace("role: user", "role: nobody"), "nobody"),
        ("just text", "must be"),
        ("a: &a [1]\nb: *a\n", "line"),
        ("", ""),
        ("<<<<<<< yours\nkind: prompt\n", "conflict mark"),
        (TEXT.replace("Be kind.", "{{> support/nothing}}"), "support/nothing"),
    ],
)
def test_errors_name_line_and_remedy_and_keep_what_was_typed(started: Visits, text: str, says: str) -> None:
    """Status, summary, the text and the message as they were typed; nothing is saved."""
    answer = _save(started, EDIT, text, base=1, message="My long reason")
    page = read(answer)
    assert 422 == answer.status_code
    assert says.lower() in page.text.lower()
    assert text == _typed(answer)
    assert 'value="My long reason"' in answer.text
    assert answer.text.count("<title>Error:") == 1
    assert 404 == started.get(f"{PAGE}/versions/2").status_code


@pytest.mark.parametrize("factor", [2, 10])
def test_F34_a_text_that_is_too_large_is_not_lost(started: Visits, factor: int) -> None:
    """2 MiB and 10 MiB: 413 with a plain sentence, and the text back in the form."""
    text = "x" * (factor * 1024 * 1024)
    answer = _save(started, EDIT, text, base=1)
    assert 413 == answer.status_code
    assert "refused" in answer.text
    assert text == _typed(answer)


def test_S28_template_text_is_only_text(started: Visits) -> None:
    """What looks like code of a template is shown as it was typed, in the form and in the preview."""
    text = TEXT.replace("Be kind.", "{{{{7*7}}}} {% for %} {0.__class__} %s")
    answer = _save(started, EDIT, text, base=1, action="preview")
    assert text == _typed(answer)
    assert "49" not in read(answer).text


def test_a_credential_is_refused_unless_acknowledged(started: Visits) -> None:
    """The page offers to acknowledge it only then; what was typed stays."""
    key = "AKIA" + "IOSFODNN7" + "EXAMPLK"
    text = TEXT.replace("Be kind.", f"Use {key}.")
    assert 'name="acknowledge"' not in started.get(EDIT).text
    answer = _save(started, EDIT, text, base=1)
    assert 422 == answer.status_code
    assert text == _typed(answer)
    assert 'name="acknowledge"' in answer.text
    saved = _save(started, EDIT, text, base=1, acknowledge="yes")
    assert f"{PAGE}?did=saved.2" == saved.location


def test_a_conflict_shows_both_texts_and_their_merge(started: Visits) -> None:
    """412: yours, theirs, the merge on top of theirs; saving with marks left is refused; nothing is lost."""
    _save(started, EDIT, TEXT.replace("Be kind.", "Be brief."), base=1, by=SECOND)
    mine = TEXT.replace("Be kind.", "Be very kind.")
    answer = _save(started, EDIT, mine, base=1, message="Kinder")
    page = read(answer)
    assert 412 == answer.status_code
    assert f"{SECOND} saved v2 while you were writing" in page.text
    merge = _typed(answer)
    assert "<<<<<<< yours" in merge and "Be very kind." in merge and "Be brief." in merge
    assert "2" == page.forms[EDIT]["base"] and "Kinder" == page.forms[EDIT]["message"]
    marked = _save(started, EDIT, merge, base=2, message="Kinder")
    assert (422, merge) == (marked.status_code, _typed(marked))
    decided = _save(started, EDIT, mine, base=2)
    assert f"{PAGE}?did=saved.3" == decided.location


def test_changes_in_different_places_merge_without_marks(started: Visits) -> None:
    """Both changes are in the merge, to be read once and saved."""
    _save(started, EDIT, TEXT.replace("default: 1", "default: 3"), base=1, by=SECOND)
    answer = _save(started, EDIT, TEXT.replace("Be kind.", "Be very kind."), base=1)
    merge = _typed(answer)
    assert "<<<<<<<" not in merge
    assert "Be very kind." in merge and "default: 3" in merge
    assert "Both changes fit together" in read(answer).text


def test_F08_a_double_click_saves_once(started: Visits) -> None:
    """The same form sent twice gets the same answer, not a conflict with itself."""
    fields: dict[str, Any] = {"base": 1, "once": "fixed-value"}
    answers = [
        _save(started, EDIT, TEXT.replace("Be kind", "Be kinder"), **fields).location for _ in range(2)
    ]
    assert [f"{PAGE}?did=saved.2"] * 2 == answers


def test_an_older_text_becomes_a_change_of_the_newest(started: Visits) -> None:
    """Editing from v1 is based on v2, so that saving it is no conflict."""
    _save(started, EDIT, TEXT.replace("kind.", "brief."), base=1)
    answer = started.get(f"{EDIT}?from=1")
    assert "Be kind." in _typed(answer)
    form = read(answer).forms[""]
    assert ("2", "Back to the text of v1.") == (form["base"], form["message"])
    assert f"{PAGE}?did=saved.3" == _save(started, EDIT, _typed(answer), base=2).location


def test_use_v2_takes_the_newer_pin_and_the_comparison_shows_it(visits: Visits) -> None:
    """Saving keeps pins; the box renews the one that it names, and only that one."""
    visits.desk.save(FAST, provider="openai", name="small")
    visits.desk.save(TONE, "Warm.", kind="snippet")
    visits.desk.save(TRIAGE, f"{{{{> {TONE}}}}}", model=FAST)
    visits.desk.save(FAST, provider="openai", name="smaller")
    visits.desk.save(TONE, "Warmer.", kind="snippet")
    assert f"{EDIT}?use={FAST}" in visits.read(PAGE).links()
    answer = visits.get(f"{EDIT}?use={FAST}")
    assert f"model {FAST} v1 -> v2" in read(answer).text
    saved = _save(visits, EDIT, _typed(answer), base=1, renew=FAST)
    assert f"{PAGE}?did=saved.2" == saved.location
    version = visits.read(f"{PAGE}/versions/2").text
    assert f"{FAST} v2" in version and f"{TONE} v1" in version


def test_a_new_artifact_starts_from_a_text_of_its_kind(visits: Visits) -> None:
    """Each kind has a first text that can be saved as it is; a taken key is said."""
    for kind in ("prompt", "model", "snippet"):
        text = _typed(visits.get("/new", kind=kind))
        assert f"kind: {kind}" in text
        saved = _save(visits, "/new", text, base=0, key=f"support/my-{kind}")
        assert f"/artifacts/support/my-{kind}?did=saved.1" == saved.location
    taken = _save(visits, "/new", text, base=0, key="support/my-prompt")
    assert 412 == taken.status_code
    assert text == _typed(taken) and 'value="support/my-prompt"' in taken.text


def test_a_key_of_an_unknown_feature_is_asked_about_first(visits: Visits) -> None:
    """A slip would make a feature in which nobody has to sign; ticked, it is made."""
    slip = _save(visits, "/new", TEXT, base=0, key="suport/triage")
    assert 422 == slip.status_code
    assert "There is no feature 'suport' yet. Did you mean 'support'?" in read(slip).text
    assert TEXT == _typed(slip) and 404 == visits.get("/features/suport").status_code
    made = _save(visits, "/new", TEXT, base=0, key="suport/triage", make_feature="yes")
    assert "/artifacts/suport/triage?did=saved.1" == made.location


@pytest.mark.parametrize("key", ["", "../x", "-a/b", "Support/x", "support", "support/con"])
def test_S32_a_key_that_is_none_is_refused_with_the_text_kept(visits: Visits, key: str) -> None:
    """The summary says how a key is written."""
    answer = _save(visits, "/new", TEXT, base=0, key=key)
    assert 422 == answer.status_code
    assert TEXT == _typed(answer)
    assert 200 == _save(visits, "/new", TEXT, base=0, key=key, action="preview").status_code


def test_F35_unseen_characters_are_shown_by_name_and_kept(started: Visits) -> None:
    """The text area holds them as they are; the preview warns and names them."""
    text = TEXT.replace("Be kind.", "Be\u202e kind\u200b.")
    answer = _save(started, EDIT, text, base=1, action="preview")
    assert text == _typed(answer)
    page = read(answer)
    assert "⟨U+202E⟩" in page.text and "RIGHT-TO-LEFT OVERRIDE" in page.text
    _save(started, EDIT, text, base=1)
    assert text == _typed(started.get(EDIT)).replace("'", '"') or "\u202e" in _typed(started.get(EDIT))


def test_S21_viewers_and_outsiders_cannot_write(started: Visits) -> None:
    """Neither the form nor what is sent by hand; the text comes back on the page that refuses it."""
    assert 403 == started.get(EDIT, by=LAWYER).status_code
    assert 404 == started.get(EDIT, by=OUTSIDER).status_code
    refused = _save(started, EDIT, TEXT + "# mine", base=1, by=LAWYER)
    assert 403 == refused.status_code
    assert "# mine" in refused.text
    assert 404 == _save(started, EDIT, TEXT, base=1, by=OUTSIDER).status_code
    assert 404 == started.get(f"{PAGE}/versions/2").status_code


def _save(
    visits: Visits, path: str, text: str, *, base: int, by: str = AUTHOR, **fields: Any
) -> TestResponse:
    return visits.post(path, by=by, **{"action": "save", "text": text, "base": str(base), **fields})


def _typed(answer: TestResponse) -> str:
    """Return what the text area holds, as a browser would: the first line end belongs to HTML."""
    area = re.search(r'<textarea id="text"[^>]*>\n?(.*?)</textarea>', answer.text, re.S)
    assert area is not None, answer.text
    return unescape(area[1])
