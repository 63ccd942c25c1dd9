"""The questionnaire as a workbook, for programs: out, in as a dry run, and taken."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.actions.answering import import_answers
from assessments.api.doors import AssessmentThing, spoken, wrong
from assessments.domain.maturity_gaps import MaturityGap, MaturityGapCode, MaturityRefused
from assessments.domain.workbook_changes import Change
from assessments.forms.workbook import received
from assessments.forms.workbook_offer import Outdated, offer_of, packed, unpacked
from assessments.forms.workbook_preview import Preview, fault_words, preview
from assessments.queries.maturity import MaturityFolder, answers_digest
from assessments.queries.workbooks import contents_after, saved_answers, standing_contents
from assessments.reporting.workbook import Download, workbook
from assessments.serializers.plans import PreviewSerializer, TakeBody, TakenSerializer, WorkbookBody
from ethicsreview.accounts.models import User
from ethicsreview.files.domain.kinds import BY_ENDING
from ethicsreview.interface.api.doors import Data, Deed, FileDoor
from ethicsreview.interface.domain.problems import Kind, Stop


class WorkbookDoor(FileDoor, AssessmentThing):
    """The workbook in the caller's language, with what is answered so far."""

    media = (BY_ENDING["xlsx"].content_type,)

    def send(self, thing: MaturityFolder) -> HttpResponse:
        row = thing.row
        download = Download(
            reference=row.reference,
            legal_entity=row.legal_entity,
            scope=row.scope,
            target=row.target,
            at=timezone.localtime(thing.now),
            saved=saved_answers(row.assessment_id),
            digest=answers_digest(thing.answers),
            answers=standing_contents(thing.answers),
        )
        content = workbook(thing.instrument, download, language=spoken())
        disposition = f'attachment; filename="{row.reference}.xlsx"'
        headers = {"Content-Disposition": disposition, "Cache-Control": "private, no-store"}
        return HttpResponse(content, content_type=self.media[0], headers=headers)


class PreviewDoor(AssessmentThing):
    """What a workbook that comes back would change."""

    shape = PreviewSerializer


def _filling(folder: MaturityFolder) -> None:
    """As on the page: who only reads is told so, and everybody once it is handed in."""
    if not folder.fills:
        code = MaturityGapCode.SUBMITTED if folder.submitted else MaturityGapCode.WRONG_ROLE
        raise MaturityRefused(MaturityGap(code))


def _look(thing: MaturityFolder, caller: User, now: datetime, body: Data) -> Data:
    _filling(thing)
    try:
        sent = received(body["file"], thing.instrument, thing.row.reference)
    except ValidationError as fault:
        raise wrong("/file", " ".join(fault.messages)) from fault
    offer = offer_of(sent, contents_after(thing.row.assessment_id, sent.saved))
    return preview_values(thing, preview(thing, offer))


def preview_values(folder: MaturityFolder, seen: Preview) -> Data:
    """A preview as ``PreviewSerializer`` takes it."""
    digest = answers_digest(folder.answers)
    return {
        "token": packed(seen.offer, assessment=folder.row.pk, user=folder.user.pk, seen=digest),
        "changes": [_change(one) for one in seen.changes],
        "conflicts": [_change(one) for one in seen.conflicts],
        "foreign": [_change(one) for one in seen.foreign],
        "faults": _faults(folder, seen),
        "same": seen.same,
        "passed": seen.offer.passed,
    }


def _change(one: Change) -> Data:
    return {"key": one.key, "place": str(one.place), "now": one.now, "after": one.after}


def _faults(folder: MaturityFolder, seen: Preview) -> list[Data]:
    return [
        {"place": str(fault.place), "code": fault.code.value, "text": fault_words(fault, folder.instrument)}
        for fault in seen.faults
    ]


def _take(thing: MaturityFolder, caller: User, now: datetime, body: Data) -> Data:
    """The answers of the preview, and the conflicts named; what nobody has seen is not taken."""
    _filling(thing)
    try:
        offer, digest = unpacked(body["token"], assessment=thing.row.pk, user=caller.pk)
    except Outdated as outdated:
        words = _("This preview is too old. Please send the workbook again.")
        raise wrong("/token", words) from outdated
    seen = preview(thing, offer)
    if digest != answers_digest(thing.answers):
        raise overtaken(thing, seen)
    rows = seen.rows(frozenset(body["conflicts"]))
    import_answers(thing.row.pk, rows, seen_digest=digest, actor=caller, now=now)
    return {"taken": len(rows), "faults": _faults(thing, seen)}


def overtaken(folder: MaturityFolder, seen: Preview) -> Stop:
    """Somebody answered meanwhile: the preview as it is now, to be looked at and taken anew."""
    told = dict(PreviewSerializer(preview_values(folder, seen)).data)
    return Stop(Kind.OVERTAKEN, extra={"standing": told})


LOOK = Deed(
    "workbook_look",
    "Look at a workbook that comes back",
    _look,
    takes=WorkbookBody,
    gives=PreviewSerializer,
    files=True,
    description="A dry run: every change, every conflict and every wrong cell is named, and nothing is taken.",
)
TAKE = Deed(
    "workbook_take",
    "Take the answers of a preview",
    _take,
    takes=TakeBody,
    gives=TakenSerializer,
    description="All of its changes and the conflicts named, or nothing. Answered otherwise meanwhile: 409 "
    "“overtaken” with the preview as it is by then.",
    example={"token": "eyJ…", "conflicts": []},
)
