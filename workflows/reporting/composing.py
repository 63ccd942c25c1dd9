"""A report's facts as an unsigned PDF."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from ethicsreview.charts.domain import Axis, Chart
from ethicsreview.charts.radar import radar
from ethicsreview.documents.domain import AttachmentData, Furniture
from ethicsreview.documents.logo import data_address
from ethicsreview.documents.qr import qr_svg
from ethicsreview.documents.rendering import render
from workflows.domain.rulebook import Effect
from workflows.domain.states import ReportKind
from workflows.models import CaseReport
from workflows.reporting.composed import Composed
from workflows.reporting.data import CaseReportData
from workflows.reporting.gathering import gather
from workflows.reporting.machine import result_json

RESULT = "result.json"
TONES = {
    Effect.APPROVE: "good",
    Effect.MODIFY_THEN_CHECK: "warn",
    Effect.MODIFY_THEN_MEETING: "warn",
    Effect.REFUSE: "bad",
}


def compose(report: CaseReport, *, code: str, at: datetime) -> Composed:
    """Gather, lay out and render; raises ``CannotRender``."""
    return lay_out(gather(report.decision), ReportKind(report.kind), report.language, code=code, at=at)


def lay_out(data: CaseReportData, kind: ReportKind, language: str, *, code: str, at: datetime) -> Composed:
    """The document of ``kind`` in ``language``, sealed ``at``; the same arguments give the same bytes.

    Raises ``CannotRender``.
    """
    zone = ZoneInfo(data.zone)
    with translation.override(language), timezone.override(zone):
        page = _furniture(data, kind, language, code=code, at=at.astimezone(zone))
        html = render_to_string(f"reports/{kind.value}.html", _context(data, kind, page, language))
        attachments = _attachments(data, code) if kind is ReportKind.REPORT else ()
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


def _furniture(data: CaseReportData, kind: ReportKind, language: str, *, code: str, at: datetime) -> Furniture:
    title = _("Ethics review decision") if kind is ReportKind.LETTER else _("Ethics review report")
    url = settings.PUBLIC_ADDRESS.rstrip("/") + reverse("documents:verify-code", args=[code])
    return Furniture(
        language=language,
        title=title,
        subtitle=data.matter.title,
        organisation=data.host.name.in_(language),
        letterhead=data.host.letterhead.in_(language),
        logo=data_address(data.host.logo),
        number=data.number(kind),
        code=code,
        verify_url=url,
        qr=qr_svg(url),
        issued_at=at,
    )


def _attachments(data: CaseReportData, code: str) -> tuple[AttachmentData, ...]:
    described = _("Machine-readable result: enough to recompute the profile and the votes")
    return (AttachmentData(RESULT, described, result_json(data, code=code), "application/json"),)


def _context(data: CaseReportData, kind: ReportKind, page: Furniture, language: str) -> dict[str, object]:
    rated = kind is ReportKind.REPORT and bool(data.reviewers)
    return {
        "page": page,
        "data": data,
        "matter": data.matter,
        "outcome": data.outcome,
        "tone": TONES[data.outcome.rule.effect],
        "effect": data.outcome.rule.effect.value,
        "rules": data.meeting_rules,
        "gap": "" if page.html_language.startswith("zh") else " ",  # between sentences
        "radar": profile_radar(data, language) if rated else None,
    }


def profile_radar(data: CaseReportData, language: str) -> Chart:
    """The points' values with their ranges, on the instrument's scale."""
    axes = [
        Axis(point.key, point.title.in_(language), point.value, point.lowest, point.highest) for point in data.points
    ]
    highest = max(step.value for step in data.scale)
    title = _("Profile over the points of the instrument")
    return radar(axes, maximum=-(-highest.numerator // highest.denominator), title=title, language=language)
