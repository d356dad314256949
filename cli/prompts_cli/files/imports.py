"""Imports: files sent to the server, and named as they are called here when something is wrong with them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from prompts_cli.failures import Failure
from prompts_cli.files.source_files import collect
from prompts_cli.session import Session


def import_files(session: Session, paths: Sequence[Path], **wishes: Any) -> Any:
    """Post the files below `paths` as one import; returns what became of them, or would."""
    collected = collect(paths)
    for path in collected.skipped:
        session.output.hint(f"passed by: '{path}' is no .yaml file")
    body = {
        "files": [{"path": source.name, "text": source.text} for source in collected.sources],
        **{name: value for name, value in wishes.items() if value not in (None, "", (), False)},
    }
    try:
        return session.client.post("/imports", body)
    except Failure as failure:
        here = {source.name: str(source.path) for source in collected.sources}
        problems = [
            {**problem, "file": here.get(str(problem["file"]).removeprefix("prompts/"), problem["file"])}
            if isinstance(problem, dict) and problem.get("file")
            else problem
            for problem in failure.problem.get("problems", ())
        ]
        named = {"problems": problems} if problems else {}
        raise Failure({**failure.problem, **named}) from None
