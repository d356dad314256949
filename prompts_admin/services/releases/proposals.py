"""What a person asks for when proposing a release, turned into items and held against the ladder."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from prompts_admin.domain import remedies
from prompts_admin.domain.content.records import Artifact
from prompts_admin.domain.errors import Conflict, NotFound, NotPermitted, Problem, Refused
from prompts_admin.domain.keys import parse_key
from prompts_admin.domain.problems import refuse_all
from prompts_admin.domain.releases.records import Item, LiveEntry, Place
from prompts_admin.domain.releases.states import check_moves_something
from prompts_admin.domain.stages import (
    EMPTY,
    STAGES,
    WHOLE,
    Entry,
    Share,
    Stage,
    in_percent,
    parse_stage,
    percent_of,
    stage_before,
)
from prompts_admin.schemas.artifacts import Side
from prompts_admin.services.artifacts.references import known_artifacts
from prompts_admin.services.core.visibility import parted, seen
from prompts_admin.services.core.work import Work
from prompts_admin.services.releases.artifact_facts import NOBODY, Step, Surroundings, surroundings
from prompts_admin.services.releases.release_facts import LOOK_AT, in_order
from prompts_admin.store.releases.live_versions import live_entries


@dataclass(frozen=True)
class Ask:
    """One artifact of a proposal; no version: what the stage before has settled."""

    key: str
    version: int | None = None
    percentage: Share = WHOLE
    up_to: Share | None = None


@dataclass(frozen=True)
class Proposal:
    """A release as asked for; `apply` is when_approved, manual or at (then `apply_at`).

    `expect` holds what the asker believes to stand on the stage, for each key of which they say it.
    """

    stage: str
    asks: tuple[Ask, ...]
    note: str = ""
    apply: str = "when_approved"
    apply_at: datetime | None = None
    acknowledge: tuple[str, ...] = ()
    break_glass: str | None = None
    again: int | None = None
    expect: Mapping[str, Entry] = field(default_factory=dict)


def check_proposal(proposal: Proposal) -> tuple[Ask, ...]:
    """Return the asks with canonical keys; raise Refused `invalid` naming everything that is wrong."""
    problems = [*_stage_problems(proposal), *_ask_problems(proposal.asks)]
    if proposal.apply == "at" and proposal.apply_at is None:
        problems.append(Problem("A time is missing.", path="apply_at", remedy="Give an ISO 8601 time."))
    if proposal.break_glass is not None and not proposal.break_glass.strip():
        problems.append(Problem("A reason is missing.", path="break_glass", remedy="Say why in a sentence."))
    if problems:
        refuse_all("invalid", problems)
    return tuple(replace(ask, key=parse_key(ask.key)) for ask in proposal.asks)


def items_for(work: Work, proposal: Proposal, asks: Sequence[Ask]) -> tuple[tuple[Item, ...], Surroundings]:
    """Return the items that the asks mean today and what lies around them; refuse what cannot be.

    Raises Conflict `expectation_failed` where something else stands than `proposal.expect` says.
    """
    found = known_artifacts(work, [ask.key for ask in asks])
    _check_stages(found)
    live = live_entries(work.connection, [ask.key for ask in asks])
    stage = parse_stage(proposal.stage)
    _check_expected(proposal, stage, live, found)
    chosen = [replace(ask, version=_version(ask, stage, found[ask.key], live)) for ask in asks]
    steps = [_step(ask, stage, live) for ask in chosen]
    around = surroundings(work, sorted(found), steps=steps, live=live, most=LOOK_AT)
    items = tuple(_item(ask, stage, around) for ask in chosen)
    _check_readable(work, items)
    for item in items:
        check_moves_something(item)
    if proposal.break_glass is None:
        _check_order(items, around)
    return items, around


def is_share_change(item: Item) -> bool:
    """Tell whether an item only changes the share of the candidate that stands there, or settles it."""
    return item.basis.candidate is not None and item.basis.candidate == item.version


def is_lowering(item: Item) -> bool:
    """Tell whether an item only lowers the share of the candidate that stands there."""
    return is_share_change(item) and item.percentage < item.basis.percentage


def _check_stages(found: Mapping[str, Artifact]) -> None:
    """Refuse what has no stages to be released to."""
    for key, artifact in found.items():
        if not artifact.row.has_stages:
            detail = f"'{key}' is of the kind {artifact.kind}, which has no stages."
            raise Refused(
                "invalid", detail, "Leave it out: its newest version counts as soon as it is saved."
            )


def _check_expected(
    proposal: Proposal, stage: Stage, live: Mapping[Place, LiveEntry], asked: Collection[str]
) -> None:
    """Hold what the asker believes to stand on the stage against what stands there now."""
    for key, expected in proposal.expect.items():
        if key not in asked:
            detail = f"'{key}' is expected on {stage}, but it is not proposed."
            raise Refused("invalid", detail, "Propose it as well, or expect nothing of it.")
        here = live.get((stage, key), NOBODY)
        if not here.entry.is_as(expected):
            slots = [slot for slot in (here.settled, here.candidate) if slot]
            last = max(slots, key=lambda slot: slot.release, default=None)
            whose = f" (release {last.release} by {last.by})" if last else ""
            raise Conflict(
                "expectation_failed",
                f"{stage} has {here.entry.in_words()} of '{key}' by now{whose}, not {expected.in_words()}.",
                remedies.see_artifact(key),
                members={"key": key, "current": _shown(here.entry), "expected": _shown(expected)},
            )


def _shown(entry: Entry) -> Side:
    share = percent_of(entry.percentage) if entry.percentage else None
    return {"settled": entry.settled, "candidate": entry.candidate, "percentage": share}


def _stage_problems(proposal: Proposal) -> list[Problem]:
    if proposal.stage in STAGES:
        return []
    return [
        Problem(f"'{proposal.stage}' is no stage.", path="stage", remedy=f"Name one of {', '.join(STAGES)}.")
    ]


def _ask_problems(asks: Sequence[Ask]) -> list[Problem]:
    problems = [] if asks else [Problem("No artifact is named.", path="items", remedy="Name at least one.")]
    for index, ask in enumerate(asks):
        here = f"items[{index}]"
        if not 1 <= ask.percentage <= WHOLE:
            problems.append(
                Problem("The percentage is out of range.", path=here, remedy="Give 0.001 to 100.")
            )
        if ask.up_to is not None and not ask.percentage <= ask.up_to <= WHOLE:
            problems.append(
                Problem("`up_to` is below the percentage.", path=here, remedy="Give it up to 100.")
            )
    # `support.triage` is `support/triage`; what is no key at all is refused by who reads it as one.
    keys = [ask.key.replace(".", "/", 1) for ask in asks]
    if len(set(keys)) < len(keys):
        problems.append(Problem("An artifact is named twice.", path="items", remedy="Name each once."))
    if len({key.partition("/")[0] for key in keys}) > 1:
        remedy = "Propose one release per feature."
        problems.append(Problem("A promotion belongs to one feature.", path="items", remedy=remedy))
    return problems


def _version(ask: Ask, stage: Stage, artifact: Artifact, live: dict[Place, LiveEntry]) -> int:
    if ask.version is not None:
        if not 1 <= ask.version <= artifact.latest:
            detail = f"'{ask.key}' has no version {ask.version}; the newest is v{artifact.latest}."
            raise NotFound("not_found", detail, remedies.see_history(ask.key))
        return ask.version
    before = stage_before(stage)
    if before is None:
        return artifact.latest
    found, here = live.get((before, ask.key)), live.get((stage, ask.key))
    entry = found.entry if found else EMPTY
    stands = here is not None and here.entry.settled == entry.settled
    if entry.candidate is not None and (entry.settled is None or stands):
        raise _share_first(stage, before, ask.key, entry)
    if entry.settled is None:
        raise _skipped(stage, before, [ask.key])
    return entry.settled


def _check_readable(work: Work, items: Sequence[Item]) -> None:
    """Refuse what the asker may not read, and what would take its place: comparisons would quote it."""
    visible = seen(work, {(item.key, item.version) for item in items})
    for item in parted(work, {0: items})[0].hidden:
        if (item.key, item.version) not in visible:
            detail = f"'{item.key}' has no version {item.version}."
            raise NotFound("not_found", detail, remedies.see_history(item.key))
        detail = f"What stands on {item.stage} of '{item.key}' is above the clearance of this token."
        raise NotPermitted("forbidden", detail, "Use a token with a higher clearance, or sign in.")


def _step(ask: Ask, stage: Stage, live: Mapping[Place, LiveEntry]) -> Step:
    here = live.get((stage, ask.key))
    return Step(stage, ask.key, here.entry.settled if here else None, ask.version or 0)


def _item(ask: Ask, stage: Stage, around: Surroundings) -> Item:
    basis = around.entry((stage, ask.key)).entry
    return Item(
        stage=stage,
        key=ask.key,
        version=ask.version,
        percentage=ask.percentage,
        up_to=ask.up_to or WHOLE,
        basis=basis,
        digest=around.digest(ask.key, ask.version),
        settled_digest=around.digest(ask.key, basis.settled),
    )


def _check_order(items: Sequence[Item], around: Surroundings) -> None:
    rising = [item for item in items if not is_lowering(item)]
    skipped = [f"{item.key}@{item.version}" for item in rising if not in_order(item, around)]
    before = stage_before(items[0].stage)
    if skipped and before is not None:
        below = around.entry((before, rising[0].key)).entry
        if len(rising) == 1 and below.candidate == rising[0].version:
            raise _share_first(items[0].stage, before, rising[0].key, below)
        raise _skipped(items[0].stage, before, skipped)


def _skipped(stage: Stage, before: Stage, what: Sequence[str]) -> Refused:
    names = ", ".join(f"'{name}'" for name in what)
    return Refused(
        "stage_skipped",
        f"{names} has not been settled on {before}, so it cannot go to {stage}.",
        remedies.promote_first(before, what),
        members={"first": {"stage": before, "items": list(what)}},
    )


def _share_first(stage: Stage, before: Stage, key: str, entry: Entry) -> Refused:
    """Return the refusal of what has only a share of the stage before: that is raised first."""
    name, share = f"{key}@{entry.candidate}", in_percent(entry.percentage)
    rest = f" The others there get v{entry.settled}." if entry.settled is not None else ""
    return Refused(
        "stage_skipped",
        f"'{name}' has {share} of {before}; it can go to {stage} once it has 100 % there.{rest}",
        remedies.raise_first(before, name),
        members={"first": {"stage": before, "items": [name], "raise": True}},
    )
