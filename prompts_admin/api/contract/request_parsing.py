"""Reads path, query and body of a request into the models of its operation."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, TypeVar

from flask import Request
from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo
from werkzeug.exceptions import RequestEntityTooLarge

from prompts_admin.api.contract.fields import Count, Segment
from prompts_admin.api.contract.operation import Operation
from prompts_admin.domain.errors import Problem, Refused, Usage
from prompts_admin.domain.keys import parse_feature
from prompts_admin.http.strict_json import read_object

JSON = "application/json"
M = TypeVar("M", bound=BaseModel)

PATH_TYPES: dict[str, Any] = {
    "feature": Segment,
    "name": Segment,
    "version": Count,
    "number": Count,
    "email": str,
    "token_id": str,
}


def path_types(operation: Operation) -> dict[str, Any]:
    """Return the type of each path parameter."""
    return {name: operation.path_types.get(name, PATH_TYPES[name]) for name in operation.parameters}


def read_path(operation: Operation, given: Mapping[str, str]) -> dict[str, Any]:
    """Return the path's parameters by name; raises Refused("invalid") with what is wrong with them."""
    found: dict[str, Any] = {}
    for name, kind in path_types(operation).items():
        try:
            found[name] = _adapter(kind).validate_python(given[name])
        except ValidationError as error:
            raise refusal(error, what="path", at=name) from None
        if kind is Segment:
            parse_feature(found[name])
    return found


def read_one(kind: Any, name: str, text: str | None = None) -> Any:
    """Return one parameter of the query that a handler reads itself; raises Refused("invalid")."""
    try:
        return _adapter(kind).validate_python(text)
    except ValidationError as error:
        raise refusal(error, what="query", at=name) from None


def read_query(operation: Operation, request: Request) -> BaseModel | None:
    """Return the query's model; raises Usage("malformed") for a parameter that stands twice."""
    if operation.free_query:
        return None
    lists = _lists(operation.query)
    values: dict[str, Any] = {}
    for name, texts in request.args.lists():
        if any("\0" in text for text in texts):
            raise Refused("invalid", f"The parameter {name[:60]!a} has a NUL.", "Leave it out.")
        if name not in lists and len(texts) > 1:
            raise Usage("malformed", f"The parameter {name[:60]!a} stands twice.", "Send it once.")
        values[name] = texts if name in lists else texts[0]
    if operation.query is None:
        if values:
            raise _unknown(values)
        return None
    try:
        return operation.query.model_validate(values)
    except ValidationError as error:
        raise refusal(error, what="query") from None


def read_body(operation: Operation, request: Request) -> BaseModel | None:
    """Return the body's model; raises Usage for what is not JSON, Refused for too much or wrong fields."""
    if operation.body is None:
        return None
    if request.mimetype != JSON:
        raise Usage(
            "unsupported_media_type", "The body is not sent as JSON.", f"Send it with 'Content-Type: {JSON}'."
        )
    raw = request.get_data(cache=False)
    if request.max_content_length is not None and len(raw) > request.max_content_length:
        raise RequestEntityTooLarge()
    read_object(raw)
    try:
        return operation.body.model_validate_json(raw)
    except ValidationError as error:
        raise refusal(error, what="body") from None


def refusal(error: ValidationError, *, what: str, at: str = "") -> Refused:
    """Return the refusal that lists what pydantic found, without the values that were sent."""
    problems = tuple(
        Problem(_message(found), path=_path((at, *found["loc"]) if at else found["loc"]))
        for found in error.errors(include_url=False, include_context=False, include_input=False)[:50]
    )
    named = ", ".join(f"'{problem.path}'" for problem in problems[:3] if problem.path)
    detail = f"The {what} is not valid" + (f" at {named}." if named else ".")
    return Refused("invalid", detail, "Correct what is listed under 'problems'.", problems)


def _message(found: Any) -> str:
    return str(found["msg"]).removeprefix("Value error, ")


def _path(location: tuple[int | str, ...]) -> str:
    """Write a location as `items[0].key`; what is sent as a name is shown in part and escaped."""
    text = ""
    for part in location:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            name = part[:80].encode("unicode_escape").decode("ascii")
            text += f".{name}" if text else name
    return text


def _unknown(values: Mapping[str, Any]) -> Refused:
    problems = tuple(Problem("Extra inputs are not permitted", path=_path((name,))) for name in values)
    return Refused("invalid", "The query has unknown parameters.", "Leave them out.", problems)


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


@cache
def _lists(model: type[BaseModel] | None) -> frozenset[str]:
    if model is None:
        return frozenset()
    return frozenset(field.alias or name for name, field in model.model_fields.items() if _is_list(field))


def _is_list(field: FieldInfo) -> bool:
    return "list" in str(field.annotation)
