"""Templates: parsed once, rendered in one pass, with nothing clever in them."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prompts_admin.domain.templates.tags import TemplateError, suspicious
from prompts_admin.domain.templates.template import MissingVariable, compile_template, inline

HOSTILE = (
    "{{7*7}}",
    "{{''.__class__.__mro__}}",
    "{% for x in y %}{% endfor %}",
    "{0.__class__}",
    "%s",
    "${x}",
)
braces = st.text(st.sampled_from("{}#/>abif else\n"), max_size=40)


@given(st.text())
def test_text_without_double_braces_is_literal(text: str) -> None:
    """Whatever holds no tag renders as itself, to the last character."""
    literal = text.replace("{{", "{ {")
    assert compile_template(literal).render({}) == literal


@given(braces)
def test_any_text_is_a_template_or_a_template_error(text: str) -> None:
    """No other error escapes, and what has no tags comes out unchanged."""
    try:
        template = compile_template(text)
    except TemplateError as error:
        assert 1 <= error.line <= text.count("\n") + 1
        return
    if not template.variables and not template.includes:
        assert template.render({}) == text


@given(st.text(), st.text())
def test_S28_values_are_never_expanded(before: str, value: str) -> None:
    """A value lands in the text as it is, whatever it looks like."""
    template = compile_template(before.replace("{", "(") + "{{a}}")
    assert template.render({"a": value}) == before.replace("{", "(") + value


@pytest.mark.parametrize("text", HOSTILE)
def test_S28_S29_template_languages_stay_literal_text(text: str) -> None:
    """What other engines would run is printed, in a template and in a value."""
    assert compile_template(text).render({"x": "1"}) == text
    assert compile_template("<{{x}}>").render({"x": text}) == f"<{text}>"


def test_a_template_tells_what_it_uses() -> None:
    """Names are listed once each in order, tested ones and those in branches too; includes as typed."""
    template = compile_template("{{b}}{{#if a}}{{b}}{{> x/y@2}}{{else}}{{c}}{{/if}}{{> x/y}}")
    assert template.variables == ("b", "a", "c")
    assert template.includes == ("x/y@2", "x/y")


def test_a_missing_variable_is_named() -> None:
    """The error says which one."""
    with pytest.raises(MissingVariable) as missing:
        compile_template("{{a}}{{b}}").render({"a": 1})
    assert missing.value.name == "b"


def test_an_error_knows_its_line() -> None:
    """A block that is not closed is reported where it begins, a broken tag where it stands."""
    for text, line in (("a\n\n{{#if x}}\nb", 3), ("a\n{{> nokey}}", 2), ("{{#if a}}\n{{/if}}\n\n{{/if}}", 4)):
        with pytest.raises(TemplateError) as error:
            compile_template(text)
        assert error.value.line == line


def test_inlining_replaces_includes_by_their_reference_as_typed() -> None:
    """Each include is replaced once, and what is put in is not searched again."""
    text = inline("{{> a/b}}-{{ > a/b@2 }}-{{x}}", {"a/b": "{{> a/c}}", "a/b@2": "{{x}}"})
    assert text == "{{> a/c}}-{{x}}-{{x}}"


def test_an_include_that_was_not_inlined_is_no_text() -> None:
    """Nobody is served the tag of an include by mistake."""
    with pytest.raises(TemplateError):
        compile_template("{{> a/b}}").render({})


def test_likely_slips_are_pointed_out() -> None:
    """What stands in double braces and is no tag is listed with its line; tags and JSON are not."""
    text = 'a {{Name-x}}\n{{name}} {"a": {"b": 1}}\n{{7*7}} {{> a/b}} {{{name}}}'
    assert suspicious(text) == [(1, "{{Name-x}}"), (3, "{{7*7}}")]


def test_blocks_nest_fifty_deep_and_no_deeper() -> None:
    """A bound on nesting keeps rendering from recursing without end."""
    assert compile_template("{{#if a}}" * 50 + "x" + "{{/if}}" * 50).render({"a": True}) == "x"
    with pytest.raises(TemplateError, match="nested more than 50"):
        compile_template("{{#if a}}" * 51 + "{{/if}}" * 51)


@pytest.mark.parametrize("piece", ["{{", "{{ ", "{{>", "{{#if ", "{{> a", "}}{{", "{{a" + "b" * 70])
def test_S35_hostile_templates_take_no_time(piece: str) -> None:
    """A megabyte of half tags is read in well under a second."""
    text = piece * (1_000_000 // len(piece))
    begun = time.thread_time()
    with contextlib.suppress(TemplateError):
        compile_template(text)
    suspicious(text)
    assert time.thread_time() - begun < 2


def test_what_the_sdk_shares_imports_the_standard_library_alone() -> None:
    """Rendering in other people's programs loads none of the server's dependencies."""
    code = (
        "import sys, prompts_admin.domain.templates.rendering;"
        "print([m for m in sys.modules if m.split('.')[0] in ('ruamel', 'rfc8785', 'deepdiff', 'detect_secrets')])"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"
