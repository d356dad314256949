"""What the page of an artifact offers to promote on each stage: nothing twice, and nothing bad unsaid."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypedDict

from prompts_admin.domain.json_object import Json
from prompts_admin.domain.stages import Stage, stage_before
from prompts_admin.schemas.artifacts import ArtifactLine, cells_of
from prompts_admin.web.artifacts.stage_ladder import Rung


class Offer(TypedDict):
    """A version to promote.

    `raises` only the share of what is there; `release` is the open release that proposes it already, `marked` tells
    that it was rolled back.
    """

    version: int
    raises: bool
    release: int | None
    marked: bool


def offers(
    artifact: ArtifactLine, rungs: Sequence[Rung], is_marked: Callable[[int], bool]
) -> dict[str, Offer]:
    """Return what a promotion would change, by stage."""
    cells = cells_of(artifact["stages"])
    found: dict[str, Offer] = {}
    for rung in rungs:
        stage, version = rung["stage"], _ready(artifact, rung["stage"])
        cell, like = rung["cell"], rung["like"]
        wider = cells[like] if like else None
        served = cell["version"] if cell else wider["settled"] if wider else None
        partly = cell is not None and cell["percentage"] < 100
        if version is not None and (version != served or partly):
            found[stage] = {
                "version": version,
                "raises": partly and version == served,
                "release": _proposed(artifact, stage, version),
                "marked": is_marked(version),
            }
    return found


def at_once(offer: Offer | None, asked: Json) -> bool:
    """Tell whether a promotion of what is offered would go live without asking anybody, so that one click does it."""
    waits = asked.get("sign_off") or asked.get("wait_hours")
    return offer is not None and not (waits or offer["release"] or offer["marked"] or offer["raises"])


def _ready(artifact: ArtifactLine, stage: Stage) -> int | None:
    """Return the newest version for the first stage, elsewhere what the stage before has settled."""
    before = stage_before(stage)
    if before is None:
        return artifact["latest"]
    below = cells_of(artifact["stages"])[before]
    return below["settled"] if below else None


def _proposed(artifact: ArtifactLine, stage: Stage, version: int) -> int | None:
    lines = (line for line in artifact["waiting"] if (line["stage"], line["version"]) == (stage, version))
    return next((line["release"] for line in lines), None)
