"""What stands beside a text under way: the person's draft of it, and who else is writing."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

from flask import request

from prompts_admin.domain.content.drafts import NEW, Typed
from prompts_admin.domain.errors import ProductError
from prompts_admin.services.artifacts.drafts import DraftDocument, find_draft, keep_draft
from prompts_admin.services.artifacts.presence import Writer, list_others
from prompts_admin.services.core.work import Work
from prompts_admin.web.editor.form import Writing
from prompts_admin.web.ui import forms
from prompts_admin.web.ui.actions import look
from prompts_admin.web.ui.formatting import ago
from prompts_admin.web.ui.one_time_answers import do_unkept

LONGEST_NUMBER = 17
"""Digits of a counter: what a browser's numbers hold exactly."""


@dataclass(frozen=True)
class Beside:
    """The draft as a page shows it.

    `key` is that of the draft, `owner` stands for the person in the browser's own storage, `counter` is that of
    the draft whose text is shown (0: none), `trouble` says why a text was not kept. `resumes` is True where
    what was typed last is wanted, and no text that was asked for by name.
    """

    key: str
    owner: str
    draft: DraftDocument | None
    counter: int
    others: tuple[str, ...] = ()
    trouble: str = ""
    resumes: bool = False

    @property
    def is_shown(self) -> bool:
        """True when the text on the page is the draft's."""
        return self.draft is not None and self.draft["counter"] == self.counter


def typed_on(writing: Writing) -> Typed:
    """Return what a form holds as a change of the draft."""
    counter = forms.text("counter", "0")
    return Typed(
        _key(writing.key),
        writing.text,
        writing.base,
        name=writing.key if _is_new() else "",
        message=writing.message,
        tab=forms.line("tab")[:32],
        counter=int(counter) if counter.isdecimal() and len(counter) < LONGEST_NUMBER else 0,
    )


def resume(writing: Writing) -> tuple[Writing, int]:
    """Return the draft's text in the place of the one to begin with, and its counter; 0 when there is none."""
    kept = look(find_draft, _key(writing.key))
    if kept is None or kept["dropped_at"]:
        return writing, 0
    key = kept["name"] if kept["key"] == NEW else writing.key
    found = replace(writing, key=key, text=kept["text"], base=kept["base"], message=kept["message"])
    return found, kept["counter"]


def keep(writing: Writing) -> tuple[int, str]:
    """Keep what a form holds; return the counter that the page knows now, and why it was not kept."""
    sent = typed_on(writing)
    try:
        return do_unkept(keep_draft, sent)["counter"], ""
    except ProductError as error:
        if error.status in (401, 403, 404):
            raise
        return sent.counter, error.detail


def beside(writing: Writing, counter: int, trouble: str = "", *, resumes: bool = False) -> Beside:
    """Return what stands beside a text whose page knows the draft by this counter."""
    return replace(look(_beside, _key(writing.key)), counter=counter, trouble=trouble, resumes=resumes)


def sentences(work: Work, others: list[Writer]) -> tuple[str, ...]:
    """Return one sentence for each of those who are writing too."""
    return tuple(f"{one['name']} is editing this too, {_since(one['since'], work)}." for one in others)


def owner_of(work: Work) -> str:
    """Return what stands for the person in the browser's storage: no address, and another one in each store."""
    return hashlib.sha256(f"{work.head.epoch} {work.actor.email}".encode()).hexdigest()[:24]


def _beside(work: Work, key: str) -> Beside:
    return Beside(key, owner_of(work), find_draft(work, key), 0, sentences(work, list_others(work, key)))


def _since(moment: str, work: Work) -> str:
    told = ago(moment, work.now)
    return told if told == "just now" else f"since {told.removesuffix(' ago')}"


def _is_new() -> bool:
    return request.path == "/new"


def _key(key: str) -> str:
    return NEW if _is_new() else key
