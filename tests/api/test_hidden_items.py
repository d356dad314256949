"""The first release, of every feature, as who has rights on one reads it: by API, by page and in the terminal."""

from __future__ import annotations

import json
from collections.abc import Iterable

import pytest

from prompts_admin.api.operations import OPERATIONS
from prompts_cli.views.releases import show_release
from tests.api.requests import send
from tests.support.visits import read
from tests.support.world import Api, person

HIDDEN = frozenset({"support/triage", "support/reply", "support/fast", "search/rank", "search/rewrite"})


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


@pytest.fixture
def told(world: Api) -> tuple[Api, int]:
    """A world and in it a rollback of two features; people wrote of both releases in every form that keys have."""
    body = {
        "keys": ["support/triage@1", "sales/follow-up@1"],
        "to": "none",
        "reason": _forms(["support/triage"]),
    }
    number = int(world.post("/rollbacks", body, by="admin").json["number"])
    for release, keys in ((1, HIDDEN), (number, ["support/triage"])):
        body = {"text": _forms(keys)}
        assert 200 == world.post(f"/releases/{release}/comments", body, by="admin").status_code
    return world, number


def test_no_document_names_what_its_reader_may_not_read(told: tuple[Api, int]) -> None:
    """By no query and no plan; whoever reads all of the releases finds every key in the same documents."""
    world, number = told
    whole, seen = (_documents(world, number, by=by) for by in ("viewer", "outsider"))
    assert HIDDEN == frozenset().union(*map(_named, whole.values()))
    assert {} == {name: _named(text) for name, text in seen.items() if _named(text)}


def test_no_page_names_what_its_reader_may_not_read(told: tuple[Api, int]) -> None:
    """Nor does any page that shows these releases."""
    world, number = told
    addresses = (
        f"/releases/{number}",
        "/releases/1",
        "/releases",
        "/waiting",
        "/artifacts/sales/follow-up/history",
    )
    for role, expected in (("viewer", HIDDEN), ("outsider", set())):
        who = {"prompts_admin.identity": person(role)}
        texts = [world.client.get(at, environ_overrides=who).get_data(as_text=True) for at in addresses]
        assert expected == frozenset().union(*map(_named, texts))


def _documents(world: Api, number: int, *, by: str) -> dict[str, str]:
    """Return every answer of a query about `sales/follow-up` or the releases, and of plans, by name."""
    found = {}
    for operation in (one for one in OPERATIONS if one.method == "GET" and one.name != "openapi"):
        for release in (1, number):
            places = {"feature": "sales", "name": "follow-up", "number": str(release)}
            asked = (
                {"key": "sales/follow-up", "user": "u-17"} if operation.name == "explain" else {"q": "follow"}
            )
            more = {"query_string": asked} if operation.name in ("explain", "search") else {}
            answer = send(world, operation, places=places, by=by, **more)
            found[f"{operation.name} {release}"] = answer.get_data(as_text=True)
    for body in ({"keys": ["sales/follow-up"]}, {"release": number}, {"keys": ["sales/writer"]}):
        found[str(body)] = world.post("/rollbacks", body | {"dry_run": True}, by=by).get_data(as_text=True)
    return found


def _forms(keys: Iterable[str]) -> str:
    return " ".join(f"{key} {key.replace('/', '.')}@1 '{key}@beta' {key.title()}." for key in sorted(keys))


def _named(text: str) -> frozenset[str]:
    """Return the hidden keys that a text holds in any form."""
    low = text.lower()
    return frozenset(key for key in HIDDEN if key in low or key.replace("/", ".") in low)
