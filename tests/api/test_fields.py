"""What goes in and out: no field beyond the documented ones, no secret, nothing that the sender may not set."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator
from typing import Any, NotRequired

import pytest
from typing_extensions import get_type_hints, is_typeddict

from prompts_admin.api.contract.operation import Operation
from prompts_admin.api.operations import OPERATIONS
from prompts_admin.domain.people.identity import THE_SYSTEM
from prompts_admin.schemas.catalogue import document_named
from prompts_admin.services.core.work import Work
from prompts_admin.store.people.tokens import list_tokens
from prompts_admin.store.people.users import list_users
from tests.api.requests import PLACES, QUERIES, path_of, send
from tests.support.world import Api

READS = [o for o in OPERATIONS if o.method == "GET" and o.content_type == "application/json"]
WRITES = [o for o in OPERATIONS if o.body is not None]
NOT_FOR_CALLERS = {
    "role_of": "admin",
    "owner_id": 1,
    "approved_by": ["viewer@example.com"],
    "created_at": "2020-01-01T00:00:00Z",
    "author": "admin@example.com",
    "number": 99,
    "state": "live",
    "digest": "sha256:0",
}


@pytest.mark.parametrize("role", ["viewer", "editor", "admin"])
@pytest.mark.parametrize("operation", READS, ids=lambda operation: operation.name)
def test_S19_answers_hold_what_is_documented_and_no_more(
    shared_world: Api, operation: Operation, role: str
) -> None:
    """For every role each key of an answer stands in its document; the documents are the golden keys."""
    answer = send(shared_world, operation, by=role, places={"email": f"{role}@example.com"})
    if answer.status_code != 200 or operation.name == "openapi":
        return
    model = document_named(operation.answers[200] or "")
    assert [] == list(undocumented(model, answer.json))
    assert [] == list(absent(model, answer.json))


def test_S19_writes_hold_what_is_documented_and_no_more(world: Api) -> None:
    """The same for what is answered to a change."""
    for operation in WRITES:
        answer = send(world, operation, by="admin")
        name = operation.answers.get(answer.status_code)
        if name not in (None, "PutBack") and answer.is_json:
            model = document_named(str(name))
            assert [] == [*undocumented(model, answer.json), *absent(model, answer.json)], operation.name


@pytest.mark.parametrize("role", ["viewer", "admin", "outsider"])
def test_S19_S38_no_answer_holds_a_hash_or_a_secret(shared_world: Api, role: str) -> None:
    """What the store keeps of passwords and tokens never leaves it, not for administrators either."""
    kept = shared_world.product.look(THE_SYSTEM, _kept_secrets)
    assert len(kept) > 5
    for operation in READS:
        text = send(shared_world, operation, by=role).get_data(as_text=True)
        assert [] == [secret for secret in kept if secret in text], operation.name
        assert [] == [token for token in shared_world.secrets.values() if token in text], operation.name


@pytest.mark.parametrize("operation", WRITES, ids=lambda operation: operation.name)
def test_S20_fields_that_are_not_for_callers_are_refused(shared_world: Api, operation: Operation) -> None:
    """One field too many refuses the request, and nothing has happened."""
    assert operation.body is not None
    before = shared_world.product.look(THE_SYSTEM, _audit_end)
    body = dict(operation.example or {})
    for name, value in NOT_FOR_CALLERS.items():
        answer = send(shared_world, operation, by="admin", json={**body, name: value})
        assert (422, "invalid") == (answer.status_code, answer.json["code"]), name
        assert name in [problem["path"] for problem in answer.json["problems"]]
    assert before == shared_world.product.look(THE_SYSTEM, _audit_end)


@pytest.mark.parametrize("operation", READS, ids=lambda operation: operation.name)
def test_S02_reading_changes_nothing(shared_world: Api, operation: Operation) -> None:
    """GET and HEAD leave the store as it was."""
    before = shared_world.product.look(THE_SYSTEM, _audit_end)
    send(shared_world, operation, by="admin")
    shared_world.call("HEAD", path_of(operation), by="admin", query_string=QUERIES.get(operation.name, {}))
    assert before == shared_world.product.look(THE_SYSTEM, _audit_end)


@pytest.mark.parametrize("operation", WRITES, ids=lambda operation: operation.name)
@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/jsonx",
    ],
)
def test_S03_a_simple_cross_site_write_is_refused(
    shared_world: Api, operation: Operation, content_type: str
) -> None:
    """Only application/json is taken: what a browser sends without asking first is not."""
    answer = send(shared_world, operation, by="admin", data=b"{}", content_type=content_type)
    assert (415, "unsupported_media_type") == (answer.status_code, answer.json["code"])


@pytest.mark.parametrize("operation", READS, ids=lambda operation: operation.name)
def test_S58_a_parameter_given_twice_is_refused(shared_world: Api, operation: Operation) -> None:
    """Which of two values counts is never guessed."""
    wanted = QUERIES.get(operation.name, {})
    names = set(operation.query.model_fields) if operation.query else {"limit"}
    for name in {n.rstrip("_") for n in names}:
        pairs = [*((k, v) for k, v in wanted.items() if k != name), (name, "1"), (name, "2")]
        if operation.free_query and name not in {p["name"] for p in operation.free_query}:
            name, pairs = "user", [("user", "a"), ("user", "b")]
        answer = send(shared_world, operation, by="admin", query_string=pairs)
        assert (400, "malformed") == (answer.status_code, answer.json["code"]), name


@pytest.mark.parametrize("operation", READS, ids=lambda operation: operation.name)
def test_an_unknown_parameter_is_refused(shared_world: Api, operation: Operation) -> None:
    """A misspelt filter does not silently show everything."""
    query = {**QUERIES.get(operation.name, {}), "featrue": "support"}
    answer = send(shared_world, operation, by="admin", query_string=query)
    assert (422, "invalid") == (answer.status_code, answer.json["code"])


HOSTILE = (
    "..",
    "...",
    "-rf",
    ".git",
    "a b",
    "A",
    "%2e%2e",
    "..%2f..%2fetc",
    "%252e%252e%252f",
    "..\\x",
    "C:",
    "con",
    "nul",
    "x" * 64,
    "x" * 5000,
    "a%00b",
    "a%0ab",
    "triage%23",
    "triage%3Fx=1",
    "é",
    "tri\u200bage",
    "\u0430dmin",
    "'; DROP TABLE artifacts; --",
    "${jndi:ldap://x}",
    "{{7*7}}",
    "@7",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_S32_a_hostile_name_reaches_nothing(shared_world: Api, text: str) -> None:
    """In the address and in bodies: refused as no key, or there is no such address; decoded once at most."""
    before = shared_world.product.look(THE_SYSTEM, _audit_end)
    for path in (f"/artifacts/support/{text}", f"/artifacts/{text}/triage", f"/resolve/support/{text}"):
        assert shared_world.get(path, by="admin").status_code in (404, 422)
    bodies = (
        ("/artifacts/support/triage/copy", {"key": f"support/{text}"}),
        ("/rollbacks", {"keys": [f"support/{text}@1"]}),
        ("/releases", {"stage": "internal", "items": [{"key": f"{text}/triage"}]}),
    )
    for path, body in bodies:
        answer = shared_world.post(path, body, by="admin")
        assert (422, "invalid") == (answer.status_code, answer.json["code"])
    assert before == shared_world.product.look(THE_SYSTEM, _audit_end)


@pytest.mark.parametrize("text", ["%", "_", "'", "' OR '1'='1", "\\", "%%", "a' UNION SELECT 1 --", ";", "*"])
def test_S30_search_takes_text_as_text(shared_world: Api, text: str) -> None:
    """Quotes and wildcards find themselves and nothing else."""
    found = shared_world.get("/artifacts", by="admin", query_string={"q": text}).json
    assert all(text in item["key"] + item["description"] or text == "'" for item in found["items"])
    for name in ("subject", "actor", "action"):
        assert 200 == shared_world.get("/audit", by="admin", query_string={name: text}).status_code


def test_the_places_of_the_tests_exist(shared_world: Api) -> None:
    """What the generated requests name is there; otherwise they would prove nothing."""
    assert {"feature", "name", "version", "number", "email", "token_id"} == set(PLACES)
    for path in (
        "/artifacts/support/triage/versions/2",
        "/releases/2",
        "/settings/1",
        "/users/viewer@example.com",
    ):
        assert 200 == shared_world.get(path, by="admin").status_code


def undocumented(model: Any, value: Any, path: str = "") -> Iterator[str]:
    """Yield the path of every key in `value` that its document does not name."""
    for kind, inner, here in _inside(model, value, path):
        if isinstance(inner, dict) and _is_document(kind):
            yield from (f"{here}.{name}" for name in inner if name not in _fields(kind))


def absent(model: Any, value: Any, path: str = "") -> Iterator[str]:
    """Yield the path of every key that the document promises and `value` lacks."""
    for kind, inner, here in _inside(model, value, path):
        if isinstance(inner, dict) and _is_document(kind):
            yield from (
                f"{here}.{name}"
                for name, field in _fields(kind).items()
                if typing.get_origin(field) is not NotRequired and name not in inner
            )


def _inside(kind: Any, value: Any, path: str) -> Iterator[tuple[Any, Any, str]]:
    origin = typing.get_origin(kind)
    if origin in (typing.Annotated, NotRequired):
        yield from _inside(typing.get_args(kind)[0], value, path)
        return
    if origin in (types.UnionType, typing.Union):
        kinds = [k for k in typing.get_args(kind) if k is not type(None)]
        kind = kinds[0] if value is not None and len(kinds) == 1 else None
        origin = typing.get_origin(kind)
    yield kind, value, path
    if origin is list and isinstance(value, list):
        for index, member in enumerate(value):
            yield from _inside(typing.get_args(kind)[0], member, f"{path}[{index}]")
    elif isinstance(value, dict) and _is_document(kind):
        for name, field in _fields(kind).items():
            if name in value:
                yield from _inside(field, value[name], f"{path}.{name}")


def _is_document(kind: Any) -> bool:
    return is_typeddict(typing.get_origin(kind) or kind)


def _fields(kind: Any) -> dict[str, Any]:
    """Return the fields of a document, and of a list those of a list of what it holds."""
    listed = typing.get_args(kind)
    fields = get_type_hints(typing.get_origin(kind) or kind, include_extras=True)
    return fields | {"items": list[listed[0]]} if listed else fields


def _kept_secrets(work: Work) -> list[str]:
    hashes = [token.secret_hash for token in list_tokens(work.connection)]
    return hashes + [user.password_hash or "" for user in list_users(work.connection) if user.password_hash]


def _audit_end(work: Work) -> tuple[int, str]:
    return work.head.audit_seq, work.head.audit_hash
