"""Signing in and out: what ends a session, and what a guess costs."""

from __future__ import annotations

from datetime import timedelta

import pytest

from prompts_admin.domain.errors import NotFound, NotPermitted, Refused
from prompts_admin.domain.people.identity import BySession
from prompts_admin.services.core.secrets import digest
from prompts_admin.services.people import sessions
from prompts_admin.services.people.accounts import disable_user, show_user
from prompts_admin.services.people.one_time_links import create_link
from prompts_admin.services.people.sessions import Login
from prompts_admin.services.people.sign_in import Entrance
from prompts_admin.services.product import Product
from tests.support.cast import ADMIN, AUTHOR, LAWYER, PHRASE, SECOND, Clock, person
from tests.support.doors import ADDRESS, OTHER_PHRASE, is_dead, sign_in, use, who


def test_a_right_password_opens_a_session(entrance: Entrance) -> None:
    """The address may be typed in any case; the secret leads back to the person."""
    secret = sign_in(entrance, f" {AUTHOR.upper()} ", label="Firefox")
    assert who(entrance.runner, secret) == AUTHOR
    listed = entrance.runner.look(person(AUTHOR), sessions.list_sessions, digest(secret))["items"]
    assert [("Firefox", True)] == [(one["label"], one["current"]) for one in listed]
    assert secret not in str(listed) and digest(secret) not in str(listed)


def test_S04_signing_in_renews_the_session(entrance: Entrance) -> None:
    """The session that was there before is dead afterwards."""
    old = sign_in(entrance, AUTHOR)
    new = sign_in(entrance, AUTHOR, previous=digest(old))
    assert new != old
    assert is_dead(entrance.runner, old)
    assert not is_dead(entrance.runner, new)


def test_S06_signing_out_and_disabling_end_sessions_at_once(entrance: Entrance) -> None:
    """A saved cookie is worth nothing afterwards."""
    first, second = sign_in(entrance, SECOND), sign_in(entrance, SECOND)
    entrance.runner.do(BySession(digest(first)), sessions.sign_out, None, digest(first))
    assert is_dead(entrance.runner, first) and not is_dead(entrance.runner, second)
    entrance.runner.do(person(ADMIN), disable_user, None, SECOND)
    assert is_dead(entrance.runner, second)
    with pytest.raises(NotPermitted):
        sign_in(entrance, SECOND)


def test_S57_a_session_that_ended_meanwhile_does_nothing(entrance: Entrance) -> None:
    """Rights are read inside the transaction that uses them, not when the request came in."""
    identity = use(entrance.runner, sign_in(entrance, LAWYER))
    entrance.runner.do(person(ADMIN), disable_user, None, LAWYER)
    with pytest.raises(NotPermitted):
        entrance.runner.do(identity, show_user, None, LAWYER)


def test_S07_a_new_password_ends_the_other_sessions_and_links(entrance: Entrance) -> None:
    """Only the session that changed it goes on; S16: open links are dead."""
    product = entrance.runner
    here, there = sign_in(entrance, AUTHOR), sign_in(entrance, AUTHOR)
    link = product.do(person(ADMIN), create_link, None, AUTHOR)
    now = product.store.clock()
    entrance.change_password(BySession(digest(here)), PHRASE, OTHER_PHRASE, address=ADDRESS, now=now)
    assert is_dead(product, there) and not is_dead(product, here)
    with pytest.raises(NotFound):
        entrance.complete_link(link["secret"], PHRASE)
    assert not is_dead(product, sign_in(entrance, AUTHOR, OTHER_PHRASE))


def test_S07_people_see_and_end_only_their_own_sessions(entrance: Entrance) -> None:
    """S18: another person's session is not found; an administrator ends all of somebody's."""
    product = entrance.runner
    mine, theirs = sign_in(entrance, AUTHOR), sign_in(entrance, LAWYER)
    with pytest.raises(NotFound):
        product.do(person(AUTHOR), sessions.end_session, None, digest(theirs)[:16])
    with pytest.raises(NotPermitted):
        product.do(person(AUTHOR), sessions.end_all_sessions, None, LAWYER)
    assert not is_dead(product, theirs)
    product.do(person(AUTHOR), sessions.end_session, None, digest(mine)[:16])
    assert is_dead(product, mine)
    product.do(person(ADMIN), sessions.end_all_sessions, None, LAWYER)
    assert is_dead(product, theirs)


def test_S08_a_session_ends_when_idle(entrance: Entrance, clock: Clock) -> None:
    """Twelve hours without a request; every request begins the time anew."""
    secret = sign_in(entrance, AUTHOR)
    clock.forward(hours=11)
    use(entrance.runner, secret)
    clock.forward(hours=11, minutes=59)
    assert not is_dead(entrance.runner, secret)
    clock.forward(minutes=1)
    assert is_dead(entrance.runner, secret)


def test_S08_a_session_ends_after_a_week_in_any_case(entrance: Entrance, clock: Clock) -> None:
    """Use does not carry it over the absolute limit."""
    secret = sign_in(entrance, AUTHOR)
    for _ in range(16):
        clock.forward(hours=10)
        use(entrance.runner, secret)
    clock.forward(hours=8)
    assert is_dead(entrance.runner, secret)


def test_S08_a_clock_put_back_does_not_extend_a_session(entrance: Entrance, clock: Clock) -> None:
    """F22: what ended stays ended by its end, and a far jump back asks for a new sign-in."""
    secret = sign_in(entrance, AUTHOR)
    clock.forward(hours=2)
    use(entrance.runner, secret)
    clock.forward(minutes=-2)
    use(entrance.runner, secret)
    assert not is_dead(entrance.runner, secret)
    clock.forward(hours=12, minutes=2)
    assert is_dead(entrance.runner, secret)
    clock.forward(hours=-14)
    assert is_dead(entrance.runner, secret)


def test_demo_people_sign_in_with_one_click_on_a_demo_store_only(cast: Product) -> None:
    """S14: elsewhere there is no way in without a password."""
    with pytest.raises(Refused, match="no demo store"):
        cast.do(person(AUTHOR), sessions.open_demo_session, None, AUTHOR, Login())
    with cast.store.write() as uow:
        uow.change_head(demo=True)
        uow.commit()
    opened = cast.do(person(AUTHOR), sessions.open_demo_session, None, AUTHOR, Login())
    assert who(cast, opened["session"]) == AUTHOR
    with pytest.raises(NotPermitted):
        cast.do(person(AUTHOR), sessions.open_demo_session, None, "nobody@example.com", Login())


def test_F41_expired_sessions_are_removed(entrance: Entrance, clock: Clock) -> None:
    """The table does not grow for ever: a sign-in sweeps up what has ended."""
    sign_in(entrance, AUTHOR)
    clock.forward(days=8)
    sign_in(entrance, SECOND)
    clock.now -= timedelta(days=8)
    assert [] == entrance.runner.look(person(AUTHOR), sessions.list_sessions)["items"]
