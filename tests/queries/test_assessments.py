"""Reading instruments and answers costs the same for one row and for many."""

import pytest
from django.contrib.admin.sites import site
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries

from assessments.domain.ratings import Rating, ReviewerRatings
from assessments.models import Answer, AnswerEvidence, Assessment, InstrumentVersion
from assessments.queries import (
    answer_history,
    current_answers,
    latest_instrument,
    load_instrument,
    reviewer_ratings,
)
from ethicsreview.accounts.models import User
from tests.domain.small_instrument import small_content, small_instrument
from tests.factories import make_answer, make_assessment, make_file_version, make_instrument_version


def test_instrument_is_parsed_once_and_read_from_the_row(
    db: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    version = InstrumentVersion.objects.get(pk=make_instrument_version().pk)
    with django_assert_num_queries(0):
        first = load_instrument(version)
    lean = InstrumentVersion.objects.defer("content").get(pk=version.pk)
    with django_assert_num_queries(0):
        again = load_instrument(lean)
    assert (first, again is first) == (small_instrument(), True)


def test_instrument_of_other_content_is_parsed_anew(db: None) -> None:
    first = make_instrument_version()
    second = make_instrument_version(content=small_content() | {"version": 2})
    assert (load_instrument(first).version, load_instrument(second).version) == (1, 2)


def test_latest_instrument_is_the_highest_version(db: None) -> None:
    second = make_instrument_version(content=small_content() | {"version": 2})
    make_instrument_version()
    make_instrument_version(content=small_content() | {"slug": "other", "version": 3})
    assert latest_instrument("small") == second
    with pytest.raises(InstrumentVersion.DoesNotExist):
        latest_instrument("none-such")


@pytest.mark.parametrize("rows", [1, 3])
def test_current_answers_are_the_latest_with_evidence_in_two_queries(
    member: User, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    version = make_file_version(by=member)
    assessments = [make_assessment() for _ in range(rows)]
    silent = make_assessment()
    latest = {}
    for assessment in assessments:
        make_answer(assessment=assessment, item="A-1", step="none", by=member)
        latest[assessment.pk] = {
            "A-2": make_answer(assessment=assessment, item="A-2", step="half", by=member),
            "A-1": make_answer(assessment=assessment, item="A-1", by=member),
        }
        AnswerEvidence.objects.create(answer=latest[assessment.pk]["A-2"], version=version, page=1)
    with django_assert_num_queries(2):
        found = current_answers([silent.pk, *latest])
        cited = [
            (link.version.name, link.version.upload.title, answer.by.name)
            for answers in found.values()
            for answer in answers.values()
            for link in answer.evidence.all()
        ]
    assert found == {silent.pk: {}, **latest}
    assert cited == [(version.name, version.upload.title, member.name)] * rows


def test_current_answers_of_nothing_are_nothing(db: None) -> None:
    assert current_answers([]) == {}


def test_history_keeps_every_answer_in_order(member: User, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    assessment = make_assessment()
    first = make_answer(assessment=assessment, item="A-1", step="none", by=member)
    other = make_answer(assessment=assessment, item="B-1", step="half", by=member)
    second = make_answer(assessment=assessment, item="A-1", step="full", by=member)
    make_answer(assessment=make_assessment(), item="A-1", step="half", by=member)
    with django_assert_num_queries(2):
        assert answer_history(assessment.pk) == {"A-1": [first, second], "B-1": [other]}


@pytest.mark.parametrize("rows", [1, 3])
def test_reviewer_ratings_are_the_current_ones_in_one_query(
    member: User, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    assessments = {reviewer: make_assessment() for reviewer in range(1, rows + 1)}
    for assessment in assessments.values():
        make_answer(assessment=assessment, item="A-1", step="none", by=member)
        make_answer(assessment=assessment, item="A-1", step="full", by=member)
        make_answer(assessment=assessment, item="A-2", not_applicable=True, reason="None.", by=member)
        make_answer(assessment=assessment, item="A-3", by=member)
    with django_assert_num_queries(1):
        found = reviewer_ratings({reviewer: assessment.pk for reviewer, assessment in assessments.items()})
    expected = {"A-1": Rating("full"), "A-2": Rating(None, na=True), "A-3": Rating(None)}
    assert found == tuple(ReviewerRatings(reviewer, expected) for reviewer in assessments)


@pytest.mark.parametrize("model", [InstrumentVersion, Assessment, Answer, AnswerEvidence])
def test_operator_reads_and_cannot_write(model: type, operator: User, client: Client, member: User) -> None:
    assessment = make_assessment()
    answer = make_answer(assessment=assessment, item="A-1", step="half", by=member)
    link = AnswerEvidence.objects.create(answer=answer, version=make_file_version(by=member))
    rows = {
        InstrumentVersion: assessment.instrument_version_id,
        Assessment: assessment.pk,
        Answer: answer.pk,
        AnswerEvidence: link.pk,
    }
    client.force_login(operator)
    place = f"/admin/assessments/{model.__name__.lower()}/"
    pages = [place, f"{place}{rows[model]}/change/", f"{place}add/", f"{place}{rows[model]}/delete/"]
    assert [client.get(page).status_code for page in pages] == [200, 200, 403, 403]
    assert client.post(pages[1], {"_save": "Save"}).status_code == 403
    assert site.is_registered(model) is True
