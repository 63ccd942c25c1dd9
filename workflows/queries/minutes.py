"""The record of a meeting as plain values, from which its minutes are made."""

from collections import defaultdict
from typing import Any

from workflows.domain.ballots import Cast, Choice, last_choices
from workflows.models import Conflict, Meeting, Motion


def meeting_record(meeting: Meeting) -> dict[str, Any]:
    """Times, attendance, and per agenda item the recusals, motions, standings, votes and dissents.

    People are given as ``{id, en, zh}``, moments in ISO 8601.
    """
    items = list(meeting.items.select_related("case").order_by("position", "pk"))
    motions: dict[int, list[Motion]] = defaultdict(list)
    for motion in (
        Motion.objects.filter(item__in=items)
        .select_related("review__user")
        .prefetch_related("votes__user", "votes__by", "dissents__user")
        .order_by("pk")
    ):
        motions[motion.item_id].append(motion)
    recused: dict[int, list[Any]] = defaultdict(list)
    for conflict in Conflict.objects.filter(
        case__in=[item.case_id for item in items], lifted_at__isnull=True
    ).select_related("user"):
        recused[conflict.case_id].append(person(conflict.user))
    stays = meeting.attendance.select_related("seat__user", "stands_for__user").order_by("pk")
    return {
        "number": meeting.number,
        "place": meeting.place,
        "opened_at": _moment(meeting.opened_at),
        "closed_at": _moment(meeting.closed_at),
        "presiding": person(meeting.presiding.user),
        "attendance": [
            {
                "person": person(stay.seat.user),
                "role": stay.seat.role,
                "mode": stay.mode,
                "stands_for": person(stay.stands_for.user) if stay.stands_for else None,
                "arrived_at": _moment(stay.arrived_at),
                "left_at": _moment(stay.left_at),
            }
            for stay in stays
        ],
        "items": [
            {
                "position": item.position,
                "case": item.case_id,
                "reference": item.case.reference,
                "title": item.case.title,
                "opened_at": _moment(item.opened_at),
                "closed_at": _moment(item.closed_at),
                "outcome": item.outcome,
                "note": item.note,
                "recused": recused[item.case_id],
                "motions": [motion_record(motion) for motion in motions[item.pk]],
            }
            for item in items
        ],
    }


def motion_record(motion: Motion) -> dict[str, Any]:
    """One motion with its standing, the votes that stand and the dissents."""
    votes = list(motion.votes.all())
    standing = last_choices(Cast(vote.user_id, Choice(vote.choice), vote.number) for vote in votes)
    newest = {vote.user_id: vote for vote in sorted(votes, key=lambda vote: vote.number)}
    return {
        "number": motion.number,
        "kind": motion.kind,
        "decision_kind": motion.decision_kind,
        "indicator": motion.indicator,
        "text": motion.text,
        "put_at": _moment(motion.put_at),
        "closed_at": _moment(motion.closed_at),
        "withdrawn": motion.withdrawn_reason,
        "carried": motion.carried,
        "standing": motion.standing,
        "votes": [
            {
                "person": person(newest[user].user),
                "choice": choice.value,
                "reason": newest[user].reason,
                "by": person(newest[user].by) if newest[user].by_id != user else None,
                "counted": user in motion.present,
            }
            for user, choice in sorted(standing.items())
        ],
        "dissents": [{"person": person(row.user), "text": row.text} for row in motion.dissents.all()],
    }


def person(user: Any) -> dict[str, Any]:
    """A person as minutes and reports name one."""
    return {"id": user.pk, "en": user.name_in("en"), "zh": user.name_in("zh")}


def _moment(value: Any) -> str | None:
    return value.isoformat() if value else None
