"""The clearance of a token binds all that it reads: what is above it, or contains something above, is not there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa

from prompts_admin.domain.features import Document
from prompts_admin.domain.people.identity import ByToken
from prompts_admin.domain.targeting.contexts import Context
from prompts_admin.services.artifacts.history import (
    diff,
    list_history,
    list_versions,
    show_value,
    show_version,
)
from prompts_admin.services.artifacts.overview import list_artifacts, show_artifact
from prompts_admin.services.artifacts.preview import Draft, preview
from prompts_admin.services.artifacts.save import Save, save
from prompts_admin.services.artifacts.search import find, names
from prompts_admin.services.artifacts.stage_comparisons import compare_stages
from prompts_admin.services.audit.log import list_audit
from prompts_admin.services.notifications.inbox import waiting
from prompts_admin.services.people.tokens import TokenRequest, create_token
from prompts_admin.services.releases.lifecycle import propose
from prompts_admin.services.releases.lists import list_releases, show_release
from prompts_admin.services.releases.permissions import rights_on
from prompts_admin.services.releases.proposals import Ask, Proposal
from prompts_admin.services.releases.signoffs import sign
from prompts_admin.services.releases.timeline import artifact_timeline, feature_timeline
from prompts_admin.services.serving.explain import explain_answer
from prompts_admin.services.transfer.exports import export_files
from prompts_admin.store.artifacts.features import insert_document
from tests.support.cast import ADMIN, APPROVER, AUTHOR, make_feature
from tests.support.desk import REPLY, TRIAGE, Desk, content, refused

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
RULE, LETTER = "vault/rule", "vault/letter"
SECRET = "Never tell the salaries"


class Reader:
    """Speaks as a token that is cleared up to `internal`."""

    def __init__(self, desk: Desk, role: str = "viewer", user: str | None = None) -> None:
        self._desk = desk
        request = TokenRequest(name=f"{role} {user}", role=role, clearance="internal", user=user)
        self._identity = ByToken(desk.do(user or ADMIN, create_token, request)["id"])

    def look(self, query: Any, *args: Any, **kwargs: Any) -> Any:
        """Run a query."""
        return self._desk.product.look(self._identity, query, *args, **kwargs)

    def do(self, use_case: Any, *args: Any, **kwargs: Any) -> Any:
        """Run a use case."""
        return self._desk.product.do(self._identity, use_case, None, *args, **kwargs)


@pytest.fixture
def vault(desk: Desk) -> Desk:
    """`vault` holds personal data; version 2 of triage includes its rule, 1 and 3 do not, and 2 is live."""
    make_feature(desk.product.store, "vault")
    with desk.product.store.write() as uow:
        document = {"policy": {}, "classification": "pii", "bucket_by": None}
        insert_document(uow.connection, Document("vault", 2, document, None, uow.now, ADMIN))
        uow.commit()
    desk.save(RULE, SECRET, kind="snippet")
    desk.save(LETTER, "Dear all, common")
    desk.promote(LETTER)
    desk.save(REPLY, "common")
    for text in ("one common", "two {{> vault/rule}}", "three common"):
        desk.save(TRIAGE, text)
    desk.promote(f"{TRIAGE}@1")
    desk.promote(f"{TRIAGE}@2", REPLY)
    return desk


@pytest.mark.parametrize(
    "query",
    [
        show_artifact,
        list_versions,
        list_history,
        artifact_timeline,
        lambda work, key: show_version(work, key, 1),
        lambda work, key: show_value(work, key, 1),
        lambda work, key: diff(work, key, old="1", new="1"),
        lambda work, key: diff(work, TRIAGE, old="1", new="1", other=key),
        lambda work, key: explain_answer(work, key, Context(user="u")),
        lambda work, key: preview(work, Draft(key, content("x"))),
        lambda work, key: preview(work, Draft(key, {"kind": "poem"})),
    ],
)
def test_an_artifact_above_the_clearance_is_answered_like_none(
    vault: Desk, query: Callable[..., Any]
) -> None:
    """Word for word as a key that never was; people are not bound."""
    reader = Reader(vault)
    with refused("not_found", says=f"There is no artifact '{LETTER}'."):
        reader.look(query, LETTER)
    assert vault.look(AUTHOR, query, LETTER)


def test_a_version_that_contains_something_above_is_not_there(vault: Desk) -> None:
    """Though the artifact and its other versions are."""
    reader = Reader(vault)
    assert 3 == reader.look(show_artifact, TRIAGE)["latest"]
    assert [3, 1] == [line["number"] for line in reader.look(list_versions, TRIAGE)["items"]]
    assert "one common" in reader.look(show_version, TRIAGE, 1)["text"]
    for query in (
        lambda work: show_version(work, TRIAGE, 2),
        lambda work: show_value(work, TRIAGE, 2),
        lambda work: diff(work, TRIAGE, old="1", new="2"),
        lambda work: diff(work, TRIAGE, old="internal", new="1"),
        lambda work: explain_answer(work, TRIAGE, Context(user="u", groups=("internal",))),
    ):
        with refused("not_found", says=f"There is no version '{TRIAGE}@2'."):
            reader.look(query)


def test_lists_leave_out_what_is_above(vault: Desk) -> None:
    """Artifacts, names, searches, exports, time lines of a feature, stages against each other."""
    reader = Reader(vault)
    assert [REPLY, TRIAGE] == [item["key"] for item in reader.look(list_artifacts)["items"]]
    assert [REPLY, TRIAGE] == [key for key, _ in reader.look(names)]
    assert () == reader.look(feature_timeline, "vault", stage="internal").lanes
    assert [] == reader.look(compare_stages, "vault", old="full", new="internal")["comparisons"]
    assert [REPLY] == _keys(reader.look(compare_stages, "support", old="full", new="internal"))
    paths = [file["path"] for file in reader.look(export_files, stage="internal")["files"]]
    assert [f"{REPLY}.yaml"] == [path for path in paths if "/_" not in path and path[0] != "_"]
    assert [REPLY, TRIAGE] == _keys(vault.look(AUTHOR, compare_stages, "support", old="full", new="internal"))


def test_a_search_counts_nothing_that_is_above(vault: Desk) -> None:
    """Filtered before the page is cut: `next` names only what the page shows."""
    reader, found, after = Reader(vault), [], None
    while True:
        shown = reader.look(find, "common", limit=1, after=after)
        found += [item["key"] for item in shown["items"]]
        after = shown["next"]
        if after is None:
            break
        assert after.endswith(found[-1])
    assert [REPLY, TRIAGE] == found
    assert {"items": [], "next": None} == reader.look(find, "salaries", limit=1)


def test_releases_show_what_the_token_is_cleared_for(vault: Desk) -> None:
    """A part is counted; a release of hidden items alone is not there, nor in a list, nor found by its key."""
    reader = Reader(vault)
    first, _, mixed = (release["number"] for release in reversed(vault.look(AUTHOR, list_releases)["items"]))
    seen = reader.look(show_release, mixed)
    assert ([REPLY], 1, [REPLY]) == ([i["key"] for i in seen["items"]], seen["hidden_items"], _keys(seen))
    assert TRIAGE not in str(seen)
    with refused("not_found", says=f"There is no release {first}."):
        reader.look(show_release, first)
    page = reader.look(list_releases, limit=2)
    assert ([mixed, mixed - 1], None) == ([release["number"] for release in page["items"]], page["next"])
    assert (
        []
        == reader.look(list_releases, key=LETTER)["items"]
        == reader.look(list_releases, feature="vault")["items"]
    )
    assert [mixed - 1] == [release["number"] for release in reader.look(list_releases, key=TRIAGE)["items"]]


def test_nobody_signs_by_a_token_what_it_does_not_show(vault: Desk) -> None:
    """A sign-off is for what one can see: the same person signs in the pages."""
    number = vault.propose(f"{TRIAGE}@2", REPLY, to="beta")["number"]
    reader = Reader(vault, user=APPROVER)
    assert [number] == [release["number"] for release in reader.look(waiting)["releases"]]
    assert [] == reader.look(rights_on, number)["sign_as"]
    for verdict in ("approve", "refuse"):
        with refused("forbidden", says="1 item that you may not read, so you cannot sign it"):
            reader.do(sign, number, verdict=verdict, note="Blindly")
    assert "live" == vault.approve(number, by=APPROVER)["state"]


def test_what_is_above_can_be_neither_pinned_nor_saved_nor_proposed(vault: Desk) -> None:
    """By a token that may write: each would give back a text, or say that there is one."""
    writer = Reader(vault, "editor")
    for key, text in ((REPLY, "{{> vault/rule}}"), (REPLY, "{{> vault/rule@1}}")):
        told = writer.look(preview, Draft(key, content(text)))
        assert (["'vault/rule' does not exist."], None) == (
            [p["message"] for p in told["problems"]],
            told["value"],
        )
    for base in (0, 1, None):
        with refused("not_found", says=f"There is no artifact '{LETTER}'."):
            writer.do(save, Save(LETTER, content=content("x"), base=base))
    with refused("not_found", says="has no version 2"):
        writer.do(propose, Proposal("beta", (Ask(TRIAGE, 2),)))
    with refused("forbidden", says=f"What stands on internal of '{TRIAGE}' is above the clearance"):
        writer.do(propose, Proposal("internal", (Ask(TRIAGE, 3),)))
    with refused("not_found"):
        writer.do(propose, Proposal("internal", (Ask(LETTER, 1),)))


def test_the_audit_tells_nothing_of_features_above(vault: Desk) -> None:
    """Nor what is of no feature, which may be of several."""
    told = Reader(vault).look(list_audit, limit=200)["items"]
    assert told and not {"vault", None} & {entry["feature"] for entry in told}
    assert {"vault", "support"} <= {
        entry["feature"] for entry in vault.look(AUTHOR, list_audit, limit=200)["items"]
    }


def test_a_misspelt_key_leads_to_nothing_above(vault: Desk) -> None:
    """The key that was probably meant is one that may be read."""
    for reader, meant in ((Reader(vault).look, False), (partial(vault.look, AUTHOR), True)):
        with refused("not_found") as found:
            reader(show_artifact, "vault/leter")
        assert meant == (LETTER in str(found[0]))


def test_longer_lists_cost_a_token_no_more_queries(vault: Desk) -> None:
    """Its clearance is held against a page at once."""
    reader, counts = Reader(vault), []
    for numbers in (range(2), range(2, 12)):
        for number in numbers:
            vault.save(f"support/p{number}", "{{> vault/rule}}" if number % 2 else "common")
            vault.promote(f"support/p{number}")
        with counted(vault) as statements:
            for query in (
                list_artifacts,
                list_releases,
                partial(find, q="common"),
                partial(_triage, list_versions),
            ):
                reader.look(query)
        counts.append(len(statements))
    assert counts[0] == counts[1]


@contextmanager
def counted(desk: Desk) -> Iterator[list[str]]:
    """Yield the statements that are run inside."""
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    engine = desk.product.store.reader
    sa.event.listen(engine, "before_cursor_execute", note)
    yield statements
    sa.event.remove(engine, "before_cursor_execute", note)


def _triage(query: Callable[..., Any], work: Any) -> Any:
    return query(work, TRIAGE)


def _keys(compared: Mapping[str, Any]) -> list[str]:
    return [comparison["key"] for comparison in compared["comparisons"]]
