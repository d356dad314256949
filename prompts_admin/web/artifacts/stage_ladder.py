"""What is live of an artifact, for the eye."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from prompts_admin.domain.stages import STAGES

Rung = dict[str, Any]


def rungs(artifact: Mapping[str, Any]) -> list[Rung]:
    """Return the stages of an artifact: {stage, cell, ahead, like}.

    `ahead` tells that a wider stage serves another version; `like` names the wider stage whose version people
    on an empty one get, None when they get nothing.
    """
    cells, found = artifact["stages"], []
    for index, stage in enumerate(STAGES):
        cell = cells[stage]
        like = next((name for name in STAGES[index + 1 :] if cells[name]), None)
        served = cells[like]["settled"] if like else None
        ahead = cell is not None and stage != STAGES[-1] and cell["version"] != served
        found.append({"stage": stage, "cell": cell, "ahead": ahead, "like": like})
    return found


def spans(artifact: Mapping[str, Any]) -> list[Rung]:
    """Return the ladder as bars: neighbours where everybody gets the same version are one, with `stages`."""
    found: list[Rung] = []
    for rung in rungs(artifact):
        if found and _same(found[-1], rung):
            found[-1] |= {"stages": [*found[-1]["stages"], rung["stage"]], "ahead": rung["ahead"]}
        else:
            found.append(rung | {"stages": [rung["stage"]]})
    return found


def places(artifact: Mapping[str, Any]) -> dict[int, list[str]]:
    """Return where each running version runs: {7: ["internal", "beta 10 %"]}."""
    running: dict[int, list[str]] = {}
    for stage in STAGES:
        cell = artifact["stages"][stage]
        if cell and cell["percentage"] < 100:
            running.setdefault(cell["version"], []).append(f"{stage} {cell['percentage']:g} %")
            if cell["settled"]:
                running.setdefault(cell["settled"], []).append(f"{stage}, the rest")
        elif cell:
            running.setdefault(cell["version"], []).append(stage)
    return running


def whole_releases(listed: Mapping[str, Any]) -> dict[str, Any]:
    """Return a page of history without the release that its end may have cut; that begins the next page."""
    lines = list(listed["items"])
    if not listed["next"]:
        return dict(listed)
    kept = [line for line in lines if line["release"] != lines[-1]["release"]]
    if not kept:
        return dict(listed)
    return {"items": kept, "next": f"{kept[-1]['revision']}-{kept[-1]['stage']}"}


def _same(left: Rung, right: Rung) -> bool:
    if left["cell"] is None or right["cell"] is None:
        return left["cell"] is right["cell"] and left["like"] == right["like"]
    whole = left["cell"]["percentage"] == right["cell"]["percentage"] == 100
    return bool(whole and left["cell"]["version"] == right["cell"]["version"])
