"""Search: artifacts by the words of their keys, descriptions and texts, of the newest versions and of what is live."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from prompts_admin.domain.content import ARTIFACT_KINDS
from prompts_admin.domain.content.records import Version, VersionId
from prompts_admin.domain.content.search_words import Hit, Piece, hits_of, mark, words_of
from prompts_admin.domain.errors import Usage
from prompts_admin.domain.json_object import Content
from prompts_admin.domain.stages import STAGES
from prompts_admin.schemas.artifacts import ArtifactLine, FoundLine, cells_of
from prompts_admin.schemas.artifacts import Hit as HitDocument
from prompts_admin.schemas.artifacts import Piece as PieceDocument
from prompts_admin.schemas.base import ListOf
from prompts_admin.services.artifacts.overview import lines_of
from prompts_admin.services.core.clearance import above, cleared
from prompts_admin.services.core.paging import page, page_size
from prompts_admin.services.core.work import Work
from prompts_admin.store.artifacts import artifacts, search
from prompts_admin.store.artifacts.search import Found

VERSIONS = 2
"""Versions of an artifact whose texts are shown: mostly one, or the newest beside an older one that is live."""
MOST_NAMES = 5_000
"""Names that a palette loads at once; beyond, its search on the server finds the rest."""
_CURSOR = re.compile(r"([01])\.([a-z0-9_/-]{3,130})")
_MESSAGE = re.compile(r"messages\[(\d+)\]\.content")


def find(
    work: Work, q: str, *, archived: bool = False, limit: int | None = None, after: str | None = None
) -> ListOf[FoundLine]:
    """Return artifacts that have every word of `q`, with where it stands; first those that are called so.

    Words are found by their beginnings, whatever case and accents; signs mean nothing. Each item is as in
    `status` with `name` in pieces and `hits`: {version, where it runs, path, place in words, pieces}.
    """
    work.require_somewhere("read")
    words = words_of(q)
    if not words:
        return {"items": [], "next": None}
    rows = search.find_keys(
        work.connection,
        words,
        features=work.readable(),
        archived=archived,
        over=above(work),
        after=_cursor(after),
        limit=page_size(limit),
    )
    shown = {row.key for row in rows[: page_size(limit) - 1]}
    versions = _versions(work, words, shown)
    lines = lines_of(work, versions.keys())
    listed = page(rows, limit, lambda row: f"{row.rank}.{row.key}", lambda row: row.key)
    found = [_item(lines[key], versions[key], words) for key in listed["items"] if key in lines]
    return {"items": found, "next": listed["next"]}


def names(work: Work) -> list[tuple[str, str]]:
    """Return (key, kind) of the artifacts in use that the asker may read, `MOST_NAMES` at most."""
    work.require_somewhere("read")
    found = search.names(work.connection, features=work.readable(), over=above(work), limit=MOST_NAMES)
    return [(key, kind) for key, kind in found if ARTIFACT_KINDS[kind].is_searched]


def _versions(work: Work, words: Sequence[str], keys: Collection[str]) -> dict[str, list[Version]]:
    """Return the versions to show by key; whatever holds more than the asker is cleared for is left out."""
    found = search.found_versions(work.connection, words, keys)
    reached = cleared(work, found)
    ids = [one for one in found if one in reached]
    kept: dict[str, list[VersionId]] = {}
    for key, number in ids:
        kept.setdefault(key, []).append((key, number))
    wanted = [one for several in kept.values() for one in several[:VERSIONS]]
    contents = artifacts.find_versions(work.connection, wanted)
    return {key: [contents[one] for one in several[:VERSIONS]] for key, several in kept.items()}


def _item(line: ArtifactLine, versions: Sequence[Version], words: Sequence[str]) -> FoundLine:
    hits: list[HitDocument] = []
    seen: set[tuple[str, tuple[Piece, ...]]] = set()
    for version in versions:
        for hit in hits_of(version.content, words):
            if (hit.path, hit.pieces) not in seen:
                seen.add((hit.path, hit.pieces))
                hits.append(_hit(hit, version, line))
    return {**line, "name": _pieces(mark(line["key"], words)), "hits": hits}


def _hit(hit: Hit, version: Version, line: ArtifactLine) -> HitDocument:
    cells = cells_of(line["stages"])
    running = [
        stage
        for stage in STAGES
        if (cell := cells[stage]) and version.number in (cell["version"], cell["settled"])
    ]
    return {
        "version": version.number,
        "newest": version.number == line["latest"],
        "live": running,
        "path": hit.path,
        "place": _place(hit.path, version.content),
        "pieces": _pieces(hit.pieces),
    }


def _place(path: str, content: Content) -> str:
    """Return in words where a text stands: message 2 (user)."""
    message = _MESSAGE.fullmatch(path)
    if message:
        index = int(message[1])
        return f"message {index + 1} ({content['messages'][index].get('role', '')})"
    return path.replace("_", " ") if path.isidentifier() else path


def _pieces(pieces: Sequence[Piece]) -> list[PieceDocument]:
    return [{"text": piece.text, "marked": piece.marked} for piece in pieces]


def _cursor(after: str | None) -> Found | None:
    if not after:
        return None
    match = _CURSOR.fullmatch(after)
    if match is None:
        raise Usage("malformed", f"'{after}' is no cursor of this list.", "Take `next` of the page before.")
    return Found(int(match[1]), match[2])
