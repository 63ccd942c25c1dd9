"""One report from queue to register: claimed, rendered, signed, kept; or failed with its reason, never unsigned."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from ethicsreview.audit.steps import record
from ethicsreview.documents.domain import new_code
from ethicsreview.documents.keys import CannotSign, load_signer
from ethicsreview.documents.models import SignedDocument
from ethicsreview.documents.rendering import CannotRender
from ethicsreview.documents.signing import sign
from ethicsreview.documents.steps import NotSigned, keep_signed, supersede
from workflows.domain.retries import wait_after
from workflows.domain.states import ReportState
from workflows.models.documents import Report
from workflows.reporting.composed import Composed
from workflows.reporting.series import CASE_REPORTS, Series, series_of

CLAIM = timedelta(minutes=1)  # a worker that has not moved for this long is taken for dead
EARLY = timedelta(seconds=1)  # a retry may arrive a little before its pause is over
LONGEST_REASON = 500  # characters

Clock = Callable[[], datetime]


class ReportFailed(Exception):
    """This attempt failed; the reason is kept on the report and shown to the desk."""

    def __init__(self, reason: str, attempts: int) -> None:
        super().__init__(reason)
        self.attempts = attempts


@dataclass(frozen=True)
class Claim:
    """A report in the hands of one worker. ``attempt`` tells it from the worker that takes over after a silence."""

    report: Report
    attempt: int


def issue(report_id: int, *, clock: Clock, series: Series[Any] = CASE_REPORTS) -> None:
    """Make, sign and keep the report unless it is signed already or another worker is at it.

    ``clock`` is read at each step, so that a slow worker is seen to move. ``series`` says what sort of report it is.
    Raises ``ReportFailed`` after keeping the reason.
    """
    claim = _claim(report_id, now=clock(), series=series)
    if claim is None:
        return
    try:
        _make(claim, clock=clock)
    except CannotRender as refused:
        raise _failed(claim, unprintable(refused), now=clock()) from refused
    except CannotSign as refused:
        raise _failed(claim, f"cannot_sign: {refused.reason.value}", now=clock()) from refused
    except NotSigned as refused:
        raise _failed(claim, f"not_signed: {refused}", now=clock()) from refused
    except Exception as fault:
        raise _failed(claim, f"{type(fault).__name__}: {fault}", now=clock()) from fault


def unprintable(refused: CannotRender) -> str:
    """Why there is no PDF; characters the fonts lack are shown with their numbers."""
    signs = " ".join(f"{sign} (U+{ord(sign):04X})" for sign in sorted(refused.glyphs))
    return f"cannot_render: {', '.join(refused.problems)}{f': {signs}' if signs else ''}"


def _make(claim: Claim, *, clock: Clock) -> None:
    report, series = claim.report, series_of(claim.report)
    host = series.entry(report).host
    load_signer(host, at=clock())  # without a key nothing is laid out in vain
    composed = series.compose(report, code=new_code(), at=clock())
    now = clock()
    _touch(claim, now=now)
    key = load_signer(host, at=now)
    pdf = sign(
        composed.pdf,
        signer=key.signer,
        field=composed.seal.name,
        reason=composed.title,
        location=composed.place,
        certify=True,
        at=now,
    )
    _keep(claim, composed, pdf, now=now)


@transaction.atomic(durable=True)
def _claim(report_id: int, *, now: datetime, series: Series[Any] = CASE_REPORTS) -> Claim | None:
    """The report marked as being made, or None when there is nothing to do. An unknown id is nothing to do."""
    rows = series.model.objects.select_for_update(of=("self",)).select_related(*series.related)
    report = rows.filter(pk=report_id).first()
    if report is None or report.state == ReportState.SIGNED.value:
        return None
    if _is_taken(report, now):
        return None
    report.state, report.progressed_at, report.attempts = ReportState.RENDERING.value, now, report.attempts + 1
    report.save(update_fields=["state", "progressed_at", "attempts"])
    return Claim(report, report.attempts)


def _is_taken(report: Report, now: datetime) -> bool:
    """Another worker is at it, or the pause after a failure is not over: a message sent twice starts nothing twice."""
    quiet = now - report.progressed_at
    if report.state == ReportState.RENDERING.value:
        return quiet < CLAIM
    return report.state == ReportState.FAILED.value and quiet < wait_after(report.attempts) - EARLY


@transaction.atomic(durable=True)
def _touch(claim: Claim, *, now: datetime) -> None:
    """This worker moves; one that was taken over says nothing."""
    rows = series_of(claim.report).model.objects.filter(pk=claim.report.pk)
    rows.filter(attempts=claim.attempt, state=ReportState.RENDERING.value).update(progressed_at=now)


@transaction.atomic(durable=True)
def _keep(claim: Claim, composed: Composed, pdf: bytes, *, now: datetime) -> None:
    """Enter the file into the register unless another worker's is there."""
    series = series_of(claim.report)
    series.hold(claim.report)
    row = series.model.objects.select_for_update(of=("self",)).select_related(*series.related).get(pk=claim.report.pk)
    if row.state == ReportState.SIGNED.value:
        return
    entry = series.entry(row)
    document = keep_signed(
        subject=entry.subject,
        kind=entry.kind,
        language=row.language,
        title=composed.title,
        organisation_id=entry.host,
        code=composed.code,
        pdf=pdf,
        signed_at=now,
    )
    row.state, row.error, row.document, row.progressed_at = ReportState.SIGNED.value, "", document, now
    row.save(update_fields=["state", "error", "document", "progressed_at"])
    _replace(series, row, document)
    record(
        chain=entry.chain,
        at=now,
        actor=None,
        verb="report.sign",
        subject=entry.about,
        report=row.pk,
        kind=row.kind,
        language=row.language,
        sha256=document.sha256,
        code=document.code,
    )


def _replace(series: Series[Any], row: Report, document: SignedDocument) -> None:
    """Documents of one matter replace each other by the order of their decisions, whenever they are made."""
    others = series.others(row)
    for kept in others.replaced:
        supersede(kept, by=document)
    if others.replacing is not None:
        supersede(document, by=others.replacing)


@transaction.atomic(durable=True)
def _failed(claim: Claim, reason: str, *, now: datetime) -> ReportFailed:
    """The reason on the report, unless it was signed or taken over meanwhile."""
    row = series_of(claim.report).model.objects.select_for_update().get(pk=claim.report.pk)
    if row.state == ReportState.RENDERING.value and row.attempts == claim.attempt:
        row.state, row.error, row.progressed_at = ReportState.FAILED.value, reason[:LONGEST_REASON], now
        row.save(update_fields=["state", "error", "progressed_at"])
    return ReportFailed(reason, claim.attempt)
