"""What one application holds besides its routes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, Response, current_app

from prompts_admin.http.admission_cache import LastKnown
from prompts_admin.http.metrics import Metrics
from prompts_admin.http.rate_limits import Buckets
from prompts_admin.services.people.sign_in import Entrance
from prompts_admin.services.product import Product
from prompts_admin.serving.scopes import Scope

_NAME = "prompts_admin"

ErrorPage = Callable[[dict[str, Any], Exception], Response]
"""Makes the page of an error and its problem document."""


@dataclass
class Shell:
    """The product behind the application, the door to it, and the memories of this process.

    `local_secret` is the secret of the run file, accepted from this machine's own command line. `error_page`
    is set by the pages; without it errors outside the API are plain text. `body_limits` holds the endpoints
    that take other bodies than most, in bytes. `last_known` holds (asker, scope) of who was served.
    """

    product: Product
    entrance: Entrance
    local_secret: str = field(default="", repr=False)
    metrics: Metrics = field(default_factory=Metrics)
    buckets: Buckets = field(default_factory=Buckets)
    error_page: ErrorPage | None = None
    body_limits: dict[str, int] = field(default_factory=dict)
    last_known: LastKnown[tuple[Any, Scope]] = field(default_factory=LastKnown)

    def install(self, app: Flask) -> None:
        """Make this the shell of an application."""
        app.extensions[_NAME] = self


def shell() -> Shell:
    """Return the shell of the application that answers this request."""
    found = current_app.extensions[_NAME]
    if not isinstance(found, Shell):
        raise TypeError("This application was not made by create_app.")
    return found
