"""Two stages of a feature against each other: what people on one would get if it became the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypedDict

from prompts_admin.domain.errors import Usage
from prompts_admin.domain.releases.records import LiveEntry, Place
from prompts_admin.domain.stages import STAGES, Entry, Stage, is_stage, percent_of, wider
from prompts_admin.schemas.releases import Comparison
from prompts_admin.services.artifacts.comparisons import Step, step_comparisons
from prompts_admin.services.core.clearance import above, cleared
from prompts_admin.services.core.work import Work
from prompts_admin.services.features.documents import show_feature
from prompts_admin.store.releases import live_versions, read_models


class SharedComparison(Comparison):
    """What changes of an artifact; `percentage` is the share of the newer version, 100 without a candidate."""

    percentage: float


class ComparedFeature(TypedDict):
    """The feature that stages are compared of."""

    key: str
    title: str


_From = TypedDict("_From", {"from": str})


class StageComparison(_From):
    """Two stages of a feature; `same` are the keys of artifacts that do not differ."""

    to: str
    feature: ComparedFeature
    comparisons: list[SharedComparison]
    same: list[str]


def compare_stages(work: Work, feature: str, *, old: str, new: str) -> StageComparison:
    """Compare what most people of stage `old` get with what is ahead on stage `new`."""
    old, new = _stage(old), _stage(new)
    found = show_feature(work, feature)
    keys = read_models.keys_in_use(work.connection, feature, over=above(work))
    live = live_versions.live_entries(work.connection, keys)
    steps = _readable(
        work, [Step(key, old, _for_most(live, old, key), _ahead(live, new, key)) for key in keys]
    )
    compared = step_comparisons(work, [step for step in steps if step.old != step.new])
    shares = {c["key"]: _share(live.get((new, c["key"])), c["to"]) for c in compared}
    return {
        "feature": {"key": found["key"], "title": found["title"]},
        "from": old,
        "to": new,
        "comparisons": [{**c, "percentage": shares[c["key"]]} for c in compared],
        "same": [step.key for step in steps if step.old == step.new and step.old is not None],
    }


def _stage(text: str) -> Stage:
    if not is_stage(text):
        raise Usage("malformed", f"'{text}' is no stage.", f"Stages are {', '.join(STAGES)}.")
    return text


def _readable(work: Work, steps: Sequence[Step]) -> list[Step]:
    """Return the steps of which the asker may read both sides."""
    sides = {step: {(step.key, v) for v in (step.old, step.new) if v is not None} for step in steps}
    reached = cleared(work, set().union(*sides.values()))
    return [step for step in steps if reached.issuperset(sides[step])]


def _for_most(live: Mapping[Place, LiveEntry], stage: Stage, key: str) -> int | None:
    """Return what most people of a stage get: the settled version there, or of the next wider stage."""
    return next((version for entry in _onward(live, stage, key) if (version := entry.settled)), None)


def _ahead(live: Mapping[Place, LiveEntry], stage: Stage, key: str) -> int | None:
    """Return the newest thing a stage serves: its candidate before what is settled."""
    here = live.get((stage, key))
    if here is not None and here.entry.candidate is not None:
        return here.entry.candidate
    return _for_most(live, stage, key)


def _onward(live: Mapping[Place, LiveEntry], stage: Stage, key: str) -> list[Entry]:
    onward = (stage, *wider(stage))
    return [live[name, key].entry for name in onward if (name, key) in live]


def _share(here: LiveEntry | None, version: int | None) -> float:
    if here is None or version is None or here.entry.candidate != version:
        return 100.0
    return percent_of(here.entry.percentage)
