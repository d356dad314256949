"""Proposals on the ledger in memory: items, facts, sign-offs that go with a candidate, going live."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from prompts_admin.domain.errors import Conflict, Refused
from prompts_admin.domain.releases.records import Item, Subject
from prompts_admin.domain.releases.release_checks import evaluate, holding
from prompts_admin.domain.releases.signoff_policy import Facts, Finding, SignOff, StagePolicy, authors_between
from prompts_admin.domain.releases.stage_order import passed_stage_before
from prompts_admin.domain.releases.staleness import is_overtaken
from prompts_admin.domain.releases.states import check_moves_something, promotion_changes
from prompts_admin.domain.stages import stage_before
from tests.domain.releases.ledger import Ledger

POLICIES = {
    "internal": StagePolicy(),
    "beta": StagePolicy({"ml": 1}),
    "full": StagePolicy({"product": 1, "legal": 1}),
}
HOLDERS = {
    "ml": frozenset({"mia@example.com", "max@example.com"}),
    "product": frozenset({"pam@example.com", "pit@example.com"}),
    "legal": frozenset({"lea@example.com"}),
}
EVERYBODY = set(HOLDERS["ml"] | HOLDERS["product"] | HOLDERS["legal"])
ROLE = {email: role for role, emails in HOLDERS.items() for email in emails}


@dataclass(frozen=True)
class Proposal:
    """An open release of one item."""

    item: Item
    proposer: str
    signoffs: tuple[SignOff, ...]
    break_glass: bool = False


def item_for(ledger: Ledger, stage: str, key: str, version: int, *, percentage: int, up_to: int) -> Item:
    """Return a checked item; raises Refused `nothing_changes`."""
    basis = ledger.entry(stage, key)
    digest = ledger.saved[key, version].digest
    settled_digest = ledger.saved[key, basis.settled].digest if basis.settled else None
    item = Item(stage, key, version, percentage, up_to, basis, digest, settled_digest)
    check_moves_something(item)
    return item


def signed(item: Item, emails: Iterable[str], proposer: str) -> tuple[SignOff, ...]:
    """Return the sign-offs of these people, each in the role that they hold."""
    return tuple(SignOff(email, ROLE[email], (Subject.of(item),), proposer) for email in sorted(emails))


def in_order(ledger: Ledger, item: Item) -> bool:
    """Tell whether the item's version passed the stage before."""
    before = stage_before(item.stage)
    if before is None:
        return True
    past = ledger.history.get((before, item.key), [])
    return passed_stage_before(item, ledger.entry(before, item.key), past)


def facts_of(ledger: Ledger, proposal: Proposal) -> Facts:
    """Return what decides about a proposal now."""
    item = proposal.item
    bad = item.version is not None and ledger.is_bad(item.key, item.version)
    return Facts(
        items=(item,),
        policy=POLICIES[item.stage],
        signoffs=(*_carried(ledger, item), *proposal.signoffs),
        holders=HOLDERS,
        authors=_authors(ledger, item),
        proposer=proposal.proposer,
        marked=(item.key,) if bad else (),
        out_of_order=() if in_order(ledger, item) else (Finding(item.key, item.key),),
    )


def promote(ledger: Ledger, proposal: Proposal, *, now: datetime) -> int:
    """Make a proposal live; raises Conflict `stale`, Refused `check_failed` or `nothing_changes`."""
    item = proposal.item
    if is_overtaken(item, ledger.entry(item.stage, item.key)):
        raise Conflict("stale", "Something else stands there now.")
    facts = facts_of(ledger, proposal)
    held = holding(evaluate(facts, now=now), break_glass=proposal.break_glass)
    if held:
        raise Refused("check_failed", " ".join(check.name for check in held))
    changes = promotion_changes([item], ledger.entries)
    if not changes:
        raise Refused("nothing_changes", "Somebody else set this share.")
    number = ledger.write("promotion", changes, now=now, items=[item], signoffs=facts.signoffs)
    subject = (item.key, item.digest or "")
    if subject in ledger.marked():
        ledger.marks.append((number, subject, False))
    return number


def _authors(ledger: Ledger, item: Item) -> frozenset[str]:
    assert item.version is not None
    settled = item.basis.settled
    barred = authors_between(settled, item.version, _written(ledger, item.key))
    old = dict(ledger.saved[item.key, settled].pins) if settled else {}
    for key, version in ledger.saved[item.key, item.version].pins:
        barred |= authors_between(old.get(key), version, _written(ledger, key))
    return barred


def _written(ledger: Ledger, key: str) -> dict[int, frozenset[str]]:
    return {number: frozenset({saved.author}) for (k, number), saved in ledger.saved.items() if k == key}


def _carried(ledger: Ledger, item: Item) -> tuple[SignOff, ...]:
    """A new share for the candidate that stands there comes with the sign-offs that let it in."""
    if item.version != item.basis.candidate:
        return ()
    lines = [line for line in ledger.history[item.place] if line.kind == "promotion"]
    last = next(line for line in reversed(lines) if line.after.candidate == item.version)
    return ledger.releases[last.release].signoffs
