"""The snapshot document: reading, writing, refusing, and going on by what changed."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from prompts_admin.domain.errors import Conflict, Refused
from prompts_admin.domain.stages import Entry
from prompts_admin.domain.targeting.rollout import Context
from prompts_admin.domain.targeting.snapshot import Snapshot, snapshot_json, supersedes
from prompts_admin.domain.targeting.snapshot_codec import advance, compile_snapshot

BETA = {"rules": [{"conditions": [{"attribute": "groups", "operator": "in", "values": ["beta"]}]}]}


def version(text: str, **fields: Any) -> dict[str, Any]:
    """Return the snapshot's form of a prompt with one message."""
    value = {"messages": [{"role": "user", "content": text}], "variables": {}, "model": None}
    return {
        "kind": "prompt",
        "digest": f"sha256:{text}",
        "classification": "internal",
        "value": value,
        **fields,
    }


def document(**fields: Any) -> dict[str, Any]:
    """Return a snapshot document with two artifacts."""
    return {
        "format": 1,
        "epoch": "first",
        "revision": 812,
        "created_at": "2026-01-02T03:04:05Z",
        "audiences": {"beta": copy.deepcopy(BETA), "full": "everybody"},
        "features": {"support": {"bucket_by": None, "classification": "internal"}},
        "entries": {
            "support/triage": {
                "beta": {"settled": 7, "candidate": 8, "percentage": 10.0},
                "full": {"settled": 6},
            },
            "support/reply": {"full": {"settled": 1}},
        },
        "versions": {
            "support/triage": {"6": version("six"), "7": version("seven"), "8": version("eight")},
            "support/reply": {"1": version("one")},
        },
        **fields,
    }


def delta(**fields: Any) -> dict[str, Any]:
    """Return a change from revision 812 to 813."""
    return {"format": 1, "epoch": "first", "since": 812, "revision": 813, **fields}


def got(snapshot: Snapshot, key: str = "support/triage", **context: Any) -> int | None:
    """Return the version that a context gets."""
    answer = snapshot.resolve(key, Context(**context))
    return answer.version if answer else None


def test_a_document_is_read_and_written_the_same() -> None:
    """What the server writes, every reader understands the same way."""
    snapshot = compile_snapshot(document())
    assert document() == snapshot_json(snapshot)
    assert snapshot == compile_snapshot(snapshot_json(snapshot))
    assert Entry(7, 8, 10_000) == snapshot.entries["support/triage"]["beta"]
    assert snapshot.version("support/triage", 8).digest == "sha256:eight"
    assert snapshot.version("support/triage", 99) is None
    assert snapshot.version("support/nothing", None) is None


@pytest.mark.parametrize("percentage", [0.001, 0.29, 8.2, 16.1, 33.333, 99.999, 100])
def test_percentages_keep_their_thousandths(percentage: float) -> None:
    """Binary fractions never move anybody across the line of a share."""
    entries = {"support/triage": {"full": {"candidate": 8, "percentage": percentage}}}
    snapshot = compile_snapshot(document(entries=entries))
    assert f"{percentage * 1000:.0f}" == str(snapshot.entries["support/triage"]["full"].percentage)
    assert entries == snapshot_json(snapshot)["entries"]


def test_fields_of_a_newer_server_are_skipped() -> None:
    """An old client reads a newer server: unknown fields, stages and operators do no harm."""
    newer = document(colour="blue")
    newer["entries"]["support/triage"]["canary"] = {"settled": 9}
    newer["entries"]["support/triage"]["full"]["note"] = "hello"
    newer["audiences"]["canary"] = {"rules": "?"}
    newer["audiences"]["beta"]["rules"][0]["conditions"].append({"attribute": "a", "operator": "new"})
    newer["features"]["support"]["hue"] = 3
    snapshot = compile_snapshot(newer)
    assert got(snapshot, groups=("beta",)) == 6


@pytest.mark.parametrize(
    "broken",
    [
        None,
        [],
        "<html>",
        {},
        document(format=2),
        document(epoch=""),
        document(revision="812"),
        document(revision=True),
        document(entries=None),
        document(versions=[]),
        document(audiences={"full": "somebody"}),
        document(features={"support": {"bucket_by": 5}}),
        document(entries={"support/triage": {"full": {"settled": "6"}}}),
        document(entries={"support/triage": {"full": {"candidate": 8}}}),
        document(entries={"support/triage": {"full": {"candidate": 8, "percentage": 101}}}),
        document(entries={"support/triage": {"full": {"candidate": 8, "percentage": float("nan")}}}),
        document(versions={"support/triage": {"six": version("six")}}),
        document(versions={"support/triage": {"6": {"kind": "prompt"}}}),
        document(versions={"support/triage": {"6": version("six", value=None)}}),
    ],
)
def test_F16_a_document_of_another_shape_is_refused(broken: Any) -> None:
    """A broken snapshot is never half used."""
    with pytest.raises(Refused) as refusal:
        compile_snapshot(broken)
    assert refusal.value.code == "invalid"


def test_a_change_touches_what_it_names() -> None:
    """One release rebuilds its artifacts; the rest is the same object as before, with the frame restated too."""
    old = compile_snapshot(document())
    new = advance(
        old,
        delta(
            entries={"support/triage": {"full": {"settled": 8}}},
            versions={"support/triage": {"7": None, "9": version("nine")}},
            audiences=document()["audiences"],
            features=document()["features"],
        ),
    )
    assert (new.revision, new.epoch) == (813, "first")
    assert 8 == got(new, groups=("beta",)) == got(new)
    assert set(new.versions["support/triage"]) == {6, 8, 9}
    assert new.ruleset.ladders["support/reply"] is old.ruleset.ladders["support/reply"]
    assert new.versions["support/reply"] is old.versions["support/reply"]
    assert got(old) == 6


def test_a_change_ends_where_the_whole_snapshot_would() -> None:
    """Going on by changes and starting afresh give equal snapshots."""
    changed = document(revision=813)
    changed["entries"]["support/triage"] = {}
    del changed["entries"]["support/reply"], changed["versions"]["support/reply"]
    changed["features"] = {"support": {"bucket_by": "account", "classification": "pii"}, "sales": {}}
    changed["audiences"] = {"full": BETA}
    change = delta(
        entries={"support/triage": {}, "support/reply": None},
        versions={"support/reply": None},
        features=changed["features"],
        audiences=changed["audiences"],
    )
    assert compile_snapshot(changed) == advance(compile_snapshot(document()), change)
    assert compile_snapshot(changed).ruleset == advance(compile_snapshot(document()), change).ruleset


@pytest.mark.parametrize("fields", [{"since": 811}, {"since": 813}, {"epoch": "second"}])
def test_F19_a_gap_in_the_changes_is_noticed(fields: dict[str, Any]) -> None:
    """A change that does not start here is never applied."""
    with pytest.raises(Conflict) as conflict:
        advance(compile_snapshot(document()), delta(**fields))
    assert conflict.value.code == "stale"


def test_a_feature_removed_by_a_change_goes_back_to_the_targeting_key() -> None:
    """A removed feature leaves no bucketing behind."""
    old = compile_snapshot(document(features={"support": {"bucket_by": "account"}}))
    new = advance(old, delta(features={"support": None}))
    assert new.bucket_by == {}
    assert new.ruleset.ladders["support/triage"].bucket_by == "user"


def test_F42_a_lower_revision_counts_only_in_another_epoch() -> None:
    """Nothing goes silently back, except when the store itself was put back."""
    now = compile_snapshot(document())
    assert supersedes(now, None)
    assert not supersedes(compile_snapshot(document(revision=811)), now)
    assert not supersedes(compile_snapshot(document()), now)
    assert supersedes(compile_snapshot(document(revision=813)), now)
    assert supersedes(compile_snapshot(document(revision=3, epoch="second")), now)


def test_reading_changes_nothing_in_the_document() -> None:
    """The document may be kept and read again."""
    once = document()
    kept = copy.deepcopy(once)
    compile_snapshot(once)
    assert kept == once


def test_templates_of_a_version_are_parsed_once() -> None:
    """Rendering twice parses once, for prompts and snippets alike."""
    snippet = {"kind": "snippet", "digest": "sha256:s", "value": {"text": "Hi {{name}}", "variables": {}}}
    versions = {"support/reply": {"1": version("Hello {{name}}"), "2": snippet}}
    snapshot = compile_snapshot(document(versions=versions))
    for number, text in ((1, "Hello Bo"), (2, "Hi Bo")):
        one = snapshot.version("support/reply", number)
        assert one.messages.render({"name": "Bo"})[0]["content"] == text
        assert one.messages is one.messages
