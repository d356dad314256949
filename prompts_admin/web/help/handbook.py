"""The documentation as pages: Markdown files of ours, made into HTML once, with links between them that work here."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path, PurePosixPath
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

PAGES = (
    "guide",
    "releasing",
    "prompt-files",
    "editing",
    "trying",
    "serving",
    "client",
    "publishing",
    "operating",
    "mirror",
    "api",
    "security",
    "scale",
    "reference/commands",
    "reference/settings",
    "reference/access",
    "reference/errors",
)
"""The files below docs/ that are shown, in the order in which somebody new wants them."""


@dataclass(frozen=True)
class Chapter:
    """One file as a page: `name` is its address below /help, `sections` its second headings as (id, text)."""

    name: str
    title: str
    lead: str
    body: Markup
    sections: tuple[tuple[str, str], ...]


@cache
def chapters() -> dict[str, Chapter]:
    """Return every chapter by name, in order; what is not installed is left out."""
    folder = docs_folder()
    files = {name: folder / f"{name}.md" for name in PAGES} if folder else {}
    return {_slug(name): _chapter(name, file) for name, file in files.items() if file.is_file()}


def docs_folder() -> Path | None:
    """Return the folder of the documentation, of the checkout or of the installed package."""
    here = Path(__file__).parents[2]
    return next((path for path in (here / "_docs", here.parent / "docs") if path.is_dir()), None)


def _chapter(name: str, file: Path) -> Chapter:
    # HTML in the text stays text, and links that would run a script are none.
    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = reader.parse(file.read_text("utf-8"))
    title, lead, body = _beginning(tokens)
    sections = tuple(_named(body))
    for token in body:
        for child in token.children or ():
            _relink(child, PurePosixPath(name).parent)
    html = reader.renderer.render(body, reader.options, {})
    html = html.replace(
        "<table>", '<div class="scroll" role="region" aria-label="Table" tabindex="0"><table>'
    )
    # Our own files, and what they hold was escaped by the renderer.
    shown = Markup(html.replace("</table>", "</table></div>"))  # noqa: S704
    return Chapter(_slug(name), title, lead, shown, sections)


def _beginning(tokens: list[Token]) -> tuple[str, str, list[Token]]:
    """Return the first heading, the first paragraph below it, and the tokens after the heading."""
    title = _plain(tokens[1])
    rest = tokens[3:]
    lead = _plain(rest[1]) if rest and rest[0].type == "paragraph_open" else ""
    return title, lead, rest


def _named(tokens: list[Token]) -> list[tuple[str, str]]:
    """Give each heading an id to link to; return those of the second level."""
    found = []
    for token, inline in pairwise(tokens):
        if token.type == "heading_open":
            text = _plain(inline)
            token.attrSet("id", re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-"))
            if token.tag == "h2":
                found.append((str(token.attrGet("id")), text))
    return found


def _relink(token: Token, folder: PurePosixPath) -> None:
    """Lead links between the files to the pages; those to files that are not shown lead nowhere."""
    target = str(token.attrGet("href") or token.attrGet("src") or "")
    if not target or target.startswith(("https://", "http://", "#")):
        return
    path, _, part = target.partition("#")
    name = _normal(folder / path).removesuffix(".md")
    if token.type == "link_open" and name in PAGES:
        token.attrSet("href", f"/help/{_slug(name)}" + (f"#{part}" if part else ""))
    else:
        token.attrs = {}


def _normal(path: PurePosixPath) -> str:
    parts: list[str] = []
    for part in path.parts:
        if part == "..":
            parts = parts[:-1] or ["outside"]
        else:
            parts.append(part)
    return "/".join(parts)


def _slug(name: str) -> str:
    return name.replace("/", "-")


def _plain(inline: Token) -> str:
    children: list[Any] = list(inline.children or ())
    return "".join(
        child.content if child.type != "softbreak" else " "
        for child in children
        if child.type in ("text", "code_inline", "softbreak")
    )
