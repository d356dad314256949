"""The search page: what is found, with the words marked and where they stand; the palette leads here too."""

from __future__ import annotations

import re

from werkzeug.wrappers import Response

from prompts_admin.domain.content.search_words import words_of
from prompts_admin.domain.errors import ProductError
from prompts_admin.schemas.releases import ReleaseInFull
from prompts_admin.schemas.settings import Feature
from prompts_admin.services.artifacts.search import find
from prompts_admin.services.core.work import Work
from prompts_admin.services.features.documents import list_features
from prompts_admin.services.releases.lists import show_release
from prompts_admin.web.ui import forms
from prompts_admin.web.ui.actions import look, page_group
from prompts_admin.web.ui.rendering import page
from prompts_admin.web.ui.view import View

LONGEST = 500
"""Characters of a question that count, as in the API."""
_RELEASE = re.compile(r"(?:release\s*)?#?\s*([0-9]{1,9})", re.IGNORECASE)

group = page_group("searching")


@group.get("/search")
def search() -> Response:
    """Show what fits the question in the address; without one, the form."""
    question = forms.asked("q")[:LONGEST]
    archived = bool(forms.asked("archived"))
    shown = look(_shown, question, archived, forms.asked("after") or None)
    kept = {"q": question, **({"archived": "yes"} if archived else {})}
    return page("searching/search.html", question=question, kept=kept, archived=archived, **shown)


def _shown(work: Work, question: str, archived: bool, after: str | None) -> View:
    return {
        "found": find(work, question, archived=archived, limit=20, after=after),
        "features": [] if after else _features(work, question),
        "release": None if after else _release(work, question),
    }


def _features(work: Work, question: str) -> list[Feature]:
    """Return the features whose key or title has every word."""
    words = words_of(question)
    if not words:
        return []
    named = (
        (feature, words_of(f"{feature['key']} {feature['title']}"))
        for feature in list_features(work)["items"]
    )
    return [f for f, has in named if all(any(own.startswith(word) for own in has) for word in words)]


def _release(work: Work, question: str) -> ReleaseInFull | None:
    """Return the release that a bare number names."""
    match = _RELEASE.fullmatch(question)
    try:
        return show_release(work, int(match[1])) if match else None
    except ProductError:
        return None
