"""What a reviewer wants to know around a release: who is meant, what stands there now, what each signer saw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from prompts_admin.domain.errors import ProductError
from prompts_admin.domain.stages import STAGES
from prompts_admin.services.core.work import Work
from prompts_admin.services.features.documents import list_stages
from prompts_admin.services.releases.live_duration import terms_of
from prompts_admin.web.settings.policy_sentences import audience_sentences
from prompts_admin.web.ui.formatting import joined, percent, told

Release = Mapping[str, Any]
SHOWN = 12
"""Characters of a digest that tell one from another for the eye."""


def meant_for(work: Work, release: Release) -> list[dict[str, Any]]:
    """Return whom each stage of a release means: {stage, audience: sentences, share, up_to} by the ladder."""
    try:
        audiences = {stage["name"]: stage["audience"] for stage in list_stages(work)["stages"]}
    except ProductError:
        audiences = {}
    found = []
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


def stands_now(work: Work, release: Release) -> list[dict[str, Any]]:
    """Return what an open release would take the place of: {stage, key, version, told}."""
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


def _saw(subject: Mapping[str, Any], item: Mapping[str, Any] | None) -> str:
    here = item or {"digest": None, "to": None, "from_settled": None}
    new, settled = _name(subject["digest"], here["digest"], here["to"]), here["from_settled"]
    old = f" in place of v{settled}" if settled and subject["settled_digest"] else ""
    share = f", up to {percent(subject['up_to'])}" if subject["up_to"] < 100 else ""
    return f"{subject['key']} {new}{old}{share}"


def _name(signed: str | None, here: str | None, number: int | None) -> str:
    if signed is None:
        return "switched off"
    short = signed.removeprefix("sha256:")[:SHOWN]
    return f"v{number} ({short})" if signed == here and number else short


def first_breaking(comparisons: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return comparisons with those first that break callers."""
    return sorted(comparisons, key=lambda comparison: not comparison["breaking"])
