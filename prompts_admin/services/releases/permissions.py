"""What the asker may do with one release now, so that a page offers that and nothing else.

Nothing is decided here: every use case checks again, inside its own transaction.
"""

from __future__ import annotations

from typing import TypedDict

from prompts_admin.domain.keys import feature_of
from prompts_admin.domain.people.permissions import stakeholder_roles
from prompts_admin.domain.releases.records import Release, standing
from prompts_admin.domain.releases.signoff_policy import ANYONE, Facts, missing, required
from prompts_admin.domain.releases.states import OPEN_STATES, PUTTING_BACK
from prompts_admin.domain.releases.timed_release import is_too_early
from prompts_admin.services.core.visibility import parted
from prompts_admin.services.core.work import Work
from prompts_admin.services.releases.release_facts import Candidate, facts_of
from prompts_admin.services.releases.transitions import find
from prompts_admin.store.releases import history, item_states, releases


class Rights(TypedDict):
    """What the asker may do with a release now.

    `sign_as` are roles, those still owed first; `barred` means that the asker may sign in none of them, as proposer or
    author; `signed` is the asker's standing verdict, None without one.
    """

    sign_as: list[str]
    barred: bool
    signed: str | None
    take_back: bool
    apply: bool
    withdraw: bool
    comment: bool
    onward: bool
    again: bool
    undo: bool
    roll_back: bool


def rights_on(work: Work, number: int) -> Rights:
    """Return what the asker may do with a release now."""
    release = find(work, number)
    state = releases.states_of(work.connection, [number])[number].state
    is_open = state in OPEN_STATES
    signed = _signed(work, number)
    signable = is_open or (state == "live" and release.break_glass is not None)
    sign_as, barred = _signing(work, release) if release.kind == "promotion" and signable else ([], False)
    undo, roll_back = _putting_back(work, release, state)
    may = {action: work.may(action, release.feature) for action in ("apply", "comment", "propose")}
    own = release.proposed_by == work.actor.label and work.actor.token is None
    return {
        "sign_as": sign_as,
        "barred": barred,
        "signed": signed,
        "take_back": bool(signed) and is_open,
        "apply": state == "approved" and may["apply"] and not is_too_early(release, work.now),
        "withdraw": is_open and (own or work.may("withdraw", release.feature)),
        "comment": may["comment"],
        "onward": may["propose"] and state == "live",
        "again": state == "stale" and release.kind == "promotion" and may["propose"],
        "undo": undo,
        "roll_back": roll_back,
    }


def _signed(work: Work, number: int) -> str | None:
    book = releases.signatures_of(work.connection, [number])[number]
    own = (signature.verdict for signature in standing(book) if signature.email == work.actor.email)
    return next(own, None)


def _signing(work: Work, release: Release) -> tuple[list[str], bool]:
    """Return the roles in which the asker may sign, and whether the asker is barred as proposer or author."""
    items = releases.items_of(work.connection, [release.number])[release.number]
    book = releases.signatures_of(work.connection, [release.number])[release.number]
    facts = facts_of(work, [Candidate(release, items, book)])[0]
    barred = bool(work.actor.people & facts.barred)
    whole = not parted(work, {release.number: items})[release.number].hidden
    return (_roles(work, release, facts) if whole and not barred else []), barred


def _roles(work: Work, release: Release, facts: Facts) -> list[str]:
    asked, nobody = required(facts), frozenset[str]()
    held = {
        role
        for role in stakeholder_roles(work.actor, release.feature)
        if work.actor.email in facts.holders.get(role, nobody)
    }
    usable = held if ANYONE in asked else held & set(asked)
    owed = {entry.role for entry in missing(facts)}
    return sorted(usable, key=lambda role: (role not in owed, role))


def _putting_back(work: Work, release: Release, state: str) -> tuple[bool, bool]:
    """Tell whether undo and rollback have something to do; an undo needs all of it to be in place."""
    number = release.number
    changed = {feature_of(change.key) for change in history.changes_of(work.connection, number)}
    items = [row.state for row in item_states.item_states_of(work.connection, [number])[number]]
    brought = release.kind not in PUTTING_BACK
    live = state == "live" and bool(changed)
    whole = live and all(row == "current" for row in items)
    some = live and brought and "current" in items
    return (
        whole and all(work.may("undo", feature) for feature in changed),
        some and all(work.may("roll_back", feature) for feature in changed),
    )
