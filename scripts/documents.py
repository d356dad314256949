"""The documents of the REST API in short: what each operation takes and answers, and the fields of each document.

`page()` is docs/reference/documents.md. Made from the description that is served, it shows in a diff what changes for
programs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from prompts_admin.api.openapi import openapi_document
from prompts_admin.api.operations import OPERATIONS

Schema = Mapping[str, Any]

INTRO = (
    "What programs send and get, made from the description at `/api/v1/openapi.json`, which says more: a `*` marks"
    " what must be sent or is always there. Refusals are a `ProblemDocument`."
)


def page() -> str:
    """Return the page: operations with parameters, body and good answers; then each document with its fields."""
    document = openapi_document(OPERATIONS)
    lines = ["# Documents of the REST API", "", INTRO, "", "## Operations", ""]
    for path, methods in document["paths"].items():
        lines += [
            f"- `{method.upper()} {path}`{_exchange(operation)}" for method, operation in methods.items()
        ]
    for name, schema in sorted(document["components"]["schemas"].items()):
        lines += ["", f"## {name}", "", *_fields(schema)]
    return "\n".join(lines) + "\n"


def _exchange(operation: Mapping[str, Any]) -> str:
    sent = [f"`{p['name']}`{_star(p.get('required'))}" for p in operation["parameters"] if p["in"] != "path"]
    body = operation.get("requestBody")
    parts = [", ".join(sent), f"body {_content(body)}" if body else ""]
    told = [
        f"{status} {_content(answer)}"
        for status, answer in operation["responses"].items()
        if int(status) < 400
    ]
    return "".join(f"; {part}" for part in parts if part) + f" -> {', '.join(told)}"


def _content(carrier: Mapping[str, Any]) -> str:
    kinds = [_kind(media.get("schema", {})) for media in carrier.get("content", {}).values()]
    return " or ".join(kinds) or "nothing"


def _fields(schema: Schema) -> Iterator[str]:
    needed = schema.get("required", ())
    if "properties" not in schema:
        yield _kind(schema)
    for name, field in schema.get("properties", {}).items():
        default = f", else `{field['default']}`" if field.get("default") not in (None, "") else ""
        yield f"- `{name}`{_star(name in needed)}: {_kind(field)}{default}"


def _kind(schema: Schema) -> str:
    """Say in a few words what a value is."""
    if "$ref" in schema:
        return f"`{schema['$ref'].rpartition('/')[2]}`"
    if "anyOf" in schema:
        return " or ".join(_kind(one) for one in schema["anyOf"])
    if "enum" in schema or "const" in schema:
        return " or ".join(f'"{value}"' for value in schema.get("enum", [schema.get("const")]))
    if schema.get("type") == "array":
        return f"list of {_kind(schema.get('items', {}))}"
    values = schema.get("additionalProperties") or next(
        iter(schema.get("patternProperties", {}).values()), None
    )
    if isinstance(values, Mapping):
        return f"object of {_kind(values)}"
    return str(schema.get("format") or schema.get("type") or "anything")


def _star(is_needed: object) -> str:
    return "\\*" if is_needed else ""
