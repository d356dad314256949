"""Text that looks like a credential: found by known forms, never carried any further than its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from prompts_admin.domain.templates.tags import TAG
from prompts_admin.domain.text.detectors import find_known

MOST = 50

_SPACES = re.compile("[ \t]{10,}")
_LONG_WORD = re.compile(r"[\w+/=.-]{11,}")
_HINT = re.compile("://[^/@]{1,300}@|PRIVATE KEY|PuTTY|cloudant|softlayer", re.IGNORECASE)
_DIGIT = re.compile("[0-9]")
_BLOCK = 4_000

# What the detectors of the library miss. The forms are those that the vendors document.
# The first column is a literal that every match contains: looking for it first costs next to nothing.
_FORMS: tuple[tuple[str, str, re.Pattern[str]], ...] = (
    ("sk-ant-", "Anthropic key", re.compile(r"\bsk-ant-[A-Za-z0-9_-]{16,}")),
    ("sk-or-", "OpenRouter key", re.compile(r"\bsk-or-(?:v1-)?[A-Za-z0-9]{16,}")),
    ("sk-", "OpenAI key", re.compile(r"\bsk-(?:(?:proj|svcacct|admin)-[A-Za-z0-9_-]{16,}|[A-Za-z0-9]{20,})")),
    ("AIza", "Google API key", re.compile(r"\bAIza[A-Za-z0-9_-]{35}")),
    ("github_pat_", "GitHub Token", re.compile(r"\bgithub_pat_[A-Za-z0-9_]{22,}")),
    ("hf_", "Hugging Face token", re.compile(r"\bhf_[A-Za-z0-9]{30,}")),
    ("gsk_", "Groq key", re.compile(r"\bgsk_[A-Za-z0-9]{20,}")),
    ("xai-", "xAI key", re.compile(r"\bxai-[A-Za-z0-9]{20,}")),
    ("npm_", "NPM token", re.compile(r"\bnpm_[A-Za-z0-9]{36}")),
    ("_authToken=", "NPM token", re.compile(r"_authToken=\s{0,9}[A-Za-z0-9-]{20,}")),
    ("xapp-", "Slack Token", re.compile(r"\bxapp-[0-9]-[A-Za-z0-9-]{20,}")),
    ("pa_", "prompts-admin token", re.compile(r"\bpa_[0-9a-f]{12}_[A-Za-z0-9_-]{20,}")),
    ("eyJ", "JSON Web Token", re.compile(r"\beyJ[A-Za-z0-9_=-]{10,4000}\.[A-Za-z0-9_=-]{10,}")),
    (
        "earer ",
        "Bearer token",
        re.compile(r"\b[Bb]earer (?=[A-Za-z_.~+/-]{0,200}[0-9])[A-Za-z0-9_.~+/-]{24,}"),
    ),
)
_NAMES = ("pass", "pwd", "secret", "key", "token")
_NAMED = (
    r"(?i)\b(?:pass(?:word|wd|phrase)?|pwd|secret|api[ _-]?key|(?:access|auth|api|secret)[ _-]?(?:token|key)"
    r"|client[ _-]?secret)\b[\"']?\s{0,9}(?::=?|=>?)\s{0,9}"
)
_QUOTED = re.compile(_NAMED + r"(?:\"(?P<double>[^\"\s]{4,200})\"|'(?P<single>[^'\s]{4,200})')")
_UNQUOTED = re.compile(
    _NAMED + r"(?P<word>(?=[^\s]{0,199}[0-9])(?=[^\s]{0,199}[A-Za-z])[^\s\"'`,;(){}<>\[\]]{6,200})"
)
_PLACEHOLDER = re.compile(
    r"(?i)[*x.•_?-]+|.*[<>{}$%*\[\]].*|\.\.\..*|.*\.\.\.|your.*|my[_-].*|example.*|sample.*|placeholder.*"
    r"|change.?me|redacted|hidden|secret|password|passwd|token|string|text|null|none|true|false|required|optional"
    r"|value|integer|number|boolean|object|unknown|invalid|wrong|missing|weak|strong|reset|forgotten|expired"
)


@dataclass(frozen=True, order=True)
class SecretFound:
    """Where something stands that looks like a credential; `line` and `column` count from 1."""

    rule: str
    line: int
    column: int


def find_secrets(text: str) -> tuple[SecretFound, ...]:
    """Return where credentials of a known kind seem to stand, the first 50; template tags never count.

    Forms and the list of plugins come from detect-secrets, whose entropy and keyword plugins are not used:
    they find something in every second prompt.
    """
    masked = TAG.sub(lambda tag: " " * len(tag[0]), text)
    places: dict[int, str] = {}
    for position, rule in (*_own(masked), *_known(masked)):
        places.setdefault(position, rule)
        if len(places) == MOST:
            break
    return tuple(_found(masked, position, rule) for position, rule in sorted(places.items()))


def _own(text: str) -> Iterator[tuple[int, str]]:
    for literal, rule, form in _FORMS:
        if literal in text:
            yield from ((match.start(), rule) for match in form.finditer(text))
    start = 0
    for line in text.split("\n"):
        if ("=" in line or ":" in line) and any(name in line.lower() for name in _NAMES):
            yield from ((start + position, rule) for position, rule in _assigned(line))
        start += len(line) + 1


def _assigned(line: str) -> Iterator[tuple[int, str]]:
    for match in _QUOTED.finditer(line):
        if not _PLACEHOLDER.fullmatch(match["double"] or match["single"]):
            yield match.start(), "password or key in quotes"
    for match in _UNQUOTED.finditer(line):
        if not _PLACEHOLDER.fullmatch(match["word"]):
            yield match.start(), "password or key after its name"


def _known(text: str) -> Iterator[tuple[int, str]]:
    for block in _blocks(text):
        for rule, secret in find_known(block):
            position = text.find(secret)
            if position >= 0:
                yield position, rule


def _blocks(text: str) -> Iterator[str]:
    """Yield the lines that could hold a credential, some at a time, since each look at a line costs 0.1 ms.

    Long lines are cut with an overlap, and runs of spaces shortened, on which some of the forms take long.
    """
    block: list[str] = []
    size = 0
    for line in filter(_is_candidate, text.split("\n")):
        short = _SPACES.sub(" " * 10, line)
        for start in range(0, len(short), _BLOCK - 300):
            block.append(short[start : start + _BLOCK])
            size += len(block[-1])
            if size > _BLOCK:
                yield "\n".join(block)
                block, size = [], 0
    if block:
        yield "\n".join(block)


def _is_candidate(line: str) -> bool:
    if _HINT.search(line):
        return True
    return any(len(word) >= 20 or _DIGIT.search(word) for word in _LONG_WORD.findall(line))


def _found(text: str, position: int, rule: str) -> SecretFound:
    line_start = text.rfind("\n", 0, position) + 1
    return SecretFound(rule, text.count("\n", 0, position) + 1, position - line_start + 1)
