"""Assigning reviewers, rating, handing in, revising, opening the reviews to the committee."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from assessments.domain.answers import AnswerFault, BadAnswer, EvidenceLink
from assessments.models import Answer
from assessments.steps import add_answer, open_assessment, submit_assessment
from ethicsreview.accounts.models import User
from ethicsreview.notices.domain import Verb
from workflows.domain.gapcodes import Gap, GapCode, Refused
from workflows.domain.rooms import VOTING, SeatRole
from workflows.domain.states import Role
from workflows.domain.transitions import ASSIGN, CLOSE_REVIEWS, RATE, REVISE_RATING, SUBMIT_REVIEW, Transition
from workflows.models import Case, Review
from workflows.queries.folders import Folder
from workflows.queries.people import presiding, secretaries
from workflows.queries.submitted import citable
from workflows.steps import guard, move, note, open_folder, tell


@transaction.atomic(durable=True)
def assign_reviewers(case_id: int, users: Sequence[User], *, actor: User, now: datetime) -> list[Review]:
    """Assign these members beside those already assigned; enough of them opens the reviewing.

    Refused for people with a conflict or without a voting seat, and when the rulebook asks for more reviewers.
    """
    folder = open_folder(case_id, actor=actor, now=now)
    reading = VOTING if folder.rules.committee.alternates.value else VOTING - {SeatRole.ALTERNATE}
    seated = {seat.user_id for seat in folder.seats if SeatRole(seat.role) in reading}
    known = {review.user_id for review in folder.reviews}
    fresh = list({user.pk: user for user in users if user.pk not in known}.values())
    barred = tuple(user.pk for user in fresh if user.pk in folder.recused or user.pk not in seated)
    guard(ASSIGN, folder, reviewers=len(known) + len(fresh), conflicted=barred)
    if not fresh:
        return []
    made = [
        Review.objects.create(
            case=folder.case,
            user=user,
            assessment=open_assessment(instrument_version=folder.case.instrument, now=now),
            assigned_at=now,
            assigned_by=actor,
        )
        for user in fresh
    ]
    change = move(folder.case, ASSIGN.target, now=now)
    note(folder.case, ASSIGN.verb, actor=actor, now=now, **change, reviewers=[user.pk for user in fresh])
    tell(folder, fresh, Verb.REVIEW_ASSIGNED, deadline=folder.clock.last_day if folder.clock else "")
    return made


@transaction.atomic(durable=True)
def unassign_reviewer(case_id: int, user: User, *, reason: str, actor: User, now: datetime) -> None:
    """Take an assignment back with a reason; what was rated stays in the record and no longer counts."""
    folder = open_folder(case_id, actor=actor, now=now)
    guard(ASSIGN, folder, reviewers=folder.rules.review.min_reviewers.value)
    if not reason.strip():
        raise Refused((Gap(GapCode.REASONS_MISSING),))
    review = next((row for row in folder.reviews if row.user_id == user.pk), None)
    if review is None:
        raise Refused((Gap(GapCode.WRONG_STATE, folder.case.state),))
    review.withdrawn_at, review.withdrawn_reason = now, reason.strip()
    review.save(update_fields=["withdrawn_at", "withdrawn_reason"])
    note(folder.case, "case.unassign", actor=actor, now=now, user=user.pk)
    tell(folder, [user], Verb.REVIEW_UNASSIGNED)


def _own(folder: Folder) -> Review:
    if folder.own_review is None:
        raise Refused((Gap(GapCode.WRONG_ROLE),))
    return folder.own_review


def _to_rate(folder: Folder, *, reason: str, evidence: Sequence[EvidenceLink]) -> tuple[Review, Transition]:
    """The own review and the step a rating takes: after handing in, a change is a revision and needs a reason."""
    review = _own(folder) if Role.REVIEWER in folder.roles else None
    step = REVISE_RATING if review is not None and review.submitted_at is not None else RATE
    guard(step, folder, reasons=bool(reason.strip()))
    if not {link.version for link in evidence} <= citable(folder):
        raise BadAnswer("evidence", AnswerFault.UNKNOWN_DOCUMENT)
    return _own(folder), step


def _shown(before: Answer | None, seen: int | None) -> Answer | None:
    """The standing answer; stale where ``seen``, the id of the one that was shown, 0 for none, is another."""
    if seen is not None and seen != (before.pk if before else 0):
        raise Refused((Gap(GapCode.STALE),))
    return before


@transaction.atomic(durable=True)
def rate_indicator(
    case_id: int,
    item: str,
    *,
    step: str | None,
    not_applicable: bool,
    reason: str,
    evidence: Sequence[EvidenceLink] = (),
    seen: int | None = None,
    actor: User,
    now: datetime,
) -> Answer | None:
    """Keep one rating of the own review; ``seen`` as in ``_shown``. Raises ``BadAnswer`` for what is no rating."""
    folder = open_folder(case_id, actor=actor, now=now)
    review, transition = _to_rate(folder, reason=reason, evidence=evidence)
    before = _shown(folder.answers.get(review.assessment_id, {}).get(item), seen)
    answer = add_answer(
        assessment=review.assessment,
        item=item,
        step=step,
        not_applicable=not_applicable,
        reason=reason,
        evidence=evidence,
        by=actor,
        now=now,
        revising=transition is REVISE_RATING,
    )
    if answer is not None and answer != before:
        note(folder.case, transition.verb, actor=actor, now=now, review=review.pk, item=item, answer=answer.pk)
    return answer


@transaction.atomic(durable=True)
def submit_review(case_id: int, *, opinion: str, actor: User, now: datetime) -> Review:
    """Hand the own review in: every indicator rated or not applicable with a reason, a blocking gate with one too."""
    folder = open_folder(case_id, actor=actor, now=now)
    guard(SUBMIT_REVIEW, folder)
    review = _own(folder)
    if review.submitted_at is not None:
        raise Refused((Gap(GapCode.WRONG_STATE, folder.case.state),))
    submit_assessment(assessment=review.assessment, now=now)
    review.submitted_at, review.opinion = now, opinion.strip()
    review.save(update_fields=["submitted_at", "opinion"])
    note(folder.case, SUBMIT_REVIEW.verb, actor=actor, now=now, review=review.pk)
    if all(row.submitted_at is not None for row in folder.reviews):
        tell(folder, [*secretaries(folder), *presiding(folder)], Verb.REVIEWS_COMPLETE)
    return review


@transaction.atomic(durable=True)
def close_reviews(case_id: int, *, actor: User, now: datetime) -> Case:
    """End the blind phase: the committee sees all reviews, and the case is ready for a meeting."""
    folder = open_folder(case_id, actor=actor, now=now)
    guard(CLOSE_REVIEWS, folder)
    change = move(folder.case, CLOSE_REVIEWS.target, now=now, reviews_opened_at=now)
    note(folder.case, CLOSE_REVIEWS.verb, actor=actor, now=now, **change)
    return folder.case
