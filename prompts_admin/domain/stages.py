"""The ladder internal -> beta -> full, and what one artifact has on one rung of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NewType, TypeGuard

from prompts_admin.domain.errors import Refused

Stage = Literal["internal", "beta", "full"]
"""A rung of the ladder; texts come in by `is_stage` and `parse_stage`."""
STAGES: tuple[Stage, ...] = ("internal", "beta", "full")
LAST_STAGE: Stage = "full"
Share = NewType("Share", int)
"""A share of a stage, and a place in it, in thousandths of a percent: exact in sums, stores and comparisons.

Documents, forms and words say percent; `share_of` and `percent_of` are the only ways in and out.
"""
NO_SHARE = Share(0)
WHOLE = Share(100_000)
"""One hundred percent."""
_IN_A_PERCENT = 1_000


@dataclass(frozen=True)
class Entry:
    """What an artifact has on a stage: a settled version for everybody, a candidate for a share.

    `percentage` is the candidate's share, above nothing and below the whole; nothing without candidate.
    """

    settled: int | None = None
    candidate: int | None = None
    percentage: Share = NO_SHARE

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
        share = f" for {in_percent(self.percentage)}" if self.percentage else " for a share"
        return f"v{self.candidate}{share} and {rest} for the rest"


EMPTY = Entry()


def share_of(percent: float) -> Share:
    """Return the share that a number of percent names, rounded to a thousandth of a percent."""
    return Share(round(percent * _IN_A_PERCENT))


def percent_of(share: Share) -> float:
    """Return a share in percent, 0 to 100 with three decimals at most."""
    return share / _IN_A_PERCENT


def in_percent(share: Share) -> str:
    """Return a share in words: "10 %", "0.5 %"."""
    return f"{percent_of(share):g} %"


def is_stage(text: object) -> TypeGuard[Stage]:
    """Tell whether a text names a stage."""
    return text in STAGES


def parse_stage(text: str) -> Stage:
    """Return the stage that a text names; raises Refused("invalid") for what is none."""
    if not is_stage(text):
        raise Refused("invalid", f"'{text}' is no stage.", f"Name one of {', '.join(STAGES)}.")
    return text


def position(stage: Stage) -> int:
    """Return the place of a stage on the ladder, 0 for the narrowest."""
    return STAGES.index(stage)


def stage_before(stage: Stage) -> Stage | None:
    """Return the next narrower stage, None for the first."""
    return STAGES[position(stage) - 1] if position(stage) else None


def narrower(stage: Stage) -> tuple[Stage, ...]:
    """Return the stages narrower than `stage`, narrowest first."""
    return STAGES[: position(stage)]


def wider(stage: Stage) -> tuple[Stage, ...]:
    """Return the stages wider than `stage`, narrowest first."""
    return STAGES[position(stage) + 1 :]
