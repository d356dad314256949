"""If-Match and If-None-Match on saving: what the new version was based on (RFC 9110, 13.1)."""

from __future__ import annotations

import re

from werkzeug.datastructures import Headers

from prompts_admin.domain.errors import Usage
from prompts_admin.services.artifacts.save import NEW

_TAG = re.compile(r'"([1-9][0-9]{0,8})"')


def base_of(headers: Headers) -> int:
    """Return the number of the version that a save is based on, NEW for a first save.

    Raises Usage("precondition_required") when neither header is there, Usage("malformed") for anything but
    `If-Match: "7"` or `If-None-Match: *`.
    """
    match, none_match = headers.getlist("If-Match"), headers.getlist("If-None-Match")
    if not match and not none_match:
        raise Usage(
            "precondition_required",
            "It is not said which version this is based on.",
            'Send If-Match: "7" (the version you edited), or If-None-Match: * for a new artifact.',
        )
    if not match and none_match == ["*"]:
        return NEW
    found = _TAG.fullmatch(match[0]) if len(match) == 1 and not none_match else None
    if found is None:
        raise Usage(
            "malformed",
            "The precondition cannot be read.",
            'Send one of If-Match: "7" and If-None-Match: *, once.',
        )
    return int(found[1])


def etag_of(number: int) -> dict[str, str]:
    """Return the header by which the version can be named in If-Match."""
    return {"ETag": f'"{number}"'}
