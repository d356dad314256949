"""The edit loop: open, save, and go round again while the text is refused; nothing typed is lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import click

from prompts_cli.failures import Failure
from prompts_cli.files.editor import Draft, open_editor
from prompts_cli.output import explained, say
from prompts_cli.session import Session
from prompts_cli.transport.client import artifact_path

# What a person can put right by editing on; everything else ends the command, with the text kept.
_MENDABLE = frozenset({"invalid", "invalid_content", "merge_marks", "secret_found", "too_large"})


@dataclass
class Editing:
    """One editing of `key` that began with `original`, the text of version `base`."""

    session: Session
    key: str
    base: int
    original: str
    draft: Draft
    wishes: Mapping[str, Any] = field(default_factory=dict)

    def run(self) -> dict[str, Any] | None:
        """Return the version that came of it, None when nothing was changed; raises Failure, text kept."""
        try:
            while True:
                open_editor(self.draft.path, self.session.environ, quiet_stdout=self.session.options.json)
                try:
                    saved = self._save()
                    break
                except Failure as found:
                    self._prepare_again(found)
        except Failure as found:
            again = f"prompts-admin edit {self.key} --file '{self.draft.path}' --base {self.base}"
            kept = {"kept": str(self.draft.path), "remedy": f"Your text is kept. Go on: {again}"}
            raise Failure({**found.problem, **kept}) from None
        self.draft.discard()
        return saved

    def _save(self) -> dict[str, Any] | None:
        text = self.draft.text
        if text == self.original:
            return None
        body = {"text": text, **self.wishes}
        match = {"If-Match": f'"{self.base}"'}
        saved: dict[str, Any] = self.session.client.post(
            artifact_path(self.key, "versions"), body, headers=match
        )
        return saved

    def _prepare_again(self, found: Failure) -> None:
        """Make the draft ready for another round, or raise what was found."""
        if found.code == "stale_version":
            self._take_merge(found)
        elif found.code not in _MENDABLE:
            raise found
        if not self.session.interactive:
            raise found
        for line in explained(found.problem):
            say(line)
        if not _wants_to_go_on():
            raise found

    def _take_merge(self, found: Failure) -> None:
        problem = found.problem
        if not {"merge", "current", "theirs"} <= problem.keys():
            raise found
        self.draft.set_aside()
        self.draft.write(str(problem["merge"]["text"]))
        self.base, self.original = int(problem["current"]), str(problem["theirs"])
        marks = (
            "Conflicts are marked in it."
            if problem["merge"].get("conflicts")
            else "Both changes fit together."
        )
        say(f"The text now holds your changes and those of version {self.base}. {marks}")


def nothing_changed(key: str, base: int) -> dict[str, Any]:
    """Return the answer of an editing that left the text as it was."""
    return {"key": key, "number": base, "created": False}


def _wants_to_go_on() -> bool:
    say("(e) edit again, (l) leave and keep the text")
    return click.prompt("", type=click.Choice(["e", "l"]), default="e", err=True, prompt_suffix="> ") == "e"
