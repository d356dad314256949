"""Waiting for me: what the reader can decide now, oldest first."""

from __future__ import annotations

from typing import Any

from werkzeug.wrappers import Response

from prompts_admin.services.core.work import Work
from prompts_admin.services.notifications import inbox
from prompts_admin.web.ui.actions import look, page_group
from prompts_admin.web.ui.rendering import page

group = page_group("waiting")


@group.get("/waiting")
def waiting() -> Response:
    """Show the releases and settings changes that wait for whoever asks."""
    return page("waiting/waiting.html", **look(_shown))


def _shown(work: Work) -> dict[str, Any]:
    found = inbox.waiting(work)
    mine = work.actor.email
    for document in (*found["releases"], *found["settings"]):
        document["as"] = [entry["role"] for entry in document["missing"] if mine in entry["people"]]
    return {**found, "refusals": found.pop("refused")}
