"""Help: the documentation as pages, and the tour: real tasks on the sample features, ticked off as they are done."""

from __future__ import annotations

from typing import Any

from flask import abort
from werkzeug.wrappers import Response

from prompts_admin.web.help.handbook import chapters
from prompts_admin.web.help.tour import tour
from prompts_admin.web.ui.actions import look, page_group
from prompts_admin.web.ui.rendering import page

group = page_group("helping")


@group.get("/help")
def contents() -> Response:
    """Show what there is to read, and the tour."""
    return page("helping/contents.html", chapters=list(chapters().values()), tour=look(tour))


@group.get("/help/<name>")
def chapter(name: str) -> Response:
    """Show one chapter."""
    found: Any = chapters().get(name)
    if found is None:
        abort(404)
    return page("helping/chapter.html", chapter=found)


@group.get("/tour")
def show_tour() -> Response:
    """Show the tasks of the tour, those that are done ticked."""
    return page("helping/tour.html", tour=look(tour))
