"""Sign-offs and acknowledgements that go with a candidate when only its share changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from prompts_admin.domain.releases.policy_changes import changed_for
from prompts_admin.domain.releases.records import Item, Signature, Subject, standing
from prompts_admin.domain.releases.stage_order import candidate_came_by
from prompts_admin.services.core.work import Work
from prompts_admin.services.releases.proposals import is_share_change
from prompts_admin.store.artifacts import features
from prompts_admin.store.releases import history, read_models, releases


@dataclass(frozen=True)
class CarriedSignoffs:
    """The sign-offs that go with a candidate, and in a sentence why others that would cover it do not."""

    signatures: tuple[Signature, ...] = ()
    why_not: str = ""


def carry_signoffs(work: Work, number: int, items: Sequence[Item]) -> CarriedSignoffs:
    """Return the sign-offs under which the candidates that stand there were let in, as rows of `number`.

    They are for whom they were given: not when what decides on the stage differs from what the signed release
    was proposed against, nor when their giver's last word about this text on this stage is no yes. Only
    somebody who may change percentages raises a share under them; anybody else asks afresh.
    """
    if not items or not all(is_share_change(item) for item in items):
        return CarriedSignoffs()
    given: dict[tuple[str, str], Signature] = {}
    left: list[str] = []
    for item, earlier in _placing(work, items).items():
        for signature, subjects in _covering(work, item, earlier):
            why = _changed_since(work, earlier, item) or _another_word(work, item, signature)
            if why:
                left.append(f"The sign-off of release {earlier} does not count for this: {why}.")
            else:
                _add(given, signature, subjects, number, earlier)
    may = work.may("change_percentage", items[0].key.partition("/")[0])
    return CarriedSignoffs(tuple(given.values()) if may else (), " ".join(dict.fromkeys(left)))


def acknowledged_before(work: Work, items: Sequence[Item]) -> frozenset[str]:
    """Return what was acknowledged when the candidates that stand there were let in."""
    if not items or not all(is_share_change(item) for item in items):
        return frozenset()
    earlier = releases.find_releases(work.connection, set(_placing(work, items).values()))
    return frozenset(word for release in earlier.values() for word in release.acknowledge)


def raising_hint(work: Work, items: Sequence[Item], owed: Sequence[object], carried: CarriedSignoffs) -> str:
    """Return who could raise a share under the sign-off that stands, for somebody who may not; else nothing."""
    signed = owed and items and not carried.why_not and all(is_share_change(item) for item in items)
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


def _covering(work: Work, item: Item, earlier: int) -> list[tuple[Signature, tuple[Subject, ...]]]:
    """Return the standing approvals of a release that are about an item and its share."""
    signed = standing(releases.signatures_of(work.connection, [earlier])[earlier])
    pairs = [(s, tuple(x for x in s.subjects if x.covers(item))) for s in signed if s.verdict == "approve"]
    return [(signature, subjects) for signature, subjects in pairs if subjects]


def _changed_since(work: Work, earlier: int, item: Item) -> str:
    """Return what of the settings that decide on the stage differs from when a release was proposed, or ""."""
    scopes = (features.WORKSPACE, item.key.partition("/")[0])
    was = releases.find_releases(work.connection, [earlier])[earlier].basis.get("documents", {})
    now = features.current_documents(work.connection, scopes)
    wanted = [(scope, was[scope]) for scope in scopes if scope in was]
    then = features.document_versions(work.connection, wanted)
    for scope in (scope for scope in scopes if scope in now):
        old = then.get((scope, was.get(scope, 0)))
        changed = changed_for(item.stage, scope, old.document if old else {}, now[scope].document)
        if changed:
            return f"{changed} has changed since"
    return ""


def _another_word(work: Work, item: Item, signature: Signature) -> str:
    """Return in which release the giver of a yes has said something else about the same text, or ""."""
    last = read_models.last_words(work.connection, item).get(signature.email)
    if last is None or last.verdict == "approve":
        return ""
    said = "said no" if last.verdict == "refuse" else "took it back"
    return f"{signature.email} {said} in release {last.release}"


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
