"""Proposing a release on a page: the comparison first, then one click."""

from __future__ import annotations

from tests.support.cast import ADMIN, APPROVER, AUTHOR, LAWYER, ON_CALL, OUTSIDER
from tests.support.desk import FAST, OTHER, REPLY, TRIAGE
from tests.support.visits import ON_SQLITE, Visits, read

pytestmark = ON_SQLITE

NEW = "/releases/new"


def _form(key: str, *, stage: str = "internal", **more: str) -> dict[str, str]:
    return {
        "stage": stage,
        "key-0": key,
        "percentage-0": "100",
        "up_to-0": "100",
        "action": "propose",
        **more,
    }


def _overtake(visits: Visits) -> None:
    """Settle a second version of triage on beta, so that open proposals of the first turn stale."""
    visits.desk.save(TRIAGE, "Be kinder.")
    visits.desk.promote(TRIAGE)
    visits.desk.promote(f"{TRIAGE}@2", to="beta")


def test_what_would_change_is_shown_before_anything_is_proposed(visits: Visits) -> None:
    """A ready-made link shows the words that change for the people on the stage, and writes nothing."""
    visits.desk.save(TRIAGE, "Be kind.")
    visits.desk.climb(TRIAGE, up_to="internal")
    visits.desk.save(TRIAGE, "Be very kind.")
    page = visits.read(NEW, stage="internal", key=f"{TRIAGE}@2")
    assert "Be very kind." in page.text
    assert "very " in "".join(page.words)
    assert "/releases" in page.forms
    assert 404 == visits.get("/releases/2").status_code


def test_proposing_leads_to_the_release_that_went_live(visits: Visits) -> None:
    """Where nobody has to sign, one click is live, and the page says so."""
    visits.desk.save(TRIAGE, "Be kind.")
    answer = visits.post("/releases", **_form(f"{TRIAGE}@1", note="First words"))
    assert 303 == answer.status_code
    assert "/releases/1?did=went-live.1" == answer.location
    page = visits.read(answer.location)
    assert "Release 1 is live." in page.text
    assert "First words" in page.text
    assert 1 == visits.desk.entry("internal", TRIAGE).settled


def test_several_artifacts_go_as_one_release(visits: Visits) -> None:
    """Artifacts chosen from the list of a feature travel together, each with its own share."""
    visits.desk.save(TRIAGE, "Be kind.")
    visits.desk.save(REPLY, "Say hello.")
    page = visits.read(NEW, feature="support")
    assert TRIAGE in page.text and REPLY in page.text
    answer = visits.get(f"{NEW}?stage=internal&key={TRIAGE}@1&key={REPLY}@1&key=")
    form = read(answer).forms["/releases"]
    assert f"{REPLY}@1" == form["key-1"]
    fields = {name: value for name, value in form.items() if name.startswith(("key", "percentage", "up_to"))}
    fields["percentage-1"] = "12.5"
    visits.post("/releases", stage="internal", action="propose", **fields)
    items = visits.desk.release(1)["items"]
    assert {(TRIAGE, 100.0), (REPLY, 12.5)} == {(i["key"], i["percentage"]) for i in items}


def test_a_click_twice_is_one_release(visits: Visits) -> None:
    """F08: the form sent twice makes one release, and both answers lead to it."""
    visits.desk.save(TRIAGE, "Be kind.")
    sent = _form(f"{TRIAGE}@1", once="one-and-the-same", note="again?")
    first, second = visits.post("/releases", **sent), visits.post("/releases", **sent)
    assert first.location == second.location
    assert 404 == visits.get("/releases/2").status_code


def test_the_same_proposal_is_found_again(visits: Visits) -> None:
    """Proposing what is open already leads to the open one."""
    visits.desk.save(TRIAGE, "Be kind.")
    visits.desk.climb(TRIAGE, up_to="internal")
    visits.post("/releases", **_form(f"{TRIAGE}@1", stage="beta"))
    again = visits.post("/releases", **_form(f"{TRIAGE}@1", stage="beta"))
    assert "/releases/2?did=proposed-before.2" == again.location


def test_a_wrong_share_is_told_at_the_field_and_nothing_typed_is_lost(visits: Visits) -> None:
    """Errors keep the share, the note and the choice of time."""
    visits.desk.save(TRIAGE, "Be kind.")
    sent = _form(f"{TRIAGE}@1", **{"percentage-0": "lots", "note": "For Ana", "apply": "at", "at": "soon"})
    answer = visits.post("/releases", **sent)
    page = read(answer)
    form = page.forms["/releases"]
    assert 422 == answer.status_code
    assert ("lots", "soon") == (form["percentage-0"], form["at"])
    assert "For Ana" in page.text
    assert {"#percentage-0", "#at"} <= page.links()


def test_a_ceiling_below_the_share_is_refused(visits: Visits) -> None:
    """A sign-off that would not even hold for the share asked for is no use."""
    visits.desk.save(TRIAGE, "Be kind.")
    answer = visits.post("/releases", **_form(f"{TRIAGE}@1", **{"percentage-0": "50", "up_to-0": "10"}))
    assert 422 == answer.status_code
    assert "#up_to-0" in read(answer).links()


def test_a_time_is_kept_to_the_minute_in_utc(visits: Visits) -> None:
    """What the field for date and time sends is a moment in UTC."""
    visits.desk.save(TRIAGE, "Be kind.")
    visits.post("/releases", **_form(f"{TRIAGE}@1", apply="at", at="2026-03-05T08:30"))
    assert "2026-03-05T08:30:00.000000Z" == visits.desk.release(1)["apply_at"]


def test_S22_a_skipped_stage_is_refused_with_the_step_to_take_first(visits: Visits) -> None:
    """Nobody goes to full without beta, by link or by form; the page offers the stage before."""
    visits.desk.save(TRIAGE, "Be kind.")
    link = visits.get(NEW, by=APPROVER, stage="full", key=f"{TRIAGE}@1")
    assert 409 == link.status_code
    assert f"{NEW}?stage=beta&key={TRIAGE}@1" in read(link).links()
    assert 409 == visits.post("/releases", by=APPROVER, **_form(f"{TRIAGE}@1", stage="full")).status_code


def test_what_breaks_callers_has_to_be_acknowledged(visits: Visits) -> None:
    """A new required variable is told with a box to tick; unticked it is refused, ticked it is taken."""
    visits.desk.save(TRIAGE, "Be kind.")
    visits.desk.climb(TRIAGE, up_to="internal")
    variables = {"plan": {"type": "string", "required": True}}
    visits.desk.save(TRIAGE, "Be kind to {{plan}}.", variables=variables)
    page = visits.read(NEW, stage="internal", key=f"{TRIAGE}@2")
    assert "This would break callers" in page.text
    assert "acknowledge" in {attributes.get("name") for _, attributes in page.elements}
    assert 409 == visits.post("/releases", **_form(f"{TRIAGE}@2")).status_code
    assert 303 == visits.post("/releases", **_form(f"{TRIAGE}@2", acknowledge="yes")).status_code


def test_S21_only_some_may_break_the_glass(visits: Visits) -> None:
    """DRI, on-call and administrators see the form and need a reason; for others the request is refused."""
    visits.desk.save(TRIAGE, "Be kind.")
    visits.desk.save(OTHER, "Dear all")
    sent = _form(f"{TRIAGE}@1", stage="beta", action="break_glass", break_glass="Tickets are lost")
    offered = read(visits.get(NEW, by=ADMIN, stage="beta", key=f"{TRIAGE}@1"))
    assert "break_glass" in offered.forms["/releases"]
    hidden = read(visits.get(NEW, by=APPROVER, stage="beta", key=f"{TRIAGE}@1"))
    assert "/releases" not in hidden.forms
    assert visits.post("/releases", by=APPROVER, **sent).status_code in (403, 409)
    assert 422 == visits.post("/releases", by=ADMIN, **{**sent, "break_glass": " "}).status_code
    done = visits.post("/releases", by=ADMIN, **sent)
    assert "Glass broken" in read(visits.get(done.location)).text


def test_the_reason_counts_only_with_its_own_button(visits: Visits) -> None:
    """Typing a reason and pressing the usual button breaks nothing."""
    visits.desk.save(TRIAGE, "Be kind.")
    visits.desk.climb(TRIAGE, up_to="internal")
    visits.post("/releases", by=AUTHOR, **_form(f"{TRIAGE}@1", stage="beta", break_glass="almost"))
    assert ("proposed", None) == (visits.desk.state(2), visits.desk.release(2)["break_glass"])


def test_S21_who_may_not_propose_is_refused(visits: Visits) -> None:
    """Viewers are refused, people of other features are told nothing."""
    visits.desk.save(TRIAGE, "Be kind.")
    assert 403 == visits.post("/releases", by=LAWYER, **_form(f"{TRIAGE}@1")).status_code
    assert 403 == visits.get(NEW, by=LAWYER).status_code
    assert 404 == visits.post("/releases", by=OUTSIDER, **_form(f"{TRIAGE}@1")).status_code


def test_a_stale_release_is_proposed_again_with_its_note(visits: Visits) -> None:
    """The page offers it, shows what would change by now, and the new release knows the old one."""
    desk = visits.desk
    desk.save(TRIAGE, "Be kind.")
    desk.climb(TRIAGE, up_to="internal")
    desk.propose(f"{TRIAGE}@1", to="beta", note="Kinder")
    _overtake(visits)
    assert f"{NEW}?again=2" in visits.read("/releases/2").links()
    form = visits.read(NEW, again="2").forms["/releases"]
    assert "2" == form["again"]
    done = visits.post("/releases", stage="beta", again="2", note="Kinder", action="propose")
    assert 2 == desk.release(5)["again_of"]
    assert "/releases/5" in done.location


def test_a_link_without_a_stage_goes_to_where_it_helps(visits: Visits) -> None:
    """'Propose a release' on an artifact opens the next stage on which something would change."""
    visits.desk.save(TRIAGE, "Be kind.")
    assert "internal" == visits.read(NEW, key=TRIAGE).forms["/releases"]["stage"]
    visits.desk.climb(TRIAGE, up_to="internal")
    assert "beta" == visits.read(NEW, key=TRIAGE).forms["/releases"]["stage"]


def test_the_ladder_has_ready_made_links(visits: Visits) -> None:
    """Each rung offers what the one before has settled, to those who may propose; what is served already is not."""
    visits.desk.save(TRIAGE, "Be kind.")
    visits.desk.climb(TRIAGE, up_to="internal")
    path = f"/artifacts/{TRIAGE}"
    assert f"{NEW}?stage=beta&key={TRIAGE}@1" in visits.read(path).links()
    assert not [link for link in visits.read(path, by=LAWYER).links() if link.startswith(NEW)]
    visits.desk.promote(TRIAGE, to="beta", percent=10)
    page = visits.read(path)
    assert "Raise the share of v1" in page.text
    assert f"{NEW}?stage=internal&key={TRIAGE}@1" not in page.links()


def test_S58_a_field_sent_twice_is_refused(visits: Visits) -> None:
    """Two stages in one form could be read differently by two readers."""
    visits.desk.save(TRIAGE, "Be kind.")
    sent = _form(f"{TRIAGE}@1") | {"stage": ["internal", "full"]}
    assert 400 == visits.post("/releases", **sent).status_code
    assert 400 == visits.get(f"{NEW}?stage=beta&stage=full").status_code


def test_nonsense_in_the_address_is_told_in_words(visits: Visits) -> None:
    """Keys, stages, shares and numbers that make no sense are errors with a page, never a crash."""
    visits.desk.save(FAST, provider="openai")
    for query in (
        "key=../x",
        f"key={FAST}@beta",
        f"key={FAST}&stage=moon",
        f"key={FAST}&percentage=-1",
        "again=x",
    ):
        assert 400 <= visits.get(f"{NEW}?{query}").status_code < 500, query
    assert 404 == visits.get(f"{NEW}?again=99").status_code
    assert 404 == visits.get(f"{NEW}?stage=internal&key=support/none").status_code
    assert 303 == visits.post("/releases", by=ON_CALL, **_form(f"{FAST}@1")).status_code


def test_a_dead_end_leads_to_the_share_that_is_raised_first(visits: Visits) -> None:
    """While beta has a share, full is not proposed: the page says what comes first, the glass stays folded."""
    desk = visits.desk
    desk.save(TRIAGE, "Be kind.")
    desk.climb(TRIAGE)
    desk.save(TRIAGE, "Be kinder.")
    desk.promote(TRIAGE)
    desk.promote(TRIAGE, to="beta", percent=10)
    answer = visits.get(NEW, by=ADMIN, stage="full", key=f"{TRIAGE}@2")
    page = read(answer)
    assert (
        "Raise beta to 100 % first" in page.text
        and "Propose to full" not in page.text.split("Out of order")[1]
    )
    assert f"{NEW}?stage=beta&key={TRIAGE}@2" in page.links()
    assert '<details class="glass">' in answer.text
    assert (
        "prompts-admin"
        not in read(visits.get(NEW, by=APPROVER, stage="full", key=f"{TRIAGE}@2")).text.split("Raise")[1]
    )
