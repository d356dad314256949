"""Names of published scopes: the only protection of what lies there."""

from __future__ import annotations

from prompts_admin.publishing.names import is_own, scope_name

KEY = b"k" * 40


def test_S18_names_cannot_be_guessed_and_are_known_again() -> None:
    """Another key, feature or clearance gives another name; the order of features does not."""
    one = scope_name(KEY, ["a", "b"], "internal")
    assert one == scope_name(KEY, ["b", "a"], "internal")
    others = {
        scope_name(b"K" * 40, ["a", "b"], "internal"),
        scope_name(KEY, ["a"], "internal"),
        scope_name(KEY, None, "internal"),
        scope_name(KEY, [], "internal"),
        scope_name(KEY, ["a", "b"], "pii"),
    }
    assert 5 == len(others - {one})
    assert [True, False, False] == [is_own(key, one) for key in (KEY, b"K" * 40, b"")]
    assert not is_own(KEY, one[:-1] + ("0" if one[-1] != "0" else "1"))
