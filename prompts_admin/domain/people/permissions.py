"""Who may do what: one table of actions, the ranks of the access roles, and nothing that is not listed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from prompts_admin.domain.keys import SEGMENT

EVERYWHERE = "*"
"""The feature of a grant that holds for every feature, those of tomorrow too."""
ACCESS_ROLES = ("viewer", "editor", "releaser", "admin")
"""From least to most; a role may do what the ones before it may."""
SERVE = "serve"
"""The role of tokens that may call the serving endpoints and nothing else."""
TOKEN_ROLES = (*ACCESS_ROLES, SERVE)
CLEARANCES = ("public", "internal", "confidential", "pii")
"""Data classifications from least to most sensitive; a token sees up to its own."""
SYSTEM_EMAIL = "system"

Grant = tuple[str, str]
"""(role, feature); the feature is `EVERYWHERE` or a feature's key."""


@dataclass(frozen=True)
class Rule:
    """What an action asks for: an access role, on the feature concerned or everywhere."""

    role: str
    help: str
    everywhere: bool = False


ACTIONS: dict[str, Rule] = {
    "read": Rule("viewer", "See artifacts, versions, releases, history and what is live."),
    "explain": Rule("viewer", "Ask what a user would have got at a time, and why."),
    "comment": Rule("viewer", "Write in the discussion of a release."),
    "sign": Rule("viewer", "Sign or refuse, in a stakeholder role that one holds."),
    "export": Rule("viewer", "Write what is live as files."),
    "read_audit": Rule("viewer", "Read the audit entries of a feature."),
    "resolve_forced": Rule("viewer", "Fetch a named stage or version instead of what a user would get."),
    "save": Rule("editor", "Save a new version."),
    "import": Rule("editor", "Save the versions of a folder of files."),
    "copy": Rule("editor", "Copy an artifact to a new key."),
    "archive": Rule("editor", "Archive an artifact that is live nowhere."),
    "edit_feature": Rule("editor", "Change a feature's title, DRI, on-call and runbook."),
    "propose": Rule("editor", "Propose a release to any stage."),
    "apply": Rule("editor", "Make an approved release live."),
    "withdraw": Rule("editor", "Withdraw a proposed release."),
    "roll_back": Rule("editor", "Remove a version from the stages that run it."),
    "undo": Rule("editor", "Put back what stood before a release."),
    "restore": Rule("releaser", "Settle again what was settled at an earlier time."),
    "propose_settings": Rule(
        "releaser", "Propose a change of policy, audience, bucketing or classification."
    ),
    "change_percentage": Rule("releaser", "Change a candidate's share within what was signed."),
    "create_feature": Rule("editor", "Create a feature.", everywhere=True),
    "manage_people": Rule("admin", "Create, invite, disable people and grant roles.", everywhere=True),
    "manage_tokens": Rule("admin", "Create and revoke tokens of others and of no person.", everywhere=True),
    "manage_workspace": Rule(
        "admin", "Back up, restore, rebuild the mirror, publish snapshots.", everywhere=True
    ),
    SERVE: Rule(SERVE, "Fetch what is active for a user; tokens with the role `serve` may do only this."),
}


@dataclass(frozen=True)
class TokenLimit:
    """What a token narrows its use to; `features` None means every feature."""

    id: str
    name: str
    role: str
    features: frozenset[str] | None = None
    clearance: str = "internal"
    created_by: str = ""


@dataclass(frozen=True)
class Actor:
    """Whoever asks: a person, a person's token, a token of no person, or nobody (all empty).

    `via` says how the request came: 'web', 'cli', 'token ci', 'cli --as by admin@example.com'.
    """

    email: str | None
    name: str
    grants: frozenset[Grant] = frozenset()
    token: TokenLimit | None = None
    via: str = "web"

    @property
    def label(self) -> str:
        """What the audit writes as the actor: the email, or `token:NAME` for a token of no person."""
        return self.email or (f"token:{self.token.name}" if self.token else "anonymous")

    @property
    def is_anonymous(self) -> bool:
        """True when nobody has signed in."""
        return self.email is None and self.token is None

    @property
    def is_person(self) -> bool:
        """True when a human answers for the request: a session or a token of a person."""
        return self.email is not None and self.email != SYSTEM_EMAIL

    @property
    def is_lent(self) -> bool:
        """True for a token of a person that somebody else made."""
        return self.token is not None and self.token.created_by not in ("", self.email)

    @property
    def people(self) -> frozenset[str]:
        """Everybody who may sit behind the request: the person, and who made the token that is used.

        Whoever is barred from signing must not be among them: an administrator could otherwise sign
        their own version through a token that they made for somebody else.
        """
        creator = self.token.created_by if self.token else None
        return frozenset(email for email in (self.email, creator) if email)


def behind(label: str, via: str) -> frozenset[str]:
    """Return the labels behind something that was done by `label` in this way: a token's beside its person's.

    Whoever made a token may hold its secret, for somebody else too; `token:NAME` leads to its maker.
    """
    return frozenset({label, f"token:{via.removeprefix('token ')}"} if via.startswith("token ") else {label})


ANONYMOUS = Actor(email=None, name="nobody")
SYSTEM = Actor(SYSTEM_EMAIL, "System", frozenset({("admin", EVERYWHERE)}), via=SYSTEM_EMAIL)


def allowed(actor: Actor, action: str, feature: str | None) -> bool:
    """Tell whether `actor` may do `action` on `feature`; None asks for the right everywhere.

    An action that is not in `ACTIONS` is denied.
    """
    rule = ACTIONS.get(action)
    if rule is None:
        return False
    place = None if rule.everywhere else feature
    if rule.role == SERVE and _token_serves(actor, place):
        return True
    needed = ACCESS_ROLES[0] if rule.role == SERVE else rule.role
    return _rank(actor, place) >= ACCESS_ROLES.index(needed)


def allowed_somewhere(actor: Actor, action: str) -> bool:
    """Tell whether `actor` may do `action` everywhere or on at least one feature: for lists and menus."""
    return allowed(actor, action, None) or any(allowed(actor, action, place) for place in _places(actor))


def readable_features(actor: Actor, action: str = "read") -> frozenset[str] | None:
    """Return the features on which `actor` may do `action`, None for all: the filter of every list."""
    if allowed(actor, action, None):
        return None
    return frozenset(place for place in _places(actor) if allowed(actor, action, place))


def cleared(actor: Actor, classification: str) -> bool:
    """Tell whether data of `classification` may go to `actor`; tokens see up to their clearance."""
    if actor.token is None:
        return True
    return CLEARANCES.index(classification) <= CLEARANCES.index(actor.token.clearance)


def stakeholder_roles(actor: Actor, feature: str | None) -> frozenset[str]:
    """Return the roles that `actor` may sign in on `feature` (None: those held everywhere).

    Only people sign, in a session or through a token that they made themselves and that may at least read the
    feature: whoever made one for somebody else may hold its secret, and could sign for as many people.
    """
    if not actor.is_person or actor.is_lent or not allowed(actor, "sign", feature):
        return frozenset()
    held = {role for role, place in actor.grants if place in (EVERYWHERE, feature)}
    return frozenset(role for role in held if is_stakeholder_role(role))


def may_break_glass(actor: Actor, *, feature: str, dri: str | None, on_call: str | None) -> bool:
    """Tell whether `actor` may skip sign-offs on `feature`: its DRI, its on-call and administrators.

    A person has to answer for it, and a token needs at least the role editor there.
    """
    if not actor.is_person:
        return False
    if actor.token and _token_rank(actor.token, feature) < ACCESS_ROLES.index("editor"):
        return False
    return actor.email in (dri, on_call) or _rank(actor, feature) >= ACCESS_ROLES.index("admin")


def exceeds(actor: Actor, wanted: TokenLimit) -> bool:
    """Tell whether a token `wanted` would allow more than `actor` has: role, features or clearance."""
    if not cleared(actor, wanted.clearance):
        return True
    places: frozenset[str | None] = (
        frozenset({None}) if wanted.features is None else frozenset(wanted.features)
    )
    if wanted.role == SERVE:
        return not all(allowed(actor, SERVE, place) for place in places)
    return not all(_rank(actor, place) >= ACCESS_ROLES.index(wanted.role) for place in places)


def is_stakeholder_role(role: str) -> bool:
    """Tell whether `role` can name a stakeholder role: a slug that is no access role and not `serve`."""
    return role not in TOKEN_ROLES and re.fullmatch(SEGMENT, role) is not None


def as_json() -> list[dict[str, Any]]:
    """Return the table of actions for documentation: action, least role, everywhere, help."""
    return [
        {"action": action, "role": rule.role, "everywhere": rule.everywhere, "help": rule.help}
        for action, rule in ACTIONS.items()
    ]


def _rank(actor: Actor, feature: str | None) -> int:
    """Return the index of the access role on `feature`, -1 for none; a token is capped by its person."""
    token = _token_rank(actor.token, feature) if actor.token else len(ACCESS_ROLES)
    if actor.token and actor.email is None:
        return token
    return min(token, _person_rank(actor.grants, feature))


def _person_rank(grants: frozenset[Grant], feature: str | None) -> int:
    ranks = (
        ACCESS_ROLES.index(role)
        for role, place in grants
        if role in ACCESS_ROLES and place in (EVERYWHERE, feature)
    )
    return max(ranks, default=-1)


def _token_rank(token: TokenLimit, feature: str | None) -> int:
    if token.role not in ACCESS_ROLES or not _covers(token, feature):
        return -1
    return ACCESS_ROLES.index(token.role)


def _token_serves(actor: Actor, feature: str | None) -> bool:
    """Tell whether this is a `serve` token for `feature` whose person, if any, may read there."""
    token = actor.token
    if token is None or token.role != SERVE or not _covers(token, feature):
        return False
    return actor.email is None or _person_rank(actor.grants, feature) >= 0


def _covers(token: TokenLimit, feature: str | None) -> bool:
    return token.features is None or feature in token.features


def _places(actor: Actor) -> frozenset[str]:
    """Return the features that grants or token name; rights on any other are the rights everywhere."""
    named = {place for _, place in actor.grants} | (actor.token.features or set() if actor.token else set())
    return frozenset(named - {EVERYWHERE})
