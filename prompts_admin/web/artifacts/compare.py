"""Compare any two versions of an artifact, by number or by what a stage serves."""

from __future__ import annotations

from werkzeug.wrappers import Response

from prompts_admin.domain.errors import NotFound, Problem, ProductError, Refused
from prompts_admin.domain.releases.breaking_changes import breaking_changes
from prompts_admin.domain.stages import STAGES
from prompts_admin.schemas.artifacts import Artifact, VersionLine, cells_of
from prompts_admin.services.artifacts.drafts import find_draft
from prompts_admin.services.artifacts.history import diff, list_versions, named_version, show_value
from prompts_admin.services.artifacts.overview import show_artifact
from prompts_admin.services.artifacts.preview import Draft, preview
from prompts_admin.services.artifacts.stage_comparisons import compare_stages
from prompts_admin.services.core.paging import MAX_LIMIT
from prompts_admin.services.core.work import Work
from prompts_admin.web.ui import forms
from prompts_admin.web.ui.actions import look, page_group
from prompts_admin.web.ui.addresses import ARTIFACT, key_of
from prompts_admin.web.ui.forms import Form
from prompts_admin.web.ui.remedies import on_page
from prompts_admin.web.ui.rendering import page
from prompts_admin.web.ui.view import View

DRAFT = "draft"
"""What the address calls the text that the asker is writing."""

group = page_group("comparing")


@group.get(f"{ARTIFACT}/compare")
def compare(feature: str, name: str) -> Response:
    """Show what changed; without parameters the newest version against what most people get."""
    shown = look(_shown, key_of(feature, name), forms.asked("from"), forms.asked("to"))
    return page("comparing/compare.html", status=shown["form"].status, view=chosen_view(), **shown)


@group.get("/features/<feature>/compare")
def compare_feature(feature: str) -> Response:
    """Show what would change for people if one stage became another; at first, full becoming beta."""
    old, new = forms.asked("from") or STAGES[-1], forms.asked("to") or STAGES[-2]
    found = look(compare_stages, feature, old=old, new=new)
    form = Form({"from": old, "to": new})
    return page("comparing/stages.html", form=form, found=found, stages=STAGES, view=chosen_view())


def chosen_view() -> str:
    """Return how the address wants comparisons shown: "" one text, "sides" two columns."""
    return "sides" if forms.asked("view") == "sides" else ""


def _shown(work: Work, key: str, old: str, new: str) -> View:
    artifact = show_artifact(work, key)
    old = old or _before(artifact)
    new = new or str(artifact["latest"])
    form, comparison = Form({"from": old, "to": new}), None
    try:
        comparison = _with_draft(work, key, old) if new == DRAFT else diff(work, key, old=old, new=new)
    except ProductError as error:
        form = Form(form.typed, error.problems, error.detail, on_page(error), error.status)
    return {
        "artifact": artifact,
        "form": form,
        "comparison": comparison,
        "choices": _choices(artifact, list_versions(work, key, limit=MAX_LIMIT)["items"], old, new),
    }


def _with_draft(work: Work, key: str, old: str) -> View:
    """Compare a version with what the asker is writing; raises NotFound without a draft, Refused for no content."""
    kept = find_draft(work, key)
    if kept is None or kept["dropped_at"]:
        raise NotFound("not_found", f"You have no draft of '{key}'.", "Write one, or compare two versions.")
    number = named_version(work, key, old).number
    found = preview(work, Draft(key, text=kept["text"], against=number))
    if found["value"] is None:
        problems = tuple(Problem(p["message"], remedy=p.get("remedy") or "") for p in found["problems"])
        raise Refused("invalid_content", "Your draft cannot be read yet.", "Mend it first.", problems)
    broken = breaking_changes(show_value(work, key, number), found["value"])
    return {"from": number, "to": DRAFT, "changes": found["changes"], "breaking": list(broken)}


def _before(artifact: Artifact) -> str:
    """Return what is worth comparing the newest with: what most people get, else the version before."""
    served = reversed(cells_of(artifact["stages"]).values())
    settled = next((cell["settled"] for cell in served if cell and cell["settled"]), None)
    if settled and settled != artifact["latest"]:
        return str(settled)
    return str(max(1, artifact["latest"] - 1))


def _choices(artifact: Artifact, listed: list[VersionLine], *asked: str) -> list[tuple[str, str]]:
    """Return what can be chosen on both sides: stages first, then the newest versions, then what was asked."""
    stages: list[tuple[str, str]] = [
        (stage, f"what {stage} serves (v{cell['version']})")
        for stage, cell in cells_of(artifact["stages"]).items()
        if cell
    ]
    if DRAFT in asked:
        stages.append((DRAFT, "your draft"))
    versions = [(str(v["number"]), f"v{v['number']} {v['message'][:60]}") for v in listed]
    known = {choice for choice, _ in (*stages, *versions)}
    others = [(name, f"v{name}") for name in dict.fromkeys(asked) if name not in known and name.isdecimal()]
    return [*stages, *versions, *others]
