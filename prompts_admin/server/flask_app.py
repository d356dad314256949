"""The Flask application that API and pages share: made here, and nowhere else."""

from __future__ import annotations

from flask import Flask, Response, request
from werkzeug.exceptions import MethodNotAllowed, RequestEntityTooLarge
from werkzeug.middleware.proxy_fix import ProxyFix

from prompts_admin import api
from prompts_admin.http import error_pages, request_log
from prompts_admin.http.app_state import Shell, shell
from prompts_admin.http.security_headers import is_https, protect
from prompts_admin.services.people.sign_in import Entrance
from prompts_admin.services.product import Product

FORM_BYTES = 65_536
"""What a form may hold beside the text of one version."""


def create_app(
    product: Product, *, local_secret: str = "", entrance: Entrance | None = None, pages: bool = True
) -> Flask:
    """Make the application over a product; without `pages` it is the API alone and there sooner.

    `local_secret` is that of this run's run file; tests bring an `entrance` whose hashes cost nothing.
    """
    app = Flask("prompts_admin", static_folder=None)
    settings = product.settings
    app.config["MAX_CONTENT_LENGTH"] = app.config["MAX_FORM_MEMORY_SIZE"] = body_bytes(
        settings.max_content_bytes
    )
    app.config["MAX_FORM_PARTS"] = 1000
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    # `//api/...` is another address than `/api/...`: nothing is tidied up before it is checked.
    app.url_map.merge_slashes = False
    Shell(product, entrance or Entrance.to(product), local_secret).install(app)
    if settings.trust_proxy:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1)  # type: ignore[method-assign]
    error_pages.install(app)
    app.before_request(request_log.begin)
    app.before_request(_check_method_and_size)
    app.before_request(request_log.check)
    api.register(app)
    if pages:
        from prompts_admin import web

        web.register(app, product)

    def guard(response: Response) -> Response:
        return request_log.finish(protect(response, https=is_https(request, settings)))

    app.after_request(guard)
    return app


def body_bytes(content_bytes: int) -> int:
    """Return how long a body with one version may be: JSON writes a character with up to six bytes."""
    return 6 * content_bytes + FORM_BYTES


def _check_method_and_size() -> None:
    if request.method not in request_log.METHODS:
        raise MethodNotAllowed(valid_methods=None)
    # Also where no view reads the body, nothing oversized is taken in.
    limit = shell().body_limits.get(request.endpoint or "", request.max_content_length or 0)
    request.max_content_length = limit
    if (request.content_length or 0) > limit:
        raise RequestEntityTooLarge()
