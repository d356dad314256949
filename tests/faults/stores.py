"""The store that servers die over, what is asked of them, and what a store says of itself."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prompts_admin.domain.people.identity import THE_SYSTEM
from prompts_admin.services.artifacts.history import show_version
from prompts_admin.services.artifacts.save import Save, save
from prompts_admin.services.people.tokens import TokenRequest, create_token
from prompts_admin.services.product import Product
from prompts_admin.services.releases.lifecycle import propose
from prompts_admin.services.releases.proposals import Ask, Proposal
from prompts_admin.services.transfer.imports import File, Import, import_files
from tests.faults.places import Place
from tests.support.cast import make_person
from tests.support.world import ROLES, person

KEY = "support/triage"
FILES = (
    File(
        "support/_feature.yaml",
        "title: Support\ndri: editor@example.com\npolicy: {beta: {sign_off: {ml: 1}}}\n",
    ),
    File("support/tone.yaml", "kind: snippet\ntext: Be kind.\n"),
    File("support/fast.yaml", "kind: model\nprovider: openai\nname: gpt-5-mini\n"),
    File(
        "support/triage.yaml",
        "kind: prompt\nmodel: support/fast\nmessages:\n- {role: system, content: 'Sort. {{> support/tone}}'}\n",
    ),
)
KEY_HEADER = "Idempotency-Key"


@dataclass(frozen=True)
class Action:
    """A request that changes something: who sends it, where, and what it says."""

    by: str
    path: str
    body: dict[str, Any]
    headers: tuple[tuple[str, str], ...] = ()

    def order(self, secrets: dict[str, str], key: str) -> dict[str, Any]:
        """Return it as it is sent, with the token of who sends it and an idempotency key."""
        headers = {"Authorization": f"Bearer {secrets[self.by]}", KEY_HEADER: key, **dict(self.headers)}
        return {"path": self.path, "body": self.body, "headers": headers}


KINDER = {"content": {"kind": "snippet", "text": "Be kind and brief."}, "message": "Kinder"}
ACTIONS = {
    "save": Action("editor", "/artifacts/support/tone/versions", KINDER, (("If-Match", '"1"'),)),
    "promote": Action("editor", "/releases", {"stage": "internal", "items": [{"key": KEY, "version": 3}]}),
    "sign": Action("releaser", "/releases/3/signoffs", {"verdict": "approve", "role": "ml"}),
    "rollback": Action("releaser", "/rollbacks", {"keys": [f"{KEY}@2"], "reason": "It is rude"}),
}
"""Over `fill`'s store each of them changes several tables and reaches the mirror; all but a save tell people."""


def fill(data: Path, database_url: str = "") -> dict[str, str]:
    """Fill an empty, migrated store; return a token for each role that acts.

    v1 of everything is live, v2 of one prompt on internal and proposed for beta, v3 saved.
    """
    data.mkdir(exist_ok=True)
    place = Place(data, database_url)
    with closing(place.product) as product:
        for role, grants in ROLES.items():
            make_person(product.store, f"{role}@example.com", *grants)
        product.do(THE_SYSTEM, import_files, None, Import(FILES, message="Sample", live=True))
        for number in (2, 3):
            _save_next(product, number)
        for stage in ("internal", "beta"):
            product.do(person("editor"), propose, None, Proposal(stage, (Ask(KEY, 2, 100_000),)))
        secrets = {role: _token(product, role) for role in ("editor", "releaser")}
        place.settle()
    return secrets


def _save_next(product: Product, number: int) -> None:
    content = product.look(person("editor"), show_version, KEY, 1)["content"]
    changed = {**content, "description": f"Route a ticket, way {number}"}
    product.do(person("editor"), save, None, Save(KEY, content=changed, base=number - 1))


def _token(product: Product, role: str) -> str:
    request = TokenRequest(name=role, role=role, user=f"{role}@example.com", clearance="pii")
    return str(product.do(person(role), create_token, None, request)["token"])
