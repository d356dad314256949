"""The checks that a content passes before it is stored, in the order in which they make sense."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from prompts_admin.domain.content.json_values import check_json, plain
from prompts_admin.domain.content.kinds import read_kind
from prompts_admin.domain.content.references import check_references, kind_wanted
from prompts_admin.domain.content.texts import suspicious_tags, texts_of
from prompts_admin.domain.content.uses import check_templates, check_uses
from prompts_admin.domain.digests import canonical_bytes
from prompts_admin.domain.errors import Problem, Refused
from prompts_admin.domain.json_object import Json
from prompts_admin.domain.problems import Findings
from prompts_admin.domain.text.invisible_characters import hidden_characters
from prompts_admin.domain.text.merge import refuse_marks

MAX_CONTENT_BYTES = 1024 * 1024


def check_content(
    raw: object,
    *,
    file: str = "",
    lines: Mapping[str, int] | None = None,
    max_bytes: int = MAX_CONTENT_BYTES,
) -> Json:
    """Return the normal form of one version's content, of at most `max_bytes` of canonical JSON.

    Raises Refused with every problem, each with path, file, line (from `lines`, by path) and remedy:
    `too_large`, `merge_marks` or `invalid_content`. With includes, `check_variables` is to follow once
    their snippets are known.
    """
    found = Findings(file=file, lines=lines)
    check_json(raw, found)
    found.refuse()
    refuse_large(len(canonical_bytes(plain(raw))), max_bytes, file)
    content = read_kind(raw, found)
    found.refuse()
    refuse_marks(texts_of(content), file=file)
    check_templates(content, found)
    found.refuse()
    check_references(content, found)
    if "snippet" not in kind_wanted(content).values():
        check_uses(content, {}, found)
    found.refuse()
    return content


def check_variables(
    content: Mapping[str, Any],
    snippet_variables: Mapping[str, Mapping[str, Any]],
    *,
    file: str = "",
    lines: Mapping[str, int] | None = None,
) -> None:
    """Refuse variables that are undeclared, unused, or declared with two types.

    `content` has passed `check_content`; `snippet_variables` has, by key, all variables of each snippet
    that it includes, those of the snippets' own includes among them (`assembly.variables_of`).
    """
    found = Findings(file=file, lines=lines)
    check_uses(content, snippet_variables, found)
    found.refuse()


def warnings_of(content: Mapping[str, Any]) -> tuple[Problem, ...]:
    """Return what is allowed and worth a look: likely slips in tags, and characters that nobody can see."""
    warnings = []
    for path, line, tag in suspicious_tags(content):
        message = f"'{tag}' (line {line} of the text) is no tag and is sent as it stands."
        warnings.append(Problem(message, path, remedy="Correct it if a variable is meant."))
    for path, text in texts_of(content):
        for hidden in hidden_characters(text):
            message = (
                f"{hidden.name} (U+{hidden.codepoint:04X}) stands unseen in line {hidden.line} of the text."
            )
            warnings.append(Problem(message, path, remedy="Take it out if it is not meant."))
    return tuple(warnings)


def refuse_large(size: int, most: int, file: str = "") -> None:
    """Raise Refused("too_large") when `size` bytes are more than `most`."""
    if size > most:
        named = f"'{file}'" if file else "This content"
        raise Refused(
            "too_large", f"{named} has {size} bytes; {most} are allowed.", "Shorten it, or split it up."
        )
