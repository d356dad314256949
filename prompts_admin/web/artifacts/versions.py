"""One version: what it says, what it contains, where it runs; and its file as it is."""

from __future__ import annotations

from flask import make_response
from werkzeug.wrappers import Response

from prompts_admin.services.artifacts.history import show_value, show_version
from prompts_admin.services.artifacts.kept_answers import list_examples
from prompts_admin.services.artifacts.overview import show_artifact
from prompts_admin.services.artifacts.pinned_versions import list_pins
from prompts_admin.services.core.work import Work
from prompts_admin.web.artifacts.stage_ladder import places
from prompts_admin.web.ui.actions import look, page_group
from prompts_admin.web.ui.addresses import ARTIFACT, key_of
from prompts_admin.web.ui.rendering import page
from prompts_admin.web.ui.view import View

VERSION = f"{ARTIFACT}/versions/<int(max=999999999):number>"

group = page_group("versions")


@group.get(VERSION)
def version(feature: str, name: str, number: int) -> Response:
    """Show a version as people read it."""
    return page("artifacts/version.html", **look(_shown, key_of(feature, name), number))


@group.get(f"{VERSION}/file")
def file(feature: str, name: str, number: int) -> Response:
    """Send the file of a version; never as something that a browser would interpret (ASVS 4.1.1)."""
    key = key_of(feature, name)
    found = look(show_version, key, number)
    response = make_response(found["text"])
    response.headers["Content-Type"] = "text/plain; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}-v{number}.yaml"'
    return response


def _shown(work: Work, key: str, number: int) -> View:
    found, artifact = show_version(work, key, number), show_artifact(work, key)
    return {
        "artifact": artifact,
        "version": found,
        "value": show_value(work, key, number),
        "examples": list_examples(work, key, number),
        "pins": list_pins(work, found["content"]),
        "places": places(artifact).get(number, []),
        "may_save": work.may("save", artifact["feature"]),
    }
