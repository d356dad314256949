"""Import a folder of files: idempotent, all or nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from prompts_admin.domain import remedies
from prompts_admin.domain.content.references import references_of
from prompts_admin.domain.errors import Problem, ProductError, Refused
from prompts_admin.domain.features import Document
from prompts_admin.domain.files.prompt_files import FeatureFile, PromptFile, WorkspaceFile, parse_file
from prompts_admin.domain.governance.governed_settings import OF_FEATURE
from prompts_admin.domain.keys import feature_of
from prompts_admin.schemas.records import ImportResult
from prompts_admin.schemas.remedies import in_words
from prompts_admin.services.artifacts.save import Save, save
from prompts_admin.services.core.work import Work
from prompts_admin.services.features.lifecycle import DIRECT, edit_feature, ensure_feature
from prompts_admin.services.policies.changes import current_document, propose_settings
from prompts_admin.services.releases.first_release import first_release
from prompts_admin.store.artifacts import features
from prompts_admin.store.artifacts.features import WORKSPACE

MAX_FILES = 2_000
Parsed = PromptFile | FeatureFile | WorkspaceFile


@dataclass(frozen=True)
class File:
    """A file's path relative to the prompts folder, and its text."""

    path: str
    text: str


@dataclass(frozen=True)
class Import:
    """What is to be imported; `live` makes everything live by the workspace's first release."""

    files: tuple[File, ...]
    message: str = ""
    update_pins: bool = False
    acknowledge: tuple[str, ...] = ()
    live: bool = False


def import_files(work: Work, request: Import) -> ImportResult:
    """Save every file that differs; the answer says what is new, what is unchanged and what was proposed.

    Raises Refused `invalid_content` with the problems of all files; then nothing of it happened.
    """
    if not request.files:
        raise Refused(
            "invalid", "There is no file to import.", "Name .yaml files, or a folder that holds some."
        )
    if len(request.files) > MAX_FILES:
        detail = f"{len(request.files)} files are more than {MAX_FILES} at once."
        raise Refused("too_large", detail, "Import one feature after the other.")
    parsed = _parse(work, request.files)
    answer: ImportResult = {
        "created": [],
        "unchanged": [],
        "features": [],
        "settings_changes": [],
        "warnings": [],
        "release": None,
    }
    # The first feature of an empty workspace brings the default audiences, so those of a file come before it.
    for file in sorted(parsed, key=lambda file: not isinstance(file, WorkspaceFile)):
        if isinstance(file, WorkspaceFile):
            _import_workspace(work, file, answer)
        elif isinstance(file, FeatureFile):
            _import_feature(work, file, answer)
    prompts = {file.key: file for file in parsed if isinstance(file, PromptFile)}
    _import_artifacts(work, prompts, request, answer)
    if request.live:
        answer["release"] = first_release(work, sorted(prompts))
    return answer


def _parse(work: Work, files: Sequence[File]) -> list[Parsed]:
    parsed: list[Parsed] = []
    problems: list[Problem] = []
    for file in files:
        try:
            parsed.append(parse_file(file.path, file.text, max_bytes=work.settings.max_content_bytes))
        except ProductError as error:
            problems.extend(
                error.problems or (Problem(error.detail, file=file.path, remedy=in_words(error.remedy)),)
            )
    paths = [file.path for file in files]
    problems += [
        Problem("The file is given twice.", file=path, remedy="Give it once.")
        for path in sorted({path for path in paths if paths.count(path) > 1})
    ]
    _refuse(problems)
    return parsed


def _import_workspace(work: Work, file: WorkspaceFile, answer: ImportResult) -> None:
    document = {"audiences": file.audiences}
    if WORKSPACE not in features.current_documents(work.connection, [WORKSPACE]):
        work.require("manage_workspace")
        row = Document(WORKSPACE, 1, document, None, work.now, work.actor.label)
        features.insert_document(work.connection, row)
        work.record("create_workspace_settings", "workspace", document=document)
    else:
        _propose_if_different(work, WORKSPACE, document, answer)


def _import_feature(work: Work, file: FeatureFile, answer: ImportResult) -> None:
    given = file.document
    if ensure_feature(work, file.feature, given):
        answer["features"].append(file.feature)
        return
    direct = {name: given[name] for name in DIRECT if name in given}
    if edit_feature(work, file.feature, direct):
        answer["features"].append(file.feature)
    governed = {name: given[name] for name in OF_FEATURE.names if name in given}
    _propose_if_different(work, file.feature, governed, answer)


def _propose_if_different(work: Work, scope: str, wanted: Mapping[str, Any], answer: ImportResult) -> None:
    current = current_document(work, scope).document
    if {**current, **wanted} != current:
        change = propose_settings(work, scope=scope, document=wanted, note="From an imported file.")
        answer["settings_changes"].append(change["number"])


def _import_artifacts(
    work: Work, prompts: Mapping[str, PromptFile], request: Import, answer: ImportResult
) -> None:
    """Save in the order of references; collect the problems of all files before refusing."""
    problems: list[Problem] = []
    for key in _ordered(prompts):
        file = prompts[key]
        wanted = Save(
            key,
            content=file.content,
            message=request.message,
            update_pins=request.update_pins,
            acknowledge=request.acknowledge,
            file=file.path,
        )
        work.require("import", feature_of(key))
        try:
            saved = save(work, wanted)
        except Refused as error:
            if error.code not in ("invalid_content", "secret_found"):
                raise
            problems.extend(
                error.problems or (Problem(error.detail, file=file.path, remedy=in_words(error.remedy)),)
            )
            continue
        answer["warnings"] += [f"{key}: {warning}" for warning in saved["warnings"]]
        if saved["created"]:
            answer["created"].append({"key": key, "number": saved["number"], "digest": saved["digest"]})
        else:
            answer["unchanged"].append(key)
    _refuse(problems)


def _ordered(prompts: Mapping[str, PromptFile]) -> list[str]:
    """Return the keys so that what is referred to comes first; loops stay and are refused on saving."""
    order: list[str] = []
    seen: set[str] = set()
    for start in sorted(prompts):
        stack = [(start, False)]
        while stack:
            key, done = stack.pop()
            if done:
                order.append(key)
            elif key not in seen and key in prompts:
                seen.add(key)
                stack.append((key, True))
                stack.extend((r.key, False) for r in references_of(prompts[key].content))
    return order


def _refuse(problems: Sequence[Problem]) -> None:
    if not problems:
        return
    secret = all("credential" in problem.message for problem in problems)
    detail = (
        f"{len(problems)} problem{'s' if len(problems) > 1 else ''}; nothing was saved. First: {problems[0]}"
    )
    if secret:
        raise Refused("secret_found", detail, remedies.acknowledge_secrets(), tuple(problems))
    raise Refused("invalid_content", detail, "Mend what is listed.", tuple(problems))
