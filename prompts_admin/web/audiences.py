"""Who is on which stage, for the whole workspace, and the form that proposes something else."""

from __future__ import annotations

from typing import Any

from werkzeug.wrappers import Response

from prompts_admin.domain.errors import ProductError, Refused
from prompts_admin.domain.governance import WORKSPACE
from prompts_admin.domain.prompt_files import WORKSPACE_NAME, WorkspaceFile, parse_file, workspace_file
from prompts_admin.services.feature_views import list_stages
from prompts_admin.services.settings_changes import propose_settings
from prompts_admin.services.settings_lists import current_settings, list_settings
from prompts_admin.services.work import Work
from prompts_admin.web import forms
from prompts_admin.web.call import do, go, look, page_group
from prompts_admin.web.forms import Form
from prompts_admin.web.rendering import page
from prompts_admin.web.sentences import audience_sentences

LATEST = 5

group = page_group("audiences")


@group.get("/audiences")
def audiences() -> Response:
    """Show the ladder, and who is on each stage."""
    return page("audiences/audiences.html", **look(_shown))


@group.get("/audiences/edit")
def edit() -> Response:
    """Show the audiences in force as the text of `_workspace.yaml`."""
    return page("audiences/edit.html", form=Form({"text": look(_text)}))


@group.post("/audiences/edit")
def propose() -> Response:
    """Propose other audiences; text that cannot be read is kept and every fault is told with its line."""
    try:
        change = do(propose_settings, scope=WORKSPACE, document=_sent(), note=forms.text("note").strip())
    except ProductError as error:
        return page("audiences/edit.html", status=error.status, form=forms.refused(error))
    notice = "settings-applied" if change["state"] == "applied" else "settings-proposed"
    return go(f"/settings/{change['number']}", notice, change["number"])


def _sent() -> dict[str, Any]:
    parsed = parse_file(WORKSPACE_NAME, forms.text("text"))
    if not isinstance(parsed, WorkspaceFile):
        raise Refused("invalid", "This is not a file of audiences.", "Begin it with 'audiences:'.")
    return {"audiences": parsed.audiences}


def _text(work: Work) -> str:
    work.require("propose_settings", None)
    return workspace_file(current_settings(work, WORKSPACE)["document"])


def _shown(work: Work) -> dict[str, Any]:
    found = list_stages(work)
    return {
        "stages": [(s["name"], audience_sentences(s["audience"])) for s in found["stages"]],
        "changes": list_settings(work, scope=WORKSPACE, limit=LATEST)["items"],
        "may_propose": work.may("propose_settings"),
    }
