"""Search on both databases: what is found, for whom, and that it stays true as things are saved and released."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from prompts_admin.domain.content.search_words import index_words
from prompts_admin.domain.errors import Usage
from prompts_admin.domain.people.identity import ByToken
from prompts_admin.services.artifacts.lifecycle import archive
from prompts_admin.services.artifacts.search import find
from prompts_admin.services.people.tokens import TokenRequest, create_token
from prompts_admin.store.database import migrate
from prompts_admin.store.database.engine import open_engine
from prompts_admin.store.tables import search_words, versions
from tests.support.cast import ADMIN, AUTHOR, OUTSIDER
from tests.support.desk import FAST, OTHER, TONE, TRIAGE, Desk

SQLITE = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
NASTY = (
    "'",
    '"',
    "%",
    "_",
    "*",
    "\\",
    "--",
    ";",
    "' OR 1=1 --",
    '" OR "a"*',
    "NEAR(a b)",
    "a:b",
    "a & | !b",
    "(",
    "^",
)


def test_words_are_found_in_keys_descriptions_and_texts(desk: Desk) -> None:
    """By their beginnings, all of them, whatever their case; what is called so comes first."""
    desk.save(TRIAGE, "Be kind to Zoë.", description="Route a ticket")
    desk.save(TONE, "Never mention triage.", kind="snippet")
    desk.save(FAST, provider="openai", name="gpt-small")
    assert [TRIAGE, TONE] == _found(desk, "triage")
    assert [TRIAGE] == _found(desk, "ROUTE tick")
    assert [TRIAGE] == _found(desk, "zoe")
    assert [FAST] == _found(desk, "gpt sma")
    assert [] == _found(desk, "route never")
    assert [] == _found(desk, "iage")


def test_the_newest_and_what_is_live_are_searched_and_nothing_else(desk: Desk) -> None:
    """A word that left the text is found as long as somebody gets it."""
    desk.save(TRIAGE, "apple")
    desk.climb(TRIAGE, up_to="internal")
    desk.save(TRIAGE, "banana")
    desk.save(TRIAGE, "cherry")
    assert [[TRIAGE], [], [TRIAGE]] == [_found(desk, word) for word in ("apple", "banana", "cherry")]
    (hit,) = _items(desk, "apple")[0]["hits"]
    told = tuple(hit[name] for name in ("version", "newest", "live", "path"))
    assert (1, False, ["internal"], "messages[0].content") == told
    assert "message 1 (system)" == hit["place"]
    desk.promote(f"{TRIAGE}@3")
    assert [] == _found(desk, "apple")
    desk.rollback(f"{TRIAGE}@3")
    assert [TRIAGE] == _found(desk, "apple")


@pytest.mark.parametrize("text", NASTY)
def test_S30_signs_are_no_language(desk: Desk, text: str) -> None:
    """Quotes, wildcards and operators of either database change nothing and find nothing of themselves."""
    desk.save(TRIAGE, "plain words")
    assert _found(desk, f"plain {text}") in ([TRIAGE], [])
    assert [] == _found(desk, text) or "a" in text or "OR" in text
    assert [TRIAGE] == _found(desk, "plain")


def test_S18_what_may_not_be_read_is_not_found(desk: Desk) -> None:
    """Neither by its words nor by its name, on any page."""
    desk.save(TRIAGE, "common word")
    desk.save(OTHER, "common word")
    assert [OTHER] == [item["key"] for item in desk.look(OUTSIDER, find, "common")["items"]]
    assert [] == desk.look(OUTSIDER, find, "triage")["items"]


def test_S55_a_token_finds_what_it_is_cleared_for(desk: Desk) -> None:
    """A text of a higher class is not found at all: a search that says yes or no would tell it word by word."""
    desk.save(TRIAGE, "common word")
    assert [[TRIAGE], []] == [_by_token(desk, clearance) for clearance in ("internal", "public")]


def test_archived_artifacts_are_found_when_asked_for(desk: Desk) -> None:
    """Not among the others."""
    desk.save(TRIAGE, "common word")
    desk.do(AUTHOR, archive, TRIAGE)
    assert [] == _found(desk, "common")
    assert [TRIAGE] == [item["key"] for item in desk.look(AUTHOR, find, "common", archived=True)["items"]]


def test_pages_go_on_without_gap_or_repetition(desk: Desk) -> None:
    """Also across the border between names and texts."""
    keys = [f"support/{name}" for name in ("a-apple", "b", "c-apple", "d")]
    for key in keys:
        desk.save(key, "apple")
    found: list[str] = []
    after = None
    while True:
        page = desk.look(AUTHOR, find, "apple", limit=1, after=after)
        found += [item["key"] for item in page["items"]]
        after = page["next"]
        if after is None:
            break
    assert [keys[0], keys[2], keys[1], keys[3]] == found
    with pytest.raises(Usage):
        desk.look(AUTHOR, find, "apple", after="2.x' OR 1=1")


@SQLITE
def test_without_full_text_every_row_is_read(desk: Desk) -> None:
    """A SQLite without FTS5 gives the same answers, only later."""
    desk.save(TRIAGE, "plain words")
    with desk.product.store.write() as uow:
        uow.connection.execute(sa.text("DROP TRIGGER search_words_are_indexed"))
        uow.connection.execute(sa.text("DROP TABLE search_index"))
        uow.commit()
    desk.save(TONE, "plain talk", kind="snippet")
    assert [TONE, TRIAGE] == _found(desk, "plain")
    assert [TRIAGE] == _found(desk, "PLAIN wor")
    assert [] == _found(desk, "lain")


def test_the_migration_fills_the_words_as_a_save_does(desk: Desk) -> None:
    """Of every version that was there before, on both databases."""
    desk.save(TRIAGE, "Ünïcode — 日本 words", description="Route", variables={})
    desk.save(FAST, provider="openai", name="small", params={"stop": ["END"]})
    url = desk.product.store.engine.url.render_as_string(hide_password=False)
    engine = open_engine(url)
    with migrate.migrating(engine) as connection:
        migrate.run(connection, "downgrade", "0007")
        migrate.run(connection, "upgrade", "head")
        kept = {(r.key, r.number): r.words for r in connection.execute(sa.select(search_words))}
        rows = connection.execute(sa.select(versions)).all()
    engine.dispose()
    assert {(r.key, r.number): index_words(r.key, r.content) for r in rows} == kept
    assert [TRIAGE] == _found(desk, "unicode 日")


def _by_token(desk: Desk, clearance: str) -> list[str]:
    request = TokenRequest(name=clearance, role="viewer", clearance=clearance)
    made = desk.do(ADMIN, create_token, request)
    return [item["key"] for item in desk.product.look(ByToken(made["id"]), find, "common")["items"]]


def _items(desk: Desk, question: str) -> list[dict[str, Any]]:
    return list(desk.look(AUTHOR, find, question)["items"])


def _found(desk: Desk, question: str) -> list[str]:
    return [item["key"] for item in _items(desk, question)]
