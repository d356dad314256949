"""What a release would change and what would hold it, told before anybody proposes it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

from prompts_admin.domain.keys import feature_of
from prompts_admin.domain.people.permissions import may_break_glass
from prompts_admin.domain.releases.records import Item, Release
from prompts_admin.domain.releases.release_checks import evaluate
from prompts_admin.domain.releases.signoff_policy import missing
from prompts_admin.domain.stages import Stage, percent_of
from prompts_admin.schemas.releases import Check, Comparison, FromEntry, Missing
from prompts_admin.services.artifacts.comparisons import item_comparisons
from prompts_admin.services.core.work import Work
from prompts_admin.services.releases.artifact_facts import Surroundings
from prompts_admin.services.releases.carried_signoffs import (
    CarriedSignoffs,
    acknowledged_before,
    carry_signoffs,
    raising_hint,
)
from prompts_admin.services.releases.documents import check_document, missing_document
from prompts_admin.services.releases.proposals import Proposal, check_proposal, is_lowering, items_for
from prompts_admin.services.releases.release_facts import Candidate, facts_of
from prompts_admin.store.artifacts import features
from prompts_admin.store.releases import read_models


class PreviewItem(FromEntry):
    """What a proposal would do at one place."""

    stage: str
    key: str
    to: int | None
    percentage: float
    up_to: float


class ProposalPreview(TypedDict):
    """What would be made of a proposal now.

    `open` are the open releases that ask for one of these versions on the same stage, `raising` says how the share
    goes up without new sign-offs, `not_carried` why earlier sign-offs do not count.
    """

    feature: str
    items: list[PreviewItem]
    comparisons: list[Comparison]
    checks: list[Check]
    missing: list[Missing]
    breaking: list[str]
    marked: list[str]
    open: list[int]
    raising: str
    not_carried: str
    may_break_glass: bool


def preview_proposal(work: Work, proposal: Proposal) -> ProposalPreview:
    """Return what `propose` would make of a proposal now, without writing anything.

    Raises what `propose` raises, but for the acknowledgement that it may still ask for.
    """
    asks = check_proposal(proposal)
    feature = feature_of(asks[0].key)
    work.require("propose", feature)
    items, around = items_for(work, proposal, asks)
    carried = carry_signoffs(work, 0, items)
    facts = facts_of(work, [_candidate(work, items[0].stage, feature, items, carried)], around)[0]
    return {
        "feature": feature,
        "items": [_item(item, around) for item in items],
        "comparisons": item_comparisons(work, items),
        "checks": [check_document(check) for check in evaluate(facts, now=work.now)],
        "missing": [missing_document(owed) for owed in missing(facts)],
        "breaking": [] if facts.breaking_acknowledged else [found.text for found in facts.breaking],
        "marked": [f"{item.key}@{item.version}" for item in items if item.key in facts.marked],
        "open": _open_already(work, items),
        "raising": raising_hint(work, items, missing(facts), carried).strip(),
        "not_carried": carried.why_not,
        "may_break_glass": may_break_glass_on(work, feature),
    }


def may_break_glass_on(work: Work, feature: str) -> bool:
    """Tell whether the asker may skip the sign-offs of a feature."""
    owner = features.find_features(work.connection, [feature]).get(feature)
    return owner is not None and may_break_glass(
        work.actor, feature=feature, dri=owner.dri, on_call=owner.on_call
    )


def _open_already(work: Work, items: Sequence[Item]) -> list[int]:
    """Return the open releases that ask for one of these versions on the same stage."""
    wanted = {(item.stage, item.key, item.version) for item in items}
    rows = read_models.open_items(work.connection, {item.key for item in items})
    return sorted({row.release for row in rows if (row.stage, row.key, row.to_version) in wanted})


def _candidate(
    work: Work, stage: Stage, feature: str, items: Sequence[Item], carried: CarriedSignoffs
) -> Candidate:
    """Return the release as it would be proposed; its number 0 is never written."""
    release = Release(
        number=0,
        kind="promotion",
        feature=feature,
        stage=stage,
        note="",
        proposed_by=work.actor.label,
        via=work.actor.via,
        proposed_at=work.now,
        acknowledge=tuple(sorted(acknowledged_before(work, items))),
        basis={"lowering": all(is_lowering(item) for item in items), "not_carried": carried.why_not},
    )
    return Candidate(release, tuple(items), carried.signatures)


def _item(item: Item, around: Surroundings) -> PreviewItem:
    here = around.entry(item.place).entry
    return {
        "stage": item.stage,
        "key": item.key,
        "from": here.settled,
        "from_settled": here.settled,
        "from_candidate": here.candidate,
        "from_percentage": percent_of(here.percentage) if here.candidate else None,
        "to": item.version,
        "percentage": percent_of(item.percentage),
        "up_to": percent_of(item.up_to),
    }
