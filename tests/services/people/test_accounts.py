"""People are created, changed and disabled; nothing is left without somebody."""

from __future__ import annotations

from typing import Any

import pytest

from prompts_admin.domain.errors import Conflict, NotFound, NotPermitted, ProductError, Refused
from prompts_admin.domain.people.identity import NOBODY
from prompts_admin.domain.people.permissions import EVERYWHERE
from prompts_admin.services.core.actors import identify
from prompts_admin.services.people.accounts import (
    UserChange,
    change_user,
    create_user,
    disable_user,
    enable_user,
    grant_roles,
    list_users,
    revoke_roles,
    show_user,
)
from prompts_admin.services.people.tokens import TokenRequest, create_token
from prompts_admin.services.product import Product
from prompts_admin.store.artifacts.features import find_features
from prompts_admin.store.people.grants import holders_of
from prompts_admin.store.records import audit
from tests.support.cast import (
    ADMIN,
    APPROVER,
    AUTHOR,
    LAWYER,
    ON_CALL,
    OUTSIDER,
    SECOND,
    actor_of,
    make_feature,
    make_person,
    person,
)

NEW = "new@example.com"


def actions(product: Product) -> list[tuple[str, str, str]]:
    with product.store.read() as uow:
        return [(entry.actor, entry.action, entry.subject) for entry in audit.walk(uow.connection)]


def test_an_administrator_creates_a_person_with_roles(cast: Product) -> None:
    """The new person holds exactly the roles given, and gets a link that works once."""
    made = cast.do(
        person(ADMIN), create_user, None, "New@Example.com", "Nia New", roles=[("viewer", "support")]
    )
    assert (made["email"], made["name"], made["active"]) == (NEW, "Nia New", True)
    assert made["roles"] == [{"role": "viewer", "feature": "support"}]
    assert made["invite"]["purpose"] == "invite"
    assert actor_of(cast.store, NEW).grants == {("viewer", "support")}
    assert (ADMIN, "create_user", NEW) in actions(cast)


def test_a_person_exists_once(cast: Product) -> None:
    """An address in other letters is the same person."""
    with pytest.raises(Conflict, match="exists already"):
        cast.do(person(ADMIN), create_user, None, AUTHOR.upper(), "Again")


def test_S17_only_administrators_manage_people(cast: Product) -> None:
    """No other role creates, changes, disables or lists people; everybody may look at themselves."""
    before = actions(cast)
    refused: list[tuple[Any, tuple[Any, ...]]] = [
        (create_user, (NEW, "New")),
        (change_user, (OUTSIDER, UserChange(grant=(("admin", EVERYWHERE),)))),
        (change_user, (SECOND, UserChange(active=False))),
        (list_users, ()),
        (show_user, (SECOND,)),
    ]
    for email in (AUTHOR, APPROVER, LAWYER, ON_CALL, OUTSIDER):
        for use_case, arguments in refused:
            with pytest.raises(NotPermitted) as caught:
                cast.do(person(email), use_case, None, *arguments)
            assert caught.value.code == "forbidden"
        assert email == cast.look(person(email), show_user, email)["email"]
    assert before == actions(cast)


def test_S17_nobody_is_told_to_sign_in(cast: Product) -> None:
    """Without a sign-in the answer is 401, not 403."""
    with pytest.raises(NotPermitted) as caught:
        cast.look(NOBODY, list_users)
    assert caught.value.code == "unauthenticated"


def test_people_are_listed_by_key(cast: Product) -> None:
    """A list goes on after the last address of the page before."""
    pages, after = [], ""
    while True:
        page = cast.look(person(ADMIN), list_users, after=after, limit=3)
        pages.append([user["email"] for user in page["items"]])
        if page["next"] is None:
            break
        after = page["next"]
    emails = [email for page in pages for email in page]
    assert sorted(emails) == emails
    assert [3, 3, 1] == [len(page) for page in pages]
    assert "hash" not in str(cast.look(person(ADMIN), list_users))


def test_F41_a_role_taken_away_counts_at_once(cast: Product) -> None:
    """The next use case is decided by the roles of its own transaction."""
    cast.do(person(ADMIN), revoke_roles, None, OUTSIDER, [("editor", "elsewhere")])
    assert actor_of(cast.store, OUTSIDER).grants == frozenset()
    cast.do(person(ADMIN), grant_roles, None, OUTSIDER, [("legal", EVERYWHERE), ("viewer", "support")])
    assert actor_of(cast.store, OUTSIDER).grants == {("legal", EVERYWHERE), ("viewer", "support")}


def test_F41_a_disabled_person_can_do_nothing(cast: Product) -> None:
    """Disabling ends every way in, and lets the sign-offs of the person count no more."""
    cast.do(person(ADMIN), disable_user, None, LAWYER)
    with pytest.raises(NotPermitted):
        cast.look(person(LAWYER), show_user, LAWYER)
    with cast.store.read() as uow:
        assert "legal" not in holders_of(uow.connection, "support")
    cast.do(person(ADMIN), enable_user, None, LAWYER)
    assert cast.look(person(LAWYER), show_user, LAWYER)["active"]


def test_a_dri_is_not_disabled_without_a_successor(cast: Product) -> None:
    """Every feature keeps somebody who answers for it."""
    with pytest.raises(Refused, match="DRI of 'support'") as caught:
        cast.do(person(ADMIN), disable_user, None, AUTHOR)
    assert caught.value.code == "in_use"
    assert {"what": "dri", "feature": "support"} in caught.value.members["duties"]
    assert cast.look(person(AUTHOR), show_user, AUTHOR)["active"]
    cast.do(person(ADMIN), disable_user, None, AUTHOR, successor=SECOND)
    with cast.store.read() as uow:
        assert {SECOND} == {feature.dri for feature in find_features(uow.connection).values()}


def test_the_last_holder_of_a_role_that_a_policy_asks_for_needs_a_successor(cast: Product) -> None:
    """Disabling or revoking must not make a release unsignable; the successor gets role and sight."""
    make_feature(cast.store, "sales", policy={"full": {"sign_off": {"legal": 1}}})
    make_person(cast.store, NEW)
    for change in (UserChange(active=False), UserChange(revoke=(("viewer", EVERYWHERE),))):
        with pytest.raises(Refused, match="last active 'legal' of 'sales'"):
            cast.do(person(ADMIN), change_user, None, LAWYER, change)
    cast.do(person(ADMIN), disable_user, None, LAWYER, successor=NEW)
    with cast.store.read() as uow:
        assert holders_of(uow.connection, "sales")["legal"] == {NEW}
        assert "legal" not in holders_of(uow.connection, "support")


def test_a_role_that_others_hold_needs_no_successor(cast: Product) -> None:
    """Only the last one is asked for a successor."""
    make_feature(cast.store, "sales", policy={"full": {"sign_off": {"product": 1}}}, dri=None)
    cast.do(person(ADMIN), disable_user, None, SECOND)
    with pytest.raises(Refused, match="last active 'product' of 'sales'"):
        cast.do(person(ADMIN), revoke_roles, None, AUTHOR, [("product", EVERYWHERE)])


def test_there_is_always_an_administrator(cast: Product) -> None:
    """The last one cannot disable or demote themselves, even with nothing else at stake."""
    for change in (UserChange(active=False), UserChange(revoke=(("admin", EVERYWHERE),))):
        with pytest.raises(Refused, match="last active 'admin' everywhere"):
            cast.do(person(ADMIN), change_user, None, ADMIN, change)
    cast.do(person(ADMIN), revoke_roles, None, ADMIN, [("admin", EVERYWHERE)], successor=SECOND)
    assert ("admin", EVERYWHERE) in actor_of(cast.store, SECOND).grants


def test_a_successor_is_another_active_person(cast: Product) -> None:
    """Duties go to somebody who can take them up."""
    make_person(cast.store, "gone@example.com")
    cast.do(person(ADMIN), disable_user, None, "gone@example.com")
    for successor in ("nobody@example.com", AUTHOR, "gone@example.com"):
        with pytest.raises(Refused, match="cannot follow"):
            cast.do(person(ADMIN), disable_user, None, AUTHOR, successor=successor)


def test_a_change_of_a_person_is_all_or_nothing(cast: Product) -> None:
    """One bad part of a change leaves everything as it was."""
    change = UserChange(name="Other", grant=(("admin", EVERYWHERE), ("Bad Role", EVERYWHERE)))
    with pytest.raises(ProductError):
        cast.do(person(ADMIN), change_user, None, SECOND, change)
    assert cast.look(person(SECOND), show_user, SECOND)["name"] == "Pm2"
    assert ("admin", EVERYWHERE) not in actor_of(cast.store, SECOND).grants


def test_who_does_not_exist_is_not_found(cast: Product) -> None:
    """An unknown address is 404 for administrators."""
    with pytest.raises(NotFound):
        cast.do(person(ADMIN), disable_user, None, "nobody@example.com")


def test_W15_the_audit_names_the_person_who_was_changed(cast: Product) -> None:
    """Role changes are recorded against the one whose role changed, by the one who changed it."""
    cast.do(person(ADMIN), grant_roles, None, OUTSIDER, [("ml", EVERYWHERE)])
    assert actions(cast)[-1] == (ADMIN, "grant_role", OUTSIDER)


def test_F41_disabling_revokes_tokens_for_good(cast: Product) -> None:
    """Enabling a person again does not bring old tokens back."""
    made = cast.do(person(SECOND), create_token, None, TokenRequest(name="ci", role="editor", user=SECOND))
    cast.do(person(ADMIN), disable_user, None, SECOND)
    cast.do(person(ADMIN), enable_user, None, SECOND)
    with cast.store.read() as uow, pytest.raises(NotPermitted):
        identify(uow.connection, made["token"], uow.now)
