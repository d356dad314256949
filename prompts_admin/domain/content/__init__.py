"""The content of one version: what a prompt, a model or a snippet may say, and its one normal form.

Only checks of content by itself live here; what needs other versions (pins, assembly, comparison) stands
beside.
"""

from __future__ import annotations

from prompts_admin.domain.content.checks import (
    MAX_CONTENT_BYTES,
    check_content,
    check_variables,
    warnings_of,
)
from prompts_admin.domain.content.kinds import ARTIFACT_KINDS, KINDS, ROLES, ArtifactKind, Kind
from prompts_admin.domain.content.texts import content_texts, texts_of

__all__ = [
    "ARTIFACT_KINDS",
    "KINDS",
    "MAX_CONTENT_BYTES",
    "ROLES",
    "ArtifactKind",
    "Kind",
    "check_content",
    "check_variables",
    "content_texts",
    "texts_of",
    "warnings_of",
]
