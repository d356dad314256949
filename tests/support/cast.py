"""The standing cast of the service tests: people with roles, and the product that they use.

`cast` gives author (pm), a second author, approvers (ml, legal), outsider (rights on another feature only),
on-call and admin on a fresh store; `make_person` and `actor_of` serve tests with a cast of their own.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from argon2.profiles import CHEAPEST

from prompts_admin.domain.features import Document, Feature
from prompts_admin.domain.people.identity import THE_SYSTEM, Identity, LocalPerson
from prompts_admin.domain.people.permissions import EVERYWHERE, Actor, Grant
from prompts_admin.server.bootstrap import make_product
from prompts_admin.services.core.actors import load_actor
from prompts_admin.services.core.work import Work
from prompts_admin.services.people.accounts import add_user
from prompts_admin.services.people.passwords import Passwords
from prompts_admin.services.people.sign_in import Entrance
from prompts_admin.services.product import Product
from prompts_admin.settings.table import Settings
from prompts_admin.store.artifacts.features import insert_document, insert_feature
from prompts_admin.store.database.unit_of_work import Store, UnitOfWork

AUTHOR, SECOND = "pm@example.com", "pm2@example.com"
APPROVER, LAWYER = "ml@example.com", "legal@example.com"
ON_CALL, ADMIN, OUTSIDER = "oncall@example.com", "admin@example.com", "outsider@example.com"

CAST: dict[str, tuple[Grant, ...]] = {
    AUTHOR: (("editor", EVERYWHERE), ("product", EVERYWHERE)),
    SECOND: (("editor", EVERYWHERE), ("product", EVERYWHERE)),
    APPROVER: (("releaser", EVERYWHERE), ("ml", EVERYWHERE)),
    LAWYER: (("viewer", EVERYWHERE), ("legal", EVERYWHERE)),
    ON_CALL: (("releaser", EVERYWHERE),),
    ADMIN: (("admin", EVERYWHERE),),
    OUTSIDER: (("editor", "elsewhere"),),
}
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
# Hashing for real would take most of the time of the suite.
CHEAP = Passwords(CHEAPEST)
PHRASE = "everybody of the cast has this phrase"
_PASSWORD = CHEAP.prepare(PHRASE)


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> datetime:
        """Move on by days, hours, minutes or seconds (back with negative ones) and return the new moment."""
        self.now += timedelta(**by)
        return self.now


@pytest.fixture
def clock() -> Clock:
    """The clock of the store of this test."""
    return Clock()


@pytest.fixture
def product(store: Store, clock: Clock, tmp_path: Path) -> Iterator[Product]:
    """A product on a fresh store, without anybody in it."""
    store.clock = clock
    yield make_product(store, Settings(data=tmp_path / "data"))


@pytest.fixture
def cast(product: Product) -> Product:
    """The same product with the standing cast and the features `support` and `elsewhere`."""
    product.do(THE_SYSTEM, _fill)
    return product


@pytest.fixture
def entrance(cast: Product) -> Entrance:
    """The door of that product, with a hasher that takes no time."""
    return Entrance.to(cast, CHEAP)


def person(email: str, *, via: str = "test") -> Identity:
    """Return the identity of one of the store's people."""
    return LocalPerson(email, via)


def make_person(store: Store, email: str, *grants: Grant, password: str | None = None) -> Identity:
    """Create a person with these (role, feature) grants, straight through the service."""
    hashed = CHEAP.prepare(password) if password else None
    product = make_product(store, Settings())
    product.do(THE_SYSTEM, add_user, None, email, _name(email), roles=grants, password=hashed)
    return person(email)


def actor_of(store: Store, email: str) -> Actor:
    """Return what a person may do at this moment."""
    with store.read() as uow:
        return load_actor(uow.connection, person(email), uow.now)


def make_feature(store: Store, key: str, *, dri: str | None = AUTHOR, policy: object = None) -> None:
    """Create a feature with a policy per stage: {"full": {"sign_off": {"legal": 1}}}."""
    with store.write() as uow:
        _add_feature(uow, key, dri=dri, policy=policy)
        uow.commit()


def _fill(work: Work) -> None:
    for email, grants in CAST.items():
        add_user(work, email, _name(email), roles=grants, password=_PASSWORD)
    for key in ("support", "elsewhere"):
        _add_feature(work.uow, key, dri=AUTHOR)


def _add_feature(uow: UnitOfWork, key: str, *, dri: str | None, policy: object = None) -> None:
    insert_feature(uow.connection, Feature(key, key.title(), "", dri, None, None, 0, uow.now, ADMIN))
    document = {"policy": policy or {}, "classification": "internal", "bucket_by": None}
    insert_document(uow.connection, Document(key, 1, document, None, uow.now, ADMIN))


def _name(email: str) -> str:
    return email.partition("@")[0].title()
