"""A verification's facts as an unsigned PDF."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from ethicsreview.charts.domain import Chart
from ethicsreview.charts.outlines import Names, Pair, outlines
from ethicsreview.documents.domain import AttachmentData, Furniture, decider_field
from ethicsreview.documents.logo import data_address
from ethicsreview.documents.qr import qr_svg
from ethicsreview.documents.rendering import render
from workflows.domain.verification_states import VReportKind
from workflows.models import VerificationReport
from workflows.reporting.composed import Composed
from workflows.reporting.composing import RESULT
from workflows.reporting.verification_data import VerificationReportData
from workflows.reporting.verification_gathering import gather
from workflows.reporting.verification_machine import inputs_json, record_json

SELF = "self.json"
RECORD = "record.json"
JSON = "application/json"
FEWEST_AXES = 3


def compose(report: VerificationReport, *, code: str, at: datetime) -> Composed:
    """Gather, lay out and render; raises ``CannotRender``."""
    return lay_out(gather(report.verification), VReportKind(report.kind), report.language, code=code, at=at)


def lay_out(data: VerificationReportData, kind: VReportKind, language: str, *, code: str, at: datetime) -> Composed:
    """The document of ``kind`` in ``language``, sealed ``at``; the same arguments give the same bytes.

    Raises ``CannotRender``, and ``ValueError`` for the certificate of a verification that ended without one.
    """
    if kind is VReportKind.CERTIFICATE and data.certificate is None:
        raise ValueError(f"{data.reference} ended without a certificate")
    zone = ZoneInfo(data.zone)
    with translation.override(language), timezone.override(zone):
        page = _furniture(data, kind, language, code=code, at=at.astimezone(zone))
        html = render_to_string(f"reports/verification_{kind.value}.html", _context(data, kind, page, language))
        attachments = _attachments(data, code) if kind is VReportKind.REPORT else ()
    pdf = render(
        html=html,
        language=language,
        title=page.title,
        created=at,
        signature_field=page.chair,
        seal_field=page.seal,
        attachments=attachments,
        code=code,
    )
    return Composed(pdf, page.title, page.organisation, code, page.seal)


def _furniture(
    data: VerificationReportData, kind: VReportKind, language: str, *, code: str, at: datetime
) -> Furniture:
    title = _("Maturity certificate") if kind is VReportKind.CERTIFICATE else _("Maturity verification report")
    url = settings.PUBLIC_ADDRESS.rstrip("/") + reverse("documents:verify-code", args=[code])
    return Furniture(
        language=language,
        title=title,
        subtitle=data.enterprise.legal_entity,
        organisation=data.host.name.in_(language),
        letterhead=data.host.letterhead.in_(language),
        logo=data_address(data.host.logo),
        number=data.number(kind),
        code=code,
        verify_url=url,
        qr=qr_svg(url),
        issued_at=at,
        signer=decider_field(language),
    )


def _attachments(data: VerificationReportData, code: str) -> tuple[AttachmentData, ...]:
    said = _("Verified inputs: the scoring command gives the verified tier from this file")
    own = _("Self-assessed inputs: the scoring command gives the self-assessed tier from this file")
    record = _("Machine-readable record of the verification")
    return (
        AttachmentData(RESULT, said, inputs_json(data.verified), JSON),
        AttachmentData(SELF, own, inputs_json(data.own), JSON),
        AttachmentData(RECORD, record, record_json(data, code=code), JSON),
    )


def _context(data: VerificationReportData, kind: VReportKind, page: Furniture, language: str) -> dict[str, Any]:
    return {
        "page": page,
        "data": data,
        "instrument": data.instrument,
        "decision": data.decision,
        "certificate": data.certificate,
        "verdict": data.verified.verdict,
        "tone": "good" if data.decision.certified else "bad",
        "gap": "" if page.html_language.startswith("zh") else " ",  # between sentences
        "levels": range(1, data.instrument.highest + 1),
        "radar": profile_radar(data, language) if kind is VReportKind.REPORT else None,
    }


def profile_radar(data: VerificationReportData, language: str) -> Chart | None:
    """The dimensions' scores, verified before self-assessed; None where there are too few of them for a drawing."""
    if len(data.dimensions) < FEWEST_AXES:
        return None
    return outlines(
        [Pair(one.key, one.title.in_(language), one.score, one.own) for one in data.dimensions],
        maximum=data.instrument.highest,
        names=Names(
            value=pgettext("maturity report", "Verified"),
            other=pgettext("maturity report", "Self-assessed"),
            difference=pgettext("maturity report", "Difference"),
        ),
        title=_("Scores of the dimensions, verified and self-assessed"),
        language=language,
    )
