"""What `get` and `resolve` answer, and what they keep to themselves."""

from __future__ import annotations

from typing import Any

import pytest

from prompts_admin.domain.errors import NotFound, Refused, Usage
from prompts_admin.domain.targeting.contexts import Context
from prompts_admin.domain.targeting.snapshot_codec import compile_snapshot
from prompts_admin.serving.resolve_answers import answer
from prompts_admin.serving.scopes import EVERYTHING, Scope
from tests.support.snapshots import document

BETA = Context("u-17", ("beta",))
SUPPORT = Scope(frozenset({"support"}))


def ask(key: str, context: Context = BETA, *, scope: Scope = EVERYTHING, **forced: Any) -> dict[str, Any]:
    """Answer from the shared document."""
    return answer(compile_snapshot(document()), key, context, scope=scope, **forced)


def refusal(key: str, context: Context = BETA, **fields: Any) -> NotFound:
    """Return the refusal that a key gets."""
    with pytest.raises(NotFound) as error:
        ask(key, context, **fields)
    return error.value


def test_an_answer_has_the_shape_of_get() -> None:
    """Version, digest, stage and reason stand beside the value, whose templates are as typed."""
    got = ask("support/triage")
    assert ["key", "kind", "version", "digest", "stage", "reason", "value"] == list(got)
    assert ("prompt", 2, "sha256:Dear {{name}}", "beta", "TARGETING_MATCH") == tuple(got.values())[1:6]
    assert [{"role": "user", "content": "Dear {{name}}"}] == got["value"]["messages"]
    assert got["value"]["model"]["name"] == "small"


def test_messages_are_rendered_only_when_values_are_given() -> None:
    """Values render prompts and snippets, leave models alone and the snapshot untouched."""
    snapshot = compile_snapshot(document())
    for key, part, text in (
        ("support/triage", "messages", "Dear Bo"),
        ("support/tone", "text", "Be kind, Bo."),
    ):
        got = answer(snapshot, key, BETA, scope=EVERYTHING, values={"name": "Bo", "unknown": 1})
        assert text in (got["value"][part], got["value"][part][0]["content"] if part == "messages" else None)
        assert "{{name}}" in str(answer(snapshot, key, BETA, scope=EVERYTHING)["value"][part])
    assert ask("support/fast", values={"name": "Bo"})["value"]["name"] == "small"


@pytest.mark.parametrize(("values", "path"), [({}, "values.name"), ({"name": 5}, "values.name")])
def test_values_that_do_not_fit_are_invalid(values: dict[str, Any], path: str) -> None:
    """A missing required variable and one of the wrong type are named."""
    with pytest.raises(Refused) as error:
        ask("support/triage", values=values)
    assert (error.value.code, [path]) == ("invalid", [problem.path for problem in error.value.problems])


def test_a_stage_or_a_version_can_be_forced() -> None:
    """A forced stage takes its audience as matched; a forced version names the stage that runs it, if any."""
    assert ask("support/triage", Context(), stage="beta")["version"] == 2
    forced = ask("support/triage", BETA, version=1)
    assert (1, "full", "STATIC") == (forced["version"], forced["stage"], forced["reason"])
    with pytest.raises(Usage):
        ask("support/triage", stage="beta", version=1)
    with pytest.raises(Refused):
        ask("support/triage", stage="gamma")
    assert refusal("support/triage", version=99).code == "not_found"


def test_switched_off_says_so_to_whoever_may_know() -> None:
    """Nothing live for this user is told apart from nothing known, by the reason."""
    for error in (refusal("support/off"), refusal("support/triage", stage="internal")):
        assert ("not_found", {"reason": "DISABLED"}) == (error.code, error.members)
    assert refusal("support/unknown").members == {}


@pytest.mark.parametrize("key", ["payroll/letter", "payroll/off", "payroll/nothing", "support/nothing"])
def test_W25_outside_the_scope_and_above_the_clearance_look_like_nothing(key: str) -> None:
    """A caller cannot tell what it may not see from what does not exist."""
    for scope in (SUPPORT, Scope(None, "internal")):
        error = refusal(key, scope=scope)
        text = str(error).replace(key, "KEY")
        assert text == str(refusal("no/where", scope=scope)).replace("no/where", "KEY")
        assert error.members == {}


def test_a_version_above_the_clearance_is_not_replaced_by_another() -> None:
    """The user who would get the secret version gets nothing; the others keep what they have."""
    assert refusal("support/triage", BETA, scope=SUPPORT).members == {}
    assert refusal("support/triage", version=2, scope=SUPPORT).members == {}
    assert ask("support/triage", Context("u-17"), scope=SUPPORT)["version"] == 1
    assert ask("support/triage", BETA, scope=Scope(frozenset({"support"}), "pii"))["version"] == 2


def test_an_unknown_clearance_or_classification_sees_nothing() -> None:
    """What is not in the table is refused."""
    assert refusal("support/triage", Context(), scope=Scope(None, "everything")).code == "not_found"
    assert not EVERYTHING.clears("cosmic")
