"""kill -9 at every COMMIT, send and mirror write of an action: one side or the other, and nothing twice."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.faults.scenes import KILLED, PostgresScene, Scene, Template, check, told
from tests.faults.stores import ACTIONS, fill
from tests.faults.victims import SECONDS, Nursery, running
from tests.support.databases import PostgresDatabases

OF_THE_START = ("MainThread", "forget", "clock")
"""Threads whose first commits may come late, and are no part of the action."""


@pytest.mark.parametrize("action", ACTIONS)
def test_F01_F03_killed_at_any_point_it_is_one_side_or_the_other(
    nursery: Nursery, template: Template, folder: Path, action: str
) -> None:
    """After SIGKILL the store is as before or as after; the same request sent again ends as if nothing had been."""
    kill_everywhere(Scene(nursery, template, action, folder / "data"))


def test_F01_F03_the_same_holds_on_PostgreSQL(
    nursery: Nursery, postgres_databases: PostgresDatabases, folder: Path
) -> None:
    """A killed process's transaction is rolled back by the server, and its lock does not stay."""
    url = postgres_databases.make(migrated=True)
    secrets = fill(folder / "template", url)
    scene = PostgresScene(nursery, (folder / "template", secrets), "promote", folder / "data", url=url)
    try:
        kill_everywhere(scene)
    finally:
        scene.drop()
        postgres_databases.drop(url)


def kill_everywhere(scene: Scene) -> None:
    """Kill at every point that a rehearsal passed."""
    before, after, points = scene.rehearse()
    check(before, before, after)
    check(after, before, after)
    assert {"COMMIT", "write"} <= {point.split()[-2] for point in points}
    for point in points:
        scene.reset()
        with told(point):
            assert KILLED == scene.work(kill_at=point)
            check(scene.recover(), before, after)


@pytest.mark.parametrize("action", ACTIONS)
def test_F01_F03_a_killed_server_is_taken_up_by_the_next(
    nursery: Nursery, template: Template, folder: Path, action: str
) -> None:
    """The same with a real server, killed at the first and at the last point that it passes."""
    scene = Scene(nursery, template, action, folder / "data")
    before, after, _ = scene.rehearse()
    scene.reset()
    with running(nursery, scene.data) as server:
        server.arm()
        assert server.ask(scene.order)
        points = all_passed(scene)
    for point in (points[0], points[-1]):
        scene.reset()
        with told(point), running(nursery, scene.data, kill_at=point) as server:
            server.arm()
            server.ask(scene.order)
            assert KILLED == server.wait(), scene.log
            check(scene.recover(), before, after)


def all_passed(scene: Scene) -> list[str]:
    """Wait until a server has done all that follows from an action; return the points that it passed."""
    deadline = time.monotonic() + SECONDS
    passed: list[str] = []
    while not passed or passed != scene.passed or "mirror after COMMIT 1" not in passed:
        assert time.monotonic() < deadline, scene.log
        passed = scene.passed
        time.sleep(0.3)
    return [point for point in passed if not point.startswith(OF_THE_START)]
