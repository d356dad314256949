"""What every document shares."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Generic, NotRequired, TypeVar

from typing_extensions import TypedDict

from prompts_admin.domain import errors
from prompts_admin.domain.content.kinds import KINDS
from prompts_admin.domain.json_object import Json
from prompts_admin.domain.stages import Stage as Stage

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class JsonSchema:
    """What the JSON schema of a field says beside its type.

    Asked for by pydantic under this method's name, so that use cases name documents without importing pydantic.
    """

    members: dict[str, Any]

    def __get_pydantic_json_schema__(self, core: Any, schema_of: Callable[[Any], Json]) -> Json:
        return {**schema_of(core), **self.members}


def Description(text: str) -> JsonSchema:  # noqa: N802
    """Describe a field in the OpenAPI document."""
    return JsonSchema({"description": text})


Moment = Annotated[str, JsonSchema({"format": "date-time"})]
"""A moment in UTC as ISO 8601 with `Z`."""
Kind = Annotated[str, JsonSchema({"enum": list(KINDS)})]


class ListOf(TypedDict, Generic[T]):
    """One page of a list."""

    items: list[T]
    next: NotRequired[
        Annotated[str | None, Description("The value of `after` for the next page; null on the last one.")]
    ]


class Problem(TypedDict):
    """One thing wrong with an input."""

    message: str
    path: NotRequired[str | None]
    file: NotRequired[str | None]
    line: NotRequired[int | None]
    remedy: NotRequired[str | None]


def problem_document(problem: errors.Problem) -> Problem:
    """Return a problem with the fields that are set."""
    found: Problem = {"message": problem.message}
    if problem.path:
        found["path"] = problem.path
    if problem.file:
        found["file"] = problem.file
    if problem.line is not None:
        found["line"] = problem.line
    if problem.remedy:
        found["remedy"] = problem.remedy
    return found


class ProblemDocument(TypedDict):
    """Why a request was refused (RFC 9457); some codes come with further members."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    remedy: NotRequired[str | None]
    problems: NotRequired[list[Problem] | None]
