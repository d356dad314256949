"""A workspace as a company has it: the samples live, people of every role, tokens, an open release and a change.

`world` is a copy of its own for a test that changes things; `shared_world` is one for all tests of a module
that only read.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from prompts_admin.domain.people.identity import THE_SYSTEM, Identity, LocalPerson
from prompts_admin.server.bootstrap import open_product, prepare_store, read_files, samples_folder
from prompts_admin.server.flask_app import create_app
from prompts_admin.services.artifacts.history import show_version
from prompts_admin.services.artifacts.save import Save, save
from prompts_admin.services.people.sign_in import Entrance
from prompts_admin.services.people.tokens import TokenRequest, create_token
from prompts_admin.services.policies.changes import propose_settings
from prompts_admin.services.product import Product
from prompts_admin.services.releases.lifecycle import propose
from prompts_admin.services.releases.proposals import Ask, Proposal
from prompts_admin.services.transfer.imports import Import, import_files
from prompts_admin.settings.table import Settings
from tests.support.cast import CHEAP, make_person

EVERYWHERE = "*"
ROLES = {
    "viewer": (("viewer", EVERYWHERE),),
    "editor": (("editor", EVERYWHERE), ("product", EVERYWHERE)),
    "releaser": (("releaser", EVERYWHERE), ("ml", EVERYWHERE)),
    "lawyer": (("viewer", EVERYWHERE), ("legal", EVERYWHERE)),
    "admin": (("admin", EVERYWHERE),),
    "outsider": (("editor", "sales"),),
}
"""A person of each role is `ROLE@example.com`; the outsider has rights on `sales` alone."""
PASSWORD = "a phrase for all " + "of these people"
PREFIX = "/api/v1"


@dataclass
class Api:
    """Speaks to the application as somebody: `api.get("/releases", by="viewer")`; nobody without `by`."""

    app: Flask
    product: Product
    secrets: dict[str, str] = field(default_factory=dict, repr=False)

    @property
    def client(self) -> FlaskClient:
        """A client without cookies."""
        return self.app.test_client(use_cookies=False)

    def call(self, method: str, path: str, *, by: str | None = None, **more: Any) -> TestResponse:
        """Send a request; `by` is a role, vouched for by the machine."""
        environ = {"prompts_admin.identity": person(by)} if by else {}
        if method in ("POST", "PATCH") and not {"json", "data"} & more.keys():
            more["json"] = {}
        return self.client.open(PREFIX + path, method=method, environ_overrides=environ, **more)

    def get(self, path: str, **more: Any) -> TestResponse:
        """GET below the prefix."""
        return self.call("GET", path, **more)

    def post(self, path: str, json: Any = None, **more: Any) -> TestResponse:
        """POST a JSON body below the prefix."""
        return self.call("POST", path, json={} if json is None else json, **more)

    def with_token(self, name: str) -> dict[str, str]:
        """Return the header of a token of the world: serve, viewer, narrow, admin."""
        return {"Authorization": f"Bearer {self.secrets[name]}"}


def person(role: str) -> Identity:
    """Return the identity of the person of a role."""
    return LocalPerson(f"{role}@example.com", "test")


@pytest.fixture(scope="session")
def world_template(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """The data folder of a filled store, to copy, and the secrets of its tokens."""
    folder = tmp_path_factory.mktemp("world")
    settings = Settings(data=folder)
    prepare_store(settings)
    with closing(open_product(settings)) as product:
        return folder, _fill(product)


@pytest.fixture
def world(world_template: tuple[Path, dict[str, str]], tmp_path: Path) -> Iterator[Api]:
    """A world of the test's own."""
    with opened_world(world_template, tmp_path / "world") as api:
        yield api


@pytest.fixture(scope="module")
def shared_world(
    world_template: tuple[Path, dict[str, str]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Api]:
    """A world for tests that change nothing; they are many, so nothing counts how often they ask."""
    folder = tmp_path_factory.mktemp("shared") / "world"
    with opened_world(world_template, folder, **UNLIMITED) as api:
        yield api


UNLIMITED = {"writes_per_minute": 0, "searches_per_minute": 0, "exports_per_minute": 0}


@contextmanager
def opened_world(template: tuple[Path, dict[str, str]], folder: Path, **changes: Any) -> Iterator[Api]:
    shutil.copytree(template[0], folder)
    with closing(open_product(Settings(data=folder, **changes))) as product:
        yield Api(create_app(product, entrance=Entrance.to(product, CHEAP)), product, template[1])


def _fill(product: Product) -> dict[str, str]:
    for role, grants in ROLES.items():
        make_person(product.store, f"{role}@example.com", *grants, password=PASSWORD)
    request = Import(read_files(samples_folder()), message="Sample", live=True)
    product.do(THE_SYSTEM, import_files, None, request)
    content = product.look(person("editor"), show_version, "support/triage", 1)["content"]
    changed = {**content, "description": "Route a ticket to the right queue"}
    product.do(
        person("editor"), save, None, Save("support/triage", content=changed, base=1, message="Clearer")
    )
    asked = Proposal("internal", (Ask("support/triage", 2, 10_000),), note="Try it", apply="manual")
    product.do(person("editor"), propose, None, asked)
    policy = {"policy": {"beta": {"sign_off": {"ml": 2}}}}
    product.do(
        person("releaser"), propose_settings, None, scope="search", document=policy, note="Two experts"
    )
    return {
        "serve": _token(product, "serve", "serve", None),
        "viewer": _token(product, "viewer", "viewer", None),
        "narrow": _token(product, "narrow", "serve", ("sales",)),
        "admin": _token(product, "admin", "admin", None, user="admin@example.com"),
    }


def _token(
    product: Product, name: str, role: str, features: tuple[str, ...] | None, *, user: str | None = None
) -> str:
    request = TokenRequest(name=name, role=role, features=features, user=user, clearance="pii")
    return str(product.do(person("admin"), create_token, None, request)["token"])
