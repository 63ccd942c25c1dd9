"""A self-assessment on a phone."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from tests.browser.conftest import Visitor
from tests.maturity_scenes import make_enterprise, make_self_assessment

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
PHONE = {"width": 390, "height": 844}
SECTIONS = ("", "evidence/", "claim/", "colleagues/", "result/", "plan/", "comparison/", "workbook/", "dimensions/D8/")
PLACE = """() => {
  const tab = document.querySelector(".tabs-row [aria-current]").getBoundingClientRect();
  const under = document.elementFromPoint(tab.x + tab.width / 2, tab.y + tab.height / 2);
  return [tab.left >= 0, tab.right <= innerWidth, under.closest("[aria-current]") !== null];
}"""


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_current_tab_is_in_sight(visit: Callable[..., Visitor], language: str) -> None:
    who = make_enterprise()
    row = make_self_assessment(who, now=timezone.now() - timedelta(hours=1))
    visitor = visit(viewport=PHONE).sign_in(who.lead, language)
    for section in SECTIONS:
        page = visitor.go(f"/maturity/{row.pk}/{section}")
        assert (section, page.evaluate(PLACE)) == (section, [True, True, True])
