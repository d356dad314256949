"""The page of one artifact, and what can be done to the artifact as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from werkzeug.wrappers import Response

from prompts_admin.domain.content import ARTIFACT_KINDS
from prompts_admin.domain.errors import ProductError
from prompts_admin.domain.stages import STAGES
from prompts_admin.schemas.artifacts import Artifact, Cell, Pinner, Version
from prompts_admin.services.artifacts import lifecycle as artifact_lifecycle
from prompts_admin.services.artifacts.drafts import find_draft
from prompts_admin.services.artifacts.history import list_history, list_versions, show_version
from prompts_admin.services.artifacts.overview import show_artifact
from prompts_admin.services.artifacts.pinned_versions import list_pins
from prompts_admin.services.core.work import Work
from prompts_admin.services.features.documents import show_feature
from prompts_admin.services.releases.documents import release_documents
from prompts_admin.services.releases.lists import refused
from prompts_admin.web.artifacts.offers import at_once, offers
from prompts_admin.web.artifacts.stage_ladder import has_stages, places, rungs, whole_releases
from prompts_admin.web.ui import forms
from prompts_admin.web.ui.actions import do, go, look, page_group
from prompts_admin.web.ui.addresses import ARTIFACT, address_of, key_of
from prompts_admin.web.ui.forms import Form, standing
from prompts_admin.web.ui.rendering import page
from prompts_admin.web.ui.rollback_choices import just_put_back, ways_back
from prompts_admin.web.ui.view import View

SHOWN = 6
"""Versions and lines of history on the page; the rest is one click away."""
ACTIONS = ("save", "propose", "roll_back", "copy", "archive")

group = page_group("artifacts")


@group.get(ARTIFACT)
def artifact(feature: str, name: str) -> Response:
    """Show what is live where, the way back, versions, history and who pins it."""
    return artifact_page(key_of(feature, name))


@group.get(f"{ARTIFACT}/versions")
def versions(feature: str, name: str) -> Response:
    """List every version, a page at a time."""
    key = key_of(feature, name)
    return page("artifacts/versions.html", **look(_versions, key, forms.asked("after") or None))


@group.get(f"{ARTIFACT}/history")
def history(feature: str, name: str) -> Response:
    """List everything that releases did to it, a page at a time."""
    key, after = key_of(feature, name), forms.asked("after") or None
    return page(
        "artifacts/history.html", key=key, listed=whole_releases(look(list_history, key, after=after))
    )


@group.post(f"{ARTIFACT}/copy")
def copy(feature: str, name: str) -> Response:
    """Start a new artifact with the newest content of this one."""
    key = key_of(feature, name)
    try:
        made = do(artifact_lifecycle.copy, key, forms.line("new_key"))
    except ProductError as error:
        return artifact_page(key, forms.refused(error))
    return go(address_of(made["key"]), "copied")


@group.post(f"{ARTIFACT}/archive")
def archive(feature: str, name: str) -> Response:
    """Archive it; refused while anything live uses it."""
    key = key_of(feature, name)
    try:
        do(artifact_lifecycle.archive, key)
    except ProductError as error:
        return artifact_page(key, forms.refused(error))
    return go(address_of(key), "archived")


@group.post(f"{ARTIFACT}/unarchive")
def unarchive(feature: str, name: str) -> Response:
    """Take it into use again."""
    key = key_of(feature, name)
    try:
        do(artifact_lifecycle.unarchive, key)
    except ProductError as error:
        return artifact_page(key, forms.refused(error))
    return go(address_of(key), "unarchived")


@group.post(f"{ARTIFACT}/repin")
def repin(feature: str, name: str) -> Response:
    """Make new versions of everything whose newest version pins an older one of this."""
    key = key_of(feature, name)
    made = do(artifact_lifecycle.repin, key, forms.number(forms.text("version"), "version"))
    return go(address_of(key), "repinned", len(made["items"]))


def artifact_page(key: str, form: Form | None = None, question: Mapping[str, Any] | None = None) -> Response:
    """Return the artifact's page; `form` tells what was refused on it, `question` is a button that does it."""
    shown, form = look(_shown, key), form or Form()
    template = f"artifacts/{ARTIFACT_KINDS[shown['artifact']['kind']].page}.html"
    return page(template, status=form.status, form=form, question=question, **shown)


def _shown(work: Work, key: str) -> View:
    found = show_artifact(work, key)
    feature = found["feature"]
    newest = show_version(work, key, found["latest"])
    ladder = rungs(found) if has_stages(found) else []
    offered = offers(found, ladder, lambda number: _is_marked(work, newest, number))
    owner = show_feature(work, feature)
    history = whole_releases(list_history(work, key, limit=SHOWN + len(STAGES) - 1))
    return {
        "artifact": found,
        "newest": newest,
        "draft": find_draft(work, key),
        "feature": owner,
        "rungs": ladder,
        "offers": offered,
        "at_once": at_once(offered.get(STAGES[0]), owner["policy"].get(STAGES[0], {})),
        "stands": _stands(found["stages"]["internal"]),
        "ways": ways_back(work, found) if work.may("roll_back", feature) else [],
        "versions": list_versions(work, key, limit=SHOWN),
        "history": history,
        "refusals": refused(work, key=key)[:1],
        "put_back": just_put_back(history["items"], now=work.now),
        "waiting": release_documents(work, sorted({line["release"] for line in found["waiting"]})),
        "pins": list_pins(work, newest["content"]),
        "outdated": _outdated(found),
        "places": places(found),
        "may": {action: work.may(action, feature) for action in ACTIONS},
    }


def _is_marked(work: Work, newest: Version, number: int) -> bool:
    found = newest if number == newest["number"] else show_version(work, newest["key"], number)
    return found["marked"]


def _stands(cell: Cell | None) -> str:
    """Return what the page shows on a stage, for a button to say what it was made from."""
    if cell is None:
        return standing(None, None, None)
    candidate = cell["version"] if cell["percentage"] < 100 else None
    return standing(cell["settled"], candidate, cell["percentage"])


def _outdated(found: Artifact) -> list[Pinner]:
    return [user for user in found["pinned_by"] if user["newest"] and user["pins"] < found["latest"]]


def _versions(work: Work, key: str, after: str | None) -> View:
    found = show_artifact(work, key)
    listed = list_versions(work, key, after=after)
    may = {action: work.may(action, found["feature"]) for action in ACTIONS}
    return {"artifact": found, "listed": listed, "places": places(found), "may": may}
