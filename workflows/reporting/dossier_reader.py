"""As what a person reads a case at one moment, and which parts of it that opens.

Asked before a dossier is built, when it is built, and again when it is handed out.
"""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from django.conf import settings
from django.db.models import QuerySet

from ethicsreview.accounts.models import Organisation, User
from ethicsreview.accounts.queries import office_over
from workflows.domain.archives import PARTY_PARTS, Standing
from workflows.domain.clock import local_day
from workflows.domain.oversight import Part
from workflows.domain.states import Role
from workflows.models import Application, Case, CaseReport, Review
from workflows.queries.comparison import is_seated
from workflows.queries.folders import Folder
from workflows.reporting.overseen import OverseenCase, parts_of_case

_JOINED = ("committee__host", "rulebook", "instrument", "applicant", "lead", "acting_chair__user")


@dataclass(frozen=True)
class CaseReader:
    """``folder`` is the case as it stands now, ``found`` as what a decision opens is read: by an authority as the
    newest one found it, by a party as it stands. ``office`` is the authority read for.
    """

    folder: Folder
    found: Folder
    standing: Standing
    parts: frozenset[Part]
    office: Organisation | None = None

    @property
    def case(self) -> Case:
        """The case read."""
        return self.folder.case

    @property
    def zone(self) -> str:
        """The time zone of the procedure."""
        return self.folder.rules.time_zone

    @property
    def day(self) -> date:
        """The day reading rights are asked for."""
        return local_day(self.folder.now, settings.TIME_ZONE)

    @property
    def knows_findings(self) -> bool:
        """What the secretary found is told to the applicant's side with the acceptance."""
        return self.standing is not Standing.APPLICANT or self.case.accepted_at is not None

    @cached_property
    def versions(self) -> list[Application]:
        """Versions of the application that may be read: drafts are the applicant's side's alone."""
        own = self.standing is Standing.APPLICANT
        return [row for row in self.found.applications if own or row.submitted_at is not None]

    @cached_property
    def reviews(self) -> list[Review]:
        """Reviews handed in that may be read: nobody else's while they are blind."""
        if Part.RATINGS not in self.parts:
            return []
        readable = self.found.readable_reviews
        return [row for row in self.found.reviews if row.submitted_at is not None and row.pk in readable]

    @cached_property
    def reports(self) -> list[CaseReport]:
        """The signed documents of the case that may be read, without their bytes, the first decision's first."""
        if Part.REPORTS not in self.parts:
            return []
        rows = _reports(self).filter(decision__case=self.case, document__isnull=False)
        joined = rows.select_related("document", "decision").defer("document__content")
        return list(joined.order_by("decision__number", "kind", "language"))

    @property
    def grants(self) -> list[str]:
        """Everything that has to be open still when what was built with it is handed out."""
        return sorted(
            [
                f"as:{self.standing.value}",
                *(f"part:{part.value}" for part in self.parts),
                *(f"review:{row.pk}" for row in self.reviews),
                *(f"report:{row.pk}" for row in self.reports),
            ]
        )


def _reports(reader: CaseReader) -> QuerySet[CaseReport]:
    user = reader.folder.user
    if reader.standing is Standing.AUTHORITY:
        return CaseReport.objects.supervised_by(user, reader.day)
    return CaseReport.objects.party_to(user, reader.day)


def case_reader(case_id: int, user: User, now: datetime) -> CaseReader | None:
    """How this person reads the case; None to whom no part of it is open."""
    day = local_day(now, settings.TIME_ZONE)
    case = _whole(Case.objects.party_to(user, day), case_id)
    if case is not None:
        return _as_party(Folder(case, user=user, now=now))
    case = _whole(Case.objects.supervised_by(user, day), case_id)
    office = office_over(user, case.committee.host_id, day) if case else None
    return _as_authority(Folder(case, user=user, now=now), office) if case and office else None


def _whole(rows: QuerySet[Case], case_id: int) -> Case | None:
    return rows.filter(pk=case_id).select_related(*_JOINED).first()


def _as_party(folder: Folder) -> CaseReader | None:
    if Role.TEAM in folder.roles:
        return CaseReader(folder, folder, Standing.APPLICANT, PARTY_PARTS[Standing.APPLICANT])
    if is_seated(folder):
        return CaseReader(folder, folder, Standing.COMMITTEE, PARTY_PARTS[Standing.COMMITTEE])
    return None


def _as_authority(folder: Folder, office: Organisation) -> CaseReader | None:
    parts = parts_of_case(folder.case, issued=bool(folder.issued))
    if not parts:
        return None
    if not folder.issued:
        return CaseReader(folder, folder, Standing.AUTHORITY, parts, office)
    decision = folder.issued[-1]
    decision.case = folder.case
    return CaseReader(folder, OverseenCase(decision, user=folder.user), Standing.AUTHORITY, parts, office)
