"""kill -9 at every COMMIT, send and mirror write of an action: one side or the other, and nothing twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.scenes import KILLED, PostgresScene, Report, Scene, Template, check, told
from tests.faults.stores import ACTIONS, fill
from tests.faults.victims import Nursery, running
from tests.support.databases import PostgresDatabases

OF_A_SERVER = ("WSGI after request 1", "mirror after COMMIT 1")
"""Where real servers are killed: changed but not answered, and when all is done."""
Rehearsal = tuple[Report, Report, list[str]]


@pytest.fixture(scope="session")
def rehearsals() -> dict[str, Rehearsal]:
    """What each action leads to where nobody is killed."""
    return {}


@pytest.mark.parametrize("action", ACTIONS)
def test_F01_F03_F24_killed_at_any_point_it_is_one_side_or_the_other(
    nursery: Nursery, template: Template, folder: Path, action: str, rehearsals: dict[str, Rehearsal]
) -> None:
    """After SIGKILL the store is as before or as after; the same request sent again ends as if nothing had been."""
    scene = Scene(nursery, template, action, folder / "data")
    rehearsals[action] = scene.rehearse()
    before, after, points = rehearsals[action]
    check(before, before, after)
    check(after, before, after)
    kill(scene, points, before, after)


@pytest.mark.parametrize("action", ACTIONS)
def test_F01_F03_a_killed_server_is_taken_up_by_the_next(
    nursery: Nursery, template: Template, folder: Path, action: str, rehearsals: dict[str, Rehearsal]
) -> None:
    """The same with a real server and a client that loses its connection."""
    scene = Scene(nursery, template, action, folder / "data")
    before, after, _ = rehearsals.get(action) or scene.rehearse()
    for point in OF_A_SERVER:
        scene.reset()
        with told(point), running(nursery, scene.data, kill_at=point) as server:
            server.arm()
            server.ask(scene.order)
            assert KILLED == server.wait(), scene.log
            check(scene.recover(), before, after)


def test_F01_F03_the_same_holds_on_PostgreSQL(
    nursery: Nursery, postgres_databases: PostgresDatabases, folder: Path
) -> None:
    """A killed process's transaction is rolled back by the database, and its lock does not stay."""
    url = postgres_databases.make(migrated=True)
    secrets = fill(folder / "template", url)
    scene = PostgresScene(nursery, (folder / "template", secrets), "promote", folder / "data", url=url)
    try:
        before, after, points = scene.rehearse()
        kill(scene, [point for point in points if "COMMIT" in point], before, after)
    finally:
        scene.drop()
        postgres_databases.drop(url)


def kill(scene: Scene, points: list[str], before: Report, after: Report) -> None:
    """Do the action as often as there are points, die at each, and look what comes of it."""
    assert {"before COMMIT", "after COMMIT"} <= {" ".join(point.split()[-3:-1]) for point in points}
    for point in points:
        scene.reset()
        with told(point):
            assert KILLED == scene.work(kill_at=point)
            check(scene.recover(), before, after)
