"""The remote of the mirror: an allow-list of addresses, and a clear reason for every push that failed."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import unquote, urlsplit

from prompts_admin.domain.errors import ProductError
from prompts_admin.mirror import git
from prompts_admin.mirror.repository import Repository, first_line

PROTOCOLS = ("https", "ssh")
_PRINTABLE = re.compile(r"[!-~]+")
_HOST = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*|\[[0-9a-fA-F:.]+\]")
_USER = re.compile(r"[A-Za-z0-9_][^@/]*")
_DIVERGED = re.compile(
    r"^!\trefs/heads/(\w+):\S*\t\[rejected\] \((?:fetch first|non-fast-forward|stale info)\)", re.M
)
_REASONS = (
    (
        "not_permitted",
        r"Authentication failed|could not read (Username|Password)|terminal prompts disabled|error: 40[13]"
        r"|Permission denied|Host key verification failed|Access denied",
        "Give this machine's key or token the right to write there.",
    ),
    (
        "remote_refused",
        r"\[remote rejected\]|pre-receive hook declined|protected branch",
        "Let the remote accept pushes to main, internal, beta and full.",
    ),
    ("timeout", r"Timeout: |timed out|too slow|Operation too slow", "Try again later."),
    (
        "unreachable",
        r"Could not resolve|Connection (refused|reset|closed)|Failed to connect|unable to access|hung up"
        r"|early EOF|Could not read from remote|does not appear to be a git repository|not found|No route",
        "Check the address, and that the remote is up.",
    ),
)


@dataclass(frozen=True)
class PushResult:
    """What came of a push: `reason` is for programs ("" when it went well), `detail` for people.

    Reasons: `off`, `refused_url`, `mirror_failed`, `nothing`, `diverged` (with the branches),
    `not_permitted`, `remote_refused`, `timeout`, `unreachable`, `failed`.
    """

    ok: bool
    reason: str = ""
    detail: str = ""
    diverged: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Address:
    url: str
    settings: tuple[tuple[str, str], ...] = ()


def push(folder: Path, url: str, call: git.Call) -> PushResult:
    """Push all branches of the repository to `url` in one step, never by force; never raise.

    A branch that has commits of others on the remote stops the whole push: it is a person's to decide.
    """
    refusal = url_refusal(url, call.protocols)
    if refusal:
        return PushResult(False, "refused_url", refusal)
    try:
        branches = sorted(Repository(folder, replace(call, protocols=())).tips())
        if not branches:
            return PushResult(True, "nothing", "The mirror has no commits yet.")
        address = _address(url)
        refs = [f"refs/heads/{branch}:refs/heads/{branch}" for branch in branches]
        options = ["--porcelain", "--atomic", "--no-verify", "--no-signed", "--recurse-submodules=no"]
        settled = replace(call, settings=(*call.settings, *address.settings))
        return _result(git.run(folder, ["push", *options, "--", address.url, *refs], settled))
    except ProductError as error:
        return PushResult(False, error.code, str(error))
    except OSError as error:
        return PushResult(False, "failed", f"The push could not be started: {error.strerror}.")


def url_refusal(url: str, protocols: tuple[str, ...] = PROTOCOLS) -> str | None:
    """Return why the mirror may not be pushed to `url`, None when it may."""
    step = f"Use an address such as {protocols[0]}://host/team/prompts.git."
    try:
        parts = urlsplit(url)
        host, user = parts.hostname or "", parts.username or ""
    except ValueError:
        return f"The address of the remote cannot be read. {step}"
    if not _PRINTABLE.fullmatch(url) or "://" not in url or parts.scheme not in protocols:
        return f"The remote must be reached by {' or '.join(protocols)}, without spaces. {step}"
    if parts.scheme != "file" and not _HOST.fullmatch(f"[{host}]" if ":" in host else host):
        return f"The host of the remote is missing or not a host name. {step}"
    if (user and not _USER.fullmatch(user)) or parts.query or parts.fragment:
        return f"The address of the remote has parts that do not belong there. {step}"
    return None


def _address(url: str) -> _Address:
    """Take user and password out of an https address: everybody on the machine can list arguments."""
    parts = urlsplit(url)
    if parts.scheme != "https" or "@" not in parts.netloc:
        return _Address(url)
    plain = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
    pair = f"{unquote(parts.username or '')}:{unquote(parts.password or '')}"
    header = f"Authorization: Basic {base64.b64encode(pair.encode()).decode()}"
    return _Address(plain, (("http.extraHeader", header),))


def _result(outcome: git.Outcome) -> PushResult:
    if not outcome.status:
        return PushResult(True)
    diverged = tuple(_DIVERGED.findall(outcome.out))
    if diverged:
        detail = f"The remote has other commits on {', '.join(diverged)}, so nothing was pushed."
        return PushResult(False, "diverged", f"{detail} Move them to another branch there.", diverged)
    said = f"{outcome.err}\n{outcome.out}"
    marks = ("fatal:", "error:", "ERROR", "!", "Timeout")
    line = first_line("\n".join(one for one in said.splitlines() if one.startswith(marks)) or said)
    for reason, pattern, step in _REASONS:
        if re.search(pattern, said, re.IGNORECASE):
            return PushResult(False, reason, f"The remote said: {line} {step}")
    return PushResult(False, "failed", f"The push failed: {line}")
