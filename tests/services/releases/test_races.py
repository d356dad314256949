"""Who comes first wins, the other is told what happened, and the store is whole afterwards."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

import pytest

from prompts_admin.domain.errors import ProductError
from tests.support.cast import ADMIN, APPROVER, AUTHOR, LAWYER, ON_CALL, SECOND, make_person
from tests.support.desk import TRIAGE, Desk, shares
from tests.support.invariants import check_invariants
from tests.support.rivals import Call, Processes, in_threads

SQLITE = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
Race = Callable[[list[Call]], list[str]]


@pytest.fixture(params=["threads", "processes"])
def race(request: pytest.FixtureRequest, desk: Desk, database_url: str) -> Race:
    """Run calls of the desk at the same moment."""
    desk.product.store.lock_seconds = 60
    if request.param == "threads":
        return lambda calls: in_threads([_bound(desk, call) for call in calls])
    processes: Processes = request.getfixturevalue("rival_processes")
    return lambda calls: processes.run(database_url, calls)


def _bound(desk: Desk, call: Call) -> Callable[[], Any]:
    name, arguments, options = call
    return lambda: getattr(desk, name)(*arguments, **options)


@pytest.fixture
def two(desk: Desk) -> Desk:
    """Versions 1 and 2 settled one after the other on internal and beta, three on internal."""
    for text in ("one", "two"):
        desk.save(TRIAGE, text)
        desk.climb(TRIAGE, up_to="beta")
    desk.product.live.current()
    return desk


def test_F04_two_approvers_at_once(two: Desk, race: Race) -> None:
    """Each is recorded once, and it goes live once."""
    number = two.propose(TRIAGE, to="full")["number"]
    assert ["done", "done"] == race([("approve", [number], {"by": by}) for by in (SECOND, LAWYER)])
    assert ("live", 2) == (two.state(number), len(two.release(number)["signoffs"]))
    live = [n for n in two.notices() if n["event"] == "go_live" and n["release"] == number]
    assert (1, shares(2, 2, 2)) == (len(live), two.stages(TRIAGE))
    check_invariants(two.product)


def test_F04_one_signature_is_enough_and_two_come(two: Desk, race: Race) -> None:
    """One makes it live; the other is told that it is."""
    make_person(two.product.store, "ml2@example.com", ("viewer", "*"), ("ml", "*"))
    two.save(TRIAGE, "three")
    two.promote(TRIAGE)
    number = two.propose(TRIAGE, to="beta")["number"]
    outcomes = race([("approve", [number], {"by": by}) for by in (APPROVER, "ml2@example.com")])
    assert ["done", "not_open"] == sorted(outcomes)
    check_invariants(two.product)


@pytest.mark.parametrize("key", [TRIAGE, f"{TRIAGE}@2"])
def test_F32_two_rollbacks_at_once(two: Desk, race: Race, key: str) -> None:
    """Named or not, it goes back one step, and the second hears that it was done."""
    outcomes = race([("rollback", [key], {"by": by}) for by in (ON_CALL, AUTHOR)])
    assert ["already_rolled_back", "done"] == sorted(outcomes)
    assert shares(1, 1, None) == two.stages(TRIAGE)
    check_invariants(two.product)


def test_two_saves_at_once(two: Desk, race: Race) -> None:
    """On the same base one is saved and the other gets both texts."""
    outcomes = race([("save_on", [TRIAGE, 2, f"by {by}"], {"by": by}) for by in (AUTHOR, SECOND)])
    assert ["done", "stale_version"] == sorted(outcomes)
    check_invariants(two.product)


def test_S24_fifty_parallel_promotes(two: Desk) -> None:
    """One release is made of fifty identical requests, and one is live."""
    two.product.store.lock_seconds = 60
    two.save(TRIAGE, "three")
    before = two.product.store.revision()
    promote = _bound(two, ("propose", [f"{TRIAGE}@3"], {"by": AUTHOR}))
    outcomes = in_threads([promote] * 50)
    assert (1, {"done", "nothing_changes"}) == (outcomes.count("done"), set(outcomes))
    assert before + 1 == two.product.store.revision()
    check_invariants(two.product)


def test_F06_promote_against_rollback(two: Desk, race: Race) -> None:
    """Either order is whole: the promotion of what is rolled back first is refused, skipped or stale."""
    number = two.propose(TRIAGE, to="full")["number"]
    two.approve(number, by=SECOND)
    gone = {"by": ON_CALL, "or_none": True}
    outcomes = race([("approve", [number], {"by": LAWYER}), ("rollback", [f"{TRIAGE}@2"], gone)])
    assert "done" == outcomes[1]
    if outcomes[0] == "done":
        assert two.entry("full", TRIAGE).settled != 2 or two.state(number) == "live"
    else:
        assert ("not_open", "stale") == (outcomes[0], two.state(number))
    assert not any(entry.runs(2) for entry in two.stages(TRIAGE))
    check_invariants(two.product)


@SQLITE
def test_F05_approve_against_another_release_at_the_place(two: Desk, race: Race) -> None:
    """A signature is for what was proposed: whoever comes second is told that it is stale or was live first."""
    two.save(TRIAGE, "three")
    two.promote(TRIAGE)
    number = two.propose(TRIAGE, to="beta", percent=10)["number"]
    glass = {"to": "beta", "by": ADMIN, "break_glass": "Fire"}
    outcomes = race([("approve", [number], {"by": APPROVER}), ("propose", [f"{TRIAGE}@3"], glass)])
    assert "done" == outcomes[1]
    assert outcomes[0] in ("done", "not_open")
    assert shares(3, 3, None) == two.stages(TRIAGE)
    check_invariants(two.product)


@SQLITE
def test_many_different_changes_at_once_leave_a_whole_store(two: Desk) -> None:
    """Saves, promotions, rollbacks, undos and sign-offs from eight threads: the invariants hold."""
    two.product.store.lock_seconds = 60

    def work(index: int) -> Callable[[], None]:
        def run() -> None:
            for step in range(6):
                _try(partial(two.save, f"support/n{index % 3}", f"{index} {step}"))
                _try(lambda: two.propose(f"support/n{index % 3}", percent=100 if index % 2 else 25))
                _try(lambda: two.rollback(f"support/n{index % 3}"))
                _try(lambda: two.undo(two.look(ADMIN, lambda work: work.head.last_release)))

        return run

    assert {"done"} == set(in_threads([work(index) for index in range(8)]))
    check_invariants(two.product)


def _try(action: Callable[[], Any]) -> None:
    with suppress(ProductError):
        action()
