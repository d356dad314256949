"""What a command does with the store on this machine, through the product's own entry points.

The only module that imports server code, and inside its functions: a remote command never comes here.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from prompts_cli.failures import Failure, failure
from prompts_cli.local.in_process import EmbeddedTransport
from prompts_cli.options import Options
from prompts_cli.paths import data_folder

if TYPE_CHECKING:
    from prompts_admin.domain.people.identity import Identity
    from prompts_admin.services.product import Product
    from prompts_admin.settings.table import Settings

IDENTITY = "prompts_admin.identity"


def open_transport(options: Options, environ: Mapping[str, str]) -> EmbeddedTransport:
    """Open the local store and return the transport into it, as its owner; the server judges `--as`."""
    settings = settings_for(options, environ)
    refuse_missing_store(settings)
    with as_failures():
        from prompts_admin.server.bootstrap import open_product, wsgi_app

        product = open_product(settings)
        # A token stands for itself: nobody is vouched for beside it.
        identity = {} if options.token else {IDENTITY: _owner(product)}
        return EmbeddedTransport(wsgi_app(product, pages=False), environ=identity, close=product.close)


def settings_for(options: Options, environ: Mapping[str, str], **overrides: Any) -> Settings:
    """Return the product's settings with the options of the command line over those of the environment."""
    from prompts_admin.settings.table import load_settings

    with as_failures():
        return load_settings(environ, data=data_folder(environ, options.data), **overrides)


def publishing_kind(settings: Settings) -> str:
    """Return the kind of target that snapshots are published to; raises Failure when its package is missing."""
    with as_failures():
        from prompts_admin.publishing.targets import open_target

        return open_target(settings.publish_url, settings.publish_options).kind


def has_store(settings: Settings) -> bool:
    """Tell whether there is a store to open; one that a URL names is taken for granted."""
    return bool(settings.database_url) or (settings.data / "prompts-admin.db").exists()


def refuse_missing_store(settings: Settings) -> None:
    """Raise Failure when the data folder holds no store; opening it would make an empty one."""
    if not has_store(settings):
        raise failure(
            "unreachable",
            f"There is no store in '{settings.data}', and no server was named.",
            "Start one: prompts-admin up --demo. Or name yours: --data DIR, --url URL, prompts-admin login URL",
        )


@contextlib.contextmanager
def as_failures() -> Iterator[None]:
    """Turn the product's own errors into failures of the command line."""
    from prompts_admin.domain.errors import ProductError
    from prompts_admin.http.problem_documents import problem_document

    try:
        yield
    except ProductError as error:
        raise Failure(problem_document(error, "")) from error


def _owner(product: Product) -> Identity:
    from prompts_admin.domain.people.identity import NOBODY, LocalPerson

    with product.store.read() as view:
        owner = view.head.owner
    return LocalPerson(owner) if owner else NOBODY
