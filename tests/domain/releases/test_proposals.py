"""Rules that a first draft of the design had wrong, each told once by name."""

from __future__ import annotations

import pytest

from prompts_admin.domain.errors import ProductError
from prompts_admin.domain.releases.signoff_policy import counting
from prompts_admin.domain.stages import WHOLE, Entry
from tests.domain.releases.ledger_back import rollback, undo
from tests.domain.releases.ledger_pair import MODEL, START, Pair
from tests.domain.releases.ledger_promoting import (
    EVERYBODY,
    HOLDERS,
    Proposal,
    facts_of,
    item_for,
    promote,
    signed,
)

KEY, TONE = "support/triage", "support/reply"
ANN = "ann@example.com"


def workspace(*texts: str, key: str = KEY, author: str = ANN) -> Pair:
    """Return a workspace with these versions saved."""
    pair = Pair()
    for text in texts:
        pair.save(key, text, author=author, model=0)
    return pair


def go(
    pair: Pair, stage: str, version: int, *, share: int = WHOLE, up_to: int = WHOLE, key: str = KEY
) -> int:
    """Propose by Ann, sign by everybody, go live."""
    return promote(pair.ledger, asked(pair, stage, version, share=share, up_to=up_to, key=key), now=START)


def asked(
    pair: Pair,
    stage: str,
    version: int,
    *,
    share: int = WHOLE,
    up_to: int = WHOLE,
    key: str = KEY,
    by: set[str] = EVERYBODY,
) -> Proposal:
    """Return a proposal by Ann, signed by `by`."""
    item = item_for(pair.ledger, stage, key, version, percentage=share, up_to=up_to)
    return Proposal(item, ANN, signed(item, by, ANN))


def refused(code: str, action: object) -> None:
    """Hold an action to its refusal."""
    assert callable(action)
    with pytest.raises(ProductError) as caught:
        action()
    assert caught.value.code == code


def test_a_careful_share_on_beta_leaves_the_rest_on_what_beta_has() -> None:
    """10 % of 2 on beta keeps 1 settled there, so that the other 90 % do not drop to the version of full."""
    pair = workspace("a", "b")
    for stage in ("internal", "beta"):
        go(pair, stage, 1)
    go(pair, "internal", 2)
    go(pair, "beta", 2, share=10_000)
    assert pair.ledger.entry("beta", KEY) == Entry(1, 2, 10_000)


def test_a_rollback_typed_twice_goes_back_once() -> None:
    """The second is refused, named or not, and 1 stays away until it is named itself."""
    pair = workspace("a", "b", "c")
    for version in (1, 2, 3):
        go(pair, "internal", version)
    rollback(pair.ledger, KEY, now=START)
    refused("already_rolled_back", lambda: rollback(pair.ledger, KEY, now=START))
    refused("already_rolled_back", lambda: rollback(pair.ledger, KEY, 3, now=START))
    assert pair.ledger.entry("internal", KEY) == Entry(2)
    rollback(pair.ledger, KEY, 2, now=START)
    assert pair.ledger.entry("internal", KEY) == Entry(1)


def test_a_rollback_of_a_model_typed_twice_goes_back_once() -> None:
    """A model that runs only inside a prompt is protected like one that runs by itself."""
    pair = workspace("m1", key=MODEL)
    pair.save(KEY, "a", author=ANN, model=0)
    pair.save(MODEL, "m2", author=ANN, model=0)
    pair.save(KEY, "a", author=ANN, model=1)
    go(pair, "internal", 1)
    go(pair, "internal", 2)
    rollback(pair.ledger, MODEL, now=START)
    assert pair.ledger.entry("internal", KEY) == Entry(1)
    refused("already_rolled_back", lambda: rollback(pair.ledger, MODEL, now=START))


def test_rolling_back_a_model_reaches_the_prompts_that_pin_it() -> None:
    """The live prompt that pins the bad version goes to its own target; one that pins another stays."""
    pair = workspace("m1", key=MODEL)
    for key in (KEY, TONE):
        pair.save(key, "a", author=ANN, model=0)
        go(pair, "internal", 1, key=key)
    pair.save(MODEL, "m2", author=ANN, model=0)
    pair.save(KEY, "a", author=ANN, model=1)
    go(pair, "internal", 2)
    rollback(pair.ledger, MODEL, 2, now=START)
    assert pair.ledger.entry("internal", KEY) == Entry(1)
    assert pair.ledger.entry("internal", TONE) == Entry(1)


def test_the_same_bad_text_saved_again_is_still_marked() -> None:
    """The mark sits on the digest: a copy of what was rolled back needs a sign-off, and is no target."""
    pair = workspace("good", "bad", "bad")
    go(pair, "internal", 1)
    go(pair, "internal", 2)
    rollback(pair.ledger, KEY, 2, now=START)
    refused("check_failed", lambda: promote(pair.ledger, asked(pair, "internal", 3, by=set()), now=START))
    assert not pair.ledger.is_bad(KEY, 1)
    go(pair, "internal", 3)
    assert not pair.ledger.is_bad(KEY, 3)


def test_the_same_bad_text_under_an_older_number_does_not_come_back() -> None:
    """1 and 3 are the same text: rolling back 3 goes past 2's predecessor 1 to nothing it marks."""
    pair = workspace("bad", "fine", "bad")
    for version in (2, 1, 3):
        go(pair, "internal", version)
    rollback(pair.ledger, KEY, 3, now=START)
    assert pair.ledger.entry("internal", KEY) == Entry(2)


def test_undo_after_another_release_is_refused() -> None:
    """Once something else went live there, undo says no, also when the same version is back."""
    pair = workspace("a", "b")
    go(pair, "internal", 1)
    second = go(pair, "internal", 2)
    third = rollback(pair.ledger, KEY, 2, now=START)
    refused("undo_refused", lambda: undo(pair.ledger, second, now=START))
    go(pair, "internal", 2)
    refused("undo_refused", lambda: undo(pair.ledger, second, now=START))
    refused("undo_refused", lambda: undo(pair.ledger, third, now=START))


def test_undoing_a_rollback_lifts_its_mark_and_no_other() -> None:
    """A version rolled back on beta and then on internal stays marked when only the second is undone."""
    pair = workspace("a", "b")
    for stage in ("internal", "beta"):
        go(pair, stage, 1)
        go(pair, stage, 2)
    rollback(pair.ledger, KEY, 2, now=START, stages=["beta"])
    second = rollback(pair.ledger, KEY, 2, now=START, stages=["internal"])
    undo(pair.ledger, second, now=START)
    assert pair.ledger.is_bad(KEY, 2)


def test_a_percentage_is_raised_under_the_sign_off_that_allowed_it_and_no_further() -> None:
    """Signed up to 20 %: 10 to 20 needs nobody, 21 does, and lowering never does."""
    pair = workspace("a", "b")
    for version in (1, 2):
        go(pair, "internal", version)
    go(pair, "beta", 1)
    go(pair, "beta", 2, share=10_000, up_to=20_000)
    promote(pair.ledger, asked(pair, "beta", 2, share=20_000, by=set()), now=START)
    refused(
        "check_failed",
        lambda: promote(pair.ledger, asked(pair, "beta", 2, share=20_001, by=set()), now=START),
    )
    refused("check_failed", lambda: promote(pair.ledger, asked(pair, "beta", 2, by=set()), now=START))
    promote(pair.ledger, asked(pair, "beta", 2, share=1, by=set()), now=START)
    assert pair.ledger.entry("beta", KEY) == Entry(1, 2, 1)


def test_an_author_cannot_sign_through_a_pinned_version() -> None:
    """Max wrote only the model that the prompt pins: his sign-off as ml does not count, Mia's does."""
    pair = workspace("m1", key=MODEL, author="max@example.com")
    pair.save(KEY, "a", author=ANN, model=0)
    go(pair, "internal", 1)
    proposal = asked(pair, "beta", 1, by={"max@example.com"})
    assert "max@example.com" in facts_of(pair.ledger, proposal).barred
    refused("check_failed", lambda: promote(pair.ledger, proposal, now=START))
    promote(pair.ledger, asked(pair, "beta", 1, by={"mia@example.com"}), now=START)


@pytest.mark.parametrize("role", sorted(HOLDERS))
def test_an_author_cannot_sign_through_another_role(role: str) -> None:
    """Whatever role an author holds, theirs is the one sign-off that does not count."""
    author = min(HOLDERS[role])
    pair = workspace("a", author=author)
    counted = counting(facts_of(pair.ledger, asked(pair, "internal", 1)))
    assert set().union(*counted.values()) == EVERYBODY - {author}
