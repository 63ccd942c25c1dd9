"""The item on the table as one reader may see it: the motion, who has voted, results, gates, one's own vote."""

from typing import Any

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from workflows.domain.ballots import Choice
from workflows.domain.states import MeetingState, MotionKind, Role, State
from workflows.models import Motion, Seat, Vote
from workflows.queries.agenda import (
    Line,
    leads,
    may_dissent_from,
    may_see_choice,
    members,
    newest_votes,
    votes_needed,
)
from workflows.queries.folders import Folder
from workflows.queries.meetings import MeetingFolder
from workflows.views.doors import needed
from workflows.views.pieces import status
from workflows.wording import CHOICES


def language() -> str:
    """The reader's language."""
    return get_language() or "en"


def outcome_label(outcome: str) -> str:
    """How an item ended, in words."""
    return {
        "carried": _("Decided"),
        "adjourned": _("Adjourned"),
        "withdrawn": _("Withdrawn by the applicant"),
        "not_reached": _("Not reached"),
    }.get(outcome, outcome)


# -- the item on the table --------------------------------------------------------------------------------------------


def item_part(meeting: MeetingFolder, current: Line | None, lines: list[Line]) -> dict[str, Any]:
    """What is on the table; of an item the reader is recused from, its number alone."""
    if current is None:
        return {
            "open": False,
            "waiting": any(line.item.closed_at is None for line in lines),
            "last": _last(meeting, lines),
        }
    folder, room = current.folder, current.room
    if folder is None or room is None:
        return {"open": True, "recused": True, "number": current.item.position}
    leading = leads(meeting, folder)
    state = State(folder.case.state)
    return {
        "open": True,
        "recused": False,
        "number": current.item.position,
        "case": folder.case.pk,
        "reference": folder.case.reference,
        "title": folder.case.title,
        "status": status(folder.case),
        "gaps": needed(current.gaps, folder.rules),
        "leads": leading,
        "deliberating": state is State.DELIBERATING,
        "recused_people": [seat.user.name_in(language()) for seat in meeting.seats if seat.user_id in folder.recused],
        "motion": _motion(meeting, folder, current, leading=leading),
        "results": results_of(meeting, folder, current.item.pk),
        "gates": standing_gates(folder) if state is State.DELIBERATING else [],
        "threshold": _threshold(folder),
    }


def _last(meeting: MeetingFolder, lines: list[Line]) -> dict[str, Any] | None:
    """The item that left the table last, with how its last vote ended."""
    done = [line for line in lines if line.folder is not None and line.item.opened_at and line.item.closed_at]
    newest = max(done, key=lambda line: line.item.closed_at or meeting.now, default=None)
    if newest is None or newest.folder is None or meeting.meeting.state != MeetingState.OPEN.value:
        return None
    return {
        "number": newest.item.position,
        "case": newest.item.case_id,
        "reference": newest.item.case.reference,
        "title": newest.item.case.title,
        "outcome": outcome_label(newest.item.outcome),
        "results": results_of(meeting, newest.folder, newest.item.pk)[:1],
    }


def _threshold(folder: Folder) -> dict[str, str]:
    rule = folder.rules.meeting.threshold
    words = _("at least %(share)s") if folder.rules.meeting.inclusive.value else _("more than %(share)s")
    return {"words": words % {"share": str(rule.value)}, "article": rule.citation.in_(language())}


def kind_label(folder: Folder, code: str) -> str:
    """A decision kind as the rulebook names it."""
    rule = next((rule for rule in folder.rules.decisions if rule.code == code), None)
    return str(rule.label.in_(language())) if rule else code


def motion_title(folder: Folder, motion: Motion) -> str:
    """What a motion proposes, in a few words."""
    if motion.kind == MotionKind.RESOLVE_GATE.value:
        return _("Resolve gate %(indicator)s") % {"indicator": motion.indicator}
    return kind_label(folder, motion.decision_kind)


def standing_gates(folder: Folder) -> list[dict[str, Any]]:
    """Gates that block: the indicator, whose rating, and the reason given."""
    spoken = language()
    by_user = {review.user_id: review for review in folder.reviews}
    rows = []
    for block in folder.blocks:
        review = by_user[block.reviewer]
        item = folder.instrument.items[block.item]
        rows.append(
            {
                "value": f"{block.item}#{block.reviewer}",
                "indicator": block.item,
                "question": item.question.in_(spoken),
                "reviewer": review.user.name_in(spoken),
                "reason": folder.answers[review.assessment_id][block.item].reason,
            }
        )
    return rows


def _motion(meeting: MeetingFolder, folder: Folder, current: Line, *, leading: bool) -> dict[str, Any] | None:
    motion, room = folder.motion, current.room
    if motion is None or room is None:
        return None
    standing = folder.standing_of(motion, room)
    newest = newest_votes(motion)
    desk = Role.SECRETARY in meeting.roles
    voters = [seat for seat in members(meeting) if seat.user_id in room.users]
    silent = standing.silent
    return {
        "pk": motion.pk,
        "number": motion.number,
        "title": motion_title(folder, motion),
        "text": motion.text,
        "by": motion.put_by.name_in(language()),
        "at": motion.put_at,
        "needed": votes_needed(folder, room),
        "present": room.counted,
        "cast": standing.cast,
        "leads": leading,
        "desk": desk,
        "silent": ngettext("%(count)s has not voted yet", "%(count)s have not voted yet", silent) % {"count": silent}
        if silent
        else "",
        "voters": [_voter(meeting, seat, newest.get(seat.user_id)) for seat in voters],
    }


def _voter(meeting: MeetingFolder, seat: Seat, vote: Vote | None) -> dict[str, Any]:
    """Whether a person has voted; what, only to the person and to the hand that entered it."""
    known = vote is not None and may_see_choice(meeting.user, vote)
    return {
        "user": seat.user_id,
        "name": seat.user.name_in(language()),
        "voted": vote is not None,
        "by_hand": vote is not None and vote.by_id != vote.user_id,
        "choice": CHOICES[Choice(vote.choice)] if vote is not None and known else "",
        "value": vote.choice if vote is not None and known else "",
    }


def results_of(meeting: MeetingFolder | Folder, folder: Folder, item_id: int) -> list[dict[str, Any]]:
    """Closed motions of one item, newest first; ``meeting`` knows the committee's seats."""
    closed = [motion for motion in folder.motions if motion.item_id == item_id and motion.closed_at]
    return [_result(meeting, folder, motion) for motion in reversed(closed)]


def _result(meeting: MeetingFolder | Folder, folder: Folder, motion: Motion) -> dict[str, Any]:
    spoken, names = language(), {seat.user_id: seat.user.name_in(language()) for seat in meeting.seats}
    return {
        "pk": motion.pk,
        "case": folder.case.pk,
        "number": motion.number,
        "title": motion_title(folder, motion),
        "text": motion.text,
        "closed_at": motion.closed_at,
        "withdrawn": motion.withdrawn_reason,
        "carried": motion.carried,
        "standing": motion.standing or {},
        "votes": [
            {
                "name": vote.user.name_in(spoken),
                "choice": CHOICES[Choice(vote.choice)],
                "reason": vote.reason,
                "by": vote.by.name_in(spoken) if vote.by_id != user else "",
                "counted": user in motion.present,
            }
            for user, vote in sorted(newest_votes(motion).items())
            if motion.carried is not None
        ],
        "silent": [names.get(user, "") for user in motion.present if user not in newest_votes(motion)],
        "dissents": [{"name": row.user.name_in(spoken), "text": row.text} for row in motion.dissents.all()],
        "may_dissent": may_dissent_from(folder, motion),
    }


# -- one's own vote ---------------------------------------------------------------------------------------------------


def vote_part(meeting: MeetingFolder, current: Line | None) -> dict[str, Any]:
    """The panel of the person's own vote; it changes only with the motion, the right to vote, and the vote itself."""
    folder = current.folder if current else None
    if current is None or folder is None or folder.motion is None or current.room is None:
        return {"open": False}
    if meeting.user.pk not in current.room.users:
        return {"open": False}
    mine = newest_votes(folder.motion).get(meeting.user.pk)
    return {
        "open": True,
        "case": folder.case.pk,
        "motion": folder.motion.pk,
        "number": folder.motion.number,
        "title": motion_title(folder, folder.motion),
        "text": folder.motion.text,
        "choice": mine.choice if mine else "",
        "label": CHOICES[Choice(mine.choice)] if mine else "",
        "reason": mine.reason if mine else "",
        "by": mine.by.name_in(language()) if mine and mine.by_id != meeting.user.pk else "",
        "at": mine.at if mine else None,
        "choices": [{"value": choice.value, "label": CHOICES[choice], "icon": _ICONS[choice]} for choice in Choice],
    }


_ICONS = {Choice.FOR: "check", Choice.AGAINST: "cross", Choice.ABSTAIN: "minus"}
