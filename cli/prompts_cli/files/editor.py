"""The editor: the person's own, and the draft file that holds what they type until it is saved."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from prompts_cli.failures import failure

_STDERR = 2
_USUAL = ("sensible-editor", "nano", "vim", "vi", "notepad")


@dataclass(frozen=True)
class Draft:
    """A text being edited, in a file of its own, readable by this user alone."""

    path: Path

    @property
    def text(self) -> str:
        """What the file says now; raises Failure when it is not UTF-8."""
        from prompts_cli.files.source_files import read

        return read(self.path)

    def write(self, text: str) -> None:
        """Replace what the file says, line ends as they are."""
        self.path.write_bytes(text.encode("utf-8"))

    def set_aside(self) -> None:
        """Keep what was typed in a file beside, before it is replaced."""
        self.path.with_suffix(".yours").write_bytes(self.path.read_bytes())

    def discard(self) -> None:
        """Remove the file and the folders made for it."""
        shutil.rmtree(self.path.parent.parent, ignore_errors=True)


def start_draft(folder: Path, key: str, text: str) -> Draft:
    """Make a draft below `folder`, under the name that `save` would give the same key."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    feature, _, name = key.partition("/")
    place = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=folder)) / feature
    place.mkdir()
    draft = Draft(place / f"{name}.yaml")
    draft.path.touch(mode=0o600)
    draft.write(text)
    return draft


def open_editor(path: Path, environ: Mapping[str, str], *, quiet_stdout: bool) -> None:
    """Open a file in $VISUAL or $EDITOR and wait; raises Failure when the editor cannot start or gives up."""
    words = editor_command(environ)
    # With --json standard output is for the answer; an editor that draws there would spoil it.
    out = _STDERR if quiet_stdout else None
    try:
        code = subprocess.run([*words, os.fspath(path)], check=False, stdout=out).returncode  # noqa: S603
    except OSError as error:
        detail = f"The editor '{words[0]}' cannot be started ({error.strerror})."
        raise failure("malformed", detail, "Set EDITOR to the command of your editor.") from None
    if code:
        raise failure("invalid", f"The editor '{words[0]}' ended with {code}; nothing was saved.")


def editor_command(environ: Mapping[str, str]) -> list[str]:
    """Return the editor's command words, from $VISUAL, $EDITOR or what is usual; raises Failure without any."""
    named = environ.get("VISUAL") or environ.get("EDITOR")
    if named:
        try:
            words = shlex.split(named, posix=os.name != "nt")
        except ValueError:
            words = []
        if words:
            return words
    found = next((editor for editor in _USUAL if shutil.which(editor)), None)
    if found is None or named:
        raise failure(
            "malformed", f"EDITOR={named or ''!r} names no editor.", "Set EDITOR, for instance to nano."
        )
    return [found]
