"""The doors of a verification: for a party all it may see, for an authority one part of it, each reading kept."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, ClassVar, cast

from django.core.exceptions import ObjectDoesNotExist
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404
from django.utils import timezone
from django.utils.translation import get_language
from rest_framework.serializers import Serializer

from assessments.domain.answers import BadAnswer
from assessments.domain.staged import StagedInstrument
from assessments.wording import ANSWER_FAULTS
from ethicsreview.accounts.models import Organisation, User
from ethicsreview.accounts.queries import office_over
from ethicsreview.files.domain.kinds import BadFile
from ethicsreview.files.models import FileVersion
from ethicsreview.files.wording import reason
from ethicsreview.interface.api.doors import Data, ThingDoor
from ethicsreview.interface.domain.problems import Kind, Missing, Stop
from ethicsreview.interface.domain.tokens import Half
from workflows.actions.oversight import record_verification_reading
from workflows.api.doors import named, today, wrong
from workflows.domain.gapcodes import Gap, Refused
from workflows.domain.oversight import Part
from workflows.domain.scheme import Scheme
from workflows.domain.verification_states import VRole
from workflows.domain.verification_table import VERIFICATION_TABLE, Transition, verification_gaps
from workflows.models import Verification
from workflows.queries.verifications import VerificationFolder, full
from workflows.reporting.overseen import OverseenVerification, parts_of_verification
from workflows.wording import describe_step

Shape = type[Serializer[Any]]


@dataclass(frozen=True)
class Piece:
    """Something of a verification, with the verification as the caller stands to it."""

    folder: VerificationFolder
    row: Any


@dataclass(frozen=True)
class Upload:
    """A file as the actions take it: its bytes and the name it was sent under."""

    stream: Any
    name: str


def upload_of(file: UploadedFile[Any]) -> Upload:
    """The file, opened."""
    return Upload(cast(Any, file.open()), file.name or "")


def file_values(version: FileVersion | None) -> Data | None:
    """A version of a file as ``StoredVersionSerializer`` takes it."""
    names = ("number", "name", "content_type", "size", "sha256", "at")
    return {name: getattr(version, name) for name in names} if version else None


def missing(
    found: tuple[Gap, ...],
    scheme: Scheme | None,
    instrument: StagedInstrument | None = None,
    names: dict[str, str] | None = None,
) -> tuple[Missing, ...]:
    """Gaps in the caller's language, each with the article the scheme cites."""
    language = get_language() or "en"
    told = [describe_step(gap, scheme, instrument, names) for gap in found]
    return tuple(
        Missing(one.code, one.item, one.text, one.citation.in_(language) if one.citation else "") for one in told
    )


def names_in(folder: VerificationFolder) -> dict[str, str]:
    """People at work by id, for gaps that are about them."""
    people = [*(place.user for place in folder.team), *(seat.user for seat in folder.panel)]
    return {str(user.pk): named(user)["name"] for user in people}


def lacking(folder: VerificationFolder, found: tuple[Gap, ...]) -> tuple[Missing, ...]:
    """Gaps of this verification; people are read only where something is missing."""
    return missing(found, folder.scheme, folder.instrument, names_in(folder)) if found else ()


def refused(error: Exception, folder: VerificationFolder) -> Stop | None:
    """The problem a refused action is told as; None for an exception that is none."""
    match error:
        case Refused():
            if error.is_role:
                return Stop(Kind.NOT_ALLOWED)
            return Stop(Kind.REFUSED, missing=lacking(folder, error.gaps))
        case BadAnswer():
            return wrong("/note" if error.field == "reason" else f"/{error.field}", ANSWER_FAULTS[error.code])
        case BadFile():
            return wrong("/file", reason(error))
        case ObjectDoesNotExist():  # somebody else took it out just now
            return Stop(Kind.NOT_FOUND)
    return None


def actions_of(folder: VerificationFolder) -> list[Data]:
    """Every row of the table whose roles the caller has: whether it is open, and what is missing where it is not.

    What the call itself brings, reasons for instance, is taken as brought.
    """
    found = []
    for row in VERIFICATION_TABLE:
        if row.roles & folder.roles:
            gaps = lacking(folder, _gaps(row, folder))
            found.append({"name": row.verb, "open": not gaps, "missing": gaps})
    return found


def _gaps(row: Transition, folder: VerificationFolder) -> tuple[Gap, ...]:
    finding = folder.round.dcmm_finding if folder.facts.finding_unsigned else None
    own = finding is not None and finding.by_id == folder.user.pk
    return verification_gaps(row, replace(folder.facts, own_signature=own), folder.scheme)


def on_verification(action: Callable[..., object]) -> Callable[[Any, User, datetime, Data], object]:
    """The action that takes the verification's id and, by name, the fields of the body."""

    def run(thing: VerificationFolder, caller: User, now: datetime, body: Data) -> object:
        return action(thing.verification.pk, **body, actor=caller, now=now)

    return run


class VerificationThing(ThingDoor):
    """What hangs on one verification.

    ``part`` is what of it an authority reads here, None where it reads nothing.
    """

    half = Half.MATURITY
    tag = "verifications"
    part: ClassVar[Part | None] = None
    office: Organisation | None = None

    def may_read(self, folder: VerificationFolder) -> bool:
        """Whether a party reads here; every one does unless the door says otherwise."""
        return True

    def open(self, **address: Any) -> Any:
        return self.verification(address["verification"])

    def verification(self, pk: int) -> VerificationFolder:
        """The verification as the caller stands to it; raises ``Http404``, and ``Stop`` for whoever may not read."""
        now = timezone.now()
        row = full(Verification.objects.party_to(self.caller, today(now))).filter(pk=pk).first()
        if row is None:
            return self._overseen(pk, now)
        folder = VerificationFolder(row, user=self.caller, now=now)
        if not self.may_read(folder):
            raise Stop(Kind.NOT_ALLOWED)
        return folder

    def _overseen(self, pk: int, now: datetime) -> VerificationFolder:
        day = today(now)
        row = full(Verification.objects.supervised_by(self.caller, day)).filter(pk=pk).first()
        office = office_over(self.caller, row.self_assessment.organisation_id, day) if row else None
        if row is None or office is None or self.part not in parts_of_verification(row):
            raise Http404
        self.office = office
        return OverseenVerification(row, user=self.caller, now=now)

    def folder_of(self, thing: Any) -> VerificationFolder:
        """The verification a thing hangs on."""
        found: VerificationFolder = thing.folder if isinstance(thing, Piece) else thing
        return found

    def details(self, thing: Any) -> dict[str, int]:
        """Which piece or report was read."""
        return {}

    def noticed(self, thing: Any) -> None:
        if self.office is not None and self.part is not None:
            record_verification_reading(
                self.folder_of(thing).verification,
                part=self.part,
                actor=self.caller,
                office=self.office,
                now=timezone.now(),
                details=self.details(thing),
            )

    def refusal(self, error: Exception, thing: Any) -> Stop | None:
        return refused(error, self.folder_of(thing))


def is_authority(folder: VerificationFolder) -> bool:
    """Whether it is read from outside the procedure."""
    return VRole.AUTHORITY in folder.roles
