"""What an operation is: one row of the table that routing, validation and OpenAPI are made from."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import BaseModel

from prompts_admin.api.contract.call import Call

PREFIX = "/api/v1"
"""What every path below begins with."""

Limit = Literal["", "write", "search", "export"]


@dataclass(frozen=True)
class Answer:
    """What a handler returns: a JSON document, or ready bytes with their content type."""

    document: Any = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    content_type: str = "application/json"


Handler = Callable[[Call], Answer]


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One method of one path below the prefix.

    `access` is an action of `domain.people.permissions`, `ANYBODY` or `SIGNED_IN`; an operation cannot be made without.
    `answers` maps each good status to the name of its document, which stands in `schemas` (None: no
    document or no JSON): the documents are loaded when the description is asked for. `refusals`
    are the codes that this operation can refuse with beyond those that come with its kind. `body_factor` 0
    takes the application's limit of bodies, else so many largest contents. `free_query` are parameters that
    the handler reads itself, as OpenAPI describes them.
    """

    method: str
    path: str
    name: str
    summary: str
    access: str
    run: Handler
    answers: Mapping[int, str | None]
    body: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    path_types: Mapping[str, Any] = field(default_factory=dict)
    refusals: tuple[str, ...] = ()
    limit: Limit = ""
    idempotent: bool = False
    body_factor: int = 0
    content_type: str = "application/json"
    free_query: tuple[Mapping[str, Any], ...] = ()
    headers: tuple[str, ...] = ()
    description: str = ""
    example: Mapping[str, Any] | None = None

    @property
    def noun(self) -> str:
        """The first segment of the path: what it is grouped under."""
        return self.path.split("/")[1]

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of the path's parameters, in order."""
        return tuple(re.findall(r"\{(\w+)\}", self.path))

    @property
    def rule(self) -> str:
        """The path as the router writes it."""
        return re.sub(r"\{(\w+)\}", r"<\1>", self.path)
