"""Drafts belong to one person: kept, shown, dropped and forgotten for them alone, on both databases."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from prompts_admin.domain.content.drafts import MOST, NEW, Typed
from prompts_admin.domain.people.identity import ByToken
from prompts_admin.services.artifacts.drafts import (
    drop_draft,
    find_draft,
    keep_draft,
    list_drafts,
    put_back_draft,
    save_draft,
)
from prompts_admin.services.artifacts.save import Save
from prompts_admin.services.people.accounts import disable_user
from prompts_admin.services.people.tokens import TokenRequest, create_token
from prompts_admin.services.releases.scheduler import forget
from prompts_admin.services.transfer.exports import export_files
from prompts_admin.store.tables import drafts, editors
from tests.support.cast import ADMIN, AUTHOR, LAWYER, OUTSIDER, SECOND
from tests.support.desk import TRIAGE, Desk, refused

TEXT = "kind: prompt\nmessages:\n  - role: system\n    content: |\n      {}\n"
CANARY = "canary-of-a-draft"


@pytest.fixture
def started(desk: Desk) -> Desk:
    """One version."""
    desk.save(TRIAGE, "Be kind.")
    return desk


def _keep(desk: Desk, text: str, *, by: str = AUTHOR, key: str = TRIAGE, base: int = 1, **more: Any) -> int:
    return int(desk.do(by, keep_draft, Typed(key, text, base, **more))["counter"])


def test_a_draft_is_kept_and_says_what_it_stands_on(started: Desk) -> None:
    """With its text, its message, and whether the artifact moved on since; it changes nothing else."""
    before = started.audited()
    counter = _keep(started, CANARY, message="Kinder")
    started.clock.forward(minutes=5)
    started.save(TRIAGE, "Be brief.", by=SECOND)
    found = started.look(AUTHOR, find_draft, TRIAGE)
    assert (CANARY, "Kinder", 1, 2, True) == tuple(
        found[name] for name in ("text", "message", "base", "latest", "moved_on")
    )
    assert counter == found["counter"]
    assert len(before) + 1 == len(started.audited())


def test_S18_nobody_else_reads_a_draft(started: Desk) -> None:
    """Neither a colleague nor an administrator, nor whoever holds a token of the person."""
    _keep(started, CANARY)
    for other in (SECOND, ADMIN, LAWYER):
        assert started.look(other, find_draft, TRIAGE) is None
        assert [] == started.look(other, list_drafts)["items"]
    made = started.do(ADMIN, create_token, TokenRequest(name="ci", role="editor", user=AUTHOR))
    token = ByToken(made["id"])
    assert started.product.look(token, find_draft, TRIAGE) is None
    with refused("forbidden"):
        started.product.look(token, list_drafts)
    with refused("forbidden"):
        started.product.do(token, keep_draft, None, Typed(TRIAGE, "x", 1))


def test_S17_who_may_not_save_keeps_no_draft(started: Desk) -> None:
    """A viewer is told so, an outsider learns nothing, and of nothing there is no draft."""
    with refused("forbidden"):
        _keep(started, "x", by=LAWYER)
    with refused("not_found"):
        _keep(started, "x", by=OUTSIDER)
    with refused("not_found"):
        _keep(started, "x", key="support/nothing")
    assert _keep(started, "x", by=OUTSIDER, key=NEW, base=0, name="elsewhere/memo")


def test_another_page_is_told_of_and_writes_over_nothing(started: Desk) -> None:
    """Its text comes with the refusal, with the counter that lets one of the two win."""
    first = _keep(started, "from a", tab="a")
    second = _keep(started, "from a, more", tab="a")
    with refused("draft_elsewhere") as caught:
        _keep(started, "from b", tab="b", counter=first)
    assert "from a, more" == caught[0].members["draft"]["text"]
    assert second == caught[0].members["draft"]["counter"]
    _keep(started, "from b", tab="b", counter=second)
    assert "from b" == started.look(AUTHOR, find_draft, TRIAGE)["text"]


def test_saved_it_is_gone_a_conflict_keeps_it(started: Desk) -> None:
    """So does another page's text; and a text that is the version's own is no draft."""
    counter = _keep(started, TEXT.format("Be very kind."), tab="a")
    started.save(TRIAGE, "Be brief.", by=SECOND)
    mine = Typed(TRIAGE, TEXT.format("Be very kind."), 1, tab="a", counter=counter)
    with refused("stale_version"):
        started.do(AUTHOR, save_draft, Save(TRIAGE, text=mine.typed, base=1), mine)
    assert started.look(AUTHOR, find_draft, TRIAGE)
    saved = started.do(AUTHOR, save_draft, Save(TRIAGE, text=mine.typed, base=2), mine)
    assert 3 == saved["number"] and started.look(AUTHOR, find_draft, TRIAGE) is None
    assert 0 == _keep(started, saved["text"], base=3)
    _keep(started, "from another page", base=3, tab="b")
    last = Typed(TRIAGE, TEXT.format("Last."), 3, tab="a")
    started.do(AUTHOR, save_draft, Save(TRIAGE, text=last.typed, base=3), last)
    assert "from another page" == started.look(AUTHOR, find_draft, TRIAGE)["text"]


def test_dropped_it_can_be_put_back_for_an_hour(started: Desk) -> None:
    """And after the hour it is gone from the store as well."""
    _keep(started, "x")
    started.do(AUTHOR, drop_draft, TRIAGE)
    assert started.look(AUTHOR, find_draft, TRIAGE)["can_be_put_back"]
    started.do(AUTHOR, put_back_draft, TRIAGE)
    assert started.look(AUTHOR, find_draft, TRIAGE)["dropped_at"] is None
    started.do(AUTHOR, drop_draft, TRIAGE)
    started.clock.forward(minutes=61)
    with refused("not_found"):
        started.do(AUTHOR, put_back_draft, TRIAGE)
    forget(started.product)
    assert [] == _rows(started, drafts)


def test_they_go_after_90_days_and_when_the_person_is_disabled(started: Desk) -> None:
    """Nothing is left of them then."""
    _keep(started, "x")
    _keep(started, "y", by=SECOND)
    started.do(ADMIN, disable_user, SECOND, successor=AUTHOR)
    assert [AUTHOR] == [row.email for row in _rows(started, drafts)]
    assert [] == [row for row in _rows(started, editors) if row.email == SECOND]
    started.clock.forward(days=91)
    forget(started.product)
    assert [] == _rows(started, drafts)


def test_S33_S53_drafts_are_limited_in_size_and_number(started: Desk, monkeypatch: Any) -> None:
    """As large as a version at most; and so many of a person."""
    with refused("too_large"):
        _keep(started, "x" * (started.product.settings.max_content_bytes + 1))
    with refused("invalid"):
        _keep(started, "NUL \0")
    monkeypatch.setattr("prompts_admin.services.artifacts.drafts.MOST", 1)
    _keep(started, "x")
    with refused("too_many_drafts"):
        _keep(started, "x", key=NEW)
    assert MOST == 100


@pytest.mark.parametrize(
    "text",
    [
        "\u202egpj\u202c",
        "a\u200bb",
        "\U0001f469\u200d\U0001f4bb",
        "e\u0301 \u00e9",
        "a\r\nb \t \n",
        "\ufeffkind",
    ],
)
def test_F35_odd_text_comes_back_as_it_was_typed(started: Desk, text: str) -> None:
    """Character by character, on both databases; half a surrogate pair is refused, as NUL is."""
    _keep(started, text, message="odd")
    assert text == started.look(AUTHOR, find_draft, TRIAGE)["text"]
    with refused("invalid"):
        _keep(started, text + "\ud800")


def test_S38_a_draft_is_in_no_export_and_no_snapshot(started: Desk) -> None:
    """Nor in the audit: its text is found in its own table alone."""
    started.climb(TRIAGE)
    _keep(started, CANARY)
    assert CANARY not in repr(started.look(ADMIN, export_files))
    assert CANARY not in repr(started.product.live.current())
    with started.product.store.read() as uow:
        found = [
            name
            for name in sa.inspect(uow.connection).get_table_names()
            if CANARY in repr(uow.connection.execute(sa.text(f'SELECT * FROM "{name}"')).all())
        ]
    assert ["drafts"] == found


def _rows(desk: Desk, table: sa.Table) -> list[Any]:
    with desk.product.store.read() as uow:
        return list(uow.connection.execute(sa.select(table)))
