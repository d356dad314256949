"""The one place where things are put together: settings -> store -> product -> application.

The server, the command line's local mode and the tests all start here.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from flask import Flask

from prompts_admin.domain.people.identity import THE_SYSTEM
from prompts_admin.schemas.records import ImportResult
from prompts_admin.services.core.assembled_values import Values
from prompts_admin.services.core.work import Work
from prompts_admin.services.people.initial_setup import demo_people
from prompts_admin.services.playground.model_endpoint import ModelEndpoint
from prompts_admin.services.product import Product
from prompts_admin.services.replication.mirror_feed import MirrorFeed
from prompts_admin.services.replication.publisher import Publisher
from prompts_admin.services.serving.snapshots import live_snapshot
from prompts_admin.services.transfer.imports import File, Import, import_files
from prompts_admin.serving.reader_registry import Readers
from prompts_admin.settings.table import Settings
from prompts_admin.store.database import migrate
from prompts_admin.store.database.engine import open_engine
from prompts_admin.store.database.unit_of_work import Store, utc_now

NO_SAMPLES = "none"


def open_product(settings: Settings, *, clock: Callable[[], datetime] = utc_now) -> Product:
    """Open the store that `settings` name; raises Unavailable `schema_mismatch` when it needs an upgrade."""
    store = Store(settings.database, clock=clock, lock_seconds=settings.lock_seconds)
    migrate.check_is_current(store.engine)
    return make_product(store, settings)


def make_product(store: Store, settings: Settings) -> Product:
    """Return the product over an open store: its runner, the live snapshot and all that follows from them."""
    values = Values()
    live = live_snapshot(store, values)
    product = Product(
        store=store,
        settings=settings,
        values=values,
        served=live.changed,
        live=live,
        readers=Readers(lambda: store.clock().timestamp()),
        endpoint=ModelEndpoint(settings),
    )
    product.feed = MirrorFeed(product)
    product.publisher = Publisher(product, live)
    return product


def prepare_store(settings: Settings) -> None:
    """Make the data folder and bring the database to this program's schema."""
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    engine = open_engine(settings.database)
    try:
        migrate.upgrade(engine)
    finally:
        engine.dispose()


def load_samples(product: Product, *, demo: bool) -> ImportResult | None:
    """Load the samples into a store that holds nothing yet, live by its first release; None otherwise."""
    if demo:
        product.do(THE_SYSTEM, _make_demo)
    if product.look(THE_SYSTEM, lambda work: work.head.last_release or work.head.document_version):
        return None
    if product.settings.samples == NO_SAMPLES:
        return None
    folder = Path(product.settings.samples) if product.settings.samples else samples_folder()
    request = Import(read_files(folder), message="Sample", live=True)
    return product.do(THE_SYSTEM, import_files, None, request)


def samples_folder() -> Path:
    """Return the folder of the sample features, of the checkout or of the installed package."""
    here = Path(__file__).parents[1]
    return next(path for path in (here / "_samples", here.parent / "prompts") if path.is_dir())


def read_files(folder: Path) -> tuple[File, ...]:
    """Return every YAML file below a folder, with paths relative to it."""
    return tuple(
        File(path.relative_to(folder).as_posix(), path.read_text(encoding="utf-8"))
        for path in sorted(folder.rglob("*.yaml"))
    )


def wsgi_app(product: Product, *, local_secret: str = "", pages: bool = True) -> Flask:
    """Return the application: pages and API over one product, or the API alone."""
    from prompts_admin.server.flask_app import create_app

    return create_app(product, local_secret=local_secret, pages=pages)


def _make_demo(work: Work) -> None:
    work.uow.change_head(demo=True)
    demo_people(work)
