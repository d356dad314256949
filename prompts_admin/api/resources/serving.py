"""Operations for serving code, answered from the snapshot in memory."""

from __future__ import annotations

from operator import itemgetter
from typing import Any

from pydantic import Field

from prompts_admin.api.contract.call import Call
from prompts_admin.api.contract.fields import Body, Number, Stage
from prompts_admin.api.contract.operation import Answer, Operation
from prompts_admin.domain.json_object import Json
from prompts_admin.domain.keys import feature_of
from prompts_admin.domain.people.permissions import SERVE
from prompts_admin.domain.targeting.contexts import context_from_json
from prompts_admin.http.app_state import shell
from prompts_admin.http.authentication import or_last_known, presented
from prompts_admin.http.representations import Representation, of_answer, of_document, takes_gzip
from prompts_admin.http.resolve_queries import Question, question_of
from prompts_admin.services.core.work import Work
from prompts_admin.services.serving.admission import scope_of
from prompts_admin.serving.resolve_answers import answer, encode_answer, resolved
from prompts_admin.serving.scopes import Scope


class ResolveBody(Body):
    """Who asks, and perhaps values of variables to render the messages with."""

    context: Json = Field(
        default_factory=dict,
        description="{user, groups, attributes}; further names are attributes too.",
    )
    values: Json | None = None
    stage: Stage | None = Field(None, description="What this stage serves, whoever asks.")
    version: Number | None = Field(None, description="This version, if it is served at all.")


def resolve(call: Call) -> Answer:
    asked = question_of(call.request.query_string)
    found, version = resolved(
        call.product.live.current(),
        call.key,
        asked.context,
        scope=_scope_for(call, asked),
        stage=asked.stage,
        version=asked.version,
    )
    return _sent(call, of_answer(encode_answer(call.key, found, version)))


def resolve_for(call: Call) -> Answer:
    asked = call.body(ResolveBody)
    context = context_from_json(asked.context)
    found = answer(
        call.product.live.current(),
        call.key,
        context,
        scope=_scope_for(call, Question(context, asked.stage, asked.version)),
        stage=asked.stage,
        version=asked.version,
        values=asked.values,
    )
    return Answer(found)


def snapshot(call: Call) -> Answer:
    document = call.product.live.document(_scope_of(call))
    accepted = call.request.headers.get("Accept-Encoding", "").encode("latin-1")
    return _sent(call, of_document(document, packed=takes_gzip(accepted)))


def _sent(call: Call, found: Representation) -> Answer:
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in found.headers}
    if found.is_known_to(call.request.headers.get("If-None-Match", "").encode("latin-1")):
        return Answer(status=304, headers=headers)
    return Answer(body=found.body, headers=headers)


def _scope_for(call: Call, asked: Question) -> Scope:
    return call.look(_scope_when_forced, call.key) if asked.is_forced else _scope_of(call)


def _scope_when_forced(work: Work, key: str) -> Scope:
    # Serving tokens get what is live for a user; to look elsewhere is for those who may read.
    if work.may(SERVE, feature_of(key)):
        work.require("resolve_forced", feature_of(key))
    return scope_of(work)


def _scope_of(call: Call) -> Scope:
    """Return what the asker may be served, as it was last known while the store fails."""

    def read() -> Scope:
        scope = call.look(scope_of)
        shell().last_known.keep(presented(), (call.asker, scope))
        return scope

    scope: Scope = or_last_known(read, itemgetter(1))
    return scope


QUERY: tuple[dict[str, Any], ...] = (
    {"name": "user", "in": "query", "schema": {"type": "string", "maxLength": 4096}},
    {
        "name": "group",
        "in": "query",
        "description": "A group of the user; may be repeated.",
        "schema": {"type": "array", "items": {"type": "string", "maxLength": 4096}},
        "style": "form",
        "explode": True,
    },
    {
        "name": "attr.plan",
        "in": "query",
        "description": "An attribute; any name may stand after `attr.`.",
        "schema": {"type": "string", "maxLength": 4096},
    },
    {"name": "stage", "in": "query", "schema": {"type": "string", "enum": ["internal", "beta", "full"]}},
    {"name": "version", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 999_999_999}},
)
RESOLVE = "/resolve/{feature}/{name}"
OPERATIONS = (
    Operation(
        method="GET",
        path=RESOLVE,
        name="resolve",
        summary="Get what is active for a user.",
        access=SERVE,
        run=resolve,
        free_query=QUERY,
        answers={200: "Served"},
        refusals=("not_found", "forbidden"),
    ),
    Operation(
        method="POST",
        path=RESOLVE,
        name="resolve_for",
        summary="Get what is active for a context, rendered if values are given.",
        access=SERVE,
        run=resolve_for,
        body=ResolveBody,
        answers={200: "Served"},
        refusals=("not_found", "forbidden"),
        example={"context": {"user": "u-17", "groups": ["internal"], "attributes": {"plan": "pro"}}},
    ),
    Operation(
        method="GET",
        path="/snapshot",
        name="snapshot",
        summary="Get everything that serving code needs, at one revision.",
        access=SERVE,
        run=snapshot,
        answers={200: "Snapshot", 304: None},
        headers=("If-None-Match",),
    ),
)
