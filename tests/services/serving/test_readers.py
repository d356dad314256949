"""Who serves what: held against a revision, and over all processes that share a database."""

from __future__ import annotations

import pytest

from prompts_admin.server.bootstrap import make_product
from prompts_admin.services.product import Product
from prompts_admin.services.serving import readers as service
from prompts_admin.services.serving.readers import list_readers, share
from prompts_admin.serving.reader_registry import Report
from tests.support.cast import AUTHOR, person
from tests.support.desk import TRIAGE, Desk

SQLITE = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
POSTGRESQL = pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)


def heard(product: Product, name: str, revision: int | None, **more: object) -> None:
    product.readers.heard(
        Report(f"reader-{name}", revision, "python/1", name, **more), token="site", owner="site"
    )  # type: ignore[arg-type]


def listed(product: Product, **more: object) -> dict[str, object]:
    return product.look(person(AUTHOR), list_readers, product.readers, product.live, **more)  # type: ignore[arg-type]


@SQLITE
def test_readers_are_held_against_the_newest_revision(desk: Desk) -> None:
    """Who is behind comes first, with for how long; who serves nothing yet holds nobody up."""
    desk.save(TRIAGE, "one")
    desk.promote(TRIAGE)
    desk.clock.forward(minutes=1)
    desk.save(TRIAGE, "two")
    desk.promote(TRIAGE)
    desk.clock.forward(seconds=7)
    for name, revision in (("a", 2), ("b", 1), ("c", None)):
        heard(desk.product, name, revision)
    desk.product.readers.asked("key", "192.0.2.1")
    found = listed(desk.product)
    counts = {name: found[name] for name in ("revision", "live", "on", "behind", "asking")}
    assert {"revision": 2, "live": 2, "on": 1, "behind": 1, "asking": 1} == counts
    items = found["items"]
    assert [("b", True, 7.0), ("a", False, None)] == [
        (item["host"], item["behind"], item["behind_seconds"])
        for item in items  # type: ignore[attr-defined]
    ]
    assert 2 == listed(desk.product, revision=1)["on"]


@SQLITE
def test_F42_a_reader_of_a_revision_that_is_still_to_come_is_behind(desk: Desk) -> None:
    """After a backup was put back, who serves what was there before has a higher revision, and not the newest."""
    desk.save(TRIAGE, "one")
    desk.promote(TRIAGE)
    heard(desk.product, "new", 1)
    heard(desk.product, "old", 900)
    found = listed(desk.product)
    assert (2, 1, 1) == (found["live"], found["on"], found["behind"])
    assert "old" == found["items"][0]["host"]  # type: ignore[index]


@POSTGRESQL
def test_the_count_is_over_all_processes(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader that went over to another process is one; goodbye said to one is heard by all."""
    for text in ("one", "two"):
        desk.save(TRIAGE, text)
        desk.promote(TRIAGE)
    product = desk.product
    twin = make_product(product.store, product.settings)
    heard(product, "a", 1)
    heard(product, "b", 1)
    product.readers.asked("key", "192.0.2.1")
    assert 2 == share(product, product.readers)
    monkeypatch.setattr(service, "PROCESS", "another")
    desk.clock.forward(seconds=1)
    heard(twin, "b", 2)
    twin.readers.asked("key", "192.0.2.2")
    found = listed(twin, revision=2)
    assert (2, 1, 2) == (found["live"], found["on"], found["asking"])
    heard(twin, "a", None, gone=True)
    share(twin, twin.readers)
    assert 1 == listed(twin)["live"]


@POSTGRESQL
def test_S38_no_token_speaks_for_the_readers_of_another_process(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rows of two tokens are two, though their readers have one id."""
    product = desk.product
    twin = make_product(product.store, product.settings)
    heard(product, "a", 1)
    share(product, product.readers)
    monkeypatch.setattr(service, "PROCESS", "another")
    twin.readers.heard(Report("reader-a", 9), token="evil", owner="evil")
    share(twin, twin.readers)
    assert 2 == listed(twin)["live"]
    twin.readers.heard(Report("reader-a", None, gone=True), token="evil", owner="evil")
    share(twin, twin.readers)
    found = listed(twin)["items"]
    assert [("reader-a", "site", 1)] == [(one["reader"], one["token"], one["revision"]) for one in found]  # type: ignore[attr-defined]


@POSTGRESQL
def test_what_is_not_heard_any_more_is_forgotten(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that died leaves nobody counted."""
    heard(desk.product, "a", 1)
    share(desk.product, desk.product.readers)
    monkeypatch.setattr(service, "PROCESS", "another")
    assert 1 == listed(make_product(desk.product.store, desk.product.settings))["live"]
    desk.clock.forward(seconds=61)
    assert 0 == listed(make_product(desk.product.store, desk.product.settings))["live"]


@SQLITE
def test_one_process_alone_writes_nothing(desk: Desk) -> None:
    """SQLite is served by one process."""
    heard(desk.product, "a", 1)
    assert 0 == share(desk.product, desk.product.readers)
