"""What a request was made from can be said; when something else is so by now, it is refused and nothing changes."""

from __future__ import annotations

from tests.support.world import Api

DOCUMENT = {"classification": "confidential"}


def test_settings_made_from_older_ones_are_refused_when_the_request_names_them(world: Api) -> None:
    """409 with the version in force; without `base` as ever."""
    base = world.get("/settings/current?scope=sales", by="admin").json["version"]
    asked = {"scope": "sales", "document": DOCUMENT, "base": base}
    raised = world.post("/settings", {**asked, "document": {"classification": "pii"}}, by="admin")
    assert (201, "applied") == (raised.status_code, raised.json["state"])
    answer = world.post("/settings", asked, by="admin")
    assert (409, "expectation_failed") == (answer.status_code, answer.json["code"])
    assert (base + 1, raised.json["number"]) == (answer.json["current"], answer.json["change"])
    assert "admin@example.com" in answer.json["detail"]
    del asked["base"]
    assert 201 == world.post("/settings", asked, by="admin").status_code


def test_a_release_over_another_version_than_expected_is_refused(world: Api) -> None:
    """409 with what stands there; without `expect` as ever."""
    world.post("/releases/2/withdraw", by="editor")
    item = {"key": "support/triage", "version": 2}
    asked = {"stage": "internal", "items": [item], "expect": {"support/triage": {"settled": 9}}}
    answer = world.post("/releases", asked, by="editor")
    assert (409, "expectation_failed") == (answer.status_code, answer.json["code"])
    stands = {name: value for name, value in answer.json["current"].items() if value is not None}
    done = world.post("/releases", {**asked, "expect": {"support.triage": stands}}, by="editor")
    assert (201, "live") == (done.status_code, done.json["state"])
    assert 422 == world.post("/releases", {**asked, "expect": {"support/triage": 2}}, by="editor").status_code
