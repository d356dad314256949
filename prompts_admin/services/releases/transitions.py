"""Moves a release along its states: judged again after every sign-off and by the clock, live or closed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from prompts_admin.domain import remedies
from prompts_admin.domain.errors import Conflict, NotFound, Refused
from prompts_admin.domain.releases.records import Event, Item, Place, Release, State
from prompts_admin.domain.releases.release_checks import Check, evaluate, holding
from prompts_admin.domain.releases.signoff_policy import Facts
from prompts_admin.domain.releases.staleness import is_overtaken
from prompts_admin.domain.releases.states import OPEN_STATES, next_state, promotion_changes
from prompts_admin.domain.releases.timed_release import is_due
from prompts_admin.domain.stages import EMPTY, Entry
from prompts_admin.services.core.visibility import parts_of
from prompts_admin.services.core.work import Work
from prompts_admin.services.releases.activation import make_live, set_marks
from prompts_admin.services.releases.artifact_facts import Surroundings
from prompts_admin.services.releases.release_facts import Candidate, facts_of
from prompts_admin.store.releases import live_versions, releases


def find(work: Work, number: int) -> Release:
    """Return a release that the asker may read; raises NotFound."""
    release = releases.find_releases(work.connection, [number]).get(number)
    if release is None or not _may_read(work, release):
        raise NotFound("not_found", f"There is no release {number}.", remedies.see_releases())
    return release


def open_release(work: Work, number: int) -> tuple[Release, tuple[Item, ...], str]:
    """Return an open release, its items and its state; raises Conflict `not_open`."""
    release = find(work, number)
    state = releases.states_of(work.connection, [number])[number].state
    if state not in OPEN_STATES:
        next_state(state, "apply", number=number)
    return release, releases.items_of(work.connection, [number])[number], state


def advance(
    work: Work,
    release: Release,
    items: Sequence[Item],
    state: str,
    facts: Facts | None = None,
    around: Surroundings | None = None,
) -> str:
    """Re-judge an open release: approve it, make it live when it is due, or take its approval back.

    Returns the state it is in afterwards. Called after every sign-off and by the clock.
    """
    if facts is None:
        signatures = releases.signatures_of(work.connection, [release.number])[release.number]
        facts = facts_of(work, [Candidate(release, tuple(items), signatures)], around)[0]
    judged, event = judge(work, release, facts, state)
    if event:
        revision = take_effect(work, release, items, event, around)
        judged = next_state(judged, event, number=release.number)
        _move(work, release.number, state, judged, revision=revision)
    elif judged != state:
        _move(work, release.number, state, judged)
    return judged


def judge(work: Work, release: Release, facts: Facts, state: str) -> tuple[str, str]:
    """Return the state that an open release is in by its facts, and the event by which it now goes live, or "".

    Raises Refused `check_failed` where even a broken glass does not help.
    """
    glass = release.break_glass is not None
    held = holding(evaluate(facts, now=work.now), break_glass=glass)
    if held and glass:
        raise held_refusal(release.number, held)
    if held:
        return next_state(state, "lose_approval", number=release.number) if state == "approved" else state, ""
    if glass:
        return state, "break_glass"
    return approved(release, state), "go_live" if is_due(release, facts, work.now) else ""


def close(work: Work, release: Release, state: str, event: str, note: str) -> None:
    """Close an open release by `event`: refuse or withdraw."""
    new = next_state(state, event, number=release.number)
    _move(work, release.number, state, new, reason=note)
    releases.add_event(work.uow, Event(release.number, new, work.now, work.actor.label, note))
    work.record(event, f"release {release.number}", feature=release.feature, note=note)
    work.announce("notify", {"event": new, "release": release.number})


def go_live(work: Work, release: Release, items: Sequence[Item], state: str) -> None:
    """Make an open release live that nothing holds."""
    revision = take_effect(work, release, items, "go_live")
    new = next_state(approved(release, state), "go_live", number=release.number)
    _move(work, release.number, state, new, revision=revision)


def take_effect(
    work: Work,
    release: Release,
    items: Sequence[Item],
    event: str,
    around: Surroundings | None = None,
    rivals: Sequence[int] | None = None,
) -> int:
    """Compare again what the release was proposed against, then make it live; return the new revision.

    Its state row is the caller's. `around` and `rivals`, the open releases of its artifacts, are what was
    loaded in this transaction, which nobody writes beside.
    """
    keys = [item.key for item in items]
    live = around.live if around else live_versions.live_entries(work.connection, keys)
    now = {place: found.entry for place, found in live.items()}
    if any(is_overtaken(item, now.get(item.place, EMPTY)) for item in items) or _raises(release, items, now):
        raise Conflict(
            "stale",
            f"Release {release.number} is stale.",
            remedies.propose_afresh(release.number),
        )
    revision = make_live(work, release, items, promotion_changes(items, now), rivals)
    marked = around.marked if around else live_versions.marked_subjects(work.connection, keys)
    if event == "go_live" and not release.basis.get("lowering"):
        _lift_marks(work, release.number, items, marked)
    text = release.break_glass or ""
    releases.add_event(work.uow, Event(release.number, event, work.now, work.actor.label, text))
    if event == "break_glass":
        work.record("break_glass", f"release {release.number}", feature=release.feature, reason=text)
    work.announce("notify", {"event": event, "release": release.number})
    return revision


def _raises(release: Release, items: Sequence[Item], now: Mapping[Place, Entry]) -> bool:
    """Tell whether what was proposed as lowering a share, and so was not signed, would raise it by now."""
    lowering = bool(release.basis.get("lowering"))
    return lowering and any(item.percentage >= now.get(item.place, EMPTY).percentage for item in items)


def approved(release: Release, state: str) -> str:
    """Return the state of an open release that nothing holds."""
    return state if state == "approved" else next_state(state, "approve", number=release.number)


def _lift_marks(work: Work, number: int, items: Sequence[Item], marked: Collection[tuple[str, str]]) -> None:
    lifted = [(item.key, item.digest) for item in items if item.digest and (item.key, item.digest) in marked]
    set_marks(work, number, lifted, marked=False)


def _move(
    work: Work, number: int, old: str, new: str, *, reason: str = "", revision: int | None = None
) -> None:
    live_at = work.now if new == "live" else None
    row = State(number, new, work.now, work.actor.label, reason, live_at, revision)
    if not releases.move_state(work.connection, old, row):
        raise Conflict(
            "not_open",
            f"Release {number} was changed by somebody else.",
            remedies.see_release(number),
        )


def _may_read(work: Work, release: Release) -> bool:
    """Tell whether the asker may see a release; one of several items is for who may read any of them."""
    if release.feature is not None and (work.actor.token is None or not work.may("read", release.feature)):
        return work.may("read", release.feature)
    return bool(parts_of(work, [release.number])[release.number].shown)


def held_refusal(number: int, held: Sequence[Check]) -> Refused:
    return Refused(
        "check_failed",
        f"Release {number} is held: {' '.join(check.detail for check in held)}",
        remedies.see_release(number),
        members={"checks": [vars(check) for check in held]},
    )
