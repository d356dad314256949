"""The source files to save: which there are, what they are called on the server, and what they say.

A path on the server is `feature/name.yaml`, `feature/_feature.yaml` or `_workspace.yaml`.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from prompts_cli.failures import Failure, failure

SUFFIXES = (".yaml", ".yml")
WORKSPACE = "_workspace.yaml"
FEATURE = "_feature.yaml"
MAX_FILES = 2_000
# The server's own limit per file is a setting, 1 MiB by default; this one keeps a stray dump out of memory.
MAX_FILE_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True)
class Source:
    """One file: where it lies here, what it is called on the server, and its text."""

    path: Path
    name: str
    text: str


@dataclass(frozen=True)
class Collected:
    """The files found, and those that were passed by."""

    sources: tuple[Source, ...]
    skipped: tuple[Path, ...]


def collect(paths: Iterable[Path]) -> Collected:
    """Read files and folders; raises Failure for the first thing that cannot be saved."""
    found: dict[str, Path] = {}
    skipped: list[Path] = []
    for path in paths:
        named = _in_folder(path, skipped) if path.is_dir() else [(_single(path), path)]
        for name, file in named:
            if name in found and not found[name].samefile(file):
                detail = f"'{found[name]}' and '{file}' would both be '{name}'."
                raise failure("invalid_content", detail, "Keep one of the two.")
            found.setdefault(name, file)
    if not found:
        raise failure(
            "invalid_content", "There is no .yaml file here.", "Name a file or a folder of features."
        )
    return Collected(tuple(Source(file, name, read(file)) for name, file in found.items()), tuple(skipped))


def read(path: Path) -> str:
    """Return the text of a file; raises Failure that names the first byte that is not UTF-8."""
    if not path.is_file():
        raise _refused(path, "is no ordinary file", "Save files only.")
    size = path.stat().st_size
    if size > MAX_FILE_BYTES:
        raise failure(
            "too_large",
            f"'{path}' has {size} bytes; a prompt has 1 MiB at most.",
            "Is it a prompt file at all?",
        )
    content = path.read_bytes()
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        detail = f"'{path}' is not UTF-8: byte {error.start} (line {line}) is 0x{content[error.start]:02x}."
        raise failure(
            "invalid_content", detail, "Store the file as UTF-8.", problems=[_at(path, line)]
        ) from None


def _in_folder(given: Path, skipped: list[Path]) -> Iterator[tuple[str, Path]]:
    root = given / "prompts" if (given / "prompts").is_dir() else given
    files = list(_walk(root, skipped))
    nested = any(len(file.relative_to(root).parts) > 1 for file in files)
    for file in files:
        parts = file.relative_to(root).with_suffix(".yaml").parts
        if len(parts) == 1 and parts[0] != WORKSPACE and not nested:
            parts = (root.resolve().name, *parts)
        if len(parts) != 2 and parts != (WORKSPACE,):
            raise _refused(
                file, "has no place: a key is feature/name", "Put it into the folder of its feature."
            )
        yield "/".join(parts), file


def _walk(root: Path, skipped: list[Path]) -> Iterator[Path]:
    inside = root.resolve()
    count = 0
    for folder, folders, files in os.walk(root):
        here = Path(folder)
        for name in [*folders, *files]:
            _refuse_leaving(here / name, inside)
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            if Path(name).suffix in SUFFIXES and not name.startswith("."):
                count += 1
                yield here / name
            elif not name.startswith("."):
                skipped.append(here / name)
        if count > MAX_FILES:
            raise failure(
                "too_large", f"'{root}' has more than {MAX_FILES} files.", "Save feature by feature."
            )


def _single(path: Path) -> str:
    if path.suffix not in SUFFIXES:
        raise _refused(path, "is no .yaml file", "Name a prompt file, or a folder of them.")
    folder = Path(os.path.abspath(path)).parent  # noqa: PTH100  the folder as it is called, links not followed
    _refuse_leaving(path, folder.resolve())
    name = path.with_suffix(".yaml").name
    return name if name == WORKSPACE else f"{folder.name}/{name}"


def _refuse_leaving(path: Path, inside: Path) -> None:
    # A link could carry a secret of this machine to the server under the name of a prompt.
    if path.is_symlink() and not path.name.startswith(".") and not path.resolve().is_relative_to(inside):
        raise _refused(path, "is a link that leaves the folder", "Copy what it points to.")


def _refused(path: Path, why: str, remedy: str) -> Failure:
    return failure("invalid_content", f"'{path}' {why}.", remedy, problems=[_at(path, None)])


def _at(path: Path, line: int | None) -> dict[str, object]:
    return {"message": "cannot be saved", "file": str(path), **({"line": line} if line else {})}
