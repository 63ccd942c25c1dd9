"""How busy the members are, and who is free to review a case."""

from dataclasses import dataclass

from django.db.models import Count, Q

from workflows.domain.rooms import VOTING, SeatRole
from workflows.models import Review, Seat
from workflows.queries.committees import seat_is_away
from workflows.queries.folders import Folder


@dataclass(frozen=True)
class Load:
    """One member: reviews open now, reviews handed in ever, and what bars the person from this case."""

    seat: Seat
    open: int
    done: int
    recused: bool
    assigned: bool
    away: bool

    @property
    def free(self) -> bool:
        """Whether the person can be assigned."""
        return not (self.recused or self.assigned)


def loads(folder: Folder) -> list[Load]:
    """The committee's voting members, the least busy first; one query beside the folder's own."""
    seats = [seat for seat in folder.seats if SeatRole(seat.role) in VOTING]
    rows = (
        Review.objects.standing()
        .filter(user__in=[seat.user_id for seat in seats])
        .values("user")
        .annotate(
            open=Count("pk", filter=Q(submitted_at__isnull=True)),
            done=Count("pk", filter=Q(submitted_at__isnull=False)),
        )
    )
    counts = {row["user"]: (row["open"], row["done"]) for row in rows}
    assigned = {review.user_id for review in folder.reviews}
    found = [
        Load(
            seat=seat,
            open=counts.get(seat.user_id, (0, 0))[0],
            done=counts.get(seat.user_id, (0, 0))[1],
            recused=seat.user_id in folder.recused,
            assigned=seat.user_id in assigned,
            away=seat_is_away(seat, folder.day),
        )
        for seat in seats
    ]
    return sorted(found, key=lambda load: (load.open, load.done, load.seat.pk))
