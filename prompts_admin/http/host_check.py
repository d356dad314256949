"""Under which names a server that only this machine can reach is spoken to."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from flask import Request

from prompts_admin.domain.errors import Usage
from prompts_admin.settings.table import Settings


def check_host(request: Request, settings: Settings) -> None:
    """Raise Usage("malformed") when a server on loopback is called by a foreign name.

    A page elsewhere can point its own name at 127.0.0.1 and then is of the same origin (DNS rebinding). Behind
    a proxy the public address says the name, whoever listens on other addresses is found by any, and https has
    certificates against it.
    """
    if request.is_secure or settings.public_url or not _is_loopback(settings.host):
        return
    if not _is_loopback(urlsplit(f"//{request.host}").hostname or ""):
        raise Usage(
            "malformed",
            "This server is for this machine and goes by no such name.",
            "Call it by 127.0.0.1, or set PROMPTS_ADMIN_PUBLIC_URL to the name.",
        )


def _is_loopback(name: str) -> bool:
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name == "localhost"
