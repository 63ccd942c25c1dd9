"""The claimed DCMM level: its form, whether it counts, the certificate's file."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from assessments.actions.evidence import claim_dcmm
from assessments.domain.maturity_gaps import MaturityRefused
from assessments.domain.staged import DcmmGate
from assessments.forms.maturity import ClaimForm
from assessments.queries.maturity import MaturityFolder
from assessments.queries.snapshots import file_of_claim
from assessments.views.doors import INVALID, SAVED, open_self_assessment, refusal
from assessments.views.evidence import file_response, sent_of
from assessments.views.pieces import claim_words, dcmm_level, frame, tier_name, tongue
from assessments.wording import PARTIES
from ethicsreview.files.domain.kinds import BadFile
from ethicsreview.files.wording import reason


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def claim(request: HttpRequest, pk: int) -> HttpResponse:
    """State a DCMM level; the page says at once whether it counts, and why not."""
    folder = open_self_assessment(request, pk)
    gate = folder.instrument.dcmm
    if gate is None:
        raise Http404
    posted = [request.POST, request.FILES] if request.method == "POST" else []
    form = ClaimForm(*posted, initial=_initial(folder), levels=_levels(folder, gate), editions=gate.editions)
    if form.is_valid():
        try:
            return _claim(request, folder, form)
        except BadFile as bad:
            form.add_error("file", reason(bad))
    context = claim_context(folder, gate, form)
    return render(request, "assessments/claim.html", context, status=INVALID if form.is_bound else SAVED)


def _claim(request: HttpRequest, folder: MaturityFolder, form: ClaimForm) -> HttpResponse:
    pk, here = folder.row.pk, reverse("assessments:claim", args=[folder.row.pk])
    try:
        claim_dcmm(pk, form.facts(), sent=sent_of(form.sent), actor=folder.user, now=timezone.now())
    except MaturityRefused as refused:
        return refusal(request, refused, here, folder)
    words = claim_words(open_self_assessment(request, pk))
    if words and words["counts"]:
        messages.success(request, _("The DCMM level is kept and counts."))
    else:
        messages.warning(request, _("The DCMM level is kept, and does not count."))
    return redirect(here)


def _initial(folder: MaturityFolder) -> dict[str, Any]:
    row = folder.claim
    if row is None:
        return {"legal_entity": folder.row.legal_entity}
    names = ("source", "edition", "party", "legal_entity", "certificate", "body", "issued", "expires")
    return {name: getattr(row, name) for name in names} | {"level": str(row.level)}


def _levels(folder: MaturityFolder, gate: DcmmGate) -> list[tuple[str, Any]]:
    numbers = range(len(gate.levels) + 1)
    return [(str(number), dcmm_level(folder.instrument, number)) for number in numbers]


def claim_context(folder: MaturityFolder, gate: DcmmGate, form: ClaimForm) -> dict[str, Any]:
    """The claim as it stands, what each tier needs, and the form."""
    row = folder.claim
    return {
        **frame(folder, _("DCMM level"), "claim"),
        "claim": claim_words(folder),
        "form": form,
        "certificate_fields": [
            form[name]
            for name in ("edition", "party", "legal_entity", "certificate", "body", "issued", "expires", "file")
        ],
        "party": {p.value: words for p, words in PARTIES.items()}.get(row.party, "") if row else "",
        "file_url": reverse("assessments:claim-file", args=[folder.row.pk, row.pk]) if row and row.file_id else "",
        "by": row.by.name_in(tongue()) if row else "",
        "least": [
            {"tier": tier_name(folder.instrument, tier), "level": dcmm_level(folder.instrument, least)}
            for tier, least in sorted(gate.least.items())
        ],
    }


@login_required
@require_GET
def download(request: HttpRequest, pk: int, claim_id: int) -> HttpResponseBase:
    """The certificate as it was sent; whoever sees the assessment may have it."""
    open_self_assessment(request, pk)
    version = file_of_claim(pk, claim_id)
    if version is None:
        raise Http404
    return file_response(request, version)
