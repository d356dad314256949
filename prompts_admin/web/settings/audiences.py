"""Who is on which stage, for the whole workspace, and the form that proposes something else."""

from __future__ import annotations

from werkzeug.wrappers import Response

from prompts_admin.domain.errors import ProductError, Refused
from prompts_admin.domain.files.prompt_files import WORKSPACE_NAME, WorkspaceFile, parse_file, workspace_file
from prompts_admin.domain.json_object import Json
from prompts_admin.domain.releases.policy_changes import WORKSPACE
from prompts_admin.domain.text.merge import merge3
from prompts_admin.services.core.work import Work
from prompts_admin.services.features.documents import list_stages
from prompts_admin.services.policies.changes import propose_settings
from prompts_admin.services.policies.lists import current_settings, list_settings
from prompts_admin.web.settings.concurrent_edits import BASE, is_overtaken, meanwhile, on_top, sent_base
from prompts_admin.web.settings.policy_sentences import audience_sentences
from prompts_admin.web.ui import forms
from prompts_admin.web.ui.actions import do, go, look, page_group
from prompts_admin.web.ui.forms import Form
from prompts_admin.web.ui.rendering import page
from prompts_admin.web.ui.view import View

LATEST = 5

group = page_group("audiences")


@group.get("/audiences")
def audiences() -> Response:
    """Show the ladder, and who is on each stage."""
    return page("audiences/audiences.html", **look(_shown))


@group.get("/audiences/edit")
def edit() -> Response:
    """Show the audiences in force as the text of `_workspace.yaml`."""
    text, version = look(_text)
    return page("audiences/edit.html", form=Form({"text": text, BASE: str(version)}), since=None)


@group.post("/audiences/edit")
def propose() -> Response:
    """Propose other audiences; text that cannot be read is kept and every fault is told with its line."""
    try:
        note, base = forms.text("note").strip(), sent_base()
        change = do(propose_settings, scope=WORKSPACE, document=_sent(), note=note, base=base)
    except ProductError as error:
        return _refused(error)
    notice = "settings-applied" if change["state"] == "applied" else "settings-proposed"
    return go(f"/settings/{change['number']}", notice, change["number"])


def _sent() -> Json:
    parsed = parse_file(WORKSPACE_NAME, forms.text("text"))
    if not isinstance(parsed, WorkspaceFile):
        raise Refused("invalid", "This is not a file of audiences.", "Begin it with 'audiences:'.")
    return {"audiences": parsed.audiences}


def _refused(error: ProductError) -> Response:
    """Show the text again; over other audiences than it was made from it is merged by line with those in force."""
    form, since = forms.refused(error), None
    if is_overtaken(error):
        since = look(meanwhile, WORKSPACE, sent_base() or 0)
        now = workspace_file(since["document"])
        before = workspace_file(since["before"]) if since["before"] else now
        text = merge3(before, form.get("text"), now).text
        form = on_top(form, since["version"], {"text": text})
    return page("audiences/edit.html", status=error.status, form=form, since=since)


def _text(work: Work) -> tuple[str, int]:
    work.require("propose_settings", None)
    found = current_settings(work, WORKSPACE)
    return workspace_file(found["document"]), found["version"]


def _shown(work: Work) -> View:
    found = list_stages(work)
    return {
        "stages": [(s["name"], audience_sentences(s["audience"])) for s in found["stages"]],
        "changes": list_settings(work, scope=WORKSPACE, limit=LATEST)["items"],
        "may_propose": work.may("propose_settings"),
    }
