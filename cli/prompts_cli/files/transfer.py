"""The transfer of files: imports are named as they are called here, exports stay inside the folder named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from prompts_cli.failures import Failure, failure
from prompts_cli.files.source_files import collect
from prompts_cli.paths import write_whole
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
    except Failure as refused:
        here = {source.name: str(source.path) for source in collected.sources}
        problems = [
            {**problem, "file": here.get(str(problem["file"]).removeprefix("prompts/"), problem["file"])}
            if isinstance(problem, dict) and problem.get("file")
            else problem
            for problem in refused.problem.get("problems", ())
        ]
        named = {"problems": problems} if problems else {}
        raise Failure({**refused.problem, **named}) from None


def write_files(folder: Path, files: Sequence[Mapping[str, str]], *, force: bool) -> list[Path]:
    """Write each {path, text} below `folder`; raises Failure before the first when one may not be written."""
    planned = [(_inside(folder, file["path"]), file["text"].encode("utf-8")) for file in files]
    other = [path for path, content in planned if path.exists() and path.read_bytes() != content]
    if other and not force:
        detail = f"{len(other)} files say something else, the first is '{other[0]}'."
        raise failure("in_use", detail, "Name an empty folder, or overwrite them with --force.")
    for path, content in planned:
        write_whole(path, content)
    return [path for path, _ in planned]


def _inside(folder: Path, name: str) -> Path:
    # The server is not trusted with paths: it might be another one than meant.
    pure = PurePosixPath(name)
    outside = pure.is_absolute() or not pure.parts or ".." in pure.parts or "\\" in name or ":" in name
    path = folder.joinpath(*pure.parts)
    if outside or not path.resolve().is_relative_to(folder.resolve()):
        raise failure(
            "invalid", f"The server names a file outside the folder: {name!r}.", "Nothing was written."
        )
    return path
