"""Every motion on the case, lost and withdrawn ones too, with its votes and dissents."""

from workflows.domain.ballots import Choice, Standing
from workflows.domain.checks import decision_rule
from workflows.domain.states import MotionKind
from workflows.models import Motion, Vote
from workflows.reporting.data import DissentFacts, MotionFacts, MotionOutcome, Person, VoteFacts
from workflows.reporting.issued import IssuedFolder
from workflows.reporting.naming import person


def number_of(folder: IssuedFolder, motion: Motion | None) -> int:
    """The number of a motion among the case's, from 1; 0 for none."""
    return folder.motions.index(motion) + 1 if motion is not None else 0


def read_motions(folder: IssuedFolder) -> tuple[MotionFacts, ...]:
    """The motions in the order they were put."""
    return tuple(_motion(number, motion, folder) for number, motion in enumerate(folder.motions, start=1))


def _motion(number: int, motion: Motion, folder: IssuedFolder) -> MotionFacts:
    kept = motion.standing or {}
    standing = _standing(kept)
    people = _people(motion, folder)
    return MotionFacts(
        number=number,
        meeting=motion.item.meeting.number,
        kind=MotionKind(motion.kind),
        decision=decision_rule(motion.decision_kind, folder.rules) if motion.decision_kind else None,
        gate=(motion.indicator, person(motion.review.user)) if motion.review is not None else None,
        text=motion.text,
        put_by=person(motion.put_by),
        put_at=motion.put_at,
        closed_at=motion.closed_at,
        outcome=_outcome(motion),
        withdrawn_reason=motion.withdrawn_reason,
        standing=standing,
        needed=kept.get("needed", 0),
        base=kept.get("base", kept.get("present", 0)),
        present=tuple(people[user] for user in sorted(motion.present, key=folder.order_of) if user in people),
        votes=_votes(motion, folder),
        dissents=tuple(
            DissentFacts(person(row.user), row.text, row.at)
            for row in sorted(motion.dissents.all(), key=lambda row: row.pk)
            if row.at <= folder.now
        ),
    )


def _standing(kept: dict[str, int]) -> Standing | None:
    if not kept:
        return None
    return Standing(**{name: kept[name] for name in ("in_favour", "against", "abstain", "silent", "present")})


def _outcome(motion: Motion) -> MotionOutcome:
    if motion.carried is None:
        return MotionOutcome.WITHDRAWN
    return MotionOutcome.CARRIED if motion.carried else MotionOutcome.LOST


def _people(motion: Motion, folder: IssuedFolder) -> dict[int, Person]:
    """Those who could be in the room: seats, whoever attended, whoever voted."""
    here = {stay.seat.user_id: person(stay.seat.user) for stay in folder.attendance_of(motion.item.meeting)}
    return here | {seat.user_id: person(seat.user) for seat in folder.seats}


def _votes(motion: Motion, folder: IssuedFolder) -> tuple[VoteFacts, ...]:
    by_voter: dict[int, list[Vote]] = {}
    for vote in sorted(motion.votes.all(), key=lambda vote: vote.number):
        by_voter.setdefault(vote.user_id, []).append(vote)
    return tuple(
        VoteFacts(
            person=person(votes[-1].user),
            choice=Choice(votes[-1].choice),
            reason=votes[-1].reason,
            by=person(votes[-1].by) if votes[-1].by_id != votes[-1].user_id else None,
            at=votes[-1].at,
            counted=motion.closed_at is not None and motion.carried is not None and user in motion.present,
            earlier=len(votes) - 1,
        )
        for user, votes in sorted(by_voter.items(), key=lambda entry: folder.order_of(entry[0]))
    )
