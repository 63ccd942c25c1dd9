"""What a search for reports finds, as one archive."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ethicsreview.portal.domain.reading import parse
from ethicsreview.portal.domain.searches import Kind
from ethicsreview.portal.queries.search import report_keys
from workflows.actions.archives import NotOpen, request_reports
from workflows.domain.archives import MOST_REPORTS, NotQueued
from workflows.queries.archive_words import LIMITS, REASONS
from workflows.views.doors import desk_day, reader


@login_required
@require_POST
def archive(request: HttpRequest) -> HttpResponse:
    """Ask for it; what one archive does not hold is said."""
    user, now = reader(request), timezone.now()
    reading = parse(dict(QueryDict(request.POST.get("query", "")).lists()))
    if reading.faults or reading.search.kind is not Kind.REPORTS:
        raise Http404
    keys = report_keys(reading.search, user=user, day=desk_day(now), now=now, most=MOST_REPORTS)
    try:
        request_reports(keys[:MOST_REPORTS], actor=user, now=now)
    except NotOpen:
        raise Http404 from None
    except NotQueued as refused:
        messages.error(request, REASONS[refused.reason] % LIMITS)
        return redirect("workflows:archives")
    if len(keys) > MOST_REPORTS:
        words = _("The search finds more than %(most)s documents: the archive holds the newest %(most)s of them.")
        messages.warning(request, words % LIMITS)
    return redirect("workflows:archives")
