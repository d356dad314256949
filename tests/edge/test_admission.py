"""Who is let in: looked up once a second, and while the store fails as it was last known."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from prompts_admin.domain.errors import NotPermitted, ProductError, Unavailable
from prompts_admin.edge import admission as module
from prompts_admin.edge.admission import Gate
from prompts_admin.services.serving.admission import Admission
from prompts_admin.serving.scopes import Scope
from tests.support.loops import run_loop

SECRET = b"a token"


class Door:
    """A store that counts how often it is asked, and a clock."""

    def __init__(self) -> None:
        self.now = 100.0
        self.asked = 0
        self.error: ProductError | None = None

    def look(self, secret: str) -> Admission:
        self.asked += 1
        if self.error:
            raise self.error
        return Admission(secret, "site", Scope())

    def gate(self) -> Gate:
        return Gate(self.look, clock=lambda: self.now)


def run(scene: Callable[[Door, Gate], object]) -> None:
    async def play() -> None:
        door = Door()
        await scene(door, door.gate())  # type: ignore[misc]

    run_loop(play())


def test_a_token_is_looked_up_once_a_second() -> None:
    """A thousand questions a second are one look."""

    async def scene(door: Door, gate: Gate) -> None:
        for _ in range(1_000):
            await gate.admit(SECRET)
        assert 1 == door.asked
        door.now += module.FRESH_SECONDS
        await gate.admit(SECRET)
        assert 2 == door.asked

    run(scene)


def test_a_revoked_token_is_out_after_a_second_and_stays_out() -> None:
    """What was known of it is forgotten, also when the store fails afterwards."""

    async def scene(door: Door, gate: Gate) -> None:
        await gate.admit(SECRET)
        door.error = NotPermitted("unauthenticated", "Over.", "Ask.")
        door.now += module.FRESH_SECONDS
        with pytest.raises(NotPermitted):
            await gate.admit(SECRET)
        door.error = Unavailable("unreachable", "Gone.", "Wait.")
        with pytest.raises(Unavailable):
            await gate.admit(SECRET)

    run(scene)


def test_a_revoked_token_that_asks_many_times_at_once_is_out_each_time() -> None:
    """Nobody is let in by what was known long ago because another one is just being looked up."""

    async def scene(door: Door, gate: Gate) -> None:
        await gate.admit(SECRET)
        door.error = NotPermitted("unauthenticated", "Over.", "Ask.")
        door.now += module.STALE_SECONDS
        told = await asyncio.gather(*(gate.admit(SECRET) for _ in range(6)), return_exceptions=True)
        assert [NotPermitted] * 6 == [type(one) for one in told]
        assert 2 == door.asked

    run(scene)


def test_while_a_token_is_looked_up_again_others_do_not_wait() -> None:
    """What was known a moment before still holds for them: a busy server asks on without a pause."""

    async def scene(door: Door, gate: Gate) -> None:
        await gate.admit(SECRET)
        door.now += module.FRESH_SECONDS
        assert gate.known(SECRET) is None
        look = asyncio.create_task(gate.admit(SECRET))
        await asyncio.sleep(0)
        assert gate.known(SECRET) is not None
        door.now += module.STALE_SECONDS
        assert gate.known(SECRET) is None
        await look

    run(scene)


def test_F12_while_the_store_fails_what_was_known_serves_for_a_while() -> None:
    """Ten minutes; a token of which nothing is known is not let in."""

    async def scene(door: Door, gate: Gate) -> None:
        await gate.admit(SECRET)
        door.error = Unavailable("unreachable", "Gone.", "Wait.")
        door.now += module.KEPT_SECONDS - 1
        assert "site" == (await gate.admit(SECRET)).name
        with pytest.raises(Unavailable):
            await gate.admit(b"another")
        door.now += 2
        with pytest.raises(Unavailable):
            await gate.admit(SECRET)

    run(scene)


def test_F45_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tokens longest unseen are forgotten."""
    monkeypatch.setattr(module, "MOST", 10)

    async def scene(door: Door, gate: Gate) -> None:
        for number in range(30):
            await gate.admit(b"%d" % number)
        assert 10 == sum(gate.known(b"%d" % number) is not None for number in range(30))

    run(scene)
