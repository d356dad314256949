"""Saving: nothing is overwritten, nothing typed is lost."""

from __future__ import annotations

import pytest

from prompts_admin.domain.errors import Conflict
from prompts_admin.services.artifacts.history import show_version
from prompts_admin.services.artifacts.save import Save, save
from tests.support.cast import APPROVER, AUTHOR, LAWYER, OUTSIDER, SECOND
from tests.support.desk import FAST, OTHER, TONE, TRIAGE, Desk, content, refused
from tests.support.invariants import check_invariants

SQLITE = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
BIDI = "Hello \u202e friend"


def test_a_first_save_makes_version_1_and_announces_it(desk: Desk) -> None:
    """Number, digest, author and message are there; the mirror hears of it; the audit knows."""
    saved = desk.do(AUTHOR, save, Save(TRIAGE, content=content("Hello"), base=0, message="First"))
    assert (1, AUTHOR, None, True) == (saved["number"], saved["author"], saved["parent"], saved["created"])
    assert saved["digest"].startswith("sha256:")
    assert "save" == desk.audited()[-1]
    check_invariants(desk.product)


def test_identical_content_makes_no_version(desk: Desk) -> None:
    """Saving the same again answers with what is there, on whatever base it was made."""
    desk.save(TRIAGE, "one")
    desk.save(TRIAGE, "two")
    for base in (2, 1, None):
        again = desk.do(SECOND, save, Save(TRIAGE, content=content("two"), base=base))
        assert (2, AUTHOR, False) == (again["number"], again["author"], again["created"])
    assert 3 == desk.save(TRIAGE, "one")


def test_a_save_on_an_old_base_loses_nothing(desk: Desk) -> None:
    """It is refused with both texts and a merge in which conflicts are marked; a merge with marks is refused."""
    desk.save(TRIAGE, "same\nmiddle\nend")
    desk.save(TRIAGE, "same\nmiddle of the other\nend", by=SECOND)
    with pytest.raises(Conflict) as caught:
        desk.do(AUTHOR, save, Save(TRIAGE, content=content("same\nmiddle of mine\nend"), base=1))
    told = caught.value.members
    assert ("stale_version", 2, 1) == (caught.value.code, told["current"], told["merge"]["conflicts"])
    assert "middle of mine" in told["yours"] and "middle of the other" in told["theirs"]
    assert {"middle of mine", "middle of the other"} <= {
        line.strip() for line in told["merge"]["text"].split("\n")
    }
    with refused("merge_marks"):
        desk.do(AUTHOR, save, Save(TRIAGE, text=told["merge"]["text"], base=2))
    assert 3 == desk.save(TRIAGE, "same\nmiddle of both\nend")


@SQLITE
def test_changes_in_different_places_merge_by_themselves(desk: Desk) -> None:
    """The merge has both changes and can be saved on the newer version as it stands."""
    desk.save(TRIAGE, "first\nkept\nlast")
    desk.save(TRIAGE, "first of theirs\nkept\nlast", by=SECOND)
    with pytest.raises(Conflict) as caught:
        desk.do(AUTHOR, save, Save(TRIAGE, content=content("first\nkept\nlast of mine"), base=1))
    merge = caught.value.members["merge"]
    saved = desk.do(AUTHOR, save, Save(TRIAGE, text=merge["text"], base=2))
    assert 0 == merge["conflicts"]
    assert "first of theirs\nkept\nlast of mine" == saved["content"]["messages"][0]["content"]


@SQLITE
def test_a_kind_stays_what_it_was(desk: Desk) -> None:
    """A prompt never becomes a model."""
    desk.save(TRIAGE, "text")
    with refused("invalid_content", says="is a prompt and cannot become a model"):
        desk.save(TRIAGE, name="large", provider="openai")


@SQLITE
def test_a_first_save_of_a_key_that_is_taken_is_refused(desk: Desk) -> None:
    """And a save on a version of something that is not there is not found."""
    desk.save(TRIAGE, "text")
    with refused("exists"):
        desk.do(AUTHOR, save, Save(TRIAGE, content=content("other"), base=0))
    with refused("not_found"):
        desk.do(AUTHOR, save, Save("support/nothing", content=content("other"), base=3))
    with refused("not_found"):
        desk.do(AUTHOR, save, Save(TRIAGE, content=content("other"), base=7))


@SQLITE
def test_what_looks_like_a_credential_is_refused_unless_acknowledged(desk: Desk) -> None:
    """The refusal does not repeat the value; the acknowledgement is kept with the version."""
    secret = "AKIA" + "QWERTYUIOPASDFGH"
    with refused("secret_found") as found:
        desk.save(TRIAGE, f"Use {secret} for everything.")
    assert secret not in str(found[0])
    number = desk.save(TRIAGE, f"Use {secret} for everything.", acknowledge=("secrets",))
    again = desk.do(AUTHOR, save, Save(TRIAGE, content=content(f"Use {secret} for everything."), base=number))
    assert ["secrets"] == again["acknowledged"]


@SQLITE
def test_F35_hidden_characters_are_kept_and_warned_of(desk: Desk) -> None:
    """The text is stored to the last character, and the answer names what nobody can see."""
    saved = desk.do(AUTHOR, save, Save(TRIAGE, content=content(BIDI), base=0))
    assert BIDI == saved["content"]["messages"][0]["content"]
    assert any("U+202E" in warning for warning in saved["warnings"])


@SQLITE
def test_S21_saving_asks_for_the_right_on_the_feature(desk: Desk) -> None:
    """A viewer is refused, and who has nothing there learns nothing."""
    with refused("forbidden"):
        desk.save(TRIAGE, "text", by=LAWYER)
    with refused("not_found"):
        desk.save(TRIAGE, "text", by=OUTSIDER)
    assert 1 == desk.save(OTHER, "text", by=OUTSIDER)


@SQLITE
@pytest.mark.parametrize("odd", ["nul \0 here", "half \ud800 pair"])
def test_F35_text_that_cannot_be_stored_is_refused_everywhere(desk: Desk, odd: str) -> None:
    """NUL and half a surrogate pair are refused in contents and in messages alike."""
    with refused("invalid_content"):
        desk.save(TRIAGE, odd)
    desk.save(FAST, name="small", provider="openai")
    desk.save(TONE, "Be kind.", kind="snippet", by=APPROVER)


@SQLITE
def test_a_save_without_a_message_says_what_differs(desk: Desk) -> None:
    """The history reads well without discipline; the author's own words stay as they are."""
    desk.save(TRIAGE, "one")
    desk.save(TRIAGE, "two")
    found = [desk.look(AUTHOR, show_version, TRIAGE, number)["message"] for number in (1, 2)]
    assert ["First version", "Changes text"] == found
