"""An enterprise's own assessment: begun, answered by several people, proved, handed in."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from pytest_django import DjangoAssertNumQueries, Settings

from assessments.actions.answering import (
    AnswerOvertaken,
    GivenAnswer,
    answer_criterion,
    import_answers,
    set_item_aside,
)
from assessments.actions.contributors import change_lead, name_contributor, remove_contributor
from assessments.actions.evidence import (
    ClaimFacts,
    EvidenceFacts,
    Sent,
    add_evidence,
    claim_dcmm,
    edit_evidence,
    link_evidence,
    remove_evidence,
    replace_evidence_file,
    unlink_evidence,
)
from assessments.actions.starting import edit_self_assessment, start_self_assessment
from assessments.actions.submitting import submit_self_assessment
from assessments.domain.answers import AnswerFault, BadAnswer
from assessments.domain.claims import ClaimFault, ClaimSource, Party
from assessments.domain.digests import content_digest
from assessments.domain.evidence import Shortfall
from assessments.domain.maturity_gaps import MaturityGap, MaturityGapCode, MaturityRefused
from assessments.domain.scorefile import compute, read_request
from assessments.domain.scoring import Standing
from assessments.models import Answer, DcmmClaim, Evidence, EvidenceLink, SelfAssessment, Snapshot
from assessments.queries import load_staged
from assessments.queries.maturity import answers_digest, one_round
from ethicsreview.accounts.domain import MemberRole
from ethicsreview.accounts.models import Membership, User
from ethicsreview.audit.models import AuditEvent
from ethicsreview.files.domain.kinds import BadFile
from ethicsreview.notices.models import Notice
from tests.editions import small_pdf
from tests.factories import make_instrument_version, make_person
from tests.maturity_scenes import (
    Enterprise,
    certificate,
    claim_certificate,
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
G = MaturityGapCode
PAPER = EvidenceFacts(kind="record", title="Minutes", dated=date(2026, 10, 1), reference="Archive 7")


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> None:
    """A place for files that is thrown away."""
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def who(now: datetime) -> Enterprise:
    return make_enterprise()


@pytest.fixture
def row(who: Enterprise, now: datetime) -> SelfAssessment:
    """An empty assessment that aims at tier 3."""
    return make_self_assessment(who, now=now)


def events(before: int = 0) -> list[tuple[str, str, dict[str, Any]]]:
    """Every event since, with its subject and facts."""
    found = AuditEvent.objects.filter(pk__gt=before).order_by("pk")
    return [(event.verb, event.subject, event.facts) for event in found]


def last_event() -> int:
    return AuditEvent.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def refused(act: Callable[[], Any], *gaps: MaturityGap) -> None:
    """Refused for exactly this, and nothing was recorded."""
    before = last_event()
    with pytest.raises(MaturityRefused) as found:
        act()
    assert (found.value.gaps, last_event()) == (gaps, before)


def rate(row: SelfAssessment, criterion: str, step: str | None, by: User, now: datetime, **more: Any) -> Answer | None:
    return answer_criterion(row.pk, criterion, step=step, actor=by, now=now, **more).answer


def pdf(name: str = "minutes.pdf", content: bytes | None = None) -> Sent:
    return Sent(ContentFile(content or small_pdf()), name)


# -- beginning ---------------------------------------------------------------------------------------------------


def test_begun_assessment_is_pinned_numbered_and_recorded(who: Enterprise, now: datetime) -> None:
    version = publish_staged(now=now)
    row = start_self_assessment(who.organisation, version, outline(), actor=who.lead, now=now)
    facts = {"instrument": version.pk, "target": 3, "follows": None}
    assert (row.reference, row.lead, row.assessment.instrument_version, row.reference_date) == (
        "MA-2026-0001",
        who.lead,
        version,
        None,
    )
    assert events() == [("self_assessment.start", f"self_assessment:{row.pk}", facts)]
    assert AuditEvent.objects.get().chain == f"organisation:{who.organisation.pk}"


def test_numbers_run_on_in_the_year_beyond_four_digits(who: Enterprise, now: datetime) -> None:
    first = make_self_assessment(who, now=now)
    SelfAssessment.objects.filter(pk=first.pk).update(reference="MA-2026-9999")
    found = [make_self_assessment(who, now=moment).reference for moment in (now, now, now + timedelta(days=60))]
    assert found == ["MA-2026-10000", "MA-2026-10001", "MA-2027-0001"]


def test_only_who_has_the_role_begins(who: Enterprise, now: datetime, stranger: User) -> None:
    version = publish_staged(now=now)
    applicant = make_person(role=MemberRole.APPLICANT, organisation=who.organisation)
    for user in (stranger, applicant):
        refused(
            lambda user=user: start_self_assessment(who.organisation, version, outline(), actor=user, now=now),
            MaturityGap(G.WRONG_ROLE),
        )


def test_instrument_and_target_must_fit(who: Enterprise, now: datetime) -> None:
    points, staged = make_instrument_version(), publish_staged(now=now)

    def begin(version: Any, target: int) -> SelfAssessment:
        return start_self_assessment(who.organisation, version, outline(target=target), actor=who.lead, now=now)

    refused(lambda: begin(points, 3), MaturityGap(G.INSTRUMENT_UNSUITABLE))
    for target in (0, 6):
        refused(lambda target=target: begin(staged, target), MaturityGap(G.TARGET_UNKNOWN, str(target)))


def test_begun_from_an_earlier_one_takes_over_what_stands(who: Enterprise, now: datetime) -> None:
    old = make_submitted(who, 2, now=now).self_assessment
    later = now + timedelta(days=200)
    version = publish_staged(now=now)
    new = start_self_assessment(
        who.organisation, version, outline(target=4), follows=old, actor=who.colleague, now=later
    )
    before, after = one_round(old.assessment_id), one_round(new.assessment_id)
    assert {key: (a.step, a.reason) for key, a in after.items()} == {
        key: (a.step, a.reason) for key, a in before.items()
    }
    assert {answer.by for answer in after.values()} == {who.colleague}
    mine, theirs = (folder_of(one, now=later).evidence for one in (new, old))
    assert [(p.title, p.links.count()) for p in mine] == [(p.title, p.links.count()) for p in theirs]
    assert {p.pk for p in mine} & {p.pk for p in theirs} == set()
    assert DcmmClaim.objects.get(self_assessment=new).certificate == "DCMM-2025-0042"
    assert (new.follows, new.lead) == (old, who.colleague)
    assert events()[-1][2] == {
        "instrument": version.pk,
        "target": 4,
        "follows": old.pk,
        "answers": len(before),
        "evidence": 4,
    }


def test_earlier_one_is_of_the_same_enterprise_and_instrument(who: Enterprise, now: datetime) -> None:
    foreign = make_self_assessment(make_enterprise("Egret Works"), now=now)
    other = make_self_assessment(who, instrument="dcmm-2018", now=now)
    for follows in (foreign, other):
        refused(
            lambda follows=follows: make_self_assessment(who, follows=follows, now=now),
            MaturityGap(G.PREDECESSOR_UNSUITABLE),
        )


def test_outline_changes_while_it_is_open(row: SelfAssessment, who: Enterprise, now: datetime) -> None:
    before = last_event()
    for _ in range(2):
        edit_self_assessment(row.pk, outline(target=4, scope="One plant."), actor=who.lead, now=now)
    row.refresh_from_db()
    assert (row.target, row.scope) == (4, "One plant.")
    facts = {"fields": ["scope", "target"], "target": 4}
    assert events(before) == [("self_assessment.edit", f"self_assessment:{row.pk}", facts)]
    refused(
        lambda: edit_self_assessment(row.pk, outline(target=6), actor=who.lead, now=now),
        MaturityGap(G.TARGET_UNKNOWN, "6"),
    )


# -- answering ---------------------------------------------------------------------------------------------------


def test_answer_is_kept_with_one_event(row: SelfAssessment, who: Enterprise, now: datetime) -> None:
    before, later = last_event(), now + timedelta(minutes=1)
    answer = rate(row, "1.1.1", "F", who.lead, later, reason=" Charters. ")
    assert answer is not None
    again = rate(row, "1.1.1", "F", who.lead, later, reason="Charters.", seen=answer.pk)
    assert (again, answer.step, answer.reason) == (answer, "F", "Charters.")
    facts = {"item": "1.1.1", "answer": answer.pk}
    assert events(before) == [("self_assessment.answer", f"self_assessment:{row.pk}", facts)]
    row.refresh_from_db()
    assert row.changed_at == later


def test_answer_is_taken_back(row: SelfAssessment, who: Enterprise, now: datetime) -> None:
    first = rate(row, "1.1.1", "F", who.lead, now, reason="Charters.")
    assert first is not None
    rate(row, "1.1.1", None, who.lead, now, reason="Charters.", seen=first.pk)
    folder = folder_of(row, now=now)
    assert (folder.standings["1.1.1"], folder.answers["1.1.1"].reason) == (Standing.UNANSWERED, "Charters.")


def test_what_the_instrument_has_not_is_refused(row: SelfAssessment, who: Enterprise, now: datetime) -> None:
    for key in ("9.9.9", "1.1"):
        refused(lambda key=key: rate(row, key, "F", who.lead, now), MaturityGap(G.CRITERION_UNKNOWN, key))
    with pytest.raises(BadAnswer) as found:
        rate(row, "1.1.1", "X", who.lead, now)
    assert found.value.code is AnswerFault.UNKNOWN_STEP


def test_contributor_keeps_to_the_named_dimensions(row: SelfAssessment, who: Enterprise, now: datetime) -> None:
    refused(lambda: rate(row, "1.1.1", "F", who.colleague, now), MaturityGap(G.WRONG_ROLE))
    name_contributor(row.pk, who.colleague, ["D1"], actor=who.lead, now=now)
    assert rate(row, "1.1.1", "F", who.colleague, now) is not None
    refused(lambda: rate(row, "2.1.1", "F", who.colleague, now), MaturityGap(G.NOT_YOUR_DIMENSION, "D2"))
    refused(
        lambda: set_item_aside(row.pk, "4.1", aside=True, reason="Rented.", actor=who.colleague, now=now),
        MaturityGap(G.NOT_YOUR_DIMENSION, "D4"),
    )


def test_who_left_the_enterprise_answers_no_more(row: SelfAssessment, who: Enterprise, now: datetime) -> None:
    Membership.objects.filter(user=who.lead).update(ends=now.date() - timedelta(days=1))
    refused(lambda: rate(row, "1.1.1", "F", who.lead, now), MaturityGap(G.WRONG_ROLE))


def test_two_at_once_lose_nothing(row: SelfAssessment, who: Enterprise, now: datetime) -> None:
    name_contributor(row.pk, who.colleague, ["D1"], actor=who.lead, now=now)
    theirs = rate(row, "1.1.1", "F", who.lead, now, reason="Charters.")
    assert theirs is not None
    before = last_event()
    with pytest.raises(AnswerOvertaken) as found:
        rate(row, "1.1.1", "P", who.colleague, now, reason="Only some.")
    assert (found.value.answer, last_event(), Answer.objects.count()) == (theirs, before, 1)
    mine = rate(row, "1.1.1", "P", who.colleague, now, reason="Only some.", seen=theirs.pk)
    assert mine is not None
    assert [(a.step, a.reason) for a in Answer.objects.order_by("pk")] == [("F", "Charters."), ("P", "Only some.")]


def test_rating_of_one_and_note_of_another_are_merged(row: SelfAssessment, who: Enterprise, now: datetime) -> None:
    base = rate(row, "1.1.1", "P", who.lead, now, reason="Some.")
    assert base is not None
    rate(row, "1.1.1", "F", who.lead, now, reason="Some.", seen=base.pk)
    merged = rate(row, "1.1.1", "P", who.lead, now, reason="Some. See the list.", seen=base.pk)
    assert merged is not None
    assert (merged.step, merged.reason) == ("F", "Some. See the list.")


def test_page_that_saw_an_answer_of_elsewhere_merges_nothing(
    row: SelfAssessment, who: Enterprise, now: datetime
) -> None:
    other = rate(row, "1.2.1", "N", who.lead, now)
    rate(row, "1.1.1", "F", who.lead, now)
    assert other is not None
    with pytest.raises(AnswerOvertaken):
        rate(row, "1.1.1", "N", who.lead, now, seen=other.pk)


def test_next_level_opens_when_one_is_attained_and_proved(row: SelfAssessment, who: Enterprise, now: datetime) -> None:
    rate(row, "1.1.1", "F", who.lead, now)
    folder = folder_of(row, now=now)
    assert (folder.counted.lacking["1.1.1"], folder.standings["1.1.2"]) == (
        (Shortfall.NO_EVIDENCE,),
        Standing.NOT_REACHED,
    )
    add_evidence(row.pk, PAPER, ["1.1.1"], actor=who.lead, now=now)
    folder = folder_of(row, now=now)
    assert (dict(folder.counted.lacking), folder.standings["1.1.2"]) == ({}, Standing.UNANSWERED)


# -- setting aside -----------------------------------------------------------------------------------------------


def test_item_is_set_aside_and_taken_up_again_with_its_ratings(
    row: SelfAssessment, who: Enterprise, now: datetime
) -> None:
    rate(row, "4.1.1", "P", who.lead, now)
    before = last_event()
    aside = set_item_aside(row.pk, "4.1", aside=True, reason="All is rented.", actor=who.lead, now=now)
    assert aside is not None
    assert folder_of(row, now=now).standings["4.1.1"] is Standing.NOT_APPLICABLE
    facts = {"item": "4.1", "answer": aside.pk}
    assert events(before) == [("self_assessment.set_aside", f"self_assessment:{row.pk}", facts)]
    set_item_aside(row.pk, "4.1", aside=False, seen=aside.pk, actor=who.lead, now=now)
    assert folder_of(row, now=now).standings["4.1.1"] is Standing.RATED


def test_items_that_must_be_rated_stay(row: SelfAssessment, who: Enterprise, now: datetime) -> None:
    def aside(item: str, reason: str = "No.") -> None:
        set_item_aside(row.pk, item, aside=True, reason=reason, actor=who.lead, now=now)

    refused(lambda: aside("1.1"), MaturityGap(G.SET_ASIDE_REFUSED, "1.1"))
    refused(lambda: aside("1.1.1"), MaturityGap(G.CRITERION_UNKNOWN, "1.1.1"))
    with pytest.raises(BadAnswer) as found:
        aside("4.1", " ")
    assert found.value.code is AnswerFault.REASON_MISSING


def test_too_much_weight_cannot_be_set_aside(who: Enterprise, now: datetime) -> None:
    row = make_self_assessment(who, instrument="model-service", now=now)
    instrument = load_staged(row.assessment.instrument_version)
    keys = [key for key, item in instrument.items.items() if item.may_na]
    weight, aside = 0, []
    for key in keys:
        if weight + instrument.items[key].weight <= instrument.max_na_weight:
            set_item_aside(row.pk, key, aside=True, reason="Not ours.", actor=who.lead, now=now)
            weight += instrument.items[key].weight
            aside.append(key)
    over = next((key for key in keys if key not in aside), None)
    if over is None:
        assert weight <= instrument.max_na_weight
        return
    refused(
        lambda: set_item_aside(row.pk, over, aside=True, reason="Not ours.", actor=who.lead, now=now),
        MaturityGap(G.SET_ASIDE_TOO_MUCH, str(instrument.max_na_weight)),
    )


# -- colleagues --------------------------------------------------------------------------------------------------


def test_colleague_is_named_and_told_once(row: SelfAssessment, who: Enterprise, now: datetime) -> None:
    before = last_event()
    for _ in range(2):
        name_contributor(row.pk, who.colleague, ["D3", "D1"], actor=who.lead, now=now)
    facts = {"user": who.colleague.pk, "dimensions": ["D1", "D3"]}
    assert events(before) == [("self_assessment.name_contributor", f"self_assessment:{row.pk}", facts)]
    notice = Notice.objects.get()
    assert (notice.user, notice.verb, notice.link) == (who.colleague, "contributor_named", f"/maturity/{row.pk}/")


@pytest.mark.parametrize(
    ("person", "dimensions", "code"),
    [
        ("stranger", ["D1"], G.COLLEAGUE_UNKNOWN),
        ("lead", ["D1"], G.COLLEAGUE_LEADS),
        ("colleague", [], G.DIMENSIONS_MISSING),
        ("colleague", ["D1", "D99"], G.DIMENSIONS_MISSING),
    ],
)
def test_unsuitable_naming_is_refused(
    row: SelfAssessment,
    who: Enterprise,
    stranger: User,
    now: datetime,
    person: str,
    dimensions: list[str],
    code: MaturityGapCode,
) -> None:
    user = {"stranger": stranger, "lead": who.lead, "colleague": who.colleague}[person]
    refused(lambda: name_contributor(row.pk, user, dimensions, actor=who.lead, now=now), MaturityGap(code))


def test_part_ends_and_its_answers_stay(row: SelfAssessment, who: Enterprise, now: datetime) -> None:
    name_contributor(row.pk, who.colleague, ["D1"], actor=who.lead, now=now)
    rate(row, "1.1.1", "F", who.colleague, now)
    before = last_event()
    for _ in range(2):
        remove_contributor(row.pk, who.colleague, actor=who.lead, now=now)
    subject, facts = f"self_assessment:{row.pk}", {"user": who.colleague.pk}
    assert events(before) == [("self_assessment.remove_contributor", subject, facts)]
    refused(lambda: rate(row, "1.1.1", "P", who.colleague, now), MaturityGap(G.WRONG_ROLE))
    assert folder_of(row, now=now).answers["1.1.1"].by == who.colleague


def test_lead_is_handed_over_by_who_leads_alone(row: SelfAssessment, who: Enterprise, now: datetime) -> None:
    name_contributor(row.pk, who.colleague, ["D1"], actor=who.lead, now=now)
    refused(lambda: change_lead(row.pk, who.colleague, actor=who.colleague, now=now), MaturityGap(G.WRONG_ROLE))
    before = last_event()
    change_lead(row.pk, who.colleague, actor=who.lead, now=now)
    facts = {"was": who.lead.pk, "became": who.colleague.pk}
    assert events(before) == [("self_assessment.change_lead", f"self_assessment:{row.pk}", facts)]
    assert rate(row, "8.1.1", "F", who.colleague, now) is not None
    refused(lambda: rate(row, "8.1.1", "F", who.lead, now), MaturityGap(G.WRONG_ROLE))


def test_lead_who_left_is_replaced_by_a_colleague(row: SelfAssessment, who: Enterprise, now: datetime) -> None:
    Membership.objects.filter(user=who.lead).update(ends=now.date() - timedelta(days=1))
    change_lead(row.pk, who.reader, actor=who.reader, now=now)
    row.refresh_from_db()
    assert row.lead == who.reader


def test_lead_changes_after_handing_in_too(who: Enterprise, now: datetime) -> None:
    row = make_submitted(who, 3, now=now).self_assessment
    assert change_lead(row.pk, who.colleague, actor=who.lead, now=now).lead == who.colleague


# -- evidence ----------------------------------------------------------------------------------------------------


def test_piece_stands_for_many_criteria(row: SelfAssessment, who: Enterprise, now: datetime) -> None:
    before = last_event()
    piece = add_evidence(row.pk, PAPER, ["1.1.1", "2.1.1", "1.1.1"], actor=who.lead, now=now)
    subject = f"self_assessment:{row.pk}"
    assert events(before) == [
        ("evidence.add", subject, {"evidence": piece.pk, "criteria": ["1.1.1", "2.1.1"], "sha256": ""})
    ]
    before = last_event()
    link_evidence(row.pk, piece.pk, ["1.1.1", "3.1.1"], actor=who.lead, now=now)
    link_evidence(row.pk, piece.pk, ["3.1.1"], actor=who.lead, now=now)
    for _ in range(2):
        unlink_evidence(row.pk, piece.pk, "2.1.1", actor=who.lead, now=now)
    assert events(before) == [
        ("evidence.link", subject, {"evidence": piece.pk, "criteria": ["3.1.1"]}),
        ("evidence.unlink", subject, {"evidence": piece.pk, "criteria": ["2.1.1"]}),
    ]
    standing = EvidenceLink.objects.filter(removed_at__isnull=True).order_by("pk")
    assert list(standing.values_list("criterion", flat=True)) == ["1.1.1", "3.1.1"]


def test_file_is_kept_and_replaced(row: SelfAssessment, who: Enterprise, now: datetime) -> None:
    facts = replace(PAPER, reference="")
    piece = add_evidence(row.pk, facts, sent=pdf(), actor=who.lead, now=now)
    assert piece.file is not None
    again = replace_evidence_file(row.pk, piece.pk, pdf(), actor=who.lead, now=now)
    assert again.file == piece.file
    before = last_event()
    newer = replace_evidence_file(row.pk, piece.pk, pdf("other.txt", b"Minutes of May."), actor=who.lead, now=now)
    assert newer.file is not None
    assert (newer.file.number, newer.file.upload) == (2, piece.file.upload)
    assert events(before)[0][0] == "evidence.replace_file"


def test_file_that_is_none_is_refused(row: SelfAssessment, who: Enterprise, now: datetime) -> None:
    before = last_event()
    with pytest.raises(BadFile):
        add_evidence(row.pk, PAPER, sent=pdf("bad.pdf", b"no PDF"), actor=who.lead, now=now)
    assert (Evidence.objects.count(), last_event()) == (0, before)


@pytest.mark.parametrize(
    ("facts", "criteria", "gap"),
    [
        (replace(PAPER, kind="rumour"), [], MaturityGap(G.KIND_UNKNOWN)),
        (replace(PAPER, reference=" "), [], MaturityGap(G.EVIDENCE_EMPTY)),
        (replace(PAPER, title=" "), [], MaturityGap(G.EVIDENCE_EMPTY)),
        (replace(PAPER, dated=date(2199, 1, 1)), [], MaturityGap(G.EVIDENCE_AHEAD)),
        (PAPER, ["9.9.9"], MaturityGap(G.CRITERION_UNKNOWN, "9.9.9")),
    ],
)
def test_unsuitable_evidence_is_refused(
    row: SelfAssessment, now: datetime, facts: EvidenceFacts, criteria: list[str], gap: MaturityGap
) -> None:
    refused(lambda: add_evidence(row.pk, facts, criteria, actor=row.lead, now=now), gap)


def test_contributor_changes_only_what_he_or_she_added(row: SelfAssessment, who: Enterprise, now: datetime) -> None:
    name_contributor(row.pk, who.colleague, ["D1"], actor=who.lead, now=now)
    foreign = add_evidence(row.pk, PAPER, actor=who.lead, now=now)
    own = add_evidence(row.pk, PAPER, ["1.1.1"], actor=who.colleague, now=now)
    wrong = MaturityGap(G.WRONG_ROLE)
    refused(lambda: remove_evidence(row.pk, foreign.pk, actor=who.colleague, now=now), wrong)
    refused(lambda: edit_evidence(row.pk, foreign.pk, PAPER, actor=who.colleague, now=now), wrong)
    refused(lambda: replace_evidence_file(row.pk, foreign.pk, pdf(), actor=who.colleague, now=now), wrong)
    refused(
        lambda: link_evidence(row.pk, foreign.pk, ["2.1.1"], actor=who.colleague, now=now),
        MaturityGap(G.NOT_YOUR_DIMENSION, "D2"),
    )
    edit_evidence(row.pk, own.pk, replace(PAPER, title="Minutes of May"), actor=who.colleague, now=now)
    remove_evidence(row.pk, own.pk, actor=who.lead, now=now)
    assert [entry[0] for entry in events()[-2:]] == ["evidence.edit", "evidence.remove"]
    refused(lambda: remove_evidence(row.pk, own.pk, actor=who.lead, now=now), MaturityGap(G.EVIDENCE_REMOVED))


def test_piece_of_another_assessment_is_not_found(row: SelfAssessment, who: Enterprise, now: datetime) -> None:
    other = make_self_assessment(who, now=now)
    piece = add_evidence(other.pk, PAPER, actor=who.lead, now=now)
    refused(
        lambda: link_evidence(row.pk, piece.pk, ["1.1.1"], actor=who.lead, now=now), MaturityGap(G.EVIDENCE_REMOVED)
    )


# -- the claim ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "level", "fault"),
    [
        ({}, 4, None),
        ({"legal_entity": "Egret Works"}, 0, ClaimFault.ENTITY),
        ({"party": Party.PROVIDER}, 0, ClaimFault.PARTY),
        ({"edition": "other"}, 0, ClaimFault.EDITION),
        ({"expires": date(2026, 11, 23)}, 0, ClaimFault.EXPIRED),
        ({"expires": date(2026, 11, 24)}, 4, None),
        ({"issued": date(2026, 11, 25)}, 0, ClaimFault.NOT_YET),
    ],
)
def test_claim_is_worth_what_the_rules_say(
    row: SelfAssessment, now: datetime, changes: dict[str, Any], level: int, fault: ClaimFault | None
) -> None:
    claim_certificate(row, now=now, **changes)
    found = folder_of(row, now=now).proof
    assert found is not None
    assert (found.level, found.fault, found.provisional) == (level, fault, False)


def test_newest_claim_stands_and_saying_it_again_adds_none(
    row: SelfAssessment, who: Enterprise, now: datetime
) -> None:
    first = claim_dcmm(row.pk, certificate(row), sent=pdf("dcmm.pdf"), actor=who.lead, now=now)
    assert claim_dcmm(row.pk, certificate(row), actor=who.lead, now=now) == first
    before = last_event()
    second = claim_dcmm(row.pk, certificate(row, 3), actor=who.lead, now=now)
    assert first.file is not None
    assert second.file == first.file
    facts = {"claim": second.pk, "source": "certificate", "level": 3, "sha256": first.file.sha256}
    assert events(before) == [("dcmm.claim", f"self_assessment:{row.pk}", facts)]
    declared = claim_dcmm(row.pk, certificate(row, source=ClaimSource.SELF), actor=who.lead, now=now)
    assert (declared.level, declared.certificate, declared.file) == (4, "", None)
    proof = folder_of(row, now=now).proof
    assert proof is not None
    assert proof.provisional


@pytest.mark.parametrize(
    ("changes", "gap"),
    [
        ({"source": ClaimSource.FINDING}, MaturityGap(G.CLAIM_NOT_ASKED)),
        ({"level": 6}, MaturityGap(G.LEVEL_UNKNOWN, "6")),
        ({"party": None}, MaturityGap(G.CLAIM_INCOMPLETE)),
        ({"expires": None}, MaturityGap(G.CLAIM_INCOMPLETE)),
        ({"expires": date(2025, 2, 28)}, MaturityGap(G.CLAIM_INCOMPLETE)),
    ],
)
def test_unsuitable_claim_is_refused(
    row: SelfAssessment, now: datetime, changes: dict[str, Any], gap: MaturityGap
) -> None:
    facts = replace(certificate(row), **changes)
    refused(lambda: claim_dcmm(row.pk, facts, actor=row.lead, now=now), gap)


def test_instrument_without_that_gate_takes_no_claim(who: Enterprise, now: datetime) -> None:
    row = make_self_assessment(who, instrument="dcmm-2018", now=now)
    facts = ClaimFacts(ClaimSource.SELF, 3)
    refused(lambda: claim_dcmm(row.pk, facts, actor=who.lead, now=now), MaturityGap(G.CLAIM_NOT_ASKED))


# -- handing in --------------------------------------------------------------------------------------------------


def test_incomplete_assessment_names_each_open_criterion(row: SelfAssessment, who: Enterprise, now: datetime) -> None:
    instrument = load_staged(row.assessment.instrument_version)
    asked = [item.cells[0][0].key for item in instrument.items.values()]
    refused(
        lambda: submit_self_assessment(row.pk, actor=who.lead, now=now),
        *(MaturityGap(G.UNANSWERED, key) for key in asked),
        MaturityGap(G.CLAIM_MISSING),
    )


def test_handed_in_it_is_frozen_with_a_result_anyone_can_recompute(
    row: SelfAssessment, who: Enterprise, now: datetime
) -> None:
    instrument = load_staged(row.assessment.instrument_version)
    fill(row, levels_of(instrument, 3, i7_2=2), now=now)
    set_item_aside(row.pk, "4.1", aside=True, reason="All is rented.", actor=who.lead, now=now)
    name_contributor(row.pk, who.colleague, ["D1"], actor=who.lead, now=now)
    before = last_event()
    snapshot = submit_self_assessment(row.pk, actor=who.lead, now=now)
    again = compute(read_request(json.loads(json.dumps(snapshot.inputs)), lambda _slug, _version: instrument))
    assert (again, snapshot.tier, snapshot.number) == (snapshot.result, 2, 1)
    assert snapshot.digest == content_digest({"inputs": snapshot.inputs, "facts": snapshot.facts})
    row.refresh_from_db()
    assert (row.reference_date, row.assessment.state) == (now.date(), "submitted")
    facts = {"snapshot": snapshot.pk, "digest": snapshot.digest, "tier": 2}
    assert events(before) == [("self_assessment.submit", f"self_assessment:{row.pk}", facts)]
    told = Notice.objects.filter(verb="self_assessment_submitted").values_list("user", flat=True)
    assert list(told) == [who.colleague.pk]


def test_snapshot_holds_what_was_given_and_what_it_counted(
    row: SelfAssessment, who: Enterprise, now: datetime
) -> None:
    fill(row, 1, evidence=False, claim=False, now=now)
    set_item_aside(row.pk, "4.1", aside=True, reason="All is rented.", actor=who.lead, now=now)
    claim_dcmm(row.pk, ClaimFacts(ClaimSource.SELF, 2), actor=who.lead, now=now)
    piece = add_evidence(row.pk, replace(PAPER, confidential=True), ["1.1.1"], actor=who.lead, now=now)
    snapshot = submit_self_assessment(row.pk, actor=who.lead, now=now)
    inputs, facts = snapshot.inputs, snapshot.facts
    assert inputs["items"]["1.1"] == {"ratings": {"1.1.1": "F", "1.1.2": "N"}}
    assert inputs["items"]["1.2"] == {"ratings": {"1.2.1": "P", "1.2.2": "N"}}
    assert inputs["items"]["4.1"] == {"na": "All is rented."}
    assert inputs["dcmm"] == {"source": "self", "level": 2}
    given = facts["ratings"]["1.2.1"]
    assert (given["step"], given["counted"], given["note"], given["by"]) == ("F", "P", "As filed.", who.lead.pk)
    assert facts["set_aside"] == {"4.1": "All is rented."}
    assert facts["evidence"] == [
        {
            "id": piece.pk,
            "kind": "record",
            "title": "Minutes",
            "dated": "2026-10-01",
            "periods": 0,
            "sha256": "",
            "reference": "Archive 7",
            "confidential": True,
            "accepted": None,
            "criteria": ["1.1.1"],
        }
    ]
    assert (facts["claim"]["level"], facts["size"], facts["sector"]) == (2, "large", "manufacturing")


def test_evidence_too_old_on_the_reference_date_caps(row: SelfAssessment, who: Enterprise, now: datetime) -> None:
    fill(row, 2, now=now)
    later = now + timedelta(days=400)
    found = folder_of(row, now=later)
    assert (found.counted.lacking["1.1.2"], found.result.lower.levels["1.1"]) == ((Shortfall.TOO_OLD,), 1)
    assert folder_of(row, now=now).result.lower.levels["1.1"] == 2


def test_second_click_is_refused_and_nothing_changes_any_more(
    row: SelfAssessment, who: Enterprise, now: datetime
) -> None:
    fill(row, 3, now=now)
    piece = folder_of(row, now=now).evidence[0]
    submit_self_assessment(row.pk, actor=who.lead, now=now)
    closed = MaturityGap(G.SUBMITTED)
    digest = answers_digest(one_round(row.assessment_id))
    acts: list[Callable[[], Any]] = [
        lambda: submit_self_assessment(row.pk, actor=who.lead, now=now),
        lambda: rate(row, "1.1.1", "N", who.lead, now),
        lambda: set_item_aside(row.pk, "4.1", aside=True, reason="No.", actor=who.lead, now=now),
        lambda: edit_self_assessment(row.pk, outline(), actor=who.lead, now=now),
        lambda: name_contributor(row.pk, who.colleague, ["D1"], actor=who.lead, now=now),
        lambda: remove_contributor(row.pk, who.colleague, actor=who.lead, now=now),
        lambda: add_evidence(row.pk, PAPER, actor=who.lead, now=now),
        lambda: edit_evidence(row.pk, piece.pk, PAPER, actor=who.lead, now=now),
        lambda: link_evidence(row.pk, piece.pk, ["1.1.1"], actor=who.lead, now=now),
        lambda: unlink_evidence(row.pk, piece.pk, "1.1.1", actor=who.lead, now=now),
        lambda: remove_evidence(row.pk, piece.pk, actor=who.lead, now=now),
        lambda: replace_evidence_file(row.pk, piece.pk, pdf(), actor=who.lead, now=now),
        lambda: claim_dcmm(row.pk, certificate(row), actor=who.lead, now=now),
        lambda: import_answers(row.pk, [], seen_digest=digest, actor=who.lead, now=now),
    ]
    for act in acts:
        refused(act, closed)
    assert Snapshot.objects.count() == 1


def test_only_the_lead_hands_in(row: SelfAssessment, who: Enterprise, now: datetime) -> None:
    fill(row, 3, now=now)
    name_contributor(row.pk, who.colleague, ["D1"], actor=who.lead, now=now)
    for user in (who.colleague, who.reader):
        refused(lambda user=user: submit_self_assessment(row.pk, actor=user, now=now), MaturityGap(G.WRONG_ROLE))


def test_what_changed_since_it_was_read_is_not_handed_in(row: SelfAssessment, who: Enterprise, now: datetime) -> None:
    fill(row, 3, now=now)
    seen = folder_of(row, now=now).contents.digest
    answer = folder_of(row, now=now).answers["1.1.1"]
    rate(row, "1.1.1", "L", who.lead, now, seen=answer.pk)
    refused(lambda: submit_self_assessment(row.pk, seen=seen, actor=who.lead, now=now), MaturityGap(G.STALE))
    fresh = folder_of(row, now=now).contents.digest
    assert submit_self_assessment(row.pk, seen=fresh, actor=who.lead, now=now).digest == fresh


def test_instruments_without_gate_or_evidence_rules_are_handed_in_too(who: Enterprise, now: datetime) -> None:
    tiers = [
        make_submitted(who, 2, instrument=slug, target=3, now=now).tier for slug in ("dcmm-2018", "model-service")
    ]
    assert tiers == [2, 2]


def test_removed_evidence_stays_in_the_snapshot(who: Enterprise, now: datetime) -> None:
    snapshot = make_submitted(who, 3, now=now)
    Evidence.objects.update(removed_at=now)
    snapshot.refresh_from_db()
    assert [piece["title"] for piece in snapshot.facts["evidence"]] == [
        f"Proof by {kind}" for kind in ("document", "record", "measurement", "outside")
    ]


# -- import ------------------------------------------------------------------------------------------------------


def test_import_takes_all_over_in_one_event(row: SelfAssessment, who: Enterprise, now: datetime) -> None:
    first = rate(row, "1.1.1", "P", who.lead, now, reason="Some.")
    before, digest = last_event(), answers_digest(one_round(row.assessment_id))
    rows = [
        GivenAnswer("1.1.1", "P", note="Some."),
        GivenAnswer("1.2.1", "F", note="Ledger."),
        GivenAnswer("4.1", set_aside=True, note="All is rented."),
        GivenAnswer("5.2"),
    ]
    kept = import_answers(row.pk, rows, seen_digest=digest, actor=who.lead, now=now)
    assert [(a.item, a.step, a.not_applicable, a.reason) for a in kept] == [
        ("1.2.1", "F", False, "Ledger."),
        ("4.1", "", True, "All is rented."),
    ]
    facts = {"answers": [answer.pk for answer in kept]}
    assert events(before) == [("self_assessment.import", f"self_assessment:{row.pk}", facts)]
    assert folder_of(row, now=now).answers["1.1.1"] == first


def test_import_is_all_or_nothing(row: SelfAssessment, who: Enterprise, now: datetime) -> None:
    digest = answers_digest({})

    def take(*rows: GivenAnswer, seen: str = digest, by: User = who.lead) -> None:
        import_answers(row.pk, rows, seen_digest=seen, actor=by, now=now)

    refused(lambda: take(GivenAnswer("1.1.1", "F"), GivenAnswer("9.9", "F")), MaturityGap(G.CRITERION_UNKNOWN, "9.9"))
    refused(lambda: take(GivenAnswer("1.1.1", "F"), seen="0" * 64), MaturityGap(G.STALE))
    refused(lambda: take(GivenAnswer("1.1", set_aside=True, note="No.")), MaturityGap(G.SET_ASIDE_REFUSED, "1.1"))
    name_contributor(row.pk, who.colleague, ["D1"], actor=who.lead, now=now)
    refused(
        lambda: take(GivenAnswer("1.1.1", "F"), GivenAnswer("2.1.1", "F"), by=who.colleague),
        MaturityGap(G.NOT_YOUR_DIMENSION, "D2"),
    )
    with pytest.raises(BadAnswer):
        take(GivenAnswer("1.1.1", "F"), GivenAnswer("1.2.1", "X"))
    assert Answer.objects.count() == 0


# -- speed and races ---------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_save_costs_seven_queries_however_much_is_answered(
    now: datetime, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    row = make_self_assessment(now=now)
    answer = rate(row, "1.1.1", "F", row.lead, now)
    fill(row, 3, now=now)
    newest = Answer.objects.filter(item="1.1.1").order_by("-pk").first()
    assert answer is not None
    assert newest is not None
    with django_assert_num_queries(9):  # seven, and BEGIN with COMMIT
        rate(row, "1.1.1", "L", row.lead, now, seen=newest.pk)


def at_once(act: Callable[[int], Any], count: int) -> list[Any]:
    """The results, or the exceptions, of ``count`` threads with a connection each."""

    def run(number: int) -> Any:
        try:
            return act(number)
        except Exception as fault:
            return type(fault)
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


@pytest.mark.django_db(transaction=True)
def test_many_at_once_lose_no_answer_and_record_each_once(now: datetime) -> None:
    row = make_self_assessment(now=now)
    keys = [f"{dimension}.1.1" for dimension in range(1, 9)]
    before = last_event()
    at_once(lambda number: rate(row, keys[number], "P", row.lead, now, reason=f"By {number}"), 8)
    answers = one_round(row.assessment_id)
    assert {key: answer.reason for key, answer in answers.items()} == {key: f"By {n}" for n, key in enumerate(keys)}
    recorded = [facts["answer"] for _verb, _subject, facts in events(before)]
    assert sorted(recorded) == sorted(answer.pk for answer in answers.values())


@pytest.mark.django_db(transaction=True)
def test_of_many_at_the_same_criterion_one_is_kept_and_the_others_are_asked(now: datetime) -> None:
    row = make_self_assessment(now=now)
    steps = ["N", "P", "L", "F"]
    found = at_once(lambda number: rate(row, "1.1.1", steps[number], row.lead, now), 4)
    assert (found.count(AnswerOvertaken), Answer.objects.count()) == (3, 1)


@pytest.mark.django_db(transaction=True)
def test_begun_at_once_each_has_its_own_number(now: datetime) -> None:
    who = make_enterprise()
    publish_staged(now=now)
    found = at_once(lambda _number: make_self_assessment(who, now=now).reference, 4)
    assert sorted(found) == [f"MA-2026-{number:04d}" for number in range(1, 5)]
