"""The choice of the server: the named one, the local one that runs, or the application in this process."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from prompts_cli.failures import Failure, failure
from prompts_cli.options import Options
from prompts_cli.paths import data_folder, run_file
from prompts_cli.transport.client import Client
from prompts_cli.transport.logins import current_server, stored_token
from prompts_cli.transport.messages import Answer, Request, Transport

PROBE_SECONDS = 1.0
PUBLISHED_REVISION = "prompts_admin_published_revision"


@dataclass(frozen=True)
class Server:
    """An address and the token that goes there."""

    url: str
    token: str


def connect(options: Options, environ: Mapping[str, str]) -> Client:
    """Return the client that the options, the environment or the stored login ask for.

    `--url` wins, then `--data`, PROMPTS_ADMIN_URL, PROMPTS_ADMIN_DATA, the stored login, the default folder.
    """
    server = named_server(options, environ) or running_server(options, environ)
    if server is None:
        return embedded_client(options, environ)
    return client_of(server, options)


def connect_briefly(options: Options, environ: Mapping[str, str], seconds: float) -> Client | None:
    """Return a client that waits `seconds` at most, for completion; None where no server is known."""
    server = named_server(options, environ) or running_server(options, environ, patience=seconds)
    return None if server is None else client_of(server, options, patience=seconds)


def named_server(options: Options, environ: Mapping[str, str]) -> Server | None:
    """Return the server that was asked for or logged in to, None for the local store."""
    url = options.url
    # `--data` means the local store, whatever the environment or a login says; so does its variable over a login.
    if not url and not options.data:
        url = environ.get("PROMPTS_ADMIN_URL")
        if not url and not environ.get("PROMPTS_ADMIN_DATA"):
            url = current_server(environ)
    if not url:
        return None
    return Server(url, options.token or _environment_token(environ) or stored_token(environ, url) or "")


def running_server(
    options: Options, environ: Mapping[str, str], *, patience: float = PROBE_SECONDS
) -> Server | None:
    """Return the server that runs over the local data folder, None when none answers in `patience` seconds."""
    found = run_file(data_folder(environ, options.data))
    if found is None:
        return None
    # No token goes out before this: another program may have taken the port of a server that was killed.
    answer = _probed(found["url"], "/healthz", connect_seconds=patience, answer_seconds=patience)
    if answer is None or answer.status not in (200, 503):
        return None
    return Server(found["url"], options.token or str(found.get("token", "")))


def failing_in_background(url: str) -> str:
    """Return the names of what fails in the background of a server, empty when nothing does or nobody tells."""
    with contextlib.suppress(Failure):
        answer = _probed(url, "/readyz")
        told = answer.json() if answer else None
        found = told.get("checks", {}).get("background") if isinstance(told, dict) else ""
        return "" if found in (None, "ok") else str(found)
    return ""


def published_by(url: str) -> str | None:
    """Return the revision that a server publishes, empty when it publishes nothing, None when it does not tell."""
    answer = _probed(url, "/metrics")
    if answer is None or answer.status != 200:
        return None
    lines = [line.split() for line in answer.body.decode("utf-8", "replace").splitlines()]
    told = [line[1] for line in lines if len(line) == 2 and line[0] == PUBLISHED_REVISION]
    return told[0] if told else ""


def client_of(server: Server, options: Options, *, patience: float | None = None) -> Client:
    """Return a client for a server; `patience` seconds bound its waits when given."""
    from prompts_cli.transport.http import ANSWER_SECONDS, CONNECT_SECONDS, RemoteTransport

    transport = RemoteTransport(
        server.url, connect_seconds=patience or CONNECT_SECONDS, answer_seconds=patience or ANSWER_SECONDS
    )
    return Client(transport, token=server.token, act_as=options.act_as or "")


def embedded_client(options: Options, environ: Mapping[str, str]) -> Client:
    """Return a client for the application inside this process, over the local store."""
    from prompts_cli.local.store import open_transport

    transport: Transport = open_transport(options, environ)
    return Client(transport, token=options.token or "", act_as=options.act_as or "")


def _probed(
    url: str, path: str, *, connect_seconds: float = PROBE_SECONDS, answer_seconds: float = 5.0
) -> Answer | None:
    """Ask a server without a token; None when it cannot be reached."""
    from prompts_cli.transport.http import RemoteTransport

    with contextlib.suppress(Failure):
        probe = RemoteTransport(url, connect_seconds=connect_seconds, answer_seconds=answer_seconds)
        answer = probe.send(Request("GET", path))
        probe.close()
        return answer
    return None


def _environment_token(environ: Mapping[str, str]) -> str:
    if environ.get("PROMPTS_ADMIN_TOKEN"):
        return environ["PROMPTS_ADMIN_TOKEN"]
    named = environ.get("PROMPTS_ADMIN_TOKEN_FILE")
    if not named:
        return ""
    try:
        return Path(named).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise failure("malformed", f"The token file '{named}' cannot be read.", "Correct the path.") from None
