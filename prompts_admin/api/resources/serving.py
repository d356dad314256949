"""Operations for serving code, answered from the snapshot in memory."""

from __future__ import annotations

from operator import itemgetter
from typing import Any

from pydantic import Field

from prompts_admin.api.contract.call import Call
from prompts_admin.api.contract.fields import Body, Number, Stage
from prompts_admin.api.contract.operation import Answer, Operation
from prompts_admin.domain.errors import Refused, Usage
from prompts_admin.domain.json_object import Json
from prompts_admin.domain.keys import feature_of
from prompts_admin.domain.people.permissions import SERVE
from prompts_admin.domain.targeting.contexts import Context, context_from_json, context_from_query
from prompts_admin.http.app_state import shell
from prompts_admin.http.authentication import or_last_known, presented
from prompts_admin.services.core.work import Work
from prompts_admin.services.serving.admission import scope_of
from prompts_admin.serving.resolve_answers import answer
from prompts_admin.serving.scopes import Scope

FORCING = ("stage", "version")
GZIP_FROM = 1_000


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
    pairs = list(call.request.args.items(multi=True))
    forced = {name: [text for n, text in pairs if n == name] for name in FORCING}
    for name, texts in forced.items():
        if len(texts) > 1:
            raise Usage("malformed", f"The parameter '{name}' stands twice.", "Send it once.")
    context = context_from_query([pair for pair in pairs if pair[0] not in FORCING])
    stage = next(iter(forced["stage"]), None)
    return _resolved(call, context, stage=stage, version=_version(forced["version"]))


def resolve_for(call: Call) -> Answer:
    asked = call.body(ResolveBody)
    context = context_from_json(asked.context)
    return _resolved(call, context, stage=asked.stage, version=asked.version, values=asked.values)


def snapshot(call: Call) -> Answer:
    document = call.product.live.document(_scope_of(call))
    headers = {"Cache-Control": "private, no-cache", "ETag": document.etag, "Vary": "Accept-Encoding"}
    if document.is_known_to(call.request.headers.get("If-None-Match")):
        return Answer(status=304, headers=headers)
    if call.request.accept_encodings.quality("gzip") > 0 and len(document.body) > GZIP_FROM:
        zipped = {**headers, "ETag": document.gzip_etag, "Content-Encoding": "gzip"}
        return Answer(body=document.gzipped, headers=zipped)
    return Answer(body=document.body, headers=headers)


def _resolved(
    call: Call,
    context: Context,
    *,
    stage: str | None,
    version: int | None,
    values: Json | None = None,
) -> Answer:
    forced = stage is not None or version is not None
    scope = call.look(_scope_when_forced, call.key) if forced else _scope_of(call)
    found = answer(
        call.product.live.current(),
        call.key,
        context,
        scope=scope,
        stage=stage,
        version=version,
        values=values,
    )
    return Answer(found)


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


def _version(texts: list[str]) -> int | None:
    if not texts:
        return None
    if not (texts[0].isascii() and texts[0].isdecimal() and len(texts[0]) < 10 and int(texts[0])):
        raise Refused("invalid", "The parameter 'version' is no number of a version.", "Send version=7.")
    return int(texts[0])


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
