"""Releases as documents: the one shape that the API, the pages and the terminal show."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from prompts_admin.domain import remedies
from prompts_admin.domain.releases.records import Item, Place, Release, Signature, State, Subject, standing
from prompts_admin.domain.releases.release_checks import Check, evaluate
from prompts_admin.domain.releases.signoff_policy import Facts, Missing, counting, missing
from prompts_admin.domain.releases.states import OPEN_STATES, replaced_version
from prompts_admin.domain.stages import WHOLE, percent_of, position, wider
from prompts_admin.schemas.releases import Check as CheckDocument
from prompts_admin.schemas.releases import Item as ItemDocument
from prompts_admin.schemas.releases import Missing as MissingDocument
from prompts_admin.schemas.releases import Release as ReleaseDocument
from prompts_admin.schemas.releases import Seen, SignOff, Undo
from prompts_admin.schemas.remedies import command_of, in_words
from prompts_admin.services.core.timestamps import iso
from prompts_admin.services.core.visibility import VisibleParts, parted
from prompts_admin.services.core.work import Work
from prompts_admin.services.releases.release_facts import Candidate, facts_of, readable_facts
from prompts_admin.store.releases import item_states, releases, rollback_reasons


def release_document(work: Work, number: int) -> ReleaseDocument:
    """Return one release as a document."""
    return release_documents(work, [number])[0]


def release_documents(work: Work, numbers: Sequence[int]) -> list[ReleaseDocument]:
    """Return releases as documents, in the order given, by a constant number of queries.

    Of items that the asker may not read there is only their number, `hidden_items`.
    """
    found = _with_reasons(work, releases.find_releases(work.connection, numbers))
    items = releases.items_of(work.connection, numbers)
    states = releases.states_of(work.connection, numbers)
    signatures = releases.signatures_of(work.connection, numbers)
    became = item_states.item_states_of(work.connection, numbers)
    judged = _judged(work, found, items, states, signatures)
    sight = parted(work, items)
    return [
        _with_items(
            _document(work, found[n], states[n], signatures[n], judged.get(n), sight[n]),
            sight[n],
            {(s.stage, s.key): s.state for s in became[n]},
        )
        for n in numbers
        if n in found
    ]


def _with_reasons(work: Work, found: Mapping[int, Release]) -> dict[int, Release]:
    """Give rollbacks that said nothing the reason that was told after them."""
    silent = [number for number, one in found.items() if one.kind == "rollback" and not one.note]
    said = rollback_reasons.notes_of(work.connection, silent)
    return {number: replace(one, note=said.get(number, one.note)) for number, one in found.items()}


def new_release_document(work: Work, candidate: Candidate, state: State, facts: Facts) -> ReleaseDocument:
    """Return the document of a release that this transaction made, from what it knows of it."""
    release = candidate.release
    if release.break_glass is not None:
        # What it owes is judged by what is live now, with itself in place.
        return release_document(work, release.number)
    judged = facts if _is_open(state) else None
    became = {item.place: "current" for item in candidate.items} if state.live_at else {}
    sight = parted(work, {release.number: candidate.items})[release.number]
    return _with_items(_document(work, release, state, candidate.signatures, judged, sight), sight, became)


def _with_items(
    document: ReleaseDocument, sight: VisibleParts, became: Mapping[Place, str]
) -> ReleaseDocument:
    shown = _items(sight.shown, became, document["state"])
    onward = "" if sight.hidden else next_step(document, shown)
    hidden = {item.place for item in sight.hidden}
    signoffs: list[SignOff] = [
        {**signoff, "saw": [saw for saw in signoff["saw"] if (saw["stage"], saw["key"]) not in hidden]}
        for signoff in document["signoffs"]
    ]
    return {
        **document,
        "signoffs": signoffs,
        "next": document["next"] or onward,
        "items": shown,
        "hidden_items": len(hidden),
    }


def check_document(check: Check) -> CheckDocument:
    """Return what a check of the policy says."""
    return {"name": check.name, "outcome": check.outcome, "detail": check.detail}


def missing_document(owed: Missing) -> MissingDocument:
    """Return sign-offs that are still needed, and who can give them."""
    return {"role": owed.role, "count": owed.count, "people": list(owed.people)}


def next_step(release: ReleaseDocument, items: Sequence[ItemDocument]) -> str:
    """Return how a promotion that is live goes on: to 100 % where it has a share, else to the next stage."""
    stands = release["state"] == "live" and all(item["state"] == "current" for item in items)
    stage = release["stage"]
    if release["kind"] != "promotion" or stage is None or not stands or not items:
        return ""
    shared = [item for item in items if not item["settles"]]
    names = [f"{item['key']}@{item['to']}" for item in shared or items]
    if shared:
        return in_words(remedies.raise_share(stage, names))
    following = wider(stage)
    return in_words(remedies.promote_onward(following[0], names)) if following else ""


def _judged(
    work: Work,
    found: Mapping[int, Release],
    items: Mapping[int, tuple[Item, ...]],
    states: Mapping[int, State],
    signatures: Mapping[int, tuple[Signature, ...]],
) -> dict[int, Facts]:
    """Return the facts of the releases that are still open, or still owe sign-offs after break-glass."""
    wanted = [
        number
        for number in found
        if found[number].kind == "promotion" and (_is_open(states[number]) or found[number].break_glass)
    ]
    if not wanted:
        return {}
    candidates = [Candidate(found[n], items[n], signatures[n]) for n in wanted]
    return dict(zip(wanted, facts_of(work, candidates), strict=True))


# Without its items: which of them are told is for the asker's rights to say.
def _document(
    work: Work,
    release: Release,
    state: State,
    signatures: Sequence[Signature],
    facts: Facts | None,
    sight: VisibleParts,
) -> ReleaseDocument:
    owed, checks, counts = _judgement(facts, sight, work.now)
    return {
        "number": release.number,
        "kind": release.kind,
        "state": state.state,
        "feature": release.feature,
        "stage": release.stage,
        "note": sight.quoted(release.note),
        "reason": sight.quoted(state.reason),
        "missing": [missing_document(one) for one in owed],
        "checks": [check_document(check) for check in checks],
        "signoffs": [_signoff(s, counts, facts is not None, sight) for s in standing(signatures)],
        "revision": state.revision,
        "proposed_by": release.proposed_by,
        "proposed_at": iso(release.proposed_at),
        "via": release.via,
        "apply": release.apply,
        "apply_at": iso(release.apply_at),
        "live_at": iso(state.live_at),
        "changed_at": iso(state.changed_at),
        "changed_by": state.changed_by,
        "break_glass": None if release.break_glass is None else sight.quoted(release.break_glass),
        "again_of": release.again_of,
        "undo_of": release.undo_of,
        "acknowledge": list(release.acknowledge),
        "left_behind": [],
        "takes_along": [],
        "undo": _undo(work, release.number, state),
        "next": _next(release, state, owed, checks, now=work.now),
        "items": [],
        "hidden_items": 0,
    }


def _judgement(
    facts: Facts | None, sight: VisibleParts, now: datetime
) -> tuple[Sequence[Missing], Sequence[Check], Mapping[str, Collection[str]]]:
    """Return what is owed, what the checks say of what the asker may read, and whose yes counts, by role."""
    if facts is None:
        return (), (), {}
    checks = evaluate(readable_facts(facts, sight.hidden_keys), now=now)
    return missing(facts), checks, counting(facts)


def _items(items: Sequence[Item], became: Mapping[Place, str], state: str) -> list[ItemDocument]:
    return [
        {
            "stage": item.stage,
            "key": item.key,
            "from": replaced_version(item),
            "from_settled": item.basis.settled,
            "from_candidate": item.basis.candidate,
            "from_percentage": percent_of(item.basis.percentage) if item.basis.candidate else None,
            "to": item.version,
            "percentage": percent_of(item.percentage),
            "up_to": percent_of(item.up_to),
            "digest": item.digest,
            "settles": item.percentage == WHOLE,
            "state": became.get(item.place, state),
        }
        for item in sorted(items, key=lambda item: (item.key, position(item.stage)))
    ]


def _signoff(
    signature: Signature, counts: Mapping[str, Collection[str]], judged: bool, sight: VisibleParts
) -> SignOff:
    return {
        "email": signature.email,
        "role": signature.role,
        "verdict": signature.verdict,
        "note": sight.quoted(signature.note),
        "at": iso(signature.at),
        "via": signature.via,
        "saw": [_saw(subject) for subject in signature.subjects],
        "counts": signature.email in counts.get(signature.role, ())
        if judged
        else signature.verdict == "approve",
    }


def _saw(subject: Subject) -> Seen:
    """Return what a signer saw of one item: these texts by their digests, up to this share."""
    return {
        "stage": subject.stage,
        "key": subject.key,
        "digest": subject.digest,
        "settled_digest": subject.settled_digest,
        "up_to": percent_of(subject.up_to),
    }


def _undo(work: Work, number: int, state: State) -> Undo | None:
    """Say how to undo while that can still succeed; whether something moved since is told on trying."""
    if state.live_at is None or state.state != "live":
        return None
    until = state.live_at + timedelta(hours=work.settings.undo_hours)
    if work.now > until:
        return None
    return {"release": number, "until": iso(until), "command": command_of(remedies.undo(number))}


def _next(
    release: Release, state: State, owed: Sequence[Missing], checks: Sequence[Check], *, now: datetime
) -> str:
    if state.state == "stale":
        return in_words(remedies.propose_afresh(release.number))
    if not _is_open(state):
        return ""
    if state.state == "approved":
        return (
            in_words(remedies.apply(release.number))
            if release.apply == "manual" or (release.apply_at is not None and release.apply_at < now)
            else "Goes live by itself."
        )
    if owed:
        names = "; ".join(f"{m.count} as {m.role}: {', '.join(m.people) or 'nobody can'}" for m in owed)
        return f"Waits for sign-off. {names}"
    failing = [check.detail for check in checks if check.outcome != "pass"]
    return failing[0] if failing else ""


def _is_open(state: State) -> bool:
    return state.state in OPEN_STATES
