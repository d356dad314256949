"""The tour: what a release goes through, as tasks on one artifact, ticked off by what really happened to it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypedDict

from prompts_admin.domain.errors import ProductError
from prompts_admin.schemas.artifacts import Artifact
from prompts_admin.schemas.releases import Release
from prompts_admin.services.artifacts.overview import list_artifacts, show_artifact
from prompts_admin.services.core.work import Work
from prompts_admin.services.releases.lists import list_releases

SAMPLE = "support/triage"
MOST = 20
"""The newest releases of the artifact that are looked at."""


class Task(TypedDict):
    """A task of the tour, and the page on which it is done."""

    name: str
    done: bool
    link: str


class Tour(TypedDict):
    """The tour on an artifact; `next` is the name of the first task that is not done, None at the end."""

    key: str
    tasks: list[Task]
    done: int
    next: str | None


def tour(work: Work) -> Tour | None:
    """Return the tour on the sample, else on a first prompt; None without."""
    key = _artifact(work)
    if key is None:
        return None
    found = show_artifact(work, key)
    releases = list_releases(work, key=key, limit=MOST)["items"]
    tasks = _tasks(key, found, releases)
    coming = next((task["name"] for task in tasks if not task["done"]), None)
    return {"key": key, "tasks": tasks, "done": sum(task["done"] for task in tasks), "next": coming}


def _artifact(work: Work) -> str | None:
    if not work.may_somewhere("read"):
        return None
    try:
        return show_artifact(work, SAMPLE)["key"]
    except ProductError:
        listed = list_artifacts(work, kind="prompt", limit=1)["items"]
        return next((item["key"] for item in listed), None)


def _tasks(key: str, found: Artifact, releases: Iterable[Release]) -> list[Task]:
    page, known = f"/artifacts/{key}", list(releases)
    promoted = [release for release in known if release["kind"] == "promotion"]
    beta = [release for release in promoted if release["stage"] == "beta"]
    asked = beta[0]["number"] if beta else None
    signed = any(s["verdict"] == "approve" for release in promoted for s in release["signoffs"])
    kinds = {release["kind"] for release in known}
    internal = any(r["stage"] == "internal" and r["live_at"] for r in promoted)
    told = (
        ("edit", found["latest"] > 1, f"{page}/edit"),
        ("internal", internal, page),
        ("ask", bool(beta), f"/releases/new?stage=beta&key={key}"),
        ("sign", signed, f"/releases/{asked}" if asked else "/waiting"),
        ("see", any(r["live_at"] for r in beta), "/"),
        ("rollback", "rollback" in kinds, page),
        ("undo", "undo" in kinds, "/releases"),
    )
    return [{"name": name, "done": done, "link": link} for name, done, link in told]
