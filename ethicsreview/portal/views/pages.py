"""Home, and whether the machine is well."""

from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from assessments.views.lists import listed
from ethicsreview.documents.domain import Standing
from ethicsreview.documents.models import SignedDocument
from ethicsreview.documents.wording import KEYS
from ethicsreview.portal.queries.health import NOT_VITAL, READY, readiness
from ethicsreview.portal.queries.home import Awaited, Failed, Home, home_of
from ethicsreview.portal.wording import ROUTES, TASKS, V_ROUTES, reason_of
from workflows.models import Verification
from workflows.queries.certificate_words import standing_of
from workflows.queries.reports import certificate_of
from workflows.queries.verification_tasks import VerificationTask
from workflows.views.doors import desk_day, reader
from workflows.views.pieces import status


@login_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What awaits the person, what is late, what changed."""
    now = timezone.now()
    user = reader(request)
    found = home_of(user, now=now, day=desk_day(now))
    language = get_language() or "en"
    context: dict[str, Any] = {
        "home": found,
        "name": user.name_in(language),
        "figures": _figures(found),
        "awaiting": [*(_verifying(row, now) for row in found.verifying), *(_task(row, now) for row in found.awaiting)],
        "assessing": [listed(row) for row in found.assessing],
        "changed": [{"case": case, "status": status(case)} for case in found.changed],
        "failed": [_not_signed(row) for row in found.failed],
        "keyless": [{"name": host.name_in(language), "state": KEYS[code]} for host, code in found.keyless],
    }
    return render(request, "portal/home.html", context)


def _figures(found: Home) -> list[dict[str, Any]]:
    """The counts at the top; none for somebody without a seat, whose page is short."""
    waiting = len(found.awaiting) + len(found.verifying)
    if not (found.timed or found.meetings or waiting):
        return []
    late = reverse("workflows:case-list") + "?late=on"
    rows = [
        {"value": waiting, "label": _("awaiting you"), "url": "#awaiting", "late": False},
        {"value": len(found.late), "label": _("overdue"), "url": late, "late": bool(found.late)},
        {"value": len(found.timed) - len(found.late), "label": _("due within a week"), "url": "#timed", "late": False},
        {"value": len(found.meetings), "label": _("meetings ahead"), "url": "#meetings", "late": False},
    ]
    return [row for row in rows if row["value"] or row["url"] == "#awaiting"]


def _task(entry: Awaited, now: datetime) -> dict[str, Any]:
    if entry.task == "vote":
        url = reverse("workflows:meeting", args=[entry.anchor])
    else:
        url = reverse(ROUTES[entry.task], args=[entry.case.pk])
    waited = timesince(entry.since, now, depth=1)
    return {"label": TASKS[entry.task], "url": url, "case": entry.case, "since": entry.since, "waited": waited}


def _not_signed(row: Failed) -> dict[str, Any]:
    route = "workflows:verification-reports" if isinstance(row.subject, Verification) else "workflows:report-list"
    url = reverse(route, args=[row.subject.pk])
    return {"subject": row.subject, "url": url, "count": row.count, "reason": reason_of(row.error)}


def _verifying(entry: VerificationTask, now: datetime) -> dict[str, Any]:
    """A task of a verification, shaped like one of a case."""
    row = entry.verification
    return {
        "label": TASKS[entry.task],
        "url": reverse(V_ROUTES.get(entry.task, "workflows:verification"), args=[row.pk]),
        "case": {"reference": row.reference, "title": row.self_assessment.legal_entity},
        "since": entry.since,
        "waited": timesince(entry.since, now, depth=1),
    }


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers; asks nothing else, so that a slow database does not restart the web."""
    return JsonResponse({"status": "alive"})


@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Each part this installation needs, with its state; 503 while one that all depend on is not ready."""
    parts = readiness(now=timezone.now())
    wrong = {part for part, state in parts.items() if state != READY}
    ready = wrong <= NOT_VITAL
    body: dict[str, Any] = {"status": ("degraded" if wrong else READY) if ready else "not_ready", "parts": parts}
    return JsonResponse(body, status=200 if ready else 503)


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """What was done so that everybody can use the site, what is known to be missing, whom to tell."""
    return render(request, "portal/accessibility.html")


def standing_of_document(document: SignedDocument) -> Standing | None:
    """What the verification pages say of what a document states: a certificate's worth today, None for all others."""
    certificate = certificate_of(document)
    if certificate is None:
        return None
    address = reverse("workflows:register-certificate", args=[certificate.number])
    return Standing(**standing_of(certificate, desk_day(timezone.now())), address=address)
