"""What monitors ask: is the process alive, can it serve, how does it do."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from flask import Flask, Response, request

from prompts_admin.domain.errors import NotPermitted, ProductError
from prompts_admin.http.app_state import shell
from prompts_admin.http.authentication import asker
from prompts_admin.http.error_pages import json_response
from prompts_admin.http.metrics import CONTENT_TYPE, Gauge
from prompts_admin.services.product import Product
from prompts_admin.store.database import migrate
from prompts_admin.store.database.workspace_row import try_to_write
from prompts_admin.store.records import outbox

PROBE_SECONDS = 1.0


def register_probes(app: Flask) -> None:
    """Add the probes; they answer to GET and HEAD alone."""
    for path, view in (("/healthz", healthz), ("/readyz", readyz), ("/metrics", metrics)):
        app.add_url_rule(
            path,
            endpoint=f"probe.{path[1:]}",
            view_func=view,
            methods=["GET"],
            provide_automatic_options=False,
        )


def healthz() -> Response:
    """Answer 200 as long as the process answers at all."""
    return json_response({"status": "ok"})


def readyz() -> Response:
    """Answer 200 when changes and reads work, 503 with what is wrong when they do not.

    What fails in the background alone, like the mirror, is named but takes nobody off duty.
    """
    product = shell().product
    checks = dict(_checks(product))
    ready = not any(checks.values())
    failing = ", ".join(sorted(product.background()))
    shown = {name: problem or "ok" for name, problem in {**checks, "background": failing}.items()}
    return json_response({"status": "ok" if ready else "degraded", "checks": shown}, 200 if ready else 503)


def metrics() -> Response:
    """Answer the counters to this machine and to whoever has a valid token."""
    here = shell()
    if not (_is_local() or here.product.settings.open_metrics) and asker().is_nobody:
        raise NotPermitted(
            "unauthenticated", "The counters are for this machine and for tokens.", "Send a token."
        )
    return Response(here.metrics.text(_gauges(here.product)), content_type=CONTENT_TYPE)


def _checks(product: Product) -> Iterator[tuple[str, str]]:
    """Yield each check with what is wrong, empty for nothing; detail beyond the code stays in the log."""
    try:
        migrate.check_is_current(product.store.engine)
    except ProductError as error:
        yield "store", error.code
        return
    yield "store", ""
    yield "changes", _why_not_writable(product)
    yield "snapshot", "stale" if product.live.problem else ""


def _why_not_writable(product: Product) -> str:
    """Begin a change as every change begins, and roll it back."""
    try:
        with product.store.write(seconds=PROBE_SECONDS) as uow:
            try_to_write(uow.connection)
            return ""
    except ProductError as error:
        return error.code


def _gauges(product: Product) -> Iterator[Gauge]:
    snapshot = product.live.peek()
    yield "served_revision", "Revision that this process serves.", snapshot.revision if snapshot else 0
    yield "background_failing", "Loops of the background that fail at present.", len(product.background())
    yield "snapshot_stale", "1 while the newest snapshot cannot be loaded.", float(bool(product.live.problem))
    if product.settings.publish_url:
        done = product.publisher.state
        yield "published_revision", "Revision that every published pointer has at least.", done.revision
        yield "published_scopes", "Scopes that are published.", done.scopes
        yield "publish_seconds", "Seconds that the last round of publishing took.", done.seconds
    try:
        with product.store.read() as uow:
            yield "revision", "Revision of the store.", uow.head.revision
            yield "releases", "Number of the newest release.", uow.head.last_release
            yield "outbox_pending", "Messages that wait to be sent.", outbox.pending_count(uow.connection)
        yield "up", "1 while the store can be read.", 1
    except ProductError:
        yield "up", "1 while the store can be read.", 0


def _is_local() -> bool:
    try:
        return ipaddress.ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False
