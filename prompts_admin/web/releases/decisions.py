"""What people do with a release: sign, refuse, apply, withdraw, discuss."""

from __future__ import annotations

from collections.abc import Callable
from typing import Concatenate, ParamSpec

from werkzeug.wrappers import Response

from prompts_admin.domain.errors import ProductError, Usage
from prompts_admin.schemas.releases import Release
from prompts_admin.services.core.work import Work
from prompts_admin.services.releases import lifecycle as release_lifecycle
from prompts_admin.services.releases import signoffs
from prompts_admin.web.releases.pages import show
from prompts_admin.web.ui import forms
from prompts_admin.web.ui.actions import do, go, own_page, page_group

P = ParamSpec("P")

RELEASE = "/releases/<int(max=999999999):number>"
VERDICTS = ("approve", "refuse")

group = page_group("deciding")


@group.post(f"{RELEASE}/sign")
def sign(number: int) -> Response:
    """Approve or refuse, in a role that the signer holds."""
    verdict = forms.line("action")
    if verdict not in VERDICTS:
        raise Usage("malformed", f"'{verdict[:40]}' is no verdict.", "Approve or refuse.")
    role, note = forms.line("role") or None, forms.text("note")
    return _decided(number, _after_verdict, signoffs.sign, number, verdict=verdict, role=role, note=note)


@group.post(f"{RELEASE}/take-back")
def take_back(number: int) -> Response:
    """Take one's own sign-off back."""
    return _decided(number, "taken-back", signoffs.take_back, number)


@group.post(f"{RELEASE}/apply")
def apply(number: int) -> Response:
    """Make an approved release live."""
    return _decided(number, "went-live", release_lifecycle.apply, number)


@group.post(f"{RELEASE}/withdraw")
def withdraw(number: int) -> Response:
    """Close an open release without a decision."""
    return _decided(number, "withdrawn", release_lifecycle.withdraw, number, forms.text("note"))


@group.post(f"{RELEASE}/comments")
def comment(number: int) -> Response:
    """Add to the discussion."""
    try:
        do(release_lifecycle.comment, number, forms.text("text"))
    except ProductError as error:
        return show(number, forms.refused(error), error.status)
    return go(_next(number), "release" if forms.ticked("result") else "commented", number)


def _next(number: int) -> str:
    """Return the page that the form was on, the release's own by default."""
    return own_page(forms.line("next") or f"/releases/{number}")


def _decided(
    number: int,
    notice: str | Callable[[Release], str],
    use_case: Callable[Concatenate[Work, P], Release],
    *args: P.args,
    **kwargs: P.kwargs,
) -> Response:
    """Run a use case on a release and go back to its page; a refusal keeps what was typed."""
    try:
        done = do(use_case, *args, **kwargs)
    except ProductError as error:
        return show(number, forms.refused(error), error.status)
    return go(f"/releases/{number}", notice if isinstance(notice, str) else notice(done), number)


def _after_verdict(done: Release) -> str:
    if done["state"] == "refused":
        return "refused"
    return "approved-live" if done["state"] == "live" and not done["break_glass"] else "approved"
