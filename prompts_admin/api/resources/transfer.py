"""Operations that take in and give out whole folders of files."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from prompts_admin.api.contract.call import Call
from prompts_admin.api.contract.fields import Body, Query, Stage, Text
from prompts_admin.api.contract.operation import Answer, Operation
from prompts_admin.schemas.records import Imported
from prompts_admin.services.transfer.exports import export_files
from prompts_admin.services.transfer.imports import MAX_FILES, File, Import, import_files

BODY_FACTOR = 40
"""An import may bring as many largest files in one request."""


class FileBody(Body):
    """A file: its path below the prompts folder, and its text."""

    path: str = Field(max_length=500)
    text: str


class ImportBody(Body):
    """Files to import, all or none of them."""

    files: list[FileBody] = Field(max_length=MAX_FILES)
    message: Text = ""
    dry_run: bool = False
    update_pins: bool = False
    acknowledge: list[Literal["secrets"]] = Field(default_factory=list, max_length=1)
    live: bool = Field(False, description="Make all of it live; only while the workspace has no release.")


class ExportQuery(Query):
    """Which stage; left out: all of them, each in a folder of its own."""

    stage: Stage | None = None


def import_folder(call: Call) -> Answer:
    asked = call.body(ImportBody)
    request = Import(
        tuple(File(file.path, file.text) for file in asked.files),
        message=asked.message,
        update_pins=asked.update_pins,
        acknowledge=tuple(asked.acknowledge),
        live=asked.live,
    )
    run = call.rehearse if asked.dry_run else call.do
    document: Imported = {"dry_run": asked.dry_run, **run(import_files, request)}
    return Answer(document)


def export(call: Call) -> Answer:
    return Answer(call.look(export_files, stage=call.query(ExportQuery).stage))


OPERATIONS = (
    Operation(
        method="POST",
        path="/imports",
        name="import_files",
        summary="Save the files of a folder: idempotent, all or nothing.",
        access="import",
        run=import_folder,
        body=ImportBody,
        answers={200: "Imported"},
        refusals=(
            "forbidden",
            "not_found",
            "invalid_content",
            "secret_found",
            "merge_marks",
            "nothing_changes",
        ),
        limit="write",
        idempotent=True,
        body_factor=BODY_FACTOR,
        example={
            "files": [{"path": "support/tone.yaml", "text": "kind: snippet\ntext: Be kind.\n"}],
            "dry_run": True,
        },
    ),
    Operation(
        method="GET",
        path="/exports",
        name="export_files",
        summary="Write what is live as files that import again to the same digests.",
        access="export",
        run=export,
        query=ExportQuery,
        answers={200: "Files"},
        limit="export",
    ),
)
