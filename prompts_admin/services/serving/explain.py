"""What a user gets, or would have got at a time, why, and who decided it: told from the history alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from prompts_admin.domain.json_object import Json
from prompts_admin.domain.keys import feature_of, parse_key
from prompts_admin.domain.releases.records import HistoryLine, Signature, standing
from prompts_admin.domain.releases.states import PROMOTING
from prompts_admin.domain.stages import STAGES, Entry, in_percent, percent_of
from prompts_admin.domain.targeting.contexts import Context
from prompts_admin.domain.targeting.rollout import Step, explain, resolve
from prompts_admin.domain.targeting.snapshot import Snapshot, entry_json
from prompts_admin.domain.targeting.snapshot_codec import compile_snapshot
from prompts_admin.schemas.records import Explanation
from prompts_admin.schemas.records import Step as StepDocument
from prompts_admin.services.artifacts.references import known_artifact, known_version
from prompts_admin.services.core.timestamps import iso
from prompts_admin.services.core.visibility import parts_of
from prompts_admin.services.core.work import Work
from prompts_admin.services.serving.snapshots import FORMAT
from prompts_admin.store.artifacts import features
from prompts_admin.store.releases import history, releases


def explain_answer(work: Work, key: str, context: Context, *, at: datetime | None = None) -> Explanation:
    """Return what the context would have got of `key` at a moment (now by default), step by step.

    `decided` names the release that put the answer there: who proposed it, who signed it, and when.
    """
    key = parse_key(key)
    known_artifact(work, key)
    work.require("explain", feature_of(key))
    moment = at or work.now
    snapshot = _snapshot_at(work, key, moment)
    found = resolve(snapshot.ruleset, key, context)
    steps = explain(snapshot.ruleset, key, context)
    number = found.version if found else None
    version = known_version(work, key, number) if number is not None else None
    return {
        "key": key,
        "at": iso(moment),
        "version": number,
        "digest": version.digest if version else None,
        "author": version.author if version else None,
        "stage": found.stage if found else None,
        "reason": found.reason if found else None,
        "steps": [_step(step) for step in steps],
        "decided": _decided(work, key, steps[-1], moment) if found and found.stage else None,
    }


def _snapshot_at(work: Work, key: str, moment: datetime) -> Snapshot:
    feature = feature_of(key)
    stood = history.last_lines(work.connection, at=moment, feature=feature)
    audiences = features.document_at(work.connection, features.WORKSPACE, moment)
    own = features.document_at(work.connection, feature, moment)
    settings = own.document if own else {}
    stages = {stage: stood[stage, key] for stage in STAGES if (stage, key) in stood}
    return compile_snapshot(
        {
            "format": FORMAT,
            "epoch": work.head.epoch,
            "revision": work.head.revision,
            "created_at": iso(moment),
            "audiences": audiences.document["audiences"] if audiences else {},
            "features": {
                feature: {
                    "bucket_by": settings.get("bucket_by"),
                    "classification": settings.get("classification", "internal"),
                }
            },
            "entries": {key: {stage: entry_json(e) for stage, e in stages.items() if not e.is_empty}}
            if stages
            else {},
            "versions": {},
        }
    )


def _step(step: Step) -> StepDocument:
    return {
        "stage": step.stage,
        "outcome": step.outcome,
        "version": step.version,
        "rule": step.rule,
        "bucket": percent_of(step.bucket) if step.bucket is not None else None,
        "percentage": percent_of(step.percentage) if step.percentage else None,
        "sentence": _sentence(step),
    }


def _sentence(step: Step) -> str:
    place = f" (place {percent_of(step.bucket):g} of 100)" if step.bucket is not None else ""
    share = in_percent(step.percentage)
    return {
        "empty": f"Nothing is live on {step.stage}.",
        "not_matched": f"Not in the audience of {step.stage}.",
        "candidate": f"On {step.stage}, inside the {share} that get v{step.version}{place}.",
        "settled": f"On {step.stage}, where v{step.version} is settled{place}.",
        "outside": f"On {step.stage}, outside the {share} of the candidate{place}, and nothing is settled there.",
    }[step.outcome]


def _decided(work: Work, key: str, step: Step, moment: datetime) -> Json | None:
    """Return the release since which the place of the answer gives this user that version.

    `signed_in` is the release whose sign-offs allowed it: what a rollback or an undo puts back was signed before.
    """
    past = history.history_of(work.connection, [key], until=moment).get((step.stage, key), ())
    line: HistoryLine | None = None
    for earlier in reversed(past):
        if _given(earlier.after, step.bucket) != step.version:
            break
        line = earlier
    if line is None:
        return None
    release = releases.find_releases(work.connection, [line.release])[line.release]
    origin = _origin(past, line, step)
    signed = standing(releases.signatures_of(work.connection, [origin])[origin])
    return {
        "release": line.release,
        "kind": line.kind,
        "at": iso(line.at),
        "by": line.by,
        "proposed_by": release.proposed_by,
        "approved_by": _approvals(signed),
        "signed": any(s.verdict == "approve" for s in signed),
        "signed_in": origin,
        "note": parts_of(work, [line.release])[line.release].quoted(release.note),
    }


def _origin(past: Sequence[HistoryLine], line: HistoryLine, step: Step) -> int:
    """Return the last promotion, up to a line of a place's history, that brought this user the version."""
    brought = [
        earlier.release
        for earlier in past[: past.index(line) + 1]
        if earlier.kind in PROMOTING
        and _given(earlier.before, step.bucket) != step.version == _given(earlier.after, step.bucket)
    ]
    return brought[-1] if brought else line.release


def _approvals(signed: Sequence[Signature]) -> list[dict[str, str]]:
    return [{"email": s.email, "role": s.role} for s in signed if s.verdict == "approve"]


def _given(entry: Entry, bucket: int | None) -> int | None:
    """Return what an entry gives to a user of this bucket; None counts as outside of every share."""
    inside = bucket is not None and bucket < entry.percentage
    return entry.candidate if inside else entry.settled
