"""How the text of an environment variable becomes a value: one small check per kind of setting.

A message says what is expected and never repeats the text, which may be a secret.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

_SHORTEST_SECRET = 32


@dataclass(frozen=True)
class Check:
    """A kind of setting: its name for people, and how its text is read (ValueError says what is wrong)."""

    name: str
    parse: Callable[[str], Any]

    def show(self, value: Any) -> str:
        """Return `value` as somebody would write it into the environment."""
        if isinstance(value, bool):
            return "on" if value else "off"
        return " ".join(value) if isinstance(value, tuple) else str(value)


def text() -> Check:
    """Take any one line."""

    def parse(raw: str) -> str:
        if not raw.isprintable():
            raise ValueError("must be one line of printable characters.")
        return raw

    return Check("text", parse)


def long_secret() -> Check:
    """Take a secret that nobody can guess by trying."""

    def parse(raw: str) -> str:
        if len(raw) < _SHORTEST_SECRET:
            raise ValueError(f"must have at least {_SHORTEST_SECRET} characters.")
        return raw

    return Check("text", parse)


def folder() -> Check:
    """Take the path of a folder."""
    return Check("folder", Path)


def place() -> Check:
    """Take the address of a folder or an object store, as fsspec writes it."""

    def parse(raw: str) -> str:
        scheme, mark, rest = raw.partition("://")
        if not (mark and rest and scheme.isalnum() and scheme.islower() and raw.isprintable()):
            raise ValueError("must be an address such as file:///srv/snapshots or s3://bucket/prefix.")
        if scheme == "file" and not rest.startswith("/"):
            raise ValueError("must name a folder from the root on: file:///srv/snapshots.")
        return raw.rstrip("/")

    return Check("address", parse)


def json_object() -> Check:
    """Take a JSON object, as text."""

    def parse(raw: str) -> str:
        try:
            found = json.loads(raw)
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            raise ValueError('must be a JSON object such as {"anon": false}.')
        return raw

    return Check("JSON object", parse)


def price_list() -> Check:
    """Take a JSON object of names with prices for a million tokens, as text."""

    def parse(raw: str) -> str:
        prices = json.loads(json_object().parse(raw))
        for price in prices.values():
            if not isinstance(price, dict) or not all(
                name in ("in", "out") and type(value) in (int, float) and value >= 0
                for name, value in price.items()
            ):
                raise ValueError('must give each model prices such as {"in": 0.25, "out": 2}, or {}.')
        return raw

    return Check("price list", parse)


def words() -> Check:
    """Take a list separated by white space."""
    return Check("list", lambda raw: tuple(raw.split()))


def whole(least: int, most: int) -> Check:
    """Take a whole number from `least` to `most`."""

    def parse(raw: str) -> int:
        if not (raw.isascii() and raw.isdigit()) or not least <= int(raw) <= most:
            raise ValueError(f"must be a whole number from {least} to {most}.")
        return int(raw)

    return Check("whole number", parse)


def number(least: float, most: float) -> Check:
    """Take a number from `least` to `most`."""

    def parse(raw: str) -> float:
        try:
            value = float(raw)
        except ValueError:
            value = float("nan")
        if not least <= value <= most:
            raise ValueError(f"must be a number from {least:g} to {most:g}.")
        return value

    return Check("number", parse)


def switch() -> Check:
    """Take `on` or `off`."""

    def parse(raw: str) -> bool:
        if raw.lower() not in ("on", "off"):
            raise ValueError("must be 'on' or 'off'.")
        return raw.lower() == "on"

    return Check("on or off", parse)


def choice(*options: str) -> Check:
    """Take one of `options`."""

    def parse(raw: str) -> str:
        if raw.lower() not in options:
            raise ValueError(f"must be one of {', '.join(options)}.")
        return raw.lower()

    return Check(" or ".join(options), parse)


def link() -> Check:
    """Take the address of a server: http or https, without user, query or fragment."""

    def parse(raw: str) -> str:
        parts = urlsplit(raw)
        plain = not (parts.query or parts.fragment or parts.username or parts.password)
        if parts.scheme not in ("http", "https") or not parts.hostname or not plain:
            raise ValueError("must be an address such as https://prompts.example.com.")
        return raw.rstrip("/")

    return Check("address", parse)
