"""What a settings change says on its page."""

from __future__ import annotations

from prompts_admin.domain.governance.governed_settings import OF_FEATURE, OF_WORKSPACE
from prompts_admin.web.settings.policy_sentences import SENTENCES, settings_sentences


def test_every_governed_setting_is_told() -> None:
    """Nobody signs a change of what no page shows."""
    assert {*OF_FEATURE.names, *OF_WORKSPACE.names} == {*SENTENCES}
    for governed in (OF_FEATURE, OF_WORKSPACE):
        told = [heading for name in governed.names for heading in SENTENCES[name](governed.defaults[name])]
        assert {*told} == {*settings_sentences(governed.defaults)}
