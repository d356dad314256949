"""What people are told, in words: one title and one text for each event. All of it is plain text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from prompts_admin.domain.features import Feature
from prompts_admin.domain.keys import feature_of
from prompts_admin.domain.people.permissions import Actor, Grant, allowed
from prompts_admin.schemas.releases import Item, Release
from prompts_admin.services.core.visibility import quoted_without
from prompts_admin.services.core.work import Work
from prompts_admin.services.policies.documents import settings_documents
from prompts_admin.services.releases.documents import release_documents
from prompts_admin.store.artifacts import features
from prompts_admin.store.people import grants
from prompts_admin.store.records.outbox import Payload

RELEASE_TITLES = {
    "asked": "Release {number} asks for your sign-off",
    "unanswered": "Release {number} still waits for your sign-off",
    "refused": "Release {number} was refused",
    "withdrawn": "Release {number} was withdrawn",
    "stale": "Release {number} is stale",
    "go_live": "Release {number} is live on {stage}",
    "break_glass": "GLASS BROKEN: release {number} is live on {stage}",
    "rolled_back": "Rolled back by release {number}",
    "undone": "Undone by release {number}",
    "restored": "Restored by release {number}",
    "left_for_you": "A rollback left something that you own (release {number})",
}
TOLD_TO_OWNERS = ("go_live", "break_glass", "rolled_back", "undone", "restored")
SETTINGS_TITLES = {
    "settings_asked": "Settings change {number} asks for sign-off",
    "settings_applied": "Settings change {number} was applied",
    "settings_refused": "Settings change {number} was refused",
    "settings_withdrawn": "Settings change {number} was withdrawn",
    "settings_stale": "Settings change {number} is stale",
}
PERSON_TITLES = {
    "invite_link": "You are invited to prompts-admin",
    "reset_link": "Your password can be set anew",
    "token_made": "A token that acts as you was made",
    "password_set": "Your password was set by somebody else",
}
_PERSON_TEXTS = {
    "token_made": "{by} made it. If you do not know of it, end it on your page of tokens and ask {by} why.",
    "password_set": "{by} set it. If you do not know of it, ask {by} why, and set another one.",
}


@dataclass(frozen=True)
class Notice:
    """A message as it goes out; `to` are the people it is for, empty for everybody who listens."""

    title: str
    text: str
    to: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Readers:
    """Who may read what: everybody on a notice gets the same text, so it holds what all of them may read."""

    owners: Mapping[str, Feature]
    rights: Mapping[str, frozenset[Grant]]

    def may_read(self, people: Sequence[str], feature: str) -> bool:
        """Tell whether all of `people` may read a feature, by their roles or because they answer for it."""
        return all(self._may_read(person, feature) for person in people)

    def _may_read(self, person: str, feature: str) -> bool:
        owner = self.owners.get(feature)
        if owner is not None and person in (owner.dri, owner.on_call):
            return True
        return allowed(Actor(person, person, self.rights.get(person, frozenset())), "read", feature)


def notice_of(work: Work, payload: Payload) -> Notice | None:
    """Return the notice of an outbox message, None when there is nothing to say any more."""
    return notices_of(work, [payload])[0]


def notices_of(work: Work, payloads: Sequence[Payload]) -> list[Notice | None]:
    """Return the notice of each outbox message, by as many queries however many releases they tell of."""
    numbers = {payload["release"] for payload in payloads if payload["event"] in RELEASE_TITLES}
    found = {document["number"]: document for document in release_documents(work, sorted(numbers))}
    owners = features.find_features(work.connection) if found else {}
    people = {person for payload in payloads for person in payload.get("to", ())}
    people |= {person for document in found.values() for person in _everybody(document, owners)}
    rights = grants.grants_by_email(work.connection, sorted(people)) if found else {}
    return [_notice(work, payload, found, _Readers(owners, rights)) for payload in payloads]


def _notice(
    work: Work,
    payload: Payload,
    releases: Mapping[int, Release],
    readers: _Readers,
) -> Notice | None:
    event, to = payload["event"], tuple(payload.get("to", ()))
    if event in RELEASE_TITLES:
        release = releases.get(payload["release"])
        if release is None:
            return None
        to = to or _concerned(event, release, readers.owners)
        return _release_notice(work, event, release, to, readers)
    if event in SETTINGS_TITLES:
        return _settings_notice(work, event, payload["settings"])
    if event in PERSON_TITLES:
        text = _PERSON_TEXTS.get(event, "Ask {by} for the link.")
        return Notice(PERSON_TITLES[event], text.format(by=payload.get("by", "your administrator")), to)
    return None


def _release_notice(
    work: Work, event: str, release: Release, to: tuple[str, ...], readers: _Readers
) -> Notice:
    number = release["number"]
    shown = [item for item in release["items"] if readers.may_read(to, feature_of(item["key"]))]
    more = len(release["items"]) - len(shown[:20])
    hidden = {item["key"] for item in release["items"]} - {item["key"] for item in shown}
    title = RELEASE_TITLES[event].format(number=number, stage=release["stage"] or "several stages")
    lines = [
        *(_item(item) for item in shown[:20]),
        f"and {more} more" if more else "",
        f"Proposed by {release['proposed_by']}."
        if release["kind"] == "promotion"
        else f"By {release['proposed_by']}.",
        f"Note: {quoted_without(hidden, release['note'])}" if release["note"] else "",
        f"Reason: {quoted_without(hidden, release['break_glass'])}" if release["break_glass"] else "",
        f"Reason: {quoted_without(hidden, release['reason'])}" if release["reason"] else "",
        *(
            f"Needs {m['count']} as {m['role']}: {', '.join(m['people']) or 'nobody can'}."
            for m in release["missing"]
        ),
        f"{work.settings.base_url}/releases/{number}",
    ]
    return Notice(title, "\n".join(line for line in lines if line), to)


def _item(item: Item) -> str:
    before = _told(item["from"], item["from_candidate"], item["from_percentage"])
    after = f"v{item['to']}" if item["to"] else "off"
    share = f" for {item['percentage']:g} %" if item["percentage"] < 100 else ""
    return f"{item['key']} on {item['stage']}: {before} -> {after}{share}"


def _told(settled: int | None, candidate: int | None, percentage: float | None) -> str:
    share = f"v{candidate} at {percentage:g} %" if candidate else ""
    whole = f"v{settled}" if settled not in (None, candidate) else ""
    return " + ".join(part for part in (whole, share) if part) or "nothing"


def _concerned(event: str, release: Release, owners: Mapping[str, Feature]) -> tuple[str, ...]:
    """Return who proposed and signed, and who answers for the features once something is live.

    After break-glass those who should have signed are told too.
    """
    people = {release["proposed_by"], *(signoff["email"] for signoff in release["signoffs"])}
    if event in TOLD_TO_OWNERS:
        for feature in {item["key"].partition("/")[0] for item in release["items"]} & owners.keys():
            people |= {person for person in (owners[feature].dri, owners[feature].on_call) if person}
    if event == "break_glass":
        people |= {person for missing in release["missing"] for person in missing["people"]}
    return tuple(sorted(person for person in people if "@" in person))


def _everybody(release: Release, owners: Mapping[str, Feature]) -> set[str]:
    """Return everybody whom a notice of a release could be for."""
    named = {person for event in TOLD_TO_OWNERS for person in _concerned(event, release, owners)}
    return named | {person for missing in release["missing"] for person in missing["people"]}


def _settings_notice(work: Work, event: str, number: int) -> Notice | None:
    found = settings_documents(work, [number])
    if not found:
        return None
    change = found[0]
    people = {person for missing in change["missing"] for person in missing["people"]}
    if change["state"] != "proposed":
        people = {change["proposed_by"], *(signoff["email"] for signoff in change["signoffs"])}
    lines = [*map(str, change["changes"]), f"Proposed by {change['proposed_by']}."]
    lines.append(f"{work.settings.base_url}/settings/{number}")
    return Notice(SETTINGS_TITLES[event].format(number=number), "\n".join(lines), tuple(sorted(people)))
