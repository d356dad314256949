"""Pages for people: complete without script, made by the server from templates.

A module here reads the request, calls one service and renders one template; no rule of the product and no
SQL may live here. One module and one template folder per page group; `call`, `forms`, `notices`,
`rendering` and `assets` are what they share.
"""

from __future__ import annotations

from flask import Flask

from prompts_admin.http.app_state import Shell
from prompts_admin.services.product import Product
from prompts_admin.web.page_groups import GROUPS
from prompts_admin.web.ui import assets, errors, rendering

TEXT_PAGES = ("editing.editing", "editing.starting")
TEXT_FACTOR = 32
"""How much longer than a version a form may be: ten times, with a byte written in three characters."""


def register(app: Flask, product: Product) -> None:
    """Add every page to the application, and let it answer errors outside the API with a page."""
    rendering.install(app)
    assets.install(app)
    errors.install(app)
    for group in GROUPS:
        app.register_blueprint(group)
    _let_texts_in(app, product)


def _let_texts_in(app: Flask, product: Product) -> None:
    """Take in a text far above the limit too, where one is edited: refusing it must not lose it."""
    here: Shell = app.extensions["prompts_admin"]
    most = TEXT_FACTOR * product.settings.max_content_bytes
    here.body_limits.update(dict.fromkeys(TEXT_PAGES, most))
