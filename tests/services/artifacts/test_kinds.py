"""A kind of artifact is one row: what it says of stages, serving and searching holds wherever that is asked."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, get_args

import pytest

from prompts_admin.domain.content import ARTIFACT_KINDS, KINDS, Kind
from prompts_admin.domain.errors import NotPermitted, Refused
from prompts_admin.domain.people.permissions import ACTIONS
from prompts_admin.services.artifacts.overview import list_artifacts
from prompts_admin.services.artifacts.search import find, names
from prompts_admin.services.releases.first_release import first_release
from prompts_admin.services.serving.snapshots import snapshot_document
from prompts_admin.web.editor.starters import SKELETONS
from tests.support.cast import ADMIN, AUTHOR
from tests.support.desk import TONE, TRIAGE, Desk


def test_a_kind_has_its_row_its_first_text_and_a_right_that_exists() -> None:
    """Whoever adds a row is told what else belongs to it."""
    assert get_args(Kind) == KINDS
    assert {*KINDS} == {*SKELETONS}
    assert {*ACTIONS} >= {row.changed_by for row in ARTIFACT_KINDS.values()}


def test_what_has_no_stages_is_not_proposed_and_not_in_a_first_release(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is in the list like any other, with nothing on any stage."""
    desk.save(TRIAGE, "apple")
    desk.save(TONE, "banana", kind="snippet")
    _snippets(monkeypatch, has_stages=False)
    with pytest.raises(Refused, match=f"'{TONE}' is of the kind snippet, which has no stages"):
        desk.propose(TONE)
    first = desk.do(ADMIN, first_release, [TONE, TRIAGE])
    assert {TRIAGE} == {item["key"] for item in first["items"]}
    listed = {item["key"]: item["stages"] for item in desk.look(AUTHOR, list_artifacts)["items"]}
    assert dict.fromkeys(("internal", "beta", "full")) == listed[TONE]
    assert {TRIAGE, TONE} == {*listed}


def test_a_first_release_of_nothing_that_has_stages_is_refused(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No empty release uses up the one that needs nobody's sign-off."""
    desk.save(TONE, "banana", kind="snippet")
    _snippets(monkeypatch, has_stages=False)
    with pytest.raises(Refused, match="There is nothing to make live"):
        desk.do(ADMIN, first_release, [TONE])


def test_what_is_not_served_is_in_no_snapshot(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither its versions nor that it exists."""
    desk.save(TRIAGE, "apple")
    desk.save(TONE, "banana", kind="snippet")
    desk.climb(TRIAGE, TONE, up_to="internal")
    assert [{TONE, TRIAGE}] * 2 == _carried(desk)
    _snippets(monkeypatch, is_served=False)
    assert [{TRIAGE}] * 2 == _carried(desk)


def test_what_is_not_searched_is_found_by_no_word(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither by the search nor by the palette."""
    _snippets(monkeypatch, is_searched=False)
    desk.save(TRIAGE, "apple")
    desk.save(TONE, "apple", kind="snippet")
    assert [TRIAGE] == [item["key"] for item in desk.look(AUTHOR, find, "apple")["items"]]
    assert [(TRIAGE, "prompt")] == desk.look(AUTHOR, names)


def test_a_kind_is_changed_by_whom_its_row_names(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who may save prompts need not be allowed to save everything."""
    _snippets(monkeypatch, changed_by="manage_workspace")
    desk.save(TRIAGE, "apple")
    with pytest.raises(NotPermitted):
        desk.save(TONE, "apple", kind="snippet")


def _snippets(monkeypatch: pytest.MonkeyPatch, **said: Any) -> None:
    monkeypatch.setitem(ARTIFACT_KINDS, "snippet", replace(ARTIFACT_KINDS["snippet"], **said))


def _carried(desk: Desk) -> list[set[str]]:
    with desk.product.store.read() as uow:
        document = snapshot_document(uow, desk.product.values)
    return [{*document["entries"]}, {*document["versions"]}]
