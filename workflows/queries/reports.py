"""Reads of reports in the making."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import QuerySet

from ethicsreview.documents.models import SignedDocument
from workflows.domain.retries import SILENCE, is_stuck
from workflows.domain.states import ReportState
from workflows.domain.verification_states import VReportKind
from workflows.models import CaseReport, Certificate, VerificationReport
from workflows.models.documents import Report


def register_kind(kind: VReportKind) -> str:
    """What the register of documents calls this sort of document of a verification."""
    return f"maturity-{kind.value}"


def certificate_of(document: SignedDocument) -> Certificate | None:
    """The certificate that a signed document states; None for a document of another sort."""
    if document.kind != register_kind(VReportKind.CERTIFICATE):
        return None
    return Certificate.objects.filter(verification__reports__document=document).first()


def stuck_reports(now: datetime) -> list[int]:
    """Ids of unfinished reports of decisions nothing has moved for."""
    return _stuck(CaseReport.objects.all(), now)


def stuck_verification_reports(now: datetime) -> list[int]:
    """Ids of unfinished documents of verifications nothing has moved for."""
    return _stuck(VerificationReport.objects.all(), now)


def _stuck(reports: QuerySet[CaseReport] | QuerySet[VerificationReport], now: datetime) -> list[int]:
    rows: Iterable[Report] = reports.exclude(state=ReportState.SIGNED.value).filter(progressed_at__lt=now - SILENCE)
    return [row.pk for row in rows if is_stuck(ReportState(row.state), row.attempts, row.progressed_at, now)]
