"""A verification from the request to its decision, but for what the team and the panel do."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from assessments.steps import lock_self_assessment, open_assessment
from ethicsreview.accounts.models import Organisation, User
from ethicsreview.notices.domain import DeliveryState, Verb, wait_after
from workflows import tasks
from workflows.domain.clock import add_months, local_day
from workflows.domain.gapcodes import Gap, GapCode, Refused
from workflows.domain.scheme import Scheme
from workflows.domain.verification_requests import REQUEST, request_gaps
from workflows.domain.verification_states import CertificateVerb, VReportKind, VRole, VState
from workflows.domain.verification_table import (
    ACCEPT,
    DECIDE,
    FILE_OBJECTION,
    PASS_COMPLIANCE,
    REJECT_COMPLIANCE,
    REOPEN,
    RETURN,
    SETTLE_OBJECTION,
    WITHDRAW,
)
from workflows.models import Certificate, CertificateEvent, Objection, Verification, VerificationReport
from workflows.queries.rulebooks import latest_scheme, load_scheme
from workflows.queries.verification_folders import VerificationFolder
from workflows.queries.verifications import handed_in, request_facts
from workflows.steps.certificates import replace_earlier
from workflows.steps.verifications import (
    begin_notice,
    coordinators,
    enterprise_people,
    guard,
    lock_verification,
    log,
    log_certificate,
    move,
    next_number,
    send_back,
    team_people,
    tell,
)


@transaction.atomic(durable=True)
def request_verification(self_assessment_id: int, *, host: Organisation, actor: User, now: datetime) -> Verification:
    """The lead of a submitted self-assessment asks a body to verify its newest snapshot.

    The newest published scheme for the instrument is pinned. Refused with what ``queries.request_facts`` shows:
    NOT_SUBMITTED, VERIFICATION_RUNNING, BODY_UNKNOWN, SCHEME_MISSING, ADVISER_ASSESSES, WRONG_ROLE.
    """
    held = lock_self_assessment(self_assessment_id, actor=actor, now=now)
    found = request_gaps(request_facts(held.row, user=actor, now=now, host=host))
    snapshot, edition = handed_in(held.row), latest_scheme(held.instrument.slug)
    if found or snapshot is None or edition is None:
        raise Refused(found or (Gap(GapCode.NOT_SUBMITTED),))
    row = Verification.objects.create(
        self_assessment=held.row,
        snapshot=snapshot,
        host=host,
        scheme=edition,
        reference=_next_reference(load_scheme(edition), now),
        created_at=now,
        changed_at=now,
    )
    folder = VerificationFolder(row, user=actor, now=now)
    ids = {"self_assessment": held.row.pk, "snapshot": snapshot.pk, "host": host.pk, "scheme": edition.pk}
    log(folder, REQUEST, became=row.state, digest=snapshot.digest, reference=row.reference, **ids)
    tell(folder, coordinators(folder), Verb.VERIFICATION_REQUESTED)
    return row


def _next_reference(scheme: Scheme, now: datetime) -> str:
    prefix, year = scheme.verification_prefix, local_day(now, scheme.time_zone).year
    return next_number(prefix, year, Verification.objects.filter(reference__startswith=f"{prefix}-{year}-"))


@transaction.atomic(durable=True)
def accept_verification(verification_id: int, *, actor: User, now: datetime) -> Verification:
    """The coordinator accepts: the team is complete and free of conflicts; its own round of ratings is opened."""
    folder = lock_verification(verification_id, actor=actor, now=now)
    guard(ACCEPT, folder)
    version = folder.verification.self_assessment.assessment.instrument_version
    own_round = open_assessment(instrument_version=version, now=now)
    change = move(folder, ACCEPT.target, round=own_round, accepted_at=now)
    log(folder, ACCEPT.verb, **change, team=sorted(place.user_id for place in folder.team), round=own_round.pk)
    tell(folder, [*enterprise_people(folder), *team_people(folder)], Verb.VERIFICATION_ACCEPTED)
    return folder.verification


@transaction.atomic(durable=True)
def return_verification(verification_id: int, *, reasons: str, actor: User, now: datetime) -> Verification:
    """The coordinator does not accept, with reasons; the enterprise may ask again."""
    folder = lock_verification(verification_id, actor=actor, now=now)
    guard(RETURN, folder, reasons=bool(reasons.strip()))
    change = move(folder, RETURN.target, closing_reasons=reasons.strip())
    log(folder, RETURN.verb, **change)
    tell(folder, enterprise_people(folder), Verb.VERIFICATION_RETURNED)
    return folder.verification


@transaction.atomic(durable=True)
def withdraw_verification(verification_id: int, *, reasons: str, actor: User, now: datetime) -> Verification:
    """The lead of the self-assessment takes it back, with reasons."""
    folder = lock_verification(verification_id, actor=actor, now=now)
    guard(WITHDRAW, folder, reasons=bool(reasons.strip()))
    change = move(folder, WITHDRAW.target, closing_reasons=reasons.strip())
    log(folder, WITHDRAW.verb, **change)
    tell(folder, [*coordinators(folder), *team_people(folder)], Verb.VERIFICATION_WITHDRAWN)
    return folder.verification


@transaction.atomic(durable=True)
def pass_compliance(verification_id: int, *, note: str, actor: User, now: datetime) -> Verification:
    """The reviewer finds the procedure in order: on to the panel, or to the public notice below its tiers."""
    folder = lock_verification(verification_id, actor=actor, now=now)
    guard(PASS_COMPLIANCE, folder, reasons=bool(note.strip()))
    given = {"compliance_note": note.strip(), "compliance_at": now}
    change = move(folder, VState.PANEL, **given) if folder.panel_votes else begin_notice(folder, **given)
    log(folder, PASS_COMPLIANCE.verb, **change)
    tell(folder, coordinators(folder), Verb.COMPLIANCE_PASSED)
    return folder.verification


@transaction.atomic(durable=True)
def reject_compliance(verification_id: int, *, reasons: str, actor: User, now: datetime) -> Verification:
    """The reviewer sends the recommendation back to the team, with reasons."""
    folder = lock_verification(verification_id, actor=actor, now=now)
    guard(REJECT_COMPLIANCE, folder, reasons=bool(reasons.strip()))
    change = send_back(folder, VState.RECOMMENDING, reasons.strip())
    log(folder, REJECT_COMPLIANCE.verb, **change)
    tell(folder, [*team_people(folder), *coordinators(folder)], Verb.RECOMMENDATION_RETURNED)
    return folder.verification


@transaction.atomic(durable=True)
def file_objection(
    verification_id: int, *, name: str, contact: str, text: str, language: str = "en", now: datetime
) -> Objection:
    """Anybody objects to a recommendation while its public notice runs.

    ``contact`` is the mail address the answer goes to, in ``language``; the event names neither person nor address.
    """
    folder = lock_verification(verification_id, actor=None, now=now)
    complete = bool(name.strip() and contact.strip() and text.strip())
    guard(FILE_OBJECTION, folder, roles=frozenset({VRole.PUBLIC}), reasons=complete)
    objection = Objection.objects.create(
        verification=folder.verification,
        name=name.strip(),
        contact=contact.strip(),
        text=text.strip(),
        language=language,
        at=now,
    )
    log(folder, FILE_OBJECTION.verb, objection=objection.pk)
    tell(folder, coordinators(folder), Verb.OBJECTION_FILED)
    return objection


@transaction.atomic(durable=True)
def settle_objection(objection_id: int, *, upheld: bool, answer: str, actor: User, now: datetime) -> Objection:
    """The coordinator answers an objection, once, and the answer is mailed to whoever made it.

    One that is upheld keeps a certificate from being decided.
    """
    verification_id = Objection.objects.values_list("verification_id", flat=True).get(pk=objection_id)
    folder = lock_verification(verification_id, actor=actor, now=now)
    guard(SETTLE_OBJECTION, folder, reasons=bool(answer.strip()))
    objection = Objection.objects.get(pk=objection_id)
    if objection.upheld is not None:
        raise Refused((Gap(GapCode.STALE),))
    objection.upheld, objection.answer = upheld, answer.strip()
    objection.settled_by, objection.settled_at = actor, now
    objection.answer_mail, objection.next_mail_at = DeliveryState.QUEUED.value, now + wait_after(0)
    objection.save()
    # robust: with the broker away the answer stands, and the beat job mails it later
    transaction.on_commit(lambda: _mail_answer(objection_id), robust=True)
    log(folder, SETTLE_OBJECTION.verb, objection=objection.pk, upheld=upheld)
    return objection


def _mail_answer(objection_id: int) -> None:
    tasks.mail_answer.delay(objection_id=objection_id)


@transaction.atomic(durable=True)
def reopen_verification(verification_id: int, *, reasons: str, actor: User, now: datetime) -> Verification:
    """After an upheld objection the coordinator sends the recommendation back to the team, with reasons."""
    folder = lock_verification(verification_id, actor=actor, now=now)
    guard(REOPEN, folder, reasons=bool(reasons.strip()))
    change = send_back(folder, VState.RECOMMENDING, reasons.strip())
    log(folder, REOPEN.verb, **change)
    tell(folder, [*team_people(folder), *coordinators(folder)], Verb.RECOMMENDATION_RETURNED)
    return folder.verification


@transaction.atomic(durable=True)
def decide_verification(
    verification_id: int, *, certify: bool, reasons: str, actor: User, now: datetime
) -> Verification:
    """The decider issues the certificate of the recommended tier, or refuses with reasons.

    After the notice, with every objection settled. Tier 0 can only be refused. Report and certificate are queued in
    every language.
    """
    folder = lock_verification(verification_id, actor=actor, now=now)
    facts = guard(DECIDE, folder, refusing=not certify, reasons=bool(reasons.strip()))
    change = move(
        folder,
        VState.CERTIFIED if certify else VState.REFUSED,
        decided_by=actor,
        decided_at=now,
        closing_reasons=reasons.strip(),
    )
    certificate = _certify(folder, facts.tier or 0) if certify else None
    issued = {"certificate": certificate.pk} if certificate else {}
    log(folder, DECIDE.verb, **change, tier=facts.tier, **issued)
    if certificate:
        log_certificate(certificate, "certificate.issue", actor=actor, now=now, number=certificate.number)
        replace_earlier(certificate, actor=actor, now=now)
    _queue_reports(folder, with_certificate=certify)
    told = [*enterprise_people(folder), *coordinators(folder), *team_people(folder)]
    tell(folder, told, Verb.VERIFICATION_DECIDED)
    return folder.verification


def _certify(folder: VerificationFolder, tier: int) -> Certificate:
    row, scheme, day = folder.verification, folder.scheme, folder.day
    prefix = f"{scheme.certificate_prefix}-{day.year}-"
    proved, claim = folder.round.proof, folder.round.claim
    by = folder.round.proved_by
    certificate = Certificate.objects.create(
        verification=row,
        organisation=row.self_assessment.organisation,
        host=row.host,
        number=next_number(scheme.certificate_prefix, day.year, Certificate.objects.filter(number__startswith=prefix)),
        legal_entity=row.self_assessment.legal_entity,
        scope=row.self_assessment.scope,
        tier=tier,
        issued_on=day,
        expires_on=add_months(day, scheme.validity_months.value) - timedelta(days=1),
        surveillance_due=add_months(day, scheme.surveillance_months.value),
        dcmm_level=proved.level if proved else None,
        dcmm_source=by.value if by else "",
        dcmm_expires=claim.expires if claim and by and by.value == claim.source else None,
        changed_at=folder.now,
    )
    CertificateEvent.objects.create(
        certificate=certificate,
        verb=CertificateVerb.ISSUED.value,
        tier=certificate.tier,
        by=folder.user,
        at=folder.now,
    )
    return certificate


def _queue_reports(folder: VerificationFolder, *, with_certificate: bool) -> None:
    kinds = list(VReportKind) if with_certificate else [VReportKind.REPORT]
    reports = VerificationReport.objects.bulk_create(
        VerificationReport(
            verification=folder.verification,
            kind=kind.value,
            language=language,
            queued_at=folder.now,
            progressed_at=folder.now,
        )
        for kind in kinds
        for language, _name in settings.LANGUAGES
    )
    ids = [report.pk for report in reports]
    # robust: with the broker away the decision stands, and the beat job makes the documents later
    transaction.on_commit(lambda: _hand_over(ids), robust=True)


def _hand_over(report_ids: list[int]) -> None:
    for report_id in report_ids:
        tasks.issue_verification_report.delay(report_id=report_id)
