"""Addresses, names and grants."""

from __future__ import annotations

import pytest

from prompts_admin.domain.errors import Refused
from prompts_admin.domain.people.names import fills, parse_email, parse_grant, parse_name


def test_addresses_are_kept_in_lower_case() -> None:
    """One person has one address, however it is typed."""
    assert parse_email(" Ana.Silva+x@Example.COM ") == "ana.silva+x@example.com"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ana",
        "@example.com",
        "ana@",
        "a b@example.com",
        "ana@ex..com",
        "ana@example.com\nBcc: x@y.z",
        "<a@b.c>",
        "system",
        "-@",
        "a@-b",
        "a" * 65 + "@b.c",
        "ana@" + "b" * 250,
        None,
        7,
        "ａna@example.com",
        "a@b\x00.c",
    ],
)
def test_S49_what_is_no_address_is_refused(text: object) -> None:
    """Nothing that could be a header, an option or a second line becomes an address."""
    with pytest.raises(Refused):
        parse_email(text)


@pytest.mark.parametrize("text", ["", "  ", "a" * 101, "Ana\x1b[31m", "Ana <root>", "\u202eanA", None])
def test_S49_names_are_one_plain_line(text: object) -> None:
    """No name carries control characters, direction marks or a second address."""
    with pytest.raises(Refused):
        parse_name(text)


def test_names_of_people_are_kept() -> None:
    """Letters of every script and apostrophes are names; white space is evened out."""
    assert parse_name(" Zoë\u2028 O'Neill 山田\n") == "Zoë O'Neill 山田"


@pytest.mark.parametrize(
    "grant", [("serve",), ("Legal",), ("",), (None,), ("legal", "../x"), ("legal", ""), ("*",)]
)
def test_grants_name_a_role_and_a_feature(grant: tuple[object, ...]) -> None:
    """`serve` is for tokens, and a stakeholder role is a slug."""
    with pytest.raises(Refused):
        parse_grant(*grant)


def test_a_role_is_filled_only_by_somebody_who_may_read() -> None:
    """A stakeholder role on a feature that one cannot see signs nothing."""
    assert fills({("legal", "support"), ("viewer", "*")}, "legal", "support")
    assert not fills({("legal", "support"), ("viewer", "search")}, "legal", "support")
    assert not fills({("admin", "support")}, "admin", "*")
