"""One plain function per model: keyword arguments, sensible defaults, the saved row back, no surprises."""

from datetime import date, datetime
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from ethicsreview.accounts.domain import MemberRole, OrganisationKind, Reach
from ethicsreview.accounts.models import Membership, Organisation, User

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
TODAY = NOW.date()
PASSWORD = "seven quiet herons"

_numbers = count(1)


def make_user(*, name: str = "", email: str = "", password: str = PASSWORD, **fields: Any) -> User:
    """A person who may sign in with ``PASSWORD``; name and address are made up when not given."""
    number = next(_numbers)
    return User.objects.create_user(
        email or f"person{number}@example.test",
        password,
        name=name or f"Person {number}",
        **fields,
    )


def make_organisation(
    *,
    kind: OrganisationKind = OrganisationKind.ENTERPRISE,
    name: str = "",
    reach: Reach = Reach.NONE,
    covered: tuple[Organisation, ...] = (),
    **fields: Any,
) -> Organisation:
    """An organisation; ``covered`` are those an authority with a listed reach supervises."""
    organisation = Organisation.objects.create(
        kind=kind.value, name=name or f"Organisation {next(_numbers)}", reach=reach.value, **fields
    )
    organisation.covered.set(covered)
    return organisation


def make_membership(
    *,
    role: MemberRole,
    user: User | None = None,
    organisation: Organisation | None = None,
    starts: date = date(2026, 1, 1),
    ends: date | None = None,
) -> Membership:
    """A role from the first day of 2026, without end; the person and the organisation are made when not given."""
    return Membership.objects.create(
        user=user or make_user(),
        organisation=organisation or make_organisation(),
        role=role.value,
        starts=starts,
        ends=ends,
    )


def make_person(*, role: MemberRole, organisation: Organisation, **fields: Any) -> User:
    """A person with one current role in ``organisation``; ``fields`` go to the user."""
    user = make_user(**fields)
    make_membership(role=role, user=user, organisation=organisation)
    return user
