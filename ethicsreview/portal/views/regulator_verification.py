"""One verification as an authority reads it: each page shows one part, and is one event in the enterprise's chain."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import get_language_info, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from assessments.models import Evidence
from ethicsreview.accounts.queries import office_over
from ethicsreview.documents.views import signed_response
from ethicsreview.files.queries import FileLost
from ethicsreview.files.views import attachment_response
from ethicsreview.portal.queries.oversight import overseen_verification_report, verification_reports_of
from ethicsreview.portal.views import regulator_doors as doors
from ethicsreview.portal.views.regulator_doors import VerificationReading
from workflows.actions.oversight import record_report_download
from workflows.domain.oversight import Part
from workflows.domain.verification_states import VReportKind
from workflows.models import VerificationReport
from workflows.reporting.overseen import OverseenVerification
from workflows.views.doors import desk_day
from workflows.views.verification_dcmm_page import dcmm_context
from workflows.views.verification_findings import finding_row
from workflows.views.verification_hub import AWAITS
from workflows.views.verification_list import events_of, facts_of, people_of
from workflows.views.verification_pieces import clocks, status, steps, tier_name
from workflows.views.verification_rating_page import DCMM, RatingSheet, dimension_of, dimension_words
from workflows.views.verification_results import results
from workflows.views.verification_voting import counted, rule
from workflows.wording import PARTS, V_REPORT_KINDS

Row = dict[str, Any]
_PAGES = (  # the parts that have a page of their own, in the order of the tabs
    (Part.FACTS, "portal:regulator-verification"),
    (Part.RATINGS, "portal:regulator-rounds"),
    (Part.FINDINGS, "portal:regulator-findings"),
    (Part.VOTES, "portal:regulator-ballots"),
)


def _head(read: VerificationReading, part: Part) -> Row:
    """What the head of every page of the verification needs."""
    row = read.folder.verification
    trail = () if part is Part.FACTS else ({"label": PARTS[part]},)
    return {
        "verification": row,
        "legal_entity": row.self_assessment.legal_entity,
        "part": PARTS[part],
        "status": status(row),
        "awaits": AWAITS[read.folder.state],
        "breadcrumb": doors.verification_crumbs(row, *trail),
        "tabs": [
            {"label": PARTS[one], "url": reverse(route, args=[row.pk]), "current": one is part}
            for one, route in _PAGES
            if one in read.parts
        ],
    }


@login_required
@require_safe
def overview(request: HttpRequest, pk: int) -> HttpResponse:
    """Facts, procedure and clocks from acceptance on; result and documents once it is decided."""
    read = doors.open_verification(request, pk)
    if read.is_party:
        return redirect("workflows:verification", pk)
    read.note(Part.FACTS)
    folder, decided = read.folder, Part.REPORTS in read.parts
    context = {
        **_head(read, Part.FACTS),
        "steps": steps(folder),
        "clocks": clocks(folder),
        "facts": facts_of(folder, inside=False),
        "events": events_of(folder, inside=False),
        "people": people_of(folder, inside=True) if Part.PEOPLE in read.parts else [],
        "outcome": _outcome(folder) if decided else [],
        "results": results(folder, link=False),
        "reports": [_report(row) for row in _reports(read)] if decided else [],
    }
    return render(request, "portal/regulator_verification.html", context)


def _outcome(folder: OverseenVerification) -> list[Row]:
    """How it ended, in facts; a valid certificate stands in the public register."""
    row, held = folder.verification, folder.certificate
    found: list[Row] = []
    if row.decided_at:
        found.append({"label": _("Decided on"), "value": date_format(localtime(row.decided_at), "DATETIME_FORMAT")})
    if held is not None:
        url = reverse("workflows:register-certificate", args=[held.number])
        named = f"{held.tier} · {tier_name(folder.instrument, held.tier)}"
        found.append({"label": pgettext("maturity", "Tier"), "value": named})
        found.append({"label": _("Certificate"), "value": held.number, "url": url})
        found.append({"label": _("Valid until"), "value": date_format(held.expires_on)})
    if row.closing_reasons:
        found.append({"label": _("Reasons"), "value": row.closing_reasons})
    return found


def _reports(read: VerificationReading) -> list[VerificationReport]:
    return verification_reports_of(read.folder.verification, read.folder.user, desk_day(read.folder.now))


def _report(row: VerificationReport) -> Row:
    return {
        "kind": V_REPORT_KINDS[VReportKind(row.kind)],
        "language": get_language_info(row.language)["name_local"],
        "language_code": "zh-Hans" if row.language.startswith("zh") else row.language,
        "document": row.document,
        "url": reverse("portal:regulator-verification-report", args=[row.pk]),
    }


class OverseenSheet(RatingSheet):
    """One dimension of claims and ratings with the evidence as an authority may see it: no confidential file."""

    def url(self, key: str, anchor: str = "") -> str:
        """The page of one dimension, or of the DCMM level."""
        route = reverse("portal:regulator-rounds", args=[self.folder.verification.pk])
        return f"{route}?dimension={key}{'#' + anchor if anchor else ''}"

    def dcmm_is_settled(self) -> bool:
        """A decided verification leaves nothing to be judged."""
        return True

    def piece(self, piece: Evidence) -> Row:
        """Of a confidential piece the title and the file's digest alone."""
        digest = piece.file.sha256 if piece.file else ""
        if piece.confidential:
            told = {"pk": piece.pk, "title": piece.title, "accepted": piece.accepted}
            return {**told, "confidential": True, "url": "", "sha256": digest}
        url = reverse("portal:regulator-evidence", args=[self.folder.verification.pk, piece.pk]) if digest else ""
        return {**super().piece(piece), "url": url, "sha256": digest}


@login_required
@require_safe
def rounds(request: HttpRequest, pk: int) -> HttpResponse:
    """What the enterprise claimed and what the assessors found, dimension by dimension."""
    read = doors.open_verification(request, pk)
    read.note(Part.RATINGS)
    folder, sheet = read.folder, OverseenSheet(read.folder)
    dimension = dimension_of(folder, request.GET.get("dimension", ""))
    context = {
        **_head(read, Part.RATINGS),
        **sheet.bar(dimension.key if dimension else DCMM),
        "rating": False,
        "judging": False,
        "dimension": dimension_words(dimension) if dimension else None,
        "items": sheet.items(dimension) if dimension else [],
        "dcmm": None if dimension else {**dcmm_context(folder), "claim_file": ""},
    }
    return render(request, "portal/regulator_rounds.html", context)


@login_required
@require_safe
def findings(request: HttpRequest, pk: int) -> HttpResponse:
    """What was found short, the enterprise's answers, and what became of each."""
    read = doors.open_verification(request, pk)
    read.note(Part.FINDINGS)
    rows = [finding_row(read.folder, finding) for finding in read.folder.findings]
    return render(request, "portal/regulator_findings.html", {**_head(read, Part.FINDINGS), "rows": rows})


@login_required
@require_safe
def ballots(request: HttpRequest, pk: int) -> HttpResponse:
    """The panel's closed ballots, lost ones too."""
    read = doors.open_verification(request, pk)
    read.note(Part.VOTES)
    folder = read.folder
    context = {
        **_head(read, Part.VOTES),
        "ballots": [counted(folder, row) for row in reversed(folder.ballots) if row.closed_at],
        "rule": rule(folder),
        "grounds": folder.verification.recommendation,
    }
    return render(request, "portal/regulator_ballots.html", context)


@login_required
@require_safe
def evidence(request: HttpRequest, pk: int, evidence_id: int) -> HttpResponseBase:
    """The file of a piece of evidence that is not confidential."""
    read = doors.open_verification(request, pk)
    piece = next((row for row in read.folder.round.evidence if row.pk == evidence_id), None)
    if piece is None or piece.confidential or piece.file is None:
        raise Http404
    try:
        response = attachment_response(piece.file)
    except FileLost:
        return render(request, "workflows/file_lost.html", {"version": piece.file}, status=503)
    read.note(Part.EVIDENCE, evidence=evidence_id)
    return response


@login_required
@require_safe
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """A signed document of a verification, to be saved."""
    user, now = doors.regulator(request), timezone.now()
    day = desk_day(now)
    row = overseen_verification_report(pk, user, day)
    office = office_over(user, row.verification.self_assessment.organisation_id, day) if row else None
    if row is None or row.document is None or office is None:
        raise Http404
    record_report_download(row, actor=user, office=office, now=now)
    return signed_response(row.document, row.verification.reference)
