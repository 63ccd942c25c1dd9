"""The expert panel: seats, ballot, votes."""

from datetime import datetime

from django.db import transaction

from ethicsreview.accounts.models import User
from ethicsreview.notices.domain import Verb
from workflows.domain.ballots import Choice, Standing, carried
from workflows.domain.gapcodes import Gap, GapCode, Refused
from workflows.domain.verification_states import VState
from workflows.domain.verification_table import CLOSE_BALLOT, OPEN_BALLOT, SEAT, UNSEAT, VOTE
from workflows.models import PanelBallot, PanelSeat, PanelVote
from workflows.queries.verification_folders import VerificationFolder
from workflows.steps.verifications import (
    as_candidate,
    begin_notice,
    coordinators,
    guard,
    lock_verification,
    log,
    move,
    send_back,
    team_people,
    tell,
)


@transaction.atomic(durable=True)
def seat_panellist(verification_id: int, user: User, *, actor: User, now: datetime) -> PanelSeat:
    """The coordinator seats an assessor of the body who was never on the team and does not review compliance.

    Again changes nothing.
    """
    folder = lock_verification(verification_id, actor=actor, now=now)
    held = next((seat for seat in folder.panel if seat.user_id == user.pk), None)
    others = {place.user_id for place in folder.places} | {folder.verification.reviewer_id}
    seated = len(folder.panel) - (held is not None)
    guard(SEAT, folder, seated=seated, candidate_apart=user.pk not in others, **as_candidate(folder, user))
    if held is not None:
        return held
    # a seat of one who assessed here no more, and does again, is a new one
    folder.verification.panel.filter(user=user, ended_at__isnull=True).update(ended_at=now)
    seat = PanelSeat.objects.create(verification=folder.verification, user=user, assigned_by=actor, assigned_at=now)
    move(folder, None)
    log(folder, SEAT.verb, user=user.pk)
    tell(folder, [user], Verb.PANEL_SEATED)
    return seat


@transaction.atomic(durable=True)
def unseat_panellist(verification_id: int, user: User, *, reasons: str, actor: User, now: datetime) -> PanelSeat:
    """The coordinator takes an expert off the panel, with reasons, while no ballot is open."""
    folder = lock_verification(verification_id, actor=actor, now=now)
    guard(UNSEAT, folder, reasons=bool(reasons.strip()))
    seat = next((one for one in folder.seats if one.user_id == user.pk and one.ended_at is None), None)
    if seat is None:
        raise Refused((Gap(GapCode.NOT_AN_ASSESSOR),))
    seat.ended_at, seat.end_reason = now, reasons.strip()
    seat.save(update_fields=["ended_at", "end_reason"])
    move(folder, None)
    log(folder, UNSEAT.verb, user=user.pk)
    return seat


@transaction.atomic(durable=True)
def open_ballot(verification_id: int, *, actor: User, now: datetime) -> PanelBallot:
    """The coordinator puts the recommendation to the panel's vote."""
    folder = lock_verification(verification_id, actor=actor, now=now)
    facts = guard(OPEN_BALLOT, folder)
    ballot = PanelBallot.objects.create(
        verification=folder.verification,
        number=len(folder.ballots) + 1,
        tier=facts.tier or 0,
        opened_by=actor,
        opened_at=now,
    )
    move(folder, None)
    log(folder, OPEN_BALLOT.verb, ballot=ballot.pk, tier=ballot.tier)
    tell(folder, [seat.user for seat in folder.panel], Verb.BALLOT_OPENED)
    return ballot


def _ballot(folder: VerificationFolder, ballot_id: int) -> PanelBallot:
    """The open ballot, when it is the one the page showed."""
    ballot = folder.ballot
    if ballot is None or ballot.pk != ballot_id:
        raise Refused((Gap(GapCode.STALE),))
    return ballot


@transaction.atomic(durable=True)
def cast_panel_vote(
    verification_id: int, *, ballot_id: int, choice: Choice, reason: str, actor: User, now: datetime
) -> PanelVote:
    """An expert votes; the last vote stands until the ballot is closed. The same vote again changes nothing."""
    folder = lock_verification(verification_id, actor=actor, now=now)
    guard(VOTE, folder)
    ballot = _ballot(folder, ballot_id)
    votes = sorted(ballot.votes.all(), key=lambda vote: vote.number)
    standing = next((vote for vote in reversed(votes) if vote.user_id == actor.pk), None)
    if standing and (standing.choice, standing.reason) == (choice.value, reason.strip()):
        return standing
    vote = PanelVote.objects.create(
        ballot=ballot, user=actor, number=len(votes) + 1, choice=choice.value, reason=reason.strip(), at=now
    )
    log(folder, VOTE.verb, ballot=ballot.pk, vote=vote.number)  # what was voted stays secret until the close
    return vote


@transaction.atomic(durable=True)
def close_ballot(verification_id: int, *, ballot_id: int, actor: User, now: datetime) -> PanelBallot:
    """The coordinator closes the ballot once all voted or nothing can change: on to the notice, or back.

    What those against wrote stands as the reasons for which it went back.
    """
    folder = lock_verification(verification_id, actor=actor, now=now)
    guard(CLOSE_BALLOT, folder)
    ballot = _ballot(folder, ballot_id)
    standing = folder.standing_of(ballot)
    ballot.carried, ballot.standing = _result(folder, standing)
    ballot.present, ballot.closed_at = sorted(seat.user_id for seat in folder.panel), now
    ballot.save(update_fields=["carried", "standing", "present", "closed_at"])
    if ballot.carried:
        change = begin_notice(folder)
    else:
        change = send_back(folder, VState.RECOMMENDING, _objections(folder, ballot))
        tell(folder, [*team_people(folder), *coordinators(folder)], Verb.RECOMMENDATION_RETURNED)
    facts = {"ballot": ballot.pk, "carried": ballot.carried, "standing": ballot.standing, "present": ballot.present}
    log(folder, CLOSE_BALLOT.verb, **change, **facts)
    return ballot


def _result(folder: VerificationFolder, standing: Standing) -> tuple[bool, dict[str, int]]:
    rules, base = folder.scheme.panel, folder.base_of(standing)
    passed = carried(standing, threshold=rules.threshold.value, inclusive=rules.inclusive.value, denominator=base)
    return passed, {
        "in_favour": standing.in_favour,
        "against": standing.against,
        "abstain": standing.abstain,
        "silent": standing.silent,
        "present": standing.present,
        "needed": folder.votes_needed(standing),
        "base": base,
    }


def _objections(folder: VerificationFolder, ballot: PanelBallot) -> str:
    last = {vote.user_id: vote for vote in sorted(ballot.votes.all(), key=lambda vote: vote.number)}
    seated = set(ballot.present)
    against = [vote for user, vote in last.items() if user in seated and vote.choice == Choice.AGAINST.value]
    return "\n\n".join(vote.reason for vote in against if vote.reason)
