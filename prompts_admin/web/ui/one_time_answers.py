"""Changes whose answer holds a secret: it is shown once and kept nowhere, so not for repeated forms either."""

from __future__ import annotations

from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar

from prompts_admin.http.app_state import shell
from prompts_admin.http.authentication import asker
from prompts_admin.services.core.work import Work

P = ParamSpec("P")
R = TypeVar("R")


def do_unkept(use_case: Callable[Concatenate[Work, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run a change with the rights of whoever asks, without keeping its answer.

    A form that is sent twice has to be refused by the use case itself: the name is taken by then.
    """
    here, who = shell(), asker()
    here.buckets.take("write", who.key, per_minute=here.product.settings.writes_per_minute)
    return here.product.do(who.identity, use_case, None, *args, **kwargs)
