"""What readers say of themselves, in headers and in reports of their own."""

from __future__ import annotations

import json
import re
from typing import Any

from prompts_admin.domain.errors import Problem, Refused, Usage
from prompts_admin.edge.http_messages import Request
from prompts_admin.serving.reader_registry import DEFAULT_EVERY, Report

_ID = re.compile(r"[0-9A-Za-z_-]{8,64}")
_MOST_TEXT = 64
MOST_REPORT = 4_096


def report_in(request: Request) -> Report | None:
    """Return what the headers of a request say of its reader, None for a client that only asks."""
    reader = request.text(b"x-prompts-admin-reader", 65)
    if not _ID.fullmatch(reader):
        return None
    return Report(
        reader,
        _whole(request.text(b"x-prompts-admin-revision", 20)),
        request.text(b"x-prompts-admin-sdk", _MOST_TEXT),
        request.text(b"x-prompts-admin-host", _MOST_TEXT),
        _seconds(request.text(b"x-prompts-admin-every", 12)),
    )


def report_of(body: bytes) -> Report:
    """Return a report that was posted; raises Usage `malformed` and Refused `invalid`."""
    try:
        given = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Usage("malformed", "The body is no JSON.", "Send an object.") from error
    problems = _problems(given)
    if problems:
        detail = f"'{problems[0].path}' {problems[0].message}."
        raise Refused("invalid", f"The report cannot be used: {detail}", problems=tuple(problems))
    return Report(
        given["reader"],
        given.get("revision"),
        _label(given.get("sdk", "")),
        _label(given.get("host", "")),
        float(given.get("every", DEFAULT_EVERY)),
        given.get("gone", False),
    )


def _problems(given: Any) -> list[Problem]:
    if not isinstance(given, dict):
        return [Problem("must be an object", path="report")]
    revision, every = given.get("revision"), given.get("every", DEFAULT_EVERY)
    checks = {
        "reader": isinstance(given.get("reader"), str) and bool(_ID.fullmatch(given["reader"])),
        "revision": revision is None or _is_whole(revision),
        "sdk": isinstance(given.get("sdk", ""), str),
        "host": isinstance(given.get("host", ""), str),
        "every": isinstance(every, int | float) and not isinstance(every, bool) and 0 < every <= 86_400,
        "gone": isinstance(given.get("gone", False), bool),
    }
    return [
        Problem("is missing or of the wrong type", path=name) for name, good in checks.items() if not good
    ]


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53


def _label(text: str) -> str:
    shown = text[:_MOST_TEXT]
    return shown if shown.isascii() and shown.isprintable() else ""


def _whole(text: str) -> int | None:
    return int(text) if text.isdigit() and _is_whole(int(text)) else None


def _seconds(text: str) -> float:
    return float(text) if re.fullmatch(r"[0-9]{1,5}(\.[0-9]{1,3})?", text) else DEFAULT_EVERY
