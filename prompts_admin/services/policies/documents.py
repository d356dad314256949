"""Settings changes as documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from prompts_admin.domain.comparison import compare_settings
from prompts_admin.domain.json_object import Json
from prompts_admin.domain.releases.policy_changes import WORKSPACE, owed, signers_required
from prompts_admin.domain.releases.policy_records import SettingsChange, SettingsSignature, SettingsState
from prompts_admin.schemas.releases import Missing
from prompts_admin.schemas.settings import SettingsChange as SettingsChangeDocument
from prompts_admin.services.core.timestamps import iso
from prompts_admin.services.core.work import Work
from prompts_admin.services.releases.signers import holders_for
from prompts_admin.store.artifacts import features
from prompts_admin.store.releases import policy_changes


def settings_document(work: Work, number: int) -> SettingsChangeDocument:
    """Return one settings change as a document."""
    return settings_documents(work, [number])[0]


def settings_documents(work: Work, numbers: Sequence[int]) -> list[SettingsChangeDocument]:
    """Return settings changes as documents, in the order given, by queries that grow with features alone."""
    found = policy_changes.find_changes(work.connection, numbers)
    states = policy_changes.states_of(work.connection, numbers)
    signatures = policy_changes.signatures_of(work.connection, numbers)
    bases = features.document_versions(work.connection, {_base(change) for change in found.values()})
    waiting = {change.scope for n, change in found.items() if states[n].state == "proposed"}
    holders = {scope: holders_for(work, scope) for scope in sorted(waiting)}
    documents = []
    for change in (found[n] for n in numbers if n in found):
        base = bases.get(_base(change))
        before: Json = base.document if base else {}
        book, state = signatures[change.number], states[change.number]
        owing = _missing(work, change, before, book, holders[change.scope]) if _waits(state) else []
        documents.append(_document(change, state, book, before, owing))
    return documents


def given(change: SettingsChange, signatures: Sequence[SettingsSignature]) -> list[tuple[str, str]]:
    """Return (email, role) of what was signed.

    Two administrators decide about the workspace; one of them may be the one who proposes it, in person:
    a token may have been made by the other one.
    """
    found = [(s.email, s.role) for s in signatures if s.verdict == "approve"]
    if change.scope == WORKSPACE and not change.via.startswith("token "):
        found.append((change.proposed_by, "admin"))
    return found


def _document(
    change: SettingsChange,
    state: SettingsState,
    signatures: Sequence[SettingsSignature],
    before: Json,
    owing: list[Missing],
) -> SettingsChangeDocument:
    return {
        "number": change.number,
        "scope": change.scope,
        "state": state.state,
        "reason": state.reason,
        "note": change.note,
        "document": change.document,
        "before": before,
        "changes": list(compare_settings(before, change.document)),
        "missing": owing,
        "signoffs": [
            {"email": s.email, "role": s.role, "verdict": s.verdict, "note": s.note, "at": iso(s.at)}
            for s in signatures
        ],
        "proposed_by": change.proposed_by,
        "proposed_at": iso(change.proposed_at),
        "changed_at": iso(state.changed_at),
        "changed_by": state.changed_by,
        "undo_of": change.undo_of,
        "document_version": state.document_version,
    }


def _base(change: SettingsChange) -> tuple[str, int]:
    return change.scope, change.base_version


def _waits(state: SettingsState) -> bool:
    return state.state == "proposed"


def _missing(
    work: Work,
    change: SettingsChange,
    before: Json,
    signatures: Sequence[SettingsSignature],
    holders: Mapping[str, frozenset[str]],
) -> list[Missing]:
    required = signers_required(change.scope, before, change.document, demo=work.head.demo)
    approvals = given(change, signatures)
    signed = {email for email, _ in approvals} | {change.proposed_by}
    return [
        {"role": role, "count": count, "people": sorted(holders.get(role, frozenset()) - signed)}
        for role, count in owed(required, approvals, holders).items()
    ]
