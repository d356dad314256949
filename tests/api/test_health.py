"""What monitors see: alive, ready, counters; and that none of it carries a name."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from prompts_admin.domain.errors import Unavailable
from prompts_admin.store.database import migrate
from tests.support.world import Api, opened_world

FAR = {"REMOTE_ADDR": "192.0.2.7"}


def test_a_process_that_answers_is_alive(shared_world: Api) -> None:
    """No store, no right, no detail."""
    answer = shared_world.client.get("/healthz", environ_overrides=FAR)
    assert (200, {"status": "ok"}) == (answer.status_code, answer.json)


def test_a_store_that_answers_is_ready(shared_world: Api) -> None:
    """200 while the database can be read and has this program's schema."""
    assert 200 == shared_world.client.get("/readyz").status_code


def test_what_fails_in_the_background_is_named_and_takes_nobody_off_duty(world: Api) -> None:
    """A mirror that cannot be written stops no answer, and is no secret either; the reason stays in the log."""
    world.product.background = lambda: {"mirror": "OSError: /srv/data is full"}
    answer = world.client.get("/readyz")
    assert (200, "mirror") == (answer.status_code, answer.json["checks"]["background"])
    assert b"prompts_admin_background_failing 1" in world.client.get("/metrics").data


@pytest.mark.parametrize("code", ["unreachable", "schema_mismatch"])
def test_F11_F12_a_store_that_is_gone_is_told_by_its_code(
    world: Api, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    """503 with the code and no address, while serving goes on from memory."""
    world.product.live.current()

    def gone(*_: object) -> None:
        raise Unavailable(code, "The database at 10.0.0.7 cannot be reached.")

    monkeypatch.setattr(migrate, "check_is_current", gone)
    answer = world.client.get("/readyz")
    assert (503, "degraded", code) == (
        answer.status_code,
        answer.json["status"],
        answer.json["checks"]["store"],
    )
    assert b"10.0.0.7" not in answer.data
    assert 200 == world.client.get("/healthz").status_code


def test_W20_S54_counters_are_for_this_machine_and_for_tokens(shared_world: Api) -> None:
    """From elsewhere a token is needed."""
    assert 200 == shared_world.client.get("/metrics").status_code
    assert 401 == shared_world.client.get("/metrics", environ_overrides=FAR).status_code
    with_token = shared_world.client.get(
        "/metrics", environ_overrides=FAR, headers=shared_world.with_token("serve")
    )
    assert 200 == with_token.status_code


def test_the_setting_opens_the_counters(world_template: Any, tmp_path: Path) -> None:
    """Where a scraper cannot send a token the counters may be opened."""
    with opened_world(world_template, tmp_path / "w", open_metrics=True) as api:
        assert 200 == api.client.get("/metrics", environ_overrides=FAR).status_code


def test_W20_counters_carry_no_names(world: Api) -> None:
    """Operations, statuses and codes; no feature, no person, no key."""
    world.get("/artifacts/support/triage", by="viewer")
    world.get("/artifacts/support/nothing", by="viewer")
    text = world.client.get("/metrics").get_data(as_text=True)
    assert 'prompts_admin_requests_total{operation="api.show_artifact",status="200"} 1' in text
    assert 'prompts_admin_problems_total{code="not_found"} 1' in text
    assert "support" not in text and "example.com" not in text
    sample = re.compile(r"# (HELP|TYPE) \w+ .+|\w+(\{[^{}]*\})? [0-9.e+-]+")
    assert [] == [line for line in text.splitlines() if not sample.fullmatch(line)]
