"""Puts the asynchronous face together over a product."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from prompts_admin.edge.gate import Gate
from prompts_admin.edge.reads import Reads
from prompts_admin.edge.routes import Edge
from prompts_admin.edge.streams import Streams
from prompts_admin.services.product import Product
from prompts_admin.services.serving_rights import admission_of
from prompts_admin.serving.hub import Hub
from prompts_admin.store.watcher import Watcher


@contextmanager
def open_edge(product: Product) -> Iterator[Edge]:
    """Serve hot reads and streams for as long as this lasts, and hear of what other processes commit."""
    settings = product.settings
    hub = Hub(heartbeat=settings.heartbeat_seconds)
    gate = Gate(partial(admission_of, product))
    streams = Streams(
        product.live,
        hub,
        gate,
        product.readers,
        most=settings.streams,
        most_of_token=settings.streams_per_token,
    )
    end = product.live.subscribe(hub.changed)
    try:
        with Watcher(product.store, product.live.noticed):
            yield Edge(gate, Reads(product.live, product.readers), streams, product.readers, hub)
    finally:
        end()
