"""One process that serves pages and API, and does in the background what waits in the outbox."""

from __future__ import annotations

import asyncio
import ipaddress
import json
import logging
import os
import secrets
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import uvicorn

from prompts_admin.domain.errors import Refused, Usage
from prompts_admin.domain.people.identity import THE_SYSTEM
from prompts_admin.edge.factory import open_edge
from prompts_admin.edge.idle_connections import HalfOpen
from prompts_admin.edge.routes import Edge
from prompts_admin.server.asgi import Application
from prompts_admin.server.bootstrap import load_samples, open_product, prepare_store, wsgi_app
from prompts_admin.server.worker import Worker
from prompts_admin.services.people.one_time_links import create_setup_link
from prompts_admin.services.product import Product
from prompts_admin.settings.table import Settings
from prompts_admin.store.people import users

RUN_FILE = "server.json"
BODY_FACTOR = 40
"""A folder import may bring as many largest files in one request."""
GRACE_SECONDS = 12
"""How long requests under way may take after a signal to stop; the background has the rest of half a minute."""


def run(settings: Settings, *, demo: bool, migrate: bool = True) -> None:
    """Serve until stopped by a signal; `migrate` first brings the database to this program's schema.

    Raises Usage for a demo on an address that others can reach, and Refused `demo_only` for a demo on a
    store that has people of its own.
    """
    _raise_open_files()
    if demo and not is_loopback(settings.host):
        raise Usage("malformed", f"A demo on '{settings.host}' would let anybody in.", "Listen on 127.0.0.1.")
    if migrate:
        say("Preparing the store ...")
        prepare_store(settings)
    product = open_product(settings)
    try:
        check_demo(product, demo=demo)
        if migrate:
            _load(product, demo=demo)
        _serve(product, demo=demo)
    finally:
        product.close()


def check_demo(product: Product, *, demo: bool) -> None:
    """Refuse to open a demo store to others, or to turn a real one into a demo."""
    is_demo = product.look(THE_SYSTEM, lambda work: work.head.demo)
    has_people = product.look(THE_SYSTEM, lambda work: users.any_user(work.connection))
    if demo and has_people and not is_demo:
        raise Refused("demo_only", "This store has people of its own.", "Start it without --demo.")
    if is_demo and not is_loopback(product.settings.host):
        raise Refused("demo_only", "This is a demo store: anybody could sign in.", "Listen on 127.0.0.1.")


def is_loopback(host: str) -> bool:
    """Tell whether only this machine can reach `host`."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def say(text: str) -> None:
    """Tell the person at the terminal what is going on."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def _raise_open_files() -> None:
    """Take as many open files as the system lets us have: each stream is one, and 1,024 is a common start."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _load(product: Product, *, demo: bool) -> None:
    loaded = load_samples(product, demo=demo)
    if loaded is not None:
        say(f"Loaded {len(loaded['created'])} sample artifacts.")


def _serve(product: Product, *, demo: bool) -> None:
    settings = product.settings
    with (
        _stopped_by_signals(),
        _listening(settings) as listener,
        Worker(product) as worker,
        open_edge(product) as edge,
    ):
        port = listener.getsockname()[1]
        url = settings.public_url or f"http://{settings.host}:{port}"
        local_secret = f"local_{secrets.token_urlsafe(32)}"
        app = Application(
            wsgi_app(product, local_secret=local_secret),
            threads=settings.threads,
            max_body=settings.max_content_bytes * BODY_FACTOR,
            edge=edge,
        )
        product.wakers.append(worker.wake)
        product.background = lambda: worker.problems
        product.live.changed()
        with _run_file(settings.data, url, local_secret):
            _greet(product, url, demo=demo)
            _uvicorn(app, settings, edge).run(sockets=[listener])


class Server(uvicorn.Server):
    """Begins the asynchronous face with the loop, and lets its streams say goodbye before it waits for requests."""

    def __init__(self, config: uvicorn.Config, edge: Edge) -> None:
        super().__init__(config)
        self._edge = edge
        self.half_open = HalfOpen(self.server_state.connections)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to serve."""
        self._edge.begin()
        self._watching = asyncio.create_task(self.half_open.watch())
        await super().startup(sockets)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop: open streams would otherwise keep the process until it is killed."""
        self._watching.cancel()
        await self._edge.close()
        await super().shutdown(sockets)


def _uvicorn(app: Application, settings: Settings, edge: Edge) -> Server:
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=settings.trust_proxy,
        timeout_graceful_shutdown=GRACE_SECONDS,
        lifespan="off",
    )
    return Server(config, edge)


def _greet(product: Product, url: str, *, demo: bool) -> None:
    # Where there are people, a start changes nothing and so waits for nobody.
    if not product.look(THE_SYSTEM, lambda work: users.any_user(work.connection)):
        secret = product.do(THE_SYSTEM, create_setup_link)["secret"]
        say(f"First start: make the administrator at {url}/setup/{secret} (works once, for a while).")
    say(f"prompts-admin{' (demo)' if demo else ''} is on {url} - stop it with Ctrl-C.")


@contextmanager
def _stopped_by_signals() -> Iterator[None]:
    """Make SIGTERM and Ctrl-C an ordinary end: uvicorn raises them again once it has stopped, and would die of them."""

    def leave(_number: int, _frame: object) -> None:
        raise SystemExit(0)

    ours = (signal.SIGTERM, signal.SIGINT) if threading.current_thread() is threading.main_thread() else ()
    before = {number: signal.signal(number, leave) for number in ours}
    try:
        yield
    except SystemExit as leaving:
        # uvicorn itself leaves with a code when it could not start.
        if leaving.code:
            raise
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _listening(settings: Settings) -> Iterator[socket.socket]:
    """Take the port before saying that it is served."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((settings.host, settings.port))
        except OSError as error:
            detail = f"Port {settings.port} on {settings.host} cannot be used: {error.strerror}."
            raise Usage("malformed", detail, "Take another one: --port 8081") from error
        listener.set_inheritable(True)
        # Whoever finds the run file may connect at once, and waits until the program has started.
        listener.listen()
        yield listener


@contextmanager
def _run_file(data: Path, url: str, secret: str) -> Iterator[None]:
    """Let the command line on this machine find the server; for its owner's eyes only."""
    path = data / RUN_FILE
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump({"url": url, "pid": os.getpid(), "token": secret}, file)
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


logging.getLogger("uvicorn.error").addFilter(lambda record: record.levelno >= logging.WARNING)
