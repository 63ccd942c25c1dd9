"""Signed documents of decisions, for programs: their honest states, downloads, another try."""

from datetime import datetime
from typing import Any

from django.http import Http404, HttpResponse
from django.utils import timezone

from ethicsreview.accounts.models import Organisation, User
from ethicsreview.accounts.queries import office_over
from ethicsreview.documents.views import signed_response
from ethicsreview.interface.api.doors import Data, Deed, FileDoor, ThingDoor
from ethicsreview.interface.domain.problems import Kind, Stop
from ethicsreview.interface.domain.tokens import Half
from workflows.actions.decisions import retry_report
from workflows.actions.oversight import record_case_reading, record_report_download
from workflows.api.doors import CaseThing, today
from workflows.api.refusals import refused
from workflows.domain.gapcodes import Refused
from workflows.domain.oversight import Part
from workflows.domain.states import ReportState, Role
from workflows.models import CaseReport
from workflows.queries.folders import Folder
from workflows.queries.rulebooks import load_rulebook
from workflows.serializers.decisions import ReportSerializer, ReportsSerializer

KEEPERS = frozenset({Role.SECRETARY, Role.CHAIR})


def report_values(report: CaseReport, *, keeper: bool) -> Data:
    """A report as ``ReportSerializer`` takes it."""
    signed = report.state == ReportState.SIGNED.value
    names = ("kind", "language", "state", "progressed_at")
    return {name: getattr(report, name) for name in names} | {
        "id": report.pk,
        "decision": report.decision.number,
        "attempts": report.attempts if keeper else None,
        "error": report.error if keeper and not signed else "",
        "sha256": report.document.sha256 if report.document else "",
        "code": report.document.code if report.document else "",
    }


class ReportsDoor(CaseThing):
    """The documents of a case's decisions."""

    shape = ReportsSerializer
    part = Part.REPORTS

    def data(self, thing: Folder) -> Data:
        rows = (
            CaseReport.objects.visible_to(self.caller, today(timezone.now()))
            .filter(decision__case=thing.case)
            .select_related("decision", "document")
            .defer("document__content")
            .order_by("-decision__number", "kind", "language")
        )
        keeper = bool(KEEPERS & thing.roles)
        told = [report_values(report, keeper=keeper) for report in rows]
        return dict(ReportsSerializer({"reports": told}).data)


class ReportThing(ThingDoor):
    """One document of a decision."""

    half = Half.CASES
    tag = "cases"
    shape = ReportSerializer

    def open(self, **address: Any) -> CaseReport:
        rows = CaseReport.objects.visible_to(self.caller, today(timezone.now())).filter(pk=address["report"])
        joined = rows.select_related(
            "document", "decision__case__committee", "decision__case__rulebook", "decision__case__instrument"
        )
        contents = ("document__content", "decision__case__rulebook__content", "decision__case__instrument__content")
        found = joined.defer(*contents).first()
        if found is None:
            raise Http404
        return found

    def data(self, thing: CaseReport) -> Data:
        folder = Folder(thing.decision.case, user=self.caller, now=timezone.now())
        return dict(ReportSerializer(report_values(thing, keeper=bool(KEEPERS & folder.roles))).data)

    def noticed(self, thing: CaseReport) -> None:
        now = timezone.now()
        day, case = today(now), thing.decision.case
        if CaseReport.objects.party_to(self.caller, day).filter(pk=thing.pk).exists():
            return
        office = office_over(self.caller, case.committee.host_id, day)
        if office is None:
            raise Http404
        self.keep_reading(thing, office, now)

    def keep_reading(self, thing: CaseReport, office: Organisation, now: datetime) -> None:
        """That an authority looked at the document's state."""
        told: dict[str, str | int] = {"report": thing.pk, "kind": thing.kind, "language": thing.language}
        case = thing.decision.case
        record_case_reading(case, part=Part.REPORTS, actor=self.caller, office=office, now=now, details=told)

    def refusal(self, error: Exception, thing: CaseReport) -> Stop | None:
        rules = load_rulebook(thing.decision.case.rulebook)
        return refused(error, rules) if isinstance(error, Refused) else None


class ReportFileDoor(FileDoor, ReportThing):
    """The signed file; what is not signed does not exist."""

    media = ("application/pdf",)

    def open(self, **address: Any) -> CaseReport:
        report = super().open(**address)
        if report.document is None:
            raise Http404
        return report

    def keep_reading(self, thing: CaseReport, office: Organisation, now: datetime) -> None:
        """That an authority was handed the file."""
        record_report_download(thing, actor=self.caller, office=office, now=now)

    def send(self, thing: CaseReport) -> HttpResponse:
        if thing.document is None:
            raise Stop(Kind.NOT_FOUND)
        return signed_response(thing.document, str(thing.decision.case.reference))


def _retry(thing: CaseReport, caller: User, now: datetime, _body: Data) -> object:
    return retry_report(thing.pk, actor=caller, now=now)


RETRY = Deed(
    "report_retry",
    "Queue a failed document again",
    _retry,
    description="By secretary or chair; one that is signed stays as it is.",
)
