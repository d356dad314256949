"""What a use case may ask of its `Work`."""

from __future__ import annotations

import pytest

from prompts_admin.domain.errors import NotFound, NotPermitted
from prompts_admin.domain.people.identity import NOBODY, THE_SYSTEM, LocalPerson
from prompts_admin.services.core.work import Work
from prompts_admin.services.product import Product
from prompts_admin.store.records import audit, outbox
from tests.support.cast import ADMIN, AUTHOR, LAWYER, OUTSIDER, person


def need(work: Work, action: str, feature: str | None = None) -> None:
    work.require(action, feature)


def test_S21_a_right_that_is_missing_is_refused_with_the_role_to_ask_for(cast: Product) -> None:
    """The refusal names who, what, where and the next step."""
    with pytest.raises(NotPermitted, match=r"may not save on 'support'.*role 'editor' on 'support'"):
        cast.look(person(LAWYER), need, "save", "support")
    cast.look(person(AUTHOR), need, "save", "support")


def test_S18_a_feature_that_one_may_not_see_does_not_exist(cast: Product) -> None:
    """Hidden and missing features get the same answer, whatever was asked for."""
    answers = set()
    for feature in ("support", "no-such"):
        for action in ("read", "save", "roll_back"):
            with pytest.raises(NotFound) as caught:
                cast.look(person(OUTSIDER), need, action, feature)
            answers.add(str(caught.value).replace(feature, "X"))
    assert len(answers) == 1
    cast.look(person(OUTSIDER), need, "read", "elsewhere")


def test_S51_an_unknown_action_is_refused(cast: Product) -> None:
    """Default deny holds at the place where services ask, for administrators too."""
    for identity in (person(ADMIN), THE_SYSTEM):
        with pytest.raises(NotPermitted):
            cast.look(identity, need, "fly", "support")


def test_lists_are_filtered_by_what_one_may_read(cast: Product) -> None:
    """Rights on one feature open its part of a list."""

    def view(work: Work) -> object:
        work.require_somewhere("read")
        return work.readable()

    assert cast.look(person(OUTSIDER), view) == {"elsewhere"}
    assert cast.look(person(AUTHOR), view) is None
    with pytest.raises(NotPermitted) as caught:
        cast.look(NOBODY, view)
    assert caught.value.code == "unauthenticated"


def test_records_and_messages_belong_to_the_transaction(cast: Product) -> None:
    """Both are written with the change, by the one who made it, and with it they vanish."""

    def tell(work: Work, fail: bool) -> None:
        work.record("test", "support/triage", feature="support", note="x")
        work.announce("notify", {"event": "test"})
        if fail:
            raise NotFound("not_found", "gone")

    identity = LocalPerson(AUTHOR, "cli --as by root")
    with pytest.raises(NotFound):
        cast.do(identity, tell, None, True)
    cast.do(identity, tell, None, False)
    with cast.store.read() as uow:
        written = [entry for entry in audit.walk(uow.connection) if entry.action == "test"]
        waiting = [m for m in outbox.due(uow.connection, uow.now, limit=50) if m.payload == {"event": "test"}]
    assert [(AUTHOR, "cli --as by root", "support")] == [(e.actor, e.via, e.feature) for e in written]
    assert len(waiting) == 1
