"""The first release, of every feature, as who has rights on one reads it: by API, by page and in the terminal."""

from __future__ import annotations

import json

import pytest

from prompts_cli.views.releases import show_release
from tests.support.visits import read
from tests.support.world import Api, person


def test_a_person_with_one_feature_reads_that_feature_of_a_release(shared_world: Api) -> None:
    """The JSON says how many items more there are, and not one word of them."""
    found = shared_world.get("/releases/1", by="outsider").json
    whole = shared_world.get("/releases/1", by="viewer").json
    assert {"sales"} == {item["key"].partition("/")[0] for item in found["items"]}
    assert len(whole["items"]) == len(found["items"]) + found["hidden_items"]
    assert {"sales"} == {comparison["key"].partition("/")[0] for comparison in found["comparisons"]}
    assert "support/" not in json.dumps(found) and "search/" not in json.dumps(found)


def test_a_viewer_token_of_one_feature_reads_no_more(world: Api) -> None:
    """Its features bind it as roles bind a person."""
    asked = {"name": "sales", "role": "viewer", "features": ["sales"], "clearance": "pii"}
    token = world.post("/tokens", asked, by="admin").json["token"]
    found = world.get("/releases/1", headers={"Authorization": f"Bearer {token}"}).json
    assert {"sales"} == {item["key"].partition("/")[0] for item in found["items"]}
    assert found["hidden_items"] > 0


def test_the_page_says_in_a_sentence_how_much_is_hidden(shared_world: Api) -> None:
    """And shows none of it; who reads all of it finds no such sentence."""
    hidden = shared_world.get("/releases/1", by="outsider").json["hidden_items"]
    pages = {
        role: read(
            shared_world.client.get("/releases/1", environ_overrides={"prompts_admin.identity": person(role)})
        ).text
        for role in ("outsider", "viewer")
    }
    assert f"There are {hidden} more items that you may not read." in pages["outsider"]
    assert "support/triage" not in pages["outsider"]
    assert "may not read" not in pages["viewer"]


def test_the_terminal_says_it_in_a_line(shared_world: Api, capsys: pytest.CaptureFixture[str]) -> None:
    """Below what the release changes."""
    found = shared_world.get("/releases/1", by="outsider").json
    show_release(found)
    said = capsys.readouterr().out
    assert f"and {found['hidden_items']} more items that you may not read" in said
    assert "support/triage" not in said


def test_a_token_reads_nothing_above_its_clearance(world: Api) -> None:
    """By no address: `sales` is confidential, the token is cleared up to internal and has every feature."""
    token = world.post("/tokens", {"name": "low", "role": "viewer", "clearance": "internal"}, by="admin").json
    header = {"Authorization": f"Bearer {token['token']}"}
    key = "/artifacts/sales/follow-up"
    for path in ("", "/versions", "/versions/1", "/history", "/diff?from=1&to=1"):
        assert 200 == world.get(key + path, by="viewer").status_code, path
        assert 404 == world.get(key + path, headers=header).status_code, path
    assert 404 == world.get("/explain?key=sales/follow-up&user=u", headers=header).status_code
    assert 404 == world.post(f"{key}/check", {"text": "kind: prompt"}, headers=header).status_code
    for path in ("/artifacts", "/status", "/search?q=customer", "/exports", "/releases", "/releases/1"):
        assert "sales/" in world.get(path, by="viewer").text, path
        assert "sales/" not in world.get(path, headers=header).text, path
    assert 12 == world.get("/releases/1", headers=header).json["hidden_items"]
