"""Write what is live as files that import again to the same digests."""

from __future__ import annotations

from prompts_admin.domain.files.prompt_files import dump_file, feature_file, workspace_file
from prompts_admin.domain.json_object import Json
from prompts_admin.domain.keys import feature_of
from prompts_admin.domain.stages import STAGES, Stage, parse_stage
from prompts_admin.schemas.records import File, Files
from prompts_admin.services.core.clearance import cleared
from prompts_admin.services.core.work import Work
from prompts_admin.services.features.lifecycle import DIRECT
from prompts_admin.store.artifacts import artifacts, features
from prompts_admin.store.releases import live_versions


def export_files(work: Work, *, stage: str | None = None) -> Files:
    """Return the files of what is settled per stage (`full/support/triage.yaml`) with everything it pins.

    With one `stage` the paths have no stage in front. Only features that the asker may export.
    """
    only = None if stage is None else parse_stage(stage)
    work.require_somewhere("export")
    files: list[File] = []
    for name in [only] if only else STAGES:
        prefix = "" if only else f"{name}/"
        files += [{"path": prefix + path, "text": text} for path, text in _stage_files(work, name).items()]
    return {"files": files}


def feature_document(work: Work, key: str) -> Json:
    """Return the fields of a feature's `_feature.yaml`."""
    feature = features.find_features(work.connection, [key])[key]
    document = features.current_documents(work.connection, [key])[key].document
    direct = {name: getattr(feature, name) for name in DIRECT}
    return {name: value for name, value in {**direct, **document}.items() if value not in (None, "", {})}


def _stage_files(work: Work, stage: Stage) -> dict[str, str]:
    live = live_versions.live_entries(work.connection)
    settled = {
        (k, e.entry.settled) for (s, k), e in live.items() if s == stage and e.entry.settled is not None
    }
    mine = cleared(work, {(k, n) for k, n in settled if work.may("export", feature_of(k))})
    inner = artifacts.contained_in(work.connection, mine)
    pinned = {i.key: i.number for inners in inner.values() for i in inners}
    wanted = {(k, n) for k, n in pinned.items() if k not in {key for key, _ in mine}} | mine
    files = {}
    for version in artifacts.find_versions(work.connection, wanted).values():
        if work.may("export", feature_of(version.key)):
            files[f"{version.key}.yaml"] = dump_file(version.content)
    for key in sorted({feature_of(path) for path in files}):
        files[f"{key}/_feature.yaml"] = feature_file(feature_document(work, key))
    workspace = features.current_documents(work.connection, [features.WORKSPACE])
    if workspace and files:
        files["_workspace.yaml"] = workspace_file(workspace[features.WORKSPACE].document)
    return dict(sorted(files.items()))
