"""The words of every version, and the database's own full-text index over them.

Revision: 0008, after: 0007
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

PORTION = 200
LONGEST_WORD, LONGEST_INDEX = 64, 200_000
ALONE = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
WORD = re.compile(rf"[{ALONE}]|(?:(?![{ALONE}])[^\W_]|[\u0300-\u036f])+")
UNTOLD = frozenset({"role", "type", "provider"})


def upgrade() -> None:
    """Make table and index, and fill them from the versions that are there."""
    bytewise = sa.String(130).with_variant(sa.String(130, collation="C"), "postgresql")
    op.create_table(
        "search_words",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", bytewise, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["key", "number"], ["versions.key", "versions.number"], name="fk_search_words_key_number"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_search_words"),
        sa.UniqueConstraint("key", "number", name="uq_search_words_key_number"),
    )
    if op.get_bind().dialect.name == "postgresql":
        vector = "array_to_tsvector(string_to_array(words, ' '))"
        op.execute(f"CREATE INDEX search_index ON search_words USING gin ({vector})")
    elif _has_fts5():
        # The words are split and folded already: any byte that is not ASCII belongs to a word.
        options = "content='search_words', content_rowid='id', tokenize='ascii', detail=none, prefix='2 3'"
        op.execute(f"CREATE VIRTUAL TABLE search_index USING fts5(words, {options})")
        op.execute(
            "CREATE TRIGGER search_words_are_indexed AFTER INSERT ON search_words BEGIN"
            " INSERT INTO search_index (rowid, words) VALUES (NEW.id, NEW.words); END"
        )
    _fill()


def downgrade() -> None:
    """Take it back; a restore does this before it makes the store anew, nothing else does."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE IF EXISTS search_index")
    op.drop_table("search_words")


def _has_fts5() -> bool:
    """Tell whether this SQLite was built with FTS5; search reads every row where it was not."""
    found = op.get_bind().execute(sa.text("SELECT 1 FROM pragma_module_list WHERE name = 'fts5'"))
    return found.first() is not None


def _fill() -> None:
    connection = op.get_bind()
    table = sa.table("search_words", *map(sa.column, ("key", "number", "words")))
    versions = sa.table("versions", *map(sa.column, ("key", "number", "content")))
    last = ("", 0)
    while True:
        rows = connection.execute(_after(versions, last)).all()
        if not rows:
            return
        found = [{"key": key, "number": number, "words": _words(key, text)} for key, number, text in rows]
        connection.execute(sa.insert(table), found)
        last = (rows[-1].key, rows[-1].number)


def _after(versions: sa.TableClause, last: tuple[str, int]) -> sa.Select[Any]:
    key, number = versions.c.key, versions.c.number
    beyond = sa.or_(key > last[0], sa.and_(key == last[0], number > last[1]))
    return sa.select(versions).where(beyond).order_by(key, number).limit(PORTION)


def _words(key: str, content: str) -> str:
    texts = [key, *_texts("", {k: v for k, v in json.loads(content).items() if k not in ("kind", "pins")})]
    words = {_folded(match[0])[:LONGEST_WORD] for text in texts for match in WORD.finditer(text)} - {""}
    joined = " ".join(sorted(words))
    return joined if len(joined) <= LONGEST_INDEX else joined[:LONGEST_INDEX].rpartition(" ")[0]


def _texts(name: str, value: Any) -> Iterator[str]:
    if isinstance(value, str) and name not in UNTOLD:
        yield value
    elif isinstance(value, dict):
        for inner, found in value.items():
            yield from _texts(inner, found)
    elif isinstance(value, list):
        for found in value:
            yield from _texts("", found)


def _folded(word: str) -> str:
    apart = unicodedata.normalize("NFKD", word.casefold())
    return "".join(c for c in apart.casefold() if c.isalnum())
