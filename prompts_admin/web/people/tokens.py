"""API tokens: one's own, and for administrators all; the secret is shown once, in the answer that makes it."""

from __future__ import annotations

from datetime import timedelta

from werkzeug.wrappers import Response

from prompts_admin.domain.errors import Problem, ProductError, Refused
from prompts_admin.domain.people.permissions import CLEARANCES, TOKEN_ROLES
from prompts_admin.http.app_state import shell
from prompts_admin.services.core.work import Work
from prompts_admin.services.features.documents import list_features
from prompts_admin.services.people.tokens import TokenRequest, create_token, list_tokens, revoke_token
from prompts_admin.web.ui import forms
from prompts_admin.web.ui.actions import do, go, look, page_group
from prompts_admin.web.ui.forms import Form
from prompts_admin.web.ui.one_time_answers import do_unkept
from prompts_admin.web.ui.rendering import page
from prompts_admin.web.ui.view import View

LIVES = (("30", "30 days"), ("90", "90 days"), ("365", "A year"), ("", "For ever"))
NOBODY = "nobody"

group = page_group("tokens")


@group.get("/tokens")
def tokens() -> Response:
    """Show the tokens that the reader may see, and the form for a new one."""
    return _show()


@group.post("/tokens")
def create() -> Response:
    """Make a token; the page that answers shows its secret, this once."""
    try:
        made = do_unkept(create_token, look(_request))
    except ProductError as error:
        return _show(forms.refused(error), error.status)
    return page("tokens/made.html", token=made)


@group.post("/tokens/<token_id>/revoke")
def revoke(token_id: str) -> Response:
    """End a token at once."""
    do(revoke_token, token_id)
    return go("/tokens", "token-revoked")


def _show(form: Form | None = None, status: int = 200) -> Response:
    return page("tokens/tokens.html", status=status, form=form or Form(), **look(_shown))


def _shown(work: Work) -> View:
    features = (
        [(f["key"], f["title"]) for f in list_features(work)["items"]] if work.may_somewhere("read") else []
    )
    return {
        "listed": list_tokens(work, after=forms.asked("after")),
        "features": sorted(features),
        "roles": [(role, role) for role in TOKEN_ROLES],
        "clearances": [(name, name) for name in CLEARANCES],
        "lives": LIVES,
        "may_all": work.may("manage_tokens"),
    }


def _request(work: Work) -> TokenRequest:
    days, owner = forms.line("days"), forms.line("owner")
    if days not in dict(LIVES):
        problem = Problem("Choose how long it lives.", path="days")
        raise Refused("invalid", problem.message, "", (problem,))
    return TokenRequest(
        name=forms.line("name"),
        role=forms.line("role"),
        features=forms.several("feature") or None,
        user=None if owner == NOBODY else work.actor.email,
        clearance=forms.line("clearance", "internal"),
        expires=shell().product.store.clock() + timedelta(days=int(days)) if days else None,
    )
