"""What somebody got at a time, and who decided it: from the history alone."""

from __future__ import annotations

import pytest

from prompts_admin.domain.targeting.contexts import Context
from prompts_admin.domain.targeting.rollout import bucket
from prompts_admin.services.policies.changes import propose_settings
from prompts_admin.services.serving.explain import explain_answer
from tests.support.cast import ADMIN, APPROVER, AUTHOR, LAWYER, ON_CALL, OUTSIDER
from tests.support.desk import TRIAGE, Desk, refused

SQLITE = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
INSIDE = next(f"u-{n}" for n in range(1000) if bucket("support", f"u-{n}") < 10_000)
LATER = next(f"u-{n}" for n in range(1000) if 10_000 <= bucket("support", f"u-{n}") < 50_000)


def test_every_moment_has_its_own_answer_and_the_release_that_decided_it(desk: Desk) -> None:
    """Share, raise, settling and rollback each decide for somebody."""
    desk.save(TRIAGE, "one")
    desk.climb(TRIAGE, up_to="beta")
    desk.save(TRIAGE, "two")
    desk.promote(TRIAGE)
    moments = []
    numbers = []
    for share in (10, 50, 100):
        desk.clock.forward(hours=1)
        numbers.append(desk.promote(f"{TRIAGE}@2", to="beta", percent=share, by=ON_CALL))
        moments.append(desk.clock.now)
    desk.clock.forward(hours=1)
    numbers.append(desk.rollback(f"{TRIAGE}@2", stages=("beta",))["number"])
    moments.append(desk.clock.now)

    def told(user: str, at: int) -> tuple[object, ...]:
        context = Context(user=user, groups=("beta",))
        answer = desk.look(LAWYER, explain_answer, TRIAGE, context, at=moments[at])
        return (
            answer["version"],
            answer["decided"]["release"],
            [s["email"] for s in answer["decided"]["approved_by"]],
        )

    first = desk.release(2)["number"]
    assert [(2, numbers[0], [APPROVER]), (2, numbers[0], [APPROVER])] == [told(INSIDE, 0), told(INSIDE, 1)]
    assert [(1, first, [APPROVER]), (2, numbers[1], [APPROVER])] == [told(LATER, 0), told(LATER, 1)]
    assert [(2, numbers[2], [APPROVER]), (1, numbers[3], [APPROVER])] == [told(LATER, 2), told(LATER, 3)]
    back = desk.look(LAWYER, explain_answer, TRIAGE, Context(user=LATER, groups=("beta",)))["decided"]
    assert ("rollback", first, True) == (back["kind"], back["signed_in"], back["signed"])


@SQLITE
def test_the_audience_of_that_time_counts(desk: Desk) -> None:
    """An audience that changed since does not change what was."""
    desk.save(TRIAGE, "one")
    desk.promote(TRIAGE)
    before = desk.clock.now
    desk.clock.forward(hours=1)
    audiences = {"audiences": {"internal": "everybody"}}
    with desk.product.store.write() as uow:
        uow.change_head(demo=True)
        uow.commit()
    desk.do(ADMIN, propose_settings, scope="", document=audiences)
    nobody = Context(user="u-1")
    then = desk.look(AUTHOR, explain_answer, TRIAGE, nobody, at=before)
    now = desk.look(AUTHOR, explain_answer, TRIAGE, nobody)
    assert [None, 1] == [then["version"], now["version"]]
    assert "Not in the audience of internal." in [step["sentence"] for step in then["steps"]]


@SQLITE
def test_before_the_first_release_there_is_nothing_and_outsiders_learn_nothing(desk: Desk) -> None:
    """Nothing is an answer, too."""
    desk.save(TRIAGE, "one")
    early = desk.clock.now
    desk.clock.forward(hours=1)
    desk.promote(TRIAGE)
    answer = desk.look(AUTHOR, explain_answer, TRIAGE, Context(user="u-1"), at=early)
    assert (None, None, []) == (answer["version"], answer["decided"], answer["steps"])
    with refused("not_found"):
        desk.look(OUTSIDER, explain_answer, TRIAGE, Context(user="u-1"))
