"""OpenFeature's own client of Python, with the provider for OFREP, against the server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from openfeature import api as openfeature
from openfeature.client import OpenFeatureClient
from openfeature.contrib.provider.ofrep import OFREPProvider
from openfeature.evaluation_context import EvaluationContext
from openfeature.exception import ErrorCode
from openfeature.flag_evaluation import Reason

from tests.support.edges import Served, serving
from tests.support.ofrep import switch_off
from tests.support.world import Api

DEFAULT: dict[str, Any] = {"messages": []}
USER = EvaluationContext("u-1")


@pytest.fixture
def served(world: Api) -> Iterator[Served]:
    """A server over a world of the test's own."""
    with serving(world) as found:
        yield found


@contextmanager
def client(
    served: Served, *, by: str = "serve", header: str = "Authorization"
) -> Iterator[OpenFeatureClient]:
    """Return a client whose provider sends a token of the world in a header."""
    secret = served.api.secrets.get(by, by)
    sent = {header: f"Bearer {secret}" if header == "Authorization" else secret}
    provider = OFREPProvider(served.url, headers_factory=lambda: sent)
    openfeature.set_provider(provider, domain="ofrep")
    try:
        yield openfeature.get_client("ofrep")
    finally:
        provider.session.close()


@pytest.mark.parametrize("header", ["Authorization", "X-API-Key"])
@pytest.mark.parametrize("key", ["support/triage", "support.triage", "support%2Ftriage"])
def test_the_client_gets_value_variant_reason_and_metadata(served: Served, key: str, header: str) -> None:
    """All of an answer arrives, however the slash and the token are sent."""
    context = EvaluationContext("u-1", {"groups": ["beta"], "plan": "pro"})
    with client(served, header=header) as asking:
        got = asking.get_object_details(key, DEFAULT, context)
    want = served.get("/api/v1/resolve/support/triage?user=u-1&group=beta&attr.plan=pro").json()
    assert (want["value"], f"v{want['version']}", want["reason"]) == (got.value, got.variant, got.reason)
    assert (want["digest"], want["stage"]) == (got.flag_metadata["digest"], got.flag_metadata["stage"])
    assert got.error_code is None


def test_what_is_switched_off_is_the_default_and_no_error(served: Served) -> None:
    """The answer without value: the caller's default, with the reason DISABLED."""
    switch_off(served, "support/reply")
    with client(served) as asking:
        got = asking.get_object_details("support/reply", DEFAULT, USER)
    assert (DEFAULT, Reason.DISABLED, None) == (got.value, got.reason, got.error_code)


@pytest.mark.parametrize(
    ("key", "attributes", "by", "code"),
    [
        ("no/such", {}, "serve", ErrorCode.FLAG_NOT_FOUND),
        ("support/triage", {}, "narrow", ErrorCode.FLAG_NOT_FOUND),
        ("support/triage", {"groups": "beta"}, "serve", ErrorCode.INVALID_CONTEXT),
        ("support/triage", {}, "pa_wrong", ErrorCode.GENERAL),
    ],
)
def test_what_is_refused_is_the_default_with_an_exact_code(
    served: Served, key: str, attributes: dict[str, Any], by: str, code: ErrorCode
) -> None:
    """Not there, beyond the token, a wrong context, no token."""
    with client(served, by=by) as asking:
        got = asking.get_object_details(key, DEFAULT, EvaluationContext("u-1", attributes))
    assert (DEFAULT, Reason.ERROR, code) == (got.value, got.reason, got.error_code)
    assert got.error_message


def test_a_prompt_is_no_text(served: Served) -> None:
    """Asked for as another type, it is TYPE_MISMATCH and the default."""
    with client(served) as asking:
        got = asking.get_string_details("support/triage", "Hello", USER)
    assert ("Hello", ErrorCode.TYPE_MISMATCH) == (got.value, got.error_code)
