"""Puts the asynchronous face together over a product."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from prompts_admin.edge.admission import Gate
from prompts_admin.edge.cached_reads import Hot
from prompts_admin.edge.current_snapshot import Newest
from prompts_admin.edge.ofrep.cors import CrossOrigin
from prompts_admin.edge.ofrep.endpoint import Ofrep
from prompts_admin.edge.ofrep.streams import OfrepStreams
from prompts_admin.edge.routes import Edge
from prompts_admin.edge.streams import Streams
from prompts_admin.edge.uncached_reads import Reads
from prompts_admin.services.product import Product
from prompts_admin.services.serving.admission import admission_of
from prompts_admin.services.serving.stream_tickets import admission_of_either
from prompts_admin.serving.hub import Hub
from prompts_admin.serving.ofrep_refetch import RefetchHub
from prompts_admin.store.database.change_listener import Watcher


@contextmanager
def open_edge(product: Product) -> Iterator[Edge]:
    """Serve hot reads and streams for as long as this lasts, and hear of what other processes commit."""
    heartbeat, follow = product.settings.heartbeat_seconds, product.live.subscribe
    hub, refetch = Hub(heartbeat=heartbeat, follow=follow), RefetchHub(heartbeat=heartbeat, follow=follow)
    gate, newest = Gate(partial(admission_of, product)), Newest(product.live)
    hot = Hot(gate, newest, product.readers)
    edge = Edge(
        gate,
        Reads(product.live, newest, product.readers, hot),
        _streams(product, newest, hub, gate),
        product.readers,
        hub,
        ofrep=_ofrep(product, newest, refetch, gate),
        hot=hot,
    )
    with Watcher(product.store, product.live.noticed):
        yield edge


def _streams(product: Product, newest: Newest, hub: Hub, gate: Gate) -> Streams:
    most, most_of_token = product.settings.streams, product.settings.streams_per_token
    return Streams(newest, hub, gate, product.readers, most=most, most_of_token=most_of_token)


def _ofrep(product: Product, newest: Newest, hub: RefetchHub, gate: Gate) -> Ofrep:
    settings = product.settings
    # A gate of their own: what opens a stream opens nothing else.
    tickets = Gate(partial(admission_of_either, product))
    opened = _streams(product, newest, hub, tickets)
    streams = OfrepStreams(opened, hub, tickets, key=settings.secret_key, public_url=settings.public_url)
    cross_origin = CrossOrigin(settings.ofrep_origins)
    return Ofrep(gate, product.live, newest, product.readers, streams=streams, cross_origin=cross_origin)
