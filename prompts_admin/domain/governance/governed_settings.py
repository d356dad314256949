"""The governed settings, one row for each: what decides who is served and who must sign, so that it is signed itself.

A new setting is a row here; reading, files, staleness, sign-offs and the pages of settings changes ask the rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from prompts_admin.domain.governance.field_readers import (
    Reader,
    read_audiences,
    read_classification,
    read_description,
    read_email,
    read_label,
    read_link,
)
from prompts_admin.domain.governance.policy_fields import read_policy
from prompts_admin.domain.people.permissions import CLEARANCES
from prompts_admin.domain.stages import LAST_STAGE, STAGES, Stage

WORKSPACE = ""
"""The scope of what holds for the whole workspace; every other scope is the key of a feature."""
ADMINISTRATORS = 2
"""How many administrators a change of the workspace takes; one in a demo."""

Document = Mapping[str, Any]
Stages = frozenset[Stage]


@dataclass(frozen=True)
class GovernedSetting:
    """One field of a scope's document of settings.

    `default` is what a new scope has, `unset` what a document means that says nothing. `touches` gives, for a value
    before and after, the stages whose open proposals turn stale, and `difference` names for such a stage what
    differs. `is_served` tells whether readers get something else, so that the revision rises. `asks_nobody` tells
    of a change that needs no sign-off when nothing else changes.
    """

    name: str
    read: Reader
    default: Any
    unset: Any
    touches: Callable[[Any, Any], Stages]
    difference: str = ""
    is_served: bool = False
    asks_nobody: Callable[[Any, Any], bool] | None = None

    def of(self, document: Document) -> Any:
        """Return what a document says of this setting."""
        return document.get(self.name, self.unset)


@dataclass(frozen=True)
class GovernedScope:
    """The settings of a scope in the order of its document, and who signs a change of them.

    `signers` gives the number of people for each role from the document in force: a policy cannot weaken itself.
    """

    settings: tuple[GovernedSetting, ...]
    signers: Callable[[Document], dict[str, int]]

    @property
    def in_file(self) -> tuple[GovernedSetting, ...]:
        """The settings as a file and a sentence name them: what holds for every stage before what is set for each."""
        return tuple(sorted(self.settings, key=lambda setting: isinstance(setting.default, Mapping)))

    @property
    def names(self) -> tuple[str, ...]:
        """The fields of the document."""
        return tuple(setting.name for setting in self.settings)

    @property
    def defaults(self) -> dict[str, Any]:
        """The document of a new scope."""
        return {setting.name: setting.default for setting in self.settings}


def scope_of(scope: str) -> GovernedScope:
    """Return the settings of a scope: the workspace's, or those that every feature has."""
    return OF_WORKSPACE if scope == WORKSPACE else OF_FEATURE


def _members_of(group: str) -> dict[str, Any]:
    condition = {"attribute": "groups", "operator": "in", "values": [group]}
    return {"rules": [{"conditions": [condition]}]}


DEFAULT_AUDIENCES: dict[str, Any] = {
    "internal": _members_of("internal"),
    "beta": _members_of("beta"),
    "full": "everybody",
}


def _roles_of_the_last_stage(old: Document) -> dict[str, int]:
    asked = old.get("policy", {}).get(LAST_STAGE, {}).get("sign_off", {})
    return {role: count for role, count in asked.items() if count > 0}


def _stages_that_differ(nothing: Any) -> Callable[[Any, Any], Stages]:
    """Return what compares values by stage; a stage that is left out has `nothing`."""
    return lambda before, after: frozenset(
        stage for stage in STAGES if before.get(stage, nothing) != after.get(stage, nothing)
    )


def _protects_as_much(before: str, after: str) -> bool:
    return CLEARANCES.index(after) >= CLEARANCES.index(before)


OF_FEATURE = GovernedScope(
    (
        GovernedSetting(
            "policy",
            read_policy,
            default={},
            unset={},
            touches=_stages_that_differ({}),
            difference="the policy of {stage}",
        ),
        GovernedSetting(
            "classification",
            read_classification,
            default="internal",
            unset=CLEARANCES[0],
            touches=lambda *_: frozenset(),
            is_served=True,
            asks_nobody=_protects_as_much,
        ),
        GovernedSetting(
            "bucket_by",
            read_label(100),
            default=None,
            unset=None,
            touches=lambda *_: frozenset(STAGES),
            difference="what people are bucketed by",
            is_served=True,
        ),
    ),
    _roles_of_the_last_stage,
)
OF_WORKSPACE = GovernedScope(
    (
        GovernedSetting(
            "audiences",
            read_audiences,
            default=DEFAULT_AUDIENCES,
            unset={},
            touches=_stages_that_differ(None),
            difference="the audience of {stage}",
            is_served=True,
        ),
    ),
    lambda _: {"admin": ADMINISTRATORS},
)

DIRECT_FIELDS: dict[str, Reader] = {
    "title": read_label(200),
    "description": read_description,
    "dri": read_email,
    "on_call": read_email,
    "runbook": read_link,
}
"""The fields of a feature that decide nothing of the kind: they are changed directly, without a settings change."""
