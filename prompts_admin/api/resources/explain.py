"""The operation that says what a user got, and why."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from prompts_admin.api.contract.call import Call
from prompts_admin.api.contract.fields import KeyOrDotted, Moment
from prompts_admin.api.contract.operation import Answer, Operation
from prompts_admin.api.contract.request_parsing import read_one
from prompts_admin.domain.errors import Usage
from prompts_admin.domain.targeting.contexts import context_from_query
from prompts_admin.services.serving.explain import explain_answer

OWN = ("key", "at")


def explain(call: Call) -> Answer:
    pairs = list(call.request.args.items(multi=True))
    own = {name: [text for n, text in pairs if n == name] for name in OWN}
    for name, texts in own.items():
        if len(texts) > 1:
            raise Usage("malformed", f"The parameter '{name}' stands twice.", "Send it once.")
    context = context_from_query([pair for pair in pairs if pair[0] not in OWN])
    key = read_one(KeyOrDotted, "key", *own["key"])
    at: datetime | None = read_one(Moment, "at", *own["at"]) if own["at"] else None
    return Answer(call.look(explain_answer, key, context, at=at))


PATTERN = "^[a-z0-9][a-z0-9_-]{0,62}[/.][a-z0-9][a-z0-9_-]{0,62}$"
QUERY: tuple[dict[str, Any], ...] = (
    {"name": "key", "in": "query", "required": True, "schema": {"type": "string", "pattern": PATTERN}},
    {
        "name": "at",
        "in": "query",
        "description": "A moment in the past; left out: now.",
        "schema": {"type": "string", "format": "date-time"},
    },
)
OPERATIONS = (
    Operation(
        method="GET",
        path="/explain",
        name="explain",
        summary="Tell what a user gets or got at a moment, step by step, and who decided it.",
        access="explain",
        run=explain,
        free_query=QUERY,
        answers={200: "Explanation"},
        refusals=("not_found", "forbidden"),
    ),
)
