"""What happened at the table, in a dossier: motions with their votes and dissents, attendance, approved minutes."""

from functools import partial
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from assessments.domain.strict import Text
from workflows.domain.ballots import Choice
from workflows.domain.checks import decision_rule
from workflows.domain.oversight import Part
from workflows.domain.rooms import Mode, SeatRole
from workflows.domain.states import MotionKind
from workflows.models import Minutes, Motion
from workflows.queries.minutes import approved_minutes, as_read, motion_record, person
from workflows.reporting.dossier_course import over
from workflows.reporting.dossier_reader import CaseReader
from workflows.reporting.issued import IssuedFolder
from workflows.reporting.plain import moment
from workflows.reporting.sheets import Block, Cell, Piece, Said, Sheet, json_piece, kept_at, page_piece, row, words
from workflows.wording import CHOICES, MODES, SEAT_ROLES

Values = dict[str, Any]
VOTES, MINUTES = _("Votes"), _("Minutes of meeting %(number)s")


def table_pieces(reader: CaseReader) -> list[Piece]:
    """Ballots that are closed, and minutes that are approved."""
    found: list[Piece] = []
    motions = closed_motions(reader)
    if motions:
        values = partial(_vote_values, reader, motions)
        found.append(page_piece("votes/votes.html", "vote", partial(_vote_page, reader, motions), words(VOTES)))
        found.append(json_piece("votes/votes.json", "vote", values, words(VOTES)))
    for one in minutes_of(reader):
        base, title = f"minutes/meeting-{one.meeting.number}", words(MINUTES, number=one.meeting.number)
        found.append(
            page_piece(f"{base}.html", "minutes", partial(_minutes_page, reader, one), title, one.approved_at)
        )
        found.append(
            json_piece(f"{base}.json", "minutes", partial(_minutes_values, reader, one), title, one.approved_at)
        )
    return found


def closed_motions(reader: CaseReader) -> list[Motion]:
    """Every motion whose ballot is over, as far as the reader may know of votes."""
    if Part.VOTES not in reader.parts:
        return []
    return [motion for motion in reader.found.motions if motion.closed_at is not None]


def minutes_of(reader: CaseReader) -> list[Minutes]:
    """Approved ones of meetings that dealt with the case, the earliest first."""
    if Part.MINUTES not in reader.parts:
        return []
    found = reader.found
    until = found.issued_at if isinstance(found, IssuedFolder) else found.now
    return list(reversed(approved_minutes(found.agenda, until)))


# -- votes ------------------------------------------------------------------------------------------------------------


def _record(motion: Motion) -> Values:
    """A ballot that decided nothing keeps its votes."""
    record = motion_record(motion)
    return record if motion.carried is not None else {**record, "votes": []}


def _vote_values(reader: CaseReader, motions: list[Motion]) -> list[Values]:
    meetings = {item.pk: item.meeting.number for item in reader.found.agenda}
    return [
        {
            "meeting": meetings[motion.item_id],
            **_record(motion),
            "reviewer": person(motion.review.user) if motion.review else None,
            "present": motion.present,
        }
        for motion in motions
    ]


def _vote_page(reader: CaseReader, motions: list[Motion]) -> Sheet:
    blocks = [block for motion in motions for block in _ballot(reader, _record(motion))]
    return Sheet(words(VOTES), over(reader), tuple(blocks))


def _ballot(reader: CaseReader, record: Values) -> list[Block]:
    """One motion: what it proposed and came to, who voted how, and the dissents."""
    standing = record["standing"] or {}
    sums = [(CHOICES[choice], standing.get(name)) for choice, name in _SUMS if standing]
    facts = [
        row(words(_("Proposal")), _proposal(reader, record)),
        row(words(_("Text of the motion")), record["text"]),
        row(words(_("Outcome")), _outcome(record)),
        row(words(_("Put to the vote")), kept_at(record["put_at"], reader.zone)),
        row(words(_("Closed")), kept_at(record["closed_at"], reader.zone)),
        *(row(words(name), str(number)) for name, number in sums),
        row(words(_("Silent")), str(standing["silent"]) if "silent" in standing else ""),
        *(row(words(_("Dissent of %(name)s"), name=_name(one["person"])), one["text"]) for one in record["dissents"]),
    ]
    title = words(_("Motion %(number)s"), number=record["number"])
    found = [Block(title, tuple(one for one in facts if one[1].said))]
    return found + ([_voters(record)] if record["votes"] else [])


_SUMS = ((Choice.FOR, "in_favour"), (Choice.AGAINST, "against"), (Choice.ABSTAIN, "abstain"))


def _proposal(reader: CaseReader, record: Values) -> Said:
    if record["kind"] == MotionKind.RESOLVE_GATE.value:
        return words(_("Resolve gate %(indicator)s"), indicator=record["indicator"])
    rule = decision_rule(record["decision_kind"], reader.folder.rules)
    return rule.label if rule else str(record["decision_kind"])


def _outcome(record: Values) -> Said:
    if record["carried"] is None:
        return words(_("Withdrawn: %(reason)s"), reason=record["withdrawn"])
    return words(pgettext_lazy("motion", "Carried") if record["carried"] else pgettext_lazy("motion", "Lost"))


def _voters(record: Values) -> Block:
    rows = tuple(
        row(_name(one["person"]), words(CHOICES[Choice(one["choice"])]), one["reason"], _hand(one))
        for one in record["votes"]
    )
    heads = (pgettext_lazy("person", "Name"), pgettext_lazy("vote", "Vote"), _("Reason"), _("Note"))
    return Block(words(_("Votes on motion %(number)s"), number=record["number"]), rows, tuple(map(words, heads)))


def _hand(vote: Values) -> Said:
    if not vote["counted"]:
        return words(_("Not counted: had left the room"))
    return words(_("Entered by %(name)s"), name=_name(vote["by"])) if vote["by"] else ""


def _name(person: Values) -> Text:
    return Text(person["en"], person["zh"])


# -- minutes ----------------------------------------------------------------------------------------------------------


def _minutes_values(reader: CaseReader, minutes: Minutes) -> Values:
    record = as_read(minutes.record, {reader.case.pk})
    return {
        "meeting": minutes.meeting.number,
        "approved_at": moment(minutes.approved_at),
        "approved_by": person(minutes.approved_by),
        "sha256": minutes.digest,
        "sha256_of": "the whole minutes as approved, items on other cases and notes included",
        "notes": _notes(minutes),
        "record": record,
    }


def _notes(minutes: Minutes) -> str:
    """Notes stand beside the whole meeting: where other cases were dealt with they may tell of those."""
    return minutes.notes if len(minutes.record["items"]) == 1 else ""


def _minutes_page(reader: CaseReader, minutes: Minutes) -> Sheet:
    record = as_read(minutes.record, {reader.case.pk})
    facts = [
        row(words(_("Place")), record["place"]),
        row(words(_("Opened")), kept_at(record["opened_at"], reader.zone)),
        row(words(_("Closed")), kept_at(record["closed_at"], reader.zone)),
        row(words(_("Presided")), _name(record["presiding"])),
        row(words(_("Notes")), _notes(minutes)),
        row("SHA-256", Cell(minutes.digest, mono=True)),
    ]
    blocks = [Block(words(_("The meeting")), tuple(one for one in facts if one[1].said)), _attendance(reader, record)]
    for item in record["items"]:
        blocks += _item(reader, item)
    return Sheet(words(MINUTES, number=minutes.meeting.number), over(reader), tuple(blocks))


def _attendance(reader: CaseReader, record: Values) -> Block:
    rows = tuple(
        row(
            _name(stay["person"]),
            words(SEAT_ROLES[SeatRole(stay["role"])]),
            words(MODES[Mode(stay["mode"])]),
            kept_at(stay["arrived_at"], reader.zone),
            kept_at(stay["left_at"], reader.zone),
            _name(stay["stands_for"]) if stay["stands_for"] else "",
        )
        for stay in record["attendance"]
    )
    heads = (
        pgettext_lazy("person", "Name"),
        pgettext_lazy("seat", "Role"),
        _("How"),
        _("Arrived"),
        _("Left"),
        pgettext_lazy("attendance", "Stands for"),
    )
    return Block(words(_("Attendance")), rows, tuple(map(words, heads)))


def _item(reader: CaseReader, item: Values) -> list[Block]:
    title = words(_("Item %(number)s"), number=item["position"])
    if "case" not in item:
        return [Block(title, (row(words(_("Another case")), words(_("left out"))),))]
    facts = [
        row(words(_("Case")), f"{item['reference']} · {item['title']}"),
        row(words(_("Opened")), kept_at(item["opened_at"], reader.zone)),
        row(words(_("Closed")), kept_at(item["closed_at"], reader.zone)),
        row(words(_("Note")), item["note"]),
        *(row(words(_("Recused")), _name(one)) for one in item["recused"]),
    ]
    found = [Block(title, tuple(one for one in facts if one[1].said))]
    for motion in item["motions"]:
        found += _ballot(reader, motion)
    return found
