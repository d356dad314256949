"""Signing in and out: what ends a session, and what a guess costs."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

import pytest
from argon2 import PasswordHasher
from argon2.profiles import CHEAPEST

from prompts_admin.domain.errors import NotFound, NotPermitted, Refused
from prompts_admin.domain.identity import BySession, Identity
from prompts_admin.services import sessions
from prompts_admin.services.accounts import create_user, disable_user, show_user
from prompts_admin.services.actors import identify, load_actor, remember_use
from prompts_admin.services.entrance import Entrance
from prompts_admin.services.links import create_link
from prompts_admin.services.passwords import HashedPassword, Passwords
from prompts_admin.services.product import Product
from prompts_admin.services.secret_values import digest
from prompts_admin.services.sessions import Login
from prompts_admin.store.users import find_user, update_user
from tests.support.cast import ADMIN, AUTHOR, CHEAP, LAWYER, PHRASE, SECOND, Clock, person

ADDRESS = "192.0.2.7"
OTHER_PHRASE = PHRASE[::-1]


def sign_in(
    entrance: Entrance, email: str, phrase: str = PHRASE, *, address: str = ADDRESS, **login: Any
) -> str:
    now = entrance.product.store.clock()
    return str(entrance.sign_in(email, phrase, address=address, now=now, login=Login(**login))["session"])


def who(product: Product, secret: str) -> str | None:
    """Present a secret as a cookie would, through both steps that a request takes."""
    with product.store.read() as uow:
        return load_actor(uow.connection, identify(uow.connection, secret, uow.now), uow.now).email


def is_dead(product: Product, secret: str) -> bool:
    try:
        who(product, secret)
    except NotPermitted as error:
        return error.code == "unauthenticated"
    return False


def use(product: Product, secret: str) -> Identity:
    """Make a request that remembers that the session was used."""
    with product.store.write() as uow:
        identity = identify(uow.connection, secret, uow.now)
        remember_use(uow.connection, identity, uow.now, product.settings)
        uow.commit()
    return identity


def stored_hash(product: Product, email: str) -> str:
    with product.store.read() as uow:
        user = find_user(uow.connection, email)
    assert user is not None and user.password_hash is not None
    return user.password_hash


def test_a_right_password_opens_a_session(entrance: Entrance) -> None:
    """The address may be typed in any case; the secret leads back to the person."""
    secret = sign_in(entrance, f" {AUTHOR.upper()} ", label="Firefox")
    assert who(entrance.product, secret) == AUTHOR
    listed = entrance.product.look(person(AUTHOR), sessions.list_sessions, digest(secret))["items"]
    assert [("Firefox", True)] == [(one["label"], one["current"]) for one in listed]
    assert secret not in str(listed) and digest(secret) not in str(listed)


@pytest.mark.parametrize(
    ("email", "phrase"),
    [(AUTHOR, OTHER_PHRASE), (AUTHOR, ""), ("nobody@example.com", PHRASE), ("", ""), (AUTHOR, PHRASE + " ")],
)
def test_S14_wrong_passwords_and_unknown_people_get_one_answer(
    entrance: Entrance, email: str, phrase: str
) -> None:
    """Nobody learns from the answer who exists; an empty password fits nobody."""
    with pytest.raises(NotPermitted, match="Address or password is wrong") as caught:
        sign_in(entrance, email, phrase)
    assert caught.value.code == "unauthenticated"


def test_S14_a_person_without_a_password_cannot_sign_in_by_one(entrance: Entrance) -> None:
    """Until the invitation is taken up, no password fits."""
    entrance.product.do(person(ADMIN), create_user, None, "new@example.com", "New")
    for phrase in ("", PHRASE, "nobody's password"):
        with pytest.raises(NotPermitted):
            sign_in(entrance, "new@example.com", phrase)


def test_S04_signing_in_renews_the_session(entrance: Entrance) -> None:
    """The session that was there before is dead afterwards."""
    old = sign_in(entrance, AUTHOR)
    new = sign_in(entrance, AUTHOR, previous=digest(old))
    assert new != old
    assert is_dead(entrance.product, old)
    assert not is_dead(entrance.product, new)


def test_S06_signing_out_and_disabling_end_sessions_at_once(entrance: Entrance) -> None:
    """A saved cookie is worth nothing afterwards."""
    first, second = sign_in(entrance, SECOND), sign_in(entrance, SECOND)
    entrance.product.do(BySession(digest(first)), sessions.sign_out, None, digest(first))
    assert is_dead(entrance.product, first) and not is_dead(entrance.product, second)
    entrance.product.do(person(ADMIN), disable_user, None, SECOND)
    assert is_dead(entrance.product, second)
    with pytest.raises(NotPermitted):
        sign_in(entrance, SECOND)


def test_S57_a_session_that_ended_meanwhile_does_nothing(entrance: Entrance) -> None:
    """Rights are read inside the transaction that uses them, not when the request came in."""
    identity = use(entrance.product, sign_in(entrance, LAWYER))
    entrance.product.do(person(ADMIN), disable_user, None, LAWYER)
    with pytest.raises(NotPermitted):
        entrance.product.do(identity, show_user, None, LAWYER)


def test_S07_a_new_password_ends_the_other_sessions_and_links(entrance: Entrance) -> None:
    """Only the session that changed it goes on; S16: open links are dead."""
    product = entrance.product
    here, there = sign_in(entrance, AUTHOR), sign_in(entrance, AUTHOR)
    link = product.do(person(ADMIN), create_link, None, AUTHOR)
    now = product.store.clock()
    entrance.change_password(BySession(digest(here)), PHRASE, OTHER_PHRASE, address=ADDRESS, now=now)
    assert is_dead(product, there) and not is_dead(product, here)
    with pytest.raises(NotFound):
        entrance.complete_link(link["secret"], PHRASE)
    assert not is_dead(product, sign_in(entrance, AUTHOR, OTHER_PHRASE))


def test_changing_a_password_needs_the_old_one_and_a_good_new_one(entrance: Entrance) -> None:
    """A session left open does not give away the account."""
    identity = BySession(digest(sign_in(entrance, AUTHOR)))
    now = entrance.product.store.clock()
    with pytest.raises(NotPermitted, match="old password"):
        entrance.change_password(identity, OTHER_PHRASE, OTHER_PHRASE, address=ADDRESS, now=now)
    for weak in ("short", "password1", AUTHOR):
        with pytest.raises(Refused):
            entrance.change_password(identity, PHRASE, weak, address=ADDRESS, now=now)
    assert not is_dead(entrance.product, sign_in(entrance, AUTHOR))


def test_S07_people_see_and_end_only_their_own_sessions(entrance: Entrance) -> None:
    """S18: another person's session is not found; an administrator ends all of somebody's."""
    product = entrance.product
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
    use(entrance.product, secret)
    clock.forward(hours=11, minutes=59)
    assert not is_dead(entrance.product, secret)
    clock.forward(minutes=1)
    assert is_dead(entrance.product, secret)


def test_S08_a_session_ends_after_a_week_in_any_case(entrance: Entrance, clock: Clock) -> None:
    """Use does not carry it over the absolute limit."""
    secret = sign_in(entrance, AUTHOR)
    for _ in range(16):
        clock.forward(hours=10)
        use(entrance.product, secret)
    clock.forward(hours=8)
    assert is_dead(entrance.product, secret)


def test_S08_a_clock_put_back_does_not_extend_a_session(entrance: Entrance, clock: Clock) -> None:
    """F22: what ended stays ended by its end, and a far jump back asks for a new sign-in."""
    secret = sign_in(entrance, AUTHOR)
    clock.forward(hours=2)
    use(entrance.product, secret)
    clock.forward(minutes=-2)
    use(entrance.product, secret)
    assert not is_dead(entrance.product, secret)
    clock.forward(hours=12, minutes=2)
    assert is_dead(entrance.product, secret)
    clock.forward(hours=-14)
    assert is_dead(entrance.product, secret)


def test_S13_guessing_is_slowed_down_per_person_and_per_address(entrance: Entrance, clock: Clock) -> None:
    """After ten failures even the right password waits, from anywhere; then it works: nobody is locked out."""
    for number in range(10):
        with pytest.raises(NotPermitted):
            sign_in(entrance, AUTHOR, OTHER_PHRASE, address=f"192.0.2.{number}")
    with pytest.raises(Refused) as caught:
        sign_in(entrance, AUTHOR, address="198.51.100.1")
    assert (caught.value.code, caught.value.status) == ("rate_limited", 429)
    assert 0 < caught.value.members["retry_after"] <= 300
    assert not is_dead(entrance.product, sign_in(entrance, SECOND))
    clock.forward(minutes=5)
    assert not is_dead(entrance.product, sign_in(entrance, AUTHOR))


def test_S13_one_address_cannot_try_many_people(entrance: Entrance) -> None:
    """Ten failures over different people stop the address, and nobody else."""
    for number in range(10):
        with pytest.raises(NotPermitted):
            sign_in(entrance, f"p{number}@example.com")
    with pytest.raises(Refused):
        sign_in(entrance, AUTHOR)
    assert not is_dead(entrance.product, sign_in(entrance, AUTHOR, address="198.51.100.1"))


def test_S13_people_who_sign_in_often_are_not_slowed_down(entrance: Entrance) -> None:
    """Only failures count."""
    for _ in range(12):
        sign_in(entrance, AUTHOR)


def test_S10_stored_hashes_are_strong_enough() -> None:
    """Argon2id with at least 46 MiB and one pass (ASVS appendix C)."""
    kind, _, parameters, *_ = Passwords().prepare(PHRASE).hash.strip("$").split("$")
    values = dict(part.split("=") for part in parameters.split(","))
    assert kind == "argon2id"
    assert int(values["m"]) >= 46 * 1024 and int(values["t"]) >= 1 and int(values["p"]) >= 1


def test_S10_a_weaker_hash_is_replaced_at_the_next_sign_in(entrance: Entrance) -> None:
    """Raising the parameters reaches everybody who comes by."""
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1, hash_len=8).hash(PHRASE)
    with entrance.product.store.write() as uow:
        update_user(uow.connection, AUTHOR, password_hash=weak)
        uow.commit()
    sign_in(entrance, AUTHOR)
    assert stored_hash(entrance.product, AUTHOR) != weak
    assert CHEAP.verify(stored_hash(entrance.product, AUTHOR), PHRASE).right


def test_S57_a_password_changed_while_it_was_checked_opens_nothing(entrance: Entrance) -> None:
    """Checking happens outside the transaction, so the hash is compared again inside."""
    before = stored_hash(entrance.product, AUTHOR)
    with entrance.product.store.write() as uow:
        update_user(uow.connection, AUTHOR, password_hash=CHEAP.prepare(OTHER_PHRASE).hash)
        uow.commit()
    with pytest.raises(NotPermitted):
        entrance.product.do(person(AUTHOR), sessions.open_session, None, AUTHOR, Login(), verified=before)
    with pytest.raises(NotPermitted):
        hashed = CHEAP.prepare(PHRASE)
        entrance.product.do(person(AUTHOR), sessions.change_own_password, None, hashed, verified=before)


def test_unknown_people_cost_the_same_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """One hash is compared whether or not there is one."""
    passwords, calls = Passwords(CHEAPEST), []
    real = passwords._fits
    monkeypatch.setattr(passwords, "_fits", lambda *given: calls.append(given) or real(*given))
    assert not passwords.verify(None, PHRASE).right
    assert not passwords.verify(passwords.prepare(PHRASE).hash, OTHER_PHRASE).right
    assert len(calls) == 2


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


def test_S48_sign_ins_are_logged_on_one_line_without_the_password(
    entrance: Entrance, caplog: pytest.LogCaptureFixture
) -> None:
    """S49: what was typed as an address cannot forge a line of the log."""
    with caplog.at_level(logging.WARNING, "prompts_admin.security"), pytest.raises(NotPermitted):
        sign_in(entrance, "a\nsign-in ok \x1b[31m\u2028", OTHER_PHRASE)
    (line,) = [record.getMessage() for record in caplog.records]
    assert line.startswith("sign-in failed") and line.isascii() and line.isprintable()
    assert OTHER_PHRASE not in line


def test_S38_no_repr_shows_a_hash(entrance: Entrance) -> None:
    """What lands in a traceback gives nothing away."""
    with entrance.product.store.read() as uow:
        user = find_user(uow.connection, AUTHOR)
    assert "argon2" not in repr(user) and "argon2" not in repr(HashedPassword("$argon2id$x"))


def test_F41_expired_sessions_are_removed(entrance: Entrance, clock: Clock) -> None:
    """The table does not grow for ever: a sign-in sweeps up what has ended."""
    sign_in(entrance, AUTHOR)
    clock.forward(days=8)
    sign_in(entrance, SECOND)
    clock.now -= timedelta(days=8)
    assert [] == entrance.product.look(person(AUTHOR), sessions.list_sessions)["items"]
