"""The fields of a feature's and of the workspace's file, and of what is proposed for them: read by their rows."""

from __future__ import annotations

from collections.abc import Mapping

from prompts_admin.domain.content.json_values import check_json
from prompts_admin.domain.governance.field_readers import Reader, read_audiences
from prompts_admin.domain.governance.governed_settings import DIRECT_FIELDS, OF_FEATURE, OF_WORKSPACE
from prompts_admin.domain.json_object import Json
from prompts_admin.domain.newer_fields import NEWER_FIELDS
from prompts_admin.domain.problems import Findings

_GOVERNED: dict[str, Reader] = {setting.name: setting.read for setting in OF_FEATURE.in_file}
FEATURE_FIELDS = (*DIRECT_FIELDS, *_GOVERNED)
_OF_WORKSPACE: dict[str, Reader] = {setting.name: setting.read for setting in OF_WORKSPACE.in_file}


def check_feature(raw: object, *, file: str = "", lines: Mapping[str, int] | None = None) -> Json:
    """Return the fields of `_feature.yaml` in normal form: emails in lower case, times in UTC.

    The governed ones (`bucket_by` None: the targeting key) are always there, since a file says all that governs a
    feature. Raises Refused("invalid") with every problem.
    """
    found = Findings(file=file, lines=lines)
    document = _fields(raw, DIRECT_FIELDS | _GOVERNED, found, newer=NEWER_FIELDS["feature"])
    for name in ("title", "dri"):
        if name not in document:
            found.say(name, f"A feature needs the field '{name}'.", "Add it.")
    found.refuse("invalid")
    return {**document, **OF_FEATURE.defaults, **document}


def check_governed(raw: object, *, file: str = "", lines: Mapping[str, int] | None = None) -> Json:
    """Return those of a feature's governed settings that are given, in normal form.

    Raises Refused("invalid") with every problem; other fields are problems.
    """
    found = Findings(file=file, lines=lines)
    document = _fields(raw, _GOVERNED, found)
    found.refuse("invalid")
    # Null takes back a setting whose default is null; any other null says nothing.
    given = raw if isinstance(raw, Mapping) else {}
    taken_back = [name for name, default in OF_FEATURE.defaults.items() if default is None and name in given]
    return {**document, **{name: None for name in taken_back if given[name] is None}}


def check_audiences(raw: object, *, file: str = "", lines: Mapping[str, int] | None = None) -> Json:
    """Return the audiences given, by stage, in normal form; raises Refused("invalid") with every problem."""
    found = Findings(file=file, lines=lines)
    _check_values(raw, found)
    audiences = read_audiences(raw, "", found)
    found.refuse("invalid")
    return audiences


def check_workspace(raw: object, *, file: str = "", lines: Mapping[str, int] | None = None) -> Json:
    """Return the workspace's settings in normal form; a stage without an audience has its default one."""
    found = Findings(file=file, lines=lines)
    document = _fields(raw, _OF_WORKSPACE, found, newer=NEWER_FIELDS["workspace"])
    found.refuse("invalid")
    defaults = OF_WORKSPACE.defaults
    return {name: {**default, **document.get(name, {})} for name, default in defaults.items()}


def _fields(
    raw: object, readers: Mapping[str, Reader], found: Findings, *, newer: Mapping[str, str] | None = None
) -> Json:
    _check_values(raw, found)
    fields = found.fields(raw, "", readers, newer=newer)
    return {name: read(fields[name], name, found) for name, read in readers.items() if name in fields}


def _check_values(raw: object, found: Findings) -> None:
    check_json(raw, found)
    found.refuse("invalid")
