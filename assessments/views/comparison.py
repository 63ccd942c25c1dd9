"""The comparison with the enterprise's own past and with peers."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from assessments.views.comparison_page import comparison_context
from assessments.views.doors import open_self_assessment
from assessments.views.pieces import frame


@login_required
@require_safe
def comparison(request: HttpRequest, pk: int) -> HttpResponse:
    """Own results as a trend, percentiles among peers nobody can recognise."""
    folder = open_self_assessment(request, pk)
    context = {**frame(folder, pgettext("maturity", "Comparison"), "comparison"), **comparison_context(folder)}
    return render(request, "assessments/compare.html", context)
