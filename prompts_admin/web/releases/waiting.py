"""Waiting for me: what the reader can decide now, oldest first."""

from __future__ import annotations

from werkzeug.wrappers import Response

from prompts_admin.schemas.releases import Missing
from prompts_admin.services.core.work import Work
from prompts_admin.services.notifications import inbox
from prompts_admin.web.ui.actions import look, page_group
from prompts_admin.web.ui.rendering import page
from prompts_admin.web.ui.view import View

group = page_group("waiting")


@group.get("/waiting")
def waiting() -> Response:
    """Show the releases and settings changes that wait for whoever asks."""
    return page("waiting/waiting.html", **look(_shown))


def _shown(work: Work) -> View:
    found = inbox.waiting(work)
    mine = work.actor.email
    return {
        "releases": [{**release, "as": _roles(release["missing"], mine)} for release in found["releases"]],
        "settings": [{**change, "as": _roles(change["missing"], mine)} for change in found["settings"]],
        "refusals": found["refused"],
    }


def _roles(missing: list[Missing], email: str | None) -> list[str]:
    """Return the roles in which somebody could give what is missing."""
    return [entry["role"] for entry in missing if email in entry["people"]]
