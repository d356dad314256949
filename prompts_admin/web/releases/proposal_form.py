"""Reading a proposal: from the address of a ready-made link, and from the form that proposes it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeVar

from flask import request

from prompts_admin.domain.errors import Problem, ProductError, Refused, Usage
from prompts_admin.domain.keys import parse_reference
from prompts_admin.domain.stages import NO_SHARE, WHOLE, Entry, Share, percent_of, share_of
from prompts_admin.services.releases.proposals import Ask, Proposal
from prompts_admin.web.ui import forms
from prompts_admin.web.ui.forms import moment, wrong_field

T = TypeVar("T")

MOST_ITEMS = 200
LONGEST_NOTE = 10_000
APPLY = ("when_approved", "manual", "at")
_STANDING = re.compile(r"(\d{1,9})\.(\d{1,9})\.(\d{1,5})", re.ASCII)
_SHARE = re.compile(r"(\d{1,3})(?:[.,](\d{1,3}))?\s*%?", re.ASCII)


def address_proposal() -> Proposal:
    """Return what an address asks for: `?stage=beta&key=support/triage@8&key=...&percentage=10`.

    The stage may be left out, and then is empty.
    Raises Usage or Refused for a key or a share that cannot be read.
    """
    share = forms.asked("percentage")
    percentage = share_in(share, "percentage") if share else WHOLE
    named = [key.strip() for key in request.args.getlist("key") if key.strip()][:MOST_ITEMS]
    return Proposal(forms.asked("stage"), tuple(Ask(*_named(text), percentage) for text in named))


def sent_proposal() -> Proposal:
    """Return what the form asks for; raises Refused("invalid") with a problem for each field that is wrong."""
    problems: list[Problem] = []
    again = forms.line("again")
    apply = forms.line("apply", APPLY[0])
    proposal = Proposal(
        stage=forms.line("stage"),
        asks=() if again else _asks(problems),
        note=_note(problems),
        apply=apply if apply in APPLY else APPLY[0],
        apply_at=_collect(problems, lambda: moment(forms.line("at"), "at")) if apply == "at" else None,
        acknowledge=("breaking",) if forms.ticked("acknowledge") else (),
        break_glass=_reason(problems) if forms.line("action") == "break_glass" else None,
        again=forms.number(again, "again") if again else None,
        expect=_expected(),
    )
    if problems:
        raise Refused("invalid", "Something is not right yet.", "", tuple(problems))
    return proposal


def sent_roughly() -> Proposal:
    """Return stage and artifacts of the form that was sent, whatever else is wrong with it."""
    again = forms.line("again")
    asks = []
    for index in _indices():
        shares = (forms.line(f"percentage-{index}"), forms.line(f"up_to-{index}"))
        asks.append(Ask(*_named(forms.line(f"key-{index}")), *map(_or_whole, shares)))
    return Proposal(forms.line("stage"), tuple(asks), again=int(again) if again.isdecimal() else None)


def defaults(proposal: Proposal) -> dict[str, str]:
    """Return what the form shows first."""
    typed = {"note": proposal.note, "apply": proposal.apply}
    for index, ask in enumerate(proposal.asks):
        typed[f"percentage-{index}"] = f"{percent_of(ask.percentage):g}"
        typed[f"up_to-{index}"] = f"{percent_of(ask.up_to or WHOLE):g}"
    return typed


def share_in(text: str, name: str) -> Share:
    """Return the share that a text in percent names; raises Refused("invalid") naming the field."""
    found = _SHARE.fullmatch(text)
    share = share_of(float(f"{found[1]}.{found[2] or 0}")) if found else NO_SHARE
    if not 0 < share <= WHOLE:
        raise wrong_field(name, "A share is a number from 0.001 to 100.", "Write 10, for instance.")
    return share


def _asks(problems: list[Problem]) -> tuple[Ask, ...]:
    asks = []
    for index in _indices():
        percentage = _collect(problems, lambda i=index: _share(f"percentage-{i}"))  # type: ignore[misc]
        up_to = _collect(problems, lambda i=index: _share(f"up_to-{i}"))  # type: ignore[misc]
        if percentage and up_to and up_to < percentage:
            message = "Sign-off has to hold at least for the share that is asked for."
            problems.append(Problem(message, path=f"up_to-{index}", remedy="Raise it."))
        asks.append(Ask(*_named(forms.line(f"key-{index}")), percentage or WHOLE, up_to or WHOLE))
    return tuple(asks)


def _expected() -> dict[str, Entry]:
    """Return what stood on the stage when the page was made, by key, as far as the form says it."""
    found = {}
    for index in _indices():
        if said := forms.line(f"expect-{index}"):
            match = _STANDING.fullmatch(said)
            if match is None:
                raise Usage("malformed", f"'expect-{index}' names no entry.", "Go back and choose again.")
            settled, candidate, share = map(int, match.groups())
            found[_named(forms.line(f"key-{index}"))[0]] = Entry(
                settled or None, candidate or None, Share(share)
            )
    return found


def _named(text: str) -> tuple[str, int | None]:
    """Return key and version of a reference; a stage names no version that could be promoted."""
    reference = parse_reference(text)
    if reference.stage is not None:
        raise Refused(
            "invalid", f"'{text}' names a stage, not a version.", "Name a version, or the key alone."
        )
    return reference.key, reference.version


def _share(name: str) -> Share:
    return share_in(forms.line(name, "100"), name)


def _indices() -> range:
    count = 0
    while count < MOST_ITEMS and f"key-{count}" in request.form:
        count += 1
    return range(count)


def _note(problems: list[Problem]) -> str:
    note = forms.text("note").strip()
    if len(note) > LONGEST_NOTE:
        problems.append(Problem("The note is too long.", path="note", remedy="Shorten it."))
    return note


def _reason(problems: list[Problem]) -> str:
    reason = forms.line("break_glass")
    if not reason:
        message = "Breaking the glass needs a reason."
        problems.append(Problem(message, path="break_glass", remedy="Say why in a sentence."))
    return reason


def _collect(problems: list[Problem], read: Callable[[], T]) -> T | None:
    try:
        return read()
    except ProductError as error:
        problems.extend(error.problems)
        return None


def _or_whole(text: str) -> Share:
    try:
        return share_in(text, "")
    except Refused:
        return WHOLE
