"""Which passwords are taken."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from prompts_admin.domain.errors import Refused
from prompts_admin.domain.people.passwords import LONGEST, check_password
from tests.support.lengths import examples


def accepted(password: str, **owner: str) -> bool:
    try:
        check_password(password, **owner)
    except Refused:
        return False
    return True


def test_S12_the_most_common_passwords_are_refused() -> None:
    """What attackers try first is refused, in any case."""
    common = FREQUENCY_LISTS["passwords"][:3000]
    assert len(common) == 3000
    assert [] == [word for word in common if accepted(word) or accepted(word.upper())]


@pytest.mark.parametrize(
    "password", ["password1", "Password123", "qwertyuiop", "12345678", "letmein1", "iloveyou", "1q2w3e4r"]
)
def test_S12_well_known_passwords_are_refused(password: str) -> None:
    """The ones that everybody knows are among them."""
    assert not accepted(password)


@pytest.mark.parametrize("password", ["", " ", "a", "1234567", "\0" * 12, "long enough \0", "\ud800" * 10])
def test_W07_empty_and_short_passwords_are_refused(password: str) -> None:
    """Eight characters at least, and none that cannot be stored."""
    assert not accepted(password)


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery",
        "zwölf Boxkämpfer",
        "пароль-для-мамы",
        "😀🐎🔋📎🌍🎈🧵🪁",
        "        x yz w",
        "lkjqwpoe",
    ],
)
def test_S11_there_is_no_rule_about_kinds_of_characters(password: str) -> None:
    """Any script, spaces and a single case are fine; eight characters are enough."""
    assert accepted(password)


def test_S11_long_passwords_are_taken_whole() -> None:
    """At least 64 characters; beyond the limit it is refused, never cut."""
    phrase = "a long sentence that nobody guesses, " * 10
    assert accepted(phrase[:64])
    assert accepted(phrase[:LONGEST])
    assert not accepted(phrase[: LONGEST + 1])


@pytest.mark.parametrize(
    "password",
    ["ana.silva@example.com", "Ana.Silva", "anasilva1", "ana-silva-2026", "aaaaaaaabbbb", "Prompts-Admin"],
)
def test_names_and_repetitions_are_refused(password: str) -> None:
    """The person's own name with a number is what is guessed next."""
    assert not accepted(password, email="ana.silva@example.com", name="Ana Silva")


@examples(100)
@given(st.text(max_size=40), st.text(max_size=20))
def test_every_text_gets_an_answer(password: str, name: str) -> None:
    """Rules never fail on odd input: they accept or refuse."""
    accepted(password, name=name, email=f"{name}@example.com")
