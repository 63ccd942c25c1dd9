"""Signed documents of verifications: made in the background, failed with their reason, replaced by a renewal's."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from assessments.models import SelfAssessment
from ethicsreview.accounts.domain import MemberRole
from ethicsreview.accounts.models import User
from ethicsreview.audit.domain import organisation_chain
from ethicsreview.audit.models import AuditEvent
from ethicsreview.documents.authority import issue_demo_key
from ethicsreview.documents.domain import Outcome
from ethicsreview.documents.models import SignedDocument
from ethicsreview.documents.queries import verdict
from tests.factories import make_assessment, make_person
from tests.reports.specimen import ISSUED
from tests.reports.verification_file import Story, queue_reports, verified_file
from tests.verification_scenes import Course, make_verification_scene
from workflows import periodic
from workflows.actions.verification_reports import retry_verification_report
from workflows.domain.gapcodes import GapCode, Refused
from workflows.domain.states import ReportState
from workflows.domain.verification_states import VState
from workflows.models import Certificate, Recusal, Verification, VerificationReport
from workflows.queries.reports import certificate_of, stuck_reports, stuck_verification_reports
from workflows.reporting.issuing import ReportFailed, issue
from workflows.reporting.series import VERIFICATION_REPORTS
from workflows.reporting.verification_gathering import gather

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def keys(settings: Settings, tmp_path: Path) -> Path:
    """A key folder of this test's own, with nothing in it."""
    settings.SIGNING_KEY_DIR = tmp_path / "keys"
    (tmp_path / "keys").mkdir()
    return tmp_path / "keys"


def still(moment: datetime) -> Callable[[], datetime]:
    """A clock that stands."""
    return lambda: moment


def install_key(row: Verification) -> None:
    issue_demo_key(row.host_id, row.host.name, now=ISSUED)


def make(report: VerificationReport, *, at: datetime = ISSUED) -> SignedDocument:
    """The report signed and kept."""
    issue(report.pk, clock=still(at), series=VERIFICATION_REPORTS)
    report.refresh_from_db()
    assert report.document is not None
    return report.document


def report_of(row: Verification, kind: str, language: str = "en") -> VerificationReport:
    return VerificationReport.objects.get(verification=row, kind=kind, language=language)


def coordinator_of(row: Verification) -> User:
    return make_person(role=MemberRole.SECRETARY, organisation=row.host)


# -- issuing ---------------------------------------------------------------------------------------------------------


def test_four_documents_are_signed_and_kept() -> None:
    row = verified_file()
    install_key(row)
    documents = [make(report) for report in queue_reports(row)]
    kept = SignedDocument.objects.order_by("kind", "language")
    assert [(one.kind, one.language, one.title) for one in kept] == [
        ("maturity-certificate", "en", "Maturity certificate"),
        ("maturity-certificate", "zh-hans", "成熟度等级证书"),
        ("maturity-report", "en", "Maturity verification report"),
        ("maturity-report", "zh-hans", "成熟度核验报告"),
    ]
    assert {(one.subject, one.organisation_id) for one in kept} == {(f"workflows.verification:{row.pk}", row.host_id)}
    assert {verdict(bytes(one.content), now=timezone.now()).outcome for one in kept} == {Outcome.GENUINE}
    assert [certificate_of(one) for one in documents] == [None, None, row.certificate, row.certificate]


def test_signing_is_recorded_on_the_enterprises_chain() -> None:
    row = verified_file()
    install_key(row)
    document = make(queue_reports(row)[0])
    event = AuditEvent.objects.get(verb="report.sign")
    assert (event.chain, event.subject, event.actor) == (
        organisation_chain(row.self_assessment.organisation_id),
        f"verification:{row.pk}",
        None,
    )
    assert event.facts == {
        "report": report_of(row, "report").pk,
        "kind": "report",
        "language": "en",
        "sha256": document.sha256,
        "code": document.code,
    }


def test_without_a_key_it_fails_with_the_reason_and_nothing_is_kept() -> None:
    row = verified_file()
    report = queue_reports(row)[0]
    with pytest.raises(ReportFailed, match="cannot_sign: missing"):
        issue(report.pk, clock=still(ISSUED), series=VERIFICATION_REPORTS)
    report.refresh_from_db()
    assert (report.state, report.error, report.attempts) == ("failed", "cannot_sign: missing", 1)
    assert SignedDocument.objects.count() == 0


def test_snapshot_that_was_tampered_with_is_never_signed() -> None:
    row = verified_file()
    install_key(row)
    assert row.verified is not None
    row.verified = row.snapshot.self_assessment.snapshots.create(
        number=3,
        inputs=row.verified.inputs,
        facts=row.verified.facts,
        result={**row.verified.result, "tier": 5},
        tier=5,
        index_numerator=5,
        index_denominator=1,
        digest="0" * 64,
        by=row.verified.by,
        at=row.verified.at,
    )
    row.save()
    report = queue_reports(row)[0]
    with pytest.raises(ReportFailed, match="ValueError: snapshot 3 does not give the result it states"):
        issue(report.pk, clock=still(ISSUED), series=VERIFICATION_REPORTS)
    assert SignedDocument.objects.count() == 0


def test_ids_of_the_two_sorts_of_report_are_not_mixed_up() -> None:
    row = verified_file()
    report = queue_reports(row)[0]
    issue(report.pk, clock=still(ISSUED))
    report.refresh_from_db()
    assert (report.state, report.attempts) == ("queued", 0)


def test_verification_led_by_the_actions_has_its_documents(now: datetime) -> None:
    scene = make_verification_scene(now)
    certificate = scene.certificate(Course(claimed=4, found=4, target=4))
    row = Verification.objects.get(pk=certificate.verification_id)
    install_key(row)
    at = scene.after_notice + timedelta(minutes=1)
    documents = [make(report, at=at) for report in VerificationReport.objects.filter(verification=row)]
    assert (certificate.tier, len(documents)) == (4, 4)
    data = gather(row)
    assert [step.verb for step in data.steps] == [
        "verification.request",
        "verification.accept",
        "onsite.begin",
        "findings.release",
        "correction.close",
        "verification.recommend",
        "compliance.pass",
        "panel.close",
        "verification.decide",
    ]
    assert data.certificate is not None
    assert (data.certificate.number, data.tier, data.ballots[0].carried) == (certificate.number, 4, True)
    assert (len(data.findings), len(data.team), data.claim is not None and data.claim.counted) == (1, 2, 4)


# -- trying again ----------------------------------------------------------------------------------------------------


def test_desk_tries_again_and_it_is_signed_once(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    row = verified_file()
    report, desk = queue_reports(row)[0], coordinator_of(row)
    with pytest.raises(ReportFailed):
        issue(report.pk, clock=still(ISSUED), series=VERIFICATION_REPORTS)
    install_key(row)
    for _ in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            retry_verification_report(report.pk, actor=desk, now=ISSUED + timedelta(minutes=5))
    report.refresh_from_db()
    assert (report.state, report.error, report.attempts) == ("signed", "", 2)
    events = AuditEvent.objects.filter(verb="report.requeue", subject=f"verification:{row.pk}")
    assert [(event.actor, event.facts) for event in events] == [(desk.pk, {"report": report.pk, "attempts": 1})]


@pytest.mark.parametrize("role", [MemberRole.ASSESSOR, MemberRole.MEMBER])
def test_others_of_the_body_do_not_try_again(role: MemberRole) -> None:
    row = verified_file()
    report = queue_reports(row)[0]
    with pytest.raises(Refused) as refused:
        retry_verification_report(report.pk, actor=make_person(role=role, organisation=row.host), now=ISSUED)
    assert [gap.code for gap in refused.value.gaps] == [GapCode.WRONG_ROLE]


def test_enterprise_and_the_recused_do_not_try_again() -> None:
    row = verified_file()
    report, desk = queue_reports(row)[0], coordinator_of(row)
    Recusal.objects.create(verification=row, user=desk, kind="family", by=desk, at=ISSUED)
    for actor in (row.self_assessment.lead, desk):
        with pytest.raises(Refused) as refused:
            retry_verification_report(report.pk, actor=actor, now=ISSUED)
        assert [gap.code for gap in refused.value.gaps] == [GapCode.WRONG_ROLE]


def test_what_has_made_no_progress_for_a_minute_is_queued_again(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    row = verified_file()
    install_key(row)
    stuck, *others = queue_reports(row)
    VerificationReport.objects.update(progressed_at=timezone.now())
    VerificationReport.objects.filter(pk=stuck.pk).update(
        state=ReportState.RENDERING.value, progressed_at=timezone.now() - timedelta(seconds=70)
    )
    assert (stuck_verification_reports(timezone.now()), stuck_reports(timezone.now())) == ([stuck.pk], [])
    with django_capture_on_commit_callbacks(execute=True):
        periodic.requeue_reports()
    stuck.refresh_from_db()
    assert stuck.state == "signed"
    assert stuck_verification_reports(timezone.now()) == []
    assert {VerificationReport.objects.get(pk=one.pk).state for one in others} == {"queued"}
    assert AuditEvent.objects.get(verb="report.requeue").actor is None


# -- renewals --------------------------------------------------------------------------------------------------------


def renewal(*, replaced: bool = True, entity: str = "") -> tuple[Verification, Verification]:
    """A certified verification and the one of the assessment begun from its own, as deciding leaves them."""
    first = verified_file()
    between = follow(first.self_assessment)
    later = verified_file(follows=between)
    later.host, later.decided_at = first.host, ISSUED
    later.save()
    if replaced:
        Certificate.objects.filter(verification=first).update(state="replaced")
    if entity:
        Certificate.objects.filter(verification=first).update(legal_entity=entity)
    for row in (first, later):
        install_key(row)
        queue_reports(row)
    return first, later


def follow(earlier: SelfAssessment) -> SelfAssessment:
    """An assessment begun from an earlier one and never verified."""
    row = SelfAssessment.objects.get(pk=earlier.pk)
    row.pk, row.follows, row.reference = None, earlier, "S-between"
    row.assessment = make_assessment(instrument_version=earlier.assessment.instrument_version)
    row.save(force_insert=True)
    return row


@pytest.mark.parametrize("kind", ["certificate", "report"])
@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_renewal_replaces_the_earlier_document_in_any_order(kind: str, order: tuple[int, int]) -> None:
    rows = renewal()
    made = {place: make(report_of(rows[place], kind)) for place in order}
    earlier, later = (SignedDocument.objects.get(pk=made[place].pk) for place in (0, 1))
    assert (earlier.superseded_by, later.superseded_by) == (later, None)


@pytest.mark.parametrize(("replaced", "entity"), [(False, ""), (True, "Another Ltd")])
def test_certificate_that_was_not_replaced_keeps_its_documents(replaced: bool, entity: str) -> None:
    rows = renewal(replaced=replaced, entity=entity)
    for row in rows:
        make(report_of(row, "certificate"))
    assert set(SignedDocument.objects.values_list("superseded_by", flat=True)) == {None}


def test_other_kind_and_language_are_not_replaced() -> None:
    first, later = renewal()
    for row, kind, language in (
        (first, "certificate", "en"),
        (later, "certificate", "zh-hans"),
        (later, "report", "en"),
    ):
        make(report_of(row, kind, language))
    assert set(SignedDocument.objects.values_list("superseded_by", flat=True)) == {None}


def test_report_of_a_refused_renewal_replaces_nothing() -> None:
    first, _later = renewal()
    refused = verified_file(Story(state=VState.REFUSED), follows=first.self_assessment)
    install_key(refused)
    queue_reports(refused)
    for row in (first, refused):
        make(report_of(row, "report"))
    assert set(SignedDocument.objects.values_list("superseded_by", flat=True)) == {None}
