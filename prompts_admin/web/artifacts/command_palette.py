"""What the command palette offers: names to find and things to do, for whoever asks."""

from __future__ import annotations

import json

from flask import Response as FlaskResponse
from werkzeug.wrappers import Response

from prompts_admin.services.artifacts.search import names
from prompts_admin.services.core.work import Work
from prompts_admin.services.features.documents import list_features
from prompts_admin.web.ui.actions import look, page_group
from prompts_admin.web.ui.view import View

PAGES = (
    ("Overview", "/", "read"),
    ("Search", "/search", "read"),
    ("Releases", "/releases", "read"),
    ("Waiting for me", "/waiting", "read"),
    ("Features", "/features", "read"),
    ("Stages and audiences", "/audiences", "read"),
    ("Who was served what (explain)", "/explain", "explain"),
    ("Settings changes", "/settings", "read"),
    ("Audit", "/audit", "read_audit"),
    ("New artifact", "/new", "save"),
    ("Propose a release", "/releases/new", "propose"),
    ("Restore as it was", "/restore", "restore"),
    ("Archived artifacts", "/?archived=yes", "read"),
    ("People", "/people", "manage_people"),
    ("Tokens", "/tokens", "read"),
    ("Password and sessions", "/account", "read"),
)
ACTIONS = (
    ("Roll back", "/artifacts/KEY#live", "roll_back"),
    ("Edit", "/artifacts/KEY/edit", "save"),
    ("Propose a release of", "/releases/new?key=KEY", "propose"),
    ("Compare versions of", "/artifacts/KEY/compare", "read"),
    ("Time line of", "/artifacts/KEY/timeline", "read"),
    ("Who was served what of", "/explain?key=KEY", "explain"),
)
"""Verb, where it is done and the right that it takes; each leads to the page on which one click does it."""

group = page_group("palette")


@group.get("/palette")
def palette() -> Response:
    """Answer with what the palette chooses from, as JSON."""
    return FlaskResponse(json.dumps(look(_offered), separators=(",", ":")), content_type="application/json")


def _offered(work: Work) -> View:
    return {
        "artifacts": names(work),
        "features": [(feature["key"], feature["title"]) for feature in list_features(work)["items"]],
        "pages": [(label, path) for label, path, action in PAGES if work.may_somewhere(action)],
        "actions": [(verb, path) for verb, path, action in ACTIONS if work.may_somewhere(action)],
    }
