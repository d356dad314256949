"""The one table of docs/serving.md: what a caller gets, by each way to ask, is what the page says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from prompts_admin.sdk import Client, NotFound
from prompts_admin.services.people.tokens import TokenRequest, create_token
from prompts_admin.services.releases.lifecycle import apply
from prompts_admin.services.rollback.removal_plan import RollbackRequest
from prompts_admin.services.rollback.rollback import rollback
from tests.support.edges import Served, serving
from tests.support.ofrep import FLAGS, switch_off
from tests.support.world import Api, opened_world, person

PAGE = Path(__file__).parents[2] / "docs" / "serving.md"
OURS = ("support", "search", "shared")


@dataclass(frozen=True)
class Case:
    """What the page calls it, what is asked for, and by whom."""

    name: str
    key: str
    user: str | None = "u-1"
    groups: tuple[str, ...] = ()
    token: str = "wide"


CASES = (
    Case("v1 is live for this user", "search/rank"),
    Case("not there, or never released", "support/none"),
    Case("in a feature that the token does not have", "sales/follow-up", token="ours"),
    Case("above the token's clearance", "sales/follow-up"),
    Case("switched off on every stage", "support/reply"),
    Case("outside every audience and share that has it", "search/rewrite"),
    Case("outside the share of v2, v1 stands behind it", "support/triage", groups=("internal",)),
    Case("the share of v2 decides, and no user is named", "support/triage", user=None, groups=("internal",)),
)


@pytest.fixture(scope="module")
def scene(
    world_template: tuple[Path, dict[str, str]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    """One artifact for each case, and two tokens that may not see everything."""
    with opened_world(world_template, tmp_path_factory.mktemp("callers") / "world") as api:
        api.secrets = dict(api.secrets) | {"wide": _token(api, None), "ours": _token(api, OURS)}
        with serving(api) as served:
            switch_off(served, "support/reply")
            request = RollbackRequest(keys=("search/rewrite",), stages=("beta", "full"), to="none")
            api.product.do(person("releaser"), rollback, None, request)
            api.product.do(person("editor"), apply, None, 2)
            yield served


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_page_says_what_a_caller_gets(scene: Served, case: Case) -> None:
    """Each row: SDK without and with a default, REST, OFREP for one flag and for all."""
    cells = (
        case.name,
        _sdk(scene, case),
        _sdk(scene, case, default="Plain"),
        _rest(scene, case),
        _one(scene, case),
        _all(scene, case),
    )
    assert f"| {' | '.join(cells)} |" in PAGE.read_text(encoding="utf-8").splitlines()


def _token(api: Api, features: tuple[str, ...] | None) -> str:
    name = f"callers of {features or 'all'}"[:40]
    request = TokenRequest(name=name, role="serve", features=features, clearance="internal")
    return str(api.product.do(person("admin"), create_token, None, request)["token"])


def _sdk(served: Served, case: Case, **default: Any) -> str:
    with Client(served.url, token=served.api.secrets[case.token], poll_seconds=None) as client:
        try:
            got = client.prompt(case.key, user=case.user, groups=case.groups, **default)
        except NotFound as error:
            return f"`NotFound`, `{error.reason}`"
    return f"the default, `{got.reason}`" if got.source == "default" else f"v{got.version}"


def _rest(served: Served, case: Case) -> str:
    query = "&".join([f"user={case.user}"] * bool(case.user) + [f"group={group}" for group in case.groups])
    answer = served.get(f"/api/v1/resolve/{case.key}?{query}", by=case.token)
    said = answer.json()
    if answer.status == 200:
        return f"v{said['version']}"
    return f"`{answer.status} {said['code']}`" + (f", `{said['reason']}`" if "reason" in said else "")


def _one(served: Served, case: Case) -> str:
    body = {"context": _context(case)}
    answer = served.ask("POST", f"{FLAGS}/{case.key}", by=case.token, body=body)
    said = answer.json()
    return _told(said) if answer.status == 200 else f"`{answer.status} {said['errorCode']}`"


def _all(served: Served, case: Case) -> str:
    answer = served.ask("POST", FLAGS, by=case.token, body={"context": _context(case)})
    if answer.status != 200:
        return f"`{answer.status} {answer.json()['errorCode']}`"
    found = [flag for flag in answer.json()["flags"] if flag["key"] == case.key]
    return _told(found[0]) if found else "not among them"


def _told(flag: dict[str, Any]) -> str:
    return str(flag["variant"]) if "value" in flag else f"`200` without value, `{flag['reason']}`"


def _context(case: Case) -> dict[str, Any]:
    return {**({"targetingKey": case.user} if case.user else {}), "groups": list(case.groups)}
