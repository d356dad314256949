"""A desk to work at: the product with settings as a company has them, and its use cases as short calls.

`support` asks for nothing on internal, for `ml` on beta, for `product` and `legal` on full; `elsewhere` asks
for nothing at all. Percentages are given in percent, as people say them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from prompts_admin.domain.errors import ProductError
from prompts_admin.domain.features import Document
from prompts_admin.domain.stages import EMPTY, STAGES, Entry
from prompts_admin.schemas.remedies import in_words
from prompts_admin.services.artifacts.save import Save, save
from prompts_admin.services.product import Product
from prompts_admin.services.releases.lifecycle import apply, propose, withdraw
from prompts_admin.services.releases.lists import show_release
from prompts_admin.services.releases.proposals import Ask, Proposal
from prompts_admin.services.releases.signoffs import sign, take_back
from prompts_admin.services.rollback.removal_plan import RollbackRequest
from prompts_admin.services.rollback.rollback import restore, rollback, undo
from prompts_admin.store.artifacts.artifacts import find_artifacts
from prompts_admin.store.artifacts.features import WORKSPACE, insert_document
from prompts_admin.store.records.audit import walk
from prompts_admin.store.records.outbox import due
from prompts_admin.store.releases.live_versions import live_entries, marked_subjects
from tests.support.cast import ADMIN, APPROVER, AUTHOR, LAWYER, ON_CALL, SECOND, Clock, person

TRIAGE, REPLY, FAST, TONE = "support/triage", "support/reply", "support/fast", "support/tone"
OTHER = "elsewhere/letter"
POLICY = {"beta": {"sign_off": {"ml": 1}}, "full": {"sign_off": {"product": 1, "legal": 1}}}
AUDIENCES: dict[str, Any] = {
    "internal": {"rules": [{"conditions": [{"attribute": "groups", "operator": "in", "values": ["internal"]}]}]},
    "beta": {"rules": [{"conditions": [{"attribute": "groups", "operator": "in", "values": ["beta"]}]}]},
    "full": "everybody",
}  # fmt: skip
SIGNERS = {"internal": (), "beta": (APPROVER,), "full": (SECOND, LAWYER)}
"""Who signs what the author proposes for `support`."""


class Desk:
    """Calls use cases as people of the cast do."""

    def __init__(self, product: Product, clock: Clock) -> None:
        self.product = product
        self.clock = clock

    def do(self, by: str, use_case: Any, *args: Any, **kwargs: Any) -> Any:
        """Run a use case as somebody."""
        return self.product.do(person(by), use_case, None, *args, **kwargs)

    def look(self, by: str, query: Any, *args: Any, **kwargs: Any) -> Any:
        """Run a query as somebody."""
        return self.product.look(person(by), query, *args, **kwargs)

    def save(self, key: str, text: str = "", *, by: str = AUTHOR, **fields: Any) -> int:
        """Save a version on the newest one and return its number; `text` is the system message or snippet."""
        with self.product.store.read() as uow:
            found = find_artifacts(uow.connection, [key]).get(key)
        request = {name: fields.pop(name) for name in ("update_pins", "acknowledge") if name in fields}
        wanted = Save(key, content=content(text, **fields), base=found.latest if found else 0, **request)
        return int(self.do(by, save, wanted)["number"])

    def save_on(self, key: str, base: int, text: str, *, by: str) -> int:
        """Save a version that was made from version `base`."""
        return int(self.do(by, save, Save(key, content=content(text), base=base))["number"])

    def propose(self, *keys: str, to: str = "internal", by: str = AUTHOR, **more: Any) -> dict[str, Any]:
        """Propose `KEY@V` or `KEY` with `percent` and `up_to` for each."""
        percent, up_to = more.pop("percent", 100), more.pop("up_to", None)
        ceiling = None if up_to is None else round(up_to * 1000)
        asks = tuple(Ask(key, version, round(percent * 1000), ceiling) for key, version in map(_parsed, keys))
        return dict(self.do(by, propose, Proposal(to, asks, **more)))

    def promote(self, *keys: str, to: str = "internal", **more: Any) -> int:
        """Propose as the author and sign as those whom `support` asks; return the release's number."""
        release = self.propose(*keys, to=to, **more)
        for signer in SIGNERS[to] if keys[0].startswith("support/") else ():
            if release["state"] == "proposed":
                release = self.approve(release["number"], by=signer)
        assert release["state"] == "live", release
        return int(release["number"])

    def climb(self, *keys: str, up_to: str = "full") -> None:
        """Settle versions on every stage up to one."""
        for stage in STAGES[: STAGES.index(up_to) + 1]:
            self.promote(*keys, to=stage)

    def approve(self, number: int, *, by: str, role: str | None = None) -> dict[str, Any]:
        """Sign."""
        return dict(self.do(by, sign, number, verdict="approve", role=role))

    def refuse(self, number: int, *, by: str, note: str = "Not yet.") -> dict[str, Any]:
        """Refuse."""
        return dict(self.do(by, sign, number, verdict="refuse", note=note))

    def take_back(self, number: int, *, by: str) -> dict[str, Any]:
        """Take back a sign-off."""
        return dict(self.do(by, take_back, number))

    def apply(self, number: int, *, by: str = AUTHOR) -> dict[str, Any]:
        """Make an approved release live."""
        return dict(self.do(by, apply, number))

    def withdraw(self, number: int, *, by: str = AUTHOR) -> dict[str, Any]:
        """Withdraw."""
        return dict(self.do(by, withdraw, number))

    def rollback(self, *keys: str, by: str = ON_CALL, **more: Any) -> dict[str, Any]:
        """Roll back."""
        return dict(self.do(by, rollback, RollbackRequest(keys=keys, **more)))

    def undo(self, number: int, *, by: str = ON_CALL, **more: Any) -> dict[str, Any]:
        """Undo."""
        return dict(self.do(by, undo, number, **more))

    def restore(self, *, by: str = ON_CALL, **more: Any) -> dict[str, Any]:
        """Restore."""
        return dict(self.do(by, restore, **{"feature": None, **more}))

    def release(self, number: int) -> dict[str, Any]:
        """Return a release in full."""
        return dict(self.look(ADMIN, show_release, number))

    def state(self, number: int) -> str:
        """Return the state that a release shows."""
        return str(self.release(number)["state"])

    def entry(self, stage: str, key: str) -> Entry:
        """Return what is live at a place."""
        with self.product.store.read() as uow:
            here = live_entries(uow.connection, [key]).get((stage, key))
        return here.entry if here else EMPTY

    def stages(self, key: str) -> list[Entry]:
        """Return what is live of an artifact from the narrowest stage on."""
        return [self.entry(stage, key) for stage in STAGES]

    def marked(self, *keys: str) -> set[str]:
        """Return the keys among `keys` of which some text is marked."""
        with self.product.store.read() as uow:
            return {key for key, _ in marked_subjects(uow.connection, keys)}

    def notices(self) -> list[dict[str, Any]]:
        """Return the payloads of the notices that wait to be worded, oldest first."""
        with self.product.store.read() as uow:
            return [dict(m.payload) for m in due(uow.connection, uow.now, limit=500, topics=["notify"])]

    def audited(self) -> list[str]:
        """Return the actions of the audit chain in order."""
        with self.product.store.read() as uow:
            return [entry.action for entry in walk(uow.connection)]


def content(text: str = "", **fields: Any) -> dict[str, Any]:
    """Return a prompt's content, or a model's with `name`, or a snippet's with kind."""
    if fields.get("kind") == "model" or "provider" in fields:
        return {"kind": "model", "provider": "openai", "name": "small", **fields}
    if fields.get("kind") == "snippet":
        return {"text": text, **fields}
    return {"kind": "prompt", "messages": [{"role": "system", "content": text}], **fields}


@contextmanager
def refused(code: str, *, says: str = "") -> Iterator[list[ProductError]]:
    """Hold what happens inside to a refusal by this code that `says` something in a terminal; yields it in a list."""
    found: list[ProductError] = []
    with pytest.raises(ProductError) as caught:
        yield found
    assert code == caught.value.code, caught.value
    assert says in f"{caught.value.detail} {in_words(caught.value.remedy)}", caught.value
    found.append(caught.value)


def shares(*values: Any) -> list[Entry]:
    """Return entries from versions, None, or (settled, candidate, percent)."""
    found = [value if isinstance(value, tuple) else (value,) for value in values]
    return [Entry(v[0], *((v[1], round(v[2] * 1000)) if len(v) > 1 else ())) for v in found]


@pytest.fixture
def desk(cast: Product, clock: Clock) -> Desk:
    """A desk on a fresh store with the standing cast."""
    with cast.store.write() as uow:
        document = {"policy": POLICY, "classification": "internal", "bucket_by": None}
        insert_document(uow.connection, Document("support", 2, document, None, uow.now, ADMIN))
        row = Document(WORKSPACE, 1, {"audiences": AUDIENCES}, None, uow.now, ADMIN)
        insert_document(uow.connection, row)
        uow.commit()
    return Desk(cast, clock)


def _parsed(key: str) -> tuple[str, int | None]:
    name, _, version = key.partition("@")
    return name, int(version) if version else None
