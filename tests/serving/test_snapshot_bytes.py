"""The bytes of `/snapshot`: the same document, scoped, tagged and made once."""

from __future__ import annotations

import gzip
import json

from prompts_admin.domain.targeting.contexts import Context
from prompts_admin.domain.targeting.snapshot import snapshot_json
from prompts_admin.domain.targeting.snapshot_codec import advance, compile_snapshot
from prompts_admin.serving.scopes import EVERYTHING, Scope, scoped
from prompts_admin.serving.snapshot_bytes import Documents, make_document
from tests.support.snapshots import document, prompt

SUPPORT = Scope(frozenset({"support"}))


def test_the_bytes_are_the_document() -> None:
    """Encoding and reading back gives an equal snapshot, plain and compressed."""
    snapshot = compile_snapshot(document())
    made = make_document(snapshot, EVERYTHING)
    assert document() == json.loads(made.body)
    assert snapshot == compile_snapshot(json.loads(gzip.decompress(made.gzipped)))


def test_a_scope_sees_its_features_up_to_its_clearance() -> None:
    """What a token may not see is in no part of its document."""
    seen = json.loads(make_document(compile_snapshot(document()), SUPPORT).body)
    assert {"support/triage", "support/fast", "support/tone", "support/off"} == set(seen["entries"])
    assert {"1"} == set(seen["versions"]["support/triage"])
    assert {"support"} == set(seen["features"])
    assert "payroll" not in json.dumps(seen)
    assert "Dear" not in json.dumps(seen)


def test_resolving_in_a_scoped_snapshot_gives_no_other_version() -> None:
    """A reader of a scoped snapshot decides as the server does, and finds no content for what is hidden."""
    snapshot = scoped(compile_snapshot(document()), SUPPORT)
    beta = snapshot.resolve("support/triage", Context("u-17", ("beta",)))
    assert beta and beta.version == 2
    assert snapshot.version("support/triage", 2) is None
    assert snapshot.resolve("payroll/letter", Context()) is None
    assert snapshot.resolve("payroll/off", Context()) is None
    assert scoped(snapshot, SUPPORT) == snapshot == compile_snapshot(snapshot_json(snapshot))


def test_an_etag_names_epoch_revision_and_scope() -> None:
    """Two scopes, revisions or epochs never share a tag; the compressed bytes have their own."""
    made = make_document(compile_snapshot(document()), EVERYTHING)
    assert made.etag == f'"first-1-{EVERYTHING.tag}"'
    others = [
        make_document(compile_snapshot(document()), SUPPORT),
        make_document(compile_snapshot(document(revision=2)), EVERYTHING),
        make_document(compile_snapshot(document(epoch="second")), EVERYTHING),
    ]
    tags = [tag for one in [made, *others] for tag in (one.etag, one.gzip_etag)]
    assert len(set(tags)) == len(tags)
    assert Scope(frozenset("ab")).tag == Scope(frozenset("ba")).tag != Scope().tag


def test_a_document_is_made_once_and_pieces_are_kept() -> None:
    """Asking again costs nothing, and a release encodes only what it changed."""
    documents, old = Documents(most=2), compile_snapshot(document())
    assert documents.get(old, EVERYTHING) is documents.get(old, EVERYTHING)
    change = {"format": 1, "epoch": "first", "since": 1, "revision": 2, "created_at": "later"}
    new = advance(old, {**change, "versions": {"support/triage": {"4": prompt("new")}}})
    assert json.loads(documents.get(new, EVERYTHING).body)["revision"] == 2
    kept, was = new.versions["support/triage"][1], old.versions["support/triage"][1]
    assert kept.encoded is was.encoded


def test_the_number_of_scopes_kept_is_bounded() -> None:
    """Many tokens with many scopes do not fill the memory."""
    documents, snapshot = Documents(most=2), compile_snapshot(document())
    first = documents.get(snapshot, SUPPORT)
    for name in ("a", "b", "c"):
        documents.get(snapshot, Scope(frozenset({name})))
    again = documents.get(snapshot, SUPPORT)
    assert again is not first
    assert again == first
