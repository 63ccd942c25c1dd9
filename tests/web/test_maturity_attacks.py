"""What somebody who meant harm, or two at once, once got out of the maturity half."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from assessments.domain.claims import ClaimSource
from assessments.models import DcmmClaim, EvidenceLink, Snapshot
from assessments.queries.comparison import own_results
from assessments.queries.snapshots import standing_claim
from ethicsreview.accounts.models import User
from tests.driven import this_moment
from tests.maturity_scenes import folder_of
from tests.verification_scenes import Course, VerificationScene, make_verification_scene
from workflows.actions import verification_correction, verifications
from workflows.domain.gapcodes import GapCode
from workflows.domain.verification_requests import request_gaps
from workflows.domain.verification_states import VState
from workflows.models import Verification
from workflows.queries.verifications import handed_in, request_facts

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> None:
    """A place for files that is thrown away."""
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def scene() -> VerificationScene:
    """Everything happened an hour before the pages read the clock."""
    return make_verification_scene(this_moment() - timedelta(hours=1))


def sign_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def recommended_twice(scene: VerificationScene) -> Verification:
    """The reviewer sends the first recommendation back, and the team recommends anew."""
    row = scene.verification_in(VState.COMPLIANCE)
    verifications.reject_compliance(row.pk, reasons="A reason is missing.", actor=scene.reviewer, now=scene.now)
    scene.recommend(row)
    row.refresh_from_db()
    return row


def test_a_number_with_a_slash_is_an_unknown_number(client: Client) -> None:
    codes = [
        client.get(reverse("workflows:register-number"), {"number": typed}).status_code
        for typed in ("a/b", "../../admin", "/", "AIC-2026-0001/")
    ]
    assert codes == [404, 404, 404, 404]


def test_a_replaced_recommendation_is_not_what_the_enterprise_handed_in(scene: VerificationScene) -> None:
    row = recommended_twice(scene)
    mine, asked = row.self_assessment, request_facts(row.self_assessment, user=scene.lead, now=scene.now)
    taken = Snapshot.objects.filter(self_assessment=mine).count()
    assert (taken, handed_in(mine)) == (3, row.snapshot)
    assert [gap.code for gap in request_gaps(asked)] == [GapCode.VERIFICATION_RUNNING]


def test_what_answers_a_finding_does_not_change_the_result_that_was_handed_in(scene: VerificationScene) -> None:
    row = scene.verification_in(VState.CORRECTION)
    finding = row.findings.get()
    EvidenceLink.objects.filter(criterion=finding.criterion).delete()
    before = folder_of(row.self_assessment, scene.lead, now=scene.now)
    verification_correction.answer_finding(
        row.pk,
        finding.pk,
        text="See there.",
        linked=[piece.pk for piece in before.evidence],
        actor=scene.lead,
        now=scene.now + timedelta(minutes=1),
    )
    after = folder_of(row.self_assessment, scene.lead, now=scene.now)
    assert len(after.evidence_by_criterion[finding.criterion]) == len(before.evidence)
    assert (after.counted, after.result) == (before.counted, before.result)
    assert finding.criterion in after.counted.lacking


def test_a_level_the_team_found_is_no_claim_of_the_enterprise(scene: VerificationScene) -> None:
    row = scene.verification_in(VState.CORRECTION, Course(dcmm=0))
    own = standing_claim(row.self_assessment_id)
    DcmmClaim.objects.create(
        self_assessment=row.self_assessment,
        source=ClaimSource.FINDING.value,
        level=5,
        reason="Seen.",
        by=scene.lead_assessor,
        at=scene.now,
    )
    assert standing_claim(row.self_assessment_id) == own
    assert folder_of(row.self_assessment, scene.lead, now=scene.now).claim == own
    page = sign_in(scene.lead).get(reverse("assessments:list"))
    assert page.status_code == 200


def test_a_recommendation_is_no_result_before_a_certificate_is_issued(scene: VerificationScene) -> None:
    row = scene.verification_in(VState.COMPLIANCE, Course(claimed=3, found=2, finding=""))
    mine = row.self_assessment
    recommended = [past.tier for past in own_results(mine)]
    verifications.reject_compliance(row.pk, reasons="A reason is missing.", actor=scene.reviewer, now=scene.now)
    sent_back = [past.tier for past in own_results(mine)]
    scene.recommend(row)
    scene.pass_compliance(row)
    scene.decide(row)
    row.refresh_from_db()
    assert (row.recommended_tier, recommended, sent_back) == (2, [3], [3])
    assert [past.tier for past in own_results(mine)] == [2]
