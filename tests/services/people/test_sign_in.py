"""Passwords at the door: one answer to every wrong one, and what a guess costs."""

from __future__ import annotations

import logging

import pytest
from argon2 import PasswordHasher
from argon2.profiles import CHEAPEST

from prompts_admin.domain.errors import NotPermitted, Refused
from prompts_admin.domain.people.identity import BySession
from prompts_admin.services.core.secrets import digest
from prompts_admin.services.people import sessions
from prompts_admin.services.people.accounts import create_user
from prompts_admin.services.people.passwords import HashedPassword, Passwords
from prompts_admin.services.people.sessions import Login
from prompts_admin.services.people.sign_in import Entrance
from prompts_admin.store.people.users import find_user, update_user
from tests.support.cast import ADMIN, AUTHOR, CHEAP, PHRASE, SECOND, Clock, person
from tests.support.doors import ADDRESS, OTHER_PHRASE, is_dead, sign_in, stored_hash
from tests.support.threads import said_here


def test_S14_wrong_passwords_and_unknown_people_get_one_answer(entrance: Entrance) -> None:
    """Nobody learns from the answer who exists; an empty password fits nobody."""
    wrong = [
        (AUTHOR, OTHER_PHRASE),
        (AUTHOR, ""),
        ("nobody@example.com", PHRASE),
        ("", ""),
        (AUTHOR, PHRASE + " "),
    ]
    for email, phrase in wrong:
        with pytest.raises(NotPermitted, match="Address or password is wrong") as caught:
            sign_in(entrance, email, phrase)
        assert caught.value.code == "unauthenticated"


def test_S14_a_person_without_a_password_cannot_sign_in_by_one(entrance: Entrance) -> None:
    """Until the invitation is taken up, no password fits."""
    entrance.runner.do(person(ADMIN), create_user, None, "new@example.com", "New")
    for phrase in ("", PHRASE, "nobody's password"):
        with pytest.raises(NotPermitted):
            sign_in(entrance, "new@example.com", phrase)


def test_changing_a_password_needs_the_old_one_and_a_good_new_one(entrance: Entrance) -> None:
    """A session left open does not give away the account."""
    identity = BySession(digest(sign_in(entrance, AUTHOR)))
    now = entrance.runner.store.clock()
    with pytest.raises(NotPermitted, match="old password"):
        entrance.change_password(identity, OTHER_PHRASE, OTHER_PHRASE, address=ADDRESS, now=now)
    for weak in ("short", "password1", AUTHOR):
        with pytest.raises(Refused):
            entrance.change_password(identity, PHRASE, weak, address=ADDRESS, now=now)
    assert not is_dead(entrance.runner, sign_in(entrance, AUTHOR))


def test_S13_guessing_is_slowed_down_per_person_and_per_address(entrance: Entrance, clock: Clock) -> None:
    """After ten failures even the right password waits, from anywhere; then it works: nobody is locked out."""
    for number in range(10):
        with pytest.raises(NotPermitted):
            sign_in(entrance, AUTHOR, OTHER_PHRASE, address=f"192.0.2.{number}")
    with pytest.raises(Refused) as caught:
        sign_in(entrance, AUTHOR, address="198.51.100.1")
    assert (caught.value.code, caught.value.status) == ("rate_limited", 429)
    assert 0 < caught.value.members["retry_after"] <= 300
    assert not is_dead(entrance.runner, sign_in(entrance, SECOND))
    clock.forward(minutes=5)
    assert not is_dead(entrance.runner, sign_in(entrance, AUTHOR))


def test_S13_one_address_cannot_try_many_people(entrance: Entrance) -> None:
    """Ten failures over different people stop the address, and nobody else."""
    for number in range(10):
        with pytest.raises(NotPermitted):
            sign_in(entrance, f"p{number}@example.com")
    with pytest.raises(Refused):
        sign_in(entrance, AUTHOR)
    assert not is_dead(entrance.runner, sign_in(entrance, AUTHOR, address="198.51.100.1"))


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
    with entrance.runner.store.write() as uow:
        update_user(uow.connection, AUTHOR, password_hash=weak)
        uow.commit()
    sign_in(entrance, AUTHOR)
    assert stored_hash(entrance.runner, AUTHOR) != weak
    assert CHEAP.verify(stored_hash(entrance.runner, AUTHOR), PHRASE).right


def test_S57_a_password_changed_while_it_was_checked_opens_nothing(entrance: Entrance) -> None:
    """Checking happens outside the transaction, so the hash is compared again inside."""
    before = stored_hash(entrance.runner, AUTHOR)
    with entrance.runner.store.write() as uow:
        update_user(uow.connection, AUTHOR, password_hash=CHEAP.prepare(OTHER_PHRASE).hash)
        uow.commit()
    with pytest.raises(NotPermitted):
        entrance.runner.do(person(AUTHOR), sessions.open_session, None, AUTHOR, Login(), verified=before)
    with pytest.raises(NotPermitted):
        hashed = CHEAP.prepare(PHRASE)
        entrance.runner.do(person(AUTHOR), sessions.change_own_password, None, hashed, verified=before)


def test_unknown_people_cost_the_same_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """One hash is compared whether or not there is one."""
    passwords, calls = Passwords(CHEAPEST), []
    real = passwords._fits

    def counted(stored: str, password: str) -> bool:
        calls.append(stored)
        return real(stored, password)

    monkeypatch.setattr(passwords, "_fits", counted)
    assert not passwords.verify(None, PHRASE).right
    assert not passwords.verify(passwords.prepare(PHRASE).hash, OTHER_PHRASE).right
    assert len(calls) == 2


def test_S48_sign_ins_are_logged_on_one_line_without_the_password(
    entrance: Entrance, caplog: pytest.LogCaptureFixture
) -> None:
    """S49: what was typed as an address cannot forge a line of the log."""
    with caplog.at_level(logging.WARNING, "prompts_admin.security"), pytest.raises(NotPermitted):
        sign_in(entrance, "a\nsign-in ok \x1b[31m\u2028", OTHER_PHRASE)
    (line,) = [record.getMessage() for record in said_here(caplog.records)]
    assert line.startswith("sign-in failed") and line.isascii() and line.isprintable()
    assert OTHER_PHRASE not in line


def test_S38_no_repr_shows_a_hash(entrance: Entrance) -> None:
    """What lands in a traceback gives nothing away."""
    with entrance.runner.store.read() as uow:
        user = find_user(uow.connection, AUTHOR)
    assert "argon2" not in repr(user) and "argon2" not in repr(HashedPassword("$argon2id$x"))
