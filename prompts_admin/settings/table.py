"""Every setting of the product in one table: the fields of `Settings`, each with default, check and help.

Settings are environment variables `PROMPTS_ADMIN_NAME`; secret ones may also be read from the file that
`PROMPTS_ADMIN_NAME_FILE` names. Nothing is read when this module is imported.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import timedelta
from pathlib import Path
from typing import Any

from prompts_admin.domain.errors import Problem, Usage
from prompts_admin.domain.people.permissions import CLEARANCES
from prompts_admin.settings.environment import PREFIX, read_environment, setting
from prompts_admin.settings.values import (
    choice,
    folder,
    json_object,
    link,
    long_secret,
    number,
    place,
    price_list,
    switch,
    text,
    whole,
    words,
)

_DATA = Path("~/.local/share/prompts-admin")


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What the product was told at its start; secrets do not show in its repr."""

    # A path never changes, whatever the check of mutable defaults thinks of the call.
    data: Path = setting(_DATA, folder(), "Folder of database, key and git mirror.")  # noqa: RUF009
    database_url: str = setting("", text(), "SQLAlchemy URL; empty: SQLite in the data folder.", secret=True)
    secret_key: str = setting(
        "",
        long_secret(),
        "Key of stream tickets, published names, kept answers; the same for all servers of a store.",
        secret=True,
    )
    url: str = setting("", link(), "Server that the command line speaks to; empty: the local one.")
    token: str = setting("", text(), "API token that the command line sends.", secret=True)
    host: str = setting("127.0.0.1", text(), "Address to listen on.")
    port: int = setting(8080, whole(0, 65535), "Port to listen on; 0 takes a free one.")
    public_url: str = setting("", link(), "Address under which people reach the server, for links.")
    trust_proxy: bool = setting(False, switch(), "Believe X-Forwarded-*; only behind a proxy that sets them.")
    threads: int = setting(16, whole(1, 256), "Requests for pages and API that are answered at once.")
    samples: str = setting("", text(), "Folder for an empty store; empty: our samples; 'none': nothing.")
    streams: int = setting(20_000, whole(0, 10**6), "Streams to readers that are open at once.")
    streams_per_token: int = setting(8_000, whole(0, 10**6), "Streams that one token may have open.")
    heartbeat_seconds: float = setting(15.0, number(0.2, 300), "Seconds between signs of life on a stream.")
    ofrep_origins: tuple[str, ...] = setting((), words(), "Origins whose pages may ask OFREP; '*': any.")
    lock_seconds: float = setting(5.0, number(0.05, 600), "Seconds that a change waits for another one.")
    max_content_bytes: int = setting(1_048_576, whole(1024, 67_108_864), "Largest version or file, in bytes.")
    session_idle_hours: float = setting(
        12.0, number(0.01, 8760), "Hours without a request that end a session."
    )
    session_hours: float = setting(168.0, number(0.01, 8760), "Hours that end a session in any case.")
    link_hours: float = setting(24.0, number(0.01, 720), "Hours for which invitation and reset links work.")
    sign_in_attempts: int = setting(
        10, whole(1, 1000), "Failed sign-ins per person or address before a wait."
    )
    sign_in_window_seconds: int = setting(300, whole(1, 86_400), "Seconds over which failures are counted.")
    writes_per_minute: int = setting(30_000, whole(0, 10**7), "Changes per person or token; 0: no limit.")
    searches_per_minute: int = setting(600, whole(0, 10**7), "Searches per person or token; 0: no limit.")
    exports_per_minute: int = setting(60, whole(0, 10**7), "Exports per person or token; 0: no limit.")
    undo_hours: float = setting(24.0, number(0, 8760), "Hours for which a release can be undone.")
    remind_hours: float = setting(
        24.0, number(0.01, 8760), "Hours after which a request to sign is repeated."
    )
    notify_urls: tuple[str, ...] = setting((), words(), "Apprise URLs, separated by spaces.", secret=True)
    notify_log: str = setting("", text(), "File for notifications as well; '-' means the log.")
    open_metrics: bool = setting(False, switch(), "Show /metrics to all; else to loopback and tokens.")
    mirror: bool = setting(True, switch(), "Keep a git repository of every version and stage.")
    mirror_push_url: str = setting("", text(), "Git remote (https or ssh) of the mirror.", secret=True)
    publish_url: str = setting("", place(), "fsspec URL that snapshots are published to.", secret=True)
    publish_options: str = setting(
        "", json_object(), "fsspec options of that URL as a JSON object.", secret=True
    )
    publish_public_url: str = setting("", link(), "Address under which clients find what is published.")
    try_url: str = setting(
        "", link(), "Base URL of an OpenAI-compatible endpoint to try prompts; empty: off."
    )
    try_key: str = setting("", text(), "Key that this endpoint is asked with.", secret=True)
    try_models: str = setting(
        "", price_list(), 'Models that may be tried, with prices: {"m": {"in": 0.25, "out": 2}}; empty: any.'
    )
    try_classification: str = setting(
        "internal", choice(*CLEARANCES), "Most sensitive data that the endpoint may get."
    )
    try_seconds: float = setting(60.0, number(0.1, 600), "Seconds that an answer may take.")
    try_bytes: int = setting(262_144, whole(1024, 16_777_216), "Bytes of a request, and of an answer.")
    tries_per_minute: int = setting(20, whole(0, 10_000), "Tries per person; 0: no limit.")
    tries_at_once: int = setting(4, whole(1, 64), "Tries at once in a server process, of its threads.")
    log_level: str = setting("info", choice("debug", "info", "warning", "error"), "Least level of log lines.")

    @property
    def database(self) -> str:
        """SQLAlchemy URL of the store: the one that was set, or SQLite in the data folder."""
        return self.database_url or f"sqlite:///{self.data / 'prompts-admin.db'}"

    @property
    def base_url(self) -> str:
        """Address for links, without a slash at the end."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def session_idle(self) -> timedelta:
        """How long a session lasts without a request."""
        return timedelta(hours=self.session_idle_hours)

    @property
    def session_life(self) -> timedelta:
        """How long a session lasts at most."""
        return timedelta(hours=self.session_hours)


def load_settings(environ: Mapping[str, str], **overrides: Any) -> Settings:
    """Read the settings from `environ`; `overrides` that are not None win (field name -> typed value).

    Raises Usage("malformed") with every problem at once: bad values, unknown names, unreadable secret files.
    """
    found, problems = read_environment(fields(Settings), environ)
    given = {name: value for name, value in overrides.items() if value is not None}
    values = {"data": _data_folder(environ), **found, **given}
    problems += _contradictions(values)
    if problems:
        raise _refusal(problems)
    values["data"] = Path(values["data"]).expanduser()
    return Settings(**values)


def settings_table() -> list[dict[str, Any]]:
    """Return every setting for the documentation: name, type, default, help, secret."""
    return [
        {
            "name": PREFIX + entry.name.upper(),
            "type": entry.metadata["check"].name,
            "default": entry.metadata["check"].show(entry.default),
            "help": entry.metadata["help"],
            "secret": entry.metadata["secret"],
        }
        for entry in fields(Settings)
    ]


def _contradictions(values: Mapping[str, Any]) -> Iterator[Problem]:
    idle = values.get("session_idle_hours", Settings.session_idle_hours)
    life = values.get("session_hours", Settings.session_hours)
    if idle > life:
        yield Problem("is longer than PROMPTS_ADMIN_SESSION_HOURS.", path="PROMPTS_ADMIN_SESSION_IDLE_HOURS")
    shared = str(values.get("database_url", "")).startswith("postgresql")
    if values.get("publish_url") and shared and not values.get("secret_key"):
        yield Problem(
            "is needed to publish from PostgreSQL.",
            path="PROMPTS_ADMIN_SECRET_KEY",
            remedy="Give every process the same.",
        )


def _data_folder(environ: Mapping[str, str]) -> Path:
    """Return the folder that the XDG base directory specification gives to a program's data."""
    base = environ.get("XDG_DATA_HOME", "")
    return Path(base) / "prompts-admin" if base.startswith("/") else _DATA


def _refusal(problems: list[Problem]) -> Usage:
    count = "1 setting is" if len(problems) == 1 else f"{len(problems)} settings are"
    lines = "".join(f"\n  {problem}" for problem in problems)
    return Usage("malformed", f"{count} wrong:{lines}", "Correct the environment.", problems=tuple(problems))
