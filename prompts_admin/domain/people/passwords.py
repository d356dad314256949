"""Which passwords are taken: long enough, not among the well-known ones, not the person's own name.

No rule about kinds of characters, no truncation, every character kept (OWASP ASVS 5.0, 6.2).
"""

from __future__ import annotations

from functools import cache

from prompts_admin.domain.errors import Problem, Refused

SHORTEST = 8
LONGEST = 256
"""Characters; a bound on the work of hashing, far above what people type."""
_FEWEST_DIFFERENT = 4
_PRODUCT = ("prompts-admin", "promptsadmin", "prompts_admin")


def check_password(password: str, *, email: str = "", name: str = "") -> None:
    """Go on only with an acceptable password for this person; raises Refused("invalid") with the problems."""
    problems = tuple(Problem(text, path="password") for text in _faults(password, email, name))
    if problems:
        raise Refused("invalid", problems[0].message, "Choose another password.", problems)


def is_common(password: str) -> bool:
    """Tell whether attackers try this password first, whatever its upper and lower case."""
    return password.lower() in _well_known()


def _faults(password: str, email: str, name: str) -> list[str]:
    if not _encodable(password):
        return ["The password holds a character that cannot be stored."]
    if len(password) < SHORTEST:
        return [f"The password has fewer than {SHORTEST} characters."]
    if len(password) > LONGEST:
        return [f"The password has more than {LONGEST} characters."]
    if is_common(password) or len(set(password)) < _FEWEST_DIFFERENT:
        return ["The password is one of those that are guessed first."]
    if _names_its_owner(password.lower(), email.lower(), name.lower()):
        return ["The password is the person's or the program's name."]
    return []


def _names_its_owner(password: str, email: str, name: str) -> bool:
    """Tell whether nothing but digits and signs is left of the password without a name in it."""
    known = {email, email.partition("@")[0], name, name.replace(" ", ""), *_PRODUCT}
    bare = "".join(letter for letter in password if letter.isalpha())
    return password in known or bare in {"".join(c for c in word if c.isalpha()) for word in known} - {""}


def _encodable(password: str) -> bool:
    try:
        password.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return "\0" not in password


@cache
def _well_known() -> frozenset[str]:
    # Imported late: the list is large, and the SDK, which imports this package, has no use for it.
    from zxcvbn.frequency_lists import FREQUENCY_LISTS  # type: ignore[import-untyped]

    return frozenset(FREQUENCY_LISTS["passwords"])
