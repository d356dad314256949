"""The OpenAPI 3.1 document, made from the table of operations and so as true as the table."""

from __future__ import annotations

import typing
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Literal

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core.core_schema import TypedDictSchema

from prompts_admin.api.contract.access import ANYBODY
from prompts_admin.api.contract.call import KEY_HEADER, LONGEST_KEY
from prompts_admin.api.contract.operation import PREFIX, Operation
from prompts_admin.api.contract.request_parsing import path_types
from prompts_admin.domain.errors import STATUS
from prompts_admin.schemas.base import ListOf, ProblemDocument
from prompts_admin.schemas.catalogue import document_named

Mode = Literal["validation", "serialization"]
JsonSchema = dict[str, Any]
Models = Mapping[tuple[Any, Mode], JsonSchema]
"""The reference to the schema of each model, by what it is used for."""

REF = "#/components/schemas/{model}"
PROBLEM = "application/problem+json"
HEADERS: dict[str, JsonSchema] = {
    "If-Match": {
        "description": 'The version that this one is based on: `"7"`.',
        "schema": {"type": "string", "pattern": '^"[1-9][0-9]{0,8}"$'},
    },
    "If-None-Match": {
        "description": "`*` for the first version of a new artifact.",
        "schema": {"type": "string", "const": "*"},
    },
    KEY_HEADER: {
        "description": "Repeating a request with the same key gives the first answer again.",
        "schema": {"type": "string", "pattern": f"^[!-~]{{1,{LONGEST_KEY}}}$"},
    },
}
ETAGS = {"description": "The ETag of the answer at hand.", "schema": {"type": "string"}}


def openapi_document(operations: Sequence[Operation]) -> dict[str, Any]:
    """Return the whole document about a table of operations."""
    models, schemas = _schemas(operations)
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation, models)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "prompts-admin",
            "version": _version(),
            "description": "Release prompts and model configurations in stages, with sign-off and rollback.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": PREFIX}],
        "security": [{"bearer": []}],
        "tags": [{"name": noun} for noun in dict.fromkeys(o.noun for o in operations)],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "bearer": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "An API token (`pa_...`) or the token of a session.",
                }
            },
        },
    }


def statuses(operation: Operation) -> dict[int, list[str]]:
    """Return the codes of refusals that an operation may answer, by status."""
    codes = ["invalid", "malformed", "rate_limited", "busy", "read_only", "unreachable", "schema_mismatch"]
    if operation.access != ANYBODY:
        codes += ["unauthenticated", "forbidden"]
    if operation.body is not None:
        codes += ["unsupported_media_type", "too_large"]
    if operation.method not in ("GET", "HEAD"):
        codes += ["csrf"]
    if operation.idempotent:
        codes += ["idempotency_mismatch"]
    found: dict[int, list[str]] = {500: ["internal"]}
    for code in dict.fromkeys([*codes, *operation.refusals]):
        found.setdefault(STATUS[code], []).append(code)
    return dict(sorted(found.items()))


def _operation(operation: Operation, models: Models) -> JsonSchema:
    found: JsonSchema = {
        "operationId": operation.name,
        "tags": [operation.noun],
        "summary": operation.summary,
        "description": _description(operation),
        "parameters": [*_path(operation), *_query(operation), *_headers(operation)],
        "responses": {**_good(operation, models), **_bad(operation)},
    }
    if operation.access == ANYBODY:
        found["security"] = []
    if operation.body is not None:
        content: JsonSchema = {"schema": models[operation.body, "validation"]}
        if operation.example is not None:
            content["example"] = dict(operation.example)
        found["requestBody"] = {"required": True, "content": {"application/json": content}}
    return found


def _description(operation: Operation) -> str:
    right = {ANYBODY: "Open to anybody.", "signed_in": "Needs a token or session."}
    needs = right.get(operation.access, f"Needs the right `{operation.access}`.")
    return f"{operation.description} {needs}".strip()


def _path(operation: Operation) -> Iterable[JsonSchema]:
    for name, kind in path_types(operation).items():
        schema = TypeAdapter(kind).json_schema(ref_template=REF)
        yield {"name": name, "in": "path", "required": True, "schema": schema}


def _query(operation: Operation) -> Iterable[JsonSchema]:
    yield from (dict(parameter) for parameter in operation.free_query)
    if operation.query is None:
        return
    described = operation.query.model_json_schema(ref_template=REF)
    for name, schema in described["properties"].items():
        shown = _without_null(schema)
        text = shown.pop("description", None)
        parameter = {"name": name, "in": "query", "schema": shown} | ({"description": text} if text else {})
        if name in described.get("required", ()):
            parameter["required"] = True
        yield parameter


def _without_null(schema: JsonSchema) -> JsonSchema:
    """Return a schema as queries can say it: what is left out is not sent, and there is no null."""
    found = {name: value for name, value in schema.items() if name not in ("title", "anyOf")}
    if found.get("default", "") is None:
        del found["default"]
    for choice in schema.get("anyOf", ()):
        if choice != {"type": "null"}:
            found.update(choice)
    return found


def _headers(operation: Operation) -> Iterable[JsonSchema]:
    for name in operation.headers:
        described = ETAGS if operation.method == "GET" else HEADERS[name]
        yield {"name": name, "in": "header", **described}
    if operation.idempotent:
        yield {"name": KEY_HEADER, "in": "header", **HEADERS[KEY_HEADER]}


def _good(operation: Operation, models: Models) -> JsonSchema:
    found: JsonSchema = {}
    for status, name in operation.answers.items():
        model = document_named(name) if name else None
        found[str(status)] = {"description": _told(status, model)}
        if model is not None:
            schema = models[model, "serialization"]
            found[str(status)]["content"] = {operation.content_type: {"schema": schema}}
        elif status == 200:
            found[str(status)]["content"] = {operation.content_type: {}}
    return found


def _told(status: int, model: Any) -> str:
    if model is None:
        return "Nothing has changed." if status == 304 else "Done."
    listed = typing.get_args(model)
    text = f"A page of a list. {listed[0].__doc__}" if listed else model.__doc__
    return str(text).partition("\n")[0]


def _bad(operation: Operation) -> JsonSchema:
    return {
        str(status): {
            "description": f"Refused: {', '.join(f'`{code}`' for code in codes)}.",
            "content": {PROBLEM: {"schema": {"$ref": REF.format(model=ProblemDocument.__name__)}}},
        }
        for status, codes in statuses(operation).items()
    }


def _version() -> str:
    try:
        return version("prompts-admin")
    except PackageNotFoundError:
        return "0"


def _schemas(operations: Sequence[Operation]) -> tuple[Models, JsonSchema]:
    wanted: dict[tuple[Any, Mode], None] = {(ProblemDocument, "serialization"): None}
    for operation in operations:
        if operation.body is not None:
            wanted[operation.body, "validation"] = None
        for name in filter(None, operation.answers.values()):
            wanted[document_named(name), "serialization"] = None
    adapters = [(model, mode, TypeAdapter(model)) for model, mode in wanted]
    refs, definitions = TypeAdapter.json_schemas(adapters, ref_template=REF, schema_generator=_DocumentSchema)
    return refs, {name: _list_named(schema) for name, schema in definitions.get("$defs", {}).items()}


class _DocumentSchema(GenerateJsonSchema):
    """JSON schemas of documents, in which null stands for what may be left out."""

    def typed_dict_schema(self, schema: TypedDictSchema) -> JsonSchema:
        found = super().typed_dict_schema(schema)
        for name, field in found["properties"].items():
            if name not in found.get("required", ()):
                field["default"] = None
        return found


def _list_named(schema: JsonSchema) -> JsonSchema:
    """Name the schema of a list after what it holds: `ReleaseList`."""
    if schema["title"] != ListOf.__name__:
        return schema
    inner = schema["properties"]["items"]["items"]["$ref"].rpartition("/")[2]
    return {name: value for name, value in schema.items() if name != "description"} | {
        "title": f"{inner}List"
    }
