"""Who may be served what: looked up in a thread, remembered for a second, and as long as the store fails."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass

from prompts_admin.domain.errors import NotPermitted, Unavailable
from prompts_admin.services.serving_rights import Admission

FRESH_SECONDS = 1.0
KEPT_SECONDS = 600.0
"""How long what was known of a token serves while the store cannot be asked."""
MOST = 20_000
THREADS = 4

Look = Callable[[str], Admission]


@dataclass(slots=True)
class _Known:
    admission: Admission
    at: float
    asked: bool = False


class Gate:
    """Admits by token; used on the event loop alone, so that it needs no lock.

    A token that is asked for again within a second is not looked up; later the one who asks waits for a look,
    and others meanwhile get what is known. A revoked token is out after a second.
    """

    def __init__(
        self, look: Look, *, clock: Callable[[], float] = time.monotonic, threads: Executor | None = None
    ) -> None:
        self._look = look
        self._clock = clock
        self._threads = threads or ThreadPoolExecutor(THREADS, thread_name_prefix="gate")
        self._known: dict[bytes, _Known] = {}

    def known(self, secret: bytes) -> Admission | None:
        """Return what is known of a token that was looked up within the last second."""
        known = self._known.get(secret)
        if known is not None and (known.asked or self._clock() - known.at < FRESH_SECONDS):
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
        """Look a token up now."""
        if not secret:
            raise NotPermitted("unauthenticated", "A token is needed.", "Send: Authorization: Bearer pa_...")
        known = self._known.get(secret)
        if known:
            known.asked = True
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
        finally:
            if known:
                known.asked = False
        self._keep(secret, admission)
        return admission

    def _keep(self, secret: bytes, admission: Admission) -> None:
        self._known.pop(secret, None)
        self._known[secret] = _Known(admission, self._clock())
        if len(self._known) > MOST:
            del self._known[next(iter(self._known))]
