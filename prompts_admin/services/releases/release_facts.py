"""Gathers what decides whether releases may go live: one set of queries, however many releases."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from prompts_admin.domain.content.example_values import NO_EXAMPLE, example_failure
from prompts_admin.domain.features import Document
from prompts_admin.domain.people.permissions import behind
from prompts_admin.domain.releases.breaking_changes import breaking_changes
from prompts_admin.domain.releases.records import HistoryLine, Item, Release, Signature, standing
from prompts_admin.domain.releases.rollback import rollback_targets
from prompts_admin.domain.releases.signoff_policy import (
    Facts,
    Finding,
    SignOff,
    StagePolicy,
    authors_between,
    required,
)
from prompts_admin.domain.releases.stage_order import passed_stage_before
from prompts_admin.domain.stages import stage_before
from prompts_admin.services.core.visibility import counted
from prompts_admin.services.core.work import Work
from prompts_admin.services.releases.artifact_facts import Surroundings, steps_of, surroundings
from prompts_admin.store.artifacts import features
from prompts_admin.store.people import grants, tokens

LOOK_BACK = 20
"""How many versions that a rollback could settle a release is held against, those most recently settled."""
LOOK_AT = 3 * LOOK_BACK
"""How many of them are loaded, since those that are marked do not count."""


@dataclass(frozen=True)
class Candidate:
    """A release whose facts are wanted: as proposed, with its items and its book of sign-offs."""

    release: Release
    items: tuple[Item, ...]
    signatures: tuple[Signature, ...] = ()


def facts_of(
    work: Work,
    candidates: Sequence[Candidate],
    around: Surroundings | None = None,
    documents: Mapping[str, Document] | None = None,
) -> list[Facts]:
    """Return the facts of each candidate, in order.

    `around` and the features' `documents` save queries where they were loaded in this transaction.
    """
    around = around or _around(work, candidates)
    keys = {candidate.release.feature or "" for candidate in candidates}
    documents = documents or features.current_documents(work.connection, keys)
    barred = [_barred(candidate, around) for candidate in candidates]
    proposers = [behind(candidate.release.proposed_by, candidate.release.via) for candidate in candidates]
    makers = tokens.makers_of(work.connection, frozenset().union(*barred, *proposers))
    found = [
        _facts(
            work,
            candidate,
            around,
            policy=_policy(candidate.release, documents),
            authors=authors
            | _behind(authors, makers)
            | (_behind(proposer, makers) - {candidate.release.proposed_by}),
        )
        for candidate, authors, proposer in zip(candidates, barred, proposers, strict=True)
    ]
    return _with_holders(work, candidates, found)


def _around(work: Work, candidates: Sequence[Candidate]) -> Surroundings:
    items = [item for candidate in candidates for item in candidate.items]
    return surroundings(work, sorted({item.key for item in items}), steps=steps_of(items), most=LOOK_AT)


def _barred(candidate: Candidate, around: Surroundings) -> frozenset[str]:
    return frozenset().union(*(barred_authors(item, around) for item in candidate.items))


def _behind(labels: frozenset[str], makers: Mapping[str, frozenset[str]]) -> frozenset[str]:
    return frozenset().union(*(makers.get(label, frozenset()) for label in labels))


def _policy(release: Release, documents: Mapping[str, Document]) -> StagePolicy:
    # Fewer people get what is there already: nothing holds that up.
    if release.basis.get("lowering"):
        return StagePolicy()
    document = documents[release.feature or ""].document
    return StagePolicy.from_json(document.get("policy", {}).get(release.stage, {}))


def _with_holders(work: Work, candidates: Sequence[Candidate], found: Sequence[Facts]) -> list[Facts]:
    """Look up who holds the roles, unless no sign-off is asked for and none was given."""
    features_of = [candidate.release.feature or "" for candidate in candidates]
    pairs = zip(features_of, candidates, found, strict=True)
    asked = {feature for feature, candidate, facts in pairs if candidate.signatures or required(facts)}
    holders = grants.holders_on(work.connection, asked) if asked else {}
    return [
        replace(facts, holders=holders[feature]) if feature in asked else facts
        for feature, facts in zip(features_of, found, strict=True)
    ]


def _facts(
    work: Work,
    candidate: Candidate,
    around: Surroundings,
    *,
    policy: StagePolicy,
    authors: frozenset[str],
) -> Facts:
    release, items = candidate.release, candidate.items
    lowering = bool(release.basis.get("lowering"))
    marked = tuple(i.key for i in items if i.version is not None and around.is_bad(i.key, i.version))
    out_of_order = () if lowering else (item for item in items if not in_order(item, around))
    return Facts(
        items=items,
        policy=policy,
        signoffs=_signoffs(candidate, carried=not marked),
        holders={},
        authors=authors,
        proposer=release.proposed_by,
        marked=marked,
        out_of_order=tuple(Finding(item.key, f"{item.key}@{item.version}") for item in out_of_order),
        breaking=() if lowering else breaking_findings(work, items, around),
        breaking_acknowledged="breaking" in release.acknowledge,
        settled_before_at={item.key: _settled_before_at(item, around, release) for item in items},
        renders=_renders(work, items, around) if "renders" in policy.checks else {},
        not_carried=release.basis.get("not_carried", ""),
    )


def readable_facts(facts: Facts, hidden: Collection[str]) -> Facts:
    """Return facts that decide the same, and of the items with keys in `hidden` hold only how many there are."""
    return replace(
        facts,
        out_of_order=_readable(facts.out_of_order, hidden),
        breaking=_readable(facts.breaking, hidden),
        renders=_readable_renders(facts.renders, hidden),
    )


def barred_authors(item: Item, around: Surroundings) -> frozenset[str]:
    """Return the labels behind what lies between settled and candidate, inside what they contain too."""
    if item.version is None:
        return frozenset()
    settled = item.basis.settled
    old = {i.key: i.number for i in around.contained.get((item.key, settled), ())} if settled else {}
    barred = authors_between(settled, item.version, _authors(item.key, around))
    for inner in around.contained.get((item.key, item.version), ()):
        barred |= authors_between(old.get(inner.key), inner.number, _authors(inner.key, around))
    return barred


def in_order(item: Item, around: Surroundings) -> bool:
    """Tell whether an item's version has properly been settled on the stage before."""
    before = stage_before(item.stage)
    if before is None:
        return True
    place = (before, item.key)
    return passed_stage_before(item, around.entry(place).entry, around.past.get(place, ()))


def breaking_findings(work: Work, items: Sequence[Item], around: Surroundings) -> tuple[Finding, ...]:
    """Return how the items break callers of what the stage serves or would go back to."""
    found: list[Finding] = []
    for item in items:
        others = _served_or_next(item, around)
        if item.version is None or not others:
            continue
        wanted = {(item.key, v): around.lineage[item.key, v].digest for v in {*others, item.version}}
        values = work.values.of(work.connection, wanted, inner=around.contained)
        new = values[item.key, item.version]
        for other in others:
            texts = breaking_changes(values[item.key, other], new)
            found.extend(Finding(item.key, f"{item.key}: {text}") for text in texts)
    return tuple(dict.fromkeys(found))


def _served_or_next(item: Item, around: Surroundings) -> tuple[int, ...]:
    """Return the versions that the stage serves, and those that a rollback could settle."""
    entry = around.entry(item.place).entry
    served = [v for v in (entry.settled, entry.candidate) if v is not None]
    if entry.settled is not None:
        past = around.past.get(item.place, ())
        targets = rollback_targets(entry.settled, past, lambda v: around.is_bad(item.key, v))
        served += targets[:LOOK_BACK]
    return tuple(dict.fromkeys(v for v in served if v != item.version))


def _readable(found: Sequence[Finding], hidden: Collection[str]) -> tuple[Finding, ...]:
    shown = tuple(one for one in found if one.key not in hidden)
    left = len({one.key for one in found} & set(hidden))
    return (*shown, Finding("", counted(left))) if left else shown


def _readable_renders(renders: Mapping[str, str], hidden: Collection[str]) -> dict[str, str]:
    shown = {key: text for key, text in renders.items() if key not in hidden}
    broken = [text for key, text in renders.items() if key in hidden and text]
    if not broken:
        return shown
    # Whether something is known to be broken decides; which value is missing is for who reads the prompt.
    unknown = all(text.startswith(NO_EXAMPLE) for text in broken)
    return shown | {counted(len(broken)): NO_EXAMPLE if unknown else "does not render"}


def _signoffs(candidate: Candidate, *, carried: bool) -> tuple[SignOff, ...]:
    """Return the standing approvals; one carried over from an earlier release has no proposer here.

    What was rolled back since, or contains something that was, is signed anew: `carried` is False.
    """
    return tuple(
        SignOff(
            s.email,
            s.role,
            s.subjects,
            "" if s.via.startswith("carried") else candidate.release.proposed_by,
            s.at,
        )
        for s in standing(candidate.signatures)
        if s.verdict == "approve" and (carried or not s.via.startswith("carried"))
    )


def _settled_before_at(item: Item, around: Surroundings, release: Release) -> datetime | None:
    before = stage_before(item.stage)
    if before is None:
        return release.proposed_at
    lines = around.past.get((before, item.key), ())
    return next((line.at for line in reversed(lines) if _settles(line, item.version)), None)


def _settles(line: HistoryLine, version: int | None) -> bool:
    return line.after.settled == version and line.before.settled != version


def _renders(work: Work, items: Sequence[Item], around: Surroundings) -> dict[str, str]:
    wanted = {
        (i.key, i.version): around.lineage[i.key, i.version].digest for i in items if i.version is not None
    }
    values = work.values.of(work.connection, wanted, inner=around.contained)
    return {key: example_failure(value) for (key, _), value in values.items() if "messages" in value}


def _authors(key: str, around: Surroundings) -> dict[int, frozenset[str]]:
    lineage = ((number, origin) for (k, number), origin in around.lineage.items() if k == key)
    return {number: behind(origin.author, origin.via) for number, origin in lineage}
