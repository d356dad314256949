"""Putting back over the API takes an answer away from nobody unless the request says so."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from prompts_admin.services.artifacts.history import show_version
from prompts_admin.services.artifacts.save import Save, save
from tests.support.world import Api, person

KEY = "support/triage"


@pytest.fixture
def restored(world: Api) -> int:
    """The fresh demo: v2 to internal; v2 to beta, signed; v3 to internal; `restore support --at` in between."""
    moved: list[timedelta] = []
    world.product.store.clock = lambda: datetime.now(UTC) + sum(moved, timedelta())
    _promote(world, "internal", 2)
    moment = world.product.store.clock()
    moved.append(timedelta(hours=1))
    _promote(world, "beta", 2)
    content = world.product.look(person("editor"), show_version, KEY, 2)["content"]
    new = Save(KEY, content={**content, "description": "Again"}, base=2, message="Again")
    world.product.do(person("editor"), save, None, new)
    _promote(world, "internal", 3)
    moved.append(timedelta(hours=1))
    answer = world.post("/restores", {"feature": "support", "at": moment.isoformat()}, by="releaser")
    assert 201 == answer.status_code, answer.json
    assert [2, 1, 1] == _live(world)
    return int(answer.json["number"])


@pytest.mark.parametrize("dry_run", [True, False])
def test_one_press_on_a_restore_switches_nothing_off(world: Api, restored: int, dry_run: bool) -> None:
    """It names its undo, for the plan as for the act; the versions themselves go back as they always would."""
    answer = world.post("/rollbacks", {"release": restored, "dry_run": dry_run}, by="editor")
    assert (409, "undo_instead") == (answer.status_code, answer.json["code"])
    assert [f"prompts-admin undo {restored}"] == answer.json["commands"]
    assert [2, 1, 1] == _live(world)
    named = {"keys": [f"{KEY}@1"], "stages": ["beta"], "dry_run": True}
    change = world.post("/rollbacks", named, by="editor").json["changes"][0]
    assert (1, 2) == (change["before"]["settled"], change["after"]["settled"])
    assert 200 == world.post(f"/releases/{restored}/undo", {}, by="editor").status_code
    assert [3, 2, 1] == _live(world)


def test_rolling_back_the_first_version_says_what_it_would_do(world: Api) -> None:
    """409 with the command; with `or_none` it goes, and the undo of that gives it back."""
    body: dict[str, Any] = {"keys": [f"{KEY}@1"]}
    for more in ({}, {"dry_run": True}):
        answer = world.post("/rollbacks", body | more, by="editor")
        assert (409, "would_switch_off") == (answer.status_code, answer.json["code"])
        assert [f"prompts-admin rollback {KEY}@1 --or-none"] == answer.json["commands"]
        assert {"beta", "full", "internal"} == {row["stage"] for row in answer.json["left_on"]}
    done = world.post("/rollbacks", body | {"or_none": True}, by="editor")
    assert (201, [], 3) == (done.status_code, done.json["left_on"], len(done.json["switched_off"]))
    assert [None] * 3 == _live(world)
    assert 200 == world.post(f"/releases/{done.json['number']}/undo", {}, by="editor").status_code
    assert [1, 1, 1] == _live(world)


def test_an_undo_takes_or_none(world: Api) -> None:
    """The first release is undone only by who says that nothing is left then."""
    path = "/releases/1/undo"
    answer = world.post(path, {}, by="admin")
    assert (409, "would_switch_off") == (answer.status_code, answer.json["code"])
    assert ["prompts-admin undo 1 --or-none"] == answer.json["commands"]
    assert [1, 1, 1] == _live(world)
    assert 200 == world.post(path, {"or_none": True}, by="admin").status_code
    assert [None] * 3 == _live(world)


def _promote(world: Api, stage: str, version: int) -> None:
    asked = {"stage": stage, "items": [{"key": KEY, "version": version}]}
    release = world.post("/releases", asked, by="editor").json
    if release["state"] == "proposed":
        signed = {"verdict": "approve", "role": "ml"}
        release = world.post(f"/releases/{release['number']}/signoffs", signed, by="releaser").json
    assert "live" == release["state"], release


def _live(world: Api) -> list[int | None]:
    stages = world.get(f"/artifacts/{KEY}", by="viewer").json["stages"]
    return [stages[name]["version"] if stages[name] else None for name in ("internal", "beta", "full")]
