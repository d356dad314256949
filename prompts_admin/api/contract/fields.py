"""Types of parameters and body fields: what is let in, and how the OpenAPI document describes it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    WithJsonSchema,
)

from prompts_admin.domain.keys import KEY, SEGMENT
from prompts_admin.domain.stages import STAGES, WHOLE, Share, percent_of, share_of

MOST = 999_999_999
"""The largest number of a version or release that is let in; the databases hold 32 bits."""
_MOMENT = re.compile(
    r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII
)  # RFC 3339, 5.6
_NUMBER = re.compile("0|[1-9][0-9]{0,8}")
_ROUNDING = 1e-9


class Body(BaseModel):
    """The JSON body of a request: strict types, no unknown fields."""

    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True, defer_build=True)


class Query(BaseModel):
    """The query of a request: each parameter at most once, no unknown ones."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True, defer_build=True)


class Nothing(Body):
    """An empty object."""


def number(text: object) -> object:
    if isinstance(text, str):
        if _NUMBER.fullmatch(text) is None:
            raise ValueError("must be a whole number, written in digits alone")
        return int(text)
    return text


def _flag(text: object) -> object:
    if isinstance(text, str):
        if text not in ("true", "false"):
            raise ValueError("must be true or false")
        return text == "true"
    return text


def _moment(text: object) -> object:
    if not isinstance(text, str) or _MOMENT.fullmatch(text) is None:
        raise ValueError("must be a moment as RFC 3339 writes it, like 2026-11-20T18:00:00Z")
    try:
        # A leap second is the last one of its minute.
        return datetime.fromisoformat(text.upper().replace(":60", ":59")).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError("must be a moment that exists, like 2026-11-20T18:00:00Z") from None


def _share(percent: float) -> Share:
    share = share_of(percent)
    if abs(percent - percent_of(share)) > _ROUNDING:
        raise ValueError("may have three decimals at most")
    return share


def _page(size: int) -> int:
    return size


Count = Annotated[int, BeforeValidator(number), Field(ge=1, le=MOST)]
"""A number of a version or release in a path or query."""
Number = Annotated[int, Field(ge=1, le=MOST)]
"""A number of a version or release in a body."""
PageSize = Annotated[int, BeforeValidator(number), Field(ge=1, le=200)]
Flag = Annotated[bool, BeforeValidator(_flag)]
Cursor = Annotated[str, StringConstraints(min_length=1, max_length=300)]
Segment = Annotated[str, StringConstraints(pattern=f"^{SEGMENT}$")]
Key = Annotated[str, StringConstraints(pattern=f"^{KEY}$")]
KeyOrDotted = Annotated[str, StringConstraints(pattern=f"^{SEGMENT}[/.]{SEGMENT}$")]
Named = Annotated[str, StringConstraints(pattern=f"^{SEGMENT}[/.]{SEGMENT}(@[1-9][0-9]{{0,8}})?$")]
"""A key, perhaps with a version: `support/triage@7`."""
Stage = Annotated[
    str, WithJsonSchema({"type": "string", "enum": list(STAGES)}), AfterValidator(lambda s: _stage(s))
]
Role = Annotated[str, StringConstraints(pattern=f"^{SEGMENT}$")]
Email = Annotated[str, StringConstraints(min_length=3, max_length=254)]
Line = Annotated[str, StringConstraints(max_length=500)]
Text = Annotated[str, StringConstraints(max_length=10_000)]
Percent = Annotated[
    float,
    Field(ge=0.001, le=100, allow_inf_nan=False, json_schema_extra={"multipleOf": 0.001}),
    AfterValidator(_share),
]
"""A share in percent with three decimals at most; arrives in the program as a `Share`."""
Moment = Annotated[
    datetime, BeforeValidator(_moment), WithJsonSchema({"type": "string", "format": "date-time"})
]
"""A moment with its zone; arrives as UTC."""
WHOLE_PERCENT = percent_of(WHOLE)


def _stage(text: str) -> str:
    if text not in STAGES:
        raise ValueError(f"must be one of {', '.join(STAGES)}")
    return text


class Page(Query):
    """A page of a list."""

    limit: PageSize = Field(50, description="How many at most.")
    after: Cursor | None = Field(None, description="The `next` of the page before.")


class NumberedPage(Page):
    """A page of a list that is ordered by number."""

    after: Cursor | None = Field(None, pattern="^[0-9]{1,9}$", description="The `next` of the page before.")
