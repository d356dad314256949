"""Publishing by API, worker, doctor and metrics: who may, and what is told of it."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from prompts_admin.server.worker import Worker
from prompts_admin.services.people.tokens import list_tokens
from prompts_cli import doctor
from prompts_cli.options import Options
from prompts_cli.session import Session
from prompts_cli.views.people import show_tokens
from tests.support.cast import ADMIN, AUTHOR
from tests.support.edges import serving
from tests.support.visits import ON_SQLITE, Visits
from tests.support.world import Api


def test_a_server_with_a_target_publishes_in_the_background_and_counts(world: Api, tmp_path: Path) -> None:
    """The worker has a loop for it, and the metrics tell how far it is; without a target neither is there."""
    product = world.product
    assert "publish" not in {loop.name for loop in Worker(product)._loops}
    assert b"published_revision" not in world.client.get("/metrics").data
    product.settings = replace(product.settings, data=tmp_path, publish_url=(tmp_path / "t").as_uri())
    assert "publish" in {loop.name for loop in Worker(product)._loops}
    product.publisher.publish()
    revision = product.publisher.state.revision
    assert f"prompts_admin_published_revision {revision}".encode() in world.client.get("/metrics").data


def test_S38_doctor_tells_the_kind_of_target_and_nothing_of_its_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also when it cannot be used."""
    secret = "hid" + "den" * 5
    monkeypatch.setenv("PROMPTS_ADMIN_DATA", str(tmp_path))
    for url, state in ((f"s3://{secret}/x", "ok"), (f"nosuch://{secret}@h/x", "broken")):
        environ = {
            "PROMPTS_ADMIN_DATA": str(tmp_path),
            "PROMPTS_ADMIN_PUBLISH_URL": url,
            "PROMPTS_ADMIN_PUBLISH_OPTIONS": json.dumps({"secret": secret}),
        }
        found = doctor.examine(Session(Options(), environ=environ))
        assert [state] == [one["state"] for one in found if one["name"] == "publishing"]
        assert secret not in json.dumps(found)


def test_doctor_asks_the_running_server_whether_it_publishes(world: Api, tmp_path: Path) -> None:
    """Not the shell that it runs in, whose settings need not be the server's."""
    environ = {"PROMPTS_ADMIN_DATA": str(tmp_path)}

    def found() -> tuple[str, str]:
        findings = {one["name"]: one for one in doctor.examine(Session(Options(), environ=environ))}
        return findings["publishing"]["state"], findings["publishing"]["detail"]

    assert ("off", True) == (found()[0], "settings of this shell" in found()[1])
    with serving(world) as served:
        told = {"url": served.url, "pid": os.getpid(), "token": "local_x"}
        (tmp_path / "server.json").write_text(json.dumps(told))
        assert ("off", f"The server at {served.url} publishes no snapshots.") == found()
        world.product.settings = replace(world.product.settings, publish_url=(tmp_path / "t").as_uri())
        assert ("ok", True) == (found()[0], "publishes; " in found()[1])


@ON_SQLITE
def test_lists_of_tokens_say_where_the_snapshot_of_each_lies(
    visits: Visits, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """For administrators, on the page and in the terminal; other roles have none, and without a target nobody has."""
    token = {"role": "serve", "clearance": "internal", "days": "90", "owner": "nobody"}
    visits.post("/tokens", by=ADMIN, name="site", **token)
    visits.post("/tokens", by=ADMIN, name="ci", **token | {"role": "editor"})
    assert "Published snapshots" not in visits.read("/tokens", by=ADMIN).text
    product = visits.desk.product
    product.settings = replace(
        product.settings,
        data=tmp_path,
        publish_url=(tmp_path / "t").as_uri(),
        publish_public_url="https://cdn.example.com",
    )
    listed = visits.desk.look(ADMIN, list_tokens)["items"]
    (address,) = [one["snapshot"] for one in listed if one["snapshot"]]
    assert address.startswith("https://cdn.example.com/")
    assert address in visits.read("/tokens", by=ADMIN).text
    assert address in visits.post("/tokens", by=ADMIN, name="app", **token).text
    assert address not in visits.get("/tokens", by=AUTHOR).text
    show_tokens(listed)
    assert f"site: {address}" in capsys.readouterr().out
