"""Fills a store with a big workspace: 2,000 artifacts of 20 versions, one of 1,000, and a history of releases.

    python -m benchmarks.data sqlite:////path/to/store.db

Versions are written as rows, many at a time, with true digests, pins and audit chain; people, tokens and
releases go through the services.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from benchmarks.contents import MODEL, SNIPPET, content_of, pinned
from prompts_admin.domain.audit_chain import AuditEntry, entry_hash
from prompts_admin.domain.content.references import Pin
from prompts_admin.domain.content.search_words import index_words
from prompts_admin.domain.digests import digest
from prompts_admin.domain.people.identity import THE_SYSTEM, LocalPerson
from prompts_admin.domain.releases.records import Change, Event, Item, Release, State
from prompts_admin.domain.stages import Entry
from prompts_admin.server.bootstrap import make_product
from prompts_admin.services.core.work import Work
from prompts_admin.services.features.lifecycle import ensure_feature
from prompts_admin.services.people.initial_setup import demo_people
from prompts_admin.services.people.tokens import TokenRequest, create_token
from prompts_admin.services.product import Product
from prompts_admin.services.releases.activation import make_live
from prompts_admin.services.releases.first_release import first_release
from prompts_admin.settings.table import Settings
from prompts_admin.store.database import migrate
from prompts_admin.store.database.engine import open_engine
from prompts_admin.store.database.unit_of_work import Store
from prompts_admin.store.releases import releases
from prompts_admin.store.tables import artifacts, audit, contains, search_words, versions

RELEASER = "ml@example.com"
ADMIN = "admin@example.com"
POLICY = {"beta": {"sign_off": {"ml": 1}}, "full": {"sign_off": {"product": 1, "legal": 1}}}


@dataclass(frozen=True)
class Shape:
    """How much to make; `deep` is the number of versions of one more artifact, `f00/deep`."""

    features: int = 20
    artifacts: int = 2_000
    versions: int = 20
    deep: int = 1_000
    releases: int = 2_000

    @property
    def each(self) -> int:
        """Artifacts of one feature."""
        return self.artifacts // self.features

    def all_keys(self) -> list[str]:
        """Return every key but the deep one, models and snippets of each feature first."""
        names = ["model", "tone", *(f"p{number:03}" for number in range(self.each - 2))]
        return [f"f{feature:02}/{name}" for feature in range(self.features) for name in names]


DEEP = "f00/deep"


def open_filled(url: str, shape: Shape | None = None) -> tuple[Product, str]:
    """Migrate the database, fill it, and return a product over it with the secret of a releaser's token."""
    engine = open_engine(url)
    migrate.upgrade(engine)
    engine.dispose()
    product = make_product(Store(url, lock_seconds=60.0), Settings(mirror=False))
    secret = fill(product, shape or Shape())
    if product.store.engine.dialect.name == "postgresql":
        # PostgreSQL itself does so within a minute, which no measurement should wait for.
        with product.store.engine.connect() as connection:
            connection.exec_driver_sql("ANALYZE")
            connection.commit()
    return product, secret


def fill(product: Product, shape: Shape) -> str:
    """Fill an empty store; return the secret of a token of `ml@example.com`."""
    product.do(THE_SYSTEM, _people)
    product.do(THE_SYSTEM, _content, None, shape)
    product.do(THE_SYSTEM, _live, None, [*shape.all_keys(), DEEP])
    _history(product, shape)
    request = TokenRequest(name="bench", role="releaser", user=RELEASER, clearance="pii")
    return str(product.do(LocalPerson(RELEASER, "bench"), create_token, None, request)["token"])


def _people(work: Work) -> None:
    work.uow.change_head(demo=True)
    demo_people(work)


def _content(work: Work, shape: Shape) -> None:
    for feature in range(shape.features):
        fields = {"dri": "pm@example.com", "policy": POLICY, "classification": "internal"}
        ensure_feature(work, f"f{feature:02}", fields)
    for key in shape.all_keys():
        _artifact(work, key, shape.versions)
    _artifact(work, DEEP, shape.deep)


def _artifact(work: Work, key: str, count: int) -> None:
    """Write an artifact's rows; every version pins the first model and snippet of its feature."""
    feature, kind = key.partition("/")[0], content_of(key, 1)["kind"]
    inner = _pins(feature) if kind == "prompt" else {}
    contents = [pinned(content_of(key, number), inner) for number in range(1, count + 1)]
    stamp = {"created_at": work.now, "created_by": ADMIN}
    work.connection.execute(
        artifacts.insert(),
        {
            "key": key,
            "feature": feature,
            "kind": kind,
            "description": f"About {key}",
            "latest": count,
            **stamp,
        },
    )
    rows = [_version(work, key, number, content) for number, content in enumerate(contents, 1)]
    work.connection.execute(versions.insert(), rows)
    words = [{"key": key, "number": row["number"], "words": index_words(key, row["content"])} for row in rows]
    work.connection.execute(search_words.insert(), words)
    held = [
        {"key": key, "number": row["number"], "inner_key": inner_key, "inner_number": pin.version}
        | {"inner_digest": pin.digest, "direct": True}
        for row in rows
        for inner_key, pin in inner.items()
    ]
    if held:
        work.connection.execute(contains.insert(), held)
    _audit(work, rows)


def _pins(feature: str) -> dict[str, Pin]:
    return {
        f"{feature}/{name}": Pin(1, digest(content_of(f"{feature}/{name}", 1))) for name in (MODEL, SNIPPET)
    }


def _version(work: Work, key: str, number: int, content: dict[str, Any]) -> dict[str, Any]:
    return {
        "key": key,
        "number": number,
        "digest": digest(content),
        "parent": number - 1 or None,
        "author": "pm@example.com",
        "via": "bench",
        "message": f"Wording {number}",
        "content": content,
        "acknowledged": [],
        "created_at": work.now,
    }


def _audit(work: Work, rows: list[dict[str, Any]]) -> None:
    """Write what `Work.record` would write for each save, in one statement."""
    made = []
    for row in rows:
        head, subject = work.head, f"{row['key']}@{row['number']}"
        draft = AuditEntry(
            head.audit_seq + 1, work.now, "pm@example.com", "bench", "save",
            row["key"].partition("/")[0], subject, {"digest": row["digest"]}, head.audit_hash,
        )  # fmt: skip
        entry = replace(draft, hash=entry_hash(draft.previous, draft.fields()))
        work.uow.change_head(audit_seq=entry.seq, audit_hash=entry.hash)
        made.append(vars(entry))
    work.connection.execute(sa.insert(audit), made)


def _live(work: Work, keys: list[str]) -> None:
    first_release(work, keys)


def _history(product: Product, shape: Shape) -> None:
    """Make promotions to `full` that went live one after another, round the prompts."""
    now = dict.fromkeys(shape.all_keys(), shape.versions)
    for number, key in zip(range(shape.releases), _round(shape), strict=False):
        change = Change("full", key, Entry(now[key]), Entry(1 + number % (shape.versions - 1)))
        now[key] = change.after.settled or 0
        product.do(LocalPerson(RELEASER, "bench"), _went_live, None, key, change)


def _round(shape: Shape) -> Iterator[str]:
    while True:
        yield from shape.all_keys()


def _went_live(work: Work, key: str, change: Change) -> None:
    number, who = work.uow.next_release(), "pm@example.com"
    release = Release(number, "promotion", key.partition("/")[0], "full", "Bench", who, "bench", work.now)
    state = State(number, "live", work.now, who, "", work.now, work.uow.raise_revision())
    version = change.after.settled
    found = work.connection.execute(
        sa.select(versions.c.digest).where(versions.c.key == key, versions.c.number == version)
    ).scalar_one()
    item = Item("full", key, version, basis=change.before, digest=found)
    releases.insert_release(work.uow, release, [item], state)
    releases.add_event(work.uow, Event(number, "go_live", work.now, who))
    make_live(work, release, [item], [change])


def main() -> None:
    """Fill the database that the command line names."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("url", help="an empty database: sqlite:////path/to/store.db or postgresql://...")
    parser.add_argument("--artifacts", type=int, default=Shape.artifacts)
    parser.add_argument("--releases", type=int, default=Shape.releases)
    given = parser.parse_args()
    began = time.perf_counter()
    product, secret = open_filled(given.url, Shape(artifacts=given.artifacts, releases=given.releases))
    with closing(product):
        print(f"filled in {time.perf_counter() - began:.1f} s; a releaser's token: {secret}")


if __name__ == "__main__":
    main()
