"""Who of an enterprise may work on its assessments, and what a new one can be begun with."""

from datetime import date

from assessments.domain.instrument import Kind
from assessments.models import InstrumentVersion
from ethicsreview.accounts.domain import MemberRole
from ethicsreview.accounts.models import Membership, Organisation, User
from ethicsreview.accounts.queries import organisations_with_role


def enterprises_of(user: User, day: date) -> list[Organisation]:
    """The organisations for which the person may assess."""
    return list(organisations_with_role(user, MemberRole.ENTERPRISE, day).defer("logo"))


def colleagues_of(organisation_id: int, day: date) -> list[User]:
    """Everybody with the enterprise role there on ``day``, by name."""
    held = Membership.objects.current(day).filter(organisation=organisation_id, role=MemberRole.ENTERPRISE.value)
    rows = User.objects.filter(pk__in=held.values("user"), is_active=True)
    return list(rows.order_by("name", "pk"))


def staged_instruments() -> list[InstrumentVersion]:
    """The latest published version of every staged instrument, by key; one query."""
    rows = InstrumentVersion.objects.order_by("slug", "-version").distinct("slug")
    return [row for row in rows if row.content.get("kind") == Kind.STAGED.value]
