"""Who must sign, whose sign-off counts, and who is barred from signing: four eyes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from prompts_admin.domain.releases.records import Item, Subject

ANYONE = "any"
"""The role asked for by a marked digest: somebody other than proposer and authors, in whatever role."""


@dataclass(frozen=True)
class StagePolicy:
    """What one stage of a feature asks: sign-offs per role, waiting time in hours, freezes, checks."""

    sign_off: Mapping[str, int] = field(default_factory=dict)
    wait_hours: float = 0
    freezes: tuple[Mapping[str, str], ...] = ()
    checks: tuple[str, ...] = ()

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> StagePolicy:
        """Read a stage of a feature's policy, already validated."""
        return cls(
            dict(document.get("sign_off", {})),
            document.get("wait_hours", 0),
            tuple(document.get("freezes", ())),
            tuple(document.get("checks", ())),
        )


@dataclass(frozen=True)
class SignOff:
    """A person's standing yes in a role; `proposer` is who proposed the release they signed."""

    email: str
    role: str
    subjects: tuple[Subject, ...]
    proposer: str
    at: datetime | None = None


@dataclass(frozen=True)
class Missing:
    """How many more sign-offs a role owes, and who could give them now."""

    role: str
    count: int
    people: tuple[str, ...]


@dataclass(frozen=True)
class Finding:
    """What was found out about one item, as people read it; who may not read the item is not told the text."""

    key: str
    text: str


@dataclass(frozen=True)
class Facts:
    """Everything that decides whether a release may go live now."""

    items: tuple[Item, ...]
    policy: StagePolicy
    signoffs: tuple[SignOff, ...]
    holders: Mapping[str, frozenset[str]]
    authors: frozenset[str]
    proposer: str
    marked: tuple[str, ...] = ()
    out_of_order: tuple[Finding, ...] = ()
    breaking: tuple[Finding, ...] = ()
    breaking_acknowledged: bool = False
    settled_before_at: Mapping[str, datetime | None] = field(default_factory=dict)
    renders: Mapping[str, str] = field(default_factory=dict)
    not_carried: str = ""

    @property
    def barred(self) -> frozenset[str]:
        """Who may not sign: they wrote or proposed it."""
        return self.authors | {self.proposer}


def counting(facts: Facts) -> dict[str, frozenset[str]]:
    """Return who counts in which role: active holders, not barred, whose signature covers every item.

    `facts.signoffs` stand oldest first: one person signs in one role, the last in which they count.
    """
    role_of = {signoff.email: signoff.role for signoff in facts.signoffs if _counts(signoff, facts)}
    people: dict[str, set[str]] = {}
    for email, role in role_of.items():
        people.setdefault(role, set()).add(email)
    return {role: frozenset(emails) for role, emails in people.items()}


def required(facts: Facts) -> dict[str, int]:
    """Return the roles and counts asked for; a marked digest asks for one more where none is asked.

    Lowering a share that stands asks for nobody.
    """
    if facts.items and all(_lowers(item) for item in facts.items):
        return {}
    asked = {role: count for role, count in facts.policy.sign_off.items() if count > 0}
    return asked or ({ANYONE: 1} if facts.marked else {})


def missing(facts: Facts) -> tuple[Missing, ...]:
    """Return what is still owed, with the people who can give it now."""
    given, owed = counting(facts), []
    signed = frozenset().union(*given.values()) if given else frozenset()
    for role, count in required(facts).items():
        have = len(signed) if role == ANYONE else len(given.get(role, ()))
        if have < count:
            owed.append(Missing(role, count - have, tuple(sorted(_able(role, facts) - signed))))
    return tuple(owed)


def authors_between(
    settled: int | None, candidate: int, authors: Mapping[int, frozenset[str]]
) -> frozenset[str]:
    """Return who wrote a version after `settled` up to `candidate` of one artifact.

    Going to an older version bars its author alone; the same version bars nobody.
    """
    if settled == candidate:
        return frozenset()
    if settled is not None and candidate < settled:
        return authors[candidate]
    return frozenset().union(
        *(who for number, who in authors.items() if (settled or 0) < number <= candidate)
    )


def _counts(signoff: SignOff, facts: Facts) -> bool:
    holds = signoff.email in facts.holders.get(signoff.role, frozenset())
    barred = signoff.email in facts.authors | {signoff.proposer} or (
        signoff.email == facts.proposer and not all(_continues(item) for item in facts.items)
    )
    covered = all(any(subject.covers(item) for subject in signoff.subjects) for item in facts.items)
    return holds and covered and not barred


def _continues(item: Item) -> bool:
    """Only a new share for the candidate that stands there leaves a proposer's earlier sign-off in force."""
    return item.version is not None and item.version == item.basis.candidate


def _lowers(item: Item) -> bool:
    return _continues(item) and item.percentage <= item.basis.percentage


def _able(role: str, facts: Facts) -> frozenset[str]:
    holders = (
        frozenset().union(*facts.holders.values()) if role == ANYONE else facts.holders.get(role, frozenset())
    )
    return holders - facts.barred
