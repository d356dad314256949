"""A second place to ask where the first fails."""

from __future__ import annotations

from dataclasses import replace

from prompts_admin.sdk.transport.port import Failed, Outcome, Transport


class Beside:
    """Asks the server first, and where that fails what it published; a refused token is refused here too."""

    def __init__(self, server: Transport, published: Transport) -> None:
        self._server = server
        self._published = published

    def fetch(self, etag: str | None) -> Outcome:
        """Ask the server, then the other; the server's failure is told in either case."""
        outcome = self._server.fetch(etag)
        if not isinstance(outcome, Failed) or outcome.is_barred:
            return outcome
        second = self._published.fetch(etag)
        return outcome if isinstance(second, Failed) else replace(second, problem=outcome.problem)

    def close(self) -> None:
        """Close the connections of both."""
        self._server.close()
        self._published.close()
