"""One call of an operation: what was sent, and the two ways to the product."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

from flask import Request, g
from pydantic import BaseModel

from prompts_admin.api.contract.access import ANYBODY, SIGNED_IN
from prompts_admin.domain.errors import Problem, Usage
from prompts_admin.http.authentication import Asker
from prompts_admin.services.core.runner import Idempotency
from prompts_admin.services.core.work import Work
from prompts_admin.services.product import Product

KEY_HEADER = "Idempotency-Key"
LONGEST_KEY = 200
_KEY = re.compile(f"[!-~]{{1,{LONGEST_KEY}}}")

R = TypeVar("R")
M = TypeVar("M", bound=BaseModel)


@dataclass
class Call:
    """What a handler is given.

    `access` is the right that the operation asks for; `replayed` is True once an earlier answer was given again.
    """

    product: Product
    access: str
    request: Request
    asker: Asker
    path: Mapping[str, Any] = field(default_factory=dict)
    query_model: BaseModel | None = None
    body_model: BaseModel | None = None
    idempotency: Idempotency | None = None
    replayed: bool = False

    @property
    def key(self) -> str:
        """The artifact's key from the path."""
        return f"{self.path['feature']}/{self.path['name']}"

    @property
    def number(self) -> int:
        """The number from the path."""
        return int(self.path["number"])

    def query(self, kind: type[M]) -> M:
        """Return the query as the model that the operation names; raises TypeError for another one."""
        return _as_read(self.query_model, kind)

    def body(self, kind: type[M]) -> M:
        """Return the body as the model that the operation names; raises TypeError for another one."""
        return _as_read(self.body_model, kind)

    def do(self, use_case: Callable[..., R], *args: Any, **kwargs: Any) -> R:
        """Run a use case that changes something, once for each idempotency key."""
        run = partial(_admitted, self.access, use_case)
        answer, self.replayed = self.product.do_once(
            self.asker.identity, run, self.idempotency, *args, **kwargs
        )
        return answer

    def look(self, query: Callable[..., R], *args: Any, **kwargs: Any) -> R:
        """Run a query."""
        run = partial(_admitted, self.access, query)
        return self.product.look(self.asker.identity, run, *args, **kwargs)

    def rehearse(self, use_case: Callable[..., R], *args: Any, **kwargs: Any) -> R:
        """Run a use case to its end and keep nothing of it."""
        run = partial(_admitted, self.access, use_case)
        return self.product.rehearse(self.asker.identity, run, *args, **kwargs)


def idempotency_of(request: Request, body: BaseModel | None) -> Idempotency | None:
    """Return the caller's key for this request, if it is sent; raises Usage("malformed")."""
    key = request.headers.get(KEY_HEADER)
    if key is None:
        return None
    if _KEY.fullmatch(key) is None:
        problem = Problem(f"must be 1 to {LONGEST_KEY} visible ASCII characters", path=KEY_HEADER)
        raise Usage("malformed", f"The header {KEY_HEADER} is not usable.", "Send a UUID.", (problem,))
    return Idempotency(key, _digest(request, body))


def _as_read(found: BaseModel | None, kind: type[M]) -> M:
    # A row and its handler name the model apart: where they differ, nothing that follows could be trusted.
    if not isinstance(found, kind):
        detail = (
            f"This operation was read as '{type(found).__name__}', and its handler wants '{kind.__name__}'."
        )
        raise TypeError(f"{detail} Name the same model in both.")
    return found


def _admitted(access: str, use_case: Callable[..., R], work: Work, /, *args: Any, **kwargs: Any) -> R:
    """Look at the operation's own right in the transaction of the use case, which looks at the object's."""
    g.actor_label = work.actor.label
    if access == SIGNED_IN:
        if work.actor.is_anonymous:
            work.require_somewhere("read")
    elif access != ANYBODY:
        work.require_somewhere(access)
    return use_case(work, *args, **kwargs)


def _digest(request: Request, body: BaseModel | None) -> str:
    """Hash what makes two requests the same: method, address and the body as it was understood."""
    conditions = [request.headers.get(name, "") for name in ("If-Match", "If-None-Match")]
    sent = body.model_dump_json() if body else ""
    parts = [request.method, request.full_path, *conditions, sent]
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
