"""A stage and a share are values with one way in and one way out."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prompts_admin.domain.errors import Refused
from prompts_admin.domain.stages import (
    LAST_STAGE,
    STAGES,
    WHOLE,
    Share,
    Stage,
    in_percent,
    is_stage,
    narrower,
    parse_stage,
    percent_of,
    position,
    share_of,
    stage_before,
    wider,
)


@given(st.integers(0, WHOLE).map(Share))
def test_a_share_survives_percent_and_text(share: Share) -> None:
    """No share comes back from a document, a form or a sentence as another one."""
    assert share == share_of(percent_of(share))
    assert share == share_of(float(in_percent(share).removesuffix(" %")))


def test_shares_are_said_as_people_say_them() -> None:
    """Whole numbers without decimals, and never more decimals than a share has."""
    assert ["0.001 %", "0.5 %", "10 %", "99.999 %", "100 %"] == [
        in_percent(share_of(percent)) for percent in (0.001, 0.5, 10, 99.999, 100)
    ]


def test_every_stage_has_its_place_on_the_ladder() -> None:
    """Narrower, the stage itself and wider are the ladder; the type knows the same stages."""
    assert get_args(Stage) == STAGES
    assert STAGES[-1] == LAST_STAGE
    for stage in STAGES:
        assert STAGES == (*narrower(stage), stage, *wider(stage))
        assert position(stage) == len(narrower(stage))
        assert stage_before(stage) == (narrower(stage)[-1] if narrower(stage) else None)


@pytest.mark.parametrize("text", ["", "Beta", "beta ", "alpha"])
def test_a_text_that_is_no_stage_is_refused_by_name(text: str) -> None:
    """With the stages that there are."""
    assert not is_stage(text)
    with pytest.raises(Refused) as refused:
        parse_stage(text)
    assert f"'{text}' is no stage. Name one of internal, beta, full." == str(refused.value)
