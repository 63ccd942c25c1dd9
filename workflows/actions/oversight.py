"""That an authority read something, kept in the chain of the organisation read; a search in the authority's own."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.conf import settings
from django.db import transaction

from ethicsreview.accounts.models import Organisation, User
from ethicsreview.accounts.queries import offices_of
from ethicsreview.audit.domain import organisation_chain
from ethicsreview.audit.steps import record
from workflows.domain.clock import local_day
from workflows.domain.oversight import DOWNLOADED, READ_CASE, READ_VERIFICATION, SEARCHED, Part
from workflows.models import Case, CaseReport, Verification, VerificationReport

Fact = str | int


@transaction.atomic(durable=True)
def record_reading(
    *,
    subject: str,
    chain: str,
    verb: str,
    part: Part,
    reference: str,
    actor: User,
    office: Organisation,
    now: datetime,
    details: Mapping[str, Fact] | None = None,
) -> None:
    """One event: ``actor``, for the authority ``office``, read this part of ``subject``; call it before it is shown.

    ``reference`` is how the organisation knows what was read; ``details`` say which file, report or round it was.
    """
    record(
        chain=chain,
        at=now,
        actor=actor.pk,
        verb=verb,
        subject=subject,
        authority=office.pk,
        part=part.value,
        reference=reference,
        **(details or {}),
    )


def record_case_reading(
    case: Case,
    *,
    part: Part,
    actor: User,
    office: Organisation,
    now: datetime,
    verb: str = READ_CASE,
    details: Mapping[str, Fact] | None = None,
) -> None:
    """A part of a case was read: its committee's host is told. ``case`` comes with its committee."""
    record_reading(
        subject=f"case:{case.pk}",
        chain=organisation_chain(case.committee.host_id),
        verb=verb,
        part=part,
        reference=str(case.reference),
        actor=actor,
        office=office,
        now=now,
        details=details,
    )


def record_verification_reading(
    row: Verification,
    *,
    part: Part,
    actor: User,
    office: Organisation,
    now: datetime,
    verb: str = READ_VERIFICATION,
    details: Mapping[str, Fact] | None = None,
) -> None:
    """A part of a verification was read: the enterprise is told. ``row`` comes with its self-assessment."""
    record_reading(
        subject=f"verification:{row.pk}",
        chain=organisation_chain(row.self_assessment.organisation_id),
        verb=verb,
        part=part,
        reference=row.reference,
        actor=actor,
        office=office,
        now=now,
        details=details,
    )


def record_report_download(
    report: CaseReport | VerificationReport, *, actor: User, office: Organisation, now: datetime
) -> None:
    """A signed document was handed out; ``report`` comes with its case or verification, and is signed."""
    details: dict[str, Fact] = {"report": report.pk, "kind": report.kind, "language": report.language}
    if isinstance(report, CaseReport):
        case = report.decision.case
        record_case_reading(
            case, part=Part.REPORTS, actor=actor, office=office, now=now, verb=DOWNLOADED, details=details
        )
    else:
        row = report.verification
        record_verification_reading(
            row, part=Part.REPORTS, actor=actor, office=office, now=now, verb=DOWNLOADED, details=details
        )


def record_search(*, about: str, filters: dict[str, str], actor: User, now: datetime) -> list[Organisation]:
    """What a regulator sought in the list of ``about``, word by word, in the chain of each of their authorities.

    Gives those authorities, none for anybody else; call it before anything is shown.
    """
    offices = offices_of(actor, local_day(now, settings.TIME_ZONE))
    if offices:
        _record_search(offices, about=about, filters=filters, actor=actor, now=now)
    return offices


@transaction.atomic(durable=True)
def _record_search(
    offices: Sequence[Organisation], *, about: str, filters: dict[str, str], actor: User, now: datetime
) -> None:
    for office in offices:
        record(
            chain=organisation_chain(office.pk),
            at=now,
            actor=actor.pk,
            verb=SEARCHED,
            subject=f"organisation:{office.pk}",
            authority=office.pk,
            about=about,
            filters=filters,
        )
