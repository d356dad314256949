"""Sign-offs and acknowledgements that go with a candidate when only its share changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from prompts_admin.domain.policy import Subject
from prompts_admin.domain.releases import Item, candidate_came_by
from prompts_admin.services.proposals import is_share_change
from prompts_admin.services.work import Work
from prompts_admin.store import history, releases
from prompts_admin.store.releases import Signature, standing


def carry_signoffs(work: Work, number: int, items: Sequence[Item]) -> tuple[Signature, ...]:
    """Return the sign-offs under which the candidates that stand there were let in, as rows of `number`.

    Only somebody who may change percentages raises a share under them; anybody else asks afresh.
    """
    if not items or not all(is_share_change(item) for item in items):
        return ()
    if not work.may("change_percentage", items[0].key.partition("/")[0]):
        return ()
    given: dict[tuple[str, str], Signature] = {}
    for item, earlier in _placing(work, items).items():
        for signature in standing(releases.signatures_of(work.connection, [earlier])[earlier]):
            subjects = tuple(subject for subject in signature.subjects if subject.covers(item))
            if signature.verdict == "approve" and subjects:
                _add(given, signature, subjects, number, earlier)
    return tuple(given.values())


def acknowledged_before(work: Work, items: Sequence[Item]) -> frozenset[str]:
    """Return what was acknowledged when the candidates that stand there were let in."""
    if not items or not all(is_share_change(item) for item in items):
        return frozenset()
    earlier = releases.find_releases(work.connection, set(_placing(work, items).values()))
    return frozenset(word for release in earlier.values() for word in release.acknowledge)


def raising_hint(work: Work, items: Sequence[Item], owed: Sequence[object]) -> str:
    """Return who could raise a share under the sign-off that stands, for somebody who may not; else nothing."""
    signed = owed and items and all(is_share_change(item) for item in items)
    if not signed or work.may("change_percentage", items[0].key.partition("/")[0]):
        return ""
    return " Somebody who may change shares (a releaser) may need no new sign-off: ask them to raise it."


def _placing(work: Work, items: Sequence[Item]) -> dict[Item, int]:
    """Return the promotion under which each item's version is the candidate there now."""
    found: dict[Item, int] = {}
    for item in items:
        came = candidate_came_by(item.version or 0, history.history_of_place(work.connection, item.place))
        if came is not None:
            found[item] = came
    return found


def _add(
    given: dict[tuple[str, str], Signature],
    signature: Signature,
    subjects: tuple[Subject, ...],
    number: int,
    earlier: int,
) -> None:
    who = (signature.email, signature.role)
    known = given[who].subjects if who in given else ()
    given[who] = replace(
        signature, release=number, subjects=(*known, *subjects), via=f"carried from release {earlier}"
    )
