"""Restore a feature, or all, as it was at a moment: first the plan, then one button."""

from __future__ import annotations

from datetime import datetime

from flask import request
from werkzeug.wrappers import Response

from prompts_admin.domain.errors import Problem, ProductError, Refused
from prompts_admin.domain.json_object import Json
from prompts_admin.services.core.work import Work
from prompts_admin.services.features.documents import list_features
from prompts_admin.services.rollback import rollback
from prompts_admin.web.ui import forms
from prompts_admin.web.ui.actions import do, go, look, page_group
from prompts_admin.web.ui.forms import Form, moment
from prompts_admin.web.ui.remedies import on_page
from prompts_admin.web.ui.rendering import page
from prompts_admin.web.ui.view import View

EVERYTHING = "*"

group = page_group("restoring")


@group.get("/restore")
def plan() -> Response:
    """Show the form, and with a time in the address what restoring would do."""
    typed = {name: forms.asked(name) for name in ("feature", "at", "exact")}
    form = Form({name: value for name, value in typed.items() if value})
    if not typed["at"]:
        return _show(form)
    try:
        at = _moment(typed["at"])
        found = look(
            rollback.restore,
            feature=_feature(typed["feature"]),
            at=at,
            exact=bool(typed["exact"]),
            dry_run=True,
        )
    except ProductError as error:
        return _show(_refused(form, error))
    return _show(form, found=found, at=at)


@group.post("/restore")
def restore() -> Response:
    """Restore; the release that does it tells what changed."""
    at = _moment(forms.line("at"))
    done = do(rollback.restore, feature=_feature(forms.line("feature")), at=at, exact=forms.ticked("exact"))
    return go(f"/releases/{done['number']}", "restored", done["number"])


def _show(form: Form, *, found: Json | None = None, at: datetime | None = None) -> Response:
    return page("restoring/restore.html", status=form.status, form=form, found=found, at=at, **look(_choices))


def _refused(form: Form, error: ProductError) -> Form:
    names = frozenset(request.args)
    return Form(form.typed, error.problems, error.detail, on_page(error), error.status, names)


def _choices(work: Work) -> View:
    work.require_somewhere("restore")
    features = [f for f in list_features(work)["items"] if work.may("restore", f["key"])]
    return {
        "features": sorted((f["key"], f["title"]) for f in features),
        "may_all": work.may("restore"),
    }


def _feature(name: str) -> str | None:
    """Return the feature, None for the whole workspace; nothing chosen is refused rather than everything."""
    if not name:
        problem = Problem("Choose what to restore.", path="feature", remedy="One feature, or everything.")
        raise Refused("invalid", problem.message, problem.remedy, (problem,))
    return None if name == EVERYTHING else name


def _moment(text: str) -> datetime:
    return moment(text, "at")
