"""Who may call what: every route of the application by every role, and what lies outside one's features."""

from __future__ import annotations

from typing import Any

import pytest

from prompts_admin.api.contract.operation import PREFIX, Operation
from prompts_admin.api.operations import OPERATIONS
from prompts_admin.domain.people.identity import THE_SYSTEM
from prompts_admin.domain.people.permissions import ACCESS_ROLES, ACTIONS
from prompts_admin.services.core.work import Work
from tests.api.requests import send
from tests.support.world import Api

LEAST = {
    "anybody": "openapi open_session",
    "signed_in": "me end_session list_tokens create_token revoke_token show_user",
    "serve": "resolve resolve_for snapshot",
    "viewer": """
        list_artifacts status search show_artifact diff list_history list_versions show_version check_version
        list_releases show_release waiting comment_release sign_release take_back_signoff
        explain list_features show_feature list_stages list_settings show_settings current_settings sign_settings
        list_audit verify_audit export_audit export_files list_readers
    """,
    "editor": """
        copy_artifact archive_artifact unarchive_artifact repin_artifact save_version import_files propose_release
        apply_release
        withdraw_release undo_release roll_back change_feature
    """,
    "releaser": "restore propose_settings apply_settings withdraw_settings undo_settings",
    "admin": "list_users create_user invite_user change_user make_backup rebuild_mirror push_mirror publish",
}
"""The least that somebody must be to get further than 401 or 403: written down here, apart from the code."""
EXPECTED = {name: least for least, names in LEAST.items() for name in names.split()}
RANK = {None: 0, "serve": 1, "viewer": 2, "lawyer": 2, "editor": 3, "releaser": 4, "admin": 5}
NEEDED = {"anybody": 0, "signed_in": 1, "serve": 1, "viewer": 2, "editor": 3, "releaser": 4, "admin": 5}
# Beyond the right itself: a stakeholder role, one's own object, a session to end, a person behind the token.
ALSO_NEEDS = {
    "sign_release",
    "take_back_signoff",
    "sign_settings",
    "show_user",
    "list_tokens",
    "create_token",
    "revoke_token",
}


def test_S17_every_operation_has_its_line_here() -> None:
    """An operation that nobody thought about fails the build."""
    assert {operation.name for operation in OPERATIONS} == set(EXPECTED)


def test_W08_every_route_of_the_application_is_an_operation_a_probe_or_a_page(shared_world: Api) -> None:
    """Below the prefix nothing is served past the table; beside it only probes and pages are."""
    known = {f"api.{operation.name}" for operation in OPERATIONS} | {
        "probe.healthz",
        "probe.readyz",
        "probe.metrics",
    }
    rules = list(shared_world.app.url_map.iter_rules())
    assert {rule.endpoint for rule in rules if rule.rule.startswith("/api")} == {
        name for name in known if name.startswith("api.")
    }
    others = {rule.endpoint for rule in rules} - known
    views = {endpoint: shared_world.app.view_functions[endpoint].__module__ for endpoint in others}
    assert {} == {at: module for at, module in views.items() if not module.startswith("prompts_admin.web")}


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_an_operation_names_a_right_that_exists(operation: Operation) -> None:
    """Access is an action of the one table, or says in so many words that none is needed."""
    assert operation.access in {*ACTIONS, "anybody", "signed_in"}


@pytest.mark.parametrize("role", [None, "viewer", "lawyer", "editor", "releaser", "admin"])
def test_S17_each_role_gets_exactly_as_far_as_the_table_says(world: Api, role: str | None) -> None:
    """Below the line 401 or 403 and nothing has changed; above it neither of the two."""
    for operation in OPERATIONS:
        before = world.product.look(THE_SYSTEM, _audit_end)
        answer = send(world, operation, by=role)
        _judge(
            operation, RANK[role], answer.status_code, world.product.look(THE_SYSTEM, _audit_end) != before
        )


@pytest.mark.parametrize("token", ["serve", "viewer"])
def test_S17_a_token_gets_exactly_as_far_as_its_role(world: Api, token: str) -> None:
    """Tokens of nobody obey the same table."""
    for operation in OPERATIONS:
        before = world.product.look(THE_SYSTEM, _audit_end)
        answer = send(world, operation, headers=world.with_token(token))
        changed = world.product.look(THE_SYSTEM, _audit_end) != before
        _judge(operation, RANK[token], answer.status_code, changed)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_anonymous_is_refused_before_anything_is_looked_at(shared_world: Api, operation: Operation) -> None:
    """Not even the shape of the request is judged for somebody unknown."""
    if operation.access == "anybody":
        return
    more: dict[str, Any] = {"data": b"not json", "content_type": "text/plain"} if operation.body else {}
    answer = send(shared_world, operation, places={"name": "..", "number": "x"}, **more)
    assert (401, "unauthenticated") == (answer.status_code, answer.json["code"])


OBJECTS = [o for o in OPERATIONS if {"feature", "number", "token_id"} & set(o.parameters)]


@pytest.mark.parametrize("operation", OBJECTS, ids=lambda operation: operation.name)
def test_S18_what_belongs_to_others_looks_like_what_does_not_exist(
    shared_world: Api, operation: Operation
) -> None:
    """Somebody with rights on another feature gets the same answer for both, to the letter, and no change."""
    before = shared_world.product.look(THE_SYSTEM, _audit_end)
    there = send(shared_world, operation, by="outsider")
    missing = send(
        shared_world,
        operation,
        by="outsider",
        places={"feature": "suppart", "number": "8", "token_id": "ba9876543210"},
    )
    assert there.status_code == missing.status_code
    assert there.status_code in (403, 404)
    assert _neutral(there.get_data(as_text=True)) == _neutral(missing.get_data(as_text=True))
    assert before == shared_world.product.look(THE_SYSTEM, _audit_end)


@pytest.mark.parametrize(
    "operation", [o for o in OPERATIONS if o.method == "GET" and not o.parameters], ids=lambda o: o.name
)
def test_S18_lists_show_nothing_of_other_features(shared_world: Api, operation: Operation) -> None:
    """No list, search, export, snapshot or audit names what lies outside of one's features."""
    if operation.name in ("openapi", "list_stages", "current_settings", "explain"):
        return
    answer = send(shared_world, operation, by="outsider")
    text = answer.get_data(as_text=True)
    if operation.name == "export_files":
        # A file of one's own may name what it pins; the files of others are not there.
        text = "".join(file["path"] for file in answer.json["files"])
    assert "support/triage" not in text and "search/rewrite" not in text


def test_S18_serving_tokens_see_their_features_alone(shared_world: Api) -> None:
    """A narrow token gets its features' entries, and for the others what it would get for a typing error."""
    headers = shared_world.with_token("narrow")
    snapshot = shared_world.get("/snapshot", headers={**headers, "Accept-Encoding": "identity"}).json
    assert {"sales"} == {key.partition("/")[0] for key in snapshot["entries"]} == set(snapshot["features"])
    there = shared_world.get("/resolve/support/triage", headers=headers)
    missing = shared_world.get("/resolve/support/trioge", headers=headers)
    assert 404 == there.status_code == missing.status_code
    assert there.json == {**missing.json, "detail": missing.json["detail"].replace("trioge", "triage")}


def test_serving_tokens_cannot_look_at_what_is_not_served(shared_world: Api) -> None:
    """To force a stage or version is for those who may read."""
    for query in ("stage=internal", "version=1"):
        path = f"/resolve/support/triage?{query}"
        assert 403 == shared_world.get(path, headers=shared_world.with_token("serve")).status_code
        assert 200 == shared_world.get(path, headers=shared_world.with_token("viewer")).status_code


def test_S21_the_request_behind_a_hidden_button_is_refused(world: Api) -> None:
    """What a page does not offer is not served either when it is sent by hand."""
    body = {"grant": [{"role": "admin", "feature": "*"}]}
    answer = world.call("PATCH", "/users/editor@example.com", json=body, by="editor")
    assert (403, "forbidden") == (answer.status_code, answer.json["code"])


def test_the_ranks_are_those_of_the_product() -> None:
    """This file's order of roles is that of the domain."""
    assert [role for role in RANK if role in ACCESS_ROLES] == list(ACCESS_ROLES)
    assert PREFIX == "/api/v1"


def _judge(operation: Operation, rank: int, status: int, changed: bool) -> None:
    if rank == 0 and operation.access != "anybody":
        assert (401, False) == (status, changed), operation.name
    elif rank < NEEDED[EXPECTED[operation.name]]:
        assert (403, False) == (status, changed), operation.name
    elif operation.name not in ALSO_NEEDS:
        assert status not in (401, 403), operation.name


def _audit_end(work: Work) -> int:
    return work.head.audit_seq


def _neutral(text: str) -> str:
    for there, missing in (("suppart", "support"), ("ba9876543210", "0123456789ab")):
        text = text.replace(there, missing)
    return text.translate(str.maketrans("128", "000"))
