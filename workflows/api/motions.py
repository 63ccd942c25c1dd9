"""At the table, for programs: items opened and adjourned, motions, votes, dissents."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _

from ethicsreview.accounts.models import User
from ethicsreview.interface.api.doors import Data, Deed
from workflows.actions import motions as actions
from workflows.api.doors import CaseThing, Piece, by, named, on_case, spoken, wrong
from workflows.api.refusals import missing
from workflows.domain import transitions as t
from workflows.domain.ballots import Choice
from workflows.domain.gapcodes import Gap, GapCode, Refused
from workflows.domain.oversight import Part
from workflows.domain.rooms import Room
from workflows.domain.states import State
from workflows.domain.transitions import PUT_MOTION, gaps
from workflows.models import Motion, Vote
from workflows.queries.agenda import may_dissent_from, may_see_choice, newest_votes, votes_needed
from workflows.queries.comparison import COMMITTEE
from workflows.queries.folders import Folder
from workflows.serializers.motions import (
    DissentBody,
    GateMotionBody,
    MotionBody,
    MotionSerializer,
    MotionsSerializer,
    PrintedReasonsBody,
    RecordVoteBody,
    VoteBody,
)


def motion_values(folder: Folder, motion: Motion, room: Room | None) -> Data:
    """A motion as one person may see it; ``room`` counts while it is open."""
    is_open = motion.closed_at is None
    names = ("number", "kind", "decision_kind", "indicator", "text", "put_at", "closed_at", "withdrawn_reason")
    here = room.users if is_open and room is not None else frozenset[int]()
    return {name: getattr(motion, name) for name in names} | {
        "id": motion.pk,
        "reviewer": named(motion.review.user) if motion.review else None,
        "carried": motion.carried,
        "standing": motion.standing,
        "needed": votes_needed(folder, room) if is_open and room is not None else None,
        "voters": [named(seat.user) for seat in folder.seats if seat.user_id in here],
        "votes": _votes(folder, motion, here),
        "dissents": [
            {"person": named(row.user), "text": row.text}
            for row in sorted(motion.dissents.all(), key=lambda row: row.pk)
        ],
        "may_dissent": may_dissent_from(folder, motion),
    }


def _votes(folder: Folder, motion: Motion, here: frozenset[int]) -> list[Data]:
    """Of a withdrawn motion nobody's; of an open one who in the room has voted, and what the reader may know of it."""
    standing = sorted(newest_votes(motion).items())
    if motion.closed_at is None:
        cast = [vote for pk, vote in standing if pk in here]
        return [_vote(vote, counted=True, known=may_see_choice(folder.user, vote)) for vote in cast]
    if motion.carried is None:
        return []
    return [_vote(vote, counted=pk in motion.present, known=True) for pk, vote in standing]


def _vote(vote: Vote, *, counted: bool, known: bool) -> Data:
    return {
        "person": named(vote.user),
        "choice": vote.choice if known else None,
        "reason": vote.reason if known else "",
        "by": named(vote.by) if vote.by_id != vote.user_id else None,
        "counted": counted,
    }


class MotionsDoor(CaseThing):
    """The motions on a case."""

    shape = MotionsSerializer
    part = Part.VOTES
    readers = COMMITTEE

    def data(self, thing: Folder) -> Data:
        deliberating = State(thing.case.state) is State.DELIBERATING and self.office is None
        room = thing.room if thing.motion is not None else None
        told = {
            "motions": [motion_values(thing, motion, room) for motion in thing.motions],
            "kinds": _kinds(thing) if deliberating else [],
            "gates": _gates(thing) if deliberating else [],
        }
        return dict(MotionsSerializer(told).data)


def _kinds(folder: Folder) -> list[Data]:
    """Every kind of decision with what stands in its way."""
    found = []
    for rule in folder.rules.decisions:
        lacking = gaps(PUT_MOTION, replace(folder.facts, proposal=rule.code), folder.rules)
        here = tuple(gap for gap in lacking if gap.code is not GapCode.WRONG_ROLE)
        told = missing(here, folder.rules, folder.instrument)
        found.append({"code": rule.code, "name": rule.label.in_(spoken()), "missing": told})
    return found


def _gates(folder: Folder) -> list[Data]:
    by_user = {review.user_id: review for review in folder.reviews}
    return [
        {
            "indicator": block.item,
            "question": folder.instrument.items[block.item].question.in_(spoken()),
            "reviewer": named(by_user[block.reviewer].user),
            "reason": folder.answers[by_user[block.reviewer].assessment_id][block.item].reason,
        }
        for block in folder.blocks
    ]


class MotionDoor(CaseThing):
    """One motion."""

    shape = MotionSerializer
    part = Part.VOTES
    readers = COMMITTEE

    def open(self, **address: Any) -> Piece:
        folder = self.case(address["ref"])
        motion = next((row for row in folder.motions if row.pk == address["motion"]), None)
        if motion is None:
            raise Http404
        return Piece(folder, motion)

    def data(self, thing: Piece) -> Data:
        room = thing.folder.room if thing.row.closed_at is None else None
        return dict(MotionSerializer(motion_values(thing.folder, thing.row, room)).data)


def _cast(thing: Piece, caller: User, now: datetime, body: Data) -> object:
    return _vote_on(thing, body, voter=None, actor=caller, now=now)


def _record(thing: Piece, caller: User, now: datetime, body: Data) -> object:
    voter = next((seat.user for seat in thing.folder.seats if seat.user_id == body["voter"]), None)
    if voter is None or voter.pk == caller.pk:
        raise wrong("/voter", _("Nobody with a seat whose vote you could enter has this number."))
    return _vote_on(thing, body, voter=voter, actor=caller, now=now)


def _vote_on(thing: Piece, body: Data, *, voter: User | None, actor: User, now: datetime) -> object:
    return actions.cast_vote(
        thing.folder.case.pk,
        motion_id=thing.row.pk,
        choice=Choice(body["choice"]),
        reason=body["reason"],
        voter=voter,
        actor=actor,
        now=now,
    )


def _close(thing: Piece, caller: User, now: datetime, _body: Data) -> object:
    return actions.close_motion(thing.folder.case.pk, motion_id=thing.row.pk, actor=caller, now=now)


def _withdraw(thing: Piece, caller: User, now: datetime, body: Data) -> object:
    if thing.row.closed_at is not None:
        raise Refused((Gap(GapCode.BALLOT_CLOSED),))
    return actions.withdraw_motion(thing.folder.case.pk, reasons=body["reasons"], actor=caller, now=now)


def _dissent(thing: Piece, caller: User, now: datetime, body: Data) -> object:
    case = thing.folder.case.pk
    return actions.write_dissent(case, motion_id=thing.row.pk, text=body["text"], actor=caller, now=now)


OPEN_ITEM = Deed(
    "item_open",
    "Turn to a case in the open meeting",
    on_case(actions.open_item),
    description="Quorum and categories are counted without the recused.",
    allows=by(t.OPEN_ITEM),
)
ADJOURN_ITEM = Deed(
    "item_adjourn",
    "Adjourn a case undecided",
    on_case(actions.adjourn_item),
    takes=PrintedReasonsBody,
    description="It leaves the table and can come to a later meeting; the reasons are printed in the minutes.",
    example={"reasons": "An expert is to be heard first."},
    allows=by(t.ADJOURN_ITEM),
)
PUT = Deed(
    "motion_put",
    "Put a decision to the vote",
    on_case(actions.put_motion),
    takes=MotionBody,
    created=True,
    description="Everybody present and free to vote is told and can vote at once. “kinds” says what may be put.",
    example={"decision_kind": "approve", "text": "As discussed."},
    allows=by(t.PUT_MOTION),
)
PUT_GATE = Deed(
    "gate_motion_put",
    "Put the resolution of a gate to the vote",
    on_case(actions.put_gate_motion),
    takes=GateMotionBody,
    created=True,
    description="Carried, this rating no longer keeps an approval from being put; the rating stays as it was given.",
    example={"reviewer": 3, "indicator": "PR-1", "text": "The data never leave the hospital."},
    allows=by(t.PUT_MOTION),
)
VOTE = Deed(
    "vote_cast",
    "Vote",
    _cast,
    takes=VoteBody,
    description="One's own vote; the last one cast stands until the ballot is closed.",
    example={"choice": "for", "reason": ""},
    allows=by(t.CAST_VOTE),
)
RECORD = Deed(
    "vote_record",
    "Enter a member's vote",
    _record,
    takes=RecordVoteBody,
    description="By the secretary, for a member in the room; the record says whose hand it was.",
    example={"voter": 3, "choice": "abstain", "reason": ""},
    allows=by(t.RECORD_VOTE),
)
CLOSE = Deed(
    "motion_close",
    "Close the ballot",
    _close,
    description="Counted over those present at this moment; a lost motion leaves the item open for another.",
    allows=by(t.CLOSE_MOTION),
)
WITHDRAW = Deed(
    "motion_withdraw",
    "Take an open motion from the table",
    _withdraw,
    takes=PrintedReasonsBody,
    description="The votes cast stay in the record and decide nothing.",
    example={"reasons": "The text is to be changed."},
    allows=by(t.WITHDRAW_MOTION),
)
DISSENT = Deed(
    "dissent_write",
    "Dissent in writing",
    _dissent,
    takes=DissentBody,
    description="By a member who was there and did not vote for the outcome, until the decision is issued.",
    example={"text": "The fallback is not described well enough."},
    allows=lambda thing: thing.folder.user.pk in thing.row.present,
)
