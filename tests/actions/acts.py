"""What is done to a case in the tests of its table: each step as a call, each way to spoil it."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from ethicsreview.accounts.models import User
from tests.scenes import Scene, full_condition, full_text, open_motion, rate_all
from workflows.actions import applications, conflicts, decisions, intake, meetings, motions, reviews
from workflows.actions.committees import end_seat, record_absence
from workflows.actions.intake import Classification
from workflows.domain.ballots import Choice
from workflows.domain.gapcodes import Gap, GapCode
from workflows.domain.rulebook import Effect
from workflows.domain.states import State
from workflows.models import AgendaItem, Application, Case, CaseFile, Decision, Meeting, Review

G, S = GapCode, State
Act = Callable[[Scene, Case, User], Any]
Prepare = Callable[[Scene, Case], Any]


@dataclass(frozen=True)
class Kept:
    """One way in which the step is refused: ``prepare`` changes the case, ``act`` the request."""

    gaps: tuple[Gap, ...]
    prepare: Prepare | None = None
    act: Act | None = None


@dataclass(frozen=True)
class Row:
    """One transition. ``facts`` are those of its one event beside was and became, from what the action returned.

    ``twice``: the gap the second time, None where the second time changes nothing, "again" where it may be repeated.
    ``leading`` is who leads the case once it is prepared.
    """

    state: State
    by: str
    act: Act
    became: State
    facts: Callable[[Scene, Case, Any], dict[str, Any]]
    twice: Gap | str | None
    kept: tuple[Kept, ...] = ()
    prepare: Prepare | None = None
    course: dict[str, Any] = field(default_factory=dict)
    leading: str = "chair"


def was(state: State) -> Gap:
    return Gap(G.WRONG_STATE, state.value)


def newest(case: Case) -> Application:
    return Application.objects.filter(case=case).latest("number")


def answer_items(case: Case, scene: Scene, **values: Any) -> None:
    applications.save_answers(case.pk, values, actor=scene.lead, now=scene.now)


def without(item: str) -> Prepare:
    return lambda s, c: answer_items(c, s, **{item: ""})


def without_files(s: Scene, c: Case) -> None:
    held = CaseFile.objects.get(case=c, item="protocol_file")
    applications.remove_file(c.pk, held.pk, actor=s.lead, now=s.now)


MATERIALS = (
    Kept((Gap(G.MATERIALS_MISSING, "purpose"),), without("purpose")),
    Kept((Gap(G.MATERIALS_MISSING, "protocol_file"),), without_files),
    Kept((Gap(G.SELF_ASSESSMENT_INCOMPLETE, "redline.social_scoring"),), without("redline.social_scoring")),
    Kept((Gap(G.PLEDGE_MISSING),), without("pledge")),
)
NO_REASON = (Gap(G.REASONS_MISSING),)


# -- intake ------------------------------------------------------------------------------------------------------


def finding(**given: Any) -> Classification:
    return Classification(**{"tier": "T2", "flags": ("generative",), "reason": "As described.", **given})


def classify(**given: Any) -> Act:
    return lambda s, c, u: intake.classify_case(c.pk, finding(**given), actor=u, now=s.now)


def request(**items: str) -> Act:
    return lambda s, c, u: intake.request_supplement(c.pk, items, message="", actor=u, now=s.now)


def reasoned(action: Callable[..., Any], reasons: str = "For a reason.") -> Act:
    return lambda s, c, u: action(c.pk, reasons=reasons, actor=u, now=s.now)


def extend(days: int, reasons: str = "Two experts are heard.") -> Act:
    return lambda s, c, u: intake.extend_deadline(
        c.pk, until=s.now.date() + timedelta(days=days), reasons=reasons, actor=u, now=s.now
    )


def answer_notice(s: Scene, c: Case) -> None:
    item = c.notices.get().items.get().item
    applications.save_supplement_answer(c.pk, item, "Here it is.", actor=s.lead, now=s.now)


def second_notice(s: Scene, c: Case) -> None:
    s.ask_supplement(c)
    answer_notice(s, c)
    applications.answer_supplement(c.pk, actor=s.lead, now=s.now)


def chair_gone(s: Scene, _c: Case) -> None:
    end_seat(s.seats[s.chair.pk].pk, last_day=s.now.date() - timedelta(days=1), actor=s.manager, now=s.now)


def findings(**given: Any) -> dict[str, Any]:
    return {"tier": "T2", "flags": ["generative"], "red_lines": [], "listed": [], "exemption": "", **given}


# -- reviews -----------------------------------------------------------------------------------------------------


def rating(step: str, reason: str = "Seen.", item: str = "") -> Act:
    def act(s: Scene, c: Case, u: User) -> Any:
        key = item or next(iter(s.items()))
        return reviews.rate_indicator(c.pk, key, step=step, not_applicable=False, reason=reason, actor=u, now=s.now)

    return act


def assign(*places: int) -> Act:
    return lambda s, c, u: reviews.assign_reviewers(c.pk, [s.members[n] for n in places], actor=u, now=s.now)


def recuse(user: Callable[[Scene], User]) -> Prepare:
    return lambda s, c: conflicts.declare_conflict(
        c.pk, user(s), kind="financial", reason="Holds shares.", actor=s.secretary, now=s.now
    )


def all_rated(s: Scene, c: Case) -> None:
    rate_all(c, s.members[0], now=s.now)


def bare_gate(s: Scene, c: Case) -> None:
    rate_all(c, s.members[0], now=s.now)
    rating("0", "", s.gate)(s, c, s.members[0])


def all_in(s: Scene, c: Case) -> None:
    for user in s.members[:2]:
        rate_all(c, user, now=s.now)
        reviews.submit_review(c.pk, opinion="", actor=user, now=s.now)


def one_unassigned(s: Scene, c: Case) -> None:
    reviews.unassign_reviewer(c.pk, s.members[1], reason="Ill.", actor=s.secretary, now=s.now)


def review_of(s: Scene, c: Case, user: User) -> int:
    return Review.objects.get(case=c, user=user, withdrawn_at__isnull=True).pk


# -- table -------------------------------------------------------------------------------------------------------


def meeting_of(c: Case) -> Meeting:
    return Meeting.objects.filter(items__case=c).latest("pk")


def put(effect: Effect | None = Effect.APPROVE) -> Act:
    def act(s: Scene, c: Case, u: User) -> Any:
        kind = s.kind(effect) if effect else "none"
        return motions.put_motion(c.pk, decision_kind=kind, text="", actor=u, now=s.now)

    return act


def cast(voter: int | None = None, choice: Choice = Choice.FOR) -> Act:
    def act(s: Scene, c: Case, u: User) -> Any:
        whose = None if voter is None else s.members[voter]
        motion = open_motion(c)
        return motions.cast_vote(c.pk, motion_id=motion.pk, choice=choice, reason="", voter=whose, actor=u, now=s.now)

    return act


def close(s: Scene, c: Case, u: User) -> Any:
    motion = motions.Motion.objects.filter(item__case=c).latest("pk")
    return motions.close_motion(c.pk, motion_id=motion.pk, actor=u, now=s.now)


def gone(*places: int) -> Prepare:
    """These of the seven voters leave the room."""

    def prepare(s: Scene, c: Case) -> None:
        for place in places:
            s.leave(meeting_of(c), s.voters[place])

    return prepare


def classified(**given: Any) -> Prepare:
    return lambda s, c: intake.classify_case(c.pk, finding(**given), actor=s.secretary, now=s.now)


def stored(**values: Any) -> Prepare:
    """The findings as they would be had they come about in a state in which they cannot be changed."""
    return lambda _s, c: Case.objects.filter(pk=c.pk).update(**values)


def gate_zero(s: Scene, c: Case) -> None:
    rating("0", "No fallback at all.", s.gate)(s, c, s.members[0])


def closed_sitting(s: Scene, c: Case) -> None:
    meetings.close_meeting(meeting_of(c).pk, actor=s.secretary, now=s.now)
    s.plan(c)


def other_item(s: Scene, c: Case) -> None:
    other = s.case_in(S.READY)
    AgendaItem.objects.create(meeting=meeting_of(c), case=other, position=2)
    motions.open_item(other.pk, actor=s.secretary, now=s.now)


def no_agenda(_s: Scene, c: Case) -> None:
    AgendaItem.objects.filter(case=c).delete()


NO_ROOM = Kept((Gap(G.NO_QUORUM, "4/5"),), gone(0, 1, 6))


def five_votes(s: Scene, c: Case) -> None:
    s.vote(c, dict.fromkeys(s.voters[:5], Choice.FOR))


# -- decision ----------------------------------------------------------------------------------------------------


def draft(text: Any = None, conditions: Any = None) -> Act:
    def act(s: Scene, c: Case, u: User) -> Any:
        held = (full_condition(s.now),) if conditions is None else conditions
        return decisions.draft_decision(c.pk, text or full_text(s.now), held, actor=u, now=s.now)

    return act


def write(s: Scene, c: Case) -> None:
    s.write_decision(c)


def write_little(s: Scene, c: Case) -> None:
    draft(decisions.DecisionText(), ())(s, c, s.secretary)


def write_late(days: int = 365, months: int = 12) -> Prepare:
    """An approval from today that holds for so many days, followed up so many months apart."""

    def prepare(s: Scene, c: Case) -> None:
        until = s.now.date() + timedelta(days=days)
        draft(replace(full_text(s.now), valid_until=until, followup_months=months))(s, c, s.secretary)

    return prepare


def plain(action: Callable[..., Any]) -> Act:
    return lambda s, c, u: action(c.pk, actor=u, now=s.now)


def resubmit(changes: str = "Done.") -> Act:
    return lambda s, c, u: applications.resubmit_case(c.pk, changes=changes, actor=u, now=s.now)


def designate(reasons: str = "The chair is recused.", who: str = "vice_chair") -> Act:
    return lambda s, c, u: decisions.designate_chair(
        c.pk, seat_id=s.seats[getattr(s, who).pk].pk, reasons=reasons, actor=u, now=s.now
    )


def chair_away(s: Scene, _c: Case) -> None:
    record_absence(s.seats[s.chair.pk].pk, away_from=date(2026, 1, 1), away_until=None, actor=s.chair, now=s.now)


def designated(s: Scene, c: Case) -> None:
    """A vice-chair acts for a chair who was away and is back."""
    chair_away(s, c)
    designate()(s, c, s.secretary)
    record_absence(s.seats[s.chair.pk].pk, away_from=None, away_until=None, actor=s.chair, now=s.now)


def all_in_favour(s: Scene) -> dict[str, int]:
    return {"in_favour": 7, "against": 0, "abstain": 0, "silent": 0, "present": 7, "needed": 5, "base": 7}


def draft_of(c: Case) -> Decision:
    return Decision.objects.filter(case=c).latest("number")


CROSSED = Kept((Gap(G.RED_LINE, "social_scoring"),), stored(red_lines=["social_scoring"]))
LISTED = Kept((Gap(G.RE_REVIEW_OUTSTANDING, "human_machine"),), stored(listed=["human_machine"]))
UNLAWFUL = (CROSSED, LISTED)
# What was drafted before the finding allows follow-up too seldom besides.
UNLAWFUL_DRAFT = (CROSSED, replace(LISTED, gaps=(*LISTED.gaps, Gap(G.FOLLOWUP_TOO_LONG, "12/6"))))


def drop(case: Case) -> None:
    held = draft_of(case)
    held.conditions.all().delete()
    held.delete()
