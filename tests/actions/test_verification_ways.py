"""What a verification's steps leave behind, and the ways that lead back, aside, or end early."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from assessments.models import Answer, DcmmClaim, Evidence, Snapshot
from assessments.queries.maturity import one_round
from ethicsreview.accounts.domain import MemberRole, OrganisationKind
from ethicsreview.accounts.models import Membership
from ethicsreview.audit.models import AuditEvent
from ethicsreview.audit.queries import verify_chain
from ethicsreview.notices.models import Notice
from tests.actions.verification_acts import first_piece
from tests.factories import make_membership, make_organisation, make_person
from tests.verification_scenes import HIGH, Course, VerificationScene, make_verification_scene
from workflows.actions import (
    verification_correction,
    verification_onsite,
    verification_panel,
    verification_rounds,
    verification_team,
    verifications,
)
from workflows.actions.verification_correction import NewEvidence
from workflows.domain.ballots import Choice
from workflows.domain.gapcodes import Gap, GapCode, Refused
from workflows.domain.verification_states import Round, VState
from workflows.models import Finding, PanelVote, SentBack, Verification, VerificationReport
from workflows.periodic import close_corrections

pytestmark = pytest.mark.django_db

G, S = GapCode, VState
CRITERION = "7.2.3"


@pytest.fixture
def scene(now: datetime) -> VerificationScene:
    return make_verification_scene(now)


def told(verb: str) -> list[str]:
    return sorted(Notice.objects.filter(verb=verb).values_list("user__name", flat=True))


def gaps_of(act: Any) -> tuple[Gap, ...]:
    with pytest.raises(Refused) as refused:
        act()
    return refused.value.gaps


# -- asking ------------------------------------------------------------------------------------------------------


def test_request_pins_snapshot_and_scheme_and_tells_the_desk(scene: VerificationScene, now: datetime) -> None:
    snapshot = scene.hand_in()
    row = verifications.request_verification(snapshot.self_assessment_id, host=scene.host, actor=scene.lead, now=now)
    assert (row.reference, row.state, row.snapshot, row.scheme) == (
        "AIV-2026-0001",
        "entry",
        snapshot,
        scene.scheme_version,
    )
    event = AuditEvent.objects.get(subject=f"verification:{row.pk}")
    assert (event.chain, event.verb, event.actor, event.facts) == (
        f"organisation:{scene.enterprise.organisation.pk}",
        "verification.request",
        scene.lead.pk,
        {
            "became": "entry",
            "self_assessment": snapshot.self_assessment_id,
            "snapshot": snapshot.pk,
            "digest": snapshot.digest,
            "host": scene.host.pk,
            "scheme": scene.scheme_version.pk,
            "reference": "AIV-2026-0001",
        },
    )
    assert told("verification_requested") == ["Cao Coordinator"]


def test_request_is_refused_for_each_gap(scene: VerificationScene, now: datetime) -> None:
    snapshot = scene.hand_in()
    other = make_organisation(kind=OrganisationKind.REVIEW_BODY, name="No Assessors Here")

    def ask(**given: Any) -> Any:
        values = {"host": scene.host, "actor": scene.lead, "now": now, **given}
        return lambda: verifications.request_verification(snapshot.self_assessment_id, **values)

    assert gaps_of(ask(actor=scene.enterprise.colleague)) == (Gap(G.WRONG_ROLE),)
    assert gaps_of(ask(actor=scene.coordinator)) == (Gap(G.WRONG_ROLE),)
    assert gaps_of(ask(host=other)) == (Gap(G.BODY_UNKNOWN),)
    assert gaps_of(ask(host=scene.enterprise.organisation)) == (Gap(G.BODY_UNKNOWN),)
    ask()()
    assert gaps_of(ask()) == (Gap(G.VERIFICATION_RUNNING),)


def test_request_needs_a_submitted_assessment_and_a_scheme(scene: VerificationScene, now: datetime) -> None:
    row = scene.hand_in(Course()).self_assessment
    type(row).objects.filter(pk=row.pk).update(adviser="港湾核验中心")
    scene.scheme_version.delete()

    def ask() -> Any:
        return verifications.request_verification(row.pk, host=scene.host, actor=scene.lead, now=now)

    assert gaps_of(ask) == (Gap(G.SCHEME_MISSING), Gap(G.ADVISER_ASSESSES))
    row.assessment.state, row.assessment.submitted_at = "open", None
    row.assessment.save()
    assert gaps_of(ask)[0] == Gap(G.NOT_SUBMITTED)


@pytest.mark.parametrize("state", [S.RETURNED, S.WITHDRAWN])
def test_what_was_returned_or_withdrawn_can_be_asked_for_again(
    scene: VerificationScene, now: datetime, state: VState
) -> None:
    first = scene.verification_in(state)
    again = verifications.request_verification(first.self_assessment_id, host=scene.host, actor=scene.lead, now=now)
    assert (again.reference, again.snapshot) == ("AIV-2026-0002", first.snapshot)


# -- people ------------------------------------------------------------------------------------------------------


def test_new_lead_takes_the_lead_and_the_former_stays_an_assessor(scene: VerificationScene, now: datetime) -> None:
    row = scene.verification_in(S.DOCUMENTS)
    verification_team.assign_assessor(row.pk, scene.assessor, lead=True, actor=scene.coordinator, now=now)
    team = [(place.user, place.lead) for place in scene.folder(row).team]
    assert team == [(scene.assessor, True), (scene.lead_assessor, False)]
    verification_team.assign_assessor(row.pk, scene.spare, lead=True, actor=scene.coordinator, now=now)
    team = [(place.user, place.lead) for place in scene.folder(row).team]
    assert team == [(scene.spare, True), (scene.lead_assessor, False), (scene.assessor, False)]
    assert told("assessor_assigned") == ["An Assessor", "Liang Leading", "Sun Spare"]


def test_lead_taken_from_the_leading_one_leaves_the_team_without(scene: VerificationScene, now: datetime) -> None:
    row = scene.verification_in(S.DOCUMENTS)
    verification_team.assign_assessor(row.pk, scene.lead_assessor, lead=False, actor=scene.coordinator, now=now)
    assert scene.folder(row).facts.has_lead is False


@pytest.mark.parametrize("who", ["assessor", "reviewer", "panellist", "coordinator", "decider"])
def test_recused_person_loses_part_and_sight_at_once(scene: VerificationScene, now: datetime, who: str) -> None:
    row = scene.verification_in(S.PANEL, HIGH)
    scene.seat(row)
    people = {"assessor": scene.assessor, "reviewer": scene.reviewer, "panellist": scene.panel[0]}
    user = {**people, "coordinator": scene.coordinator, "decider": scene.decider}[who]
    seen = Verification.objects.visible_to(user, now.date())
    assert list(seen) == [row]
    verification_team.recuse(row.pk, user, kind="family", reason="", actor=user, now=now)
    folder = scene.folder(row, user)
    assert (folder.roles, list(seen.all())) == (frozenset(), [])
    assert user.pk not in {place.user_id for place in [*folder.team, *folder.panel]}
    assert (folder.verification.reviewer_id is None) is (who == "reviewer")
    assert Notice.objects.filter(user=user, withdrawn_at__isnull=True, subject=f"verification:{row.pk}").count() == 0
    assert user.name not in told("verification_recusal")


def test_what_a_recused_assessor_rated_is_rated_again(scene: VerificationScene, now: datetime) -> None:
    row = scene.verification_in(S.DOCUMENTS)
    scene.rate_all(row)
    folder = scene.folder(row)
    assert folder.facts.unrated == ()
    verification_team.recuse(row.pk, scene.assessor, kind="family", reason="", actor=scene.assessor, now=now)
    folder = scene.folder(row)
    assert len(folder.facts.unrated) == 28  # the first level of every item; nothing above is reached
    # the same rating by another is a new answer, not the repeated one
    verification_rounds.rate_criterion(row.pk, "1.1.1", step="F", note="Seen.", actor=scene.lead_assessor, now=now)
    assert Answer.objects.filter(assessment=folder.verification.round, item="1.1.1").count() == 2
    assert "1.1.1" not in scene.folder(row).facts.unrated


def test_who_joins_the_enterprise_is_no_assessor_of_it_any_more(scene: VerificationScene, now: datetime) -> None:
    row = scene.verification_in(S.DOCUMENTS)
    make_membership(role=MemberRole.MANAGER, user=scene.assessor, organisation=scene.enterprise.organisation)
    assert scene.folder(row, scene.assessor).roles == frozenset()
    assert list(Verification.objects.visible_to(scene.assessor, now.date())) == []
    assert scene.folder(row).facts.conflicted == (scene.assessor.pk,)


def test_assessor_who_left_the_body_is_not_at_work(scene: VerificationScene, now: datetime) -> None:
    row = scene.verification_in(S.DOCUMENTS)
    Membership.objects.filter(user=scene.assessor).update(ends=now.date() - timedelta(days=1))
    assert (scene.folder(row).facts.team, scene.folder(row, scene.assessor).roles) == (1, frozenset())


def test_manager_with_a_part_does_not_decide(scene: VerificationScene, now: datetime) -> None:
    make_membership(role=MemberRole.MANAGER, user=scene.spare, organisation=scene.host)
    row = scene.request()
    verification_team.assign_assessor(row.pk, scene.spare, lead=True, actor=scene.coordinator, now=now)
    verification_team.end_place(row.pk, scene.spare, reasons="Elsewhere.", actor=scene.coordinator, now=now)
    assert scene.folder(row, scene.spare).roles == frozenset()


# -- ratings -----------------------------------------------------------------------------------------------------


def test_team_rates_in_its_own_round_and_never_touches_the_enterprise_s(
    scene: VerificationScene, now: datetime
) -> None:
    row = scene.verification_in(S.DOCUMENTS)
    own = row.self_assessment.assessment_id
    before = {key: answer.pk for key, answer in one_round(own).items()}
    verification_rounds.rate_criterion(row.pk, "1.1.1", step="N", note="No.", actor=scene.assessor, now=now)
    assert {key: answer.pk for key, answer in one_round(own).items()} == before
    assert [answer.step for answer in Answer.objects.filter(assessment=row.round)] == ["N"]


def test_rating_over_another_s_is_refused_as_stale_but_repeating_it_is_not(
    scene: VerificationScene, now: datetime
) -> None:
    row = scene.verification_in(S.DOCUMENTS)

    def rate(step: str, seen: int | None, actor: Any = scene.assessor) -> Any:
        return verification_rounds.rate_criterion(row.pk, "1.1.1", step=step, note="", seen=seen, actor=actor, now=now)

    first = rate("F", 0)
    assert gaps_of(lambda: rate("P", 0, scene.lead_assessor)) == (Gap(G.STALE, "1.1.1"),)
    assert rate("F", 0, scene.lead_assessor) == first
    assert rate("P", first.pk, scene.lead_assessor).pk > first.pk


def test_only_accepted_evidence_lifts_a_rating_over_the_cap(scene: VerificationScene, now: datetime) -> None:
    row = scene.verification_in(S.DOCUMENTS)
    scene.rate_all(row)
    whole = scene.folder(row).round
    assert (whole.result.verdict is not None, set(whole.counted.lacking)) == (True, set())
    Evidence.objects.filter(self_assessment=row.self_assessment).update(accepted=False)
    none = scene.folder(row).round
    assert set(none.counted.counted.steps.values()) <= {"P", "N"}
    assert none.result.lower.tier == 0


def test_evidence_of_another_assessment_is_not_judged_here(scene: VerificationScene, now: datetime) -> None:
    row = scene.verification_in(S.DOCUMENTS)
    other = scene.hand_in()
    piece = Evidence.objects.filter(self_assessment=other.self_assessment).earliest("pk")
    with pytest.raises(Evidence.DoesNotExist):
        verification_rounds.judge_evidence(row.pk, piece.pk, accepted=True, actor=scene.assessor, now=now)


def test_item_whose_setting_aside_is_refused_is_rated(scene: VerificationScene, now: datetime) -> None:
    row = scene.verification_in(S.DOCUMENTS, Course(aside=("4.1",)))
    assert scene.folder(row).facts.undecided == ("4.1",)
    scene.decide_na(row, "4.1")
    assert scene.folder(row).round.ratings.set_aside == {"4.1"}
    scene.decide_na(row, "4.1", approved=False)
    folder = scene.folder(row)
    assert (folder.round.ratings.set_aside, folder.facts.undecided) == (frozenset(), ())
    assert "4.1.1" in folder.facts.unrated


# -- the DCMM level ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("certificate", "accepted", "found", "signed", "level", "by"),
    [
        (4, True, None, False, 4, "certificate"),
        (4, False, None, False, 0, None),
        (3, True, 4, False, 3, "certificate"),  # a finding without a second signature is none
        (3, True, 4, True, 4, "finding"),
        (4, True, 3, True, 4, "certificate"),
        (4, False, 3, True, 3, "finding"),
        (0, True, 3, True, 3, "finding"),  # declared only: worth nothing by itself
        (0, True, None, False, 0, None),
    ],
)
def test_proved_level_is_the_certificate_s_or_a_higher_one_found_and_signed(
    scene: VerificationScene,
    now: datetime,
    certificate: int,
    accepted: bool,
    found: int | None,
    signed: bool,
    level: int,
    by: str | None,
) -> None:
    row = scene.verification_in(S.DOCUMENTS, Course(dcmm=certificate))
    scene.judge_claim(row, accepted=accepted)
    if found is not None:
        verification_rounds.find_dcmm(row.pk, level=found, grounds="Seen.", actor=scene.lead_assessor, now=now)
    if signed:
        verification_rounds.countersign_dcmm(row.pk, actor=scene.assessor, now=now)
    round_ = scene.folder(row).round
    assert round_.proof is not None
    assert (round_.proof.level, round_.proved_by) == (level, by)


def test_finding_is_entered_as_the_claim_only_with_the_recommendation(scene: VerificationScene, now: datetime) -> None:
    row = scene.verification_in(S.DOCUMENTS, Course(dcmm=0))
    verification_rounds.find_dcmm(row.pk, level=4, grounds="All of it.", actor=scene.lead_assessor, now=now)
    verification_rounds.countersign_dcmm(row.pk, actor=scene.assessor, now=now)
    assert DcmmClaim.objects.filter(source="finding").count() == 0
    scene.rate_all(row)
    scene.begin_onsite(row)
    scene.visit(row)
    scene.release(row)
    scene.recommend(row)
    row.refresh_from_db()
    assert row.verified is not None
    assert row.verified.inputs["dcmm"] == {"source": "finding", "level": 4}
    assert (row.recommended_tier, row.verified.result["provisional"]) == (3, False)
    verifications.reject_compliance(row.pk, reasons="Look again.", actor=scene.reviewer, now=now)
    scene.recommend(row)
    assert DcmmClaim.objects.filter(source="finding").count() == 1


def test_claim_that_is_no_certificate_is_not_judged(scene: VerificationScene) -> None:
    row = scene.verification_in(S.DOCUMENTS, Course(dcmm=0))
    assert scene.folder(row).facts.claim_unjudged is False
    act = verification_rounds.judge_claim
    found = gaps_of(lambda: act(row.pk, accepted=True, reasons="?", actor=scene.lead_assessor, now=scene.now))
    assert found == (Gap(G.DCMM_NOT_COUNTING),)


# -- on site, findings, correction -------------------------------------------------------------------------------


def test_finding_can_be_rewritten_before_the_release_and_not_after(scene: VerificationScene, now: datetime) -> None:
    row = scene.verification_in(S.ONSITE)
    finding = Finding.objects.get(verification=row)

    def rewrite() -> Finding:
        return verification_onsite.write_finding(
            row.pk,
            criterion="7.2.2",
            kind="minor",
            text="Half a year.",
            finding_id=finding.pk,
            actor=scene.assessor,
            now=now,
        )

    again = rewrite()
    assert (again.pk, again.number, again.criterion, again.kind) == (finding.pk, 1, "7.2.2", "minor")
    scene.visit(row)
    scene.release(row)
    assert gaps_of(rewrite) == (Gap(G.WRONG_STATE, "correction"),)


def test_release_without_findings_needs_no_window(scene: VerificationScene) -> None:
    row = scene.verification_in(S.RECOMMENDING, Course(finding=""))
    assert (row.correction_until, row.findings_at) == (None, scene.now)
    assert told("findings_released") == ["Lin Lead"]


def test_released_ratings_are_seen_as_they_were_released(scene: VerificationScene, now: datetime) -> None:
    row = scene.verification_in(S.RECOMMENDING)
    later = now + timedelta(hours=1)
    verification_rounds.rate_criterion(
        row.pk, CRITERION, step="P", note="Not in the annex.", actor=scene.assessor, now=later
    )
    steps = {
        who: scene.folder(row, user).ratings(Round.ASSESSOR)[CRITERION].step
        for who, user in (("enterprise", scene.lead), ("coordinator", scene.coordinator), ("team", scene.assessor))
    }
    assert steps == {"enterprise": "F", "coordinator": "F", "team": "P"}
    assert scene.folder(row, scene.reviewer).ratings(Round.ASSESSOR) == {}
    assert scene.folder(row, scene.lead).ratings(Round.FINAL) == {}


def test_enterprise_sees_neither_draft_ratings_nor_draft_findings(scene: VerificationScene) -> None:
    row = scene.verification_in(S.ONSITE)
    for user in (scene.lead, scene.coordinator, scene.reviewer, scene.decider):
        folder = scene.folder(row, user)
        assert (folder.ratings(Round.ASSESSOR), folder.findings) == ({}, [])
    assert len(scene.folder(row, scene.assessor).findings) == 1


def test_answer_brings_evidence_for_its_criterion_alone(scene: VerificationScene, now: datetime) -> None:
    row = scene.verification_in(S.CORRECTION)
    finding, linked = Finding.objects.get(verification=row), first_piece(row)
    linked.links.filter(criterion=CRITERION).delete()
    verification_correction.answer_finding(
        row.pk,
        finding.pk,
        text="All quarters.",
        evidence=[NewEvidence(kind="record", title="Annex", dated=now.date(), reference="Archive 9")],
        linked=[linked.pk, 10**9],
        actor=scene.enterprise.colleague,
        now=now + timedelta(days=1),
    )
    finding.refresh_from_db()
    piece = Evidence.objects.latest("pk")
    assert (finding.answer, finding.answered_by) == ("All quarters.", scene.enterprise.colleague)
    assert (piece.title, piece.accepted, [link.criterion for link in piece.links.all()]) == (
        "Annex",
        None,
        [CRITERION],
    )
    assert linked.links.filter(criterion=CRITERION, removed_at__isnull=True).count() == 1
    assert scene.folder(row).facts.unjudged == (piece.pk,)


@pytest.mark.parametrize(
    "piece",
    [
        NewEvidence(kind="gossip", title="Annex", reference="Archive 9"),
        NewEvidence(kind="record", title=" ", reference="Archive 9"),
        NewEvidence(kind="record", title="Annex", reference=" "),
    ],
)
def test_incomplete_evidence_is_refused_and_the_answer_with_it(
    scene: VerificationScene, now: datetime, piece: NewEvidence
) -> None:
    row = scene.verification_in(S.CORRECTION)
    finding = Finding.objects.get(verification=row)
    found = gaps_of(
        lambda: verification_correction.answer_finding(
            row.pk, finding.pk, text="So.", evidence=[piece], actor=scene.lead, now=now
        )
    )
    finding.refresh_from_db()
    assert (found, finding.answered_at) == ((Gap(G.EVIDENCE_INCOMPLETE, piece.title.strip()),), None)


def test_record_made_in_the_window_counts_as_of_the_reference_date(scene: VerificationScene, now: datetime) -> None:
    row = scene.verification_in(S.CORRECTION)
    Evidence.objects.filter(self_assessment=row.self_assessment, kind="record").update(accepted=False)
    Evidence.objects.filter(self_assessment=row.self_assessment, kind="document").update(dated=None)
    Evidence.objects.filter(self_assessment=row.self_assessment, kind__in=["measurement", "outside"]).update(
        accepted=False
    )
    assert CRITERION in scene.folder(row).round.counted.lacking
    later = now + timedelta(days=20)
    verification_correction.answer_finding(
        row.pk,
        Finding.objects.get(verification=row).pk,
        text="Made up for.",
        evidence=[NewEvidence(kind="record", title="New", dated=later.date(), reference="Archive 9")],
        actor=scene.lead,
        now=later,
    )
    Evidence.objects.filter(title="New").update(accepted=True)
    assert CRITERION not in scene.folder(row).round.counted.lacking


def test_window_is_open_to_the_end_of_its_last_day(scene: VerificationScene, now: datetime) -> None:
    row = scene.verification_in(S.CORRECTION)
    last = (now + timedelta(days=30)).replace(hour=23, minute=59)
    finding = Finding.objects.get(verification=row)
    assert row.correction_until == last.date()
    verification_correction.answer_finding(row.pk, finding.pk, text="In time.", actor=scene.lead, now=last)
    assert verification_correction.lapse_correction(row.pk, actor=None, now=last) is None
    ended = verification_correction.lapse_correction(row.pk, actor=None, now=last + timedelta(minutes=1))
    assert ended is not None
    event = AuditEvent.objects.filter(subject=f"verification:{row.pk}").latest("pk")
    assert (ended.state, event.verb, event.actor) == ("recommending", "correction.end", None)
    assert verification_correction.lapse_correction(row.pk, actor=None, now=last + timedelta(days=9)) is None


def test_enterprise_is_warned_once_within_the_last_week(scene: VerificationScene, now: datetime) -> None:
    row = scene.verification_in(S.CORRECTION)
    days = (22, 23, 24, 30, 31)
    warned = [
        verification_correction.warn_of_correction(row.pk, actor=None, now=now + timedelta(days=day)) for day in days
    ]
    assert [one is not None for one in warned] == [False, True, False, False, False]
    assert told("correction_lapses") == ["Lin Lead"]


def test_clock_ends_windows_long_over_after_an_outage(scene: VerificationScene) -> None:
    row = scene.verification_in(S.CORRECTION)
    Verification.objects.filter(pk=row.pk).update(correction_until=datetime(2020, 1, 1).date())  # noqa: DTZ001
    close_corrections()
    close_corrections()
    row.refresh_from_db()
    assert row.state == "recommending"
    assert AuditEvent.objects.filter(verb="correction.end").count() == 1


# -- recommendation, compliance, panel ---------------------------------------------------------------------------


def test_recommendation_is_computed_from_the_team_s_ratings(scene: VerificationScene) -> None:
    row = scene.verification_in(S.COMPLIANCE, Course(claimed=3, found=2))
    assert row.verified is not None
    assert (row.snapshot.tier, row.recommended_tier, row.verified.tier) == (3, 2, 2)
    assert row.verified.result["gates"] == {"dcmm": 4, "floor": 2, "score": 2}
    assert Snapshot.objects.filter(self_assessment=row.self_assessment).count() == 2


def test_verified_tier_is_capped_by_target_and_by_dcmm(scene: VerificationScene) -> None:
    high = scene.verification_in(S.COMPLIANCE, Course(claimed=2, found=5, target=2, finding=""))
    low = scene.verification_in(S.COMPLIANCE, Course(dcmm=2, finding=""))
    assert (high.recommended_tier, low.recommended_tier) == (2, 1)


def test_scheme_decides_what_proves_a_level_whatever_the_enterprise_chose(scene: VerificationScene) -> None:
    row = scene.verification_in(S.RECOMMENDING, Course(dcmm=0, finding=""))
    type(row.self_assessment).objects.filter(pk=row.self_assessment_id).update(dcmm_policy="certificate_only")
    verification_rounds.find_dcmm(row.pk, level=4, grounds="Seen.", actor=scene.lead_assessor, now=scene.now)
    verification_rounds.countersign_dcmm(row.pk, actor=scene.assessor, now=scene.now)
    scene.recommend(row)
    row.refresh_from_db()
    assert row.verified is not None
    assert (row.verified.inputs["dcmm_policy"], row.recommended_tier) == ("certificate_or_finding", 3)
    row.self_assessment.refresh_from_db()
    assert row.self_assessment.dcmm_policy == "certificate_only"


@pytest.mark.parametrize(("course", "state"), [(Course(), "notice"), (HIGH, "panel")])
def test_panel_votes_on_the_tiers_the_scheme_names(scene: VerificationScene, course: Course, state: str) -> None:
    row = scene.verification_in(S.COMPLIANCE, course)
    scene.pass_compliance(row)
    row.refresh_from_db()
    assert row.state == state


def test_lost_vote_sends_the_recommendation_back_with_what_was_written(scene: VerificationScene) -> None:
    row = scene.verification_in(S.PANEL, HIGH)
    scene.seat(row)
    ballot = scene.open_ballot(row)
    scene.vote(row, ballot, (Choice.AGAINST, Choice.AGAINST, Choice.FOR, Choice.FOR, Choice.ABSTAIN))
    scene.close_ballot(row, ballot)
    row.refresh_from_db()
    ballot.refresh_from_db()
    assert (row.state, ballot.carried, ballot.standing) == (
        "recommending",
        False,
        {"in_favour": 2, "against": 2, "abstain": 1, "silent": 0, "present": 5, "needed": 4, "base": 5},
    )
    back = SentBack.objects.get(verification=row)
    assert (back.state, back.tier, back.reasons) == ("panel", 4, "Too little evidence.\n\nToo little evidence.")
    # now any criterion may be rated again, with a word why, and the second ballot is another one
    verification_rounds.rate_criterion(row.pk, "1.1.4", step="P", note="So.", actor=scene.assessor, now=scene.now)
    assert gaps_of(
        lambda: verification_rounds.rate_criterion(
            row.pk, "1.2.4", step="P", note=" ", actor=scene.assessor, now=scene.now
        )
    ) == (Gap(G.REASONS_MISSING),)
    scene.recommend(row)
    row.refresh_from_db()
    assert row.recommended_tier == 3
    scene.pass_compliance(row)
    row.refresh_from_db()
    assert row.state == "notice"


def test_vote_can_be_changed_and_the_last_one_counts(scene: VerificationScene, now: datetime) -> None:
    row = scene.verification_in(S.PANEL, HIGH)
    scene.seat(row)
    ballot = scene.open_ballot(row)
    scene.vote(row, ballot, (Choice.AGAINST,) * 5)
    scene.vote(row, ballot, (Choice.FOR,) * 4)
    scene.vote(row, ballot, (Choice.FOR,) * 4)
    assert PanelVote.objects.filter(ballot=ballot).count() == 9
    assert [vote.number for vote in scene.folder(row, scene.panel[0]).shown_votes(ballot)] == [1, 6]
    assert scene.folder(row).shown_votes(ballot) == []
    scene.close_ballot(row, ballot)
    ballot.refresh_from_db()
    assert (ballot.carried, len(scene.folder(row).shown_votes(ballot))) == (True, 9)


def test_vote_on_another_ballot_is_stale(scene: VerificationScene, now: datetime) -> None:
    row = scene.verification_in(S.PANEL, HIGH)
    scene.seat(row)
    ballot = scene.open_ballot(row)
    found = gaps_of(
        lambda: verification_panel.cast_panel_vote(
            row.pk, ballot_id=ballot.pk + 1, choice=Choice.FOR, reason="", actor=scene.panel[0], now=now
        )
    )
    assert found == (Gap(G.STALE),)


def test_expert_recused_during_the_vote_is_replaced_and_not_counted(scene: VerificationScene, now: datetime) -> None:
    row = scene.verification_in(S.PANEL, HIGH)
    scene.seat(row)
    ballot = scene.open_ballot(row)
    scene.vote(row, ballot)
    verification_team.recuse(row.pk, scene.panel[4], kind="family", reason="", actor=scene.panel[4], now=now)
    close = verification_panel.close_ballot
    assert gaps_of(lambda: close(row.pk, ballot_id=ballot.pk, actor=scene.coordinator, now=now)) == (
        Gap(G.PANEL_INCOMPLETE, "4/5"),
    )
    verification_panel.seat_panellist(row.pk, scene.spare, actor=scene.coordinator, now=now)
    closed = close(row.pk, ballot_id=ballot.pk, actor=scene.coordinator, now=now)  # four of five carry it
    assert closed.standing == {
        "in_favour": 4,
        "against": 0,
        "abstain": 0,
        "silent": 1,
        "present": 5,
        "needed": 4,
        "base": 5,
    }


# -- notice and decision -----------------------------------------------------------------------------------------


def test_upheld_objection_reopens_and_does_not_bind_the_next_recommendation(
    scene: VerificationScene, now: datetime
) -> None:
    row = scene.verification_in(S.NOTICE)
    objection = verifications.file_objection(row.pk, name="Ob", contact="o@example.test", text="No.", now=now)
    verifications.settle_objection(objection.pk, upheld=True, answer="So it is.", actor=scene.coordinator, now=now)
    verifications.reopen_verification(row.pk, reasons="Look again.", actor=scene.coordinator, now=now)
    row.refresh_from_db()
    assert (row.state, row.notice_until, row.return_reasons) == ("recommending", None, "Look again.")
    later = now + timedelta(days=2)
    verification_rounds.recommend_tier(row.pk, grounds="Again.", actor=scene.lead_assessor, now=later)
    verifications.pass_compliance(row.pk, note="In order.", actor=scene.reviewer, now=later)
    verifications.decide_verification(
        row.pk, certify=True, reasons="", actor=scene.decider, now=later + timedelta(days=8)
    )
    row.refresh_from_db()
    assert row.state == "certified"


def test_nobody_outside_objects_when_no_notice_runs(scene: VerificationScene, now: datetime) -> None:
    row = scene.verification_in(S.COMPLIANCE)
    act = verifications.file_objection
    found = gaps_of(lambda: act(row.pk, name="Ob", contact="o@example.test", text="No.", now=now))
    assert found == (Gap(G.WRONG_STATE, "compliance"),)


def test_decision_queues_report_and_certificate_in_every_language(scene: VerificationScene) -> None:
    row = scene.verification_in(S.CERTIFIED)
    rows = VerificationReport.objects.filter(verification=row).order_by("kind", "language")
    assert list(rows.values_list("kind", "language", "state")) == [
        ("certificate", "en", "queued"),
        ("certificate", "zh-hans", "queued"),
        ("report", "en", "queued"),
        ("report", "zh-hans", "queued"),
    ]
    assert told("verification_decided") == ["An Assessor", "Cao Coordinator", "Liang Leading", "Lin Lead"]


def test_refusal_has_its_reasons_and_a_report_alone(scene: VerificationScene) -> None:
    row = scene.verification_in(S.REFUSED, Course(certify=False))
    kinds = VerificationReport.objects.filter(verification=row).values_list("kind", flat=True)
    assert (list(kinds), row.closing_reasons) == (["report"] * 2, "The scope is not that of the enterprise.")


def test_tier_zero_can_only_be_refused(scene: VerificationScene) -> None:
    row = scene.verification_in(S.NOTICE, Course(claimed=1, found=0, finding=""))
    assert row.recommended_tier == 0
    assert gaps_of(lambda: scene.decide(row)) == (Gap(G.NOT_GRADED),)
    scene.decide(row, certify=False)
    row.refresh_from_db()
    assert row.state == "refused"


def test_whole_way_is_one_unbroken_chain_of_the_enterprise(scene: VerificationScene) -> None:
    scene.verification_in(S.CERTIFIED, HIGH)
    assert verify_chain(f"organisation:{scene.enterprise.organisation.pk}").ok is True
    person = make_person(role=MemberRole.ASSESSOR, organisation=scene.host)
    assert list(Verification.objects.visible_to(person, scene.now.date())) == []
