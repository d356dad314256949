"""What a writer may refer to: every model in words, every snippet with the variables that it brings along."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypedDict

from prompts_admin.domain.content.records import Version
from prompts_admin.domain.content.references import references_of
from prompts_admin.domain.templates.value_text import print_value
from prompts_admin.services.core.clearance import above
from prompts_admin.services.core.work import Work
from prompts_admin.store.artifacts import artifacts
from prompts_admin.store.releases import read_models

MOST = 2_000
"""How many of a kind are told; who has more types the key."""

_MEANINGS = {
    "temperature": "{} for temperature: 0 repeats itself, higher surprises",
    "top_p": "{} for top p: only the likeliest words, up to this share",
    "max_tokens": "at most {} tokens an answer",
    "max_completion_tokens": "at most {} tokens an answer, thinking included",
    "reasoning_effort": "{} effort of thinking",
    "seed": "{} as seed: the same question tends to get the same answer",
    "stop": "stops at {}",
    "presence_penalty": "{} against subjects that were mentioned",
    "frequency_penalty": "{} against words that were used",
}


class Known(TypedDict):
    """Something that a writer may refer to, in its newest version."""

    key: str
    version: int
    description: str


class KnownModel(Known):
    """A model; `params` are sentences, `words` name it."""

    provider: str
    name: str
    params: list[str]
    words: str


class KnownSnippet(Known):
    """A snippet and the variables that it brings along."""

    variables: list[str]


class KnownArtifacts(TypedDict):
    """What a writer may refer to."""

    models: list[KnownModel]
    snippets: list[KnownSnippet]


def list_known(work: Work) -> KnownArtifacts:
    """Return what the asker may read and refer to."""
    models, snippets = _newest(work, "model"), _newest(work, "snippet")
    return {
        "models": [_model(version) for version in models.values()],
        "snippets": [_snippet(version, snippets) for version in snippets.values()],
    }


def _newest(work: Work, kind: str) -> dict[str, Version]:
    rows = read_models.artifact_page(
        work.connection, features=work.readable(), kind=kind, over=above(work), limit=MOST
    )
    found = artifacts.find_versions(work.connection, {(row.key, row.latest) for row in rows})
    return {key: version for (key, _), version in sorted(found.items())}


def _model(version: Version) -> KnownModel:
    content = version.content
    words = [_said(name, value) for name, value in content.get("params", {}).items()]
    if content.get("fallbacks"):
        words.append(f"when it fails: {', '.join(content['fallbacks'])}")
    return {
        **_common(version),
        "provider": content["provider"],
        "name": content["name"],
        "params": words,
        "words": f"{content['provider']} {content['name']}",
    }


def _snippet(version: Version, others: Mapping[str, Version]) -> KnownSnippet:
    names = dict.fromkeys(
        name for inner in _with_inner(version, others) for name in inner.content.get("variables", {})
    )
    return {**_common(version), "variables": list(names)}


def _common(version: Version) -> Known:
    return {
        "key": version.key,
        "version": version.number,
        "description": version.content.get("description", ""),
    }


def _with_inner(version: Version, others: Mapping[str, Version]) -> Iterator[Version]:
    """Yield a snippet and what it includes, each once."""
    waiting, seen = [version], {version.key}
    for here in waiting:
        yield here
        for reference in references_of(here.content):
            if reference.key in others and reference.key not in seen:
                seen.add(reference.key)
                waiting.append(others[reference.key])


def _said(name: str, value: Any) -> str:
    meaning = _MEANINGS.get(name)
    shown = print_value(value)
    return meaning.format(shown) if meaning else f"{name.replace('_', ' ')}: {shown}"
