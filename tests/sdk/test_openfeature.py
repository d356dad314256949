"""The provider of OpenFeature over the client: what it answers, and what it says of itself."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from openfeature import api as openfeature
from openfeature.client import OpenFeatureClient
from openfeature.evaluation_context import EvaluationContext
from openfeature.event import ProviderEvent
from openfeature.exception import ErrorCode, ProviderNotReadyError
from openfeature.flag_evaluation import Reason
from openfeature.provider import ProviderStatus

import prompts_admin.sdk
from prompts_admin.sdk import Client
from prompts_admin.sdk.openfeature import PromptsProvider
from prompts_admin.sdk.testing import StaticTransport
from tests.support.edges import serving
from tests.support.ofrep import ask, switch_off
from tests.support.snapshots import document
from tests.support.world import Api

DEFAULT: dict[str, Any] = {"messages": []}
BETA = EvaluationContext("u-17", {"groups": ["beta"]})
EVENTS = (
    ProviderEvent.PROVIDER_READY,
    ProviderEvent.PROVIDER_CONFIGURATION_CHANGED,
    ProviderEvent.PROVIDER_STALE,
    ProviderEvent.PROVIDER_ERROR,
)


class Heard:
    """What a provider said, by name and revision."""

    def __init__(self, client: OpenFeatureClient) -> None:
        self.said: list[tuple[str, Any]] = []
        for event in EVENTS:
            client.add_handler(event, self._note(event.value.removeprefix("PROVIDER_")))

    def _note(self, name: str) -> Callable[[Any], None]:
        return lambda details: self.said.append((name, details.metadata.get("revision")))

    def wait_for(self, name: str, revision: int | None = None) -> None:
        deadline = time.monotonic() + 10
        while (name, revision) not in self.said:
            assert time.monotonic() < deadline, (name, revision, self.said)
            time.sleep(0.01)


@contextmanager
def provided(client: Client) -> Iterator[OpenFeatureClient]:
    openfeature.set_provider_and_wait(PromptsProvider(client), domain="native")
    try:
        yield openfeature.get_client("native")
    finally:
        client.close()


def static(transport: StaticTransport, **more: Any) -> Client:
    return Client("http://localhost", poll_seconds=None, transport=transport, **more)


def test_a_prompt_and_a_model_are_objects() -> None:
    """With the version as variant, the reason, and metadata without nulls; the value is the caller's own."""
    with provided(static(StaticTransport(document()))) as asking:
        got = asking.get_object_details("support.triage", DEFAULT, BETA)
        assert isinstance(got.value, dict)
        assert [{"role": "user", "content": "Dear {{name}}"}] == got.value["messages"]
        assert ("v2", Reason.TARGETING_MATCH) == (got.variant, got.reason)
        assert {
            "feature": "support",
            "kind": "prompt",
            "version": 2,
            "digest": "sha256:Dear {{name}}",
            "stage": "beta",
            "source": "poll",
        } == got.flag_metadata
        got.value["messages"].clear()
        again = asking.get_object_value("support/triage", DEFAULT, BETA)
        assert again["messages"]  # type: ignore[call-overload, index]
        model = asking.get_object_details("support/fast", {})
        assert ("v3", Reason.STATIC, "model") == (model.variant, model.reason, model.flag_metadata["kind"])


def test_what_is_switched_off_is_the_default_and_no_error() -> None:
    """Of whatever type the caller asks for."""
    with provided(static(StaticTransport(document()))) as asking:
        for got in (
            asking.get_object_details("support/off", DEFAULT),
            asking.get_string_details("support/off", "plain"),
        ):
            assert (Reason.DISABLED, "off", None) == (got.reason, got.variant, got.error_code)
            assert got.value in (DEFAULT, "plain")


def test_what_cannot_be_answered_is_the_default_with_an_exact_code() -> None:
    """Not there, another type, a wrong context."""
    with provided(static(StaticTransport(document()))) as asking:
        missing = asking.get_object_details("no/such", DEFAULT)
        assert (DEFAULT, ErrorCode.FLAG_NOT_FOUND) == (missing.value, missing.error_code)
        for got in (
            asking.get_string_details("support/triage", "plain"),
            asking.get_boolean_details("support/triage", True),
            asking.get_integer_details("support/triage", 1),
            asking.get_float_details("support/triage", 1.5),
        ):
            assert ErrorCode.TYPE_MISMATCH == got.error_code
        wrong = asking.get_object_details("support/triage", DEFAULT, EvaluationContext("u", {"groups": "b"}))
        assert (DEFAULT, ErrorCode.INVALID_CONTEXT) == (wrong.value, wrong.error_code)


def test_F15_without_any_snapshot_it_is_not_ready_until_one_comes() -> None:
    """Its start fails in OpenFeature's words; the first snapshot makes it ready."""
    transport = StaticTransport(None)
    client = static(transport)
    with pytest.raises(ProviderNotReadyError), provided(client):
        pass
    asking = openfeature.get_client("native")
    heard = Heard(asking)
    assert ErrorCode.PROVIDER_NOT_READY == asking.get_object_details("support/triage", DEFAULT).error_code
    transport.document = document()
    client.refresh()
    heard.wait_for("READY", 1)
    assert "v1" == asking.get_object_details("support/triage", DEFAULT).variant


def test_it_says_what_changes_and_when_it_gets_old() -> None:
    """A revision, a lost server, and the server again: an event each, and the status that belongs to it."""
    transport = StaticTransport(document())
    client = static(transport)
    with provided(client) as asking:
        heard = Heard(asking)
        heard.wait_for("READY")
        transport.document = document(revision=2)
        client.refresh()
        heard.wait_for("CONFIGURATION_CHANGED", 2)
        transport.document = None
        client.refresh()
        client.refresh()
        heard.wait_for("STALE", 2)
        assert ProviderStatus.STALE == asking.get_provider_status()
        assert "memory" == asking.get_object_details("support/triage", DEFAULT).flag_metadata["source"]
        transport.document = document(revision=2)
        client.refresh()
        heard.wait_for("READY", 2)
        assert ["READY", "CONFIGURATION_CHANGED", "STALE", "READY"] == [name for name, _ in heard.said]
        assert ProviderStatus.READY == asking.get_provider_status()


def test_what_was_kept_serves_at_once_and_is_called_old() -> None:
    """A start without server from the bundled snapshot is ready, and stale with the next try."""
    client = static(StaticTransport(None), fallback=document())
    with provided(client) as asking:
        heard = Heard(asking)
        client.refresh()
        heard.wait_for("STALE", 1)
        assert "fallback" == asking.get_object_details("support/triage", DEFAULT).flag_metadata["source"]


def test_ending_the_provider_ends_the_client() -> None:
    """Nothing is said any more."""
    transport = StaticTransport(document())
    client = static(transport)
    provider = PromptsProvider(client)
    openfeature.set_provider_and_wait(provider, domain="native")
    heard = Heard(openfeature.get_client("native"))
    heard.wait_for("READY")
    provider.shutdown()
    provider.shutdown()
    transport.document = document(revision=2)
    client.refresh()
    assert [("READY", None)] == heard.said


def test_a_listener_that_fails_stops_nothing() -> None:
    """The client goes on, and so do the other listeners."""
    transport = StaticTransport(document())
    client = static(transport)
    seen: list[int | None] = []
    client.on_change(lambda: 1 / 0)  # type: ignore[arg-type, return-value]
    end = client.on_change(lambda: seen.append(client.revision))
    transport.document = document(revision=2)
    assert client.refresh()
    end()
    client.refresh()
    assert [2] == seen


def test_it_answers_what_the_server_answers_by_ofrep(world: Api) -> None:
    """Value, variant and reason are equal, and a rollback is heard of as soon as it is served."""
    with (
        serving(world) as served,
        Client(served.url, token=world.secrets["serve"]) as client,
        provided(client) as asking,
    ):
        heard = Heard(asking)
        for key in ("support/triage", "support/fast", "no/such", "sales/follow-up"):
            got = asking.get_object_details(key, DEFAULT, BETA)
            want = ask(served, key, {"targetingKey": "u-17", "groups": ["beta"]}).json()
            given = (got.value, got.variant, got.reason) if got.error_code is None else got.error_code
            assert given == (
                want["errorCode"] if "errorCode" in want else (want["value"], want["variant"], want["reason"])
            )
        heard.wait_for("CONFIGURATION_CHANGED", switch_off(served, "support/triage"))
        assert Reason.DISABLED == asking.get_object_details("support/triage", DEFAULT).reason


def test_without_openfeature_the_import_says_what_to_install() -> None:
    """One line names the extra."""
    root = str(Path(prompts_admin.sdk.__file__).parents[2])
    program = (
        f"import sys; sys.path.insert(0, {root!r}); sys.modules['openfeature'] = None;"
        " import prompts_admin.sdk.openfeature"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert "ImportError: OpenFeature is missing: pip install 'prompts-admin[openfeature]'" in done.stderr
