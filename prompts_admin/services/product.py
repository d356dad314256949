"""`Product`: one running program's runner and the parts that its faces and loops share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from prompts_admin.services.core.runner import Runner
from prompts_admin.services.playground.model_endpoint import ModelEndpoint
from prompts_admin.services.replication.mirror_feed import MirrorFeed
from prompts_admin.services.replication.publisher import Publisher
from prompts_admin.serving.live_snapshot import LiveSnapshot
from prompts_admin.serving.reader_registry import Readers


@dataclass(kw_only=True)
class Product(Runner):
    """A runner and its parts; `server.bootstrap` is who puts them together.

    `live` is what serving reads, `readers` who serves from it, `feed` writes the git mirror, `publisher` the
    published snapshots, `endpoint` is the model that a draft is tried on. `background` tells what fails in the
    loops, by the name of the loop.
    """

    live: LiveSnapshot
    readers: Readers
    endpoint: ModelEndpoint
    feed: MirrorFeed = field(init=False)
    publisher: Publisher = field(init=False)
    background: Callable[[], Mapping[str, str]] = dict
