"""API tokens: shown once, narrower than whoever made them, gone at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from prompts_admin.domain.errors import Conflict, NotFound, NotPermitted, ProductError, Refused
from prompts_admin.domain.people.identity import NOBODY, ByToken, Identity
from prompts_admin.domain.people.permissions import EVERYWHERE, Actor, allowed, stakeholder_roles
from prompts_admin.services.core.actors import identify, load_actor, remember_use, use_is_due
from prompts_admin.services.core.secrets import new_id, new_secret
from prompts_admin.services.notifications.messages import notice_of
from prompts_admin.services.people.accounts import disable_user, grant_roles, revoke_roles, show_user
from prompts_admin.services.people.tokens import TokenRequest, create_token, list_tokens, revoke_token
from prompts_admin.services.product import Product
from prompts_admin.store.people.tokens import find_token
from prompts_admin.store.records import audit, outbox
from tests.support.cast import ADMIN, APPROVER, AUTHOR, LAWYER, OUTSIDER, START, Clock, person

CI = TokenRequest(name="ci", role="editor")


def make(product: Product, email: str = ADMIN, **changes: Any) -> dict[str, Any]:
    return product.do(person(email), create_token, None, replace(CI, **changes))


def bearer(product: Product, text: str) -> Actor:
    """Present a token as a request would."""
    with product.store.read() as uow:
        return load_actor(uow.connection, identify(uow.connection, text, uow.now), uow.now)


def test_S05_secrets_are_256_random_bits() -> None:
    """No two are alike, and they are long."""
    made = {new_secret() for _ in range(10_000)}
    assert len(made) == 10_000
    assert {43} == {len(secret) for secret in made}


def test_S52_a_token_is_shown_once_and_stored_as_a_hash(cast: Product) -> None:
    """Neither list nor audit nor database holds the secret."""
    made = make(cast)
    secret = made["token"].split("_", 2)[2]
    with cast.store.read() as uow:
        trail = [str(entry.detail) for entry in audit.walk(uow.connection)]
        row = find_token(uow.connection, made["id"])
    assert row is not None and len(row.secret_hash) == 64
    assert secret not in str(vars(row)) and secret not in "".join(trail)
    listed = cast.look(person(ADMIN), list_tokens)["items"]
    assert [made["id"]] == [token["id"] for token in listed]
    assert "token" not in listed[0] and row.secret_hash not in str(listed) + str(row)


def test_a_token_of_no_person_acts_under_its_own_name(cast: Product) -> None:
    """The audit shows the token; it saves and proposes, and never signs."""
    actor = bearer(cast, make(cast)["token"])
    assert ("token:ci", "token ci") == (actor.label, actor.via)
    assert allowed(actor, "save", "support") and not allowed(actor, "restore", "support")
    assert stakeholder_roles(actor, "support") == frozenset()


def test_a_token_of_a_person_acts_as_its_person(cast: Product) -> None:
    """It carries their roles, so they may sign through it."""
    made = make(cast, LAWYER, role="viewer", user=LAWYER)
    actor = bearer(cast, made["token"])
    assert (LAWYER, "token ci") == (actor.label, actor.via)
    assert stakeholder_roles(actor, "support") == {"legal"}
    assert actor.people == {LAWYER}


def used(product: Product, token: dict[str, Any]) -> Identity:
    """Present a token as whoever holds it."""
    with product.store.read() as uow:
        return identify(uow.connection, token["token"], uow.now)


@pytest.mark.parametrize("role", ["serve", "viewer", "admin"])
def test_S25_a_token_makes_no_tokens(cast: Product, role: str) -> None:
    """A chain would hide who made the first, who could then sign what they wrote; and it would have no end."""
    mine, theirs = make(cast, role=role, user=ADMIN), make(cast, name="other", role="viewer", user=LAWYER)
    for token, user in ((mine, ADMIN), (mine, None), (theirs, LAWYER)):
        wanted = replace(CI, name="chained", role="viewer", user=user)
        with pytest.raises(NotPermitted, match="Only people make tokens"):
            cast.do(used(cast, token), create_token, None, wanted)


def test_a_token_that_serves_knows_and_ends_none(cast: Product) -> None:
    """It may lie where many can read it: whoever finds it ends neither others nor the service that uses it."""
    serves = make(cast, LAWYER, role="serve", user=LAWYER)
    other = make(cast, LAWYER, name="other", role="viewer", user=LAWYER)
    with pytest.raises(NotPermitted):
        cast.look(used(cast, serves), list_tokens)
    for token in (serves, other):
        with pytest.raises(NotFound):
            cast.do(used(cast, serves), revoke_token, None, token["id"])
    assert not cast.do(used(cast, other), revoke_token, None, serves["id"])["active"]


def test_what_a_disabled_person_made_for_others_ends_too(cast: Product) -> None:
    """They may know it. What only serves stays: production would stand still with it."""
    cast.do(person(ADMIN), grant_roles, None, LAWYER, [("admin", EVERYWHERE)])
    made = {
        name: make(cast, LAWYER, name=name, role=role, user=user)["id"]
        for name, role, user in (
            ("as admin", "admin", ADMIN), ("ci", "editor", None), ("site", "serve", None), ("own", "viewer", LAWYER),
        )
    }  # fmt: skip
    cast.do(person(ADMIN), disable_user, None, LAWYER, successor=APPROVER)
    listed = cast.look(person(ADMIN), list_tokens)["items"]
    assert {"site"} == {token["name"] for token in listed if token["active"] and token["id"] in made.values()}


def test_S25_a_token_made_for_somebody_else_names_its_maker(cast: Product) -> None:
    """Whoever made it stands behind what it signs, and the person it is for is told."""
    actor = bearer(cast, make(cast, role="viewer", user=LAWYER)["token"])
    assert actor.people == {LAWYER, ADMIN}
    with cast.store.read() as uow:
        told = [message.payload for message in outbox.due(uow.connection, uow.now, limit=10)]
    notices = [cast.look(person(ADMIN), notice_of, payload) for payload in told if "event" in payload]
    assert ("A token that acts as you was made", (LAWYER,)) in [(n.title, n.to) for n in notices if n]


def test_S17_nobody_makes_a_token_that_may_more_than_they(cast: Product) -> None:
    """Neither another's token nor a wider one: roles and features are those of the maker at most."""
    attempts: list[tuple[str, dict[str, Any]]] = [
        (AUTHOR, {"user": None}),
        (AUTHOR, {"user": LAWYER, "role": "viewer"}),
        (AUTHOR, {"user": AUTHOR, "role": "releaser"}),
        (LAWYER, {"user": LAWYER, "role": "editor"}),
        (OUTSIDER, {"user": OUTSIDER}),
        (OUTSIDER, {"user": OUTSIDER, "role": "serve"}),
        (OUTSIDER, {"user": OUTSIDER, "features": ("elsewhere",), "role": "admin"}),
    ]
    for email, changes in attempts:
        with pytest.raises(NotPermitted):
            make(cast, email, **changes)
    assert [] == cast.look(person(ADMIN), list_tokens)["items"]
    make(cast, OUTSIDER, user=OUTSIDER, features=("elsewhere",))


def test_bad_requests_make_no_token(cast: Product) -> None:
    """Roles, clearances, features and times are checked before anything is written."""
    requests: list[dict[str, Any]] = [
        {"role": "owner"},
        {"role": "legal"},
        {"clearance": "secret"},
        {"name": ""},
        {"name": "a\x1b[31m"},
        {"features": ()},
        {"features": ("no-such",)},
        {"features": ("../x",)},
        {"expires": START - timedelta(seconds=1)},
        {"user": "nobody@example.com"},
    ]
    for changes in requests:
        with pytest.raises(Refused) as caught:
            make(cast, **changes)
        assert caught.value.code == "invalid"
    assert [] == cast.look(person(ADMIN), list_tokens)["items"]


def test_S18_a_hidden_feature_and_a_missing_one_look_alike(cast: Product) -> None:
    """Asking for a token on a feature tells nobody whether it exists."""
    answers = []
    for feature in ("support", "no-such"):
        with pytest.raises(Refused) as caught:
            make(cast, OUTSIDER, user=OUTSIDER, features=(feature,))
        answers.append(str(caught.value).replace(feature, "X"))
    assert answers[0] == answers[1]


def test_names_of_tokens_are_unique_while_they_work(cast: Product) -> None:
    """The audit names tokens, so two at a time never share a name."""
    made = make(cast)
    with pytest.raises(Conflict):
        make(cast)
    cast.do(person(ADMIN), revoke_token, None, made["id"])
    make(cast)


def is_dead(product: Product, text: str) -> bool:
    try:
        bearer(product, text)
    except NotPermitted as error:
        return error.code == "unauthenticated"
    return False


def test_S06_a_revoked_token_fails_at_once(cast: Product) -> None:
    """F41: also between being presented and being used (S57)."""
    made = make(cast, AUTHOR, user=AUTHOR)
    assert cast.look(ByToken(made["id"]), show_user, AUTHOR)["email"] == AUTHOR
    revoked = cast.do(person(AUTHOR), revoke_token, None, made["id"])
    assert not revoked["active"] and is_dead(cast, made["token"])
    with pytest.raises(NotPermitted):
        cast.look(ByToken(made["id"]), show_user, AUTHOR)


def test_F41_a_token_ends_with_its_person_and_shrinks_with_their_roles(cast: Product) -> None:
    """Roles taken from the person are gone from the token; disabling ends it."""
    made = make(cast, APPROVER, role="releaser", user=APPROVER)
    cast.do(person(ADMIN), revoke_roles, None, APPROVER, [("releaser", "*")])
    assert not allowed(bearer(cast, made["token"]), "read", "support")
    cast.do(person(ADMIN), disable_user, None, APPROVER)
    assert is_dead(cast, made["token"])


def test_a_token_expires(cast: Product, clock: Clock) -> None:
    """At its time it works no more."""
    made = make(cast, expires=clock.now + timedelta(hours=1))
    clock.forward(minutes=59)
    assert not is_dead(cast, made["token"])
    clock.forward(minutes=1)
    assert is_dead(cast, made["token"])


def test_W17_what_is_no_token_is_refused_alike(cast: Product) -> None:
    """Unknown, cut, swapped, quoted and odd texts: one answer, and no SQL is built from them."""
    made, other = make(cast)["token"], make(cast, name="other")["token"]
    swapped = made.rpartition("_")[0][:15] + "_" + other.split("_", 2)[2]
    odd = [
        "pa_",
        made[:-1],
        made + "x",
        made.upper(),
        swapped,
        f" {made}",
        "pa_' OR 1=1 --_x",
        "\ud800",
        "é" * 60,
    ]
    texts = {text: _refusal(cast, text) for text in [*odd, f"pa_{new_id()}_{new_secret()}", "Bearer"]}
    assert {"This token is not valid, or not any more."} == set(texts.values())
    assert NOBODY == _identify(cast, "")


def _identify(product: Product, text: str) -> Identity:
    with product.store.read() as uow:
        return identify(uow.connection, text, uow.now)


def _refusal(product: Product, text: str) -> str:
    with pytest.raises(NotPermitted) as caught:
        _identify(product, text)
    return caught.value.detail


def test_W25_tokens_of_others_cannot_be_seen_or_revoked(cast: Product) -> None:
    """S18: people find their own tokens only, by list and by id; unknown and foreign ids look alike."""
    theirs = make(cast, LAWYER, role="viewer", user=LAWYER)
    bare = make(cast, name="bare")
    assert [] == cast.look(person(AUTHOR), list_tokens)["items"]
    for token_id in (theirs["id"], bare["id"], "000000000000", "' OR 1=1"):
        with pytest.raises(NotFound, match="There is no token"):
            cast.do(person(AUTHOR), revoke_token, None, token_id)
    assert [theirs["id"]] == [t["id"] for t in cast.look(person(LAWYER), list_tokens)["items"]]
    with pytest.raises(ProductError) as caught:
        cast.do(NOBODY, revoke_token, None, theirs["id"])
    assert caught.value.code == "unauthenticated"


def test_W25_a_bare_token_sees_no_tokens(cast: Product) -> None:
    """A token of no person owns nothing: the tokens of no person are not its own."""
    made = make(cast)
    with pytest.raises(NotPermitted):
        cast.look(ByToken(made["id"]), list_tokens)
    with pytest.raises(NotFound):
        cast.do(ByToken(made["id"]), revoke_token, None, made["id"])


def test_the_last_use_is_written_once_a_minute(cast: Product, clock: Clock) -> None:
    """Reads stay reads: a busy token costs one small write a minute."""
    identity = ByToken(make(cast)["id"])
    seen = []
    for seconds in (0, 10, 49, 1, 61):
        clock.forward(seconds=seconds)
        with cast.store.write() as uow:
            seen.append(use_is_due(uow.connection, identity, uow.now))
            remember_use(uow.connection, identity, uow.now, cast.settings)
            uow.commit()
    assert [True, False, False, True, True] == seen
