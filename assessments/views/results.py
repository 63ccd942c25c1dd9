"""The result of an assessment, as it stands or as it was handed in."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from assessments.queries.snapshots import snapshots_of
from assessments.views.doors import open_self_assessment
from assessments.views.pieces import frame
from assessments.views.result_page import result_context


@login_required
@require_safe
def result(request: HttpRequest, pk: int) -> HttpResponse:
    """Tier or bounds, gates in words, what blocks, charts with their tables."""
    folder = open_self_assessment(request, pk)
    handed_in = snapshots_of(pk)[:1] if folder.submitted else []
    context = {
        **frame(folder, pgettext("maturity", "Result"), "result"),
        **result_context(folder),
        "snapshot": handed_in[0] if handed_in else None,
        "instrument_version": folder.instrument.version,
    }
    return render(request, "assessments/result.html", context)
