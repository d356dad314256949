"""An endpoint that never comes to an end, or that sends what nobody can read, is told of in words and in time."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from prompts_admin.services.playground.model_endpoint import Attempt, ModelEndpoint, Said
from prompts_admin.settings.table import Settings
from tests.support.model_server import RAW, ModelServer, model_server

DRIPS = sorted(name for name, (_, then) in RAW.items() if then)


@pytest.fixture
def models() -> Iterator[ModelServer]:
    """An endpoint on this machine."""
    with model_server() as found:
        yield found


def _endpoint(server: ModelServer, **more: Any) -> ModelEndpoint:
    return ModelEndpoint(Settings(try_url=server.url, tries_at_once=1, **more))


def _attempt(model: str) -> Attempt:
    return Attempt({"model": model, "messages": [{"role": "user", "content": "Hi"}]}, {"in": 1.0, "out": 2.0})


def _first(said: Iterator[Said]) -> Said:
    return next(one for one in said if one)


@pytest.mark.parametrize("model", DRIPS)
def test_W10_no_drip_outlives_the_seconds_of_a_try(models: ModelServer, model: str) -> None:
    """Whatever it drips: the seconds count from the beginning, not from the last byte; the place is free then."""
    endpoint, began = _endpoint(models, try_seconds=0.4), time.monotonic()
    said = [one for one in endpoint.ask(_attempt(model)) if one]
    assert time.monotonic() - began < 3
    told = " ".join(one.get("error", "") for one in said)
    assert "0.4 s" in told or "HTTP 500" in told
    models.behaves = "good"
    assert "text" in _first(endpoint.ask(_attempt("good")))


@pytest.mark.parametrize(
    ("model", "words"),
    [("cuts-an-error-short", "HTTP 400"), ("packs-an-error-badly", "HTTP 400"), ("nests-an-error", "HTTP 400"),
     ("nests-a-stream", "no answer"), ("nests-an-answer", "no answer")],
)  # fmt: skip
def test_what_nobody_can_read_is_a_sentence(models: ModelServer, model: str, words: str) -> None:
    """No fault of an endpoint is one of this server."""
    said = [one for one in _endpoint(models).ask(_attempt(model)) if one]
    assert words in " ".join(one.get("error", "") for one in said)


def test_a_count_without_bound_is_not_believed(models: ModelServer) -> None:
    """The tokens are guessed instead, and cost something."""
    *_, last = _endpoint(models).ask(_attempt("counts-without-end"))
    assert last["done"]["estimated"] and last["done"]["cost"] < 1


def test_half_a_character_can_be_sent_on(models: ModelServer) -> None:
    """As a question mark: JSON can name what UTF-8 has no bytes for."""
    assert {"text": "a?"} == _first(_endpoint(models).ask(_attempt("halves-a-character")))


def test_W10_only_so_many_at_once_and_leaving_ends_the_request(models: ModelServer) -> None:
    """Whoever comes in between is told; the endpoint notices that nobody listens any more."""
    endpoint, attempt = _endpoint(models), _attempt("endless")
    first = endpoint.ask(attempt)
    assert "text" in _first(first)
    assert "Others are trying" in next(endpoint.ask(attempt))["error"]
    first.close()  # type: ignore[attr-defined]
    assert models.hung_up.wait(5)
    assert "text" in _first(endpoint.ask(_attempt("good")))


def test_who_leaves_while_the_model_is_silent_gives_the_place_back(models: ModelServer) -> None:
    """Something is said every second, so that a page that was closed is noticed; the request ends with it."""
    endpoint = _endpoint(models, try_seconds=60.0)
    silent = endpoint.ask(_attempt("drips-its-head"))
    assert {} == next(silent)
    silent.close()  # type: ignore[attr-defined]
    assert "text" in _first(endpoint.ask(_attempt("good")))
