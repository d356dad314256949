"""What the palette offers: the names and actions of whoever asks, and no others."""

from __future__ import annotations

from typing import Any

from prompts_admin.web.artifacts.command_palette import ACTIONS, PAGES
from tests.support.cast import AUTHOR, LAWYER, OUTSIDER
from tests.support.desk import OTHER, TRIAGE
from tests.support.visits import ON_SQLITE, Visits

pytestmark = ON_SQLITE


def test_names_and_actions_follow_rights(visits: Visits) -> None:
    """S17, S18: who may not read a feature gets no name of it; who may only read is offered no change."""
    visits.desk.save(TRIAGE, "x")
    visits.desk.save(OTHER, "x")
    assert [[OTHER, "prompt"], [TRIAGE, "prompt"]] == _offered(visits, AUTHOR)["artifacts"]
    assert [[OTHER, "prompt"]] == _offered(visits, OUTSIDER)["artifacts"]
    assert ["elsewhere"] == [key for key, _ in _offered(visits, OUTSIDER)["features"]]
    verbs = [{verb for verb, _ in _offered(visits, who)["actions"]} for who in (AUTHOR, LAWYER)]
    assert {"Roll back", "Edit", "Propose a release of"} == verbs[0] - verbs[1]
    assert "People" not in [label for label, _ in _offered(visits, AUTHOR)["pages"]]


def test_archived_artifacts_are_not_offered(visits: Visits) -> None:
    """They are found by the search page, with a tick."""
    visits.desk.save(TRIAGE, "x")
    visits.post(f"/artifacts/{TRIAGE}/archive")
    assert [] == _offered(visits, AUTHOR)["artifacts"]


def test_everything_offered_exists(visits: Visits) -> None:
    """No page and no action leads nowhere."""
    visits.desk.save(TRIAGE, "x")
    for _, path, _ in (*PAGES, *ACTIONS):
        answer = visits.get(path.partition("#")[0].replace("KEY", TRIAGE), by="admin@example.com")
        # The account page is for sessions; here the machine vouches.
        assert answer.status_code in (200, 303) or path == "/account", path


def test_nothing_live_is_explained_too(visits: Visits) -> None:
    """An artifact that no release ever touched leaves the caller's own default."""
    visits.desk.save(TRIAGE, "x")
    assert "so the caller’s own default counted" in visits.read("/explain", key=TRIAGE, user="u-1").text


def test_the_button_stands_on_every_page_for_those_who_are_signed_in(visits: Visits) -> None:
    """As a link to the search page, which needs no script."""
    assert "/search" in visits.read("/features").links()


def _offered(visits: Visits, who: str) -> dict[str, Any]:
    answer = visits.get("/palette", by=who)
    assert "application/json" == answer.mimetype
    return dict(answer.json)
