"""Sign, refuse and take back."""

from __future__ import annotations

from collections.abc import Sequence

from prompts_admin.domain import remedies
from prompts_admin.domain.errors import Conflict, NotPermitted, Refused
from prompts_admin.domain.people.permissions import stakeholder_roles
from prompts_admin.domain.releases.records import Event, Item, Release, Signature, Subject, standing
from prompts_admin.domain.releases.signoff_policy import ANYONE, Facts, counting, missing, required
from prompts_admin.domain.releases.states import OPEN_STATES, next_state
from prompts_admin.schemas.releases import Release as ReleaseDocument
from prompts_admin.services.core.visibility import require_whole
from prompts_admin.services.core.work import Work
from prompts_admin.services.releases.documents import release_document
from prompts_admin.services.releases.release_facts import Candidate, facts_of
from prompts_admin.services.releases.signers import require_own_token, signing_person
from prompts_admin.services.releases.transitions import advance, close, find
from prompts_admin.store.releases import releases


def sign(
    work: Work, number: int, *, verdict: str, role: str | None = None, note: str = ""
) -> ReleaseDocument:
    """Approve or refuse a release, all of which the signer may read, in a role that the signer holds.

    Raises NotPermitted `barred` for its proposer and authors, `forbidden` without a role that is asked
    for, and Conflict `not_open` once the release is closed.
    """
    release, items, state, facts = _signable(work, number)
    who = _signer(work, facts, release)
    require_whole(work, number, "sign")
    if verdict == "refuse" and not note.strip():
        raise Refused("invalid", "A refusal needs a reason.", "Say what would have to change.")
    counted = next((r for r, people in counting(facts).items() if who in people), None)
    if verdict == "approve" and counted is not None and role in (None, counted):
        return release_document(work, number)
    role = _role(work, facts, role, release, who)
    _write(work, release, items, who, role, verdict, note)
    if verdict == "refuse":
        close(work, release, state, "refuse", note)
    elif state in OPEN_STATES:
        advance(work, release, items, state)
    return release_document(work, number)


def take_back(work: Work, number: int) -> ReleaseDocument:
    """Withdraw one's own sign-off, as long as the release is not live."""
    release, items, state, _ = _signable(work, number)
    who = work.actor.email or ""
    given = [s for s in standing(releases.signatures_of(work.connection, [number])[number]) if s.email == who]
    if not given:
        raise Refused(
            "nothing_changes",
            f"You have not signed release {number}.",
            remedies.see_release(number),
        )
    if state not in OPEN_STATES:
        raise Conflict("not_open", f"Release {number} is live.", remedies.undo_instead(number))
    _write(work, release, items, who, given[0].role, "take_back", "")
    advance(work, release, items, state)
    return release_document(work, number)


def _signable(work: Work, number: int) -> tuple[Release, tuple[Item, ...], str, Facts]:
    """Return what is needed to sign; a release that went live by break-glass can still be signed."""
    release = find(work, number)
    state = releases.states_of(work.connection, [number])[number].state
    if state not in OPEN_STATES and not (state == "live" and release.break_glass):
        next_state(state, "sign", number=number)
    items = releases.items_of(work.connection, [number])[number]
    signatures = releases.signatures_of(work.connection, [number])[number]
    return release, items, state, facts_of(work, [Candidate(release, items, signatures)])[0]


def _signer(work: Work, facts: Facts, release: Release) -> str:
    """Return the person who signs; everybody who may sit behind the request must be free to."""
    who = signing_person(work)
    barred = sorted(work.actor.people & facts.barred)
    if barred:
        why = "proposed" if barred[0] == release.proposed_by else "wrote part of"
        others = sorted({p for entry in missing(facts) for p in entry.people})
        detail = f"{barred[0]} {why} release {release.number} and cannot sign it."
        raise NotPermitted(
            "barred", detail, f"Ask one of: {', '.join(others) or 'nobody can; grant the role'}."
        )
    require_own_token(work)
    return who


def _role(work: Work, facts: Facts, role: str | None, release: Release, who: str) -> str:
    held = {
        r for r in stakeholder_roles(work.actor, release.feature) if who in facts.holders.get(r, frozenset())
    }
    asked = required(facts)
    open_to = held if ANYONE in asked else held & set(asked)
    if role is not None and role not in open_to:
        detail = f"You cannot sign release {release.number} as '{role}'."
        raise NotPermitted("forbidden", detail, _offer(sorted(open_to), asked))
    if not open_to:
        raise NotPermitted(
            "forbidden", f"Release {release.number} asks for no role of yours.", _offer([], asked)
        )
    if role is not None:
        return role
    owed = [entry.role for entry in missing(facts) if entry.role in open_to]
    return owed[0] if owed else sorted(open_to)[0]


def _offer(open_to: Sequence[str], asked: dict[str, int]) -> str:
    if open_to:
        return f"You may sign as {', '.join(open_to)}."
    return f"It asks for {', '.join(asked)}." if asked else "It asks for no sign-off."


def _write(
    work: Work, release: Release, items: Sequence[Item], who: str, role: str, verdict: str, note: str
) -> None:
    subjects = tuple(Subject.of(item) for item in items)
    row = Signature(release.number, who, role, verdict, subjects, note, work.actor.via, work.now)
    releases.add_signature(work.connection, row)
    releases.add_event(work.uow, Event(release.number, verdict, work.now, who, note))
    work.record(verdict, f"release {release.number}", feature=release.feature, role=role, note=note)
