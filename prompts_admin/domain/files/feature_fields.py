"""The fields of a feature and of the workspace: who owns it, who must sign, who is on which stage."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from prompts_admin.domain.content.json_values import check_json
from prompts_admin.domain.errors import Refused
from prompts_admin.domain.files.policy_fields import read_policy
from prompts_admin.domain.json_object import Json
from prompts_admin.domain.problems import Findings, at
from prompts_admin.domain.stages import STAGES
from prompts_admin.domain.targeting.audiences import parse_audience

CLASSIFICATIONS = ("public", "internal", "confidential", "pii")
FEATURE_FIELDS = (
    "title", "description", "dri", "on_call", "runbook", "classification", "bucket_by", "policy",
)  # fmt: skip
GOVERNED_FIELDS = ("classification", "bucket_by", "policy")
_EMAIL = re.compile(r"[^@\s<>\"',;]{1,64}@[^@\s<>\"',;]{1,180}")
_CONTROL = re.compile("[\0-\x1f\x7f]")


def _members_of(group: str) -> Json:
    condition = {"attribute": "groups", "operator": "in", "values": [group]}
    return {"rules": [{"conditions": [condition]}]}


DEFAULT_AUDIENCES: Json = {
    "internal": _members_of("internal"),
    "beta": _members_of("beta"),
    "full": "everybody",
}


def check_feature(raw: object, *, file: str = "", lines: Mapping[str, int] | None = None) -> Json:
    """Return the fields of `_feature.yaml` in normal form: emails in lower case, times in UTC.

    `classification`, `bucket_by` (None: the targeting key) and `policy` are always there, since a file says
    all that governs a feature. Raises Refused("invalid") with every problem.
    """
    found = Findings(file=file, lines=lines)
    document = _fields(raw, FEATURE_FIELDS, found)
    for name in ("title", "dri"):
        if name not in document:
            found.say(name, f"A feature needs the field '{name}'.", "Add it.")
    found.refuse("invalid")
    return {**document, "classification": "internal", "bucket_by": None, "policy": {}, **document}


def check_governed(raw: object, *, file: str = "", lines: Mapping[str, int] | None = None) -> Json:
    """Return those of classification, `bucket_by` and policy that are given, in normal form.

    Raises Refused("invalid") with every problem; other fields are problems.
    """
    found = Findings(file=file, lines=lines)
    document = _fields(raw, GOVERNED_FIELDS, found)
    found.refuse("invalid")
    unset = isinstance(raw, Mapping) and "bucket_by" in raw and raw["bucket_by"] is None
    return {**document, "bucket_by": None} if unset else document


def check_audiences(raw: object, *, file: str = "", lines: Mapping[str, int] | None = None) -> Json:
    """Return the audiences given, by stage, in normal form; raises Refused("invalid") with every problem."""
    found = Findings(file=file, lines=lines)
    audiences = _audiences(raw, "", found)
    found.refuse("invalid")
    return audiences


def check_workspace(raw: object, *, file: str = "", lines: Mapping[str, int] | None = None) -> Json:
    """Return `{audiences}` with all three stages; a stage that is left out has its default audience."""
    found = Findings(file=file, lines=lines)
    fields = found.fields(raw, "", ("audiences",))
    audiences = _audiences(fields.get("audiences", {}), "audiences", found)
    found.refuse("invalid")
    return {"audiences": {**DEFAULT_AUDIENCES, **audiences}}


def _fields(raw: object, known: tuple[str, ...], found: Findings) -> Json:
    check_json(raw, found)
    found.refuse("invalid")
    fields = found.fields(raw, "", known)
    return {name: _READERS[name](fields[name], name, found) for name in known if name in fields}


def _audiences(raw: object, path: str, found: Findings) -> Json:
    check_json(raw, found)
    found.refuse("invalid")
    audiences = {}
    for stage, audience in found.fields(raw, path, STAGES).items():
        try:
            audiences[stage] = parse_audience(audience, path=at(path, stage)).as_json()
        except Refused as refusal:
            for problem in refusal.problems:
                found.say(problem.path, problem.message, problem.remedy)
    return audiences


def _label(most: int) -> Callable[[Any, str, Findings], str]:
    def read(value: Any, path: str, found: Findings) -> str:
        text = found.text(value, path, empty=False, most=most)
        if _CONTROL.search(text):
            found.say(path, "contains a control character.", "Write it on one line.")
        return text

    return read


def _email(value: Any, path: str, found: Findings) -> str:
    text = found.text(value, path).strip().lower()
    if text and _EMAIL.fullmatch(text) is None:
        found.say(path, f"'{text[:80]}' is not an email address.", "Write it as name@example.com.")
    return text


def _link(value: Any, path: str, found: Findings) -> str:
    text = _label(2_000)(value, path, found)
    if text and not text.startswith(("https://", "http://")):
        found.say(path, "must be a link that begins with https://.", "Copy it from the address bar.")
    return text


_READERS: dict[str, Callable[[Any, str, Findings], Any]] = {
    "title": _label(200),
    "description": lambda value, path, found: found.text(value, path, most=10_000),
    "dri": _email,
    "on_call": _email,
    "runbook": _link,
    "classification": lambda value, path, found: found.one_of(value, path, CLASSIFICATIONS),
    "bucket_by": _label(100),
    "policy": read_policy,
}
