"""Sign-offs: whose counts, who is barred, what is still owed and by whom."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prompts_admin.domain.releases.records import Subject
from prompts_admin.domain.releases.signoff_policy import (
    ANYONE,
    Missing,
    SignOff,
    authors_between,
    counting,
    missing,
    required,
)
from prompts_admin.domain.stages import WHOLE, Entry
from tests.domain.releases.release_cases import (
    ANA,
    AUTHOR,
    BEN,
    LEA,
    PAM,
    PROPOSER,
    all_shares,
    facts,
    item,
    part_shares,
    signoff,
    versions,
)

BOTH = {"sign_off": {"product": 1, "legal": 1}}
OTHER_SUBJECTS = [
    {"digest": "sha256:other"},
    {"settled_digest": "sha256:6"},
    {"settled_digest": None},
    {"stage": "beta"},
    {"key": "support/reply"},
]
signoffs = st.lists(
    st.builds(
        signoff,
        st.sampled_from([ANA, BEN, LEA, PAM, AUTHOR, PROPOSER, "stranger@example.com"]),
        st.sampled_from(["product", "legal", "security"]),
        st.sampled_from([item(), item(percentage=500, up_to=500), item(9)]),
        proposer=st.sampled_from([PROPOSER, ANA]),
    )
)


@given(signoffs)
def test_only_sound_sign_offs_count(given_ones: list[SignOff]) -> None:
    """Each who counts holds the role, is not barred, and signed exactly this; nobody counts in two roles."""
    its = facts(BOTH, given_ones)
    people = [(email, role) for role, emails in counting(its).items() for email in emails]
    assert len({email for email, _ in people}) == len(people)
    for email, role in people:
        assert email in its.holders[role] and email not in its.barred
        own = [s for s in given_ones if (s.email, s.role) == (email, role) and s.proposer != email]
        assert any(subject.covers(its.items[0]) for s in own for subject in s.subjects)


@given(signoffs, signoffs)
def test_more_sign_offs_from_others_take_none_away(some: list[SignOff], more: list[SignOff]) -> None:
    """Somebody who counts goes on counting, perhaps in the role in which they signed last."""
    alone = frozenset().union(*counting(facts(BOTH, some)).values())
    together = frozenset().union(*counting(facts(BOTH, [*some, *more])).values())
    assert alone <= together


@pytest.mark.parametrize("different", OTHER_SUBJECTS)
def test_a_signature_covers_nothing_else(different: dict[str, str | None]) -> None:
    """Another candidate, settled version, stage or artifact is not what was signed."""
    signed = signoff(ANA, "product", replace(item(), **different))  # type: ignore[arg-type]
    assert counting(facts(BOTH, [signed])) == {}


@given(all_shares, all_shares, all_shares)
def test_a_signature_covers_shares_up_to_its_ceiling(share: int, up_to: int, asked_up_to: int) -> None:
    """A sign-off reaches every share up to the percent that was signed and no further."""
    subject = Subject.of(item(percentage=1, up_to=up_to))
    assert subject.covers(item(percentage=share, up_to=asked_up_to)) is (share <= up_to)


def test_every_item_must_be_covered() -> None:
    """Signing one of two items signs neither release."""
    two = (item(), item(key="support/reply"))
    assert counting(facts(BOTH, [signoff(ANA, "product")], items=two)) == {}
    assert counting(facts(BOTH, [signoff(ANA, "product", *two)], items=two)) == {"product": {ANA}}


@pytest.mark.parametrize("who", [AUTHOR, PROPOSER])
@pytest.mark.parametrize("role", ["product", "legal"])
def test_author_and_proposer_are_barred_in_every_role(who: str, role: str) -> None:
    """Who wrote or proposed it counts in no role that they hold, and is not asked."""
    its = facts(BOTH, [signoff(who, role)])
    assert counting(its) == {}
    assert all(who not in entry.people for entry in missing(its))


def test_the_proposer_is_barred_by_a_sign_off_from_elsewhere_too() -> None:
    """Having signed somebody else's identical proposal does not sign one's own."""
    elsewhere = signoff(PROPOSER, "product", proposer=ANA)
    assert counting(facts(BOTH, [elsewhere])) == {}


def test_a_raise_keeps_the_sign_off_of_whoever_asks_for_it() -> None:
    """A signer of the share that stands may propose more of it without losing what they signed."""
    raised = item(percentage=50_000, basis=Entry(7, 8, 10_000))
    earlier = signoff(PROPOSER, "product", raised, proposer=ANA)
    assert counting(facts(BOTH, [earlier], items=(raised,))) == {"product": {PROPOSER}}


def test_inactive_or_demoted_people_do_not_count() -> None:
    """A sign-off counts only while its giver is among the active holders, and counts again afterwards."""
    its = facts(BOTH, [signoff(ANA, "product")])
    gone = replace(its, holders={"product": frozenset({BEN}), "legal": frozenset({LEA})})
    assert counting(gone) == {}
    assert counting(replace(gone, holders=its.holders)) == {"product": {ANA}}


def test_one_person_counts_in_one_role() -> None:
    """Pam holds both roles; what she signed last counts, once."""
    its = facts(BOTH, [signoff(PAM, "legal"), signoff(PAM, "product")])
    assert counting(its) == {"product": {PAM}}
    assert missing(its) == (Missing("legal", 1, (LEA,)),)


def test_the_same_person_twice_counts_once() -> None:
    """Two sign-offs of one person do not make two people."""
    its = facts({"sign_off": {"product": 2}}, [signoff(ANA, "product"), signoff(ANA, "product")])
    assert missing(its) == (Missing("product", 1, (BEN, PAM)),)


@given(st.sets(st.sampled_from([ANA, BEN, PAM])), st.integers(1, 4))
def test_missing_counts_down_and_names_people(signed: set[str], count: int) -> None:
    """What is owed is the count minus those who signed, by name those who still can."""
    its = facts({"sign_off": {"product": count}}, [signoff(email, "product") for email in sorted(signed)])
    left = tuple(sorted({ANA, BEN, PAM} - signed))
    owed = count - len(signed)
    assert missing(its) == ((Missing("product", owed, left),) if owed > 0 else ())


def test_a_role_asked_for_zero_times_asks_nothing() -> None:
    """A count of 0 is the same as no role."""
    assert required(facts({"sign_off": {"product": 0}})) == {}


def test_a_marked_digest_asks_for_somebody() -> None:
    """A marked digest owes one sign-off by anybody free to sign where the stage asks for none."""
    its = facts({}, marked=("support/triage",))
    assert missing(its) == (Missing(ANYONE, 1, tuple(sorted([ANA, BEN, LEA, PAM]))),)
    assert missing(replace(its, signoffs=(signoff(LEA, "legal"),))) == ()
    assert missing(replace(its, signoffs=(signoff(AUTHOR, "legal"), signoff(PROPOSER, "legal")))) != ()


def test_a_marked_digest_asks_for_no_more_than_the_stage() -> None:
    """Where the stage asks for roles, their sign-offs are those that a marked digest needs."""
    assert required(facts(BOTH, marked=("support/triage",))) == {"product": 1, "legal": 1}


@given(part_shares, part_shares)
def test_lowering_needs_nobody(stands: int, share: int) -> None:
    """A lower share of the candidate that stands asks for no sign-off; more, or all, does."""
    lowered = item(percentage=share, basis=Entry(7, 8, stands))
    assert required(facts(BOTH, items=(lowered,))) == ({} if share <= stands else BOTH["sign_off"])
    assert required(facts(BOTH, items=(replace(lowered, percentage=WHOLE),)))
    assert required(facts(BOTH, items=(replace(lowered, version=9),)))


def test_lowering_one_item_does_not_free_another() -> None:
    """Every item of the release must be lowered."""
    lowered = item(percentage=500, basis=Entry(7, 8, 1000))
    assert required(facts(BOTH, items=(lowered, item(key="support/reply")))) == BOTH["sign_off"]


@given(st.none() | versions, versions)
def test_authors_between_are_those_after_settled(settled: int | None, candidate: int) -> None:
    """Every author after the settled version is barred; going back bars whoever wrote what returns."""
    authors = {number: frozenset({f"a{number}@example.com"}) for number in range(1, 10)}
    numbers = {int(email[1]) for email in authors_between(settled, candidate, authors)}
    if settled is not None and candidate < settled:
        assert numbers == {candidate}
    else:
        assert numbers == set(range((settled or 0) + 1, candidate + 1))
