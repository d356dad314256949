"""Propose, apply and close releases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from prompts_admin.domain import remedies
from prompts_admin.domain.errors import NotPermitted, Refused
from prompts_admin.domain.features import Document
from prompts_admin.domain.keys import feature_of
from prompts_admin.domain.people.permissions import may_break_glass
from prompts_admin.domain.releases.records import Event, Item, Release, State
from prompts_admin.domain.releases.release_checks import Check, evaluate, holding
from prompts_admin.domain.releases.signoff_policy import Facts, missing
from prompts_admin.domain.releases.states import next_state
from prompts_admin.domain.releases.timed_release import is_too_early
from prompts_admin.schemas.releases import ProposedRelease
from prompts_admin.schemas.releases import Release as ReleaseDocument
from prompts_admin.services.core.visibility import parted
from prompts_admin.services.core.work import Work
from prompts_admin.services.releases.artifact_facts import Surroundings
from prompts_admin.services.releases.carried_signoffs import acknowledged_before, carry_signoffs, raising_hint
from prompts_admin.services.releases.documents import new_release_document, release_document
from prompts_admin.services.releases.proposals import (
    Ask,
    Proposal,
    check_proposal,
    is_lowering,
    is_share_change,
    items_for,
)
from prompts_admin.services.releases.release_facts import Candidate, facts_of, readable_facts
from prompts_admin.services.releases.transitions import (
    advance,
    close,
    find,
    go_live,
    held_refusal,
    judge,
    open_release,
    take_effect,
)
from prompts_admin.store.artifacts import features
from prompts_admin.store.releases import releases


def propose(work: Work, proposal: Proposal) -> ProposedRelease:
    """Propose a release, and make it live at once when nothing holds it.

    An identical open release is returned instead of a second one.
    """
    if proposal.again is not None:
        proposal = _proposed_again(work, proposal)
    asks = check_proposal(proposal)
    feature = feature_of(asks[0].key)
    if proposal.break_glass is None:
        work.require("propose", feature)
    items, around = items_for(work, proposal, asks)
    rivals = releases.open_releases_at(work.connection, keys=[item.key for item in items])
    twin = _identical_open(work, rivals, items, proposal)
    if twin is not None:
        _carry_into(work, twin, items)
        return {**release_document(work, twin), "created": False}
    documents = features.current_documents(work.connection, [feature, features.WORKSPACE])
    release = _release(work, proposal, items, documents)
    _check_rights(work, release, items)
    carried = carry_signoffs(work, release.number, items)
    release = replace(release, basis=release.basis | {"not_carried": carried.why_not})
    candidate = Candidate(release, items, carried.signatures)
    facts = facts_of(work, [candidate], around, documents)[0]
    _check_acknowledged(facts, release)
    state = _write(work, candidate, facts, around, rivals)
    document = new_release_document(work, candidate, state, facts)
    onward = document["next"] + raising_hint(work, items, document["missing"], carried)
    return {**document, "created": True, "next": onward}


def apply(work: Work, number: int) -> ReleaseDocument:
    """Make an approved release live; raises Refused `check_failed` naming what still holds it.

    What was signed to go live at a time does not go live sooner: Refused `too_early`.
    """
    release, items, state = open_release(work, number)
    work.require("apply", release.feature)
    if release.apply_at and is_too_early(release, work.now):
        when = f"{release.apply_at:%Y-%m-%d %H:%M} UTC"
        detail = f"Release {number} goes live by itself at {when}, and not before."
        raise Refused("too_early", detail, f"Sooner: withdraw {number}, and promote without a time.")
    signatures = releases.signatures_of(work.connection, [number])[number]
    facts = facts_of(work, [Candidate(release, items, signatures)])[0]
    hidden = parted(work, {number: items})[number].hidden_keys
    held = holding(evaluate(readable_facts(facts, hidden), now=work.now))
    if held:
        raise held_refusal(number, held)
    go_live(work, release, items, state)
    return release_document(work, number)


def withdraw(work: Work, number: int, note: str = "") -> ReleaseDocument:
    """Close an open release at the wish of its proposer or of somebody who may withdraw here."""
    release, _, state = open_release(work, number)
    if release.proposed_by != work.actor.label or work.actor.token is not None:
        work.require("withdraw", release.feature)
    close(work, release, state, "withdraw", note)
    return release_document(work, number)


def comment(work: Work, number: int, text: str) -> ReleaseDocument:
    """Add a line to a release's discussion."""
    release = find(work, number)
    work.require("comment", release.feature)
    if not text.strip():
        raise Refused("invalid", "The comment is empty.", "Write something.")
    releases.add_event(work.uow, Event(number, "comment", work.now, work.actor.label, text))
    work.record("comment", f"release {number}", feature=release.feature, text=text)
    return release_document(work, number)


def _release(
    work: Work, proposal: Proposal, items: Sequence[Item], documents: Mapping[str, Document]
) -> Release:
    basis = {"documents": {scope: document.version for scope, document in documents.items()}}
    lowering = all(is_lowering(item) for item in items)
    return Release(
        number=work.uow.next_release(),
        kind="promotion",
        feature=feature_of(items[0].key),
        stage=items[0].stage,
        note=proposal.note,
        proposed_by=work.actor.label,
        via=work.actor.via,
        proposed_at=work.now,
        apply=proposal.apply,
        apply_at=proposal.apply_at,
        break_glass=proposal.break_glass,
        again_of=proposal.again,
        acknowledge=tuple(sorted({*proposal.acknowledge, *acknowledged_before(work, items)})),
        basis=basis | {"lowering": lowering},
    )


def _check_rights(work: Work, release: Release, items: Sequence[Item]) -> None:
    feature = release.feature or ""
    if release.break_glass is not None:
        owner = features.find_features(work.connection, [feature])[feature]
        if not may_break_glass(work.actor, feature=feature, dri=owner.dri, on_call=owner.on_call):
            detail = f"Only the DRI, the on-call and administrators of '{feature}' may break the glass."
            raise NotPermitted("forbidden", detail, f"Ask {owner.dri or 'an administrator'}.")
    if any(is_lowering(item) for item in items):
        work.require("change_percentage", feature)
        if not all(is_share_change(item) for item in items):
            raise Refused("invalid", "Lowering a share is a release of its own.", "Propose the others apart.")


def _check_acknowledged(facts: Facts, release: Release) -> None:
    if facts.breaking and not facts.breaking_acknowledged and not release.basis["lowering"]:
        breaking = [found.text for found in facts.breaking]
        raise Refused(
            "breaking_unacknowledged",
            f"This breaks callers: {' '.join(breaking)}",
            remedies.acknowledge_breaking(),
            members={"breaking": breaking},
        )


def _write(
    work: Work, candidate: Candidate, facts: Facts, around: Surroundings, rivals: Sequence[int]
) -> State:
    """Write a release and, where nothing holds it, what it makes live; return the state that it ends in."""
    release, items = candidate.release, candidate.items
    state, event = judge(work, release, facts, "proposed")
    _insert(work, release, items, evaluate(facts, now=work.now))
    for signature in candidate.signatures:
        releases.add_signature(work.connection, signature)
    _ask_to_sign(work, release, facts)
    row = State(release.number, state, work.now, release.proposed_by)
    if event:
        revision = take_effect(work, release, items, event, around, rivals)
        live = next_state(state, event, number=release.number)
        row = replace(row, state=live, live_at=work.now, revision=revision)
    releases.insert_state(work.uow, row)
    return row


def _insert(work: Work, release: Release, items: Sequence[Item], checks: Sequence[Check]) -> None:
    releases.insert_release(work.uow, release, items)
    releases.add_event(
        work.uow, Event(release.number, "proposed", work.now, release.proposed_by, release.note)
    )
    if release.again_of is not None:
        _keep_discussion(work, release.again_of, release.number)
    work.record(
        "propose",
        f"release {release.number}",
        feature=release.feature,
        stage=release.stage,
        items=[f"{item.key}@{item.version}" for item in items],
        checks={check.name: check.outcome for check in checks},
    )


def _carry_into(work: Work, number: int, items: Sequence[Item]) -> None:
    """Let who may change percentages bring the earlier sign-offs to a proposal that somebody else made."""
    book = {(s.email, s.role) for s in releases.signatures_of(work.connection, [number])[number]}
    found = carry_signoffs(work, number, items).signatures
    carried = [s for s in found if (s.email, s.role) not in book]
    for signature in carried:
        releases.add_signature(work.connection, signature)
    if carried:
        work.record("carry_signoffs", f"release {number}", people=sorted(s.email for s in carried))
        release, _, state = open_release(work, number)
        advance(work, release, items, state)


def _ask_to_sign(work: Work, release: Release, facts: Facts) -> None:
    people = sorted({person for entry in missing(facts) for person in entry.people})
    if people:
        work.announce("notify", {"event": "asked", "release": release.number, "to": people})


def _identical_open(
    work: Work, numbers: Sequence[int], items: Sequence[Item], proposal: Proposal
) -> int | None:
    found: Mapping[int, Release] = releases.find_releases(work.connection, numbers) if numbers else {}
    asked = releases.items_of(work.connection, numbers) if numbers else {}
    wanted = sorted(items, key=lambda item: (item.key, item.stage))
    for number in numbers:
        same_way = (found[number].apply, found[number].apply_at) == (proposal.apply, proposal.apply_at)
        if same_way and list(asked[number]) == wanted and proposal.break_glass is None:
            return number
    return None


def _proposed_again(work: Work, proposal: Proposal) -> Proposal:
    old = find(work, proposal.again or 0)
    items = releases.items_of(work.connection, [old.number])[old.number]
    if old.kind != "promotion":
        raise Refused("invalid", f"Release {old.number} is no promotion.", "Name the versions to promote.")
    asks = tuple(Ask(item.key, item.version, item.percentage, item.up_to) for item in items)
    return replace(proposal, stage=old.stage or "", asks=asks, note=proposal.note or old.note)


def _keep_discussion(work: Work, old: int, new: int) -> None:
    for event in releases.events_of(work.connection, old):
        if event.event == "comment":
            releases.add_event(work.uow, replace(event, release=new))
