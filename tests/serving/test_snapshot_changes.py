"""Partial documents: whoever applies one sees exactly what the whole snapshot would show."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from prompts_admin.domain.people.permissions import CLEARANCES
from prompts_admin.domain.targeting.snapshot import Snapshot
from prompts_admin.domain.targeting.snapshot_codec import advance, compile_snapshot
from prompts_admin.serving.scopes import EVERYTHING, Scope, scoped
from prompts_admin.serving.snapshot_changes import change_between, encode_change
from tests.support.lengths import examples
from tests.support.snapshots import BETA, document, prompt

KEYS = ("support/a", "support/b", "payroll/c")
classes = st.sampled_from(CLEARANCES)
scopes = st.builds(Scope, st.none() | st.frozensets(st.sampled_from(("support", "payroll"))), classes)


@st.composite
def snapshots(draw: st.DrawFn, revision: int) -> Snapshot:
    """A snapshot of some of three artifacts, on stages that vary, with versions that vary in class and text."""
    features = {
        name: {"bucket_by": draw(st.sampled_from((None, "team"))), "classification": draw(classes)}
        for name in ("support", "payroll")
    }
    entries: dict[str, Any] = {}
    versions: dict[str, Any] = {}
    for key in draw(st.sets(st.sampled_from(KEYS))):
        numbers = draw(st.lists(st.integers(1, 3), max_size=2, unique=True))
        stages = dict(zip(("beta", "full"), numbers, strict=False))
        entries[key] = {stage: {"settled": number} for stage, number in stages.items()}
        if numbers:
            # A version is never less sensitive than its feature.
            own = features[key.partition("/")[0]]["classification"]
            least = st.sampled_from(CLEARANCES[CLEARANCES.index(own) :])
            versions[key] = {
                str(n): prompt(f"{key} {n}", classification=draw(least)) for n in stages.values()
            }
    audiences = {"beta": draw(st.sampled_from((BETA, "everybody"))), "full": "everybody"}
    return compile_snapshot(
        document(
            revision=revision, entries=entries, versions=versions, features=features, audiences=audiences
        )
    )


@examples(300)
@given(snapshots(1), snapshots(2), scopes)
def test_a_change_leads_where_the_whole_snapshot_is(old: Snapshot, new: Snapshot, scope: Scope) -> None:
    """For every scope: what it saw, advanced by its part of the change, is what it sees of the new one."""
    change = change_between(old, new)
    assert change is not None
    body = encode_change(change, scope)
    seen, wanted = advance(scoped(old, scope), json.loads(body)), scoped(new, scope)
    assert (wanted.entries, wanted.features, wanted.audiences) == (
        seen.entries,
        seen.features,
        seen.audiences,
    )
    assert wanted.versions == seen.versions
    assert wanted.ruleset == seen.ruleset


@examples(200)
@given(snapshots(1), snapshots(2), scopes)
def test_a_change_names_nothing_that_the_scope_never_saw(old: Snapshot, new: Snapshot, scope: Scope) -> None:
    """Neither the names of artifacts nor their texts."""
    change = change_between(old, new)
    assert change is not None
    told = json.loads(encode_change(change, scope))
    seen = {*scoped(old, scope).entries, *scoped(new, scope).entries}
    assert seen >= {*told["entries"], *told["versions"]}
    texts = {version.digest for kept in scoped(new, scope).versions.values() for version in kept.values()}
    assert texts >= {
        one["digest"] for kept in told["versions"].values() for one in (kept or {}).values() if one
    }


def test_only_what_changed_is_told() -> None:
    """One entry of many: the event stays small however large the workspace is."""
    old = compile_snapshot(document())
    entries = {**document()["entries"], "support/tone": {}}
    versions = {key: kept for key, kept in document()["versions"].items() if key != "support/tone"}
    new = compile_snapshot(document(revision=2, entries=entries, versions=versions))
    change = change_between(old, new)
    assert change is not None
    told = json.loads(encode_change(change, EVERYTHING))
    assert ({"support/tone": {}}, {"support/tone": {"1": None}}) == (told["entries"], told["versions"])
    assert {} == told["features"]
    assert "audiences" not in told


def test_across_epochs_only_the_whole_helps() -> None:
    """A restored backup is another life of the store."""
    assert change_between(compile_snapshot(document()), compile_snapshot(document(epoch="other"))) is None
