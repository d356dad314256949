"""A model endpoint is asked as its operator said, and whatever it does is told in words, without its key."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from prompts_admin.domain.features import Document
from prompts_admin.services.artifacts.preview import Draft, preview
from prompts_admin.services.playground.model_endpoint import Attempt, ModelEndpoint
from prompts_admin.services.playground.model_trial import prepare_try, show_trying
from prompts_admin.settings.table import Settings
from prompts_admin.store.artifacts.features import insert_document
from tests.support.cast import ADMIN, AUTHOR, LAWYER
from tests.support.desk import FAST, TRIAGE, Desk, refused
from tests.support.model_server import KEY, USAGE, ModelServer, model_server

ON_SQLITE = pytest.mark.parametrize("database_kind", ["sqlite"])


@pytest.fixture
def models() -> Iterator[ModelServer]:
    """An endpoint on this machine."""
    with model_server() as found:
        yield found


def _ask(server: ModelServer, model: str, **more: Any) -> tuple[str, str, dict[str, Any]]:
    settings = Settings(try_url=server.url, try_key=KEY, **more)
    body = {"model": model, "messages": [{"role": "user", "content": "Route this."}]}
    said = list(ModelEndpoint(settings).ask(Attempt(body, {"in": 1.0, "out": 2.0})))
    text = "".join(one.get("text", "") for one in said)
    error = " ".join(one["error"] for one in said if "error" in one)
    return text, error, next((one["done"] for one in said if "done" in one), {})


def test_an_answer_comes_with_tokens_time_and_cost(models: ModelServer) -> None:
    """The endpoint's own count, asked for; the key goes in the header alone."""
    text, error, done = _ask(models, "good")
    assert ("Routed ä.", "", False) == (text, error, done["estimated"])
    assert (USAGE["prompt_tokens"], USAGE["completion_tokens"]) == (done["tokens_in"], done["tokens_out"])
    assert pytest.approx((11 + 2 * 4) / 1e6) == done["cost"]
    assert models.asked[0]["stream"] and models.asked[0]["stream_options"] == {"include_usage": True}
    assert [f"Bearer {KEY}"] == models.keys


def test_without_a_count_the_tokens_are_guessed_and_said_to_be(models: ModelServer) -> None:
    """An endpoint that does not stream is understood as well."""
    assert _ask(models, "silent-usage")[2]["estimated"]
    assert ("All at once.", "") == _ask(models, "whole")[:2]


@pytest.mark.parametrize(
    ("model", "words"),
    [("401", "refuses the key"), ("404", "does not know"), ("429", "in 7 s"), ("500", "HTTP 500"),
     ("400", "Incorrect key provided: …"), ("moved", "not followed"), ("rubbish", "no answer"),
     ("torn", "broke off"), ("huge", "too long")],
)  # fmt: skip
def test_S36_S38_faults_are_sentences_without_the_key(
    models: ModelServer, model: str, words: str, caplog: pytest.LogCaptureFixture
) -> None:
    """A redirect is not followed; neither answer nor log ever holds the key."""
    with caplog.at_level(logging.DEBUG):
        text, error, _ = _ask(models, model, try_bytes=20_000)
    assert words in error
    assert KEY not in text + error + caplog.text
    assert 1 == len(models.asked)
    assert len(text) <= 20_000


def test_a_slow_answer_ends_at_the_limit(models: ModelServer) -> None:
    """With what came until then; nobody there at all is told too."""
    began = time.monotonic()
    text, error, _ = _ask(models, "slow", try_seconds=0.4)
    assert "Routed ä." == text and "more than 0.4 s" in error
    text, error, _ = _ask(models, "endless", try_seconds=0.4)
    assert text.startswith("Routed") and "more than 0.4 s" in error
    assert time.monotonic() - began < 5
    nobody = replace(models, url="http://127.0.0.1:9/v1")
    assert "cannot be reached" in _ask(nobody, "good")[1]


@ON_SQLITE
def test_what_may_be_tried_and_by_whom(desk: Desk) -> None:
    """Off by default; a prompt with a model that may be tried, by somebody who may save it."""
    draft, value = _prompt(desk)
    with refused("try_off"):
        desk.look(AUTHOR, prepare_try, draft, value)
    _set(desk, try_models='{"other": {}}')
    with refused("not_triable", says="Choose one of: other."):
        desk.look(AUTHOR, prepare_try, draft, value)
    _set(desk, try_models='{"small": {"in": 1, "out": 2}}')
    with refused("forbidden"):
        desk.look(LAWYER, prepare_try, draft, value)
    attempt = desk.look(AUTHOR, prepare_try, draft, value)
    assert ("small", {"in": 1, "out": 2}) == (attempt.body["model"], attempt.price)
    with refused("too_large"):
        _set(desk, try_bytes=1024)
        draft, value = _prompt(desk, "x" * 2000)
        desk.look(AUTHOR, prepare_try, draft, value)


@ON_SQLITE
def test_S55_classified_data_do_not_leave(desk: Desk) -> None:
    """Neither by its own feature nor by that of a snippet that is typed just now; said plainly."""
    _set(desk)
    draft, value = _prompt(desk)
    _classify(desk, "elsewhere", "pii")
    desk.save("elsewhere/names", "Ann, Bob", kind="snippet")
    content = dict(draft.content or {}) | {"messages": [{"role": "user", "content": "{{> elsewhere/names}}"}]}
    leaky = Draft(TRIAGE, content=content)
    with refused("barred", says="'pii', and the endpoint may get 'internal'"):
        desk.look(AUTHOR, prepare_try, leaky, value)
    _classify(desk, "support", "confidential")
    assert "'confidential'" in desk.look(AUTHOR, show_trying, TRIAGE)["why_not"]
    with refused("barred"):
        desk.look(AUTHOR, prepare_try, draft, value)


def _prompt(desk: Desk, text: str = "Be kind.") -> tuple[Draft, dict[str, Any]]:
    desk.save(FAST, provider="openai", name="small")
    desk.save(TRIAGE, text, model=FAST)
    content = {"kind": "prompt", "model": FAST, "messages": [{"role": "user", "content": text}]}
    draft = Draft(TRIAGE, content=content)
    return draft, desk.look(AUTHOR, preview, draft)["value"]


def _set(desk: Desk, **more: Any) -> None:
    desk.product.settings = replace(desk.product.settings, try_url="http://127.0.0.1:9", **more)


def _classify(desk: Desk, feature: str, classification: str) -> None:
    document: dict[str, Any] = {"policy": {}, "classification": classification, "bucket_by": None}
    with desk.product.store.write() as uow:
        insert_document(uow.connection, Document(feature, 9, document, None, uow.now, ADMIN))
        uow.commit()
