"""A governed setting is one row: reading, staleness, sign-offs and words follow from it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from prompts_admin.domain.comparison import compare_settings
from prompts_admin.domain.files import prompt_files
from prompts_admin.domain.governance import governed_settings
from prompts_admin.domain.governance.governed_settings import (
    OF_FEATURE,
    WORKSPACE,
    GovernedSetting,
)
from prompts_admin.domain.releases.policy_changes import Effect, changed_for, effect_of, signers_required
from prompts_admin.domain.stages import STAGES

SIGNED: dict[str, Any] = {"policy": {"full": {"sign_off": {"legal": 1}}}}


@pytest.mark.parametrize("scope", ["support", WORKSPACE])
def test_what_turns_proposals_stale_has_words(scope: str) -> None:
    """A sign-off that is not carried over says what differs."""
    other = {"policy": SIGNED["policy"], "bucket_by": "account", "audiences": {"beta": "everybody"}}
    for setting in governed_settings.scope_of(scope).settings:
        touched = setting.touches(setting.unset, other.get(setting.name, setting.default))
        assert bool(touched) == bool(setting.difference), setting.name


def test_a_new_row_is_signed_goes_stale_and_is_served(monkeypatch: pytest.MonkeyPatch) -> None:
    """A setting that comes needs its row and nothing else to be governed."""
    row = GovernedSetting(
        "target",
        lambda value, path, found: found.text(value, path),
        default="",
        unset="",
        touches=lambda *_: frozenset({"beta"}),
        difference="the target of {stage}",
        is_served=True,
    )
    monkeypatch.setattr(
        governed_settings, "OF_FEATURE", replace(OF_FEATURE, settings=(*OF_FEATURE.settings, row))
    )
    new = {**SIGNED, "target": "fast"}
    assert Effect(frozenset({"beta"}), serving=True) == effect_of("support", SIGNED, new)
    assert ["", "the target of beta", ""] == [changed_for(s, "support", SIGNED, new) for s in STAGES]
    assert {"legal": 1} == signers_required("support", SIGNED, new, demo=False)
    assert ("target added: 'fast'",) == compare_settings(SIGNED, new)


def test_a_change_of_nothing_but_more_protection_asks_nobody() -> None:
    """With anything beside it the old policy's people sign all of it."""
    raised = {**SIGNED, "classification": "pii"}
    assert {} == signers_required("support", SIGNED, raised, demo=False)
    assert {"legal": 1} == signers_required("support", SIGNED, {**raised, "bucket_by": "plan"}, demo=False)
    assert {"legal": 1} == signers_required("support", raised, SIGNED, demo=False)


def test_a_file_has_the_fields_in_its_own_order() -> None:
    """Short fields first, what is set for each stage last; a stored document keeps the order that it always had."""
    text = prompt_files.feature_file({**OF_FEATURE.defaults, **SIGNED, "bucket_by": "plan", "title": "T"})
    named = [line.partition(":")[0] for line in text.splitlines() if not line.startswith(" ")]
    assert ["title", "classification", "bucket_by", "policy"] == named
    assert ["policy", "classification", "bucket_by"] == [*OF_FEATURE.defaults]


def test_what_holds_for_every_stage_is_named_before_what_is_set_for_one() -> None:
    """One reason is told, and it is the one that explains most."""
    new = {"policy": {"beta": {"sign_off": {"ml": 1}}}, "bucket_by": "plan"}
    assert "what people are bucketed by" == changed_for("beta", "support", {}, new)
