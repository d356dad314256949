"""An action done over the same store as often as there are points to be killed at."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url

from tests.faults.stores import ACTIONS
from tests.faults.traps import PASSED
from tests.faults.victims import Nursery

KILLED = -9
Template = tuple[Path, dict[str, str]]
Report = dict[str, Any]


class Scene:
    """One folder in which an action is done again and again, each time over the same store."""

    def __init__(self, nursery: Nursery, template: Template, action: str, data: Path) -> None:
        self.nursery = nursery
        self._template = template[0]
        self.data = data
        self.database_url = ""
        self.order = ACTIONS[action].order(template[1], f"once-{action}")

    def reset(self) -> None:
        """Put the store back to what it was before."""
        shutil.rmtree(self.data, ignore_errors=True)
        shutil.copytree(self._template, self.data)

    def rehearse(self) -> tuple[Report, Report, list[str]]:
        """Return what is found before the action, after it, and the points that it passes."""
        self.reset()
        before = self.recover()
        self.reset()
        assert 0 == self.work(), self.log
        points, after = self.passed, self.recover()
        return before, after, points

    def work(self, kill_at: str = "") -> int | None:
        """Do the action and what follows from it, in a process that may be killed; return how that ended."""
        return self._run("work", kill_at=kill_at)

    def recover(self) -> Report:
        """Send the same request to a new process, let it catch up, and return what was found."""
        assert 0 == self._run("recover"), self.log
        return dict(json.loads((self.data / "report.json").read_text()))

    @property
    def passed(self) -> list[str]:
        """The points that were passed, in order."""
        return (self.data / PASSED).read_text().splitlines()

    @property
    def log(self) -> str:
        """What the processes said."""
        return (self.data / "log").read_text()

    def _run(self, run: str, **order: Any) -> int | None:
        self.nursery.fork(run, self.data, action=self.order, database_url=self.database_url, **order)
        return self.nursery.ended()


def check(report: Report, before: Report, after: Report) -> None:
    """Assert all that must hold of a store that was taken up again."""
    assert report["found"] in (before["found"], after["end"])
    assert after["end"] == report["end"]
    assert 0 == report["pending"]
    assert report["status"] < 300, report["log"]
    assert report["mirror"]["rebuilt"] == report["mirror"]["found"]
    assert [] == report["mirror"]["findings"]
    assert texts(after) == texts(report)


def texts(report: Report) -> list[str]:
    """Return what people were told, each message once, as its receiver tells repetitions by their number."""
    messages = dict(line.split(" ", 1) for line in report["notices"])
    assert len(set(report["notices"])) == len(messages), "one number, two texts"
    return sorted(messages.values())


class PostgresScene(Scene):
    """The same on PostgreSQL, where the store is a copy of a database."""

    def __init__(self, nursery: Nursery, template: Template, action: str, data: Path, *, url: str) -> None:
        super().__init__(nursery, template, action, data)
        self._server = make_url(url).set(drivername="postgresql", database="postgres")
        self._filled = str(make_url(url).database)
        self.database_url = self._url(f"{self._filled}_copy")

    def reset(self) -> None:
        """Put the database and the folder back to what they were before."""
        super().reset()
        self.drop()
        self._tell("CREATE DATABASE {} TEMPLATE {}", f"{self._filled}_copy", self._filled)

    def drop(self) -> None:
        """Leave nothing behind."""
        self._tell("DROP DATABASE IF EXISTS {} WITH (FORCE)", f"{self._filled}_copy")

    def _tell(self, statement: str, *names: str) -> None:
        with psycopg.connect(self._url("postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

    def _url(self, name: str) -> str:
        return self._server.set(database=name).render_as_string(hide_password=False)


@contextmanager
def told(point: str) -> Iterator[None]:
    """Say in a failure where the process was killed."""
    try:
        yield
    except AssertionError as error:
        error.add_note(f"killed {point}")
        raise
