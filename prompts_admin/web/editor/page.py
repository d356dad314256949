"""Write a version: the file's text, a preview, the comparison with what is live; save, or settle a conflict."""

from __future__ import annotations

from dataclasses import replace

from flask import jsonify, request
from werkzeug.wrappers import Response

from prompts_admin.domain.content.references import unpinned
from prompts_admin.domain.errors import Conflict, ProductError
from prompts_admin.domain.files.prompt_files import dump_file
from prompts_admin.domain.keys import feature_of, parse_key
from prompts_admin.http.app_state import shell
from prompts_admin.services.artifacts.autocomplete import list_known
from prompts_admin.services.artifacts.drafts import save_draft
from prompts_admin.services.artifacts.history import show_version
from prompts_admin.services.artifacts.overview import show_artifact
from prompts_admin.services.artifacts.pinned_versions import list_pins
from prompts_admin.services.artifacts.save import NEW
from prompts_admin.services.core.work import Work
from prompts_admin.web.editor.form import Writing, look_at, sent
from prompts_admin.web.editor.playground import trying_of
from prompts_admin.web.editor.presence import Beside, beside, keep, resume, typed_on
from prompts_admin.web.editor.starters import SKELETONS
from prompts_admin.web.ui import forms
from prompts_admin.web.ui.actions import do, go, look, page_group
from prompts_admin.web.ui.addresses import ARTIFACT, address_of, key_of
from prompts_admin.web.ui.forms import Form
from prompts_admin.web.ui.rendering import page
from prompts_admin.web.ui.view import View

group = page_group("editing")


@group.get(f"{ARTIFACT}/edit")
def edit(feature: str, name: str) -> Response:
    """Show the newest text, or with `from` an older one, to be edited."""
    key, older, use = key_of(feature, name), forms.asked("from"), forms.asked("use")
    chosen = forms.number(older, "from") if older else None
    writing = look(_begun, key, chosen, (use,) if use else ())
    resumes = not (older or use or forms.asked("fresh"))
    writing, counter = resume(writing) if resumes else (writing, 0)
    return _editor(writing, Form(), beside=beside(writing, counter, resumes=resumes))


@group.post(f"{ARTIFACT}/edit")
def editing(feature: str, name: str) -> Response:
    """Preview or save what was typed."""
    return _sent(key_of(feature, name))


@group.get("/new")
def start() -> Response:
    """Show a first text for a new artifact of the kind that the address names."""
    kind = forms.asked("kind") if forms.asked("kind") in SKELETONS else "prompt"
    writing = Writing(forms.asked("key"), SKELETONS[kind], NEW)
    resumes = not (forms.asked("kind") or forms.asked("key"))
    writing, counter = resume(writing) if resumes else (writing, 0)
    return _editor(writing, Form(), beside=beside(writing, counter, resumes=resumes), kind=kind)


@group.post("/new")
def starting() -> Response:
    """Preview or save the first version of a new artifact."""
    return _sent(forms.line("key"))


@group.get("/editing/known")
def known() -> Response:
    """Return what the editor offers while somebody types: models and snippets, as JSON."""
    return jsonify(look(list_known))


def _sent(key: str) -> Response:
    writing = sent(key)
    if request.headers.get("X-Part") == "preview":
        shown = look(_shown, writing, request.path == "/new", refused=False)
        return page("editing/part.html", form=Form(), writing=writing, **shown)
    if forms.text("action") != "save":
        return _editor(writing, Form(forms.typed()), beside=beside(writing, *keep(writing)))
    try:
        saved = do(save_draft, writing.as_save(), typed_on(writing))
    except ProductError as error:
        if error.status in (401, 403, 404):
            raise
        around = beside(writing, *keep(writing))
        if isinstance(error, Conflict) and error.code == "stale_version":
            return _conflict(writing, error, around)
        return _editor(writing, forms.refused(error), beside=around)
    return go(address_of(saved["key"]), "saved" if saved["created"] else "unchanged", saved["number"])


def _editor(writing: Writing, form: Form, *, beside: Beside, kind: str = "") -> Response:
    is_new = request.path == "/new"
    shown = look(_shown, writing, is_new, refused=form.is_refused)
    template = "editing/new.html" if is_new else "editing/edit.html"
    most = shell().product.settings.max_content_bytes
    return page(
        template,
        status=form.status,
        form=form,
        writing=writing,
        beside=beside,
        trying=trying_of(writing) if not is_new else None,
        kind=kind,
        kinds=tuple(SKELETONS),
        most=most,
        **shown,
    )


def _conflict(writing: Writing, error: Conflict, around: Beside) -> Response:
    """Show both texts and their merge, to be saved on the newer version; nothing typed is lost."""
    merge = error.members["merge"]
    merged = replace(writing, text=merge["text"], base=error.members["current"])
    their = look(show_version, writing.key, error.members["current"])
    most = shell().product.settings.max_content_bytes
    form = Form(forms.typed(), status=error.status)
    return page(
        "editing/conflict.html",
        status=error.status,
        writing=merged,
        beside=around,
        conflict=error.members,
        problem=error,
        their=their,
        form=form,
        most=most,
    )


def _begun(work: Work, key: str, chosen: int | None, renew: tuple[str, ...]) -> Writing:
    """Return the text to begin with; an older one is written as a change of the newest."""
    work.require("save", feature_of(parse_key(key)))
    latest = show_artifact(work, key)["latest"]
    newest = show_version(work, key, latest)
    if chosen in (None, latest):
        return Writing(key, newest["text"], latest, renew=renew)
    older = show_version(work, key, chosen or latest)
    text = dump_file(unpinned(older["content"], newest["content"]))
    return Writing(key, text, latest, message=f"Back to the text of v{chosen}.", renew=renew)


def _shown(work: Work, writing: Writing, is_new: bool, *, refused: bool) -> View:
    if is_new:
        work.require_somewhere("save")
        ready = bool(writing.key) and not refused
        return {"preview": look_at(work, writing) if ready else None, "pins": [], "artifact": None}
    found = show_artifact(work, writing.key)
    work.require("save", found["feature"])
    base = show_version(work, writing.key, min(writing.base, found["latest"]) or found["latest"])
    pins = [pin for pin in list_pins(work, base["content"]) if pin["newest"] > pin["version"]]
    return {"preview": None if refused else look_at(work, writing), "pins": pins, "artifact": found}
