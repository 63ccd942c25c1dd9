"""Reviewers and conflicts of interest of a case, for programs."""

from datetime import datetime
from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _

from ethicsreview.accounts.models import User
from ethicsreview.interface.api.doors import Data, Deed
from ethicsreview.interface.domain.problems import Fault, Kind, Stop
from workflows.actions.conflicts import declare_conflict, lift_conflict
from workflows.actions.reviews import assign_reviewers, unassign_reviewer
from workflows.api.doors import CaseThing, Piece, by, named, spoken, wrong
from workflows.domain import transitions as t
from workflows.domain.states import Role
from workflows.models import Conflict
from workflows.queries.folders import Folder
from workflows.queries.people import may_declare, recusable
from workflows.queries.workload import loads
from workflows.serializers.cases import ReasonsBody
from workflows.serializers.intake import AssignBody, AssignmentsSerializer, ConflictBody, ConflictsSerializer


class AssignmentsDoor(CaseThing):
    """The reviewers of a case."""

    shape = AssignmentsSerializer
    readers = frozenset({Role.SECRETARY})

    def data(self, thing: Folder) -> Data:
        least = thing.rules.review.min_reviewers
        names = ("open", "done", "recused", "assigned", "away")
        told = {
            "least": least.value,
            "article": least.citation.in_(spoken()),
            "reviewers": [
                {**named(row.user), "assigned_at": row.assigned_at, "submitted_at": row.submitted_at}
                for row in thing.reviews
            ],
            "members": [
                {**named(load.seat.user), "role": load.seat.role, **{name: getattr(load, name) for name in names}}
                for load in loads(thing)
            ],
        }
        return dict(AssignmentsSerializer(told).data)


class AssignmentDoor(AssignmentsDoor):
    """One reviewer of a case; answers with all."""

    def open(self, **address: Any) -> Piece:
        folder = self.case(address["ref"])
        review = next((row for row in folder.reviews if row.user_id == address["person"]), None)
        if review is None:
            raise Http404
        return Piece(folder, review)

    def data(self, thing: Any) -> Data:
        return super().data(self.folder_of(thing))

    def told(self, deed: Deed, result: Any, **address: Any) -> Any:
        """The assignment is gone; what is left is told."""
        return self.answer(self.case(address["ref"]))


def _assign(thing: Folder, caller: User, now: datetime, body: Data) -> object:
    seated = {seat.user_id: seat.user for seat in thing.seats}
    strange = [place for place, pk in enumerate(body["reviewers"]) if pk not in seated]
    if strange:
        words = _("Nobody with a seat has this number.")
        raise Stop(Kind.BAD_INPUT, faults=tuple(Fault(f"/reviewers/{place}", words) for place in strange))
    return assign_reviewers(thing.case.pk, [seated[pk] for pk in body["reviewers"]], actor=caller, now=now)


def _unassign(thing: Piece, caller: User, now: datetime, body: Data) -> object:
    case = thing.folder.case.pk
    return unassign_reviewer(case, thing.row.user, reason=body["reasons"], actor=caller, now=now)


ASSIGN = Deed(
    "reviewers_assign",
    "Assign reviewers",
    _assign,
    takes=AssignBody,
    description="Beside those already assigned; enough of them opens the reviewing.",
    example={"reviewers": [3, 4]},
    allows=by(t.ASSIGN),
)
UNASSIGN = Deed(
    "reviewer_withdraw",
    "Take an assignment back",
    _unassign,
    takes=ReasonsBody,
    description="What was rated stays in the record and no longer counts.",
    example={"reasons": "Away for a month."},
    allows=by(t.ASSIGN),
)


# -- conflicts --------------------------------------------------------------------------------------------------------


class ConflictsDoor(CaseThing):
    """Conflicts of interest on a case."""

    shape = ConflictsSerializer

    def case(self, ref: str) -> Folder:
        folder = super().case(ref)
        if not may_declare(folder) and Role.SECRETARY not in folder.roles:
            raise Stop(Kind.NOT_ALLOWED)
        return folder

    def data(self, thing: Any) -> Data:
        folder = self.folder_of(thing)
        labels = {kind.code: kind.label.in_(spoken()) for kind in folder.rules.conflicts}
        told = {
            "kinds": [
                {"code": kind.code, "name": labels[kind.code], "article": kind.citation.in_(spoken())}
                for kind in folder.rules.conflicts
            ],
            "people": [named(seat.user) for seat in recusable(folder)],
            "conflicts": [_conflict(folder, row, labels) for row in folder.conflicts],
        }
        return dict(ConflictsSerializer(told).data)


def _conflict(folder: Folder, row: Conflict, labels: dict[str, str]) -> Data:
    desk = Role.SECRETARY in folder.roles
    return {
        "id": row.pk,
        "person": named(row.user),
        "kind": row.kind,
        "kind_name": labels.get(row.kind, row.kind),
        "reason": row.reason if desk else "",
        "declared_at": row.declared_at,
        "declared_by": named(row.declared_by),
        "lifted_at": row.lifted_at,
        "lifted_reason": row.lifted_reason if desk else "",
    }


class ConflictDoor(ConflictsDoor):
    """One conflict; answers with all."""

    readers = frozenset({Role.SECRETARY})

    def open(self, **address: Any) -> Piece:
        folder = self.case(address["ref"])
        conflict = next((row for row in folder.conflicts if row.pk == address["conflict"]), None)
        if conflict is None:
            raise Http404
        return Piece(folder, conflict)


def _declare(thing: Folder, caller: User, now: datetime, body: Data) -> object:
    person = next((seat.user for seat in recusable(thing) if seat.user_id == body["person"]), None)
    if person is None:
        raise wrong("/person", _("Nobody you could recuse has this number."))
    kind, reason = body["kind"], body["reason"]
    return declare_conflict(thing.case.pk, person, kind=kind, reason=reason, actor=caller, now=now)


def _lift(thing: Piece, caller: User, now: datetime, body: Data) -> object:
    return lift_conflict(thing.row.pk, reason=body["reasons"], actor=caller, now=now)


DECLARE = Deed(
    "conflict_declare",
    "Declare a conflict of interest",
    _declare,
    takes=ConflictBody,
    description="It acts at once: the person is unassigned and sees nothing of the case any more. Of one's own "
    "conflict nothing is answered: the case is gone from sight.",
    example={"person": 3, "kind": "financial", "reason": ""},
)
LIFT = Deed(
    "conflict_lift",
    "Lift a recusal set by mistake",
    _lift,
    takes=ReasonsBody,
    description="The record of the conflict stays.",
    example={"reasons": "Set for the wrong person."},
)
