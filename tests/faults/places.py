"""The program over a data folder, in this process: the same application and background steps as a server's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from werkzeug.test import TestResponse

from prompts_admin.server.bootstrap import open_product
from prompts_admin.server.flask_app import create_app
from prompts_admin.services.notifications.delivery import LEASE, Sending
from prompts_admin.services.product import Product
from prompts_admin.settings.table import Settings
from prompts_admin.store.database.unit_of_work import utc_now
from prompts_admin.store.records import outbox
from tests.support.world import PREFIX

KEY_HEADER = "Idempotency-Key"
ROUNDS = 5


def settings(data: Path, database_url: str = "") -> Settings:
    """Return the settings of a server that may die, and of the one that comes after it."""
    log = str(data / "notices")
    return Settings(data=data, database_url=database_url, port=0, notify_log=log, samples="none")


class Place:
    """A product and its application, without an open connection before the first request."""

    def __init__(self, data: Path, database_url: str = "") -> None:
        self.data = data
        self.product: Product = open_product(settings(data, database_url))
        self._app = create_app(self.product)
        self.product.close()

    def ask(self, action: dict[str, Any]) -> TestResponse:
        """Send an action: {path, body, headers}."""
        client = self._app.test_client(use_cookies=False)
        return client.post(PREFIX + action["path"], json=action["body"], headers=action["headers"])

    def get(self, path: str, token: str) -> TestResponse:
        """Read below the API's prefix."""
        return self.probe(PREFIX + path, Authorization=f"Bearer {token}")

    def probe(self, path: str, **headers: str) -> TestResponse:
        """Read anything."""
        return self._app.test_client(use_cookies=False).get(path, headers=headers)

    def settle(self, *, late: bool = False) -> None:
        """Do what the background does until nothing waits; `late`: when claims of a dead process are over."""
        if late:
            self.product.store.clock = lambda: utc_now() + LEASE
        sending = Sending(self.product)
        for _ in range(ROUNDS):
            self.product.feed.step()
            sending.step()
            if not self.pending():
                return

    def pending(self) -> int:
        """Count the messages that wait in the outbox."""
        with self.product.store.read() as uow:
            return outbox.pending_count(uow.connection)
