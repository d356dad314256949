"""S26, S27, S28, S39, F35 in a browser: hostile text in every field, on every page, by day and by night.

It is shown as text, the lay-out holds, and the browser reports no breach of the content policy.
"""

from __future__ import annotations

from typing import Any

import pytest

from prompts_admin.domain.errors import ProductError
from prompts_admin.domain.people.identity import LocalPerson
from prompts_admin.services.artifacts.history import show_version
from prompts_admin.services.artifacts.save import Save, save
from prompts_admin.services.features.lifecycle import edit_feature
from prompts_admin.services.releases.lifecycle import comment, propose
from prompts_admin.services.releases.proposals import Ask, Proposal
from prompts_admin.services.rollback.removal_plan import RollbackRequest
from prompts_admin.services.rollback.rollback import rollback
from tests.support.axe import overflows
from tests.support.chromium import Site

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PM, ADMIN = "pm@example.com", "admin@example.com"
TRIAGE = "support/triage"
PAGE = f"/artifacts/{TRIAGE}"
PATHS = (
    "/", PAGE, f"{PAGE}/edit", f"{PAGE}/compare?from=1&to=2", f"{PAGE}/compare?from=1&to=2&view=sides",
    f"{PAGE}/versions", f"{PAGE}/versions/2", f"{PAGE}/history", "/releases", "/releases/2", "/releases/4",
    "/features", "/features/support", "/features/support/compare?to=internal", "/features/support/edit",
    "/audit", "/waiting", "/tour", f"/explain?key={TRIAGE}&user=u-1", "/readers",
    f"/releases/new?stage=internal&key={TRIAGE}@2",
)  # fmt: skip
MIXED = (
    "<script>document.title='pwned'</script><img src=x onerror=\"document.title='pwned'\">"
    "\"' onfocus=document.title='pwned' autofocus x='</textarea></title><svg onload=alert(1)>"
    "[a](javascript:document.title='pwned') abc \u202e\u2066 evil \u200b\u200e end"
    " {{7*7}} {% for x in y %} ${7*7} {0.__class__} %s #{7*7}"
)
TEXTS = {
    "mixed": MIXED,
    "long": "x" * 100_000,
    "emoji": "👩\u200d👩\u200d👧\u200d👦🏳️\u200d🌈 \U0001f9d1\U0001f3ff" * 50,
}


@pytest.mark.parametrize("name", TEXTS)
def test_S26_S27_S28_S29_S39_F35_hostile_text_is_shown_as_text(site: Site, name: str) -> None:
    """Nothing runs, nothing moves sideways, nobody's policy is broken: the browser itself says so."""
    text = TEXTS[name]
    _fill(site, text)
    page = site.as_person(ADMIN)
    for path in PATHS:
        answer = page.goto(path)
        assert answer.status == 200, path
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            assert not overflows(page), (path, scheme)
        assert page.title().endswith(" · prompts-admin"), path
        assert [] == _active(page), path
    page.goto(PAGE)
    if name == "mixed":
        assert text.partition("abc")[0] in page.locator(".lead").text_content()


def test_S26_a_null_byte_is_refused_and_nothing_is_lost(site: Site) -> None:
    """A text with a null byte is told on the page, and stands there still."""
    page = site.as_person(PM, script=False)
    page.goto(f"{PAGE}/edit")
    answer = page.request.post(
        f"{PAGE}/edit",
        form={
            "csrf_token": page.locator("form.editor input[name=csrf_token]").get_attribute("value"),
            "base": "1", "action": "save", "text": "kind: prompt\ndescription: a\0b\n", "message": "x",
        },
    )  # fmt: skip
    assert 400 <= answer.status < 500
    assert "description: a" in answer.text()
    assert 404 == page.goto(f"{PAGE}/versions/2").status


def _active(page: Any) -> list[str]:
    """Return whatever could run and is not ours: handlers, scripts without our address, links that run."""
    return list(
        page.evaluate(
            """() => [...document.querySelectorAll('*')].flatMap((element) => {
              const found = Element.prototype.getAttributeNames.call(element).filter((a) => a.startsWith('on'));
              if (element.tagName === 'SCRIPT' && !element.src.startsWith(location.origin)) found.push('script');
              if (/^\\s*javascript:/i.test(element.getAttribute('href') || '')) found.push('href');
              if (element.tagName === 'IFRAME' || element.tagName === 'OBJECT') found.push(element.tagName);
              return found;
            })"""
        )
    )


def _fill(site: Site, text: str) -> None:
    """Put a text wherever people can type; a field that refuses it has told so elsewhere."""
    who, product = LocalPerson(PM, "web"), site.product
    content = product.look(who, show_version, TRIAGE, 1)["content"]
    messages = [{"role": "system", "content": text}, *content["messages"]]
    variables = {
        **content["variables"],
        "ticket": content["variables"]["ticket"] | {"description": text[:900]},
    }
    shown = {**content, "description": text[:900], "messages": messages, "variables": variables}
    if "{" in text:
        shown["messages"] = [{"role": "system", "content": text.replace("{{", "{ {").replace("{%", "{ %")}]
        shown |= {"variables": {}, "pins": {"support/fast": content["pins"]["support/fast"]}}
    made = Save(TRIAGE, content=shown, base=1, message=text[:900], acknowledge=("secrets",))
    product.do(who, save, None, made)
    ask = Proposal("internal", (Ask(TRIAGE, 2),), note=text[:900], acknowledge=("breaking",))
    product.do(who, propose, None, ask)
    product.do(
        who, propose, None, Proposal("beta", (Ask(TRIAGE, 2),), note=text[:900], acknowledge=("breaking",))
    )
    product.do(who, comment, None, 2, text[:900])
    product.do(who, rollback, None, RollbackRequest(keys=(f"{TRIAGE}@2",), reason=text[:900]))
    try:
        fields = {"title": text[:100], "description": text[:900], "dri": PM, "on_call": None, "runbook": None}
        product.do(LocalPerson(ADMIN, "web"), edit_feature, None, "support", fields)
    except ProductError:
        pass
