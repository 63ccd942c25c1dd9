"""Which authority read what of an organisation, for those who keep its page."""

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ethicsreview.accounts.queries import may_manage, organisations_of
from ethicsreview.portal.queries.readings import Reading, reading_page
from ethicsreview.portal.views.sought import Sought
from ethicsreview.portal.wording import READINGS, SOUGHT
from workflows.domain.oversight import SEARCHED, Part
from workflows.views.doors import desk_day, reader
from workflows.wording import PARTS


@login_required
@require_safe
def readings(request: HttpRequest, organisation_id: int) -> HttpResponse:
    """Who read what, newest first; for the organisation's managers and the operator."""
    user, day, language = reader(request), desk_day(timezone.now()), get_language() or "en"
    organisation = get_object_or_404(organisations_of(user, day), pk=organisation_id)
    if not may_manage(user, organisation_id, day):
        raise PermissionDenied
    page = reading_page(organisation_id, **{mark: _number(request.GET.get(mark, "")) for mark in ("older", "newer")})
    sought = Sought(language)
    home = {
        "label": organisation.name_in(language),
        "url": reverse("accounts:organisation", args=[organisation_id]),
    }
    context = {
        "organisation": home["label"],
        "rows": [_row(row, language, sought) for row in page.rows],
        "breadcrumb": [home, {"label": _("Read by authorities")}],
        "page": {
            "total": None,
            "previous_url": f"{request.path}?{urlencode({'newer': page.newer})}" if page.newer else "",
            "next_url": f"{request.path}?{urlencode({'older': page.older})}" if page.older else "",
        },
    }
    return render(request, "portal/readings.html", context)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else 0


def _row(row: Reading, language: str, words: Sought) -> dict[str, Any]:
    facts = row.facts
    sought = row.verb == SEARCHED
    return {
        "at": row.at,
        "authority": row.authority.name_in(language) if row.authority else "",
        "person": row.person.name_in(language) if row.person else "",
        "what": READINGS[row.verb],
        "about": SOUGHT.get(facts["about"], facts["about"]) if sought else facts["reference"],
        "part": words.of(facts["about"], facts["filters"]) if sought else PARTS[Part(facts["part"])],
    }
