"""Operations on readers: who serves which revision."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field

from prompts_admin.api.contract.call import Call
from prompts_admin.api.contract.fields import Query, number
from prompts_admin.api.contract.operation import Answer, Operation
from prompts_admin.services.serving.readers import list_readers as listed


class ReadersQuery(Query):
    """Against which revision the readers are held."""

    revision: Annotated[int | None, BeforeValidator(number), Field(ge=0, le=2**53)] = None


def list_readers(call: Call) -> Answer:
    asked = call.query(ReadersQuery)
    return Answer(call.look(listed, call.product.readers, call.product.live, revision=asked.revision))


OPERATIONS = (
    Operation(
        method="GET",
        path="/readers",
        name="list_readers",
        summary="List the readers that were heard, and who is behind.",
        access="read",
        run=list_readers,
        query=ReadersQuery,
        answers={200: "Readers"},
        refusals=("forbidden",),
    ),
)
