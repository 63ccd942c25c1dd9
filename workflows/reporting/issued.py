"""The case as it stood when a decision was issued, however much later its documents are made."""

from collections import defaultdict
from functools import cached_property

from django.db.models import Q

from assessments.domain.ratings import Rating, ReviewerRatings
from assessments.models import Answer
from workflows.domain.rooms import SeatRole
from workflows.models import (
    Application,
    Attendance,
    Conflict,
    Decision,
    Meeting,
    Motion,
    Review,
    SupplementNotice,
    Wait,
)
from workflows.queries.folders import Folder

_ORDER = tuple(SeatRole)


class IssuedFolder(Folder):
    """A folder without what happened after the decision was issued."""

    def __init__(self, decision: Decision) -> None:
        if decision.issued_at is None or decision.issued_by is None:
            raise ValueError(f"decision {decision.pk} is not issued")
        super().__init__(decision.case, user=decision.issued_by, now=decision.issued_at)
        self.decision = decision
        self.issued_at = decision.issued_at
        self.issued_by = decision.issued_by
        self._stays: dict[int, list[Attendance]] = {}

    @cached_property
    def conflicts(self) -> list[Conflict]:
        """Conflicts declared by then; one lifted later still stands."""
        found = [row for row in super().conflicts if row.declared_at <= self.now]
        for row in found:
            if row.lifted_at is not None and row.lifted_at > self.now:
                row.lifted_at = None
        return found

    @cached_property
    def applications(self) -> list[Application]:
        """Versions handed in by then."""
        return [row for row in super().applications if row.submitted_at is not None and row.submitted_at <= self.now]

    @cached_property
    def notices(self) -> list[SupplementNotice]:
        """Supplement notices sent by then."""
        return [row for row in super().notices if row.issued_at <= self.now]

    @cached_property
    def waits(self) -> list[Wait]:
        """Waits begun by then; the one that the decision itself begins is not of its past."""
        begun = [row for row in super().waits if row.started_at <= self.now]
        return [row for row in begun if row.kind != "modification" or row.started_at < self.now]

    @cached_property
    def reviews(self) -> list[Review]:
        """Reviews that counted then."""
        rows = self.case.reviews.filter(Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gt=self.now))
        found = rows.filter(submitted_at__lte=self.now).select_related("user").order_by("pk")
        return [row for row in found if row.user_id not in self.recused]

    @cached_property
    def every_answer(self) -> dict[int, dict[str, list[Answer]]]:
        """By assessment and item all answers given by then, the earliest first."""
        found: dict[int, dict[str, list[Answer]]] = {row.assessment_id: defaultdict(list) for row in self.reviews}
        rows = Answer.objects.filter(assessment__in=found, at__lte=self.now).with_evidence()
        for answer in rows.order_by("pk"):
            found[answer.assessment_id][answer.item].append(answer)
        return found

    @cached_property
    def answers(self) -> dict[int, dict[str, Answer]]:
        """The answers that stood then."""
        return {pk: {item: given[-1] for item, given in items.items()} for pk, items in self.every_answer.items()}

    @cached_property
    def ratings(self) -> tuple[ReviewerRatings, ...]:
        """What each reviewer rated then."""
        return tuple(
            ReviewerRatings(
                review.user_id,
                {
                    item: Rating(answer.step or None, answer.not_applicable)
                    for item, answer in self.answers[review.assessment_id].items()
                },
            )
            for review in self.reviews
        )

    @cached_property
    def motions(self) -> list[Motion]:
        """Motions put and closed by then."""
        rows = (
            Motion.objects.filter(item__case=self.case, closed_at__lte=self.now)
            .select_related("item__meeting__presiding__user", "put_by", "review__user")
            .prefetch_related("votes__user", "votes__by", "dissents__user")
        )
        return list(rows.order_by("put_at", "pk"))

    def attendance_of(self, meeting: Meeting) -> list[Attendance]:
        """Every stay in a meeting's room, read once."""
        if meeting.pk not in self._stays:
            rows = meeting.attendance.select_related("seat__user", "stands_for__user").order_by("pk")
            self._stays[meeting.pk] = list(rows)
        return self._stays[meeting.pk]

    def order_of(self, user_id: int) -> tuple[int, int]:
        """Where a person stands in lists: the chair first, then by seat; those without a seat last."""
        return self._order.get(user_id, (len(_ORDER), user_id))

    @cached_property
    def _order(self) -> dict[int, tuple[int, int]]:
        return {seat.user_id: (_ORDER.index(SeatRole(seat.role)), seat.pk) for seat in self.seats}
