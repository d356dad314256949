"""Clients for tests: the real one, on a snapshot that the test states, with no server and no thread."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import Any

from prompts_admin.sdk.client import Client
from prompts_admin.sdk.resolution import check_model
from prompts_admin.sdk.transport.port import Failed, Fetched, Outcome

_NO_SERVER = "http://localhost"


class StaticTransport:
    """Gives one document; set `document` to another one, or to None for a server that cannot be reached."""

    def __init__(self, document: Mapping[str, Any] | None) -> None:
        self.document = document

    def fetch(self, etag: str | None) -> Outcome:
        """Return the document, or a failure when there is none."""
        return Failed("The server is away.") if self.document is None else Fetched(self.document)

    def close(self) -> None:
        """Do nothing: no connection is open."""


class FakeClient(Client):
    """A client that serves what the test sets, to everybody.

    `prompts` are texts (one user message) or values `{messages, variables?, model?, ...}` by key, `models` are
    values `{provider, name, params?, fallbacks?}` by key.
    """

    def __init__(
        self,
        prompts: Mapping[str, str | Mapping[str, Any]] | None = None,
        models: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> None:
        self._transport = StaticTransport(_empty())
        super().__init__(_NO_SERVER, poll_seconds=None, transport=self._transport)
        for key, prompt in (prompts or {}).items():
            self.set_prompt(key, prompt)
        for key, model in (models or {}).items():
            self.set_model(key, model)

    def set_prompt(self, key: str, prompt: str | Mapping[str, Any]) -> None:
        """Serve another version of a prompt from now on."""
        value = (
            {"messages": [{"role": "user", "content": prompt}]} if isinstance(prompt, str) else dict(prompt)
        )
        check_model(f"'{key}'", value)
        self._set(key, "prompt", value)

    def set_model(self, key: str, model: Mapping[str, Any]) -> None:
        """Serve another version of a model from now on."""
        check_model(f"'{key}'", model)
        self._set(key, "model", dict(model))

    def switch_off(self, key: str) -> None:
        """Serve nothing of an artifact from now on, as after a rollback to nothing."""
        self._publish(key, {}, {})

    def _set(self, key: str, kind: str, value: dict[str, Any]) -> None:
        number = self._revision() + 1
        digest = hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()
        version = {"kind": kind, "digest": f"sha256:{digest}", "value": value}
        self._publish(key, {"full": {"settled": number}}, {str(number): version})

    def _publish(self, key: str, entry: dict[str, Any], versions: dict[str, Any]) -> None:
        old = self._transport.document or _empty()
        self._transport.document = {
            **old,
            "revision": self._revision() + 1,
            "entries": {**old["entries"], key: entry},
            "versions": {**old["versions"], key: versions},
        }
        self.refresh()

    def _revision(self) -> int:
        return self.revision or 0


def client_from(document: Mapping[str, Any]) -> Client:
    """Return a client that serves a snapshot document, for instance one that `prompts-admin snapshot` wrote."""
    return Client(_NO_SERVER, poll_seconds=None, transport=StaticTransport(document))


def client_from_folder(folder: str | PathLike[str]) -> FakeClient:
    """Return a client that serves `feature/name.txt` as prompts of one user message, and `feature/name.json`.

    A JSON file with `messages` is the value of a prompt, another one that of a model; a prompt may name a model of
    the folder (`"model": "support/fast"`). Raises ValueError for a file that is no JSON object, and for a model that
    is not there.
    """
    prompts: dict[str, str | dict[str, Any]] = {}
    models: dict[str, dict[str, Any]] = {}
    for path in sorted(Path(folder).glob("*/*")):
        key = f"{path.parent.name}/{path.stem}"
        if path.suffix == ".txt":
            prompts[key] = path.read_text(encoding="utf-8")
        elif path.suffix == ".json":
            value = json.loads(path.read_bytes())
            if not isinstance(value, dict):
                raise ValueError(f"'{path}' is no JSON object.")
            (prompts if "messages" in value else models)[key] = value
    return FakeClient({key: _with_model(one, models) for key, one in prompts.items()}, models)


def _with_model(
    prompt: str | dict[str, Any], models: Mapping[str, Mapping[str, Any]]
) -> str | dict[str, Any]:
    named = prompt.get("model") if isinstance(prompt, dict) else None
    key = named.partition("@")[0] if isinstance(named, str) else ""
    return (
        {**prompt, "model": {**models[key], "key": key}}
        if isinstance(prompt, dict) and key in models
        else prompt
    )


def _empty() -> dict[str, Any]:
    return {
        "format": 1,
        "epoch": "test",
        "revision": 0,
        "audiences": {"full": "everybody"},
        "features": {},
        "entries": {},
        "versions": {},
    }
