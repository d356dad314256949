"""What is live of an artifact, for the eye."""

from __future__ import annotations

from typing import TypedDict

from prompts_admin.domain.content import ARTIFACT_KINDS
from prompts_admin.domain.stages import STAGES, Stage
from prompts_admin.schemas.artifacts import ArtifactLine, Cell, HistoryLine, cells_of
from prompts_admin.schemas.base import ListOf


def has_stages(artifact: ArtifactLine) -> bool:
    """Tell whether artifacts of this kind go from stage to stage."""
    return ARTIFACT_KINDS[artifact["kind"]].has_stages


class Rung(TypedDict):
    """A stage of an artifact.

    `ahead` tells that a wider stage serves another version; `like` names the wider stage whose version people
    on an empty one get, None when they get nothing.
    """

    stage: Stage
    cell: Cell | None
    ahead: bool
    like: str | None


class Span(Rung):
    """Neighbouring stages where everybody gets the same version."""

    stages: list[str]


def rungs(artifact: ArtifactLine) -> list[Rung]:
    """Return the stages of an artifact, narrowest first."""
    cells = cells_of(artifact["stages"])
    found: list[Rung] = []
    for index, stage in enumerate(STAGES):
        cell = cells[stage]
        like = next((name for name in STAGES[index + 1 :] if cells[name]), None)
        wider = cells[like] if like else None
        served = wider["settled"] if wider else None
        ahead = cell is not None and stage != STAGES[-1] and cell["version"] != served
        found.append({"stage": stage, "cell": cell, "ahead": ahead, "like": like})
    return found


def spans(artifact: ArtifactLine) -> list[Span]:
    """Return the ladder as bars: neighbours where everybody gets the same version are one, with `stages`."""
    found: list[Span] = []
    for rung in rungs(artifact):
        if found and _same(found[-1], rung):
            found[-1]["stages"].append(rung["stage"])
            found[-1]["ahead"] = rung["ahead"]
        else:
            found.append({**rung, "stages": [rung["stage"]]})
    return found


def places(artifact: ArtifactLine) -> dict[int, list[str]]:
    """Return where each running version runs: {7: ["internal", "beta 10 %"]}."""
    running: dict[int, list[str]] = {}
    for stage, cell in cells_of(artifact["stages"]).items():
        if cell is None or cell["version"] is None:
            continue
        if cell["percentage"] == 100:
            running.setdefault(cell["version"], []).append(stage)
            continue
        running.setdefault(cell["version"], []).append(f"{stage} {cell['percentage']:g} %")
        if cell["settled"]:
            running.setdefault(cell["settled"], []).append(f"{stage}, the rest")
    return running


def whole_releases(listed: ListOf[HistoryLine]) -> ListOf[HistoryLine]:
    """Return a page of history without the release that its end may have cut; that begins the next page."""
    lines = list(listed["items"])
    if not listed["next"]:
        return listed
    kept = [line for line in lines if line["release"] != lines[-1]["release"]]
    if not kept:
        return listed
    return {"items": kept, "next": f"{kept[-1]['revision']}-{kept[-1]['stage']}"}


def _same(left: Rung, right: Rung) -> bool:
    if left["cell"] is None or right["cell"] is None:
        return left["cell"] is right["cell"] and left["like"] == right["like"]
    whole = left["cell"]["percentage"] == right["cell"]["percentage"] == 100
    return whole and left["cell"]["version"] == right["cell"]["version"]
