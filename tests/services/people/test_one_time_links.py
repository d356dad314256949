"""Links that work once: first set-up, invitations, password resets; and the people of the demo."""

from __future__ import annotations

import pytest

from prompts_admin.domain.errors import NotFound, NotPermitted, ProductError, Refused
from prompts_admin.domain.people.identity import NOBODY, THE_SYSTEM
from prompts_admin.domain.people.permissions import EVERYWHERE
from prompts_admin.services.core.secrets import digest
from prompts_admin.services.people.accounts import create_user, disable_user, list_users
from prompts_admin.services.people.initial_setup import DEMO_OWNER, demo_people
from prompts_admin.services.people.one_time_links import create_link, create_setup_link, read_link
from prompts_admin.services.people.sign_in import Entrance
from prompts_admin.services.product import Product
from prompts_admin.store.people.one_time_links import find_open
from prompts_admin.store.people.users import any_user
from prompts_admin.store.records import audit
from tests.support.cast import ADMIN, AUTHOR, CHEAP, LAWYER, PHRASE, Clock, actor_of, person

OWNER = "owner@example.com"
OTHER_PHRASE = PHRASE[::-1]


@pytest.fixture
def first(product: Product) -> Entrance:
    """The door of a store that nobody has set up yet."""
    return Entrance.to(product, CHEAP)


def set_up(door: Entrance, secret: str, email: str = OWNER, password: str = PHRASE) -> None:
    door.complete_setup(secret, email, name="Olga Owner", password=password)


def test_S14_a_fresh_store_has_nobody_in_it(first: Entrance) -> None:
    """There is no default account; the first administrator comes by the link alone."""
    with first.runner.store.read() as uow:
        assert not any_user(uow.connection)
    link = first.runner.do(THE_SYSTEM, create_setup_link, None)
    set_up(first, link["secret"])
    assert actor_of(first.runner.store, OWNER).grants == {("admin", EVERYWHERE)}
    with first.runner.store.read() as uow:
        assert uow.head.owner == OWNER
        assert {(OWNER, "create_user"), (OWNER, "grant_role")} == {
            (entry.actor, entry.action) for entry in audit.walk(uow.connection)
        }


def test_S16_the_set_up_link_works_once(first: Entrance) -> None:
    """Neither the same link nor an earlier one makes a second administrator, and no new one can be had."""
    earlier = first.runner.do(THE_SYSTEM, create_setup_link, None)
    link = first.runner.do(THE_SYSTEM, create_setup_link, None)
    with pytest.raises(NotFound):
        set_up(first, earlier["secret"])
    set_up(first, link["secret"])
    for secret in (link["secret"], earlier["secret"]):
        with pytest.raises(NotFound):
            set_up(first, secret, "second@example.com")
    with pytest.raises(Refused, match="set up already"):
        first.runner.do(THE_SYSTEM, create_setup_link, None)


@pytest.mark.parametrize(
    ("email", "password"), [("not an address", PHRASE), (OWNER, ""), (OWNER, "password1")]
)
def test_S14_a_refused_set_up_leaves_the_link_usable(first: Entrance, email: str, password: str) -> None:
    """A typing mistake costs nothing, and an empty password is impossible."""
    link = first.runner.do(THE_SYSTEM, create_setup_link, None)
    with pytest.raises(Refused):
        set_up(first, link["secret"], email, password)
    set_up(first, link["secret"])


def test_S16_links_are_stored_hashed_and_end_soon(entrance: Entrance, clock: Clock) -> None:
    """Whoever reads the database cannot use a link; after a day nobody can."""
    product = entrance.runner
    link = product.do(person(ADMIN), create_link, None, AUTHOR)
    with product.store.read() as uow:
        assert find_open(uow.connection, link["secret"], uow.now) is None
        row = find_open(uow.connection, digest(link["secret"]), uow.now)
        assert row is not None and row.purpose == "reset"
        assert link["secret"] not in "".join(str(entry.detail) for entry in audit.walk(uow.connection))
    clock.forward(hours=24)
    with pytest.raises(NotFound):
        entrance.complete_link(link["secret"], OTHER_PHRASE)


def test_S16_an_invitation_sets_a_password_once(entrance: Entrance, clock: Clock) -> None:
    """The invited person chooses; afterwards the link is dead and the password works."""
    product = entrance.runner
    made = product.do(person(ADMIN), create_user, None, "new@example.com", "New")
    secret = made["invite"]["secret"]
    assert product.look(NOBODY, read_link, secret)["email"] == "new@example.com"
    entrance.complete_link(secret, OTHER_PHRASE)
    with pytest.raises(NotFound):
        entrance.complete_link(secret, PHRASE)
    opened = entrance.sign_in("new@example.com", OTHER_PHRASE, address="::1", now=clock.now)
    assert opened["email"] == "new@example.com"


def test_S12_links_take_no_weak_password(entrance: Entrance) -> None:
    """The rules hold at the reset too, and the link stays usable."""
    link = entrance.runner.do(person(ADMIN), create_link, None, AUTHOR)
    for weak in ("", "short", "qwertyuiop", AUTHOR):
        with pytest.raises(Refused):
            entrance.complete_link(link["secret"], weak)
    entrance.complete_link(link["secret"], OTHER_PHRASE)


def test_S16_a_new_link_ends_the_one_before(entrance: Entrance) -> None:
    """At most one works at a time."""
    earlier, later = (entrance.runner.do(person(ADMIN), create_link, None, AUTHOR) for _ in range(2))
    with pytest.raises(NotFound):
        entrance.complete_link(earlier["secret"], OTHER_PHRASE)
    entrance.complete_link(later["secret"], OTHER_PHRASE)


def test_F41_links_of_a_disabled_person_are_dead(entrance: Entrance) -> None:
    """Neither an old link nor a new one leads back in."""
    product = entrance.runner
    link = product.do(person(ADMIN), create_link, None, LAWYER)
    product.do(person(ADMIN), disable_user, None, LAWYER)
    with pytest.raises(NotFound):
        entrance.complete_link(link["secret"], OTHER_PHRASE)
    with pytest.raises(Refused):
        product.do(person(ADMIN), create_link, None, LAWYER)


def test_S17_only_administrators_make_links(cast: Product) -> None:
    """A reset link is the account: nobody else makes one, for themselves neither."""
    for email in (AUTHOR, LAWYER):
        with pytest.raises(NotPermitted):
            cast.do(person(email), create_link, None, AUTHOR)


def test_an_administrator_sets_a_password(entrance: Entrance, clock: Clock) -> None:
    """It replaces the old one at once, by the same rules."""
    entrance.set_password(person(ADMIN), AUTHOR, OTHER_PHRASE)
    assert entrance.sign_in(AUTHOR, OTHER_PHRASE, address="::1", now=clock.now)["email"] == AUTHOR
    with pytest.raises(ProductError):
        entrance.sign_in(AUTHOR, PHRASE, address="::1", now=clock.now)
    with pytest.raises(NotPermitted):
        entrance.set_password(person(AUTHOR), LAWYER, OTHER_PHRASE)


def test_the_demo_has_its_people_and_a_second_author(product: Product) -> None:
    """Six people without passwords; making them twice changes nothing."""
    made = product.do(THE_SYSTEM, demo_people, None)["items"]
    assert [] == product.do(THE_SYSTEM, demo_people, None)["items"]
    assert {"pm", "pm2", "ml", "legal", "oncall", "admin"} == {email.partition("@")[0] for email in made}
    listed = product.look(person(DEMO_OWNER), list_users)["items"]
    roles = {user["email"]: {role["role"] for role in user["roles"]} for user in listed}
    assert roles["pm@example.com"] == roles["pm2@example.com"] == {"editor", "product"}
    assert roles["legal@example.com"] == {"viewer", "legal"}
    with product.store.read() as uow:
        assert uow.head.owner == DEMO_OWNER
