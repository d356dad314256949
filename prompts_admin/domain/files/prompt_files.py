"""Prompt files: `feature/name.yaml`, `feature/_feature.yaml` and `_workspace.yaml`, read with lines and
written back.

The path is the key. Reading gives checked content in its normal form; writing it gives a file that reads as
the same.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from prompts_admin.domain.content.checks import MAX_CONTENT_BYTES, check_content, refuse_large
from prompts_admin.domain.content.kinds import ARTIFACT_KINDS
from prompts_admin.domain.errors import Problem, Refused
from prompts_admin.domain.files.feature_fields import (
    FEATURE_FIELDS,
    check_audiences,
    check_feature,
    check_governed,
    check_workspace,
)
from prompts_admin.domain.governance.governed_settings import DEFAULT_AUDIENCES
from prompts_admin.domain.json_object import Json
from prompts_admin.domain.keys import parse_feature, parse_key
from prompts_admin.domain.problems import refuse_all
from prompts_admin.domain.text.merge import refuse_marks
from prompts_admin.domain.yaml_text.reader import read_yaml
from prompts_admin.domain.yaml_text.writer import write_yaml

__all__ = [
    "DEFAULT_AUDIENCES",
    "FeatureFile",
    "PromptFile",
    "WorkspaceFile",
    "check_audiences",
    "check_feature",
    "check_governed",
    "decode",
    "dump_file",
    "feature_file",
    "parse_file",
    "workspace_file",
]

FEATURE_NAME = "_feature.yaml"
WORKSPACE_NAME = "_workspace.yaml"

# Block text is indented, so a file is larger than the content that it holds.
_ROOM = 2
_MESSAGE = ("role", "content", "placeholder")
_DECLARATION = ("type", "required", "default", "description", "example")
_PATH = re.compile(r"([^/\\]+)/([^/\\]+)\.yaml")


@dataclass(frozen=True)
class PromptFile:
    """The file of one artifact; `lines` gives the line of each path, for problems that are found later."""

    path: str
    key: str
    content: Json
    lines: Mapping[str, int]


@dataclass(frozen=True)
class FeatureFile:
    """A feature's `_feature.yaml`; `document` has its fields in normal form."""

    path: str
    feature: str
    document: Json
    lines: Mapping[str, int]


@dataclass(frozen=True)
class WorkspaceFile:
    """The workspace's `_workspace.yaml`; `audiences` has all three stages."""

    path: str
    audiences: Json
    lines: Mapping[str, int]


def parse_file(
    path: str, text: str, *, max_bytes: int = MAX_CONTENT_BYTES
) -> PromptFile | FeatureFile | WorkspaceFile:
    """Read one file; `path` is relative to the folder of prompts and `max_bytes` the limit of a content.

    Raises Refused `invalid_content` (`invalid` for the fields of settings), `too_large` or `merge_marks`,
    every problem with file, line and remedy.
    """
    folder, key = _place(path)
    refuse_large(len(text), max_bytes * _ROOM, path)
    refuse_marks([("", text)], file=path)
    document = read_yaml(text, file=path)
    value, lines = document.value, document.lines
    if value is None:
        problem = Problem("The file is empty.", file=path, line=1, remedy="Start with 'kind: prompt'.")
        refuse_all("invalid_content", [problem])
    if key:
        content = check_content(value, file=path, lines=lines, max_bytes=max_bytes)
        return PromptFile(path, key, content, lines)
    if folder:
        return FeatureFile(path, folder, check_feature(value, file=path, lines=lines), lines)
    return WorkspaceFile(path, check_workspace(value, file=path, lines=lines)["audiences"], lines)


def decode(path: str, data: bytes) -> str:
    """Return a file's text without byte order mark; raises Refused naming the first byte that is not UTF-8."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = f"is not UTF-8: byte {error.start} is 0x{data[error.start]:02x}."
        problem = Problem(f"'{path}' {message}", file=path, line=line, remedy="Save the file as UTF-8.")
        refuse_all("invalid_content", [problem])


def dump_file(content: Mapping[str, Any]) -> str:
    """Return the file of a checked content; reading it gives the same again, to the last character."""
    return write_yaml(_in_order(content))


def feature_file(document: Mapping[str, Any]) -> str:
    """Return the `_feature.yaml` of a feature's fields; what is null or empty is left out."""
    known = {name: document[name] for name in FEATURE_FIELDS if document.get(name) not in (None, "", {})}
    return write_yaml(known)


def workspace_file(document: Mapping[str, Any]) -> str:
    """Return the `_workspace.yaml` of `{audiences: {...}}`."""
    return write_yaml({"audiences": document["audiences"]})


def _place(path: str) -> tuple[str, str]:
    """Return (feature, key) of a path; the key is empty for settings, the feature too for the workspace's."""
    if path == WORKSPACE_NAME:
        return "", ""
    match = _PATH.fullmatch(path)
    if match is None:
        raise Refused(
            "invalid", f"'{path[:200]}' is not the path of a prompt file.", "Name it 'feature/name.yaml'."
        )
    if match[2] == FEATURE_NAME.removesuffix(".yaml"):
        return parse_feature(match[1]), ""
    return match[1], parse_key(f"{match[1]}/{match[2]}")


def _in_order(content: Mapping[str, Any]) -> Json:
    """Return the content with its fields in the order of the docs, wherever it was stored in between."""
    ordered = _sorted(content, ARTIFACT_KINDS[content["kind"]].fields)
    if "variables" in ordered:
        declared = ordered["variables"]
        ordered["variables"] = {name: _sorted(declared[name], _DECLARATION) for name in declared}
    if "messages" in ordered:
        ordered["messages"] = [_sorted(message, _MESSAGE) for message in ordered["messages"]]
    return ordered


def _sorted(fields: Mapping[str, Any], order: tuple[str, ...]) -> Json:
    return {name: fields[name] for name in order if name in fields}
