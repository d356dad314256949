"""What would be left without anybody if a person went: features, on-call, roles that a policy asks for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from prompts_admin.domain.errors import Refused
from prompts_admin.domain.people.names import fills
from prompts_admin.domain.people.permissions import EVERYWHERE, Grant
from prompts_admin.domain.people.records import GrantRow
from prompts_admin.services.core.work import Work
from prompts_admin.store.artifacts import features
from prompts_admin.store.people import grants, users

ADMIN: Grant = ("admin", EVERYWHERE)


@dataclass(frozen=True)
class Duty:
    """One thing that a person alone answers for: `what` is dri, on_call or a role, on a feature or `*`."""

    what: str
    feature: str

    def __str__(self) -> str:
        place = "everywhere" if self.feature == EVERYWHERE else f"of '{self.feature}'"
        match self.what:
            case "dri":
                return f"DRI {place}"
            case "on_call":
                return f"on call {place}"
        return f"last active '{self.what}' {place}"


def offices(work: Work, email: str) -> list[Duty]:
    """Return the features that a person is DRI of or on call for."""
    found = features.find_features(work.connection).values()
    return [Duty("dri", feature.key) for feature in found if feature.dri == email] + [
        Duty("on_call", feature.key) for feature in found if feature.on_call == email
    ]


def last_roles(work: Work, email: str, remaining: frozenset[Grant]) -> list[Duty]:
    """Return the needed roles that nobody active would hold if a person kept only the `remaining` grants."""
    return [
        Duty(role, feature)
        for role, feature, able in _needed_roles(work)
        if able == {email} and not fills(remaining, role, feature)
    ]


def hand_over(work: Work, email: str, duties: list[Duty], successor: str | None) -> None:
    """Give the duties to `successor`; with duties and no successor raise Refused("in_use") that names them."""
    if not duties:
        return
    if successor is None:
        raise Refused(
            "in_use",
            f"'{email}' is {'; '.join(map(str, duties))}.",
            "Name a successor.",
            members={"duties": [{"what": duty.what, "feature": duty.feature} for duty in duties]},
        )
    _check_successor(work, email, successor)
    for duty in duties:
        _give(work, duty, email, successor)


def add_grant(work: Work, email: str, grant: Grant) -> bool:
    """Give a person a role and write it into the audit; False when they hold it already."""
    role, feature = grant
    row = GrantRow(email, role, feature, work.now, work.actor.label)
    if not grants.insert_grant(work.connection, row):
        return False
    work.record("grant_role", email, feature=None if feature == EVERYWHERE else feature, role=role)
    return True


def _needed_roles(work: Work) -> Iterator[tuple[str, str, set[str]]]:
    """Yield the roles that a policy asks for, with the feature and who can fill them; the admin first."""
    admins = grants.holders(work.connection, [ADMIN[0]])
    yield (*ADMIN, {holder.email for holder in admins})
    documents = features.current_documents(work.connection)
    for scope in sorted(set(documents) - {features.WORKSPACE}):
        policy = documents[scope].document.get("policy") or {}
        asked = {role for stage in policy.values() for role in stage.get("sign_off", {})}
        able = grants.holders_of(work.connection, scope) if asked else {}
        for role in sorted(asked):
            yield role, scope, set(able.get(role, frozenset()))


def _check_successor(work: Work, email: str, successor: str) -> None:
    user = users.find_user(work.connection, successor)
    if user is None or not user.is_active or successor == email:
        raise Refused("invalid", f"'{successor}' cannot follow '{email}'.", "Name another active person.")


def _give(work: Work, duty: Duty, email: str, successor: str) -> None:
    if duty.what in ("dri", "on_call"):
        features.update_feature(work.connection, duty.feature, **{duty.what: successor})
        work.record("hand_over", successor, feature=duty.feature, what=duty.what, before=email)
        return
    add_grant(work, successor, (duty.what, duty.feature))
    held = grants.grants_of(work.connection, successor)
    if not fills(held, duty.what, duty.feature):
        add_grant(work, successor, ("viewer", duty.feature))
