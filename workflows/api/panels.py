"""Ballots, objections and signed documents of verifications, for programs."""

from datetime import datetime
from typing import Any, ClassVar

from django.http import Http404, HttpResponse
from django.utils import timezone

from ethicsreview.accounts.models import User
from ethicsreview.documents.views import signed_response
from ethicsreview.interface.api.doors import Data, Deed, FileDoor
from workflows.actions import verification_panel as actions
from workflows.actions.oversight import record_report_download
from workflows.actions.verification_reports import KEEPERS, retry_verification_report
from workflows.actions.verifications import settle_objection
from workflows.api.doors import named, today
from workflows.api.verification_doors import Piece, Shape, VerificationThing, is_authority, on_verification
from workflows.domain.ballots import Choice
from workflows.domain.oversight import Part
from workflows.domain.states import ReportState
from workflows.domain.verification_states import BODY
from workflows.models import Objection, PanelBallot, VerificationReport
from workflows.queries.verification_reading import names_objectors, reads_objections, reads_panel
from workflows.queries.verifications import VerificationFolder
from workflows.serializers.verifications import (
    BallotSerializer,
    ObjectionSerializer,
    ObjectionsSerializer,
    PanelSerializer,
    PanelVoteBody,
    SettleBody,
    VerificationReportSerializer,
    VerificationReportsSerializer,
)


class PanelDoor(VerificationThing):
    """The panel's ballots; while one is open nobody sees how anybody else voted."""

    shape: ClassVar[Shape] = PanelSerializer
    part = Part.VOTES

    def may_read(self, folder: VerificationFolder) -> bool:
        return reads_panel(folder)

    def data(self, thing: VerificationFolder) -> Data:
        rules, body = thing.scheme.panel, bool(thing.roles & BODY)
        threshold = rules.threshold.value
        told = {
            "from_tier": rules.from_tier.value,
            "size": rules.size.value,
            "threshold": f"{threshold.numerator}/{threshold.denominator}",
            "inclusive": rules.inclusive.value,
            "seats": [named(seat.user) for seat in thing.panel] if body else [],
            "ballots": [ballot_values(thing, one) for one in reversed(thing.ballots) if body or one.closed_at],
        }
        return dict(PanelSerializer(told).data)


def ballot_values(folder: VerificationFolder, ballot: PanelBallot) -> Data:
    """A ballot as ``BallotSerializer`` takes it."""
    body = bool(folder.roles & BODY)
    standing = folder.standing_of(ballot) if body and ballot.closed_at is None else None
    names = ("number", "tier", "opened_at", "closed_at", "carried", "standing")
    return {name: getattr(ballot, name) for name in names} | {
        "id": ballot.pk,
        "voted": standing.present - standing.silent if standing else None,
        "votes": _votes(folder, ballot) if body or is_authority(folder) else [],
    }


def _votes(folder: VerificationFolder, ballot: PanelBallot) -> list[Data]:
    """The vote of each that stands; of an open ballot the caller's own alone."""
    counted = set(ballot.present) if ballot.closed_at else {folder.user.pk}
    last = {vote.user_id: vote for vote in folder.shown_votes(ballot) if vote.user_id in counted}
    return [{"person": named(vote.user), "choice": vote.choice, "reason": vote.reason} for vote in last.values()]


class BallotDoor(PanelDoor):
    """One ballot."""

    shape = BallotSerializer

    def open(self, **address: Any) -> Piece:
        folder = self.verification(address["verification"])
        seen = [one for one in folder.ballots if folder.roles & BODY or one.closed_at]
        ballot = next((one for one in seen if one.pk == address["ballot"]), None)
        if ballot is None:
            raise Http404
        return Piece(folder, ballot)

    def data(self, thing: Piece) -> Data:  # type: ignore[override]  # one of them
        return dict(BallotSerializer(ballot_values(thing.folder, thing.row)).data)


def _vote(thing: Piece, caller: User, now: datetime, body: Data) -> object:
    given = {"choice": Choice(body["choice"]), "reason": body["reason"], "ballot_id": thing.row.pk}
    return actions.cast_panel_vote(thing.folder.verification.pk, **given, actor=caller, now=now)


def _close(thing: Piece, caller: User, now: datetime, body: Data) -> object:
    return actions.close_ballot(thing.folder.verification.pk, ballot_id=thing.row.pk, actor=caller, now=now)


OPEN = Deed(
    "panel_open",
    "Put the recommendation to the panel's vote",
    on_verification(actions.open_ballot),
    created=True,
    description="By the coordinator, once the panel is complete.",
)
VOTE = Deed(
    "panel_vote",
    "Vote on the recommended tier",
    _vote,
    takes=PanelVoteBody,
    description="The last vote of each stands. Nobody sees it before the ballot is closed.",
    example={"choice": "for", "reason": ""},
)
CLOSE = Deed(
    "panel_close",
    "Close the ballot",
    _close,
    description="Once all voted or nothing can change: on to the public notice, or back to the team.",
)


# -- objections -------------------------------------------------------------------------------------------------------


class ObjectionsDoor(VerificationThing):
    """Objections to the recommendation; names are for the desk and the decider."""

    shape: ClassVar[Shape] = ObjectionsSerializer

    def may_read(self, folder: VerificationFolder) -> bool:
        return reads_objections(folder)

    def data(self, thing: VerificationFolder) -> Data:
        rows = [objection_values(thing, one) for one in thing.objections]
        return dict(ObjectionsSerializer({"objections": rows}).data)


def objection_values(folder: VerificationFolder, row: Objection) -> Data:
    """An objection as ``ObjectionSerializer`` takes it."""
    known = names_objectors(folder)
    names = ("text", "at", "upheld", "answer", "settled_at")
    return {name: getattr(row, name) for name in names} | {
        "id": row.pk,
        "name": row.name if known else "",
        "contact": row.contact if known else "",
        "answer_mail": row.answer_mail if known else "",
        "settled_by": named(row.settled_by) if row.settled_by else None,
    }


class ObjectionDoor(ObjectionsDoor):
    """One objection."""

    shape = ObjectionSerializer

    def open(self, **address: Any) -> Piece:
        folder = self.verification(address["verification"])
        row = next((one for one in folder.objections if one.pk == address["objection"]), None)
        if row is None:
            raise Http404
        return Piece(folder, row)

    def data(self, thing: Piece) -> Data:  # type: ignore[override]  # one of them
        return dict(ObjectionSerializer(objection_values(thing.folder, thing.row)).data)


def _settle(thing: Piece, caller: User, now: datetime, body: Data) -> object:
    return settle_objection(thing.row.pk, **body, actor=caller, now=now)


SETTLE = Deed(
    "objection_settle",
    "Answer an objection",
    _settle,
    takes=SettleBody,
    description="Once, by the coordinator; the answer is mailed.",
    example={"upheld": False, "answer": "The plant named was assessed on 12 November."},
)


# -- signed documents -------------------------------------------------------------------------------------------------


class VerificationReportsDoor(VerificationThing):
    """The signed documents of a verification, and those in the making."""

    shape: ClassVar[Shape] = VerificationReportsSerializer
    part = Part.REPORTS

    def may_read(self, folder: VerificationFolder) -> bool:
        return bool(folder.roles)

    def rows(self, folder: VerificationFolder) -> list[VerificationReport]:
        """Those the caller may read: an authority the signed ones."""
        found = VerificationReport.objects.visible_to(self.caller, today(timezone.now()))
        found = found.filter(verification=folder.verification).select_related("document").defer("document__content")
        return list(found.order_by("kind", "language"))

    def data(self, thing: VerificationFolder) -> Data:
        told = [report_values(thing, report) for report in self.rows(thing)]
        return dict(VerificationReportsSerializer({"reports": told}).data)


def report_values(folder: VerificationFolder, report: VerificationReport) -> Data:
    """A document as ``VerificationReportSerializer`` takes it."""
    keeper, signed = bool(KEEPERS & folder.roles), report.state == ReportState.SIGNED.value
    names = ("kind", "language", "state", "progressed_at")
    return {name: getattr(report, name) for name in names} | {
        "id": report.pk,
        "attempts": report.attempts if keeper else None,
        "error": report.error if keeper and not signed else "",
        "sha256": report.document.sha256 if report.document else "",
        "code": report.document.code if report.document else "",
    }


class VerificationReportDoor(VerificationReportsDoor):
    """One document."""

    shape = VerificationReportSerializer

    def open(self, **address: Any) -> Piece:
        folder = self.verification(address["verification"])
        report = next((one for one in self.rows(folder) if one.pk == address["report"]), None)
        if report is None:
            raise Http404
        return Piece(folder, report)

    def data(self, thing: Piece) -> Data:  # type: ignore[override]  # one of them
        return dict(VerificationReportSerializer(report_values(thing.folder, thing.row)).data)

    def details(self, thing: Piece) -> dict[str, int]:
        return {"report": thing.row.pk}


class VerificationReportFileDoor(FileDoor, VerificationReportDoor):
    """The signed file; what is not signed does not exist."""

    media = ("application/pdf",)

    def open(self, **address: Any) -> Piece:
        found = super().open(**address)
        if found.row.document is None:
            raise Http404
        return found

    def noticed(self, thing: Piece) -> None:
        """A download is kept as what it is."""
        if self.office is not None:
            report = thing.row
            report.verification = thing.folder.verification
            record_report_download(report, actor=self.caller, office=self.office, now=timezone.now())

    def send(self, thing: Piece) -> HttpResponse:
        return signed_response(thing.row.document, thing.folder.verification.reference)


def _retry(thing: Piece, caller: User, now: datetime, body: Data) -> object:
    return retry_verification_report(thing.row.pk, actor=caller, now=now)


RETRY = Deed(
    "verification_report_retry",
    "Queue an unfinished document again",
    _retry,
    description="By the desk or the decider.",
)
