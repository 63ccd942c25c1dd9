"""What happens to a certificate after it was issued: looked at, suspended, reinstated, replaced, withdrawn."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import ProgrammingError, transaction

from ethicsreview.audit.models import AuditEvent
from ethicsreview.notices.models import Notice
from tests.verification_scenes import Course, VerificationScene, make_verification_scene
from workflows.actions.certificates import (
    DcmmText,
    hand_in_dcmm,
    judge_dcmm,
    record_surveillance,
    suspend_lapsed,
    withdraw_certificate,
)
from workflows.domain.gapcodes import Gap, GapCode, Refused
from workflows.models import Certificate, CertificateEvent, DcmmRenewal
from workflows.periodic import suspend_certificates
from workflows.queries.verifications import lapsed_certificates

pytestmark = pytest.mark.django_db

G = GapCode
LAPSED = datetime.fromisoformat("2028-05-30T10:00:00+08:00")  # 91 days after the DCMM certificate's last day


@pytest.fixture
def scene(now: datetime) -> VerificationScene:
    return make_verification_scene(now)


@pytest.fixture
def issued(scene: VerificationScene) -> Certificate:
    """Tier 3 on DCMM level 4 by a certificate valid until 2028-02-29."""
    return scene.certificate()


def renewed(level: int = 4, **changes: Any) -> DcmmText:
    values = {
        "level": level,
        "edition": "2025",
        "party": "owner",
        "legal_entity": "Heron Robotics Co., Ltd.",
        "certificate": "DCMM-2028-0007",
        "body": "Harbour Certification",
        "issued": date(2026, 3, 1),
        "expires": date(2031, 2, 28),
    }
    return DcmmText(**values | changes)


def events(row: Certificate) -> list[tuple[str, int | None]]:
    return list(row.events.order_by("pk").values_list("verb", "tier"))


def noted(row: Certificate) -> list[tuple[str, int | None]]:
    found = AuditEvent.objects.filter(subject=f"certificate:{row.pk}").order_by("pk")
    return list(found.values_list("verb", "actor"))


def told(verb: str) -> list[str]:
    return sorted(Notice.objects.filter(verb=verb).values_list("user__name", flat=True))


def gaps_of(act: Any) -> tuple[Gap, ...]:
    with pytest.raises(Refused) as refused:
        act()
    return refused.value.gaps


def state(row: Certificate) -> str:
    row.refresh_from_db()
    return row.state


# -- as issued ---------------------------------------------------------------------------------------------------


def test_certificate_says_what_was_verified(scene: VerificationScene, issued: Certificate) -> None:
    day = scene.after_notice.date()
    assert (issued.number, issued.tier, issued.legal_entity, issued.scope, issued.host, issued.organisation) == (
        "AIC-2026-0001",
        3,
        "Heron Robotics Co., Ltd.",
        "All plants in Shanghai.",
        scene.host,
        scene.enterprise.organisation,
    )
    assert (day, issued.issued_on, issued.expires_on, issued.surveillance_due) == (
        date(2026, 12, 2),
        day,
        date(2029, 12, 1),
        date(2027, 12, 2),
    )
    assert (issued.dcmm_level, issued.dcmm_source, issued.dcmm_expires) == (4, "certificate", date(2028, 2, 29))
    assert (events(issued), noted(issued)) == ([("issued", 3)], [("certificate.issue", scene.decider.pk)])


def test_event_of_a_certificate_is_never_changed(issued: Certificate) -> None:
    with pytest.raises(ProgrammingError, match="never changed"), transaction.atomic():
        CertificateEvent.objects.filter(certificate=issued).update(tier=5)


def test_register_shows_it_from_its_first_to_its_last_day(issued: Certificate) -> None:
    days = [date(2026, 12, 1), date(2026, 12, 2), date(2029, 12, 1), date(2029, 12, 2)]
    assert [Certificate.objects.valid_on(day).count() for day in days] == [0, 1, 1, 0]


# -- surveillance ------------------------------------------------------------------------------------------------


def test_look_that_holds_sets_the_next_and_raises_nothing(scene: VerificationScene, issued: Certificate) -> None:
    year = scene.now + timedelta(days=370)
    record_surveillance(issued.pk, holds=True, reasons="All kept up.", actor=scene.coordinator, now=year)
    assert (state(issued), issued.tier, issued.surveillance_due) == ("valid", 3, date(2028, 11, 29))
    assert events(issued)[1:] == [("surveillance", 3)]
    record_surveillance(issued.pk, holds=True, reasons="Again.", actor=scene.assessor, now=year + timedelta(days=370))
    issued.refresh_from_db()
    assert issued.surveillance_due is None  # the next lies after its last day
    assert noted(issued)[1:] == [
        ("certificate.surveil", scene.coordinator.pk),
        ("certificate.surveil", scene.assessor.pk),
    ]


def test_look_that_does_not_hold_suspends_and_the_next_one_reinstates(
    scene: VerificationScene, issued: Certificate
) -> None:
    year = scene.now + timedelta(days=370)
    record_surveillance(issued.pk, holds=False, reasons="Given up.", actor=scene.coordinator, now=year)
    assert state(issued) == "suspended"
    assert told("certificate_suspended") == ["Lin Lead"]
    record_surveillance(issued.pk, holds=True, reasons="Taken up.", actor=scene.coordinator, now=year)
    assert state(issued) == "valid"
    assert events(issued)[1:] == [
        ("surveillance", None),
        ("suspended", None),
        ("surveillance", 3),
        ("reinstated", 3),
    ]


def test_look_does_not_reinstate_what_its_dcmm_certificate_took(scene: VerificationScene, issued: Certificate) -> None:
    suspend_lapsed(issued.pk, actor=None, now=LAPSED)
    record_surveillance(issued.pk, holds=True, reasons="All kept up.", actor=scene.coordinator, now=LAPSED)
    assert (state(issued), events(issued)[1:]) == ("suspended", [("suspended", 0), ("surveillance", 3)])


def test_certificate_is_looked_at_by_its_body_alone_and_with_reasons(
    scene: VerificationScene, issued: Certificate
) -> None:
    def look(actor: Any, reasons: str = "So.", when: datetime = scene.now) -> Any:
        return lambda: record_surveillance(issued.pk, holds=True, reasons=reasons, actor=actor, now=when)

    for user in (scene.lead, scene.decider, scene.reviewer, scene.spare, scene.panel[0]):
        assert gaps_of(look(user)) == (Gap(G.WRONG_ROLE),)
    assert gaps_of(look(scene.coordinator, " ")) == (Gap(G.REASONS_MISSING),)
    late = scene.now + timedelta(days=365 * 4)
    assert gaps_of(look(scene.coordinator, when=late)) == (Gap(G.CERTIFICATE_EXPIRED),)


# -- the DCMM certificate ----------------------------------------------------------------------------------------


def test_lapsed_dcmm_certificate_suspends_after_its_days_of_grace(
    scene: VerificationScene, issued: Certificate
) -> None:
    last = LAPSED - timedelta(days=1)
    assert (lapsed_certificates(last), suspend_lapsed(issued.pk, actor=None, now=last)) == ([], None)
    assert lapsed_certificates(LAPSED) == [issued.pk]
    assert suspend_lapsed(issued.pk, actor=None, now=LAPSED) is not None
    assert suspend_lapsed(issued.pk, actor=None, now=LAPSED) is None
    assert (state(issued), issued.tier, events(issued)[1:]) == ("suspended", 3, [("suspended", 0)])
    event = AuditEvent.objects.get(subject=f"certificate:{issued.pk}", verb="certificate.lapse")
    assert (event.actor, event.facts) == (None, {"was": "valid", "became": "suspended", "tier": 0})
    assert told("certificate_suspended") == ["Cao Coordinator", "Lin Lead"]


def test_clock_suspends_once_whatever_it_missed(scene: VerificationScene, issued: Certificate) -> None:
    Certificate.objects.filter(pk=issued.pk).update(dcmm_expires=date(2020, 1, 1))
    suspend_certificates()
    suspend_certificates()
    assert (state(issued), events(issued)[1:]) == ("suspended", [("suspended", 0)])


def test_certificate_that_ran_out_is_not_suspended_any_more(issued: Certificate) -> None:
    late = LAPSED + timedelta(days=600)  # after its own last day
    assert (lapsed_certificates(late), suspend_lapsed(issued.pk, actor=None, now=late)) == ([], None)


def test_tier_on_a_finding_does_not_lapse(scene: VerificationScene, issued: Certificate) -> None:
    Certificate.objects.filter(pk=issued.pk).update(dcmm_expires=None, dcmm_source="finding")
    assert suspend_lapsed(issued.pk, actor=None, now=LAPSED) is None


def test_renewed_dcmm_certificate_reinstates(scene: VerificationScene, issued: Certificate) -> None:
    suspend_lapsed(issued.pk, actor=None, now=LAPSED)
    renewal = hand_in_dcmm(issued.pk, renewed(), actor=scene.enterprise.colleague, now=LAPSED)
    assert (state(issued), told("dcmm_handed_in")) == ("suspended", ["Cao Coordinator"])
    judge_dcmm(renewal.pk, accepted=True, reasons="Checked.", actor=scene.coordinator, now=LAPSED)
    assert (state(issued), issued.dcmm_level, issued.dcmm_expires) == ("valid", 4, date(2031, 2, 28))
    assert events(issued)[2:] == [("dcmm_renewed", 3), ("reinstated", 3)]
    assert noted(issued)[2:] == [
        ("certificate.hand_in_dcmm", scene.enterprise.colleague.pk),
        ("certificate.judge_dcmm", scene.coordinator.pk),
    ]


def test_renewal_in_time_leaves_the_certificate_valid(scene: VerificationScene, issued: Certificate) -> None:
    renewal = hand_in_dcmm(issued.pk, renewed(5), actor=scene.lead, now=scene.after_notice)
    judge_dcmm(renewal.pk, accepted=True, reasons="Checked.", actor=scene.assessor, now=scene.after_notice)
    assert (state(issued), issued.tier, events(issued)[1:]) == ("valid", 3, [("dcmm_renewed", 3)])
    assert suspend_lapsed(issued.pk, actor=None, now=LAPSED) is None


@pytest.mark.parametrize("lapsed", [True, False])
def test_lower_level_leaves_it_suspended_with_the_tier_that_is_left(
    scene: VerificationScene, issued: Certificate, *, lapsed: bool
) -> None:
    if lapsed:
        suspend_lapsed(issued.pk, actor=None, now=LAPSED)
    renewal = hand_in_dcmm(issued.pk, renewed(3), actor=scene.lead, now=LAPSED)
    judge_dcmm(renewal.pk, accepted=True, reasons="Checked.", actor=scene.coordinator, now=LAPSED)
    assert (state(issued), issued.tier, issued.dcmm_level) == ("suspended", 3, 3)
    assert events(issued)[1:] == (
        [("suspended", 0), ("dcmm_renewed", 2)] if lapsed else [("dcmm_renewed", 2), ("suspended", 2)]
    )
    again = hand_in_dcmm(issued.pk, renewed(4), actor=scene.lead, now=LAPSED)
    judge_dcmm(again.pk, accepted=True, reasons="Checked.", actor=scene.coordinator, now=LAPSED)
    assert (state(issued), events(issued)[-1]) == ("valid", ("reinstated", 3))


def test_renewal_does_not_undo_what_a_yearly_look_took(scene: VerificationScene, issued: Certificate) -> None:
    record_surveillance(issued.pk, holds=False, reasons="Given up.", actor=scene.coordinator, now=scene.now)
    renewal = hand_in_dcmm(issued.pk, renewed(), actor=scene.lead, now=scene.now)
    judge_dcmm(renewal.pk, accepted=True, reasons="Checked.", actor=scene.coordinator, now=scene.now)
    assert state(issued) == "suspended"


def test_look_that_fails_while_it_is_suspended_outlasts_the_renewal(
    scene: VerificationScene, issued: Certificate
) -> None:
    suspend_lapsed(issued.pk, actor=None, now=LAPSED)
    record_surveillance(issued.pk, holds=False, reasons="Given up.", actor=scene.coordinator, now=LAPSED)
    renewal = hand_in_dcmm(issued.pk, renewed(), actor=scene.lead, now=LAPSED)
    judge_dcmm(renewal.pk, accepted=True, reasons="Checked.", actor=scene.coordinator, now=LAPSED)
    assert state(issued) == "suspended"
    record_surveillance(issued.pk, holds=True, reasons="Taken up.", actor=scene.coordinator, now=LAPSED)
    assert state(issued) == "valid"


def test_renewal_that_is_not_taken_changes_nothing_and_another_may_follow(
    scene: VerificationScene, issued: Certificate
) -> None:
    renewal = hand_in_dcmm(issued.pk, renewed(), actor=scene.lead, now=scene.now)

    def hand_in() -> DcmmRenewal:
        return hand_in_dcmm(issued.pk, renewed(), actor=scene.lead, now=scene.now)

    def judge(reasons: str = "Forged.") -> DcmmRenewal:
        return judge_dcmm(renewal.pk, accepted=False, reasons=reasons, actor=scene.coordinator, now=scene.now)

    assert gaps_of(hand_in) == (Gap(G.RENEWAL_OPEN),)
    assert gaps_of(lambda: judge(" ")) == (Gap(G.REASONS_MISSING),)
    judge()
    assert gaps_of(judge) == (Gap(G.RENEWAL_JUDGED),)
    assert (events(issued), hand_in().accepted) == ([("issued", 3)], None)


@pytest.mark.parametrize(
    "changes",
    [
        {"level": 0},
        {"level": 6},
        {"edition": "2014"},
        {"party": "provider"},
        {"legal_entity": "Another Co."},
        {"legal_entity": " "},
        {"certificate": " "},
        {"expires": date(2026, 11, 1)},
        {"issued": date(2027, 1, 1)},
        {"issued": date(2031, 3, 1)},
    ],
)
def test_dcmm_certificate_that_proves_nothing_is_not_taken_in(
    scene: VerificationScene, issued: Certificate, changes: dict[str, Any]
) -> None:
    text = renewed(**changes)
    assert gaps_of(lambda: hand_in_dcmm(issued.pk, text, actor=scene.lead, now=scene.now)) == (
        Gap(G.DCMM_NOT_COUNTING),
    )


# -- the end -----------------------------------------------------------------------------------------------------


def test_certificate_is_withdrawn_for_good_by_who_decides(scene: VerificationScene, issued: Certificate) -> None:
    def withdraw(actor: Any, reasons: str = "Obtained by deceit.") -> Certificate:
        return withdraw_certificate(issued.pk, reasons=reasons, actor=actor, now=scene.now)

    assert gaps_of(lambda: withdraw(scene.coordinator)) == (Gap(G.WRONG_ROLE),)
    assert gaps_of(lambda: withdraw(scene.decider, "")) == (Gap(G.REASONS_MISSING),)
    withdraw(scene.decider)
    assert (state(issued), events(issued)[1:]) == ("withdrawn", [("withdrawn", None)])
    assert gaps_of(lambda: withdraw(scene.decider)) == (Gap(G.WRONG_STATE, "withdrawn"),)
    assert told("certificate_withdrawn") == ["Cao Coordinator", "Lin Lead"]


def test_renewal_replaces_the_earlier_certificate(scene: VerificationScene, issued: Certificate) -> None:
    first = issued.verification.self_assessment
    second = scene.certificate(Course(follows=first))
    third = scene.certificate(Course(follows=second.verification.self_assessment))
    assert [state(row) for row in (issued, second, third)] == ["replaced", "replaced", "valid"]
    assert [row.number for row in (second, third)] == ["AIC-2026-0002", "AIC-2026-0003"]
    assert events(issued)[1:] == [("replaced", None)]
    event = AuditEvent.objects.get(subject=f"certificate:{issued.pk}", verb="certificate.replace")
    assert event.facts == {"successor": second.pk}


def test_certificate_of_another_legal_entity_is_not_replaced(scene: VerificationScene, issued: Certificate) -> None:
    Certificate.objects.filter(pk=issued.pk).update(legal_entity="Heron Logistics Co., Ltd.")
    scene.certificate(Course(follows=issued.verification.self_assessment))
    assert state(issued) == "valid"
