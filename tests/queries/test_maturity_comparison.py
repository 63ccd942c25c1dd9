"""Own results over time, peers without names, and what a workbook is measured against."""

from copy import deepcopy
from datetime import datetime, timedelta
from fractions import Fraction

import pytest
from pytest_django import DjangoAssertNumQueries

from assessments.actions.answering import answer_criterion
from assessments.actions.starting import start_self_assessment
from assessments.actions.submitting import submit_self_assessment
from assessments.domain.digests import content_digest
from assessments.domain.enterprises import Size
from assessments.domain.merging import Content
from assessments.models import InstrumentVersion, SelfAssessment
from assessments.queries import load_staged
from assessments.queries.comparison import Profile, own_results, peer_profiles
from assessments.queries.planning import PlanFolder, possible_owners
from assessments.queries.workbooks import contents_after, saved_answers, standing_contents
from ethicsreview.accounts.domain import MemberRole
from tests.editions import content_of
from tests.factories import make_person
from tests.maturity_scenes import (
    fill,
    folder_of,
    levels_of,
    make_enterprise,
    make_self_assessment,
    make_submitted,
    outline,
    publish_staged,
)

pytestmark = pytest.mark.django_db


def profiles(row: SelfAssessment) -> list[Profile]:
    return peer_profiles(row, load_staged(row.assessment.instrument_version))


def second_version(now: datetime) -> InstrumentVersion:
    """The same instrument published once more, with another text."""
    content = deepcopy(content_of("instruments/aim-dcmm.v1.yaml")) | {"version": 2}
    return InstrumentVersion.objects.create(
        slug=content["slug"], version=2, digest=content_digest(content), content=content, published_at=now
    )


def test_own_results_are_the_latest_of_each_assessment_in_time(
    now: datetime, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    who = make_enterprise()
    first = make_submitted(who, 2, now=now - timedelta(days=300)).self_assessment
    other = start_self_assessment(who.organisation, second_version(now), outline(), actor=who.lead, now=now)
    fill(other, 3, now=now)
    submit_self_assessment(other.pk, actor=who.lead, now=now)
    make_self_assessment(who, now=now)  # not handed in
    make_submitted(make_enterprise("Other", "其他"), 1, now=now)
    make_submitted(who, 1, instrument="dcmm-2018", now=now)
    with django_assert_num_queries(1):
        found = own_results(first)
    assert [(past.reference, past.version, past.tier, past.index) for past in found] == [
        (first.reference, 1, 2, Fraction(2)),
        (other.reference, 2, 3, Fraction(3)),
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_peers_take_one_query_and_count_each_other_organisation_once(
    now: datetime, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    who = make_enterprise()
    row = make_submitted(who, 3, now=now).self_assessment
    for number in range(count):
        peer = make_enterprise(f"Peer {number}", f"同行{number}")
        make_submitted(peer, 1, now=now - timedelta(days=9))
        make_submitted(peer, 2, now=now)
    with django_assert_num_queries(1):
        found = profiles(row)
    assert found == [Profile(Fraction(2), {f"D{number}": Fraction(2) for number in range(1, 9)})] * count


@pytest.mark.parametrize(
    "unlike",
    [{"sector": "finance"}, {"size": Size.SMALL}, {"instrument": "dcmm-2018"}],
)
def test_who_differs_is_no_peer(now: datetime, unlike: dict[str, object]) -> None:
    row = make_submitted(make_enterprise(), 3, now=now).self_assessment
    make_submitted(make_enterprise("Peer", "同行"), 1, now=now, **unlike)
    assert profiles(row) == []


def test_another_version_is_no_peer(now: datetime) -> None:
    row = make_submitted(make_enterprise(), 3, now=now).self_assessment
    peer = make_enterprise("Peer", "同行")
    other = start_self_assessment(peer.organisation, second_version(now), outline(), actor=peer.lead, now=now)
    fill(other, 3, now=now)
    submit_self_assessment(other.pk, actor=peer.lead, now=now)
    assert profiles(row) == []


def test_without_a_sector_there_are_no_peers(now: datetime) -> None:
    row = make_submitted(make_enterprise(), 3, now=now, sector="").self_assessment
    make_submitted(make_enterprise("Peer", "同行"), 3, now=now, sector="")
    assert profiles(row) == []


def test_peers_stand_in_the_order_of_their_values(now: datetime) -> None:
    row = make_submitted(make_enterprise(), 3, now=now).self_assessment
    for level in (3, 1, 2):
        make_submitted(make_enterprise(f"Peer {level}", f"同行{level}"), level, now=now)
    assert [peer.index for peer in profiles(row)] == [1, 2, 3]


def test_plan_starts_from_all_levels_whatever_the_target(now: datetime) -> None:
    row = make_self_assessment(make_enterprise(), now=now, target=2)
    fill(row, levels_of(load_staged(row.assessment.instrument_version), 2), now=now)
    start = PlanFolder(folder_of(row, now=now))
    assert (start.verdict.tier, start.tiers(), start.dcmm) == (2, [3, 4, 5], 4)
    assert start.proposal(4).dcmm_needed is None
    assert start.proposal(5).dcmm_needed == 5


def test_owners_are_people_with_the_enterprise_role_today(now: datetime) -> None:
    who = make_enterprise()
    make_person(role=MemberRole.APPLICANT, organisation=who.organisation, name="An Applicant")
    who.reader.memberships.update(ends=(now - timedelta(days=2)).date())
    found = possible_owners(who.organisation.pk, now.date())
    assert [user.name for user in found] == ["Hu Helper", "Lin Lead"]


def test_what_stood_at_a_download_is_known_by_the_number_of_answers(now: datetime) -> None:
    row = make_self_assessment(make_enterprise(), now=now)
    for criterion, step, reason in (("1.1.1", "F", " One.\r\nTwo. "), ("1.1.2", "P", ""), ("1.1.1", "L", "Later.")):
        seen = folder_of(row, now=now).answers.get(criterion)
        answer_criterion(
            row.pk, criterion, step=step, reason=reason, seen=seen.pk if seen else None, actor=row.lead, now=now
        )
    assert saved_answers(row.assessment_id) == 3
    assert contents_after(row.assessment_id, 2) == {"1.1.1": Content("F", False, "One.\nTwo."), "1.1.2": Content("P")}
    assert contents_after(row.assessment_id, None) == {}
    assert standing_contents(folder_of(row, now=now).answers) == contents_after(row.assessment_id, 3)
    assert publish_staged(now=now).pk == row.assessment.instrument_version_id
