"""The table of commands: for each its section of the help, the module that holds it, and its short help.

A table rather than imports, so that `prompts-admin --help` and completion import no command.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Entry:
    """One command and the module below `prompts_cli.commands` that holds it."""

    name: str
    module: str
    help: str

    @property
    def attribute(self) -> str:
        """Name of the command in its module."""
        return self.name.replace("-", "_") + "_command"


SECTIONS: tuple[tuple[str, tuple[Entry, ...]], ...] = (
    (
        "Run",
        (
            Entry("up", "run", "Migrate, load the samples on the first start, and serve."),
            Entry("serve", "run", "Serve a store that is up to date."),
            Entry("db", "run", "Bring the database to this version, or tell where it is."),
            Entry("doctor", "run", "Tell what is missing or off on this machine."),
        ),
    ),
    (
        "Look",
        (
            Entry("status", "look", "What is live on which stage."),
            Entry("show", "look", "One version of an artifact."),
            Entry("history", "look", "What was live when, and who decided it."),
            Entry("diff", "look", "What changes from one version to another."),
            Entry("releases", "releases", "The latest releases."),
            Entry("release", "releases", "One release: changes, checks, who is still needed."),
            Entry("waiting", "releases", "What waits for you."),
            Entry("get", "serving", "What serving code would get for a user."),
            Entry("explain", "serving", "Why a user gets what they get, now or at a time."),
            Entry("readers", "serving", "Which processes serve which revision."),
            Entry("audit", "audit", "Who did what; check or export the audit log."),
        ),
    ),
    (
        "Change",
        (
            Entry("save", "change", "Save files, or a folder whose paths are the keys."),
            Entry("edit", "change", "Edit the latest version in $EDITOR."),
            Entry("copy", "change", "Copy an artifact to a new key."),
            Entry("archive", "change", "Archive an artifact that is live nowhere."),
            Entry("unarchive", "change", "Take an archived artifact into use again."),
            Entry("settings", "settings", "Proposed changes of who is served and who must sign."),
        ),
    ),
    (
        "Release",
        (
            Entry("promote", "promote", "Propose versions for a stage."),
            Entry("approve", "sign", "Sign a release."),
            Entry("refuse", "sign", "Refuse a release, and say why."),
            Entry("take-back", "sign", "Take back your sign-off."),
            Entry("apply", "sign", "Make an approved release live."),
            Entry("withdraw", "sign", "Withdraw a release that is not live."),
        ),
    ),
    (
        "Put back",
        (
            Entry("rollback", "put_back", "Remove a version and put back what worked before."),
            Entry("undo", "put_back", "Put back exactly what stood before a release."),
            Entry("restore", "put_back", "Settle again what was settled at a time."),
        ),
    ),
    (
        "Keep",
        (
            Entry("user", "users", "People and their roles."),
            Entry("token", "tokens", "API tokens."),
            Entry("import", "transfer", "Import a folder, also as the first release."),
            Entry("export", "transfer", "Write what is live as files."),
            Entry("backup", "backups", "Write the whole store to a file."),
            Entry("restore-backup", "backups", "Replace the local store by a backup."),
            Entry("snapshot", "serving", "The document that serving code works from."),
            Entry("login", "login", "Log in to a server and remember it."),
            Entry("logout", "login", "Log out and forget the server."),
            Entry("mirror", "replication", "Rebuild or push the git mirror."),
            Entry("publish", "replication", "Publish snapshots to a folder or an object store, now."),
            Entry("completion", "completion", "Print the completion script of a shell."),
        ),
    ),
)
