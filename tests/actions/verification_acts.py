"""What is done to a verification in the tests of its table: each step as a call, each way to spoil it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from assessments.models import Evidence, SelfAssessment
from ethicsreview.accounts.domain import MemberRole
from ethicsreview.accounts.models import User
from tests.factories import make_membership, make_organisation
from tests.verification_scenes import Course, VerificationScene
from workflows.actions import (
    verification_correction,
    verification_onsite,
    verification_panel,
    verification_rounds,
    verification_team,
    verifications,
)
from workflows.domain.ballots import Choice
from workflows.domain.gapcodes import Gap, GapCode
from workflows.domain.verification_states import FindingKind, OnSiteKind, VState
from workflows.models import Finding, Objection, OnSiteEntry, PanelBallot, Recusal, Verification

G, S = GapCode, VState
Scene = VerificationScene
Act = Callable[[Scene, Verification, User], Any]
Prepare = Callable[[Scene, Verification], Any]


@dataclass(frozen=True)
class Kept:
    """One way in which the step is refused: ``prepare`` changes the verification, ``act`` the request."""

    gaps: tuple[Gap, ...]
    prepare: Prepare | None = None
    act: Act | None = None


@dataclass(frozen=True)
class Row:
    """One transition. ``facts`` are those of its one event beside was and became, from what the action returned.

    ``twice``: the gap the second time, None where it changes nothing, "again" where it may be repeated, an exception
    where what it is about is gone. ``by`` is empty for the public.
    """

    state: VState
    by: str
    act: Act
    became: VState
    facts: Callable[[Scene, Verification, Any], dict[str, Any]]
    twice: Gap | str | type[Exception] | None
    kept: tuple[Kept, ...] = ()
    prepare: Prepare | None = None
    course: Course = field(default_factory=Course)


def was(state: VState) -> Gap:
    return Gap(G.WRONG_STATE, state.value)


NO_REASON = (Gap(G.REASONS_MISSING),)
CRITERION = "7.2.3"


def stored(**values: Any) -> Prepare:
    """The row as it would be had it come about in another way."""
    return lambda _s, v: Verification.objects.filter(pk=v.pk).update(**values)


def both(*steps: Prepare) -> Prepare:
    def prepare(s: Scene, v: Verification) -> None:
        for step in steps:
            step(s, v)

    return prepare


# -- people ------------------------------------------------------------------------------------------------------


def reasoned(action: Callable[..., Any], reasons: str = "For a reason.") -> Act:
    return lambda s, v, u: action(v.pk, reasons=reasons, actor=u, now=s.now)


def plain(action: Callable[..., Any], when: Callable[[Scene], datetime] = lambda s: s.now) -> Act:
    return lambda s, v, u: action(v.pk, actor=u, now=when(s))


def assign(who: Callable[[Scene], User], *, lead: bool = False) -> Act:
    return lambda s, v, u: verification_team.assign_assessor(v.pk, who(s), lead=lead, actor=u, now=s.now)


def end(who: Callable[[Scene], User], reasons: str = "Ill until spring.") -> Act:
    return lambda s, v, u: verification_team.end_place(v.pk, who(s), reasons=reasons, actor=u, now=s.now)


def name(who: Callable[[Scene], User]) -> Act:
    return lambda s, v, u: verification_team.name_reviewer(v.pk, who(s), actor=u, now=s.now)


def recuse(who: Callable[[Scene, User], User], kind: str = "financial", reason: str = "Holds shares.") -> Act:
    return lambda s, v, u: verification_team.recuse(v.pk, who(s, u), kind=kind, reason=reason, actor=u, now=s.now)


def recused(who: Callable[[Scene], User]) -> Prepare:
    return lambda s, v: Recusal.objects.create(verification=v, user=who(s), kind="family", by=s.coordinator, at=s.now)


def hired(who: Callable[[Scene], User]) -> Prepare:
    """That person works for the enterprise from now on."""
    return lambda s, v: make_membership(role=MemberRole.APPLICANT, user=who(s), organisation=s.enterprise.organisation)


def advises(who: Callable[[Scene], User]) -> Prepare:
    """That person belongs to the firm named as the enterprise's adviser."""

    def prepare(s: Scene, v: Verification) -> None:
        firm = make_organisation(name="Reed Advisers", name_zh="芦苇咨询")
        make_membership(role=MemberRole.APPLICANT, user=who(s), organisation=firm)
        SelfAssessment.objects.filter(pk=v.self_assessment_id).update(adviser=" reed  ADVISERS")

    return prepare


def assessor(s: Scene) -> User:
    return s.assessor


def spare(s: Scene) -> User:
    return s.spare


def without_assessor(s: Scene, v: Verification) -> None:
    v.team.filter(user=s.assessor).update(ended_at=s.now)


def without_lead(s: Scene, v: Verification) -> None:
    v.team.filter(user=s.lead_assessor).update(lead=False)


TEAM = Kept((Gap(G.TEAM_INCOMPLETE, "1/2"),), without_assessor)
LEADLESS = Kept((Gap(G.LEAD_MISSING),), without_lead)

# -- ratings -----------------------------------------------------------------------------------------------------


def rate(step: str | None = "P", note: str = "Half of it.", criterion: str = CRITERION) -> Act:
    return lambda s, v, u: verification_rounds.rate_criterion(
        v.pk, criterion, step=step, note=note, actor=u, now=s.now
    )


def first_piece(v: Verification) -> Evidence:
    return Evidence.objects.filter(self_assessment=v.self_assessment_id).earliest("pk")


def judge(*, accepted: bool = True) -> Act:
    return lambda s, v, u: verification_rounds.judge_evidence(
        v.pk, first_piece(v).pk, accepted=accepted, actor=u, now=s.now
    )


def judged(s: Scene, v: Verification) -> None:
    Evidence.objects.filter(self_assessment=v.self_assessment_id).update(accepted=True)


def unjudged(s: Scene, v: Verification) -> None:
    Evidence.objects.filter(pk=first_piece(v).pk).update(accepted=None)


def unrated(s: Scene, v: Verification) -> None:
    """As if what was rated so had been cleared by somebody else."""
    v.round.answers.model.objects.create(assessment=v.round, item=CRITERION, by=s.assessor, at=s.now)


def undecided(s: Scene, v: Verification) -> None:
    v.na_decisions.all().delete()


def decide_na(item: str = "4.1", reason: str = "Bought in whole.", *, approved: bool = True) -> Act:
    return lambda s, v, u: verification_rounds.decide_na(
        v.pk, item, approved=approved, reason=reason, actor=u, now=s.now
    )


def judge_claim(reasons: str = "Checked with its issuer.") -> Act:
    return lambda s, v, u: verification_rounds.judge_claim(v.pk, accepted=True, reasons=reasons, actor=u, now=s.now)


def find_dcmm(level: int = 3, grounds: str = "Standards and owners for all data.") -> Act:
    return lambda s, v, u: verification_rounds.find_dcmm(v.pk, level=level, grounds=grounds, actor=u, now=s.now)


def found_dcmm(s: Scene, v: Verification) -> None:
    find_dcmm()(s, v, s.lead_assessor)


def countersign(s: Scene, v: Verification, u: User) -> Any:
    return verification_rounds.countersign_dcmm(v.pk, actor=u, now=s.now)


def recommend(grounds: str = "As the ratings show.") -> Act:
    return lambda s, v, u: verification_rounds.recommend_tier(v.pk, grounds=grounds, actor=u, now=s.now)


# -- on site -----------------------------------------------------------------------------------------------------


def record(role: str = "ai_office", *, days: int = 0, notes: str = "Heard.") -> Act:
    return lambda s, v, u: verification_onsite.record_onsite(
        v.pk,
        kind=OnSiteKind.INTERVIEW.value,
        role=role,
        subject="Head of the office",
        held_on=s.now.date() + timedelta(days=days),
        notes=notes,
        actor=u,
        now=s.now,
    )


def recorded(s: Scene, v: Verification) -> None:
    record()(s, v, s.assessor)


def remove_entry(s: Scene, v: Verification, u: User) -> Any:
    last = OnSiteEntry.objects.filter(verification=v).last()
    return verification_onsite.remove_onsite(v.pk, last.pk if last else 0, actor=u, now=s.now)


def write(criterion: str = CRITERION, text: str = "One quarter only.") -> Act:
    return lambda s, v, u: verification_onsite.write_finding(
        v.pk, criterion=criterion, kind=FindingKind.MINOR.value, text=text, actor=u, now=s.now
    )


def remove_finding(s: Scene, v: Verification, u: User) -> Any:
    last = Finding.objects.filter(verification=v).last()
    return verification_onsite.remove_finding(v.pk, last.pk if last else 0, actor=u, now=s.now)


def visit(s: Scene, v: Verification) -> None:
    s.visit(v)


def without(kind: OnSiteKind) -> Prepare:
    return lambda _s, v: OnSiteEntry.objects.filter(verification=v, kind=kind.value).first().delete()  # type: ignore[union-attr]


def finding_of(v: Verification) -> Finding:
    return Finding.objects.get(verification=v)


def answer(text: str = "It is in the annex.", when: Callable[[Scene], datetime] = lambda s: s.now) -> Act:
    return lambda s, v, u: verification_correction.answer_finding(
        v.pk, finding_of(v).pk, text=text, actor=u, now=when(s)
    )


def resolve(resolution: str = "Shown.") -> Act:
    return lambda s, v, u: verification_onsite.resolve_finding(
        v.pk, finding_of(v).pk, resolved=True, resolution=resolution, actor=u, now=s.now
    )


def resolved(s: Scene, v: Verification) -> None:
    s.resolve(v)


def unresolved(s: Scene, v: Verification) -> None:
    Finding.objects.filter(verification=v).update(resolved=None)


# -- panel and decision ------------------------------------------------------------------------------------------


def seat(who: Callable[[Scene], User]) -> Act:
    return lambda s, v, u: verification_panel.seat_panellist(v.pk, who(s), actor=u, now=s.now)


def unseat(reasons: str = "Ill until spring.") -> Act:
    return lambda s, v, u: verification_panel.unseat_panellist(v.pk, s.panel[0], reasons=reasons, actor=u, now=s.now)


def seated(s: Scene, v: Verification) -> None:
    s.seat(v)


def voting(*choices: Choice) -> Prepare:
    """The panel is seated, the ballot open, and so many have voted."""

    def prepare(s: Scene, v: Verification) -> None:
        s.seat(v)
        s.vote(v, s.open_ballot(v), choices)

    return prepare


def ballot_of(v: Verification) -> PanelBallot:
    return PanelBallot.objects.get(verification=v)


def ballot_gone(s: Scene, v: Verification) -> None:
    PanelBallot.objects.filter(verification=v).update(closed_at=s.now, carried=False)


def expert_gone(s: Scene, v: Verification) -> None:
    v.panel.filter(user=s.panel[4]).update(ended_at=s.now)


def vote(choice: Choice = Choice.FOR) -> Act:
    return lambda s, v, u: verification_panel.cast_panel_vote(
        v.pk, ballot_id=ballot_of(v).pk, choice=choice, reason="", actor=u, now=s.now
    )


def close(s: Scene, v: Verification, u: User) -> Any:
    return verification_panel.close_ballot(v.pk, ballot_id=ballot_of(v).pk, actor=u, now=s.now)


def object_to(text: str = "It runs another plant.", when: Callable[[Scene], datetime] = lambda s: s.now) -> Act:
    return lambda s, v, _u: verifications.file_objection(
        v.pk, name="Ob Jector", contact="ob@example.test", text=text, now=when(s)
    )


def objected(s: Scene, v: Verification) -> None:
    object_to()(s, v, s.coordinator)


def settle(answer: str = "Looked into.", *, upheld: bool = False) -> Act:
    return lambda s, v, u: verifications.settle_objection(
        Objection.objects.get(verification=v).pk, upheld=upheld, answer=answer, actor=u, now=s.now
    )


def upheld(s: Scene, v: Verification) -> None:
    objected(s, v)
    settle(upheld=True)(s, v, s.coordinator)


def decide(
    reasons: str = "", *, certify: bool = True, when: Callable[[Scene], datetime] = lambda s: s.after_notice
) -> Act:
    return lambda s, v, u: verifications.decide_verification(
        v.pk, certify=certify, reasons=reasons, actor=u, now=when(s)
    )
