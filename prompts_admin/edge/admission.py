"""Who may be served what: looked up in a thread, remembered for a second, and as long as the store fails."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass

from prompts_admin.domain.errors import NotPermitted, Unavailable
from prompts_admin.services.serving.admission import Admission

FRESH_SECONDS = 1.0
STALE_SECONDS = 2.0
"""How old what is known may be for those who ask while a look is under way."""
KEPT_SECONDS = 600.0
"""How long what was known of a token serves while the store cannot be asked."""
MOST = 20_000
THREADS = 4

Look = Callable[[str], Admission]


@dataclass(slots=True)
class _Known:
    admission: Admission
    at: float


class Gate:
    """Admits by token; used on the event loop alone, so that it needs no lock.

    A token that is asked for again within a second is not looked up. While a look is under way all who ask wait for
    that one, unless what is known is hardly older: a revoked token is out within two seconds, however many ask at once.
    """

    def __init__(
        self, look: Look, *, clock: Callable[[], float] = time.monotonic, threads: Executor | None = None
    ) -> None:
        self._look = look
        self._clock = clock
        self._threads = threads or ThreadPoolExecutor(THREADS, thread_name_prefix="gate")
        self._known: dict[bytes, _Known] = {}
        self._looks: dict[bytes, asyncio.Task[Admission]] = {}

    def known(self, secret: bytes) -> Admission | None:
        """Return what is known of a token that was looked up a moment ago."""
        known = self._known.get(secret)
        if known is None:
            return None
        age = self._clock() - known.at
        if age < FRESH_SECONDS or (age < STALE_SECONDS and secret in self._looks):
            return known.admission
        return None

    async def admit(self, secret: bytes) -> Admission:
        """Return what a token admits to; raises NotPermitted `unauthenticated`, and Unavailable."""
        return self.known(secret) or await self.admit_anew(secret)

    async def let_in(self, secret: bytes) -> Admission:
        """Return what a token admits to; raises as `admit` does, and `forbidden` where that is nothing."""
        admission = self.known(secret) or await self.admit_anew(secret)
        if not admission.may_serve:
            raise NotPermitted(
                "forbidden", "Nothing is served to this token.", "Ask for one with the role serve."
            )
        return admission

    async def admit_anew(self, secret: bytes) -> Admission:
        """Look a token up now, or wait for the look that is under way."""
        if not secret:
            raise NotPermitted("unauthenticated", "A token is needed.", "Send: Authorization: Bearer pa_...")
        look = self._looks.get(secret)
        if look is None:
            look = self._looks[secret] = asyncio.create_task(self._looked_up(secret))
            look.add_done_callback(lambda done: self._forget_look(secret, done))
        return await asyncio.shield(look)

    async def _looked_up(self, secret: bytes) -> Admission:
        known = self._known.get(secret)
        loop = asyncio.get_running_loop()
        try:
            text = secret.decode("latin-1")
            admission = await loop.run_in_executor(self._threads, self._look, text)
        except NotPermitted:
            self._known.pop(secret, None)
            raise
        except Unavailable:
            if known is None or self._clock() - known.at > KEPT_SECONDS:
                raise
            return known.admission
        self._keep(secret, admission)
        return admission

    def _forget_look(self, secret: bytes, look: asyncio.Task[Admission]) -> None:
        self._looks.pop(secret, None)
        # Whoever waited may have left: what was raised counts as seen.
        if not look.cancelled():
            look.exception()

    def _keep(self, secret: bytes, admission: Admission) -> None:
        self._known.pop(secret, None)
        self._known[secret] = _Known(admission, self._clock())
        if len(self._known) > MOST:
            del self._known[next(iter(self._known))]
