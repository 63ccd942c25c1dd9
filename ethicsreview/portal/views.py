"""Home, and whether the machine is well."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from ethicsreview.portal.queries.health import readiness
from ethicsreview.portal.queries.home import Awaited, home_of
from ethicsreview.portal.wording import ROUTES, TASKS
from workflows.views.doors import desk_day, reader
from workflows.views.pieces import status


@login_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What awaits the person, what is late, what changed."""
    now = timezone.now()
    found = home_of(reader(request), now=now, day=desk_day(now))
    context: dict[str, Any] = {
        "home": found,
        "awaiting": [_task(entry) for entry in found.awaiting],
        "changed": [{"case": case, "status": status(case)} for case in found.changed],
    }
    return render(request, "portal/home.html", context)


def _task(entry: Awaited) -> dict[str, Any]:
    if entry.task == "vote":
        url = reverse("workflows:meeting", args=[entry.anchor])
    else:
        url = reverse(ROUTES[entry.task], args=[entry.case.pk])
    return {"label": TASKS[entry.task], "url": url, "case": entry.case, "since": entry.since}


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers; asks nothing else, so that a slow database does not restart the web."""
    return JsonResponse({"status": "alive"})


@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Each part this installation needs, with its state; 503 while one is not ready."""
    parts = readiness(now=timezone.now())
    ready = all(state == "ready" for state in parts.values())
    body: dict[str, Any] = {"status": "ready" if ready else "not_ready", "parts": parts}
    return JsonResponse(body, status=200 if ready else 503)


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """What was done so that everybody can use the site, what is known to be missing, whom to tell."""
    return render(request, "portal/accessibility.html")
