"""What a saver is refused for or warned of: credentials, hidden characters, text that was rolled back."""

from __future__ import annotations

from prompts_admin.domain import remedies
from prompts_admin.domain.content import warnings_of as content_warnings
from prompts_admin.domain.content.records import Version
from prompts_admin.domain.content.texts import texts_of
from prompts_admin.domain.errors import Problem, Refused
from prompts_admin.domain.json_object import Content
from prompts_admin.domain.text.secret_detection import find_secrets
from prompts_admin.services.core.work import Work
from prompts_admin.store.releases import live_versions


def secrets_in(content: Content, *, file: str) -> tuple[Problem, ...]:
    """Return a problem for each text that looks like a credential; the value itself is never repeated."""
    return tuple(
        Problem(f"This looks like a credential ({found.rule}).", path=path, file=file, remedy="Remove it.")
        for path, text in texts_of(content)
        for found in find_secrets(text)
    )


def secret_refusal(key: str, secrets: tuple[Problem, ...]) -> Refused:
    """Return the refusal of a content with what looks like credentials."""
    detail = f"'{key}' seems to contain a credential: {secrets[0].message}"
    return Refused("secret_found", detail, remedies.acknowledge_secrets(), secrets)


def warnings_of(work: Work, version: Version) -> list[str]:
    """Return what a reader of the version should know."""
    warnings = [str(problem) for problem in content_warnings(version.content)]
    if (version.key, version.digest) in live_versions.marked_subjects(work.connection, [version.key]):
        warnings.append("This very text was rolled back; releasing it needs somebody else's sign-off.")
    return warnings
