"""A policy cannot weaken itself: what it asks for now decides about every change of it."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from prompts_admin.domain.people.permissions import CLEARANCES
from prompts_admin.domain.releases.policy_changes import (
    WORKSPACE,
    changed_for,
    effect_of,
    owed,
    signers_required,
)
from prompts_admin.domain.stages import LAST_STAGE, STAGES

roles = st.sampled_from(["product", "legal", "ml"])
asked = st.dictionaries(roles, st.integers(0, 3))
policies = st.dictionaries(st.sampled_from(STAGES), st.fixed_dictionaries({"sign_off": asked}))
documents = st.fixed_dictionaries(
    {"policy": policies, "classification": st.sampled_from(CLEARANCES)},
    optional={"bucket_by": st.sampled_from(["account", "plan"])},
)


def asked_now(document: dict[str, Any]) -> dict[str, int]:
    """Return what the last stage asks for now."""
    counts = document["policy"].get(LAST_STAGE, {}).get("sign_off", {})
    return {role: count for role, count in counts.items() if count}


@given(documents, documents)
def test_a_policy_cannot_be_weakened_without_the_old_policys_sign_off(
    old: dict[str, Any], new: dict[str, Any]
) -> None:
    """Whatever the new policy or bucketing says, the old one's roles of the last stage must sign it."""
    if {**old, "classification": ""} != {**new, "classification": ""}:
        assert signers_required("support", old, new, demo=False) == asked_now(old)


@given(documents, st.sampled_from(CLEARANCES))
def test_a_classification_is_lowered_only_with_sign_off(old: dict[str, Any], clearance: str) -> None:
    """Raising it asks nobody, since it protects more."""
    raised = CLEARANCES.index(clearance) >= CLEARANCES.index(old["classification"])
    signers = signers_required("support", old, {**old, "classification": clearance}, demo=True)
    assert signers == ({} if raised else asked_now(old))


@given(documents, documents)
def test_an_audience_cannot_be_changed_by_one_administrator(old: dict[str, Any], new: dict[str, Any]) -> None:
    """The workspace takes two administrators, one in a demo."""
    assert signers_required(WORKSPACE, old, new, demo=False) == {"admin": 2}
    assert signers_required(WORKSPACE, old, new, demo=True) == {"admin": 1}


def test_a_signature_counts_while_its_role_is_held() -> None:
    """Twice the same person is one, and somebody who lost the role is none."""
    given_ones = [
        ("pam@example.com", "product"),
        ("pam@example.com", "product"),
        ("pit@example.com", "product"),
    ]
    holders = {"product": frozenset({"pam@example.com"})}
    assert owed({"product": 2}, given_ones, holders) == {"product": 1}
    assert owed({"product": 1}, given_ones, holders) == {}


@given(documents, documents, st.sampled_from(STAGES))
def test_a_sign_off_is_not_carried_over_what_open_proposals_turn_stale_for(
    old: dict[str, Any], new: dict[str, Any], stage: str
) -> None:
    """One rule for both: policy and bucketing of the stage, and its audience; nothing else."""
    assert bool(changed_for(stage, "support", old, new)) == (stage in effect_of("support", old, new).stages)
    assert "" == changed_for(stage, "support", old, {**old, "classification": "pii"})
    wider = {"audiences": {stage: "everybody"}}
    assert f"the audience of {stage}" == changed_for(stage, WORKSPACE, {}, wider)
    assert "" == changed_for(stage, WORKSPACE, wider, wider)
