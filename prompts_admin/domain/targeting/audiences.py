"""Who is on a stage: everybody, or whoever matches any of some rules; a rule is all of its conditions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from prompts_admin.domain.errors import Problem, Refused
from prompts_admin.domain.json_object import Json
from prompts_admin.domain.targeting.conditions import (
    NUMBER_OPERATORS,
    OPERATORS,
    Holds,
    Scalar,
    as_number,
    as_text,
    compile_condition,
    wanted_texts,
)
from prompts_admin.domain.targeting.contexts import Context

MAX_RULES = 100
MAX_CONDITIONS = 100
MAX_VALUES = 10_000


@dataclass(frozen=True)
class Condition:
    """One test of one attribute; `prompts_admin.domain.targeting.conditions` says what each operator means."""

    attribute: str
    operator: str
    values: tuple[Scalar, ...] = ()
    negate: bool = False

    def as_json(self) -> Json:
        """Return the form of the settings file and of the snapshot."""
        document: Json = {"attribute": self.attribute, "operator": self.operator}
        if self.operator != "exists":
            document["values"] = list(self.values)
        if self.negate:
            document["negate"] = True
        return document


@dataclass(frozen=True)
class Audience:
    """Everybody, or whoever matches any of the rules; no rules match nobody."""

    rules: tuple[tuple[Condition, ...], ...] = ()
    everybody: bool = False
    _compiled: tuple[tuple[Holds, ...], ...] = field(init=False, repr=False, compare=False, default=())

    def __post_init__(self) -> None:
        compiled = tuple(tuple(_compiled(condition) for condition in rule) for rule in self.rules)
        object.__setattr__(self, "_compiled", compiled)

    def matching_rule(self, values: Mapping[str, Any]) -> int | None:
        """Return the number (from 1) of the first rule that `Context.values()` meet; 0 for everybody."""
        if self.everybody:
            return 0
        for number, rule in enumerate(self._compiled, 1):
            for holds in rule:
                if not holds(values):
                    break
            else:
                return number
        return None

    def as_json(self) -> str | Json:
        """Return the form of the settings file and of the snapshot."""
        if self.everybody:
            return "everybody"
        return {"rules": [{"conditions": [one.as_json() for one in rule]} for rule in self.rules]}


EVERYBODY = Audience(everybody=True)
NOBODY = Audience()


def matches(audience: Audience, context: Context) -> bool:
    """Tell whether the context is in the audience; never raises, whatever the attributes hold."""
    return audience.matching_rule(context.values()) is not None


def is_within(audience: Audience, others: Iterable[Audience]) -> bool:
    """Tell whether whoever is in `audience` is in one of `others` for certain, going by what the rules say.

    A rule is within another when it has all of that one's conditions. What only a look at values would show
    (greater than 7 is greater than 5) counts as not within: who relies on it must never be wrong.
    """
    wider = tuple(others)
    if any(other.everybody for other in wider):
        return True
    rules = [_meaning(rule) for other in wider for rule in other.rules]
    return not audience.everybody and all(
        any(rule <= _meaning(own) for rule in rules) for own in audience.rules
    )


def parse_audience(document: object, *, path: str = "", lenient: bool = False) -> Audience:
    """Read `"everybody"` or `{"rules": [{"conditions": [{attribute, operator, values, negate}]}]}`.

    Raises `Refused("invalid")` with a problem for each fault, each path starting with `path`. `lenient` is
    for readers that may be older than the writer: unknown fields are skipped, and a condition with an
    unknown operator matches nobody instead of being refused.
    """
    if document == "everybody":
        return EVERYBODY
    reader = _Reader(lenient)
    rules = reader.rules(document, path)
    if reader.problems:
        first = reader.problems[0]
        detail = f"The audience is not usable: '{first.path or 'audience'}' {first.message}."
        raise Refused("invalid", detail, first.remedy, problems=tuple(reader.problems))
    return Audience(rules)


def _meaning(rule: Iterable[Condition]) -> frozenset[tuple[str, str, frozenset[str], bool]]:
    """Return what the conditions of a rule compare: values as the texts they are compared as, in no order."""
    return frozenset(
        (one.attribute, one.operator, frozenset(wanted_texts(one.values)), one.negate) for one in rule
    )


def _compiled(condition: Condition) -> Holds:
    return compile_condition(
        condition.attribute, condition.operator, condition.values, negate=condition.negate
    )


class _Reader:
    """Collects every fault of one audience, so that all are told at once."""

    def __init__(self, lenient: bool) -> None:
        self.lenient = lenient
        self.problems: list[Problem] = []

    def rules(self, document: object, path: str) -> tuple[tuple[Condition, ...], ...]:
        fields = self._object(document, path, {"rules"}, "Write everybody, or rules with conditions.")
        listed = self._list(fields.get("rules"), _at(path, "rules"), MAX_RULES)
        return tuple(self._rule(rule, f"{_at(path, 'rules')}[{place}]") for place, rule in enumerate(listed))

    def _rule(self, document: object, path: str) -> tuple[Condition, ...]:
        fields = self._object(document, path, {"conditions"})
        listed = self._list(fields.get("conditions"), _at(path, "conditions"), MAX_CONDITIONS)
        if fields.get("conditions") == []:
            self._say(path, "has no conditions", "Give it a condition, or write everybody.")
        place = _at(path, "conditions")
        return tuple(self._condition(one, f"{place}[{number}]") for number, one in enumerate(listed))

    def _condition(self, document: object, path: str) -> Condition:
        fields = self._object(document, path, {"attribute", "operator", "values", "negate"})
        attribute, operator = fields.get("attribute"), fields.get("operator")
        if not isinstance(attribute, str) or not attribute:
            self._say(_at(path, "attribute"), "must be the name of an attribute", "For instance groups.")
        known = isinstance(operator, str) and (operator in OPERATORS or self.lenient)
        if not known:
            self._say(_at(path, "operator"), "is no operator", f"Use one of: {', '.join(OPERATORS)}.")
        negate = fields.get("negate", False)
        if not isinstance(negate, bool):
            self._say(_at(path, "negate"), "must be true or false")
        values = self._values(fields.get("values"), str(operator), _at(path, "values"))
        return Condition(str(attribute), str(operator), values, bool(negate))

    def _values(self, given: object, operator: str, path: str) -> tuple[Scalar, ...]:
        if operator not in OPERATORS:
            return ()
        if operator == "exists":
            if given not in (None, []):
                self._say(path, "must be left out", "exists takes none; use negate for its opposite.")
            return ()
        values = self._list(given, path, MAX_VALUES)
        if given == []:
            self._say(path, "must hold at least one value")
        if any(as_text(value) is None for value in values):
            self._say(path, "must be texts, numbers or truth values")
        if operator in NUMBER_OPERATORS and values and (len(values) > 1 or as_number(values[0]) is None):
            self._say(path, f"must be one number for {operator}")
        return tuple(value for value in values if as_text(value) is not None)

    def _object(self, given: object, path: str, known: set[str], remedy: str = "") -> Json:
        if not isinstance(given, dict):
            self._say(path, "must be an object", remedy)
            return {}
        if not self.lenient:
            for name in given.keys() - known:
                self._say(_at(path, str(name)), "is not known here", f"Use {', '.join(sorted(known))}.")
        return given

    def _list(self, given: object, path: str, limit: int) -> list[Any]:
        if not isinstance(given, list):
            self._say(path, "must be a list")
            return []
        if len(given) > limit:
            self._say(path, f"has more than {limit} members")
            return []
        return given

    def _say(self, path: str, message: str, remedy: str = "") -> None:
        self.problems.append(Problem(message=message, path=path, remedy=remedy))


def _at(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
