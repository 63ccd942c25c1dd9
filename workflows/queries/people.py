"""Who is to be told, and in which words; a recused person is told nothing."""

from collections.abc import Iterable
from datetime import date

from ethicsreview.accounts.models import User
from workflows.domain.rooms import VOTING, SeatRole
from workflows.domain.states import CLOSED, Role, State
from workflows.models import Case, Seat
from workflows.queries.comparison import is_seated
from workflows.queries.folders import Folder


def people_by_role(folder: Folder, roles: Iterable[SeatRole]) -> list[User]:
    """Holders of these seats today, without the recused."""
    wanted = {role.value for role in roles}
    return [seat.user for seat in folder.seats if seat.role in wanted and seat.user_id not in folder.recused]


def secretaries(folder: Folder) -> list[User]:
    """The committee's secretaries."""
    return people_by_role(folder, [SeatRole.SECRETARY])


def voters(folder: Folder) -> list[User]:
    """Everyone with a voting seat."""
    return people_by_role(folder, VOTING)


def presiding(folder: Folder) -> list[User]:
    """The chair, or the vice-chair designated for the case."""
    seat = folder.leading
    return [] if seat is None or seat.user_id in folder.recused else [seat.user]


def applicants(folder: Folder) -> list[User]:
    """The lead and the team."""
    return list(User.objects.filter(pk__in=folder.team))


def may_declare(folder: Folder) -> bool:
    """Whether a conflict can still be declared or set by this person."""
    return State(folder.case.state) not in CLOSED and is_seated(folder)


def recusable(folder: Folder) -> list[Seat]:
    """Whom the person may recuse: everybody with a seat for the secretary, oneself for a member."""
    desk = Role.SECRETARY in folder.roles
    return [
        seat
        for seat in folder.seats
        if seat.user_id not in folder.recused and (desk or seat.user_id == folder.user.pk)
    ]


def case_params(case: Case, **more: str | date) -> dict[str, object]:
    """What notices about a case are filled with; a committee's name in the reader's language."""
    params: dict[str, object] = {
        "reference": case.reference or "",
        "title": case.title,
        "committee": {"en": case.committee.name, "zh": case.committee.name_zh or case.committee.name},
    }
    return params | {key: value.isoformat() if isinstance(value, date) else value for key, value in more.items()}


def case_link(case: Case) -> str:
    """The address of the case's page on this site."""
    return f"/cases/{case.pk}/"
