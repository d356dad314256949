"""The background of a server process: mirror, published snapshots, notices and clock, each in a thread of its own."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from functools import partial
from types import TracebackType
from typing import Self

from prompts_admin.services.notifications.delivery import Sending
from prompts_admin.services.product import Product
from prompts_admin.services.releases.scheduler import forget, tick
from prompts_admin.services.serving.readers import share

LOOK_SECONDS = 5.0
GATHER_SECONDS = 0.25
"""How long a loop that was woken waits for more to do: a hundred releases are worth one step, not a hundred."""
FORGET_SECONDS = 3_600.0
SHARE_SECONDS = 0.25
"""How often server processes tell each other of their readers."""
MOST_WAIT_SECONDS = 60.0
STOP_SECONDS = 10.0

_log = logging.getLogger(__name__)


class Worker:
    """Starts with `with`; `wake` makes it look at once. A step that fails is logged and tried again later."""

    def __init__(self, product: Product) -> None:
        sending = Sending(product)
        publishes = [product.publisher.step] if product.settings.publish_url else []
        self._woken = (
            Loop("mirror", product.feed.step, LOOK_SECONDS),
            *(Loop("publish", step, LOOK_SECONDS) for step in publishes),
            Loop("notices", sending.word, LOOK_SECONDS),
            *(
                Loop(f"notices to {name}", partial(sending.send, name), LOOK_SECONDS)
                for name in sending.names
            ),
        )
        self._loops = (
            *self._woken,
            Loop("readers", lambda: share(product, product.readers), SHARE_SECONDS),
            Loop("clock", lambda: tick(product), LOOK_SECONDS),
            Loop("forget", lambda: forget(product), FORGET_SECONDS),
        )

    def wake(self) -> None:
        """Look at the outbox now."""
        for loop in self._woken:
            loop.wake()

    @property
    def problems(self) -> dict[str, str]:
        """Return what fails at present, by the name of the loop."""
        return {loop.name: loop.problem for loop in self._loops if loop.problem}

    def __enter__(self) -> Self:
        for loop in self._loops:
            loop.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for loop in self._loops:
            loop.end()
        deadline = time.monotonic() + STOP_SECONDS
        for loop in self._loops:
            loop.join(max(0.0, deadline - time.monotonic()))


class Loop:
    """Runs a step whenever it is woken and every `seconds`; waits longer after failures."""

    def __init__(self, name: str, step: Callable[[], object], seconds: float) -> None:
        self.name = name
        self.problem = ""
        self._step = step
        self._seconds = seconds
        self._awake = threading.Event()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin, with a first step at once."""
        self._awake.set()
        self._thread.start()

    def wake(self) -> None:
        """Take the next step now."""
        self._awake.set()

    def end(self) -> None:
        """Take no further step; the one that is under way goes on."""
        self._over.set()
        self._awake.set()

    def join(self, seconds: float) -> None:
        """Wait for the step that is under way, so long at most."""
        self._thread.join(timeout=seconds)

    def _run(self) -> None:
        failures = 0
        while not self._over.is_set():
            self._awake.wait(timeout=min(self._seconds * 2**failures, max(self._seconds, MOST_WAIT_SECONDS)))
            self._over.wait(min(GATHER_SECONDS, self._seconds))
            self._awake.clear()
            if self._over.is_set():
                return
            failures = 0 if self._took_step() else min(failures + 1, 6)
            if failures:
                self._over.wait(min(2**failures, MOST_WAIT_SECONDS))

    def _took_step(self) -> bool:
        try:
            self._step()
        except Exception as error:
            self.problem = f"{type(error).__name__}: {error}"
            _log.warning("The %s loop failed and will try again: %s", self.name, self.problem)
            return False
        self.problem = ""
        return True
