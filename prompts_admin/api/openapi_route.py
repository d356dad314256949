"""The operation that describes all the others."""

from __future__ import annotations

from prompts_admin.api.contract.call import Call
from prompts_admin.api.contract.operation import ANYBODY, Answer, Operation


def describe(_: Call) -> Answer:
    # The description is made from the table, and the table holds this very operation.
    from prompts_admin.api.openapi import openapi_document

    return Answer(openapi_document())


OPERATIONS = (
    Operation(
        method="GET",
        path="/openapi.json",
        name="openapi",
        summary="Describe this API: OpenAPI 3.1.",
        access=ANYBODY,
        run=describe,
        answers={200: "Anything"},
        description="It describes the program and names nothing that is stored in it.",
    ),
)
