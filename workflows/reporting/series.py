"""The sorts of reports that are issued: what each is made of, who signs it, and which others it replaces."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar

from django.db.models import QuerySet

from assessments.domain.claims import same_entity
from assessments.models import SelfAssessment
from ethicsreview.audit.domain import organisation_chain
from ethicsreview.documents.models import SignedDocument
from workflows.domain.verification_states import CertificateState, VReportKind
from workflows.models import Case, CaseReport, Certificate, VerificationReport
from workflows.models.documents import Report
from workflows.queries.reports import register_kind
from workflows.reporting import composing, verification_composing
from workflows.reporting.composed import Composed

R_contra = TypeVar("R_contra", bound=Report, contravariant=True)
R = TypeVar("R", bound=Report)


class Compose(Protocol[R_contra]):
    """Gather, lay out and render; raises ``CannotRender``."""

    def __call__(self, report: R_contra, *, code: str, at: datetime) -> Composed: ...


@dataclass(frozen=True)
class Entry:
    """Where a signed report is entered: in the register of documents and on the audit chain.

    ``host`` is the organisation that signs, ``about`` the subject of the audit event.
    """

    host: int
    subject: str
    kind: str
    chain: str
    about: str


@dataclass(frozen=True)
class Others:
    """Signed documents of the same kind, language and matter, as they replace each other."""

    replaced: tuple[SignedDocument, ...] = ()
    replacing: SignedDocument | None = None


@dataclass(frozen=True)
class Series(Generic[R]):
    """What issuing needs to know of one sort of report.

    ``related`` is read together with a report. ``hold`` locks the row that orders the documents of one matter: it
    comes before the report's own and before the audit chain. ``others`` is asked while it is held.
    """

    model: type[R]
    related: tuple[str, ...]
    entry: Callable[[R], Entry]
    compose: Compose[R]
    hold: Callable[[R], object]
    others: Callable[[R], Others]


def series_of(report: Report) -> Series[Any]:
    """The series a report belongs to."""
    return _SERIES[type(report)]


# -- decisions of committees -----------------------------------------------------------------------------------------


def _case_entry(report: CaseReport) -> Entry:
    host = report.decision.case.committee.host_id
    return Entry(
        host=host,
        subject=f"workflows.decision:{report.decision_id}",
        kind=f"case-{report.kind}",
        chain=organisation_chain(host),
        about=f"case:{report.decision.case_id}",
    )


def _hold_case(report: CaseReport) -> Case:
    return Case.objects.select_for_update(of=("self",)).get(pk=report.decision.case_id)


def _case_others(report: CaseReport) -> Others:
    """Documents of earlier decisions are replaced by those of later ones, whatever was decided."""
    rows = CaseReport.objects.filter(decision__case=report.decision.case_id)
    number = report.decision.number
    found = [(row.decision.number, kept) for row, kept in _kept(rows, report, "decision__number")]
    return Others(
        replaced=tuple(kept for other, kept in found if other < number),
        replacing=next((kept for other, kept in found if other > number), None),
    )


def _kept(rows: QuerySet[R], report: R, order: str) -> list[tuple[R, SignedDocument]]:
    """The other rows that have a document, of the report's kind and language."""
    same = rows.filter(kind=report.kind, language=report.language, document__isnull=False)  # type: ignore[attr-defined]
    others = same.exclude(pk=report.pk).select_related("document", order.rpartition("__")[0]).order_by(order, "pk")
    return [(row, row.document) for row in others if row.document is not None]


# -- verifications of maturity ---------------------------------------------------------------------------------------


def _verification_entry(report: VerificationReport) -> Entry:
    verification = report.verification
    return Entry(
        host=verification.host_id,
        subject=f"workflows.verification:{verification.pk}",
        kind=register_kind(VReportKind(report.kind)),
        chain=organisation_chain(verification.self_assessment.organisation_id),
        about=f"verification:{verification.pk}",
    )


def _before(self_assessment_id: int) -> list[int]:
    """The assessments that this one was begun from, over however many others, the nearest first."""
    found: list[int] = []
    rows = SelfAssessment.objects.filter(followed_by=self_assessment_id)
    while (earlier := rows.values_list("pk", flat=True).first()) is not None and earlier not in found:
        found.append(earlier)
        rows = SelfAssessment.objects.filter(followed_by=earlier)
    return found


def _after(self_assessment_id: int) -> list[int]:
    """All that were begun from this one, over however many others."""
    found: list[int] = []
    newest = [self_assessment_id]
    while newest:
        following = SelfAssessment.objects.filter(follows__in=newest).exclude(pk__in=found).order_by("pk")
        newest = list(following.values_list("pk", flat=True))
        found += newest
    return found


def _hold_line(report: VerificationReport) -> SelfAssessment:
    """The first assessment of the line that renewals form."""
    own = report.verification.self_assessment_id
    return SelfAssessment.objects.select_for_update(of=("self",)).get(pk=[own, *_before(own)][-1])


def _verification_others(report: VerificationReport) -> Others:
    """Documents fall with their certificate: only the certificate of a renewal replaces what an earlier one states."""
    own = Certificate.objects.filter(verification=report.verification_id).first()
    if own is None:
        return Others()
    line = report.verification.self_assessment_id
    fell = own.state == CertificateState.REPLACED.value
    return Others(
        replaced=tuple(
            kept
            for row, kept in _certified(report, _before(line), own)
            if row.verification.certificate.state == CertificateState.REPLACED.value
        ),
        replacing=next((kept for _row, kept in _certified(report, _after(line), own) if fell), None),
    )


def _certified(
    report: VerificationReport, line: list[int], own: Certificate
) -> list[tuple[VerificationReport, SignedDocument]]:
    """Documents of the same sort about certified assessments of ``line`` and the same legal entity."""
    rows = VerificationReport.objects.filter(
        verification__self_assessment__in=line, verification__certificate__isnull=False
    ).select_related("verification__certificate")
    found = _kept(rows, report, "verification__decided_at")
    return [
        (row, kept) for row, kept in found if same_entity(row.verification.certificate.legal_entity, own.legal_entity)
    ]


CASE_REPORTS = Series(
    model=CaseReport,
    related=(
        "decision__case__committee__host",
        "decision__case__rulebook",
        "decision__case__instrument",
        "decision__case__applicant",
        "decision__case__lead",
        "decision__application__submitted_by",
        "decision__motion",
        "decision__issued_by",
        "decision__drafted_by",
    ),
    entry=_case_entry,
    compose=composing.compose,
    hold=_hold_case,
    others=_case_others,
)
VERIFICATION_REPORTS = Series(
    model=VerificationReport,
    related=(
        "verification__self_assessment__organisation",
        "verification__self_assessment__assessment__instrument_version",
        "verification__snapshot__by",
        "verification__verified__by",
        "verification__host",
        "verification__scheme",
        "verification__reviewer",
        "verification__recommended_by",
        "verification__decided_by",
    ),
    entry=_verification_entry,
    compose=verification_composing.compose,
    hold=_hold_line,
    others=_verification_others,
)
_SERIES: dict[type[Report], Series[Any]] = {CaseReport: CASE_REPORTS, VerificationReport: VERIFICATION_REPORTS}
