"""The record of a meeting as plain values, from which its minutes are made."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import Any

from workflows.domain.application import title_of
from workflows.domain.ballots import last_choices
from workflows.domain.states import MeetingState
from workflows.models import AgendaItem, Application, Attendance, Conflict, Meeting, Minutes, Motion
from workflows.queries.folders import votes_of


def is_stale(minutes: Minutes, meeting: Meeting) -> bool:
    """Whether the record has changed since its minutes were drafted from it; never once they are approved."""
    return meeting.state == MeetingState.CLOSED.value and minutes.record != meeting_record(meeting)


def meeting_record(meeting: Meeting) -> dict[str, Any]:
    """Times, attendance, and per agenda item the recusals, motions, standings, votes and dissents.

    People are given as ``{id, en, zh}``, moments in ISO 8601. Recusals and titles are those of the moment the item
    left the table: what is declared or written later is no part of the meeting.
    """
    items = list(meeting.items.select_related("case").order_by("position", "pk"))
    motions, recused, titles = _motions(items), _recused(items), _titles(items)
    stays = meeting.attendance.select_related("seat__user", "stands_for__user").order_by("pk")
    return {
        "number": meeting.number,
        "place": meeting.place,
        "opened_at": _moment(meeting.opened_at),
        "closed_at": _moment(meeting.closed_at),
        "presiding": person(meeting.presiding.user),
        "attendance": [_stay(stay) for stay in stays],
        "items": [
            {
                "position": item.position,
                "case": item.case_id,
                "reference": item.case.reference,
                "title": titles.get(item.pk, item.case.title),
                "opened_at": _moment(item.opened_at),
                "closed_at": _moment(item.closed_at),
                "outcome": item.outcome,
                "note": item.note,
                "recused": recused[item.pk],
                "motions": [motion_record(motion) for motion in motions[item.pk]],
            }
            for item in items
        ],
    }


def _motions(items: list[AgendaItem]) -> dict[int, list[Motion]]:
    found: dict[int, list[Motion]] = defaultdict(list)
    rows = (
        Motion.objects.filter(item__in=items)
        .select_related("review__user")
        .prefetch_related("votes__user", "votes__by", "dissents__user")
        .order_by("pk")
    )
    for motion in rows:
        found[motion.item_id].append(motion)
    return found


def _recused(items: list[AgendaItem]) -> dict[int, list[dict[str, Any]]]:
    """Per item the people with a conflict when it left the table, or now while it has not."""
    cases = [item.case_id for item in items]
    rows = Conflict.objects.filter(case__in=cases).select_related("user").order_by("declared_at", "pk")
    return {
        item.pk: [person(row.user) for row in rows if row.case_id == item.case_id and _stood(row, item.closed_at)]
        for item in items
    }


def _stood(conflict: Conflict, at: datetime | None) -> bool:
    if at is None:
        return conflict.lifted_at is None
    return conflict.declared_at <= at and (conflict.lifted_at is None or conflict.lifted_at > at)


def _titles(items: list[AgendaItem]) -> dict[int, str]:
    """Per item the title of the version that was before the committee."""
    cases = [item.case_id for item in items]
    rows = Application.objects.filter(case__in=cases, submitted_at__isnull=False).order_by("number")
    return {
        item.pk: title_of(row.answers)
        for row in rows
        for item in items
        if item.case_id == row.case_id and (item.closed_at is None or _before(row, item.closed_at))
    }


def _before(version: Application, moment: datetime) -> bool:
    return version.submitted_at is not None and version.submitted_at <= moment


def _stay(stay: Attendance) -> dict[str, Any]:
    return {
        "person": person(stay.seat.user),
        "role": stay.seat.role,
        "mode": stay.mode,
        "stands_for": person(stay.stands_for.user) if stay.stands_for else None,
        "arrived_at": _moment(stay.arrived_at),
        "left_at": _moment(stay.left_at),
    }


def motion_record(motion: Motion) -> dict[str, Any]:
    """One motion with its standing, the votes that stand and the dissents."""
    standing = last_choices(votes_of(motion))
    newest = {vote.user_id: vote for vote in sorted(motion.votes.all(), key=lambda vote: vote.number)}
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
        "dissents": [
            {"person": person(row.user), "text": row.text}
            for row in sorted(motion.dissents.all(), key=lambda row: row.pk)
        ],
    }


def approved_minutes(agenda: list[AgendaItem], until: datetime) -> list[Minutes]:
    """Of meetings that had dealt with a case by then, its items given; the newest first."""
    held = [item.meeting_id for item in agenda if item.closed_at is not None and item.closed_at <= until]
    rows = Minutes.objects.filter(meeting__in=held, meeting__state=MeetingState.APPROVED.value)
    return list(rows.select_related("meeting", "approved_by").order_by("-meeting__starts_at", "-pk"))


def as_read(record: dict[str, Any], readable: Collection[int]) -> dict[str, Any]:
    """The record for one reader: of items on other cases than these nothing but the place, of a ballot that decided
    nothing no votes."""
    items = [
        {**item, "motions": [_without_secrets(motion) for motion in item["motions"]]}
        if item["case"] in readable
        else {"position": item["position"]}
        for item in record["items"]
    ]
    return {**record, "items": items}


def _without_secrets(motion: dict[str, Any]) -> dict[str, Any]:
    return motion if motion["carried"] is not None else {**motion, "votes": []}


def person(user: Any) -> dict[str, Any]:
    """A person as minutes and reports name one."""
    return {"id": user.pk, "en": user.name_in("en"), "zh": user.name_in("zh")}


def _moment(value: datetime | None) -> str | None:
    return value.isoformat() if value else None
