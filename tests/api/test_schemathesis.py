"""The description of the API is true: schemathesis sends what it allows and what it forbids, to every operation."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, assume, given
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.config import SchemathesisConfig

from prompts_admin.api.contract.operation import Operation
from prompts_admin.api.operations import OPERATIONS
from tests.support.lengths import examples
from tests.support.world import UNLIMITED, opened_world

EXAMPLES = 12
# A rule of the product may refuse what has the right shape: a stage skipped, a key that is taken.
RULES_SAY_NO = ["2xx", "304", "400", "401", "403", "404", "409", "412", "413", "422", "428"]
CONFIG: dict[str, Any] = {
    "checks": {"positive_data_acceptance": {"expected-statuses": RULES_SAY_NO}},
    "generation": {"deterministic": True, "mode": "all"},
}
SETTINGS = examples(
    EXAMPLES,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def described(
    world_template: tuple[Path, dict[str, str]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Any]:
    """The headers of an administrator, and the schema as the application serves it."""
    folder = tmp_path_factory.mktemp("described") / "world"
    with opened_world(world_template, folder, **UNLIMITED) as api:
        headers = {**api.with_token("admin"), "Accept-Encoding": "identity"}
        yield (
            headers,
            schemathesis.openapi.from_wsgi(
                "/api/v1/openapi.json", api.app, config=SchemathesisConfig.from_dict(CONFIG)
            ),
        )


@pytest.mark.slow
@pytest.mark.hypothesis
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_every_operation_does_what_its_description_says(operation: Operation, described: Any) -> None:
    """No answer outside of the description: statuses, documents, refusals of what the schema forbids."""
    headers, served = described
    here = served[operation.path][operation.method]
    cases = st.one_of(here.as_strategy(generation_mode=mode) for mode in GenerationMode)

    @SETTINGS
    @given(case=cases)
    def check(case: Any) -> None:
        assume(_is_sent(case))
        case.call_and_validate(headers=headers)

    check()


def _is_sent(case: Any) -> bool:
    """Tell whether all of a query is in the address: a parameter too many that is an empty list is not."""
    return not any(value in ([], {}) for value in (case.query or {}).values())
