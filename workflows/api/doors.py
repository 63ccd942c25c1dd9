"""The doors of a case: for a party all it may see, for an authority one part of it, and each reading is kept."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.translation import get_language

from ethicsreview.accounts.models import Organisation, User
from ethicsreview.accounts.queries import office_over
from ethicsreview.interface.api.doors import Data, ManyDoor, ThingDoor
from ethicsreview.interface.domain.problems import Fault, Kind, Stop
from ethicsreview.interface.domain.tokens import Half
from workflows.actions.oversight import record_case_reading, record_search
from workflows.api.refusals import refused
from workflows.domain.clock import local_day
from workflows.domain.gapcodes import Gap, GapCode, Refused
from workflows.domain.oversight import Part
from workflows.domain.sittings import MeetingStep
from workflows.domain.states import Role
from workflows.domain.transitions import Transition
from workflows.models import Case
from workflows.queries.folders import Folder
from workflows.reporting.overseen import OverseenCase, parts_of_case

DRAFT = "draft-"
AS_IT_STANDS = frozenset({Part.FACTS, Part.PROCEDURE, Part.CLOCKS, Part.PEOPLE})  # the others as a decision found them


@dataclass(frozen=True)
class Piece:
    """A row of a case, with the case as the caller stands to it."""

    folder: Folder
    row: Any


def today(now: datetime) -> date:
    """The day reading rights are asked for."""
    return local_day(now, settings.TIME_ZONE)


def by_ref(rows: QuerySet[Case], ref: str) -> Case | None:
    """The case of this name among those given; “draft-<id>” names a case for life, its reference once it has one."""
    number = ref.removeprefix(DRAFT)
    if ref.startswith(DRAFT):
        known = number.isascii() and number.isdigit() and len(number) < 19
        return rows.filter(pk=number).first() if known else None
    return rows.filter(reference=ref).first()


def spoken() -> str:
    """The language answers are worded in."""
    return get_language() or "en"


def named(thing: Any) -> Data:
    """A person, an organisation or a committee by id and name."""
    return {"id": thing.pk, "name": thing.name_in(spoken())}


def pointer(*parts: object) -> str:
    """The JSON pointer of a place in the body (RFC 6901)."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def wrong(pointer: str, words: Any) -> Stop:
    """One wrong value of the body, found only beside the thing it is about."""
    return Stop(Kind.BAD_INPUT, faults=(Fault(pointer, str(words)),))


def on_case(action: Callable[..., object]) -> Callable[[Any, User, datetime, Data], object]:
    """The action that takes the case's id and, by name, the fields of the body."""

    def run(thing: Folder, caller: User, now: datetime, body: Data) -> object:
        return action(thing.case.pk, **body, actor=caller, now=now)

    return run


def by(step: Transition | MeetingStep) -> Callable[[Any], bool]:
    """Whether the caller has a role of this row of the table."""

    def allows(thing: Any) -> bool:
        folder = thing.folder if isinstance(thing, Piece) else thing
        return bool(step.roles & folder.roles)

    return allows


class CaseThing(ThingDoor):
    """What hangs on one case.

    ``part`` is what of the case an authority reads here, None where it reads nothing; ``readers`` are the roles that
    read here, empty where every party does. What a decision opened to an authority is read as it stood then.
    """

    half = Half.CASES
    tag = "cases"
    part: ClassVar[Part | None] = None
    readers: ClassVar[frozenset[Role]] = frozenset()
    office: Organisation | None = None

    def open(self, **address: Any) -> Any:
        return self.case(address["ref"])

    def case(self, ref: str) -> Folder:
        """The case as the caller stands to it; raises ``Http404``, and ``Stop`` for a party without the role."""
        now = timezone.now()
        day = today(now)
        case = by_ref(_whole(Case.objects.party_to(self.caller, day)), ref)
        if case is None:
            return self._overseen(ref, now)
        folder = Folder(case, user=self.caller, now=now)
        if self.readers and not self.readers & folder.roles:
            raise Stop(Kind.NOT_ALLOWED)
        return folder

    def _overseen(self, ref: str, now: datetime) -> Folder:
        case = by_ref(_whole(Case.objects.supervised_by(self.caller, today(now))), ref)
        office = office_over(self.caller, case.committee.host_id, today(now)) if case else None
        if case is None or office is None or self.part is None:
            raise Http404
        folder = Folder(case, user=self.caller, now=now)
        if self.part not in parts_of_case(case, issued=bool(folder.issued)):
            raise Http404
        self.office = office
        if self.part in AS_IT_STANDS:
            return folder
        decision = folder.issued[-1]
        decision.case = case
        return OverseenCase(decision, user=self.caller)

    def folder_of(self, thing: Any) -> Folder:
        """The case a thing hangs on."""
        found: Folder = thing.folder if isinstance(thing, Piece) else thing
        return found

    def details(self, thing: Any) -> dict[str, int]:
        """Which file, version or report was read."""
        return {}

    def noticed(self, thing: Any) -> None:
        if self.office is not None and self.part is not None:
            record_case_reading(
                self.folder_of(thing).case,
                part=self.part,
                actor=self.caller,
                office=self.office,
                now=timezone.now(),
                details=self.details(thing),
            )

    def standing(self, fresh: Folder) -> Any:
        """What stands there now, for who acted on something older; None where nothing is read before it is done."""
        return None

    def refusal(self, error: Exception, thing: Any) -> Stop | None:
        if not isinstance(error, Refused):
            return None
        folder = self.folder_of(thing)
        if Gap(GapCode.STALE) in error.gaps:
            told = self.standing(self.case(f"{DRAFT}{folder.case.pk}"))
            if told is not None:
                return Stop(Kind.OVERTAKEN, extra={"standing": told})
        return refused(error, folder.rules, folder.instrument)


def _whole(rows: QuerySet[Case]) -> QuerySet[Case]:
    joined = rows.select_related(
        "committee__host", "rulebook", "instrument", "applicant", "lead", "acting_chair__user"
    )
    return joined.defer("committee__host__logo", "applicant__logo", "rulebook__content", "instrument__content")


def keep_search(door: ManyDoor, about: str) -> None:
    """That an authority looks through a list, word by word; of anybody else nothing is kept."""
    asked = {name: ", ".join(values) for name, values in door.request.query_params.lists()}
    record_search(about=about, filters=asked, actor=door.caller, now=timezone.now())
