"""Questions in OFREP's form, and what makes their answers change."""

from __future__ import annotations

from typing import Any

import urllib3

from prompts_admin.services.rollback.removal_plan import RollbackRequest
from prompts_admin.services.rollback.rollback import rollback
from tests.support.edges import Served
from tests.support.world import person

FLAGS = "/ofrep/v1/evaluate/flags"


def ask(served: Served, key: str, context: dict[str, Any], *, by: str = "serve") -> urllib3.BaseHTTPResponse:
    """Ask for one flag."""
    return served.ask("POST", f"{FLAGS}/{key}", by=by, body={"context": context})


def ask_all(
    served: Served, *, by: str = "serve", known: str = "", told: str = "", **attributes: Any
) -> urllib3.BaseHTTPResponse:
    """Ask for all flags of the user u-1, with the ETag that is `known` and what a stream `told`."""
    headers = {"If_None_Match": known} if known else {}
    body = {"context": {"targetingKey": "u-1", **attributes}}
    path = f"{FLAGS}?flagConfigEtag={told}" if told else FLAGS
    return served.ask("POST", path, by=by, body=body, **headers)


def switch_off(served: Served, key: str) -> int:
    """Roll an artifact back to nothing; return the revision."""
    done = served.api.product.do(person("releaser"), rollback, None, RollbackRequest(keys=(key,), to="none"))
    return int(done["revision"])
