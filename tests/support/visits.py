"""Visiting pages as people of the cast do, and reading what came as a browser would.

`visits.get("/releases", by=AUTHOR)`; `visits.post("/releases/3/sign", by=APPROVER, action="approve")`. The
people are vouched for by the machine, so that a test needs no sign-in; tests of forged requests sign in.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from prompts_admin.server.flask_app import create_app
from prompts_admin.services.people.sign_in import Entrance
from tests.support.cast import AUTHOR, CHEAP, person
from tests.support.desk import Desk

ON_SQLITE = pytest.mark.parametrize("database_kind", ["sqlite"])
"""Pages know nothing of databases; services are tested on both."""
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "javascript:alert(1)",
    "{{7*7}}{% for x in y %}",
    "</textarea><svg onload=alert(1)>",
    "\u202egpj.exe\u200b",
)
"""What people may type; no page may ever run or hide it."""


@dataclass
class Page:
    """A page as its elements, its forms by action, and its text."""

    elements: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    forms: dict[str, dict[str, str]] = field(default_factory=dict)
    words: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The text that people read, white space made single."""
        return " ".join("".join(self.words).split())

    def links(self) -> set[str]:
        """Return where the links lead."""
        return {
            attributes["href"] for name, attributes in self.elements if name == "a" and "href" in attributes
        }

    def active(self) -> list[str]:
        """Return everything that would run: scripts of the page's own, handlers, links that are code."""
        found = []
        for name, attributes in self.elements:
            if name == "script" and not attributes.get("src", "").startswith("/static/"):
                found.append("script")
            found += [key for key in attributes if key.startswith("on") or key == "style"]
            if attributes.get("href", "").strip().lower().startswith(("javascript:", "data:")):
                found.append(attributes["href"])
        return found


class Visits:
    """Sends requests to the application as somebody."""

    def __init__(self, app: Flask, desk: Desk) -> None:
        self.app = app
        self.desk = desk

    def get(self, path: str, *, by: str = AUTHOR, **query: Any) -> TestResponse:
        """GET a page."""
        return self._send("GET", path, by, **({"query_string": query} if query else {}))

    def post(self, path: str, *, by: str = AUTHOR, **fields: Any) -> TestResponse:
        """POST a form; `fields` may hold lists, and names with dots through `**{...}`."""
        return self._send("POST", path, by, data=fields)

    def read(self, path: str, *, by: str = AUTHOR, status: int = 200, **query: Any) -> Page:
        """GET a page and read it."""
        response = self.get(path, by=by, **query)
        assert status == response.status_code, response.text
        return read(response)

    def _send(self, method: str, path: str, by: str, **more: Any) -> TestResponse:
        client: FlaskClient = self.app.test_client(use_cookies=False)
        environ = {"prompts_admin.identity": person(by, via="web")}
        return client.open(quote(path, safe="/?=&%@"), method=method, environ_overrides=environ, **more)


@pytest.fixture
def visits(desk: Desk) -> Visits:
    """The pages over a desk."""
    app = create_app(desk.product, entrance=Entrance.to(desk.product, CHEAP))
    app.testing = False
    return Visits(app, desk)


def read(response: TestResponse) -> Page:
    """Return a page as a browser would take it apart."""
    reader = _Reader()
    reader.feed(response.text)
    reader.close()
    return reader.page


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = Page()
        self._form: dict[str, str] | None = None
        self._select = ""
        self._area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        self.page.elements.append((tag, attributes))
        name, form = attributes.get("name", ""), self._form
        if tag == "form" and attributes.get("method") == "post":
            self._form = self.page.forms.setdefault(attributes.get("action", ""), {})
        elif form is None:
            return
        elif tag == "select":
            self._select = name
        elif tag == "textarea":
            self._area = name
            form[name] = ""
        elif tag == "option" and ("selected" in attributes or self._select not in form):
            form[self._select] = attributes.get("value", "")
        elif tag == "input" and name and _is_sent(attributes):
            form.setdefault(name, attributes.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        if tag == "textarea":
            self._area = ""

    def handle_data(self, data: str) -> None:
        self.page.words.append(data)
        if self._area and self._form is not None:
            self._form[self._area] += data.removeprefix("\n")


def _is_sent(attributes: dict[str, str]) -> bool:
    """Tell whether a browser sends this field: boxes and buttons to choose from only when chosen."""
    return attributes.get("type") not in ("checkbox", "radio") or "checked" in attributes
