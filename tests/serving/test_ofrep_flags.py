"""Artifacts as OFREP's flags: what a context gets, and nothing that its scope must not know."""

from __future__ import annotations

import json
from typing import Any

import pytest

from prompts_admin.domain.targeting.contexts import Context
from prompts_admin.domain.targeting.snapshot_codec import compile_snapshot
from prompts_admin.serving.ofrep_flags import Flags
from prompts_admin.serving.scopes import EVERYTHING, Scope
from tests.support.snapshots import document

NOBODY = Context()
BETA = Context("u-17", ("beta",))
INTERNAL = Scope(frozenset({"support"}))
KEYS = (
    "support/triage",
    "support/fast",
    "support/tone",
    "support/off",
    "payroll/letter",
    "payroll/off",
    "no/such",
)
SHARE = {"support/triage": {"beta": {"settled": 2, "candidate": 1, "percentage": 50}, "full": {"settled": 1}}}


def flags(**fields: Any) -> Flags:
    return Flags(compile_snapshot({**document(), **fields}))


def ask(key: str, context: Context = BETA, scope: Scope = EVERYTHING, **more: Any) -> dict[str, Any] | None:
    made = flags().flag(key, context, scope, **more)
    return json.loads(made) if made else None


def test_a_flag_says_what_version_it_is_and_why() -> None:
    """The value is that of `get`; variant and metadata name the version, and metadata has no nulls."""
    got = ask("support/triage")
    assert got
    assert ("support/triage", "TARGETING_MATCH", "v2") == (got["key"], got["reason"], got["variant"])
    assert {
        "feature": "support",
        "kind": "prompt",
        "version": 2,
        "digest": "sha256:Dear {{name}}",
        "stage": "beta",
    } == got["metadata"]
    assert [{"role": "user", "content": "Dear {{name}}"}] == got["value"]["messages"]


def test_what_is_switched_off_is_a_flag_without_value() -> None:
    """DISABLED is no error: the caller's default counts (OFREP ADR 0006). The variant is there for Python's client."""
    assert {
        "key": "support/off",
        "reason": "DISABLED",
        "variant": "off",
        "metadata": {"feature": "support"},
    } == ask("support/off")


@pytest.mark.parametrize("key", ["payroll/letter", "payroll/off", "no/such"])
def test_S18_what_the_scope_must_not_know_is_as_if_it_were_not_there(key: str) -> None:
    """Another feature, above the clearance, or not there: nothing tells which; also in the list of all."""
    assert ask(key, scope=INTERNAL) is None
    assert key not in flags().visible(INTERNAL)


def test_a_version_above_the_clearance_is_not_replaced_by_another() -> None:
    """Who would get a secret version gets no flag; others get theirs."""
    assert ask("support/triage", scope=INTERNAL) is None
    got = ask("support/triage", NOBODY, INTERNAL)
    assert got
    assert "v1" == got["variant"]


@pytest.mark.parametrize("scope", [EVERYTHING, INTERNAL, Scope(frozenset())])
@pytest.mark.parametrize("context", [BETA, NOBODY])
def test_all_flags_are_the_single_ones(context: Context, scope: Scope) -> None:
    """Asked together or one by one, the same is answered."""
    single = [ask(key, context, scope) for key in sorted(KEYS)]
    assert [one for one in single if one] == [json.loads(one) for one in flags().flags(context, scope)]


def test_a_flag_has_the_name_that_was_asked_for() -> None:
    """With a dot for tools that cannot send a slash."""
    got = ask("support/triage", name="support.triage")
    assert got
    assert ("support.triage", "v2") == (got["key"], got["variant"])


def test_a_share_needs_a_targeting_key_where_it_decides() -> None:
    """Only for whom the share is asked, and only where it is cut by the targeting key."""
    shared = flags(entries=SHARE)
    nobody_in_beta = Context(None, ("beta",))
    assert shared.needs_user("support/triage", nobody_in_beta)
    assert not shared.needs_user("support/triage", BETA)
    assert not shared.needs_user("support/triage", NOBODY)
    assert not shared.needs_user("no/such", nobody_in_beta)
    by_account = {"support": {"bucket_by": "account", "classification": "internal"}}
    assert not flags(entries=SHARE, features=by_account).needs_user("support/triage", nobody_in_beta)
