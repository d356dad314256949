"""What programs write against: each public name of the client with its parameters, and nothing else."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from importlib import import_module
from types import ModuleType
from typing import Any

import pytest

import prompts_admin.sdk

SURFACE = """
# sdk
Client(url=None, *, token=None, snapshot_url=None, cache_dir=None, fallback=None, \
on_start='wait', wait_seconds=5.0, poll_seconds=60.0, stream=True, host=None, transport=None)
    __enter__(self)
    __exit__(self, kind, error, trace)
    age
    close(self)
    ignored_variables
    model(self, key, *, user=None, groups=(), attributes=None, default=None, pin=None)
    on_change(self, listener)
    on_changed_keys(self, listener)
    problem
    prompt(self, key, *, user=None, groups=(), attributes=None, default=None, pin=None)
    ready
    refresh(self)
    revision
    source
Model
    age
    content
    digest
    fallbacks
    key
    name
    params
    pinned
    provider
    reason
    settings
    source
    stage
    standing
    token
    version
ModelSettings
    digest
    fallbacks
    key
    name
    params
    provider
    version
NotFound
NotReady
Prompt
    age
    content
    digest
    ignored
    key
    messages(self, /, **variables)
    model
    pinned
    reason
    render(self, variables, *, strict=False)
    request(self, /, **variables)
    source
    stage
    standing
    token
    version
RenderError
SdkError
# sdk.testing
FakeClient(prompts=None, models=None)
    set_model(self, key, model)
    set_prompt(self, key, prompt)
    switch_off(self, key)
StaticTransport(document)
    close(self)
    fetch(self, etag)
client_from(document)
client_from_folder(folder)
# sdk.openfeature
PromptsProvider(client)
    get_metadata(self)
    initialize(self, evaluation_context)
    resolve_boolean_details(self, flag_key, default_value, evaluation_context=None)
    resolve_float_details(self, flag_key, default_value, evaluation_context=None)
    resolve_integer_details(self, flag_key, default_value, evaluation_context=None)
    resolve_object_details(self, flag_key, default_value, evaluation_context=None)
    resolve_string_details(self, flag_key, default_value, evaluation_context=None)
    shutdown(self)
"""
"""Names, parameters and defaults; they change on purpose alone, and then with a line in CHANGELOG.md."""
ENTERED = frozenset({"__enter__", "__exit__"})
MADE_BY_CALLERS = frozenset({"Client", "FakeClient", "StaticTransport", "PromptsProvider"})
"""Answers and errors are made by the client; how is its own affair."""


@pytest.mark.parametrize("name", ["sdk", "sdk.testing", "sdk.openfeature"])
def test_the_public_names_and_parameters_are_the_ones_listed(name: str) -> None:
    """A caller's arguments by position and by name go on working: none is renamed, moved or taken away."""
    listed = SURFACE.partition(f"# {name}\n")[2].partition("#")[0]
    assert listed.splitlines() == list(_surface(import_module(f"prompts_admin.{name}")))


def _surface(module: ModuleType) -> Iterator[str]:
    own = [n for n, v in vars(module).items() if getattr(v, "__module__", "") == module.__name__]
    for name in sorted(getattr(module, "__all__", [n for n in own if not n.startswith("_")])):
        value = getattr(module, name)
        is_made = inspect.isclass(value) and name not in MADE_BY_CALLERS
        yield name if is_made else f"{name}{_parameters(value)}"
        if inspect.isclass(value):
            yield from (f"    {member}" for member in _members(value))


def _members(owner: type) -> Iterator[str]:
    """Yield what it has beyond public bases and those of other libraries, fields included."""
    ours = [base for base in owner.__mro__ if base.__module__.startswith("prompts_admin.")]
    ours = [base for base in ours if base is owner or base.__name__ not in prompts_admin.sdk.__all__]
    names = {name for base in ours for name in (*vars(base), *vars(base).get("__annotations__", {}))}
    for name in sorted(names):
        if not name.startswith("_") or name in ENTERED:
            found = getattr(owner, name, None)
            yield name + (_parameters(found) if callable(found) else "")


def _parameters(value: Any) -> str:
    """Return the parameters without their types: `(key, *, user=None)`."""
    found = inspect.signature(value)
    bare = [one.replace(annotation=inspect.Parameter.empty) for one in found.parameters.values()]
    return str(found.replace(parameters=bare, return_annotation=inspect.Signature.empty))
