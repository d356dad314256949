"""The operation that describes all the others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from prompts_admin.api.contract.access import ANYBODY
from prompts_admin.api.contract.operation import Answer, Operation


def description_of(table: Callable[[], Sequence[Operation]]) -> Operation:
    """Return the operation that describes a table; the table is asked for late, since it holds this very row."""

    @cache
    def document() -> dict[str, Any]:
        # Only who asks for the description pays for the models of all documents.
        from prompts_admin.api.openapi import openapi_document

        return openapi_document(table())

    return Operation(
        method="GET",
        path="/openapi.json",
        name="openapi",
        summary="Describe this API: OpenAPI 3.1.",
        access=ANYBODY,
        run=lambda _: Answer(document()),
        answers={200: "Anything"},
        description="It describes the program and names nothing that is stored in it.",
    )
