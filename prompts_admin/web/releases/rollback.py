"""One click that puts back what worked, one that takes the click back, and the second one that switches off."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from werkzeug.wrappers import Response

from prompts_admin.domain.errors import ProductError, Usage
from prompts_admin.domain.stages import parse_stage
from prompts_admin.services.rollback import rollback
from prompts_admin.services.rollback.affected_versions import RunningVersion
from prompts_admin.services.rollback.removal_plan import RollbackRequest
from prompts_admin.web.artifacts.page import artifact_page
from prompts_admin.web.releases.pages import show
from prompts_admin.web.ui import forms
from prompts_admin.web.ui.actions import do, go, own_page, page_group
from prompts_admin.web.ui.addresses import ARTIFACT, address_of, key_of
from prompts_admin.web.ui.rollback_choices import ALL_THE_SAME, switching_off

NOT_SAID = "would_switch_off"
"""The code of a refusal after which a page offers to switch off all the same."""
_PLACE = re.compile(r"([a-z]+)/([^@\s]+)@([1-9][0-9]{0,8})")

group = page_group("putting_back")


@group.post(f"{ARTIFACT}/roll-back")
def roll_back(feature: str, name: str) -> Response:
    """Remove the named version from every stage that runs it, or from those chosen; tell what happened."""
    key, version = key_of(feature, name), forms.number(forms.text("version"), "version")
    wanted = RollbackRequest(
        keys=(f"{key}@{version}",),
        stages=forms.several("stage"),
        to=forms.line("to") or None,
        only=forms.ticked("only"),
        reason=forms.line("reason"),
    )
    try:
        done = do(rollback.rollback, wanted)
    except ProductError as error:
        if error.status in (401, 403, 404):
            raise
        return artifact_page(key, forms.refused(error), _question(error, wanted.reason, address_of(key)))
    return _went(own_page(forms.line("next") or address_of(key)), done)


@group.post("/releases/<int(max=999999999):number>/roll-back")
def roll_back_release(number: int) -> Response:
    """Remove whatever a release put in place and is still there."""
    wanted, back = RollbackRequest(release=number, reason=forms.text("reason")), f"/releases/{number}"
    try:
        done = do(rollback.rollback, wanted)
    except ProductError as error:
        return show(number, forms.refused(error), error.status, _question(error, wanted.reason, back))
    return _went(own_page(forms.line("next") or f"/releases/{done['number']}"), done)


@group.post(ALL_THE_SAME)
def switch_off() -> Response:
    """Switch off what a page has shown to have nothing to go back to, as long as that is what stands there."""
    off = _shown_off()
    try:
        done = do(rollback.rollback, RollbackRequest(off=off, reason=forms.line("reason")))
    except ProductError as error:
        if error.status in (401, 403, 404):
            raise
        return artifact_page(off[0].key, forms.refused(error))
    return _went(own_page(forms.line("next") or address_of(off[0].key)), done)


@group.post("/releases/<int(max=999999999):number>/undo")
def undo(number: int) -> Response:
    """Put back what stood before a release, and return to the page that the button was on."""
    off = _shown_off() if forms.line("off") else None
    try:
        done = do(rollback.undo, number, off=off)
    except ProductError as error:
        if error.code not in (NOT_SAID, "expectation_failed"):
            raise
        way = _question(error, "", f"/releases/{number}", action=f"/releases/{number}/undo")
        return show(number, forms.refused(error), error.status, way)
    return go(own_page(forms.line("next") or f"/releases/{done['number']}"), "release", done["number"])


def _went(page: str, done: Mapping[str, Any]) -> Response:
    """Answer a rollback: the page tells what went, and first of all what was left on."""
    return go(page, "left" if done["left_on"] else "release", done["number"])


def _question(error: ProductError, reason: str, back: str, **more: str) -> dict[str, Any] | None:
    """Return the button that does what was refused because nobody had said so."""
    if error.code != NOT_SAID or not error.members["left_on"]:
        return None
    return switching_off(
        error.members["left_on"], back=own_page(forms.line("next") or back), reason=reason, **more
    )


def _shown_off() -> tuple[RunningVersion, ...]:
    """Read the field `off`: what the page said would be switched off."""
    found = [_PLACE.fullmatch(text) for text in forms.line("off").split()]
    if not found or not all(found):
        raise Usage("malformed", "'off' names no places.", "Go back and choose again.")
    return tuple(RunningVersion(match[2], int(match[3]), parse_stage(match[1])) for match in found if match)
