"""Changes of who is served and who must sign: proposed, signed by those whom the old policy names, applied."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from prompts_admin.domain import remedies
from prompts_admin.domain.errors import Conflict, NotFound, NotPermitted, Refused
from prompts_admin.domain.features import Document
from prompts_admin.domain.files.feature_fields import check_audiences, check_governed
from prompts_admin.domain.json_object import Json
from prompts_admin.domain.people.permissions import behind, stakeholder_roles
from prompts_admin.domain.releases.policy_changes import WORKSPACE, effect_of, owed, signers_required
from prompts_admin.domain.releases.policy_records import SettingsChange, SettingsSignature, SettingsState
from prompts_admin.schemas.settings import SettingsChange as SettingsChangeDocument
from prompts_admin.services.core.work import Work, no_feature
from prompts_admin.services.policies.documents import given, settings_document
from prompts_admin.services.releases.signers import holders_for, require_own_token, signing_person
from prompts_admin.services.releases.staleness import turn_stale
from prompts_admin.store.artifacts import features
from prompts_admin.store.people import tokens
from prompts_admin.store.releases import policy_changes, releases


def propose_settings(
    work: Work, *, scope: str, document: Mapping[str, Any], note: str = "", base: int | None = None
) -> SettingsChangeDocument:
    """Propose a new document of a feature or of the workspace (scope ""); applied at once if nobody must sign.

    An identical open proposal is returned. `base` is the version of the settings that `document` was made from.
    Raises Conflict `expectation_failed` where another is in force, Refused `nothing_changes`, `invalid`.
    """
    work.require("propose_settings", scope or None)
    current = current_document(work, scope)
    if base not in (None, current.version):
        raise _moved_on(current, base)
    checked = _checked(scope, current.document, document)
    if checked == current.document:
        raise Refused("nothing_changes", "The settings are so already.", "Change something.")
    for number in policy_changes.change_numbers(work.connection, scopes=[scope], state="proposed"):
        if policy_changes.find_changes(work.connection, [number])[number].document == checked:
            return settings_document(work, number)
    change = _insert(work, scope, checked, current.version, note)
    _announce(work, "settings_asked", change.number)
    _advance(work, change)
    return settings_document(work, change.number)


def sign_settings(
    work: Work, number: int, *, verdict: str, note: str = "", role: str | None = None
) -> SettingsChangeDocument:
    """Approve, refuse or take back; the last signature owed applies the change."""
    change = _open(work, number)
    current = current_document(work, change.scope)
    who = _signer(work, change)
    required = signers_required(change.scope, current.document, change.document, demo=work.head.demo)
    role = _role(work, change, required, role)
    if verdict == "refuse" and not note.strip():
        raise Refused("invalid", "A refusal needs a reason.", "Say what would have to change.")
    row = SettingsSignature(number, who, role, verdict, note, work.now)
    policy_changes.add_signature(work.connection, row)
    work.record(
        f"settings_{verdict}", f"settings {number}", feature=change.scope or None, role=role, note=note
    )
    if verdict == "refuse":
        _close(work, change, "refused", note)
    else:
        _advance(work, change)
    return settings_document(work, number)


def apply_settings(work: Work, number: int) -> SettingsChangeDocument:
    """Apply a change whose signatures are complete; raises Refused `check_failed` naming who is missing."""
    change = _open(work, number)
    work.require("propose_settings", change.scope or None)
    if not _advance(work, change):
        needs = ", ".join(f"{count} more as {role}" for role, count in _owed(work, change).items())
        raise Refused(
            "check_failed",
            f"Settings change {number} needs {needs}.",
            remedies.see_settings_change(number),
        )
    return settings_document(work, number)


def withdraw_settings(work: Work, number: int, note: str = "") -> SettingsChangeDocument:
    """Close an open change."""
    change = _open(work, number)
    if change.proposed_by != work.actor.label or work.actor.token is not None:
        work.require("propose_settings", change.scope or None)
    _close(work, change, "withdrawn", note)
    return settings_document(work, number)


def undo_settings(work: Work, number: int) -> SettingsChangeDocument:
    """Put back what stood before an applied change, in one step, while nothing changed since.

    Raises Refused `undo_refused` otherwise, and after the time for undoing is over.
    """
    change = _find(work, number)
    work.require("propose_settings", change.scope or None)
    state = policy_changes.states_of(work.connection, [number])[number]
    current = current_document(work, change.scope)
    late = work.now - state.changed_at > timedelta(hours=work.settings.undo_hours)
    if state.state != "applied" or state.document_version != current.version or late:
        detail = f"Settings change {number} cannot be undone: it is not the newest, or too old."
        raise Refused("undo_refused", detail, "Propose the settings you want.")
    before = features.document_version(work.connection, change.scope, change.base_version)
    if before is None:
        raise NotFound("not_found", "What stood before is not known.", "Propose the settings you want.")
    note = f"Undo of settings change {number}."
    back = _insert(work, change.scope, before.document, current.version, note, undo_of=number)
    _apply(work, back, current)
    undone = SettingsState(number, "undone", work.now, work.actor.label, note, state.document_version)
    policy_changes.move_state(work.connection, "applied", undone)
    return settings_document(work, back.number)


def current_document(work: Work, scope: str) -> Document:
    """Return the document in force of a feature or the workspace; raises NotFound."""
    found = features.current_documents(work.connection, [scope]).get(scope)
    if found is None or not (scope == WORKSPACE or work.may("read", scope)):
        raise no_feature(scope)
    return found


def _moved_on(current: Document, base: int | None) -> Conflict:
    whose = f"'{current.scope}'" if current.scope else "the workspace"
    return Conflict(
        "expectation_failed",
        f"{current.by} changed the settings of {whose} meanwhile: version {current.version} is in force, not {base}.",
        f"Read what is in force now, then propose on base {current.version}.",
        members={"current": current.version, "base": base, "change": current.change},
    )


def _checked(scope: str, current: Mapping[str, Any], document: Mapping[str, Any]) -> Json:
    if scope == WORKSPACE:
        return {
            "audiences": {
                **current.get("audiences", {}),
                **check_audiences(document.get("audiences", document)),
            }
        }
    return {**current, **check_governed(document)}


def _find(work: Work, number: int) -> SettingsChange:
    change = policy_changes.find_changes(work.connection, [number]).get(number)
    if change is None or not (change.scope == WORKSPACE or work.may("read", change.scope)):
        raise NotFound("not_found", f"There is no settings change {number}.", remedies.see_settings())
    return change


def _open(work: Work, number: int) -> SettingsChange:
    change = _find(work, number)
    state = policy_changes.states_of(work.connection, [number])[number].state
    if state != "proposed":
        raise Conflict(
            "not_open", f"Settings change {number} is {state}.", remedies.see_settings_change(number)
        )
    return change


def _insert(
    work: Work, scope: str, document: Json, base: int, note: str, *, undo_of: int | None = None
) -> SettingsChange:
    number, who = work.uow.next_settings_change(), work.actor
    change = SettingsChange(number, scope, document, base, note, who.label, who.via, work.now, undo_of)
    policy_changes.insert_change(
        work.connection, change, SettingsState(number, "proposed", work.now, who.label)
    )
    work.record("propose_settings", f"settings {number}", feature=scope or None, document=document, note=note)
    return change


def _signer(work: Work, change: SettingsChange) -> str:
    who = signing_person(work)
    proposers = behind(change.proposed_by, change.via)
    if proposers.union(*tokens.makers_of(work.connection, proposers).values()) & work.actor.people:
        raise NotPermitted("barred", "You proposed this and cannot sign it.", "Ask somebody else.")
    require_own_token(work)
    return who


def _role(work: Work, change: SettingsChange, required: Mapping[str, int], role: str | None) -> str:
    held = set(stakeholder_roles(work.actor, change.scope or None))
    if work.may("manage_workspace"):
        held.add("admin")
    usable = sorted(held & set(required))
    if not usable or (role is not None and role not in usable):
        asks = ", ".join(required) or "nobody"
        raise NotPermitted(
            "forbidden", f"Settings change {change.number} asks for {asks}.", "You hold no such role."
        )
    return role or usable[0]


def _owed(work: Work, change: SettingsChange) -> dict[str, int]:
    current = current_document(work, change.scope)
    required = signers_required(change.scope, current.document, change.document, demo=work.head.demo)
    signatures = policy_changes.signatures_of(work.connection, [change.number])[change.number]
    return owed(required, given(change, signatures), holders_for(work, change.scope))


def _advance(work: Work, change: SettingsChange) -> bool:
    if _owed(work, change):
        return False
    _apply(work, change, current_document(work, change.scope))
    return True


def _apply(work: Work, change: SettingsChange, current: Document) -> None:
    if current.version != change.base_version:
        raise Conflict(
            "stale", f"The settings changed since change {change.number} was proposed.", "Propose it again."
        )
    document = Document(
        change.scope, current.version + 1, change.document, change.number, work.now, work.actor.label
    )
    features.insert_document(work.connection, document)
    effect = effect_of(change.scope, current.document, change.document)
    if effect.serving:
        work.uow.raise_revision()
    state = SettingsState(change.number, "applied", work.now, work.actor.label, "", document.version)
    policy_changes.move_state(work.connection, "proposed", state)
    _turn_others_stale(work, change)
    for number in releases.open_releases_at(work.connection, feature=change.scope):
        release = releases.find_releases(work.connection, [number])[number]
        if release.stage in effect.stages:
            old = releases.states_of(work.connection, [number])[number].state
            turn_stale(
                work, number, old, f"Settings change {change.number} changed what decides on {release.stage}."
            )
    work.record(
        "apply_settings", f"settings {change.number}", feature=change.scope or None, document=change.document
    )
    work.announce("mirror.settings", {"scope": change.scope, "version": document.version})
    _announce(work, "settings_applied", change.number)


def _turn_others_stale(work: Work, change: SettingsChange) -> None:
    for number in policy_changes.change_numbers(work.connection, scopes=[change.scope], state="proposed"):
        if number != change.number:
            reason = f"Settings change {change.number} was applied first."
            stale = SettingsState(number, "stale", work.now, work.actor.label, reason)
            policy_changes.move_state(work.connection, "proposed", stale)
            work.record("settings_stale", f"settings {number}", feature=change.scope or None, note=reason)
            _announce(work, "settings_stale", number)


def _close(work: Work, change: SettingsChange, state: str, note: str) -> None:
    row = SettingsState(change.number, state, work.now, work.actor.label, note)
    policy_changes.move_state(work.connection, "proposed", row)
    work.record(f"settings_{state}", f"settings {change.number}", feature=change.scope or None, note=note)
    _announce(work, f"settings_{state}", change.number)


def _announce(work: Work, event: str, number: int) -> None:
    work.announce("notify", {"event": event, "settings": number})
