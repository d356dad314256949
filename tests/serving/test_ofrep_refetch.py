"""What OFREP's streams say of a change: to ask again, and to those alone for whom something changed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from prompts_admin.domain.targeting.snapshot_codec import compile_snapshot
from prompts_admin.serving.ofrep_refetch import RefetchHub, refetch
from prompts_admin.serving.scopes import EVERYTHING, Scope
from prompts_admin.serving.snapshot_changes import change_between
from tests.support.snapshots import document

SUPPORT = Scope(frozenset({"support"}))
PAYROLL = Scope(frozenset({"payroll"}), "pii")


def told(scope: Scope, **fields: Any) -> bytes:
    old, new = compile_snapshot(document()), compile_snapshot({**document(), "revision": 2, **fields})
    return RefetchHub().told(change_between(old, new), new, scope)


def changed(key: str) -> dict[str, Any]:
    return {"entries": {**document()["entries"], key: {}}}


def test_the_event_says_to_ask_again_and_of_which_revision() -> None:
    """It is a message, as OFREP wants it, whose data names what to do and the position to ask for."""
    lines = dict(
        line.split(": ", 1)
        for line in told(EVERYTHING, **changed("support/fast")).decode().strip().split("\n")
    )
    assert {"event": "message", "id": "first:2"} == {name: lines[name] for name in ("event", "id")}
    assert {"type": "refetchEvaluation", "etag": "first:2"} == json.loads(lines["data"])


@pytest.mark.parametrize(("key", "hears"), [("support/fast", SUPPORT), ("payroll/letter", PAYROLL)])
def test_S18_only_who_may_know_it_hears_of_a_change(key: str, hears: Scope) -> None:
    """A token of another feature, or below the clearance, is not even told that something changed."""
    for scope in (SUPPORT, PAYROLL, Scope(frozenset({"payroll"})), EVERYTHING):
        assert (scope in (hears, EVERYTHING)) == bool(told(scope, **changed(key))), scope


def test_everybody_hears_of_audiences_and_of_another_epoch() -> None:
    """Who is on a stage matters to all, and after a backup was put back nothing is sure."""
    assert refetch("first:2") == told(SUPPORT, audiences={"full": "everybody"})
    assert refetch("second:2") == told(PAYROLL, epoch="second")


def test_a_stream_that_missed_nothing_is_told_nothing() -> None:
    """Its beginning says where it stands; whoever held another revision is told to ask again."""
    hub, snapshot = RefetchHub(), compile_snapshot(document())
    for held in ("", "first:1"):
        assert b"data" not in hub.hello(snapshot, held)
    for held in ("first:0", "other:1", "nonsense"):
        assert hub.hello(snapshot, held).endswith(refetch("first:1"))
