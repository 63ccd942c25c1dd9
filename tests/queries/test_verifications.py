"""Reads across verifications and certificates: who sees which, pages that stay as quick, what the public sees."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser

from assessments.models import SelfAssessment
from ethicsreview.accounts.domain import MemberRole, OrganisationKind
from ethicsreview.accounts.models import Membership, User
from tests.authorities import COVERING, make_regulator, regulators_around
from tests.documents import sign
from tests.factories import make_membership, make_organisation, make_person
from tests.maturity_scenes import make_enterprise
from tests.verification_scenes import HIGH, Course, VerificationScene, make_verification_scene
from workflows.actions.certificates import withdraw_certificate
from workflows.domain.verification_states import VState
from workflows.models import Certificate, CertificateEvent, Recusal, Verification, VerificationReport
from workflows.queries.verifications import (
    PAGE,
    Filters,
    RegisterFilters,
    bodies,
    candidates,
    notices_running,
    of_person,
    register_page,
    request_facts,
    valid_certificate,
    verification_page,
    workload,
)

pytestmark = pytest.mark.django_db

S = VState


@pytest.fixture
def scene(now: datetime) -> VerificationScene:
    return make_verification_scene(now)


def copies(row: Verification, number: int) -> None:
    """More verifications of other snapshots, each changed a minute later."""
    snapshot = row.snapshot
    for place in range(number):
        snapshot.pk, snapshot.number = None, 100 + place
        snapshot.save(force_insert=True)
        row.pk, row.snapshot, row.reference, row.round = None, snapshot, f"AIV-2026-{1000 + place}", None
        row.changed_at += timedelta(minutes=1)
        row.save(force_insert=True)


# -- who reads ---------------------------------------------------------------------------------------------------


def test_verification_is_read_by_its_enterprise_its_desk_and_those_with_a_part(
    scene: VerificationScene, stranger: User, operator: User, now: datetime
) -> None:
    row = scene.verification_in(S.DOCUMENTS)
    day = now.date()

    def sees(user: Any) -> bool:
        return Verification.objects.visible_to(user, day).filter(pk=row.pk).exists()

    readers = {
        "lead": scene.lead,
        "colleague": scene.enterprise.colleague,
        "reader": scene.enterprise.reader,
        "coordinator": scene.coordinator,
        "decider": scene.decider,
        "leading": scene.lead_assessor,
        "assessor": scene.assessor,
        "reviewer": scene.reviewer,
    }
    assert {name: sees(user) for name, user in readers.items()} == dict.fromkeys(readers, True)
    others = [scene.spare, scene.panel[0], stranger, operator, AnonymousUser()]
    others += [make_enterprise("Other Works", "别家").lead]
    others += [make_person(role=MemberRole.APPLICANT, organisation=scene.enterprise.organisation)]
    assert [sees(user) for user in others] == [False] * len(others)
    Membership.objects.filter(user=scene.assessor).update(ends=day - timedelta(days=1))
    assert sees(scene.assessor) is False


@pytest.mark.parametrize("state", [state for state in S if state is not S.PANEL])
def test_what_a_regulator_reads_of_a_verification(scene: VerificationScene, now: datetime, state: VState) -> None:
    row = scene.verification_in(state, Course(certify=state is not S.REFUSED))
    day = now.date()
    for report in VerificationReport.objects.filter(verification=row):
        sign(report, scene.host)
    begun = {S.ENTRY: 0, S.RETURNED: 0}.get(state, 1)
    counted = {S.CERTIFIED: [begun, 4, 1], S.REFUSED: [begun, 2, 0]}.get(state, [begun, 0, 0])
    for name, user in regulators_around(scene.enterprise.organisation).items():
        rows = (Verification, VerificationReport, CertificateEvent)
        assert [kind.objects.visible_to(user, day).count() for kind in rows] == (
            counted if name in COVERING else [0, 0, 0]
        ), name
        assert [kind.objects.party_to(user, day).count() for kind in rows[:2]] == [0, 0]
        assert SelfAssessment.objects.visible_to(user, day).count() == 0


def test_regulator_recused_or_of_the_enterprise_is_none(scene: VerificationScene, now: datetime) -> None:
    row, day = scene.verification_in(S.DOCUMENTS), now.date()
    recused, inside, coordinating = make_regulator(), make_regulator(), make_regulator()
    Recusal.objects.create(verification=row, user=recused, kind="employment", by=recused, at=now)
    make_membership(role=MemberRole.MANAGER, user=inside, organisation=scene.enterprise.organisation)
    make_membership(role=MemberRole.SECRETARY, user=coordinating, organisation=scene.host)
    people = [recused, inside, coordinating]
    assert [Verification.objects.supervised_by(user, day).count() for user in people] == [0, 0, 1]
    assert [Verification.objects.visible_to(user, day).count() for user in people] == [0, 0, 1]


def test_panellist_reads_it_once_seated(scene: VerificationScene, now: datetime) -> None:
    row = scene.verification_in(S.PANEL, HIGH)
    before = list(of_person(scene.panel[0], now.date()))
    scene.seat(row)
    assert (before, list(of_person(scene.panel[0], now.date()))) == ([], [row])


# -- lists -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [0, 40])
def test_page_of_verifications_costs_two_queries(
    scene: VerificationScene, now: datetime, django_assert_num_queries: Callable[[int], Any], number: int
) -> None:
    copies(scene.verification_in(S.DOCUMENTS), number)
    with django_assert_num_queries(2):
        page = verification_page(scene.coordinator, now.date(), Filters())
        assert [row.self_assessment.legal_entity for row in page.rows] == ["Heron Robotics Co., Ltd."] * min(
            number + 1, PAGE
        )
    assert (page.total, page.counts) == (number + 1, {S.DOCUMENTS: number + 1})


def test_pages_follow_one_another_and_lead_back(scene: VerificationScene, now: datetime) -> None:
    copies(scene.verification_in(S.DOCUMENTS), 2 * PAGE + 3)
    day, seen, mark, pages = now.date(), [], "", []
    while True:
        page = verification_page(scene.coordinator, day, Filters(), older=mark)
        pages.append(page)
        seen += [row.pk for row in page.rows]
        mark = page.older
        if not mark:
            break
    assert (len(seen), len(set(seen)), [len(page.rows) for page in pages]) == (54, 54, [PAGE, PAGE, 4])
    back = verification_page(scene.coordinator, day, Filters(), newer=pages[2].newer)
    assert [row.pk for row in back.rows] == [row.pk for row in pages[1].rows]
    first = verification_page(scene.coordinator, day, Filters(), newer=back.newer)
    assert ([row.pk for row in first.rows], first.newer) == ([row.pk for row in pages[0].rows], "")
    odd = verification_page(scene.coordinator, day, Filters(), older="2026-01-01~x", newer="nonsense")
    assert [row.pk for row in odd.rows] == [row.pk for row in pages[0].rows]


def test_filters_narrow_the_list(scene: VerificationScene, now: datetime) -> None:
    entry, closed = scene.verification_in(S.ENTRY), scene.verification_in(S.RETURNED)
    day = now.date()

    def found(user: User = scene.coordinator, **given: Any) -> set[int]:
        return {row.pk for row in verification_page(user, day, Filters(**given)).rows}

    assert found() == {entry.pk, closed.pk}
    assert found(state="returned") == {closed.pk}
    assert found(open=True) == {entry.pk}
    assert found(text=entry.reference.lower()) == {entry.pk}
    assert found(text="heron") == {entry.pk, closed.pk}
    assert found(text="0%_") == set()
    assert (found(mine=True), found(scene.assessor, mine=True)) == (set(), {entry.pk})
    assert found(state="no such state") == set()


@pytest.mark.parametrize("state", [S.ENTRY, S.RECOMMENDING, S.NOTICE])
def test_folder_s_facts_cost_the_same_whoever_reads(
    scene: VerificationScene, now: datetime, django_assert_num_queries: Callable[[int], Any], state: VState
) -> None:
    row = scene.verification_in(state)
    expected = {S.ENTRY: 15, S.RECOMMENDING: 16, S.NOTICE: 16}[state]
    for user in (scene.coordinator, scene.assessor):
        with django_assert_num_queries(expected):
            assert scene.folder(row, user).facts.state is state


# -- bodies and people -------------------------------------------------------------------------------------------


def test_body_takes_verifications_with_an_assessor_and_a_secretary(scene: VerificationScene, now: datetime) -> None:
    half = make_organisation(kind=OrganisationKind.SERVICE_CENTRE, name="Half a Centre")
    make_person(role=MemberRole.ASSESSOR, organisation=half)
    assert list(bodies(now.date())) == [scene.host]
    make_person(role=MemberRole.SECRETARY, organisation=half)
    assert list(bodies(now.date())) == [half, scene.host]
    assert list(bodies(now.date() - timedelta(days=400))) == []


def test_request_facts_are_the_lead_s(scene: VerificationScene, now: datetime) -> None:
    scene.hand_in(Course(adviser="harbour  verification"))
    row = SelfAssessment.objects.get()
    own = request_facts(row, user=scene.lead, now=now)
    assert (own.leads, own.submitted, own.running, own.has_scheme, own.offered, own.advised) == (
        True,
        True,
        False,
        True,
        True,
        False,
    )
    assert request_facts(row, user=scene.lead, now=now, host=scene.host).advised is True
    assert request_facts(row, user=scene.enterprise.colleague, now=now).leads is False


def test_candidates_have_no_conflict_and_workload_counts_open_work(scene: VerificationScene, now: datetime) -> None:
    row = scene.verification_in(S.DOCUMENTS)
    scene.verification_in(S.RETURNED)
    make_person(role=MemberRole.ASSESSOR, organisation=scene.host, name="Zhu Insider")
    insider = User.objects.get(name="Zhu Insider")
    Membership.objects.create(
        user=insider, organisation=scene.enterprise.organisation, role="manager", starts=now.date()
    )
    names = [user.name for user in candidates(scene.folder(row))]
    experts = ["Pan Five", "Pan Four", "Pan One", "Pan Three", "Pan Two"]
    assert names == ["An Assessor", "Liang Leading", *experts, "Ren Reviewer", "Sun Spare"]
    assert workload(scene.host.pk) == {scene.lead_assessor.pk: 1, scene.assessor.pk: 1}


# -- the public's side -------------------------------------------------------------------------------------------


def test_register_shows_valid_certificates_and_is_searched(
    scene: VerificationScene, django_assert_num_queries: Callable[[int], Any]
) -> None:
    row, other = scene.certificate(), scene.certificate(Course(claimed=2, found=2, finding=""))
    Certificate.objects.filter(pk=other.pk).update(legal_entity="Crane Textiles Ltd.", scope="One mill.")
    day = row.issued_on
    with django_assert_num_queries(2):
        page = register_page(day, RegisterFilters())
        assert [(one.number, one.host.name) for one in page.rows] == [
            ("AIC-2026-0002", "Harbour Verification"),
            ("AIC-2026-0001", "Harbour Verification"),
        ]
    assert (page.total, page.tiers, page.older, page.newer) == (2, {2: 1, 3: 1}, "", "")

    def found(**given: Any) -> list[str]:
        return [one.number for one in register_page(day, RegisterFilters(**given)).rows]

    assert found(text="crane") == ["AIC-2026-0002"]
    assert found(text="mill") == ["AIC-2026-0002"]
    assert found(text="aic-2026-0001") == ["AIC-2026-0001"]
    assert (found(tier=3), found(tier=5), found(text="%")) == (["AIC-2026-0001"], [], [])
    assert valid_certificate("AIC-2026-0001", day) == row
    withdraw_certificate(row.pk, reasons="Deceit.", actor=scene.decider, now=scene.after_notice)
    assert (found(), valid_certificate("AIC-2026-0001", day)) == (["AIC-2026-0002"], None)


def test_notices_run_to_the_end_of_their_last_day(scene: VerificationScene, now: datetime) -> None:
    row = scene.verification_in(S.NOTICE)
    scene.verification_in(S.NOTICE, Course(claimed=1, found=0, finding=""))  # nothing was reached, nothing is shown
    moments = [now - timedelta(days=1), now, now + timedelta(days=7), now + timedelta(days=8)]
    assert [notices_running(moment) for moment in moments] == [[], [row], [row], []]
