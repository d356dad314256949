"""What a reviewer wants to know around a release: who is meant, what stands there now, what each signer saw."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

from prompts_admin.domain.errors import ProductError
from prompts_admin.domain.stages import STAGES
from prompts_admin.schemas.releases import Comparison, Item, Release, Seen
from prompts_admin.services.core.work import Work
from prompts_admin.services.features.documents import list_stages
from prompts_admin.services.releases.live_duration import terms_of
from prompts_admin.web.settings.policy_sentences import audience_sentences
from prompts_admin.web.ui.formatting import joined, percent, told

SHOWN = 12
"""Characters of a digest that tell one from another for the eye."""


class Meant(TypedDict):
    """Whom a stage means: the audience in sentences, and the share where it is not the whole."""

    stage: str
    audience: list[str]
    share: str


class Standing(TypedDict):
    """What stands at a place, and for how long, in words."""

    stage: str
    key: str
    version: int
    told: str


def meant_for(work: Work, release: Release) -> list[Meant]:
    """Return whom each stage of a release means, by the ladder."""
    try:
        audiences = {stage["name"]: stage["audience"] for stage in list_stages(work)["stages"]}
    except ProductError:
        audiences = {}
    found: list[Meant] = []
    for stage in STAGES:
        items = [item for item in release["items"] if item["stage"] == stage and item["to"] is not None]
        if items and stage in audiences:
            shares = sorted({item["percentage"] for item in items})
            found.append(
                {
                    "stage": stage,
                    "audience": audience_sentences(audiences[stage]),
                    "share": joined([percent(share) for share in shares]) if shares != [100.0] else "",
                }
            )
    return found


def stands_now(work: Work, release: Release) -> list[Standing]:
    """Return what an open release would take the place of."""
    settled = {
        (item["stage"], item["key"], item["from_settled"])
        for item in release["items"]
        if item["from_settled"] is not None
    }
    terms = terms_of(work, settled)
    return [
        {"stage": stage, "key": key, "version": version, "told": told(terms[stage, key, version])}
        for stage, key, version in sorted(settled)
        if (stage, key, version) in terms
    ]


def seen(release: Release) -> dict[str, list[str]]:
    """Return what each signer saw, by email: "support/triage v8 in place of v6, up to 10 %"."""
    items = {(item["stage"], item["key"]): item for item in release["items"]}
    return {
        signoff["email"]: [
            _saw(subject, items.get((subject["stage"], subject["key"]))) for subject in signoff["saw"]
        ]
        for signoff in release["signoffs"]
    }


def _saw(subject: Seen, item: Item | None) -> str:
    here, number, settled = (item["digest"], item["to"], item["from_settled"]) if item else (None, None, None)
    new = _name(subject["digest"], here, number)
    old = f" in place of v{settled}" if settled and subject["settled_digest"] else ""
    share = f", up to {percent(subject['up_to'])}" if subject["up_to"] < 100 else ""
    return f"{subject['key']} {new}{old}{share}"


def _name(signed: str | None, here: str | None, number: int | None) -> str:
    if signed is None:
        return "switched off"
    short = signed.removeprefix("sha256:")[:SHOWN]
    return f"v{number} ({short})" if signed == here and number else short


def first_breaking(comparisons: Sequence[Comparison]) -> list[Comparison]:
    """Return comparisons with those first that break callers."""
    return sorted(comparisons, key=lambda comparison: not comparison["breaking"])
