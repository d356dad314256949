"""People: who there is, what each may do, invitations, and letting somebody go; for administrators."""

from __future__ import annotations

from typing import Any

from werkzeug.wrappers import Response

from prompts_admin.domain.errors import ProductError
from prompts_admin.domain.people.permissions import ACCESS_ROLES, ACTIONS, EVERYWHERE, Grant
from prompts_admin.services.core.work import Work
from prompts_admin.services.features.documents import list_features
from prompts_admin.services.people import accounts
from prompts_admin.services.people.accounts import UserChange
from prompts_admin.services.people.one_time_links import create_link
from prompts_admin.services.people.sessions import end_all_sessions
from prompts_admin.web.ui import forms
from prompts_admin.web.ui.actions import do, go, look, page_group
from prompts_admin.web.ui.forms import Form
from prompts_admin.web.ui.one_time_answers import do_unkept
from prompts_admin.web.ui.rendering import page
from prompts_admin.web.ui.view import View

USUAL_ROLES = ("product", "ml", "legal", "security", "support", "business")

group = page_group("people")


@group.get("/people")
def people() -> Response:
    """Show a page of people, by address."""
    return page("people/list.html", listed=look(accounts.list_users, after=forms.asked("after")))


@group.get("/people/new")
def new() -> Response:
    """Show the form that adds somebody."""
    return page("people/new.html", form=Form(), **look(_choices))


@group.post("/people")
def add() -> Response:
    """Add a person; the page that answers shows their link, this once."""
    email, name = forms.line("email"), forms.line("name")
    roles = [grant for n in range(2) if (grant := _grant(f"-{n}"))]
    try:
        made = do_unkept(accounts.create_user, email, name, roles=roles)
    except ProductError as error:
        return page("people/new.html", status=error.status, form=forms.refused(error), **look(_choices))
    return page("people/link.html", link=made["invite"], person=made)


@group.get("/people/<email>")
def person(email: str) -> Response:
    """Show one person."""
    return _show(email)


@group.post("/people/<email>/name")
def rename(email: str) -> Response:
    """Change a person's name."""
    return _changed(email, UserChange(name=forms.line("name")))


@group.post("/people/<email>/grant")
def grant(email: str) -> Response:
    """Give a person a role."""
    given = _grant("") or ("", EVERYWHERE)
    return _changed(email, UserChange(grant=(given,)))


@group.post("/people/<email>/revoke")
def revoke(email: str) -> Response:
    """Take a role from a person."""
    gone = (forms.line("role"), forms.line("feature") or EVERYWHERE)
    return _changed(email, UserChange(revoke=(gone,), successor=_successor()))


@group.post("/people/<email>/disable")
def disable(email: str) -> Response:
    """Disable a person; what they alone answer for goes to a successor."""
    return _changed(email, UserChange(active=False, successor=_successor()), "person-disabled")


@group.post("/people/<email>/enable")
def enable(email: str) -> Response:
    """Let a disabled person in again."""
    return _changed(email, UserChange(active=True), "person-enabled")


@group.post("/people/<email>/end-sessions")
def end_sessions(email: str) -> Response:
    """Sign a person out everywhere."""
    do(end_all_sessions, email)
    return go(_address(email), "person-signed-out")


@group.post("/people/<email>/link")
def link(email: str) -> Response:
    """Make a link by which a person sets a new password; shown this once."""
    try:
        made = do_unkept(create_link, email)
    except ProductError as error:
        return _show(email, forms.refused(error), error.status)
    return page("people/link.html", link=made, person=look(accounts.show_user, email))


def _changed(email: str, change: UserChange, notice: str = "person-changed") -> Response:
    try:
        do(accounts.change_user, email, change)
    except ProductError as error:
        return _show(email, forms.refused(error), error.status, duties=error.members.get("duties", ()))
    return go(_address(email), notice)


def _show(email: str, form: Form | None = None, status: int = 200, duties: Any = ()) -> Response:
    shown = look(_shown, email)
    return page("people/person.html", status=status, form=form or Form(), duties=duties, **shown)


def _shown(work: Work, email: str) -> View:
    work.require("manage_people")
    found = accounts.show_user(work, email)
    others = accounts.list_users(work, limit=200)["items"]
    active = [(u["email"], u["name"]) for u in others if u["active"] and u["email"] != email]
    return {"person": found, "others": active, **_choices(work)}


def _choices(work: Work) -> View:
    work.require("manage_people")
    features = [(f["key"], f["title"]) for f in list_features(work)["items"]]
    return {
        "roles": {"What they may do": ACCESS_ROLES, "What they sign as": USUAL_ROLES},
        "places": [(EVERYWHERE, "everywhere"), *sorted(features)],
        "actions": {role: [r.help for r in ACTIONS.values() if r.role == role] for role in ACCESS_ROLES},
    }


def _grant(suffix: str) -> Grant | None:
    role = forms.line(f"other{suffix}") or forms.line(f"role{suffix}")
    return (role, forms.line(f"feature{suffix}") or EVERYWHERE) if role else None


def _successor() -> str | None:
    return forms.line("successor").lower() or None


def _address(email: str) -> str:
    return f"/people/{email}"
