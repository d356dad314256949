"""Features: who owns them and who must sign; the fields that are changed directly are edited here."""

from __future__ import annotations

from werkzeug.wrappers import Response

from prompts_admin.domain.errors import Problem, ProductError, Refused
from prompts_admin.domain.people.names import parse_email
from prompts_admin.domain.stages import STAGES
from prompts_admin.schemas.settings import Feature
from prompts_admin.services.core.work import Work
from prompts_admin.services.features.documents import list_features, list_stages, show_feature
from prompts_admin.services.features.lifecycle import edit_feature
from prompts_admin.services.policies.lists import list_settings
from prompts_admin.services.releases.lists import list_releases
from prompts_admin.web.settings.policy_sentences import audience_sentences, policy_sentences, signers_in_short
from prompts_admin.web.ui import forms
from prompts_admin.web.ui.actions import do, go, look, page_group
from prompts_admin.web.ui.forms import Form
from prompts_admin.web.ui.rendering import page
from prompts_admin.web.ui.rollback_choices import lately_live
from prompts_admin.web.ui.view import View

FIELDS = ("title", "description", "dri", "on_call", "runbook")
FEATURE = "/features/<feature>"
LATEST = 5

group = page_group("features")


@group.get("/features")
def features() -> Response:
    """Show every feature that the reader may see, and who is on which stage."""
    return page("features/list.html", **look(_listed))


@group.get(FEATURE)
def show(feature: str) -> Response:
    """Show one feature."""
    return page("features/feature.html", **look(_shown, feature))


@group.get(f"{FEATURE}/edit")
def edit(feature: str) -> Response:
    """Show the form of what is changed directly."""
    found = look(show_feature, feature)
    typed = {
        "title": found["title"],
        "description": found["description"],
        "dri": found["dri"] or "",
        "on_call": found["on_call"] or "",
        "runbook": found["runbook"] or "",
    }
    return page("features/edit.html", feature=found, form=Form(typed))


@group.post(f"{FEATURE}/edit")
def save(feature: str) -> Response:
    """Change what is changed directly."""
    found = look(show_feature, feature)
    try:
        changed = do(edit_feature, feature, _fields())
    except ProductError as error:
        return page("features/edit.html", status=error.status, feature=found, form=forms.refused(error))
    return go(f"/features/{feature}", "feature-changed" if changed else "feature-same")


def _fields() -> dict[str, str | None]:
    fields: dict[str, str | None] = {name: forms.line(name) or None for name in FIELDS}
    fields["description"] = forms.text("description").strip()
    problems = [*_address(fields, "dri"), *_address(fields, "on_call"), *_link(fields["runbook"])]
    if not fields["title"]:
        problems.append(Problem("A feature needs a title.", path="title", remedy="Give it one."))
    if problems:
        raise Refused("invalid", "Something is not right yet.", "", tuple(problems))
    return fields


def _address(fields: dict[str, str | None], name: str) -> list[Problem]:
    if fields[name] is None:
        return []
    try:
        fields[name] = parse_email(fields[name])
    except Refused as refusal:
        return [Problem(refusal.detail, path=name, remedy=refusal.sentence)]
    return []


def _link(runbook: str | None) -> list[Problem]:
    """A runbook is shown as a link, so it may only lead to a page (ASVS 1.3.5)."""
    if runbook is None or (runbook.startswith(("https://", "http://")) and runbook.isprintable()):
        return []
    return [Problem("A runbook is a link.", path="runbook", remedy="Begin it with https://.")]


def _listed(work: Work) -> View:
    found = list_features(work)["items"]
    return {
        "features": [{**feature, "signing": _signing(feature)} for feature in found],
        "stages": _audiences(work),
    }


def _shown(work: Work, feature: str) -> View:
    found = show_feature(work, feature)
    changes = list_settings(work, scope=feature, limit=LATEST)["items"]
    return {
        "feature": found,
        "asks": _asks(found),
        "signers": found["signers"],
        "changes": changes,
        "lately": lately_live(work, feature=feature),
        "releases": list_releases(work, feature=feature, limit=LATEST)["items"],
        "may": {
            name: work.may(name, feature)
            for name in ("edit_feature", "propose_settings", "restore", "propose")
        },
    }


def _signing(feature: Feature) -> list[tuple[str, str]]:
    return [(stage, signers_in_short(feature["policy"].get(stage, {}))) for stage in STAGES]


def _asks(feature: Feature) -> list[tuple[str, list[str]]]:
    return [(stage, policy_sentences(feature["policy"].get(stage, {}))) for stage in STAGES]


def _audiences(work: Work) -> list[tuple[str, list[str]]]:
    try:
        stages = list_stages(work)["stages"]
    except ProductError:
        return []
    return [(stage["name"], audience_sentences(stage["audience"])) for stage in stages]
