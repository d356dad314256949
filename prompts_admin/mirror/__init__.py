"""The git mirror: a bare repository that people can read, written from plain values, never the truth.

Only git lives here: what a commit is, how a batch becomes one `git fast-import`, how the repository is
checked, rebuilt and pushed. The store, the outbox and every rule of the product stay outside.

`main` holds every saved version; `internal`, `beta` and `full` hold what is live on that stage, so that
`git diff full beta` and `git log full` answer what they seem to ask. Each commit ends with the line
`Prompts-Admin-Event: N`; a branch's position is read from there, so position and content move together.
Feed the events of a branch in growing order: one at or below the position is skipped as already written.

    mirror = Mirror(data / "mirror.git")    # NullMirror(reason) when available() gives a reason
    mirror.open()
    mirror.write([MirrorCommit("main", 1, "Ana", "ana@example.com", at, "First", {"support/tone.yaml": ""})])
"""

from prompts_admin.mirror.commits import BRANCHES, MirrorCommit
from prompts_admin.mirror.git import available
from prompts_admin.mirror.mirror import Mirror
from prompts_admin.mirror.null import AnyMirror, NullMirror
from prompts_admin.mirror.remote import PushResult

__all__ = ["BRANCHES", "AnyMirror", "Mirror", "MirrorCommit", "NullMirror", "PushResult", "available"]
