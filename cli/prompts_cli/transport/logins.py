"""The stored logins: one token per server, and which server was logged in to last."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from prompts_cli.paths import PRIVATE, login_file, read_json, write_whole


def current_server(environ: Mapping[str, str]) -> str | None:
    """Return the address of the last login, None without one."""
    current = read_json(login_file(environ)).get("current")
    return current if isinstance(current, str) else None


def stored_token(environ: Mapping[str, str], url: str) -> str | None:
    """Return the token that belongs to `url`; a token is never sent to another address."""
    token = _servers(environ).get(_name(url), {}).get("token")
    return token if isinstance(token, str) else None


def store_login(environ: Mapping[str, str], url: str, token: str) -> None:
    """Remember `token` for `url`, readable by this user alone, and make the server the current one."""
    servers = {**_servers(environ), _name(url): {"token": token}}
    _write(environ, {"current": _name(url), "servers": servers})


def forget_login(environ: Mapping[str, str], url: str) -> None:
    """Forget the token of `url`; afterwards no server is the current one."""
    servers = {name: entry for name, entry in _servers(environ).items() if name != _name(url)}
    _write(environ, {"servers": servers})


def _servers(environ: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    servers = read_json(login_file(environ)).get("servers", {})
    entries = servers.items() if isinstance(servers, dict) else ()
    return {name: entry for name, entry in entries if isinstance(entry, dict)}


def _write(environ: Mapping[str, str], document: Mapping[str, Any]) -> None:
    write_whole(login_file(environ), json.dumps(document, indent=2).encode(), mode=PRIVATE)


def _name(url: str) -> str:
    return url.rstrip("/")
