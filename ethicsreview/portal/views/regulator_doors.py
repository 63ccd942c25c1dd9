"""The doors of the regulator's desk: what is outside the jurisdiction answers exactly like what does not exist."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from ethicsreview.accounts.models import Organisation, User
from ethicsreview.accounts.queries import office_over, offices_of
from ethicsreview.portal.queries.oversight import newest_decision, overseen_case, overseen_verification
from workflows.actions.oversight import record_case_reading, record_search, record_verification_reading
from workflows.domain.oversight import Part
from workflows.models import Case, Decision, Verification
from workflows.queries.folders import Folder
from workflows.reporting.overseen import OverseenCase, OverseenVerification, parts_of_case, parts_of_verification
from workflows.views.doors import desk_day, reader


@dataclass(frozen=True)
class CaseReading:
    """A case as an authority reads it: ``folder`` as it stands now, ``overseen`` as its newest decision opened it."""

    folder: Folder
    office: Organisation
    issued: Decision | None
    parts: frozenset[Part]
    is_party: bool

    @property
    def case(self) -> Case:
        """The case read."""
        return self.folder.case

    @cached_property
    def overseen(self) -> OverseenCase:
        """As it stood when the newest decision was issued; before one is out there is no such thing."""
        if self.issued is None:
            raise Http404
        return OverseenCase(self.issued, user=self.folder.user)

    def note(self, part: Part, **facts: int) -> None:
        """Record that this part was read, or answer that there is no such thing."""
        if part not in self.parts:
            raise Http404
        user, now = self.folder.user, self.folder.now
        record_case_reading(self.case, part=part, actor=user, office=self.office, now=now, details=facts)


@dataclass(frozen=True)
class VerificationReading:
    """A verification as an authority reads it."""

    folder: OverseenVerification
    office: Organisation
    parts: frozenset[Part]
    is_party: bool

    def note(self, part: Part, **facts: int) -> None:
        """Record that this part was read, or answer that there is no such thing."""
        if part not in self.parts:
            raise Http404
        row, user, now = self.folder.verification, self.folder.user, self.folder.now
        record_verification_reading(row, part=part, actor=user, office=self.office, now=now, details=facts)


def regulator(request: HttpRequest) -> User:
    """The signed-in regulator; for everybody else there is no such page."""
    user = reader(request)
    if not user.regulates:
        raise Http404
    return user


def desk_of(request: HttpRequest, about: str = "", filters: dict[str, str] | None = None) -> Organisation:
    """The authority whose desk it is; with ``about`` the list asked for is kept in the chain of each they act for."""
    user, now = regulator(request), timezone.now()
    if about:
        offices = record_search(about=about, filters=filters or {}, actor=user, now=now)
    else:
        offices = offices_of(user, desk_day(now))
    if not offices:
        raise Http404
    return offices[0]


def open_case(request: HttpRequest, reference: str) -> CaseReading:
    """The case of that reference within the jurisdiction, or 404; the page says which part it shows by ``note``.

    Somebody with a seat on its committee reads it there: to them no part is open here, and nothing is recorded.
    """
    user, now = regulator(request), timezone.now()
    day = desk_day(now)
    case, is_party = overseen_case(reference, user, day) or (None, False)
    office = office_over(user, case.committee.host_id, day) if case else None
    if case is None or office is None:
        raise Http404
    issued = newest_decision(case)
    parts = frozenset[Part]() if is_party else parts_of_case(case, issued=issued is not None)
    return CaseReading(Folder(case, user=user, now=now), office, issued, parts, is_party)


def open_verification(request: HttpRequest, pk: int) -> VerificationReading:
    """The verification within the jurisdiction, or 404; the page says which part it shows by ``note``.

    Somebody with a part in it reads it there: to them no part is open here, and nothing is recorded.
    """
    user, now = regulator(request), timezone.now()
    day = desk_day(now)
    row, is_party = overseen_verification(pk, user, day) or (None, False)
    office = office_over(user, row.self_assessment.organisation_id, day) if row else None
    if row is None or office is None:
        raise Http404
    parts = frozenset[Part]() if is_party else parts_of_verification(row)
    return VerificationReading(OverseenVerification(row, user=user, now=now), office, parts, is_party)


def crumbs(*more: dict[str, Any]) -> list[dict[str, Any]]:
    """The desk, and what follows it; the last one is the page itself."""
    return [{"label": pgettext("navigation", "Oversight"), "url": reverse("portal:regulator")}, *more]


def case_crumbs(case: Case, *more: dict[str, Any]) -> list[dict[str, Any]]:
    """The desk, its cases, this case, and what follows it."""
    here = {"label": str(case.reference), "url": reverse("portal:regulator-case", args=[case.reference])}
    first = {"label": _("Cases"), "url": reverse("portal:regulator-cases")}
    return crumbs(first, *([here, *more] if more else [{"label": str(case.reference)}]))


def verification_crumbs(row: Verification, *more: dict[str, Any]) -> list[dict[str, Any]]:
    """The desk, its verifications, this one, and what follows it."""
    here = {"label": row.reference, "url": reverse("portal:regulator-verification", args=[row.pk])}
    first = {"label": _("Verifications"), "url": reverse("portal:regulator-verifications")}
    return crumbs(first, *([here, *more] if more else [{"label": row.reference}]))
