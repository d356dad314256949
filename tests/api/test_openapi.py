"""The description: valid, complete, without names, and the same as the documentation and the shared table."""

from __future__ import annotations

import json
import re

import jsonschema_rs
import pytest

from prompts_admin.api.contract.operation import PREFIX, Operation
from prompts_admin.api.openapi import openapi_document, statuses
from prompts_admin.api.operations import OPERATIONS
from tests.packaging.sources import ROOT
from tests.support.world import Api

CONTRACT = """
GET /artifacts; GET /artifacts/{feature}/{name}; GET /artifacts/{feature}/{name}/versions
GET /artifacts/{feature}/{name}/versions/{version}; POST /artifacts/{feature}/{name}/versions
POST /artifacts/{feature}/{name}/check; GET /artifacts/{feature}/{name}/diff
GET /artifacts/{feature}/{name}/history; POST /artifacts/{feature}/{name}/copy
POST /artifacts/{feature}/{name}/archive; POST /artifacts/{feature}/{name}/unarchive
POST /artifacts/{feature}/{name}/repin
POST /imports; GET /exports; GET /releases; POST /releases; GET /releases/{number}
POST /releases/{number}/signoffs; DELETE /releases/{number}/signoffs; POST /releases/{number}/apply
POST /releases/{number}/withdraw; POST /releases/{number}/undo; POST /releases/{number}/comments
POST /rollbacks; POST /restores; GET /explain; GET /search; GET /status; GET /waiting
GET /features; GET /features/{feature}; PATCH /features/{feature}
GET /settings; GET /settings/{number}; POST /settings; POST /settings/{number}/signoffs
POST /settings/{number}/apply; POST /settings/{number}/withdraw; POST /settings/{number}/undo
GET /settings/current; GET /stages; GET /readers; GET /audit; GET /audit/verify; GET /audit/export
GET /tokens; POST /tokens; DELETE /tokens/{token_id}; GET /users; POST /users
GET /users/{email}; PATCH /users/{email}; POST /users/{email}/invite; GET /me; POST /sessions; DELETE /sessions/current
POST /backups; POST /mirror/rebuild; POST /mirror/push; POST /publish
GET /resolve/{feature}/{name}; POST /resolve/{feature}/{name}; GET /snapshot; GET /openapi.json
"""
"""What the API serves: other programs run against it, so it changes on purpose alone."""
DOCS = ROOT / "docs" / "api.md"


def test_the_whole_contract_is_served_and_nothing_else() -> None:
    """Method by method and path by path."""
    contract = {entry.strip() for entry in re.split(r"[;\n]", CONTRACT) if entry.strip()}
    assert contract == {f"{operation.method} {operation.path}" for operation in OPERATIONS}


def test_names_and_addresses_are_given_once() -> None:
    """An operation's name is its id for generated clients."""
    assert (
        len(OPERATIONS) == len({o.name for o in OPERATIONS}) == len({(o.method, o.path) for o in OPERATIONS})
    )


def test_the_description_is_valid(shared_world: Api) -> None:
    """It is what the application serves, every reference in it leads somewhere, and its schemas are schemas."""
    served = shared_world.get("/openapi.json").json
    assert json.loads(json.dumps(openapi_document(OPERATIONS))) == served
    assert "3.1.0" == served["openapi"]
    for reference in set(re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(served))):
        assert reference in served["components"]["schemas"]
    for schema in served["components"]["schemas"].values():
        jsonschema_rs.Draft202012Validator({**schema, "components": served["components"]})


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_examples_are_valid(operation: Operation) -> None:
    """What the description gives as an example is let in by its model."""
    if operation.body is not None:
        operation.body.model_validate_json(json.dumps(operation.example or {}), strict=True)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_every_status_is_described(operation: Operation) -> None:
    """Good answers and refusals, each with its document; reading says nothing of writing."""
    responses = openapi_document(OPERATIONS)["paths"][operation.path][operation.method.lower()]["responses"]
    assert {str(status) for status in (*operation.answers, *statuses(operation))} == set(responses)
    assert all(response["description"] for response in responses.values())


def test_W20_the_description_names_nothing_that_is_stored(shared_world: Api) -> None:
    """It is open to anybody, so it is the same for every store."""
    answer = shared_world.get("/openapi.json")
    assert 200 == answer.status_code
    assert "viewer@example.com" not in answer.get_data(as_text=True)


def test_the_documentation_names_what_is_there() -> None:
    """Every address in docs/api.md is one of an operation or probe, and every code one that can be refused."""
    text = DOCS.read_text("utf-8")
    known = [re.compile(re.sub(r"\{\w+\}", "[^/]+", o.path)) for o in OPERATIONS]
    # Answered on the event loop, where no description of a single answer fits: tests/edge/test_streams.py.
    known.append(re.compile("/stream"))
    named = re.findall(rf"(?:{PREFIX}|(?:GET|POST|PATCH|DELETE) )(/[\w/.]+)", text)
    assert len(named) > 8
    assert [] == [path for path in named if not any(pattern.fullmatch(path) for pattern in known)]
    codes = {code for operation in OPERATIONS for found in statuses(operation).values() for code in found}
    assert set(re.findall(r"`\d{3} (\w+)`", text)) <= codes
