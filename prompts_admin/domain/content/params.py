"""Parameters of a model: checked for the providers known here, kept as given for all others.

A name that is not in the table is kept too, since providers add names faster than anybody can follow them;
only what looks like a slip of a known name (`temprature`) is refused.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Callable, Mapping
from typing import Any

from prompts_admin.domain.content.json_values import plain
from prompts_admin.domain.json_object import Json
from prompts_admin.domain.problems import Findings, at

Rule = tuple[str, Callable[[Any], bool]]


def read_params(value: Any, provider: str, found: Findings) -> Json:
    """Return the parameters, noting those out of the range that `provider` accepts."""
    if not isinstance(value, Mapping):
        found.say("params", "must be an object with fields.", "Write 'params: {temperature: 0.2}'.")
        return {}
    rules = PROVIDERS.get(provider.lower(), {})
    for name, given in value.items():
        path = at("params", name)
        if name in rules:
            wanted, holds = rules[name]
            if not holds(given):
                found.say(path, f"must be {wanted} for '{provider}'.", "Correct the value.")
        else:
            _refuse_slip(name, path, rules, found)
    return {name: plain(given) for name, given in value.items()}


def _refuse_slip(name: str, path: str, rules: Mapping[str, Rule], found: Findings) -> None:
    near = difflib.get_close_matches(name[:80], rules, 1, 0.85)
    if near:
        found.say(path, f"'{name}' is not a parameter known here.", f"Did you mean '{near[0]}'?")


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _number(low: float, high: float) -> Rule:
    return f"a number from {low:g} to {high:g}", lambda value: _is_number(value) and low <= value <= high


def _whole(low: int, high: float = math.inf) -> Rule:
    wanted = (
        f"a whole number from {low} to {high:g}" if math.isfinite(high) else f"a whole number, at least {low}"
    )
    return wanted, lambda value: _is_number(value) and value == int(value) and low <= value <= high


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_texts(value: Any) -> bool:
    return _is_text(value) or (isinstance(value, list) and all(map(_is_text, value)))


_FLAG: Rule = ("true or false", lambda value: isinstance(value, bool))
_TEXT: Rule = ("text", _is_text)
_TEXTS: Rule = ("text or a list of texts", _is_texts)
_OBJECT: Rule = ("an object", lambda value: isinstance(value, Mapping))
_PENALTY = _number(-2, 2)

_OPENAI: dict[str, Rule] = {
    "temperature": _number(0, 2),
    "top_p": _number(0, 1),
    "max_tokens": _whole(1),
    "max_completion_tokens": _whole(1),
    "max_output_tokens": _whole(1),
    "frequency_penalty": _PENALTY,
    "presence_penalty": _PENALTY,
    "n": _whole(1, 128),
    "seed": _whole(-(2**53)),
    "stop": _TEXTS,
    "logprobs": _FLAG,
    "top_logprobs": _whole(0, 20),
    "logit_bias": _OBJECT,
    "reasoning_effort": _TEXT,
    "verbosity": _TEXT,
    "service_tier": _TEXT,
    "parallel_tool_calls": _FLAG,
}
_ANTHROPIC: dict[str, Rule] = {
    "temperature": _number(0, 1),
    "top_p": _number(0, 1),
    "top_k": _whole(0),
    "max_tokens": _whole(1),
    "stop_sequences": _TEXTS,
    "thinking": _OBJECT,
    "service_tier": _TEXT,
}
_GOOGLE: dict[str, Rule] = {
    "temperature": _number(0, 2),
    "top_p": _number(0, 1),
    "top_k": _whole(1),
    "max_output_tokens": _whole(1),
    "max_tokens": _whole(1),
    "candidate_count": _whole(1, 8),
    "stop_sequences": _TEXTS,
    "frequency_penalty": _PENALTY,
    "presence_penalty": _PENALTY,
    "seed": _whole(-(2**53)),
}
_MISTRAL: dict[str, Rule] = {
    "temperature": _number(0, 1.5),
    "top_p": _number(0, 1),
    "max_tokens": _whole(1),
    "stop": _TEXTS,
    "random_seed": _whole(0),
    "safe_prompt": _FLAG,
    "frequency_penalty": _PENALTY,
    "presence_penalty": _PENALTY,
}
PROVIDERS: dict[str, dict[str, Rule]] = {
    "openai": _OPENAI,
    "azure": _OPENAI,
    "anthropic": _ANTHROPIC,
    "google": _GOOGLE,
    "mistral": _MISTRAL,
}
