"""What is known of versions where they stand or stood: for how long, and who signed them there."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TypedDict

from prompts_admin.domain.releases.live_duration import Term, term_of
from prompts_admin.domain.releases.records import HistoryLine, Place, Signature, standing
from prompts_admin.domain.stages import STAGES, Stage
from prompts_admin.services.core.timestamps import iso
from prompts_admin.services.core.work import Work
from prompts_admin.store.releases import history, releases


class Yes(TypedDict):
    """Who said yes, in which role."""

    role: str
    email: str


class SettledTerm(TypedDict):
    """For how long a version was settled at a place.

    `seconds` is how long it was settled there in all; `signed` are the yeses of the release that settled it.
    """

    since: str
    until: str | None
    seconds: int
    release: int | None
    signed: list[Yes]


Settled = tuple[Stage, str, int]
"""Stage, key and version."""


def terms_of(work: Work, wanted: Collection[Settled]) -> dict[Settled, SettledTerm]:
    """Return for how long each version was settled there, and who signed it."""
    keys = {key for _, key, _ in wanted}
    versions = {version for *_, version in wanted}
    lines = history.lines_that_decide(work.connection, keys, most=1, stages=STAGES, versions=versions)
    found = {settled: term for settled in wanted if (term := _term(work, lines, settled))}
    brought = {term.release for term in found.values() if term.release is not None}
    books = releases.signatures_of(work.connection, sorted(brought))
    return {
        settled: {
            "since": iso(term.since),
            "until": iso(term.until),
            "seconds": int(term.lasted.total_seconds()),
            "release": term.release,
            "signed": _yeses(books.get(term.release or 0, ())),
        }
        for settled, term in found.items()
    }


def _term(work: Work, lines: Mapping[Place, Sequence[HistoryLine]], settled: Settled) -> Term | None:
    stage, key, version = settled
    return term_of(lines.get((stage, key), ()), version, now=work.now)


def _yeses(book: Sequence[Signature]) -> list[Yes]:
    yes = (signature for signature in standing(book) if signature.verdict == "approve")
    return [{"role": signature.role, "email": signature.email} for signature in yes]
