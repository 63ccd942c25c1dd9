"""Counting figures in tests, and reading what was counted."""

from datetime import datetime

from ethicsreview.accounts.models import Organisation, User
from ethicsreview.portal.actions.figures import rebuild_figures, sum_ratings
from ethicsreview.portal.domain.figures import Board
from ethicsreview.portal.models import Figure
from ethicsreview.portal.queries.figures import every_office
from ethicsreview.portal.queries.rated import scales, uncounted_committees

Numbers = dict[tuple[str, str, str], int]


def count_all(now: datetime) -> None:
    """What beat does, here and now."""
    known = scales()
    for committee_id in uncounted_committees():
        sum_ratings(committee_id, known, now=now)
    for office_id in every_office():
        rebuild_figures(office_id, now=now)


def office_of(user: User) -> Organisation:
    """The authority the person regulates for."""
    return user.memberships.get().organisation


def numbers(user: User, board: Board) -> Numbers:
    """Row, column and part → number, of the person's authority."""
    rows = Figure.objects.filter(figures__office=office_of(user), board=board.value)
    return {(row.row, row.column, row.part): row.number for row in rows}
