"""Settings changes: the list of all, and the page on which one is read, signed and put into force."""

from __future__ import annotations

from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypedDict

from werkzeug.wrappers import Response

from prompts_admin.domain.errors import ProductError, Usage
from prompts_admin.schemas.settings import SettingsChange
from prompts_admin.services.core.work import Work
from prompts_admin.services.policies import changes as policy_changes
from prompts_admin.services.policies.lists import list_settings, show_settings
from prompts_admin.web.settings.policy_sentences import settings_moves
from prompts_admin.web.ui import forms
from prompts_admin.web.ui.actions import do, go, look, page_group
from prompts_admin.web.ui.forms import Form
from prompts_admin.web.ui.rendering import page
from prompts_admin.web.ui.view import View

P = ParamSpec("P")

CHANGE = "/settings/<int(max=999999999):number>"
STATES = ("proposed", "applied", "refused", "withdrawn", "stale", "undone")
VERDICTS = {"approve": "settings-signed", "refuse": "settings-refused", "take_back": "settings-taken-back"}

group = page_group("settings")


class Rights(TypedDict):
    """What to offer to whoever looks at a change."""

    sign_as: list[str]
    barred: bool
    take_back: bool
    apply: bool
    withdraw: bool
    undo: bool


@group.get("/settings")
def settings() -> Response:
    """Show a page of settings changes, newest first."""
    chosen = {name: value for name in ("state", "scope") if (value := forms.asked(name))}
    after = forms.asked("after") or None
    listed = look(list_settings, scope=chosen.get("scope"), state=chosen.get("state"), after=after)
    return page("settings/list.html", listed=listed, chosen=chosen, states=STATES)


@group.get(CHANGE)
def change(number: int) -> Response:
    """Show one settings change."""
    return _show(number)


@group.post(f"{CHANGE}/sign")
def sign(number: int) -> Response:
    """Approve, refuse, or take one's answer back."""
    verdict, role = forms.line("action"), forms.line("role") or None
    if verdict not in VERDICTS:
        raise Usage("malformed", f"'{verdict[:40]}' is no verdict.", "Approve or refuse.")
    note = forms.text("note")
    use_case = policy_changes.sign_settings
    return _decided(number, VERDICTS[verdict], use_case, number, verdict=verdict, note=note, role=role)


@group.post(f"{CHANGE}/apply")
def apply(number: int) -> Response:
    """Put a change into force whose sign-offs are complete."""
    return _decided(number, "settings-applied", policy_changes.apply_settings, number)


@group.post(f"{CHANGE}/withdraw")
def withdraw(number: int) -> Response:
    """Close an open change without a decision."""
    note = forms.text("note")
    return _decided(number, "settings-withdrawn", policy_changes.withdraw_settings, number, note)


@group.post(f"{CHANGE}/undo")
def undo(number: int) -> Response:
    """Put back what was in force before."""
    return _decided(number, "settings-undone", policy_changes.undo_settings, number)


def _decided(
    number: int,
    notice: str,
    use_case: Callable[Concatenate[Work, P], SettingsChange],
    *args: P.args,
    **kwargs: P.kwargs,
) -> Response:
    """Run a use case on a change and go to the page of the change that it answers with."""
    try:
        done = do(use_case, *args, **kwargs)
    except ProductError as error:
        return _show(number, forms.refused(error), error.status)
    if notice == "settings-signed" and done["state"] == "applied":
        notice = "settings-applied"
    return go(f"/settings/{done['number']}", notice, number)


def _show(number: int, form: Form | None = None, status: int = 200) -> Response:
    return page("settings/change.html", status=status, form=form or Form(), **look(_shown, number))


def _shown(work: Work, number: int) -> View:
    found = show_settings(work, number)
    return {
        "change": found,
        "differing": settings_moves(found["before"], found["document"]),
        "rights": _rights(work, found),
    }


def _rights(work: Work, change: SettingsChange) -> Rights:
    """Return what to offer; every use case checks again."""
    is_open, me = change["state"] == "proposed", work.actor.email
    may = work.may("propose_settings", change["scope"] or None)
    signed = [s["verdict"] for s in change["signoffs"] if s["email"] == me]
    return {
        "sign_as": [entry["role"] for entry in change["missing"] if me in entry["people"]],
        "barred": is_open and change["proposed_by"] in work.actor.people,
        "take_back": is_open and bool(signed) and signed[-1] == "approve",
        "apply": is_open and not change["missing"] and may,
        "withdraw": is_open and (may or change["proposed_by"] == work.actor.label),
        "undo": change["state"] == "applied" and may and _is_newest(work, change),
    }


def _is_newest(work: Work, change: SettingsChange) -> bool:
    newest = list_settings(work, scope=change["scope"], state="applied", limit=1)["items"]
    return bool(newest) and newest[0]["number"] == change["number"]
