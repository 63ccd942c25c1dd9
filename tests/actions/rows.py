"""Every row of the table as it is walked in the tests: who does what, what it leaves, what keeps it from happening.

``tests/actions/test_cases.py`` walks them; ``tests/house/test_transitions.py`` sees that none is left out.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
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


def was(state: State) -> Gap:
    return Gap(G.WRONG_STATE, state.value)


def newest(case: Case) -> Application:
    return Application.objects.filter(case=case).latest("number")


def _answer(case: Case, scene: Scene, **values: Any) -> None:
    applications.save_answers(case.pk, values, actor=scene.lead, now=scene.now)


def _without(item: str) -> Prepare:
    return lambda s, c: _answer(c, s, **{item: ""})


def _without_files(s: Scene, c: Case) -> None:
    held = CaseFile.objects.get(case=c, item="protocol_file")
    applications.remove_file(c.pk, held.pk, actor=s.lead, now=s.now)


MATERIALS = (
    Kept((Gap(G.MATERIALS_MISSING, "purpose"),), _without("purpose")),
    Kept((Gap(G.MATERIALS_MISSING, "protocol_file"),), _without_files),
    Kept((Gap(G.SELF_ASSESSMENT_INCOMPLETE, "redline.social_scoring"),), _without("redline.social_scoring")),
    Kept((Gap(G.PLEDGE_MISSING),), _without("pledge")),
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


def _answer_notice(s: Scene, c: Case) -> None:
    item = c.notices.get().items.get().item
    applications.save_supplement_answer(c.pk, item, "Here it is.", actor=s.lead, now=s.now)


def _second_notice(s: Scene, c: Case) -> None:
    s.ask_supplement(c)
    _answer_notice(s, c)
    applications.answer_supplement(c.pk, actor=s.lead, now=s.now)


def _chair_gone(s: Scene, _c: Case) -> None:
    end_seat(s.seats[s.chair.pk].pk, last_day=s.now.date() - timedelta(days=1), actor=s.manager, now=s.now)


def _findings(**given: Any) -> dict[str, Any]:
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


def _rated(s: Scene, c: Case) -> None:
    rate_all(c, s.members[0], now=s.now)


def _bare_gate(s: Scene, c: Case) -> None:
    rate_all(c, s.members[0], now=s.now)
    rating("0", "", s.gate)(s, c, s.members[0])


def _all_in(s: Scene, c: Case) -> None:
    for user in s.members[:2]:
        rate_all(c, user, now=s.now)
        reviews.submit_review(c.pk, opinion="", actor=user, now=s.now)


def _one_unassigned(s: Scene, c: Case) -> None:
    reviews.unassign_reviewer(c.pk, s.members[1], reason="Ill.", actor=s.secretary, now=s.now)


def _review_of(s: Scene, c: Case, user: User) -> int:
    return Review.objects.get(case=c, user=user, withdrawn_at__isnull=True).pk


# -- table -------------------------------------------------------------------------------------------------------


def _meeting_of(c: Case) -> Meeting:
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
            s.leave(_meeting_of(c), s.voters[place])

    return prepare


def classified(**given: Any) -> Prepare:
    return lambda s, c: intake.classify_case(c.pk, finding(**given), actor=s.secretary, now=s.now)


def stored(**values: Any) -> Prepare:
    """The findings as they would be had they come about in a state in which they cannot be changed."""
    return lambda _s, c: Case.objects.filter(pk=c.pk).update(**values)


def gate_zero(s: Scene, c: Case) -> None:
    rating("0", "No fallback at all.", s.gate)(s, c, s.members[0])


def _closed_sitting(s: Scene, c: Case) -> None:
    meetings.close_meeting(_meeting_of(c).pk, actor=s.secretary, now=s.now)
    s.plan(c)


def _other_item(s: Scene, c: Case) -> None:
    other = s.case_in(S.READY)
    AgendaItem.objects.create(meeting=_meeting_of(c), case=other, position=2)
    motions.open_item(other.pk, actor=s.secretary, now=s.now)


def _no_agenda(_s: Scene, c: Case) -> None:
    AgendaItem.objects.filter(case=c).delete()


NO_ROOM = Kept((Gap(G.NO_QUORUM, "4/5"),), gone(0, 1, 6))


def _votes(s: Scene, c: Case) -> None:
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


def plain(action: Callable[..., Any]) -> Act:
    return lambda s, c, u: action(c.pk, actor=u, now=s.now)


def resubmit(changes: str = "Done.") -> Act:
    return lambda s, c, u: applications.resubmit_case(c.pk, changes=changes, actor=u, now=s.now)


def designate(reasons: str = "The chair is recused.", who: str = "vice_chair") -> Act:
    return lambda s, c, u: decisions.designate_chair(
        c.pk, seat_id=s.seats[getattr(s, who).pk].pk, reasons=reasons, actor=u, now=s.now
    )


def _away(s: Scene, _c: Case) -> None:
    record_absence(s.seats[s.chair.pk].pk, away_from=date(2026, 1, 1), away_until=None, actor=s.chair, now=s.now)


def _standing(s: Scene) -> dict[str, int]:
    return {"in_favour": 7, "against": 0, "abstain": 0, "silent": 0, "present": 7, "needed": 5}


def _draft_of(c: Case) -> Decision:
    return Decision.objects.filter(case=c).latest("number")


UNLAWFUL = (
    Kept((Gap(G.RED_LINE, "social_scoring"),), stored(red_lines=["social_scoring"])),
    Kept((Gap(G.RE_REVIEW_OUTSTANDING, "human_machine"),), stored(listed=["human_machine"])),
)

ROWS: dict[str, Row] = {
    "application.save": Row(
        S.DRAFT,
        "lead",
        lambda s, c, u: applications.save_answers(c.pk, {"summary": "Anew."}, actor=u, now=s.now),
        S.DRAFT,
        lambda s, c, r: {"items": ["summary"], "revision": 2},
        twice=None,
    ),
    "case.submit": Row(
        S.DRAFT,
        "lead",
        plain(applications.submit_case),
        S.SUBMITTED,
        lambda s, c, r: {"reference": "LKS-2026-0001", "digest": newest(c).digest},
        twice=was(S.SUBMITTED),
        kept=MATERIALS,
    ),
    "case.request_supplement": Row(
        S.SUBMITTED,
        "secretary",
        request(purpose="Say more.", risks="Name them."),
        S.SUPPLEMENT,
        lambda s, c, r: {"items": ["purpose", "risks"]},
        twice=was(S.SUPPLEMENT),
        kept=(
            Kept((Gap(G.SUPPLEMENT_ITEMS_MISSING),), act=request(purpose="  ")),
            Kept((Gap(G.SUPPLEMENT_USED, "1"),), _second_notice),
        ),
    ),
    "case.answer_supplement": Row(
        S.SUPPLEMENT,
        "lead",
        plain(applications.answer_supplement),
        S.SUBMITTED,
        lambda s, c, r: {"digest": newest(c).digest},
        twice=was(S.SUBMITTED),
        prepare=_answer_notice,
        kept=(
            Kept(
                (Gap(G.SUPPLEMENT_UNANSWERED, "title"),),
                lambda s, c: applications.save_supplement_answer(c.pk, "title", " ", actor=s.lead, now=s.now),
            ),
            *MATERIALS,
        ),
    ),
    "case.classify": Row(
        S.SUBMITTED,
        "secretary",
        classify(),
        S.SUBMITTED,
        lambda s, c, r: _findings(),
        twice="again",
        kept=(
            Kept(NO_REASON, act=classify(reason=" ")),
            Kept((Gap(G.TIER_MISSING),), act=classify(tier="")),
            Kept((Gap(G.TIER_MISSING),), act=classify(tier="T9")),
            Kept((Gap(G.EXEMPTION_UNPROVEN),), act=classify(exemption="deep_synthesis")),
            Kept((Gap(G.EXEMPTION_UNPROVEN),), act=classify(exemption="made_up", exemption_evidence="No. 7")),
        ),
    ),
    "case.accept": Row(
        S.SUBMITTED,
        "secretary",
        reasoned(intake.accept_case),
        S.ACCEPTED,
        lambda s, c, r: {"procedure": "general", "route": "general"},
        twice=was(S.ACCEPTED),
        prepare=classified(),
        kept=(
            Kept(NO_REASON, act=reasoned(intake.accept_case, "")),
            Kept((Gap(G.TIER_MISSING),), stored(tier="")),
            Kept((Gap(G.MEMBERS_MISSING, "6/7"), Gap(G.CHAIR_MISSING)), _chair_gone),
        ),
    ),
    "case.decline": Row(
        S.SUBMITTED,
        "secretary",
        reasoned(intake.decline_case),
        S.DECLINED,
        lambda s, c, r: {},
        twice=was(S.DECLINED),
        kept=(Kept(NO_REASON, act=reasoned(intake.decline_case, " ")),),
    ),
    "case.withdraw": Row(
        S.DELIBERATING,
        "lead",
        reasoned(applications.withdraw_case),
        S.WITHDRAWN,
        lambda s, c, r: {},
        twice=was(S.WITHDRAWN),
        kept=(
            Kept(NO_REASON, act=reasoned(applications.withdraw_case, "")),
            Kept((Gap(G.VOTING_OPENED),), lambda s, c: s.carry(c, voters=2)),
        ),
    ),
    "case.assign": Row(
        S.ACCEPTED,
        "secretary",
        assign(0, 1, 0),
        S.REVIEWING,
        lambda s, c, r: {"reviewers": [s.members[0].pk, s.members[1].pk]},
        twice=None,
        kept=(
            Kept((Gap(G.REVIEWERS_MISSING, "1/2"),), act=assign(0)),
            Kept((Gap(G.CONFLICT, "@recused"),), recuse(lambda s: s.members[0])),
        ),
    ),
    "review.rate": Row(
        S.REVIEWING,
        "reviewer",
        rating("2"),
        S.REVIEWING,
        lambda s, c, r: {"review": _review_of(s, c, s.members[0]), "item": r.item, "answer": r.pk},
        twice=None,
    ),
    "review.submit": Row(
        S.REVIEWING,
        "reviewer",
        lambda s, c, u: reviews.submit_review(c.pk, opinion="Sound.", actor=u, now=s.now),
        S.REVIEWING,
        lambda s, c, r: {"review": r.pk},
        twice=was(S.REVIEWING),
        prepare=_rated,
        kept=(
            Kept((Gap(G.RATINGS_MISSING, "1"),), lambda s, c: rating(None, "", s.gate)(s, c, s.members[0])),  # type: ignore[arg-type]
            Kept((Gap(G.REASONS_MISSING, "@gate"),), _bare_gate),
        ),
    ),
    "review.revise": Row(
        S.READY,
        "reviewer",
        rating("1"),
        S.READY,
        lambda s, c, r: {"review": _review_of(s, c, s.members[0]), "item": r.item, "answer": r.pk},
        twice=None,
        kept=(Kept(NO_REASON, act=rating("1", " ")),),
    ),
    "case.close_reviews": Row(
        S.REVIEWING,
        "secretary",
        plain(reviews.close_reviews),
        S.READY,
        lambda s, c, r: {},
        twice=was(S.READY),
        prepare=_all_in,
        kept=(
            Kept((Gap(G.REVIEWERS_MISSING, "1/2"),), _one_unassigned),
            Kept((Gap(G.REVIEWS_OUTSTANDING, "1"),), lambda s, c: assign(2)(s, c, s.secretary)),
        ),
    ),
    "case.extend": Row(
        S.ACCEPTED,
        "chair",
        extend(60),
        S.ACCEPTED,
        lambda s, c, r: {"until": "2027-01-23"},
        twice=Gap(G.DEADLINE_NOT_LATER),
        kept=(
            Kept(NO_REASON, act=extend(60, "")),
            Kept((Gap(G.DEADLINE_NOT_LATER),), act=extend(30)),
        ),
    ),
    "item.open": Row(
        S.READY,
        "chair",
        plain(motions.open_item),
        S.DELIBERATING,
        lambda s, c, r: {"meeting": r.meeting_id},
        twice=was(S.DELIBERATING),
        prepare=lambda s, c: s.convene(c),
        kept=(
            NO_ROOM,
            Kept((Gap(G.NOT_ON_AGENDA), Gap(G.MEETING_NOT_OPEN)), _no_agenda),
            Kept((Gap(G.MEETING_NOT_OPEN),), _closed_sitting),
            Kept((Gap(G.ITEM_OPEN),), _other_item),
        ),
    ),
    "item.adjourn": Row(
        S.DELIBERATING,
        "chair",
        reasoned(motions.adjourn_item),
        S.READY,
        lambda s, c, r: {"meeting": _meeting_of(c).pk},
        twice=was(S.READY),
        kept=(Kept(NO_REASON, act=reasoned(motions.adjourn_item, "")),),
    ),
    "motion.put": Row(
        S.DELIBERATING,
        "chair",
        put(),
        S.VOTING,
        lambda s, c, r: {"motion": r.pk, "kind": "decision", "decision": "approve", "indicator": ""},
        twice=was(S.VOTING),
        kept=(
            NO_ROOM,
            Kept((Gap(G.DECISION_KIND_UNKNOWN, "none"),), act=put(None)),
            Kept((Gap(G.GATE_STANDING, "@gate"),), gate_zero),
            *UNLAWFUL,
        ),
    ),
    "vote.cast": Row(
        S.VOTING,
        "reviewer",
        cast(),
        S.VOTING,
        lambda s, c, r: {"motion": r.motion_id, "voter": s.members[0].pk, "vote": 1, "choice": "for"},
        twice=None,
        kept=(NO_ROOM, Kept((Gap(G.NOT_PRESENT),), gone(2))),
    ),
    "vote.record": Row(
        S.VOTING,
        "secretary",
        cast(1),
        S.VOTING,
        lambda s, c, r: {"motion": r.motion_id, "voter": s.members[1].pk, "vote": 1, "choice": "for"},
        twice=None,
        kept=(NO_ROOM, Kept((Gap(G.NOT_PRESENT),), gone(3))),
    ),
    "motion.close": Row(
        S.VOTING,
        "chair",
        close,
        S.CARRIED,
        lambda s, c, r: {
            "motion": r.pk,
            "carried": True,
            "standing": {"in_favour": 5, "against": 0, "abstain": 0, "silent": 2, "present": 7, "needed": 5},
            "present": sorted(user.pk for user in s.voters),
        },
        twice=was(S.CARRIED),
        prepare=_votes,
        kept=(NO_ROOM, *UNLAWFUL),
    ),
    "motion.withdraw": Row(
        S.VOTING,
        "chair",
        reasoned(motions.withdraw_motion),
        S.DELIBERATING,
        lambda s, c, r: {"motion": r.pk},
        twice=was(S.DELIBERATING),
        kept=(Kept(NO_REASON, act=reasoned(motions.withdraw_motion, "")),),
    ),
    "decision.draft": Row(
        S.CARRIED,
        "secretary",
        draft(),
        S.CARRIED,
        lambda s, c, r: {"decision": r.pk, "kind": "approve"},
        twice="again",
    ),
    "decision.issue": Row(
        S.CARRIED,
        "chair",
        plain(decisions.issue_decision),
        S.APPROVED,
        lambda s, c, r: {
            "decision": r.pk,
            "kind": "approve",
            "issued_as": "chair",
            "standing": _standing(s),
        },
        twice=was(S.APPROVED),
        prepare=write,
        kept=(
            Kept((Gap(G.SCOPE_MISSING), Gap(G.VALIDITY_MISSING)), write_little),
            Kept((Gap(G.DRAFT_MISSING),), lambda s, c: _drop(c)),
            *UNLAWFUL,
        ),
    ),
    "case.resubmit": Row(
        S.MODIFYING,
        "lead",
        resubmit(),
        S.CHECKING,
        lambda s, c, r: {"digest": newest(c).digest},
        twice=was(S.CHECKING),
        kept=(*MATERIALS, Kept(NO_REASON, act=resubmit(" "))),
    ),
    "modification.confirm": Row(
        S.CHECKING,
        "chair",
        plain(decisions.confirm_modification),
        S.APPROVED,
        lambda s, c, r: {"decision": r.pk, "kind": "approve", "issued_as": "chair"},
        twice=was(S.APPROVED),
        prepare=write,
        kept=(
            Kept((Gap(G.SCOPE_MISSING), Gap(G.VALIDITY_MISSING)), write_little),
            Kept((Gap(G.DRAFT_MISSING),), lambda s, c: _drop(c)),
            *UNLAWFUL,
        ),
    ),
    "modification.return": Row(
        S.CHECKING,
        "chair",
        reasoned(decisions.return_modification),
        S.MODIFYING,
        lambda s, c, r: {},
        twice=was(S.MODIFYING),
        kept=(Kept(NO_REASON, act=reasoned(decisions.return_modification, "")),),
    ),
    "case.designate_chair": Row(
        S.READY,
        "secretary",
        designate(),
        S.READY,
        lambda s, c, r: {"seat": s.seats[s.vice_chair.pk].pk},
        twice="again",
        prepare=_away,
        kept=(
            Kept(NO_REASON, act=designate(" ")),
            Kept(
                (Gap(G.CHAIR_AVAILABLE),),
                lambda s, c: record_absence(
                    s.seats[s.chair.pk].pk, away_from=None, away_until=None, actor=s.chair, now=s.now
                ),
            ),
        ),
    ),
}


def _drop(case: Case) -> None:
    held = _draft_of(case)
    held.conditions.all().delete()
    held.delete()
