"""Who sits on the committee, who was in the room, and who had no part."""

from assessments.domain.strict import Text
from workflows.domain.rooms import Mode, SeatRole
from workflows.models import Attendance, Meeting, Seat
from workflows.reporting.data import MeetingFacts, Recusal, Seated, Stay
from workflows.reporting.issued import IssuedFolder
from workflows.reporting.naming import person

_ORDER = tuple(SeatRole)


def _deciding_meeting(folder: IssuedFolder) -> Meeting | None:
    return folder.carried.item.meeting if folder.carried else None


def read_meeting(folder: IssuedFolder) -> MeetingFacts | None:
    """The meeting that voted; None where nobody did."""
    meeting = _deciding_meeting(folder)
    if meeting is None:
        return None
    closed = meeting.closed_at
    return MeetingFacts(
        number=meeting.number,
        place=meeting.place,
        opened_at=meeting.opened_at,
        closed_at=closed if closed is not None and closed <= folder.now else None,
        presiding=person(meeting.presiding.user),
    )


def read_roster(folder: IssuedFolder) -> tuple[Seated, ...]:
    """Every seat of the day of issue, and whoever attended from another, the chair first, with the stays."""
    motion, meeting = folder.carried, _deciding_meeting(folder)
    stays: dict[int, list[Attendance]] = {}
    if meeting is not None:
        for stay in folder.attendance_of(meeting):
            stays.setdefault(stay.seat_id, []).append(stay)
    counted = frozenset(motion.present) if motion else frozenset()
    seated = {seat.pk: seat for seat in folder.seats} | {held[0].seat_id: held[0].seat for held in stays.values()}
    ordered = sorted(seated.values(), key=lambda seat: (_ORDER.index(SeatRole(seat.role)), seat.pk))
    return tuple(_seated(seat, stays.get(seat.pk, []), counted, folder) for seat in ordered)


def _seated(seat: Seat, stays: list[Attendance], counted: frozenset[int], folder: IssuedFolder) -> Seated:
    categories = {category.code: category.label for category in folder.rules.committee.categories}
    return Seated(
        person=person(seat.user),
        role=SeatRole(seat.role),
        categories=tuple(categories.get(code, Text(code, code)) for code in seat.categories),
        profession=Text(seat.profession or seat.profession_zh, seat.profession_zh or seat.profession),
        external=seat.external,
        stays=tuple(_stay(stay, folder) for stay in stays),
        counted=seat.user_id in counted,
        recused=seat.user_id in folder.recused,
    )


def _stay(stay: Attendance, folder: IssuedFolder) -> Stay:
    left = stay.left_at
    return Stay(
        mode=Mode(stay.mode),
        arrived=stay.arrived_at,
        left=left if left is not None and left <= folder.now else None,
        stands_for=person(stay.stands_for.user) if stay.stands_for else None,
    )


def read_recusals(folder: IssuedFolder) -> tuple[Recusal, ...]:
    """Every conflict declared on the case, lifted ones too; the reasons are nobody's business here."""
    kinds = {kind.code: kind.label for kind in folder.rules.conflicts}
    return tuple(
        Recusal(
            person=person(row.user),
            kind=kinds.get(row.kind, Text(row.kind, row.kind)),
            at=row.declared_at,
            own=row.declared_by_id == row.user_id,
            lifted_at=row.lifted_at,
        )
        for row in folder.conflicts
    )
