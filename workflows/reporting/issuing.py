"""One report from queue to register: claimed, rendered, signed, kept; or failed with its reason, never unsigned."""

from datetime import datetime, timedelta

from django.db import transaction

from ethicsreview.audit.steps import record
from ethicsreview.documents.domain import new_code
from ethicsreview.documents.keys import CannotSign, load_signer
from ethicsreview.documents.rendering import CannotRender
from ethicsreview.documents.signing import sign
from ethicsreview.documents.steps import NotSigned, keep_signed
from workflows.domain.states import ReportState
from workflows.models import CaseReport
from workflows.reporting.composing import Composed, compose

CLAIM = timedelta(minutes=1)


class ReportFailed(Exception):
    """This attempt failed; the reason is kept on the report and shown to the desk."""

    def __init__(self, reason: str, attempts: int) -> None:
        super().__init__(reason)
        self.attempts = attempts


def issue(report_id: int, *, now: datetime) -> None:
    """Make, sign and keep the report unless it is signed already or another worker is at it.

    Raises ``ReportFailed`` after keeping the reason.
    """
    report = _claim(report_id, now=now)
    if report is None:
        return
    try:
        key = load_signer(report.decision.case.committee.host_id, at=now)
        composed = compose(report, code=new_code(), at=now)
        pdf = sign(
            composed.pdf,
            signer=key.signer,
            field=composed.seal.name,
            reason=composed.title,
            location=composed.place,
            certify=True,
            at=now,
        )
        _keep(report, composed, pdf, now=now)
    except (CannotSign, CannotRender, NotSigned) as refused:
        raise _failed(report, f"{type(refused).__name__}: {refused}", now=now) from refused
    except Exception as fault:
        raise _failed(report, f"{type(fault).__name__}: {fault}"[:500], now=now) from fault


@transaction.atomic(durable=True)
def _claim(report_id: int, *, now: datetime) -> CaseReport | None:
    """The report marked as being made, or None when there is nothing to do. An unknown id is nothing to do."""
    report = (
        CaseReport.objects.select_for_update(of=("self",))
        .select_related("decision__case__committee__host", "decision__motion", "decision__issued_by")
        .filter(pk=report_id)
        .first()
    )
    if report is None or report.state == ReportState.SIGNED.value:
        return None
    if report.state == ReportState.RENDERING.value and now - report.progressed_at < CLAIM:
        return None
    report.state, report.progressed_at, report.attempts = ReportState.RENDERING.value, now, report.attempts + 1
    report.save(update_fields=["state", "progressed_at", "attempts"])
    return report


@transaction.atomic(durable=True)
def _keep(report: CaseReport, composed: Composed, pdf: bytes, *, now: datetime) -> None:
    row = CaseReport.objects.select_for_update().get(pk=report.pk)
    if row.state == ReportState.SIGNED.value:
        return
    case = report.decision.case
    document = keep_signed(
        subject=f"workflows.decision:{report.decision_id}",
        kind=f"case-{report.kind}",
        language=report.language,
        title=composed.title,
        organisation_id=case.committee.host_id,
        code=composed.code,
        pdf=pdf,
        signed_at=now,
    )
    row.state, row.error, row.document, row.progressed_at = ReportState.SIGNED.value, "", document, now
    row.save(update_fields=["state", "error", "document", "progressed_at"])
    record(
        chain=f"organisation:{case.committee.host_id}",
        at=now,
        actor=None,
        verb="report.sign",
        subject=f"case:{case.pk}",
        report=report.pk,
        kind=report.kind,
        language=report.language,
        sha256=document.sha256,
        code=document.code,
    )


@transaction.atomic(durable=True)
def _failed(report: CaseReport, reason: str, *, now: datetime) -> ReportFailed:
    row = CaseReport.objects.select_for_update().get(pk=report.pk)
    if row.state != ReportState.SIGNED.value:
        row.state, row.error, row.progressed_at = ReportState.FAILED.value, reason, now
        row.save(update_fields=["state", "error", "progressed_at"])
    return ReportFailed(reason, row.attempts)
