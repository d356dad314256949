"""History as a picture: what was live on each stage when, drawn by the server, with the same facts as a table."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import islice

from werkzeug.wrappers import Response

from prompts_admin.domain.stages import LAST_STAGE, STAGES, Stage, is_stage
from prompts_admin.schemas.artifacts import Artifact
from prompts_admin.schemas.settings import FeatureInFull
from prompts_admin.services.artifacts.overview import show_artifact
from prompts_admin.services.core.work import Work
from prompts_admin.services.features.documents import show_feature
from prompts_admin.services.releases.timeline import Timeline, artifact_timeline, feature_timeline
from prompts_admin.web.artifacts.timeline_drawing import drawings, how, moment_field, served, ticks
from prompts_admin.web.ui import forms
from prompts_admin.web.ui.actions import look, page_group
from prompts_admin.web.ui.addresses import ARTIFACT, key_of
from prompts_admin.web.ui.rendering import page
from prompts_admin.web.ui.view import View

RANGES: dict[str, timedelta | None] = {
    "day": timedelta(days=1),
    "week": timedelta(days=7),
    "month": timedelta(days=30),
    "all": None,
}
ROWS = 60
"""Lines of the table; the history has them all."""

group = page_group("timelines")


@group.get(f"{ARTIFACT}/timeline")
def artifact(feature: str, name: str) -> Response:
    """Show what each stage served of an artifact."""
    key, chosen = key_of(feature, name), _range()
    found, timeline = look(_artifact, key, RANGES[chosen])
    return page("timelines/artifact.html", artifact=found, **_picture(timeline, chosen))


@group.get("/features/<feature>/timeline")
def feature(feature: str) -> Response:
    """Show what one stage served of a feature's artifacts."""
    chosen, stage = _range(), forms.asked("stage")
    stage = stage if is_stage(stage) else LAST_STAGE
    found, timeline = look(_feature, feature, stage, RANGES[chosen], forms.asked("after"))
    return page(
        "timelines/feature.html", feature=found, stage=stage, stages=STAGES, **_picture(timeline, chosen)
    )


def _artifact(work: Work, key: str, lasts: timedelta | None) -> tuple[Artifact, Timeline]:
    return show_artifact(work, key), artifact_timeline(work, key, lasts=lasts)


def _feature(
    work: Work, feature: str, stage: Stage, lasts: timedelta | None, after: str
) -> tuple[FeatureInFull, Timeline]:
    found = show_feature(work, feature)
    return found, feature_timeline(work, feature, stage=stage, lasts=lasts, after=after)


def _range() -> str:
    chosen = forms.asked("range")
    return chosen if chosen in RANGES else "all"


def _picture(timeline: Timeline, chosen: str) -> View:
    rows = _rows(timeline)
    return {
        "timeline": timeline,
        "drawings": drawings(timeline),
        "ticks": ticks(timeline),
        "ranges": tuple(RANGES),
        "chosen": chosen,
        "rows": list(islice(rows, ROWS)),
        "left_out": max(0, len(rows) - ROWS),
        "moment": moment_field(timeline.end.replace(microsecond=0)),
    }


def _rows(timeline: Timeline) -> Sequence[View]:
    """Return the bands of every lane, the one that began last first."""
    bands = [(band, lane) for lane in timeline.lanes for band in lane.bands]
    bands.sort(key=lambda pair: (pair[0].start, pair[0].release), reverse=True)
    return [
        {
            "key": lane.key,
            "stage": lane.stage,
            "served": served(band.entry),
            "start": band.start,
            "end": None if band is lane.bands[-1] else band.end,
            "is_cut": band.is_cut,
            "release": band.release,
            "how": how(band.kind),
            "puts_back": band.puts_back,
            "by": band.by,
            "moment": moment_field(band.start),
        }
        for band, lane in bands
    ]
