"""Handing in: what will happen, and the receipt of what was handed in."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from assessments.actions.submitting import submit_self_assessment
from assessments.domain.maturity_gaps import MaturityGap, MaturityRefused, Part
from assessments.forms.maturity import HandInForm
from assessments.queries.maturity import MaturityFolder
from assessments.queries.snapshots import own_snapshot
from assessments.views.doors import SAVED, needed, open_self_assessment, status_of
from assessments.views.overview import still_needed
from assessments.views.pieces import claim_words, frame, outline_facts, standing_result, tier_name, tongue


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def submit(request: HttpRequest, pk: int) -> HttpResponse:
    """What is still needed, what will happen, and the button; a second click finds the receipt."""
    folder = open_self_assessment(request, pk)
    if folder.submitted:
        return redirect("assessments:receipt", pk)
    if Part.LEAD not in folder.parts:
        raise PermissionDenied
    if request.method != "POST":
        return render(request, "assessments/submit.html", _context(folder))
    form = HandInForm(request.POST)
    seen = form.cleaned_data["seen"] if form.is_valid() else "-"
    try:
        submit_self_assessment(pk, seen=seen, actor=folder.user, now=timezone.now())
    except MaturityRefused as refused:
        return _refused(request, pk, refused)
    messages.success(request, _("Handed in. This is your receipt."))
    return redirect("assessments:receipt", pk)


def _refused(request: HttpRequest, pk: int, refused: MaturityRefused) -> HttpResponse:
    """The page read anew with what stands in the way; a click that came second finds the receipt."""
    fresh = open_self_assessment(request, pk)
    if fresh.submitted:
        return redirect("assessments:receipt", pk)
    return render(request, "assessments/submit.html", _context(fresh, refused.gaps), status=status_of(refused))


def _context(folder: MaturityFolder, gaps: tuple[MaturityGap, ...] = ()) -> dict[str, Any]:
    return {
        **frame(folder, _("Check and hand in")),
        "result": standing_result(folder),
        "claim": claim_words(folder),
        "facts": outline_facts(folder),
        "needed": still_needed(folder),
        "refused": needed(gaps, folder),
        "warnings": _warnings(folder),
        "form": HandInForm(initial={"seen": folder.contents.digest}),
        "effects": [
            _("All answers, notes, evidence and the DCMM level are frozen with a digest; nobody can change them."),
            _("Today becomes the reference date: evidence and certificates are measured at it."),
            _("You receive a receipt with the digest. The result stays a self-assessment."),
            _("To assess again, you begin a new assessment from this one."),
        ],
        "people": [row.user.name_in(tongue()) for row in folder.contributors],
        "back": reverse("assessments:self-assessment", args=[folder.row.pk]),
    }


def _warnings(folder: MaturityFolder) -> list[str]:
    """What does not keep it from being handed in, and is better known before."""
    found, words = [], claim_words(folder)
    if words and words["row"] and not words["counts"]:
        found.append(_("The DCMM level does not count: %(why)s") % {"why": words["fault"]})
    if words and words["provisional"]:
        found.append(_("The DCMM level is only declared; a verified result would not rest on it."))
    count = len(folder.capped)
    if count:
        found.append(
            ngettext(
                "%(count)s rating counts less for want of evidence.",
                "%(count)s ratings count less for want of evidence.",
                count,
            )
            % {"count": count}
        )
    verdict = folder.result.verdict
    if verdict is not None and verdict.tier < folder.row.target:
        found.append(
            _("The result is %(tier)s, below the tier aimed at.")
            % {"tier": tier_name(folder.instrument, verdict.tier)}
        )
    return found


@login_required
@require_safe
def receipt(request: HttpRequest, pk: int) -> HttpResponse:
    """What was handed in, when and by whom, with its digest."""
    folder = open_self_assessment(request, pk)
    snapshot = own_snapshot(pk) if folder.submitted else None
    if snapshot is None:
        raise Http404
    context = {
        **frame(folder, _("Receipt")),
        "snapshot": snapshot,
        "by": snapshot.by.name_in(tongue()),
        "tier": tier_name(folder.instrument, snapshot.tier),
        "index": snapshot.result["index_display"],
        "provisional": snapshot.result["provisional"],
        "organisation": folder.row.organisation.name_in(tongue()),
        "version": folder.instrument.version,
        "facts": outline_facts(folder),
        "ratings": len(snapshot.facts["ratings"]),
        "set_aside": len(snapshot.facts["set_aside"]),
        "pieces": snapshot.facts["evidence"],
        "notice": folder.instrument.notice.in_(tongue()),
    }
    return render(request, "assessments/receipt.html", context, status=SAVED)
