"""The door of a self-assessment: its enterprise's people, and what one of them may not see is not there."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO, cast

from django.core.exceptions import ObjectDoesNotExist
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404
from django.utils import timezone
from django.utils.translation import get_language

from assessments.actions.answering import AnswerOvertaken
from assessments.actions.evidence import Sent
from assessments.domain.answers import BadAnswer
from assessments.domain.maturity_gaps import MaturityGap, MaturityRefused
from assessments.domain.staged import StagedInstrument
from assessments.models import Answer, SelfAssessment
from assessments.queries.maturity import MaturityFolder, day_of, of_person
from assessments.wording import ANSWER_FAULTS, maturity_gap
from ethicsreview.accounts.models import User
from ethicsreview.files.domain.kinds import BadFile
from ethicsreview.files.models import FileVersion
from ethicsreview.files.wording import reason
from ethicsreview.interface.api.doors import Data, ThingDoor
from ethicsreview.interface.domain.problems import Fault, Kind, Missing, Stop
from ethicsreview.interface.domain.tokens import Half

FIELDS = {"not_applicable": "set_aside", "item": "", "assessment": ""}


@dataclass(frozen=True)
class Piece:
    """Something of an assessment, with the assessment as the caller stands to it."""

    folder: MaturityFolder
    row: Any


def spoken() -> str:
    """The language answers are worded in."""
    return get_language() or "en"


def named(thing: Any) -> Data:
    """A person or an organisation by id and name."""
    return {"id": thing.pk, "name": thing.name_in(spoken())}


def wrong(pointer: str, words: Any) -> Stop:
    """One wrong value of the body, found only beside the thing it is about."""
    return Stop(Kind.BAD_INPUT, faults=(Fault(pointer, str(words)),))


def sent_of(upload: UploadedFile[Any]) -> Sent:
    """A file as the actions take it."""
    return Sent(cast(BinaryIO, upload.open()), upload.name or "")


def version_values(version: FileVersion) -> Data:
    """A version of a file as ``StoredVersionSerializer`` takes it."""
    names = ("number", "name", "content_type", "size", "sha256", "at")
    return {name: getattr(version, name) for name in names}


def answer_values(answer: Answer) -> Data:
    """What stands where a save came too late."""
    return {
        "answer": answer.pk,
        "step": answer.step or None,
        "set_aside": answer.not_applicable,
        "note": answer.reason,
        "by": named(answer.by),
        "at": answer.at,
    }


def missing(found: tuple[MaturityGap, ...], instrument: StagedInstrument | None) -> tuple[Missing, ...]:
    """Gaps in the caller's language; these are rules of this system, they rest on no article."""
    return tuple(Missing(gap.code.value, gap.detail, maturity_gap(gap, instrument), "") for gap in found)


def refused(error: Exception, instrument: StagedInstrument | None, *, words: str = "note") -> Stop | None:
    """The problem a refused action is told as, None for an exception that is none; ``words`` names the body's text."""
    match error:
        case MaturityRefused():
            if error.is_role:
                return Stop(Kind.NOT_ALLOWED)
            return Stop(Kind.REFUSED, missing=missing(error.gaps, instrument))
        case AnswerOvertaken():
            return Stop(Kind.OVERTAKEN, extra={"standing": answer_values(error.answer)})
        case BadAnswer():
            name = {**FIELDS, "reason": words}.get(error.field, error.field)
            return wrong(f"/{name}" if name else "", ANSWER_FAULTS[error.code])
        case BadFile():
            return wrong("/file", reason(error))
        case ObjectDoesNotExist():  # somebody else took it out just now
            return Stop(Kind.NOT_FOUND)
    return None


def on_assessment(action: Callable[..., object]) -> Callable[[Any, User, datetime, Data], object]:
    """The action that takes the assessment's id and, by name, the fields of the body."""

    def run(thing: MaturityFolder, caller: User, now: datetime, body: Data) -> object:
        return action(thing.row.pk, **body, actor=caller, now=now)

    return run


def folder_for(caller: User, pk: int) -> MaturityFolder:
    """The assessment as this person of the enterprise stands to it; raises ``Http404``."""
    now = timezone.now()
    day = day_of(now)
    rows = of_person(SelfAssessment.objects.visible_to(caller, day), caller, day).select_related("lead")
    row = rows.filter(pk=pk).first()
    if row is None:
        raise Http404
    return MaturityFolder(row, user=caller, now=now)


class AssessmentThing(ThingDoor):
    """What hangs on one assessment."""

    half = Half.MATURITY
    tag = "assessments"

    def open(self, **address: Any) -> Any:
        return self.assessment(address["assessment"])

    def assessment(self, pk: int) -> MaturityFolder:
        """The assessment as the caller stands to it; raises ``Http404``."""
        return folder_for(self.caller, pk)

    def folder_of(self, thing: Any) -> MaturityFolder:
        """The assessment a thing hangs on."""
        found: MaturityFolder = thing.folder if isinstance(thing, Piece) else thing
        return found

    def refusal(self, error: Exception, thing: Any) -> Stop | None:
        return refused(error, self.folder_of(thing).instrument)
