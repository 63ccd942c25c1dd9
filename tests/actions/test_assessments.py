"""Publishing instruments, and answers that are added and never changed."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, connection, transaction

from assessments.actions import AlreadyPublished, publish_instrument
from assessments.domain.answers import AnswerFault, BadAnswer, EvidenceLink
from assessments.domain.digests import content_digest
from assessments.domain.parsing import BadInstrument
from assessments.models import Answer, AnswerEvidence, Assessment, InstrumentVersion
from assessments.queries import current_answers
from assessments.steps import add_answer, open_assessment, submit_assessment
from assessments.wording import ANSWER_FAULTS, ASSESSMENT_STATES
from ethicsreview.accounts.models import User
from ethicsreview.audit.models import AuditEvent
from ethicsreview.audit.steps import NoTransaction
from ethicsreview.files.models import FileVersion
from ethicsreview.strictyaml import BadYaml
from tests.domain.small_instrument import SMALL, small_content
from tests.factories import NOW, make_assessment, make_file_version, make_instrument_version, make_user


@pytest.fixture
def assessment(db: None) -> Assessment:
    """An open assessment of the small instrument."""
    return make_assessment()


@pytest.fixture
def member_version(member: User) -> FileVersion:
    """A PDF of three pages."""
    return make_file_version(by=member, pages=3)


def answer(
    assessment: Assessment,
    by: User,
    item: str = "A-1",
    *,
    step: str | None = None,
    not_applicable: bool = False,
    reason: str = "",
    evidence: Sequence[EvidenceLink] = (),
    now: datetime = NOW,
    revising: bool = False,
) -> Answer | None:
    """``add_answer`` in a transaction of its own."""
    with transaction.atomic():
        return add_answer(
            assessment=assessment,
            item=item,
            step=step,
            not_applicable=not_applicable,
            reason=reason,
            evidence=evidence,
            by=by,
            now=now,
            revising=revising,
        )


def refusal(assessment: Assessment, by: User, item: str = "A-1", **given: Any) -> tuple[str, AnswerFault]:
    """Where and why the answer was refused; no row was written."""
    before = Answer.objects.count()
    with pytest.raises(BadAnswer) as refused:
        answer(assessment, by, item, **given)
    assert Answer.objects.count() == before
    return refused.value.field, refused.value.code


@pytest.mark.django_db(transaction=True)
def test_instrument_published_once_with_its_event(operator: User) -> None:
    first = publish_instrument(SMALL, actor=operator, now=NOW)
    again = publish_instrument(f"# a comment\n{SMALL}", actor=operator, now=NOW + timedelta(days=1))
    assert (first.new, again.new, again.version) == (True, False, first.version)
    stored = InstrumentVersion.objects.get()
    digest = content_digest(small_content())
    assert (stored.slug, stored.version, stored.digest, stored.content) == ("small", 1, digest, small_content())
    assert stored.published_at == NOW
    events = AuditEvent.objects.values_list("chain", "verb", "subject", "actor", "at", "facts")
    facts = {"slug": "small", "version": 1, "digest": digest}
    assert list(events) == [("operator", "instrument.publish", f"instrument:{stored.pk}", operator.pk, NOW, facts)]


@pytest.mark.django_db(transaction=True)
def test_instrument_with_other_content_is_refused_until_it_is_a_new_version() -> None:
    published = publish_instrument(SMALL, actor=None, now=NOW).version
    other = SMALL.replace("zh: 小}", "zh: 大}")
    with pytest.raises(AlreadyPublished) as refused:
        publish_instrument(other, actor=None, now=NOW)
    assert refused.value.version == published
    assert (InstrumentVersion.objects.count(), AuditEvent.objects.count()) == (1, 1)
    second = publish_instrument(other.replace("version: 1", "version: 2"), actor=None, now=NOW)
    assert (second.new, second.version.version, AuditEvent.objects.count()) == (True, 2, 2)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("text", "error"),
    [("slug: [", BadYaml), ("slug: a\nslug: b", BadYaml), ("slug: a", BadInstrument), ("", BadInstrument)],
)
def test_instrument_that_does_not_parse_is_not_published(text: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        publish_instrument(text, actor=None, now=NOW)
    assert (InstrumentVersion.objects.count(), AuditEvent.objects.count()) == (0, 0)


@pytest.mark.django_db(transaction=True)
def test_instrument_published_by_two_at_once_stands_once() -> None:
    def publish(_turn: int) -> bool:
        try:
            return publish_instrument(SMALL, actor=None, now=NOW).new
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(publish, range(4)))
    assert sorted(results) == [False, False, False, True]
    assert (InstrumentVersion.objects.count(), AuditEvent.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_publish_instruments_prints_each_result_and_fails_when_one_is_refused(tmp_path: Path) -> None:
    digest = content_digest(small_content())
    (tmp_path / "small.v1.yaml").write_text(SMALL, encoding="utf-8")
    assert published(tmp_path) == (f"small.v1.yaml: small v1 published, digest {digest}\n", "", "")
    (tmp_path / "a.yaml").write_text("slug: a", encoding="utf-8")
    assert published(tmp_path) == (
        f"small.v1.yaml: small v1 stood already, digest {digest}\n",
        "a.yaml: REFUSED: (top): missing key 'blocking'\n",
        "1 of 2 instruments refused",
    )


@pytest.mark.django_db(transaction=True)
def test_publish_instruments_says_so_when_there_is_none(tmp_path: Path) -> None:
    assert published(tmp_path) == ("", "", f"no instrument in {tmp_path}")


def published(folder: Path) -> tuple[str, str, str]:
    """What the command printed, what it complained of, and what it failed with."""
    out, complaints = StringIO(), StringIO()
    try:
        call_command("publish_instruments", folder=folder, stdout=out, stderr=complaints)
    except CommandError as error:
        return out.getvalue(), complaints.getvalue(), str(error)
    return out.getvalue(), complaints.getvalue(), ""


@pytest.mark.django_db(transaction=True)
def test_steps_need_a_transaction() -> None:
    assessment, user = make_assessment(), make_user()
    with pytest.raises(NoTransaction):
        open_assessment(instrument_version=assessment.instrument_version, now=NOW)
    with pytest.raises(NoTransaction):
        submit_assessment(assessment=assessment, now=NOW)
    with pytest.raises(NoTransaction):
        add_answer(
            assessment=assessment,
            item="A-1",
            step="half",
            not_applicable=False,
            reason="",
            evidence=(),
            by=user,
            now=NOW,
        )
    assert (Assessment.objects.count(), Answer.objects.count()) == (1, 0)


def test_assessment_opens_empty(db: None) -> None:
    version = make_instrument_version()
    opened = open_assessment(instrument_version=version, now=NOW)
    opened.refresh_from_db()
    assert (opened.instrument_version, opened.state) == (version, "open")
    assert (opened.started_at, opened.submitted_at) == (NOW, None)


def test_answer_is_kept_with_its_evidence(assessment: Assessment, member: User, member_version: FileVersion) -> None:
    links = [EvidenceLink(member_version.pk, 3, "the table"), EvidenceLink(member_version.pk)]
    given = answer(assessment, member, step="half", reason="  Only a plan. ", evidence=[*links, links[0]])
    assert given is not None
    given.refresh_from_db()
    assert (given.item, given.step, given.not_applicable, given.reason) == ("A-1", "half", False, "Only a plan.")
    assert (given.by, given.at, given.cleared) == (member, NOW, False)
    kept = given.evidence.order_by("pk").values_list("version", "page", "note")
    assert list(kept) == [(member_version.pk, 3, "the table"), (member_version.pk, None, "")]


def test_later_answer_stands_and_the_earlier_is_history(assessment: Assessment, member: User) -> None:
    first = answer(assessment, member, step="half")
    second = answer(assessment, member, not_applicable=True, reason="No such data.")
    cleared = answer(assessment, member)
    assert list(Answer.objects.order_by("pk")) == [first, second, cleared]
    assert current_answers([assessment.pk]) == {assessment.pk: {"A-1": cleared}}
    assert cleared is not None
    assert cleared.cleared is True


def test_identical_answer_adds_no_row(assessment: Assessment, member: User, member_version: FileVersion) -> None:
    link = EvidenceLink(member_version.pk, 1)
    first = answer(assessment, member, step="half", reason="Seen.", evidence=[link])
    again = answer(assessment, member, step="half", reason=" Seen. ", evidence=[link], now=NOW + timedelta(hours=1))
    assert again == first
    assert Answer.objects.count() == 1


def test_answer_that_differs_in_anything_is_added(
    assessment: Assessment, member: User, chair: User, member_version: FileVersion
) -> None:
    link = EvidenceLink(member_version.pk, 1)
    answer(assessment, member, step="half", reason="Seen.", evidence=[link])
    answer(assessment, member, step="full", reason="Seen.", evidence=[link])
    answer(assessment, member, step="full", reason="Seen twice.", evidence=[link])
    answer(assessment, member, step="full", reason="Seen twice.", evidence=[])
    answer(assessment, chair, step="full", reason="Seen twice.", evidence=[])
    answer(assessment, chair, "A-2", step="full", reason="Seen twice.", evidence=[])
    assert Answer.objects.count() == 6


def test_clearing_what_was_never_answered_writes_nothing(assessment: Assessment, member: User) -> None:
    assert answer(assessment, member) is None
    assert Answer.objects.count() == 0


def test_reason_may_stand_before_the_rating(assessment: Assessment, member: User) -> None:
    draft = answer(assessment, member, reason="Ask for the log first.")
    assert draft is not None
    assert (draft.cleared, draft.reason) == (True, "Ask for the log first.")


def test_answer_refused_writes_nothing(assessment: Assessment, member: User, member_version: FileVersion) -> None:
    beyond = EvidenceLink(member_version.pk, 4)
    unknown = EvidenceLink(member_version.pk + 1)
    assert refusal(assessment, member, "Z-1", step="half") == ("item", AnswerFault.UNKNOWN_ITEM)
    assert refusal(assessment, member, step="2") == ("step", AnswerFault.UNKNOWN_STEP)
    assert refusal(assessment, member, not_applicable=True) == ("reason", AnswerFault.REASON_MISSING)
    assert refusal(assessment, member, step="half", not_applicable=True, reason="x") == (
        "not_applicable",
        AnswerFault.STEP_AND_NOT_APPLICABLE,
    )
    assert refusal(assessment, member, step="half", evidence=[beyond]) == ("evidence", AnswerFault.NO_SUCH_PAGE)
    assert refusal(assessment, member, step="half", evidence=[unknown]) == ("evidence", AnswerFault.UNKNOWN_DOCUMENT)
    assert refusal(assessment, member, step="half", revising=True) == ("assessment", AnswerFault.NOT_SUBMITTED)


def test_submitted_assessment_takes_revisions_alone(assessment: Assessment, member: User) -> None:
    later = NOW + timedelta(days=2)
    first = answer(assessment, member, step="none", reason="Nothing there.")
    submitted = submit_assessment(assessment=assessment, now=NOW + timedelta(days=1))
    assert (submitted.state, submitted.submitted_at) == ("submitted", NOW + timedelta(days=1))
    assert refusal(assessment, member, step="half") == ("assessment", AnswerFault.SUBMITTED)
    revised = answer(assessment, member, step="half", reason="The log came.", now=later, revising=True)
    assert list(Answer.objects.order_by("pk")) == [first, revised]
    assert current_answers([assessment.pk]) == {assessment.pk: {"A-1": revised}}


def test_assessment_submitted_once(assessment: Assessment) -> None:
    submit_assessment(assessment=assessment, now=NOW)
    with pytest.raises(BadAnswer) as refused:
        submit_assessment(assessment=assessment, now=NOW + timedelta(days=1))
    assert refused.value.code == AnswerFault.SUBMITTED
    assessment.refresh_from_db()
    assert assessment.submitted_at == NOW


@pytest.mark.django_db(transaction=True)
def test_same_answer_from_two_windows_is_one_row() -> None:
    assessment, user = make_assessment(), make_user()

    def give(_turn: int) -> int:
        try:
            given = answer(assessment, user, step="full")
            return given.pk if given else 0
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        found = set(pool.map(give, range(4)))
    assert found == {Answer.objects.get().pk}


@pytest.mark.parametrize("verb", ["UPDATE {} SET id = id", "DELETE FROM {}"])
@pytest.mark.parametrize("model", [InstrumentVersion, Answer, AnswerEvidence])
def test_database_refuses_to_change_or_remove_what_was_added(db: None, model: type[Any], verb: str) -> None:
    with (
        pytest.raises(DatabaseError, match=f"{model._meta.db_table} is only added to"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(verb.format(model._meta.db_table))


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"step": "half", "not_applicable": True, "reason": "x"}, "answer_rated_or_not"),
        ({"not_applicable": True, "reason": " \n"}, "answer_not_applicable_reasoned"),
    ],
)
def test_database_refuses_an_answer_that_says_two_things_or_gives_no_reason(
    assessment: Assessment, member: User, fields: dict[str, Any], constraint: str
) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Answer.objects.create(assessment=assessment, item="A-1", by=member, at=NOW, **fields)


def test_database_refuses_a_page_before_the_first(
    assessment: Assessment, member: User, member_version: FileVersion
) -> None:
    given = answer(assessment, member, step="half")
    with pytest.raises(IntegrityError, match="answer_evidence_page_counts_from_one"), transaction.atomic():
        AnswerEvidence.objects.create(answer=given, version=member_version, page=0)


@pytest.mark.parametrize(
    "fields",
    [{"state": "submitted"}, {"submitted_at": NOW}, {"state": "gone"}, {"state": "gone", "submitted_at": NOW}],
)
def test_database_refuses_a_state_that_does_not_fit_its_moment(db: None, fields: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match="assessment_submitted_has_moment"), transaction.atomic():
        Assessment.objects.create(instrument_version=make_instrument_version(), started_at=NOW, **fields)


def test_every_code_has_its_words() -> None:
    assert set(ANSWER_FAULTS) == set(AnswerFault)
    assert {state.value for state in ASSESSMENT_STATES} == {
        value for value, _label in Assessment._meta.get_field("state").choices
    }
