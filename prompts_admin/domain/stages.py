"""The ladder internal -> beta -> full, and what one artifact has on one rung of it."""

from __future__ import annotations

from dataclasses import dataclass

STAGES = ("internal", "beta", "full")
LAST_STAGE = STAGES[-1]
WHOLE = 100_000
"""One hundred percent in thousandths of a percent, the unit of every stored percentage."""


@dataclass(frozen=True)
class Entry:
    """What an artifact has on a stage: a settled version for everybody, a candidate for a share.

    `percentage` is the candidate's share in thousandths of a percent (1 to 99 999), 0 without candidate.
    """

    settled: int | None = None
    candidate: int | None = None
    percentage: int = 0

    @property
    def is_empty(self) -> bool:
        """True when nothing is served here, so that resolving goes on to the next stage."""
        return self.settled is None and self.candidate is None

    def runs(self, version: int) -> bool:
        """Tell whether somebody on this stage gets `version`."""
        return version in (self.settled, self.candidate)

    def is_as(self, expected: Entry) -> bool:
        """Tell whether this is what somebody expects; a share is compared where they name one."""
        same = (self.settled, self.candidate) == (expected.settled, expected.candidate)
        return same and expected.percentage in (0, self.percentage)

    def in_words(self) -> str:
        """Return who gets what: "v6", "v8 for 10 % and v6 for the rest", "nothing"."""
        rest = f"v{self.settled}" if self.settled is not None else "nothing"
        if self.candidate is None:
            return rest
        share = f" for {self.percentage / 1000:g} %" if self.percentage else " for a share"
        return f"v{self.candidate}{share} and {rest} for the rest"


EMPTY = Entry()


def stage_before(stage: str) -> str | None:
    """Return the next narrower stage, None for the first."""
    index = STAGES.index(stage)
    return STAGES[index - 1] if index else None


def narrower(stage: str) -> tuple[str, ...]:
    """Return the stages narrower than `stage`, narrowest first."""
    return STAGES[: STAGES.index(stage)]
