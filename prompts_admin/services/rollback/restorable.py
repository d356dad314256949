"""What does not come back by an undo or a restore: what was rolled back since, and what nobody ever signed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from prompts_admin.domain.errors import NotPermitted, Refused
from prompts_admin.domain.keys import feature_of
from prompts_admin.domain.people.permissions import may_break_glass
from prompts_admin.domain.releases.records import Change, Place
from prompts_admin.domain.releases.signoff_policy import missing
from prompts_admin.domain.stages import WHOLE, Share
from prompts_admin.services.core.work import Work
from prompts_admin.services.releases.release_facts import Candidate, facts_of
from prompts_admin.store.artifacts import artifacts, features
from prompts_admin.store.releases import item_states, live_versions, releases


def check_not_marked_since(work: Work, number: int, changes: Sequence[Change]) -> None:
    """Raise Refused `undo_refused` when an undo of `number` would bring back what a later release marked."""
    ids = {(place[1], version) for place, version, _ in _returning(changes)}
    contained = artifacts.contained_in(work.connection, ids)
    digests = artifacts.digests_of(work.connection, ids)
    keys = {key for key, _ in ids} | {inner.key for inners in contained.values() for inner in inners}
    marked = live_versions.marked_subjects(work.connection, keys, after=number)
    bad = sorted(
        f"{key}@{version}"
        for key, version in ids
        if marked & {(key, digests[key, version]), *((i.key, i.digest) for i in contained[key, version])}
    )
    if bad:
        detail = f"Release {number} cannot be undone: {', '.join(bad)} was rolled back since."
        raise Refused("undo_refused", detail, "Roll back what you want gone, or promote what you want.")


def check_signed(work: Work, changes: Sequence[Change]) -> None:
    """Raise NotPermitted when the asker would bring back what only a broken glass let in, without that right."""
    for place, version, release in not_for_the_asker(work, changes):
        feature = feature_of(place[1])
        detail = (
            f"'{place[1]}@{version}' came to {place[0]} by the broken glass of release {release}, unsigned."
        )
        owner = features.find_features(work.connection, [feature])[feature]
        ask = f"Ask {owner.dri or 'an administrator'}, who may break the glass, or promote it."
        raise NotPermitted("forbidden", detail, ask)


def not_for_the_asker(work: Work, changes: Sequence[Change]) -> list[tuple[Place, int, int]]:
    """Return (place, version, release) of what came back unsigned and whose feature's glass is not the asker's."""
    found = _unsigned(work, changes)
    owners = features.find_features(work.connection, {feature_of(key) for (_, key), _, _ in found})
    allowed = {
        feature
        for feature, owner in owners.items()
        if may_break_glass(work.actor, feature=feature, dri=owner.dri, on_call=owner.on_call)
    }
    return [line for line in found if feature_of(line[0][1]) not in allowed]


def _unsigned(work: Work, changes: Sequence[Change]) -> list[tuple[Place, int, int]]:
    """Return what comes back that no release with all of its sign-offs ever put there with as large a share."""
    found = []
    wanted = _returning(changes)
    let_in = item_states.let_in(work.connection, {place[1] for place, _, _ in wanted})
    glass = {entry.release for entry in let_in if entry.break_glass}
    owing = _owing(work, glass) if glass else frozenset[int]()
    for place, version, share in wanted:
        numbers = [
            entry.release
            for entry in let_in
            if (entry.place, entry.version) == (place, version) and entry.percentage >= share
        ]
        if numbers and owing.issuperset(numbers):
            found.append((place, version, numbers[-1]))
    return found


def _owing(work: Work, numbers: Iterable[int]) -> frozenset[int]:
    """Return those of live releases of which sign-offs still are missing."""
    found = releases.find_releases(work.connection, sorted(numbers))
    items = releases.items_of(work.connection, found)
    books = releases.signatures_of(work.connection, found)
    candidates = [Candidate(release, items[n], books[n]) for n, release in found.items()]
    facts = facts_of(work, candidates)
    return frozenset(c.release.number for c, fact in zip(candidates, facts, strict=True) if missing(fact))


def _returning(changes: Iterable[Change]) -> list[tuple[Place, int, Share]]:
    """Return (place, version, share) of what stands after the changes and did not, or for fewer, before."""
    found = []
    for change in changes:
        before, after = change.before, change.after
        if after.settled is not None and after.settled != before.settled:
            found.append((change.place, after.settled, WHOLE))
        grown = after.candidate != before.candidate or after.percentage > before.percentage
        if after.candidate is not None and grown and after.candidate != before.settled:
            found.append((change.place, after.candidate, after.percentage))
    return found
