"""One plain function per model: keyword arguments, sensible defaults, the saved row back, no surprises."""

from datetime import date, datetime
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from assessments.domain.digests import content_digest
from assessments.models import Answer, Assessment, InstrumentVersion
from ethicsreview.accounts.domain import MemberRole, OrganisationKind, Reach
from ethicsreview.accounts.models import Membership, Organisation, User
from ethicsreview.files.models import FileVersion, Upload
from tests.domain.small_instrument import small_content

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


def make_file_version(*, by: User | None = None, pages: int | None = None, **fields: Any) -> FileVersion:
    """The first version of a document of its own, as a row alone: nothing lies at its path."""
    number = next(_numbers)
    sender = by or make_user()
    values = {
        "upload": Upload.objects.create(title=f"Document {number}", created_by=sender, created_at=NOW),
        "number": 1,
        "name": f"document-{number}.pdf",
        "content_type": "application/pdf",
        "size": 1000,
        "sha256": f"{number:064x}",
        "path": f"made/{number}",
        "pages": pages,
        "uploaded_by": sender,
        "at": NOW,
    }
    return FileVersion.objects.create(**values | fields)


def make_instrument_version(*, content: dict[str, Any] | None = None) -> InstrumentVersion:
    """The small instrument, or the given content, published; the same version again when it stands already."""
    given = content or small_content()
    version, _new = InstrumentVersion.objects.get_or_create(
        slug=given["slug"],
        version=given["version"],
        defaults={"digest": content_digest(given), "content": given, "published_at": NOW},
    )
    return version


def make_assessment(*, instrument_version: InstrumentVersion | None = None, **fields: Any) -> Assessment:
    """An open assessment, of the small instrument when none is given."""
    values = {"instrument_version": instrument_version or make_instrument_version(), "started_at": NOW}
    return Assessment.objects.create(**values | fields)


def make_answer(*, assessment: Assessment, item: str, by: User | None = None, **fields: Any) -> Answer:
    """One answer; neither rated nor set aside unless ``fields`` say so."""
    return Answer.objects.create(assessment=assessment, item=item, by=by or make_user(), **{"at": NOW} | fields)
