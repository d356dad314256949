"""The whole way through the API: edit, propose, sign, go live, roll back, undo; and the shortcuts that are none."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.world import Api

KEY = "support/triage"
PATH = f"/artifacts/{KEY}"


def saved(api: Api, description: str, *, base: int, by: str = "editor") -> int:
    """Save a version that differs in its description and return its number."""
    content = api.get(f"{PATH}/versions/{base}", by="viewer").json["content"]
    body = {"content": {**content, "description": description}}
    answer = api.post(f"{PATH}/versions", body, by=by, headers={"If-Match": f'"{base}"'})
    assert 201 == answer.status_code, answer.json
    return int(answer.json["number"])


def proposed(api: Api, stage: str, version: int, *, by: str = "editor", **more: Any) -> Any:
    """Propose a version for a stage and return the answer."""
    body = {"stage": stage, "items": [{"key": KEY, "version": version}], **more}
    return api.post("/releases", body, by=by)


def signed(api: Api, number: int, *, by: str) -> Any:
    """Approve a release and return the answer."""
    return api.post(f"/releases/{number}/signoffs", {"verdict": "approve"}, by=by)


def test_from_the_first_keystroke_to_everybody_and_back(world: Api) -> None:
    """Internal at once, beta with the expert, full with product and legal; rolled back in one step, and undone."""
    version = saved(world, "Better", base=2)
    assert "live" == proposed(world, "internal", version).json["state"]
    beta = proposed(world, "beta", version).json
    assert "proposed" == beta["state"]
    assert {"ml"} == {missing["role"] for missing in beta["missing"]}
    assert "live" == signed(world, beta["number"], by="releaser").json["state"]
    full = proposed(world, "full", version).json
    assert {"legal", "product"} <= {missing["role"] for missing in full["missing"]}
    assert 403 == signed(world, full["number"], by="editor").status_code
    assert "legal" == signed(world, full["number"], by="lawyer").json["signoffs"][0]["role"]
    back = world.post("/rollbacks", {"keys": [f"{KEY}@{version}"], "reason": "Wrong queue"}, by="editor")
    assert 201 == back.status_code
    stages = world.get(PATH, by="viewer").json["stages"]
    assert [1, 1, 1] == [stages[name]["version"] for name in ("internal", "beta", "full")]
    undone = world.post(f"/releases/{back.json['number']}/undo", {}, by="editor").json
    assert (back.json["number"], "undo") == (undone["undo_of"], undone["kind"])
    assert version == world.get(PATH, by="viewer").json["stages"]["beta"]["version"]


@pytest.mark.parametrize("stage", ["beta", "full"])
def test_S22_no_stage_is_skipped(world: Api, stage: str) -> None:
    """409 that says what comes first, also for administrators and at a share of a thousandth of a percent."""
    version = saved(world, "Better", base=2)
    for by in ("editor", "admin"):
        answer = proposed(world, stage, version, by=by)
        assert (409, "stage_skipped") == (answer.status_code, answer.json["code"])
    body = {"stage": stage, "items": [{"key": KEY, "version": version, "percentage": 0.001}]}
    assert 409 == world.post("/releases", body, by="editor").status_code
    assert 1 == world.get(PATH, by="viewer").json["stages"][stage]["version"]


def test_S25_nobody_signs_their_own(world: Api) -> None:
    """Neither as proposer nor as author, in no other role, through no token and not as administrator."""
    version = saved(world, "Better", base=2, by="releaser")
    proposed(world, "internal", version)
    number = proposed(world, "beta", version).json["number"]
    answer = signed(world, number, by="releaser")
    assert (403, "barred") == (answer.status_code, answer.json["code"])
    assert (403, "barred") == _code(signed(world, number, by="editor"))
    token = world.post(
        "/tokens", {"name": "t", "role": "releaser", "user": "releaser@example.com"}, by="releaser"
    )
    headers = {"Authorization": f"Bearer {token.json['token']}"}
    assert (403, "barred") == _code(
        world.post(f"/releases/{number}/signoffs", {"verdict": "approve"}, headers=headers)
    )
    assert "forbidden" == signed(world, number, by="admin").json["code"]
    assert "proposed" == world.get(f"/releases/{number}", by="viewer").json["state"]


def test_an_edit_after_sign_off_is_not_signed(world: Api) -> None:
    """What was approved is what goes live: a newer version needs its own sign-off."""
    version = saved(world, "Better", base=2)
    proposed(world, "internal", version)
    number = proposed(world, "beta", version, apply="manual").json["number"]
    assert "approved" == signed(world, number, by="releaser").json["state"]
    newer = saved(world, "Better still", base=version)
    assert "live" == world.post(f"/releases/{number}/apply", {}, by="editor").json["state"]
    assert version == world.get(PATH, by="viewer").json["stages"]["beta"]["version"]
    proposed(world, "internal", newer)
    assert "proposed" == proposed(world, "beta", newer).json["state"]


def test_what_was_rolled_back_needs_somebody_else(world: Api) -> None:
    """A marked version waits for a sign-off even where the stage asks for none."""
    proposed(world, "internal", 2)
    world.post("/rollbacks", {"keys": [f"{KEY}@2"]}, by="editor")
    assert world.get(f"{PATH}/versions/2", by="viewer").json["marked"]
    assert "proposed" == proposed(world, "internal", 2).json["state"]


def test_a_rollback_that_expects_something_else_is_refused(world: Api) -> None:
    """409 and nothing moves when another version runs than the asker believes."""
    body = {"keys": [f"{KEY}@1"], "expect": {KEY: 7}}
    answer = world.post("/rollbacks", body, by="editor")
    assert (409, "expectation_failed") == _code(answer)
    assert 1 == world.get(PATH, by="viewer").json["stages"]["full"]["version"]


def test_a_plan_changes_nothing(world: Api) -> None:
    """`dry_run` of import, rollback and restore tells and keeps nothing."""
    revision = world.get("/snapshot", by="viewer").json["revision"]
    plan = world.post("/rollbacks", {"keys": [f"{KEY}@1"], "or_none": True, "dry_run": True}, by="editor")
    assert (200, True) == (plan.status_code, plan.json["dry_run"])
    restore = {"feature": "support", "at": "2020-01-01T00:00:00Z", "exact": True, "dry_run": True}
    assert 200 == world.post("/restores", restore, by="releaser").status_code
    files = [{"path": "support/hello.yaml", "text": "kind: snippet\ntext: Hello\n"}]
    found = world.post("/imports", {"files": files, "dry_run": True}, by="editor").json
    assert (True, "support/hello") == (found["dry_run"], found["created"][0]["key"])
    assert 404 == world.get("/artifacts/support/hello", by="viewer").status_code
    assert revision == world.get("/snapshot", by="viewer").json["revision"]


def test_what_is_exported_imports_to_the_same(world: Api) -> None:
    """The files of a stage have the digests of what is live there; only what was edited since is a new version."""
    files = world.get("/exports?stage=full", by="admin").json["files"]
    found = world.post("/imports", {"files": files}, by="admin").json
    live = world.get(f"{PATH}/versions/1", by="viewer").json["digest"]
    assert [{"key": KEY, "number": 3, "digest": live}] == found["created"]
    assert [] == found["settings_changes"] and 10 < len(found["unchanged"])


def test_settings_wait_for_those_whom_the_old_policy_names(world: Api) -> None:
    """A policy is not weakened by one's own hand: the old one's signers decide."""
    weaker = {"scope": "support", "document": {"policy": {"full": {}}}}
    change = world.post("/settings", weaker, by="releaser")
    assert (201, "proposed") == (change.status_code, change.json["state"])
    number = change.json["number"]
    assert (403, "barred") == _code(
        world.post(f"/settings/{number}/signoffs", {"verdict": "approve"}, by="releaser")
    )
    assert (409, "check_failed") == _code(world.post(f"/settings/{number}/apply", {}, by="releaser"))
    in_force = world.get("/settings/current?scope=support", by="viewer").json["document"]
    assert in_force["policy"]["full"]


def test_waiting_is_told_to_those_who_can_sign(world: Api) -> None:
    """The list of what waits holds a release for its signers, and for nobody else."""
    version = saved(world, "Better", base=2)
    proposed(world, "internal", version)
    number = proposed(world, "beta", version).json["number"]
    waits = {
        by: [r["number"] for r in world.get("/waiting", by=by).json["releases"]]
        for by in ("releaser", "lawyer")
    }
    assert number in waits["releaser"] and number not in waits["lawyer"]


def test_serving_answers_as_it_was_released(world: Api) -> None:
    """`resolve` by GET and POST, the snapshot and its tag move with a release, before its answer is out."""
    internal = "/resolve/support/triage?user=u-1&group=internal"
    before = world.get("/snapshot", by="viewer", headers={"Accept-Encoding": "identity"})
    proposed(world, "internal", 2)
    assert 2 == world.get(internal, headers=world.with_token("serve")).json["version"]
    assert (
        1 == world.get("/resolve/support/triage?user=u-1", headers=world.with_token("serve")).json["version"]
    )
    body = {"context": {"user": "u-1", "groups": ["internal"]}, "values": {"ticket": "My invoice is wrong"}}
    rendered = world.post("/resolve/support/triage", body, headers=world.with_token("serve")).json
    assert "My invoice is wrong" in str(rendered["value"]["messages"])
    tag = before.headers["ETag"]
    after = world.get("/snapshot", by="viewer", headers={"If-None-Match": tag, "Accept-Encoding": "gzip"})
    assert 200 == after.status_code and "gzip" == after.headers["Content-Encoding"]
    again = world.get("/snapshot", by="viewer", headers={"If-None-Match": after.headers["ETag"]})
    assert (304, b"") == (again.status_code, again.data)


def test_explain_tells_who_decided(world: Api) -> None:
    """What a user gets, why, and whose release put it there."""
    proposed(world, "internal", 2)
    found = world.get(f"/explain?key={KEY}&user=u-1&group=internal", by="viewer").json
    assert (2, "internal") == (found["version"], found["stage"])
    assert "editor@example.com" == found["decided"]["proposed_by"]
    asked = world.get(f"/explain?key={KEY}&user=u-1&at=2020-01-01T00:00:00Z", by="viewer").json
    assert asked["version"] is None


def test_lists_are_paged_by_key(world: Api) -> None:
    """Pages of any size put together are the whole list, each item once, also while something is added."""
    whole = [item["key"] for item in world.get("/artifacts?limit=200", by="viewer").json["items"]]
    for path, size in (("/artifacts", 4), ("/status", 7)):
        found, after = [], ""
        while after is not None:
            answer = world.get(f"{path}?limit={size}{'&after=' + after if after else ''}", by="viewer").json
            found += [item["key"] for item in answer["items"]]
            after = answer["next"]
        assert whole == found
    assert 422 == world.get("/artifacts?limit=201", by="viewer").status_code
    for path in ("/releases", "/audit", "/settings", f"{PATH}/versions", f"{PATH}/history"):
        assert 422 == world.get(f"{path}?after=nonsense", by="admin").status_code


def _code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json["code"]
