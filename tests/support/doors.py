"""Going in and out as a browser does, for tests of sign-in and sessions."""

from __future__ import annotations

from typing import Any

from prompts_admin.domain.errors import NotPermitted
from prompts_admin.domain.people.identity import Identity
from prompts_admin.services.core.actors import identify, load_actor, remember_use
from prompts_admin.services.people.sessions import Login
from prompts_admin.services.people.sign_in import Entrance
from prompts_admin.services.product import Product
from prompts_admin.store.people.users import find_user
from tests.support.cast import PHRASE

ADDRESS = "192.0.2.7"
OTHER_PHRASE = PHRASE[::-1]


def sign_in(
    entrance: Entrance, email: str, phrase: str = PHRASE, *, address: str = ADDRESS, **login: Any
) -> str:
    now = entrance.runner.store.clock()
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
