"""The dossier of a case: what goes in for one reader, and what is left out and why."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from django.utils.translation import gettext_lazy as _

from assessments.domain.strict import Text
from ethicsreview.documents.models import SignedDocument
from workflows.domain.archive_names import Names
from workflows.domain.archives import LeftOut, Omitted, Standing, Why
from workflows.domain.oversight import CASE_DECIDED, Part
from workflows.domain.states import MeetingState
from workflows.models import CaseReport
from workflows.queries.archive_words import STANDINGS
from workflows.queries.minutes import person
from workflows.reporting.dossier_application import application_pieces
from workflows.reporting.dossier_course import course_pieces, over
from workflows.reporting.dossier_events import event_pieces, events_left_out
from workflows.reporting.dossier_ratings import rating_pieces
from workflows.reporting.dossier_reader import CaseReader
from workflows.reporting.dossier_table import closed_motions, minutes_of, table_pieces
from workflows.reporting.issued import IssuedFolder
from workflows.reporting.plain import in_both, moment
from workflows.reporting.sheets import Piece, shown_at, words
from workflows.reporting.zips import in_chunks


@dataclass(frozen=True)
class Plan:
    """An archive before it is built: whose, of what, which files, what not, and what must be open still at the end.

    ``name`` is what it is called when it is saved; ``head`` are lines of the README beside the list of files.
    """

    name: str
    title: Text
    over: str
    head: tuple[tuple[Text, str | Text], ...]
    about: dict[str, Any]
    pieces: tuple[Piece, ...]
    left_out: tuple[LeftOut, ...]
    grants: tuple[str, ...]


def dossier_plan(reader: CaseReader) -> Plan:
    """Everything of the case that is open to the reader."""
    names = Names()
    pieces = [
        *course_pieces(reader),
        *application_pieces(reader, names),
        *rating_pieces(reader),
        *table_pieces(reader),
        *(_report(reader, row, names) for row in reader.reports),
        *event_pieces(reader),
    ]
    return Plan(
        name=f"{reader.case}-dossier",
        title=words(_("Dossier of a case")),
        over=over(reader),
        head=_head(reader),
        about=_about(reader),
        pieces=tuple(pieces),
        left_out=tuple(_left_out(reader)),
        grants=tuple(reader.grants),
    )


def _head(reader: CaseReader) -> tuple[tuple[Text, str | Text], ...]:
    user = reader.folder.user
    office = reader.office
    rows: list[tuple[Text, str | Text]] = [
        (words(_("Case")), str(reader.case)),
        (words(_("As it stood")), shown_at(reader.folder.now, reader.zone)),
        (words(_("Made for")), Text(user.name_in("en"), user.name_in("zh"))),
        (words(_("Who reads as")), words(STANDINGS[reader.standing])),
    ]
    if office is not None:
        rows.append((words(_("Authority")), Text(office.name_in("en"), office.name_in("zh"))))
    return tuple(rows)


def _about(reader: CaseReader) -> dict[str, Any]:
    office = reader.office
    return {
        "kind": "dossier",
        "case": str(reader.case),
        "at": moment(reader.folder.now),
        "requested_by": person(reader.folder.user),
        "standing": reader.standing.value,
        "authority": in_both(Text(office.name_in("en"), office.name_in("zh"))) if office else None,
        "parts": sorted(part.value for part in reader.parts),
    }


def _report(reader: CaseReader, row: CaseReport, names: Names) -> Piece:
    document = row.document
    if document is None:
        raise ValueError(f"report {row.pk} is not signed")
    return document_piece(document, names.take("documents", f"{reader.case}-{document.file_name}"))


def document_piece(document: SignedDocument, path: str) -> Piece:
    """A signed file, byte for byte; its bytes are read when their turn comes."""
    return Piece(
        path,
        "signed",
        Text(document.title, document.title),
        document.signed_at,
        partial(_signed_bytes, document.pk),
    )


def _signed_bytes(pk: int) -> Any:
    return in_chunks(bytes(SignedDocument.objects.values_list("content", flat=True).get(pk=pk)))


# -- what is left out -------------------------------------------------------------------------------------------------


def _left_out(reader: CaseReader) -> list[LeftOut]:
    why = Why.NOT_DECIDED if reader.standing is Standing.AUTHORITY else Why.NOT_YOURS
    found = [LeftOut(part, why) for part in Part if part in CASE_DECIDED - reader.parts]
    if reader.standing is not Standing.APPLICANT:
        found.append(LeftOut(Omitted.DRAFTS, Why.NOT_YOURS))
    if reader.standing is Standing.AUTHORITY:
        found.append(LeftOut(Omitted.NOTICES, Why.NOT_YOURS))
    if isinstance(reader.found, IssuedFolder):
        found.append(LeftOut(Omitted.LATER, Why.NOT_DECIDED))
    if not reader.knows_findings:
        found.append(LeftOut(Omitted.FINDINGS, Why.NOT_ACCEPTED))
    return [*found, *_unopened(reader), *events_left_out(reader)]


def _unopened(reader: CaseReader) -> list[LeftOut]:
    """Of open parts what is not finished, counted."""
    counts = [
        (Omitted.REVIEWS, Why.BLIND, _blind(reader)),
        (Omitted.BALLOTS, Why.RUNNING, _running(reader)),
        (Omitted.MINUTES, Why.NOT_APPROVED, _unapproved(reader)),
        (Omitted.OTHER_ITEMS, Why.OTHER_MATTERS, _other_items(reader)),
        (Omitted.DOCUMENTS, Why.NOT_SIGNED, _unsigned(reader)),
    ]
    return [LeftOut(part, why, number) for part, why, number in counts if number]


def _blind(reader: CaseReader) -> int:
    return len(reader.found.reviews) - len(reader.reviews) if Part.RATINGS in reader.parts else 0


def _running(reader: CaseReader) -> int:
    """Motions of which no single vote is told."""
    if Part.VOTES not in reader.parts:
        return 0
    told = [motion for motion in closed_motions(reader) if motion.carried is not None]
    return len(reader.found.motions) - len(told)


def _unapproved(reader: CaseReader) -> int:
    if Part.MINUTES not in reader.parts:
        return 0
    held = [item.meeting for item in reader.found.agenda if item.closed_at is not None]
    return sum(meeting.state != MeetingState.APPROVED.value for meeting in held)


def _other_items(reader: CaseReader) -> int:
    return sum(len(one.record["items"]) - 1 for one in minutes_of(reader))


def _unsigned(reader: CaseReader) -> int:
    """To a party: those of an authority's that are not signed do not exist."""
    if reader.standing is Standing.AUTHORITY or Part.REPORTS not in reader.parts:
        return 0
    rows = CaseReport.objects.party_to(reader.folder.user, reader.day)
    return rows.filter(decision__case=reader.case, document__isnull=True).count()
