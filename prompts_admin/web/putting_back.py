"""One click that puts back what worked, and one that takes the click back."""

from __future__ import annotations

from flask import request
from werkzeug.wrappers import Response

from prompts_admin.domain.errors import ProductError
from prompts_admin.services import putting_back
from prompts_admin.services.removing import RollbackRequest
from prompts_admin.web import forms
from prompts_admin.web.artifacts import artifact_page
from prompts_admin.web.call import do, go, own_page, page_group
from prompts_admin.web.keys import ARTIFACT, address_of, key_of

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
        done = do(putting_back.rollback, wanted)
    except ProductError as error:
        if error.status in (401, 403, 404):
            raise
        return artifact_page(key, forms.refused(error))
    return go(own_page(forms.line("next") or address_of(key)), "release", done["number"])


@group.post("/releases/<int(max=999999999):number>/undo")
def undo(number: int) -> Response:
    """Put back what stood before a release, and return to the page that the button was on."""
    done = do(putting_back.undo, number)
    back = own_page(request.form.get("next", f"/releases/{done['number']}"))
    return go(back, "release", done["number"])
