"""The door every page goes through: what one may not see answers exactly like what does not exist."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language, pgettext

from assessments.domain.instrument import Instrument
from ethicsreview.accounts.models import User
from workflows.domain.citations import Confidence
from workflows.domain.clock import local_day
from workflows.domain.gapcodes import Gap, Refused
from workflows.domain.rulebook import Rulebook
from workflows.domain.transitions import Transition, gaps
from workflows.models import Case, Meeting
from workflows.queries.folders import Folder
from workflows.queries.meetings import MeetingFolder
from workflows.views.points import CONFIDENCE
from workflows.wording import Needed, describe


def desk_day(now: datetime) -> date:
    """The day reading rights are asked for: terms of seats begin and end in the installation's time zone."""
    return local_day(now, settings.TIME_ZONE)


def reader(request: HttpRequest) -> User:
    """The signed-in person; pages behind ``login_required`` alone ask."""
    user = request.user
    if not isinstance(user, User):
        raise Http404
    return user


def open_case(request: HttpRequest, pk: int) -> Folder:
    """The case as this person stands to it, or 404."""
    now = timezone.now()
    user = reader(request)
    rows = Case.objects.party_to(user, desk_day(now)).select_related(
        "committee__host", "rulebook", "instrument", "applicant", "lead", "acting_chair__user"
    )
    case = rows.filter(pk=pk).first()
    if case is None:
        raise Http404
    return Folder(case, user=user, now=now)


def open_meeting(request: HttpRequest, pk: int) -> MeetingFolder:
    """The meeting as this person stands to it, or 404."""
    now = timezone.now()
    user = reader(request)
    rows = Meeting.objects.party_to(user, desk_day(now)).select_related("committee__host", "presiding__user")
    meeting = rows.filter(pk=pk).first()
    if meeting is None:
        raise Http404
    return MeetingFolder(meeting, user=user, now=now)


def needed(found: Iterable[Gap], rules: Rulebook, instrument: Instrument | None = None) -> list[dict[str, str]]:
    """Gaps as ``_needed.html`` takes them: the text, the article, the source's confidence."""
    return [_row(describe(gap, rules, instrument)) for gap in found]


def _row(entry: Needed) -> dict[str, str]:
    language = get_language() or "en"
    citation = entry.citation
    return {
        "text": entry.text,
        "article": citation.in_(language) if citation else "",
        "source": _sureness(citation.confidence) if citation else "",
        "code": entry.code,
        "item": entry.item,
    }


def _sureness(confidence: Confidence) -> str:
    """How surely a rule was verified, in words; what no law says is named as such."""
    known = {key.value: words for key, words in CONFIDENCE.items()}
    return str(known.get(confidence.value, pgettext("source", "this system's own rule")))


def still_needed(folder: Folder, transition: Transition) -> list[dict[str, str]]:
    """What keeps the step from happening now, in words; empty means go."""
    return needed(gaps(transition, folder.facts, folder.rules), folder.rules, folder.instrument)


def status_of(refused: Refused) -> int:
    """403 where the person is wrong, 409 where the moment is."""
    return 403 if refused.is_role else 409


def refusal(request: HttpRequest, refused: Refused, folder: Folder | MeetingFolder, back: str) -> HttpResponse:
    """A page that names each missing thing and its article; nothing was written. ``back`` is where to return."""
    instrument = folder.instrument if isinstance(folder, Folder) else None
    context: dict[str, Any] = {"needed": needed(refused.gaps, folder.rules, instrument), "back": back}
    return render(request, "workflows/refused.html", context, status=status_of(refused))
