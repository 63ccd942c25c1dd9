"""A whole bulk import on paper: from rows and what stands to deeds, wrong cells and rosters."""

from workflows.domain.bulk import Rows
from workflows.domain.bulk_committees import Committees
from workflows.domain.bulk_organisations import Bodies
from workflows.domain.bulk_people import Staff
from workflows.domain.bulk_plan import Plan
from workflows.domain.bulk_rosters import Rosters
from workflows.domain.bulk_sheets import Sheet, Vocabulary
from workflows.domain.bulk_standing import Standing

_ORDER = list(Sheet)


def plan_import(rows: Rows, standing: Standing, words: Vocabulary) -> tuple[Plan, Rosters]:
    """Everything the rows come to, and the committees as they would be."""
    bodies = Bodies(rows, standing)
    staff = Staff(rows, standing, bodies, words)
    committees = Committees(rows, standing, bodies, words)
    rosters = Rosters(rows, standing, committees, staff)
    faults = (*rows.faults, *bodies.faults, *staff.faults, *committees.faults, *rosters.faults)
    plan = Plan(
        organisations=tuple(bodies.deeds),
        accounts=tuple(staff.accounts.values()),
        roles=tuple(staff.roles),
        committees=tuple(committees.deeds.values()),
        seats=tuple(rosters.deeds),
        faults=tuple(sorted(faults, key=lambda fault: (_ORDER.index(fault.at.sheet), fault.at.number))),
    )
    return plan, rosters
