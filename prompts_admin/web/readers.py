"""Readers: which processes serve which revision, and who is behind."""

from __future__ import annotations

from werkzeug.wrappers import Response

from prompts_admin.services.readers import list_readers
from prompts_admin.shell.state import shell
from prompts_admin.web import forms
from prompts_admin.web.call import look, page_group
from prompts_admin.web.rendering import page

group = page_group("readers")


@group.get("/readers")
def readers() -> Response:
    """Show the readers that were heard lately, held against the revision of the address or the newest."""
    asked = forms.asked("revision")
    revision = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 16 else None
    return page("readers/readers.html", found=look(list_readers, shell().product, revision=revision))
