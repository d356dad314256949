"""The overview: every artifact by stage, what is ahead, and what waits for whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

from werkzeug.wrappers import Response

from prompts_admin.domain.content import KINDS
from prompts_admin.domain.stages import STAGES
from prompts_admin.schemas.artifacts import ArtifactLine, cells_of
from prompts_admin.schemas.releases import Release
from prompts_admin.services.artifacts.overview import list_artifacts
from prompts_admin.services.core.work import Work
from prompts_admin.services.features.documents import list_features
from prompts_admin.services.notifications.inbox import waiting
from prompts_admin.services.releases.documents import release_documents
from prompts_admin.web.artifacts.stage_ladder import has_stages, spans
from prompts_admin.web.help.tour import tour
from prompts_admin.web.ui import forms
from prompts_admin.web.ui.actions import look, page_group
from prompts_admin.web.ui.rendering import page
from prompts_admin.web.ui.rollback_choices import lately_live
from prompts_admin.web.ui.view import View

STATES = (
    ("partly", "Rolled out partly"),
    ("nothing", "Nothing live"),
    ("unreleased", "Newest not live"),
    ("waiting", "Waiting in a release"),
)
FILTERS = ("q", "feature", "kind", "stage", "state", "dri", "archived")

LATELY = 2
"""Promotions on top of the overview, each with its way back."""

group = page_group("overview")


@group.get("/")
def overview() -> Response:
    """Show a page of artifacts, filtered as the address says."""
    chosen = {name: value for name in FILTERS if (value := forms.asked(name)) and _is_known(name, value)}
    return page("overview/overview.html", chosen=chosen, **look(_shown, chosen, forms.asked("after")))


def _shown(work: Work, chosen: Mapping[str, str], after: str) -> View:
    listed = list_artifacts(
        work,
        feature=chosen.get("feature"),
        kind=chosen.get("kind"),
        q=chosen.get("q", ""),
        stage=chosen.get("stage"),
        state=chosen.get("state"),
        dri=chosen.get("dri"),
        archived=bool(chosen.get("archived")),
        after=after or None,
    )
    features = list_features(work)["items"]
    titles = {feature["key"]: feature["title"] for feature in features}
    counts = {feature["key"]: feature["artifacts"] for feature in features}
    return {
        "listed": listed,
        "groups": _by_feature(listed["items"], titles, _asked(work, listed["items"])),
        "features": sorted(titles.items()),
        "counts": counts,
        "dris": sorted({feature["dri"] for feature in features if feature["dri"]}),
        "states": STATES,
        "narrowing": _narrowing(chosen, titles),
        "kinds": KINDS,
        "stages": STAGES,
        "mine": waiting(work),
        "tour": tour(work) if work.head.demo and not chosen else None,
        "lately": [] if chosen or after else lately_live(work, most=LATELY),
        "may_start": work.may_somewhere("save"),
    }


def _is_known(name: str, value: str) -> bool:
    """Tell whether a filter's value exists: what an old or a mistyped address asks for is left out."""
    known = {"kind": KINDS, "stage": STAGES, "state": dict(STATES)}.get(name)
    return known is None or value in known


def _narrowing(chosen: Mapping[str, str], titles: Mapping[str, str]) -> list[tuple[str, dict[str, str]]]:
    """Return each filter in words with the address's parameters without it."""
    said = {
        "q": "“{}”",
        "feature": "in {}",
        "kind": "{}s only",
        "stage": "live on {}",
        "state": "{}",
        "dri": "answered for by {}",
        "archived": "archived",
    }
    shown = {**chosen, "feature": titles.get(chosen.get("feature", ""), chosen.get("feature", ""))}
    shown["state"] = dict(STATES).get(chosen.get("state", ""), "").lower()
    return [
        (said[name].format(shown[name]), {other: chosen[other] for other in chosen if other != name})
        for name in chosen
    ]


def _asked(work: Work, items: Sequence[ArtifactLine]) -> dict[int, Release]:
    """Return the open releases of these artifacts: who still has to sign stands in them."""
    numbers = sorted({line["release"] for item in items for line in item["waiting"]})
    return {document["number"]: document for document in release_documents(work, numbers)}


def _by_feature(
    items: Sequence[ArtifactLine], titles: Mapping[str, str], asked: Mapping[int, Release]
) -> list[View]:
    rows: list[View] = [
        {
            "artifact": item,
            "spans": spans(item) if has_stages(item) else [],
            "unreleased": not any(
                cell and cell["version"] == item["latest"] for cell in cells_of(item["stages"]).values()
            ),
            "waiting": [{**line, "by": asked[line["release"]]} for line in item["waiting"]],
        }
        for item in items
    ]
    return [
        {"key": feature, "title": titles.get(feature, feature), "rows": list(inside)}
        for feature, inside in groupby(rows, key=lambda row: row["artifact"]["feature"])
    ]
