"""Help and the tour: the documentation as it is, and tasks that are ticked by what happened."""

from __future__ import annotations

import re

from prompts_admin.web.help.handbook import PAGES, chapters, docs_folder
from tests.support.cast import APPROVER, AUTHOR
from tests.support.desk import TRIAGE
from tests.support.visits import ON_SQLITE, Visits

pytestmark = ON_SQLITE


def test_every_chapter_is_there_and_its_links_lead_somewhere(visits: Visits) -> None:
    """Links between the files are links between the pages; what is not shown is no link."""
    folder = docs_folder()
    assert folder is not None
    assert {name.replace("/", "-") for name in PAGES if (folder / f"{name}.md").is_file()} == set(chapters())
    for name, chapter in chapters().items():
        page = visits.read(f"/help/{name}")
        assert chapter.title in page.text
        for link in re.findall(r'href="(/help[^"#]*)', str(chapter.body)):
            assert 200 == visits.get(link).status_code, (name, link)
        assert not re.search(r'href="(?!/help/|https?://|#)', str(chapter.body)), name
    assert 404 == visits.get("/help/nothing").status_code


def test_S27_the_text_of_the_documentation_stays_text(visits: Visits) -> None:
    """No raw HTML and no link that runs a script gets through, whoever wrote it."""
    for name in chapters():
        _, _, body = visits.get(f"/help/{name}").text.partition('class="manual"')
        assert body and not re.search(r"<(script|style|iframe|img|svg)|javascript:| on\w+=", body), name


def test_the_tour_follows_what_really_happened(visits: Visits) -> None:
    """Each task is ticked once the artifact shows it, in the order of the round."""
    assert "no prompt to try it on" in visits.read("/tour").text
    desk = visits.desk
    desk.save(TRIAGE, "Be kind.")
    desk.climb(TRIAGE)
    desk.save(TRIAGE, "Be brief.")
    told = [_done(visits)]
    desk.promote(TRIAGE)
    number = desk.propose(TRIAGE, to="beta", percent=10)["number"]
    desk.approve(number, by=APPROVER)
    told.append(_done(visits))
    back = desk.rollback(f"{TRIAGE}@2", by=AUTHOR)["number"]
    told.append(_done(visits))
    desk.undo(back, by=AUTHOR)
    told.append(_done(visits))
    assert ["5 of 7", "5 of 7", "6 of 7", "7 of 7"] == told
    assert "that is all there is to it" in visits.read("/tour").text


def _done(visits: Visits) -> str:
    found = re.search(r"\d of 7", visits.read("/tour").text)
    assert found is not None
    return found[0]
