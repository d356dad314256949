"""Releases: the list of all, and the page on which one is read, judged and put back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from werkzeug.wrappers import Response

from prompts_admin.http.app_state import shell
from prompts_admin.services.core.work import Work
from prompts_admin.services.features.documents import list_features
from prompts_admin.services.releases.lists import list_releases, show_release
from prompts_admin.services.releases.permissions import rights_on
from prompts_admin.services.rollback.report import aftermath
from prompts_admin.services.serving.readers import list_readers
from prompts_admin.web.artifacts.compare import chosen_view
from prompts_admin.web.releases.review import first_breaking, meant_for, seen, stands_now
from prompts_admin.web.ui import forms
from prompts_admin.web.ui.actions import look, page_group
from prompts_admin.web.ui.forms import Form
from prompts_admin.web.ui.rendering import page
from prompts_admin.web.ui.rollback_choices import undo_off, way_of_release
from prompts_admin.web.ui.view import View

OPEN = ("proposed", "approved")
STATES = (
    ("open", "Open"),
    ("live", "Live"),
    ("superseded", "Superseded"),
    ("rolled_back", "Rolled back"),
    ("refused", "Refused"),
    ("stale", "Stale"),
    ("withdrawn", "Withdrawn"),
)
FILTERS = ("state", "feature", "key")
TOLD = ("comment", "approve", "refuse", "take_back")
"""Events with words of a person in them; the others are told by their name alone."""

group = page_group("releases")


@group.get("/releases")
def releases() -> Response:
    """Show a page of releases, newest first, filtered as the address says."""
    chosen = {name: value for name in FILTERS if (value := forms.asked(name))}
    shown = look(_listed, chosen, forms.asked("after"))
    return page("releases/list.html", chosen=chosen, states=STATES, **shown)


@group.get("/releases/<int(max=999999999):number>")
def release(number: int) -> Response:
    """Show one release."""
    return show(number)


def show(
    number: int,
    form: Form | None = None,
    status: int = 200,
    question: Mapping[str, Any] | None = None,
) -> Response:
    """Render a release; `form` holds what was typed when something was refused, `question` does it all the same."""
    return page(
        "releases/release.html",
        status=status,
        form=form or Form(),
        question=question,
        view=chosen_view(),
        **look(_shown, number),
    )


def _listed(work: Work, chosen: Mapping[str, str], after: str) -> View:
    state = chosen.get("state")
    listed = list_releases(
        work,
        states=OPEN if state == "open" else (state,) if state else (),
        feature=chosen.get("feature"),
        key=chosen.get("key"),
        after=after or None,
    )
    features = [(feature["key"], feature["title"]) for feature in list_features(work)["items"]]
    return {"listed": listed, "features": sorted(features), "may_propose": work.may_somewhere("propose")}


def _shown(work: Work, number: int) -> View:
    found = show_release(work, number)
    product, revision = shell().product, found["revision"]
    took = (
        list_readers(work, product.readers, product.live, revision=revision)
        if revision and found["state"] == "live"
        else None
    )
    rights = rights_on(work, number)
    return {
        "release": {**found, "comparisons": first_breaking(found["comparisons"])},
        "took": took,
        "rights": rights,
        "undo_off": undo_off(work, number) if rights["undo"] and found["kind"] != "initial" else "",
        "after": aftermath(work, number),
        "meant": meant_for(work, found),
        "now_there": stands_now(work, found) if found["state"] in OPEN else [],
        "seen": seen(found),
        "ways": way_of_release(work, found) if rights["roll_back"] and found["kind"] == "promotion" else [],
    }
