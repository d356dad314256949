"""What could be proposed to a stage of a feature: its artifacts, and for each the versions to choose from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypedDict

from prompts_admin.domain.keys import feature_of
from prompts_admin.domain.stages import STAGES, Stage, is_stage, stage_before
from prompts_admin.schemas.artifacts import ArtifactLine, cells_of
from prompts_admin.services.artifacts.overview import list_artifacts, show_artifact
from prompts_admin.services.core.work import Work
from prompts_admin.services.features.documents import list_features
from prompts_admin.services.releases.proposals import Ask
from prompts_admin.web.artifacts.stage_ladder import has_stages
from prompts_admin.web.ui import forms
from prompts_admin.web.ui.view import View

WHOLE_PERCENT = 100
NEWEST = 10
"""How many versions a list offers; a link from the artifact's page can name any other."""


class RunningVersion(TypedDict):
    """A version to choose, and the stages that run it."""

    number: int
    live: list[str]


def choices(work: Work, stage: str, asks: Sequence[Ask]) -> View:
    """Return what the page of choices shows; `asks` are chosen already."""
    stage = stage if is_stage(stage) else STAGES[0]
    features = [f for f in list_features(work)["items"] if work.may("propose", f["key"])]
    work.require_somewhere("propose")
    known = {feature["key"] for feature in features}
    named = forms.asked("feature") or (feature_of(asks[0].key) if asks else "")
    feature = named if named in known else (sorted(known)[0] if known else "")
    chosen = {ask.key: ask.version for ask in asks}
    listed = list_artifacts(work, feature=feature, after=forms.asked("after") or None) if feature else None
    rising = [artifact for artifact in listed["items"] if has_stages(artifact)] if listed else []
    return {
        "feature": feature,
        "features": sorted((f["key"], f["title"]) for f in features),
        "stage": stage,
        "stages": STAGES,
        "next": listed["next"] if listed else None,
        "rows": [_row(artifact, stage, chosen) for artifact in rising],
    }


def next_stage(work: Work, key: str) -> str:
    """Return the first stage on which a promotion of an artifact would change something; else the first."""
    artifact = show_artifact(work, key)
    for stage in STAGES:
        ready, here = _ready(artifact, stage_before(stage)), cells_of(artifact["stages"])[stage]
        if ready is not None and ready != (
            here["version"] if here and here["percentage"] == WHOLE_PERCENT else None
        ):
            return stage
    return STAGES[0]


def _row(artifact: ArtifactLine, stage: Stage, chosen: Mapping[str, int | None]) -> View:
    cells, before = cells_of(artifact["stages"]), stage_before(stage)
    here, ready = cells[stage], _ready(artifact, before)
    now = here["version"] if here else None
    return {
        "key": artifact["key"],
        "kind": artifact["kind"],
        "cell": here,
        "ahead": ready if ready is not None and ready != now else None,
        "ready": ready,
        "before": before,
        "chosen": chosen.get(artifact["key"], ready if artifact["key"] in chosen else None),
        "versions": _versions(artifact, ready),
    }


def _ready(artifact: ArtifactLine, before: str | None) -> int | None:
    """Return the version that a promotion takes by itself: the newest, or what the stage before has settled."""
    if before is None:
        return artifact["latest"]
    cell = cells_of(artifact["stages"])[before]
    return cell["settled"] if cell else None


def _versions(artifact: ArtifactLine, ready: int | None) -> list[RunningVersion]:
    """Return the versions to choose from, what is ready first, each with the stages that run it."""
    latest = artifact["latest"]
    numbers = [*([ready] if ready else []), *range(latest, max(0, latest - NEWEST), -1)]
    running = {
        number: [
            stage
            for stage, cell in cells_of(artifact["stages"]).items()
            if cell and number in (cell["version"], cell["settled"])
        ]
        for number in numbers
    }
    return [{"number": number, "live": running[number]} for number in dict.fromkeys(numbers)]
