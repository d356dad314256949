"""Look at a content as if it were saved: what is wrong with it, what it would change, what serving would get."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from prompts_admin.domain.comparison import compare
from prompts_admin.domain.content.assembly import assemble
from prompts_admin.domain.content.records import Version
from prompts_admin.domain.errors import NotPermitted, Problem, Refused
from prompts_admin.domain.json_object import Content, Json
from prompts_admin.domain.keys import feature_of, parse_key
from prompts_admin.domain.stages import STAGES
from prompts_admin.domain.templates.rendering import RenderError, render_messages
from prompts_admin.domain.templates.template import MissingVariable
from prompts_admin.schemas.artifacts import Change, Preview
from prompts_admin.schemas.base import problem_document
from prompts_admin.schemas.remedies import in_words
from prompts_admin.services.artifacts.comparisons import change_documents
from prompts_admin.services.artifacts.content_warnings import warnings_of
from prompts_admin.services.artifacts.references import Pinned, known_version
from prompts_admin.services.artifacts.save import Save, examine
from prompts_admin.services.core.clearance import cleared
from prompts_admin.services.core.work import Work
from prompts_admin.store.artifacts import artifacts
from prompts_admin.store.releases import live_versions

Values = Mapping[str, Any]
Fill = Callable[[Mapping[str, Any]], Values | None]
"""From the declared variables to values for them; None leaves the messages as they are."""


@dataclass(frozen=True)
class Draft:
    """What somebody is writing: fields (`content`) or the file's `text`; `values` to render the messages with.

    It is compared with version `against`, by default with what most people get.
    """

    key: str
    content: Content | None = None
    text: str | None = None
    values: Values | None = None
    update_pins: bool = False
    renew: tuple[str, ...] = ()
    against: int | None = None


def preview(work: Work, draft: Draft, fill: Fill | None = None) -> Preview:
    """Return {ok, problems, warnings, changes, against, value}; nothing is saved.

    `changes` compare with what the widest stage serves, else with the newest version; `value` has its messages
    rendered when the draft has values, or when `fill` finds some for the variables that turn out to be declared.
    It is looked at by what saving goes by, so that it is refused here for what it would be refused for there; only
    what is said with a save cannot be known: the version that it was made from, and what is acknowledged.
    Raises NotFound where the asker may not even read.
    """
    key = parse_key(draft.key)
    is_there = bool(artifacts.find_artifacts(work.connection, [key]))
    work.require("read" if is_there else "save", feature_of(key))
    try:
        found = examine(work, _as_save(draft))
    except (Refused, NotPermitted) as error:
        return _answer(problems=error.problems or (Problem(error.detail, remedy=in_words(error.remedy)),))
    value = assemble(found.pinned.content, _lookup(work, found.pinned))
    served = known_version(work, key, draft.against) if draft.against else _served(work, key) or found.base
    changes = change_documents(compare(served.content if served else None, found.pinned.content))
    values = fill(value["variables"]) if fill and "variables" in value else draft.values
    problems = (*found.secrets, *_render(value, values))
    version = _unsaved(work, key, found.pinned)
    return _answer(
        problems=problems,
        warnings=warnings_of(work, version),
        changes=changes,
        against=served.number if served else None,
        value=value,
    )


def contained_keys(work: Work, draft: Draft) -> set[str]:
    """Return the key of a draft and of everything that it would contain; raises what saving it would."""
    found = examine(work, _as_save(draft))
    return {found.key, *(inner.key for inner in found.pinned.inner)}


def _answer(
    *,
    problems: tuple[Problem, ...],
    warnings: list[str] | None = None,
    changes: list[Change] | None = None,
    against: int | None = None,
    value: Json | None = None,
) -> Preview:
    return {
        "ok": not problems,
        "problems": [problem_document(problem) for problem in problems],
        "warnings": warnings or [],
        "changes": changes or [],
        "against": against,
        "value": value,
    }


def _as_save(draft: Draft) -> Save:
    """Return the save of a draft on whatever is newest: a check does not ask what it was made from."""
    return Save(
        draft.key,
        content=draft.content,
        text=draft.text,
        update_pins=draft.update_pins,
        renew=draft.renew,
    )


def _lookup(work: Work, pinned: Pinned) -> Any:
    found = artifacts.find_versions(work.connection, {(i.key, i.number) for i in pinned.inner})
    return lambda key, number: found[key, number].content


def _served(work: Work, key: str) -> Version | None:
    live = live_versions.live_entries(work.connection, [key])
    for stage in reversed(STAGES):
        here = live.get((stage, key))
        number = here.entry.settled or here.entry.candidate if here else None
        if number is not None and cleared(work, [(key, number)]):
            return known_version(work, key, number)
    return None


def _render(value: Json, values: Values | None) -> tuple[Problem, ...]:
    """Put the values into the messages or the text of `value`; undeclared ones are an error here."""
    if values is None or not {"messages", "text"} & value.keys():
        return ()
    texts = value.get("messages") or [{"role": "user", "content": value.get("text", "")}]
    try:
        rendered = render_messages(texts, value["variables"], values, strict=True)
    except (MissingVariable, RenderError) as error:
        return (Problem(str(error), path=f"values.{getattr(error, 'name', '')}".rstrip(".")),)
    if "messages" in value:
        value["messages"] = rendered
    else:
        value["text"] = rendered[0]["content"]
    return ()


def _unsaved(work: Work, key: str, pinned: Pinned) -> Version:
    who = work.actor
    return Version(key, 0, pinned.digest, None, who.label, who.via, "", pinned.content, (), work.now)
