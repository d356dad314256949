"""What every document shares."""

from __future__ import annotations

from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

Moment = Annotated[str, WithJsonSchema({"type": "string", "format": "date-time"})]
"""A moment in UTC as ISO 8601 with `Z`."""
Stage = Literal["internal", "beta", "full"]
Kind = Literal["prompt", "model", "snippet"]
Json = dict[str, Any]
T = TypeVar("T")


class Document(BaseModel):
    """A JSON object in an answer."""

    # Built when the description is asked for: a command in local mode starts without waiting for it.
    model_config = ConfigDict(defer_build=True)


class ListOf(Document, Generic[T]):
    """One page of a list."""

    items: list[T]
    next: str | None = Field(
        None, description="The value of `after` for the next page; null on the last one."
    )

    @classmethod
    def model_parametrized_name(cls, params: tuple[Any, ...]) -> str:
        """Name a list after what it holds."""
        return f"{params[0].__name__}List"


class Problem(Document):
    """One thing wrong with an input."""

    message: str
    path: str | None = None
    file: str | None = None
    line: int | None = None
    remedy: str | None = None


class ProblemDocument(Document):
    """Why a request was refused (RFC 9457); some codes come with further members."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    remedy: str | None = None
    problems: list[Problem] | None = None
